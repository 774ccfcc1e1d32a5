#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Create is whole or nothing: killed at any moment, raced, with any umask.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# What is there must be whole: each set has all eight handles live.
sets_are_whole() {
	local set
	for set in $(sets_in "$NSMGR_STORE"); do
		ok "$NSMGR" ls -rn -o STATE "$set"
		is "states of $set" "$(sort <<<"$out" | uniq -c | tr -s ' ')" ' 8 live'
		ok "$NSMGR" exec "$set" true
	done
}

# No stage, no keeper, no mount of what is gone.
all_is_swept() {
	local sets
	sets=$(sets_in "$NSMGR_STORE" | wc -w)
	is 'stages after a sweep' "$(stages_in "$NSMGR_STORE")" ''
	is 'mounts after a sweep' "$(mounts_below "$NSMGR_STORE" | wc -l)" $((sets * 8 + 1))
	one_keeper_a_set() { [ "$(keeper_of "$P." | wc -w)" = "$sets" ]; }
	until_true 'there is one keeper a set' one_keeper_a_set
}

# Stops the creating program at its n-th system call, a moment that does not depend on how fast the machine is, and
# kills it there: strace injects the signal.
killed_at_calls() {
	command -v strace >/dev/null || skip 'strace is missing'
	local call n last moments=0 published=0
	ok "$NSMGR" create "$P.first" --uts
	ok "$NSMGR" rm "$P.first"
	for call in openat:1:60 mount:1:9 mknodat:1:9 sendto:1:6 renameat2:1:2 recvfrom:1:6 fchmod:1:3 mkdirat:1:4; do
		IFS=: read -r call n last <<<"$call"
		for (( ; n <= last; n += (last > 20 ? 7 : 1))); do
			run strace -qq -o /dev/null -e trace="$call" -e "inject=$call:signal=KILL:when=$n" \
				"$NSMGR" create "$P.k" --all
			moments=$((moments + 1))
			[ -d "$NSMGR_STORE/$P.k" ] && published=$((published + 1))
			sets_are_whole
			ok "$NSMGR" rm --ignore-missing "$P.k"
			is "what rm has not swept after a kill at $call $n" "$(stages_in "$NSMGR_STORE")" ''
			all_is_swept
		done
	done
	yes "there were enough moments ($moments)" test $moments -ge 40
	yes "some were killed before the end ($published of $moments)" test $published -lt $((moments - 10))
}

# kill -9 from outside, at moments spread by how far the stage has come.
killed_at_stages() {
	local round kills=0 unpublished=0
	for round in {0..39}; do
		"$NSMGR" create "$P.r$round" --all &
		pid=$!
		# The later the round, the more handles are waited for.
		until [ "$(grep -c "$NSMGR_STORE/.stage/" /proc/self/mountinfo)" -ge $((round % 10)) ] || gone "$pid"; do :; done
		kill -KILL "$pid" 2>/dev/null && kills=$((kills + 1))
		wait "$pid" 2>/dev/null
		[ -d "$NSMGR_STORE/$P.r$round" ] || unpublished=$((unpublished + 1))
	done
	is 'kills' $((kills > 0)) 1
	is 'creates that were cut short' $((unpublished > 0)) 1
	sets_are_whole
	ok "$NSMGR" create "$P.last" --all
	all_is_swept
}

# A stage whose builder is gone, with a keeper in it: the next create sweeps both, an ordinary user neither.
swept_by() {
	local verb=$1 keeper
	shift
	command -v strace >/dev/null || skip 'strace is missing'
	ok "$NSMGR" create "$P.first" --uts
	run strace -qq -o /dev/null -e trace=renameat2 -e inject=renameat2:signal=KILL:when=1 "$NSMGR" create "$P.w" --pid --net
	# Killed at the entry or the exit of the call: the first is what is wanted, so the set is hidden again otherwise.
	if [ -d "$NSMGR_STORE/$P.w" ]; then
		run strace -qq -o /dev/null -e trace=renameat2 \
			-e inject=renameat2:error=EIO:signal=KILL:when=1 "$NSMGR" create "$P.v" --pid --net
	fi
	is "stages before $verb" "$(stages_in "$NSMGR_STORE" | wc -w)" 1
	setpriv --reuid=65534 --regid=65534 --clear-groups "$FULL" ls >/dev/null 2>&1
	is 'stages after ls of an ordinary user' "$(stages_in "$NSMGR_STORE" | wc -w)" 1
	is 'mode of a stage' "$(stat -c %a "$NSMGR_STORE/.stage/"*)" 700
	keeper=$(keeper_of "$P.[wv]")
	ok "$NSMGR" "$verb" "$@"
	is "stages after $verb" "$(stages_in "$NSMGR_STORE")" ''
	[ -z "$keeper" ] || until_true 'its keeper is gone' gone "$keeper"
	is 'mounts of stages' "$(mounts_below "$NSMGR_STORE/.stage")" ''
}

swept_by_create() { swept_by create "$P.next" --uts; }
swept_by_rm() { swept_by rm --ignore-missing "$P.nothing"; }
swept_by_rm_all() { swept_by rm --all-sets; }

# A stage that is being built is left alone: its lock is held.
stage_in_use() {
	ok "$NSMGR" create "$P.a" --uts
	mkdir -m 700 "$NSMGR_STORE/.stage/held"
	mkdir -m 755 "$NSMGR_STORE/.stage/held/set"
	: >"$NSMGR_STORE/.stage/held/set/net"
	exec {lock}<"$NSMGR_STORE/.stage/held"
	flock -x "$lock"
	ok "$NSMGR" create "$P.b" --uts
	yes 'a locked stage stays' test -d "$NSMGR_STORE/.stage/held"
	exec {lock}<&-
	ok "$NSMGR" create "$P.c" --uts
	no 'an unlocked one stays' test -e "$NSMGR_STORE/.stage/held"
}

# KERNEL R6: renameat2(RENAME_NOREPLACE) gives exactly one winner.
has_one_keeper() { [ "$(keeper_of "$P.race" | wc -w)" = 1 ]; }

race() {
	local round i pids won lost
	for round in {1..12}; do
		pids=() won=0 lost=0
		for i in 1 2 3 4; do
			"$NSMGR" create "$P.race" --net --pid 2>"$T/race.$i" &
			pids+=($!)
		done
		for i in 1 2 3 4; do
			if wait "${pids[i - 1]}"; then
				won=$((won + 1))
			else
				lost=$((lost + 1))
				like 'what a loser says' "$(<"$T/race.$i")" "nsmgr: cannot create '$P.race': publish: a set of that name exists"
			fi
		done
		is "winners of round $round" $won 1
		is "losers of round $round" $lost 3
		until_true 'the keepers of the losers have ended' has_one_keeper
		ok "$NSMGR" exec "$P.race" true
		ok "$NSMGR" rm "$P.race"
	done
}

# What an older boot left has a name that is free again, to exactly one of those who want it.
race_leftover() {
	local round i pids won
	for round in {1..12}; do
		ok "$NSMGR" create "$P.left" --uts
		sed -i 's/^boot .*/boot 00000000-0000-4000-8000-000000000000/' "$NSMGR_STORE/$P.left/.set"
		pids=() won=0
		for i in 1 2 3 4 5 6; do
			"$NSMGR" create "$P.left" --net 2>/dev/null &
			pids+=($!)
		done
		for i in "${pids[@]}"; do
			wait "$i" && won=$((won + 1))
		done
		is "winners of round $round" $won 1
		is 'the new set' "$("$NSMGR" ls -rn -o TYPE,STATE "$P.left")" 'net live'
		ok "$NSMGR" rm "$P.left"
	done
}

# A watcher never sees half a set (LESSONS 3): whenever the name is there, so are its handles.
never_half() {
	local i
	(for i in {1..60}; do
		"$NSMGR" create "$P.h" --ipc --net --uts && until_true 'the watcher has seen it' test -e "$T/seen" &&
			rm "$T/seen" && "$NSMGR" rm "$P.h" || exit 1
	done) &
	pid=$!
	while ! gone "$pid"; do
		# One that has the name no more when it was read is being taken apart.
		i=$(cd "$NSMGR_STORE/$P.h" 2>/dev/null && ls -A | tr '\n' ' ' && [ . -ef "$NSMGR_STORE/$P.h" ]) || continue
		case $i in
		'') ;;
		'.set ipc net uts ') : >"$T/seen" ;;
		*) fail "seen by a watcher: $i" ;;
		esac
	done
	ok wait "$pid"
	rm -f "$T/seen"
}

# LESSONS 2 (Debian 949235, podman PR#24024): first use by many makes one root mount.
first_use() {
	local i store=$T/$PROGRAM-first pids=() bad=0
	for i in {1..50}; do
		"$NSMGR" "--store=$store/deep/store" create "$P.f$i" --uts &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || bad=$((bad + 1))
	done
	is 'creates that failed' $bad 0
	is 'mounts of the root' "$(mounts_at "$store/deep/store")" 1
	is 'sets' "$(sets_in "$store/deep/store" | wc -w)" 50
	ok findmnt -n -o PROPAGATION "$store/deep/store"
	is 'propagation of the root' "$out" private
	ok "$NSMGR" "--store=$store/deep/store" rm --all-sets
	umount "$store/deep/store"
	rm -rf "$store"
}

modes_with() {
	(umask "$1" && "$NSMGR" "--store=$T/$PROGRAM-u$1/a/b" create "$P.u" --net --pid) || return
	(cd "$T/$PROGRAM-u$1" && stat -c '%a %n' . a a/b a/b/* a/b/.[sl]* a/b/*/.set)
	"$NSMGR" "--store=$T/$PROGRAM-u$1/a/b" rm "$P.u"
	umount "$T/$PROGRAM-u$1/a/b"
	rm -rf "$T/$PROGRAM-u$1"
}

modes() {
	local usual
	usual=$(modes_with 022)
	is 'modes' "$usual" "$(printf '%s\n' '755 .' '755 a' '755 a/b' "755 a/b/$P.u" '600 a/b/.lock' '700 a/b/.stage' \
		'644 a/b/.store' "644 a/b/$P.u/.set")"
	is 'modes with umask 0777' "$(modes_with 0777)" "$usual"
	is 'modes with umask 077' "$(modes_with 077)" "$usual"
	is 'modes with umask 0' "$(modes_with 0)" "$usual"
}

# A failure in the middle: directory, mounts and processes are as before.
failure() {
	local before
	ok "$NSMGR" create "$P.a" --uts
	before=$(mounts_below "$NSMGR_STORE")
	expect 1 "$NSMGR" create "$P.f" --all --monotonic=-99999999
	expect 1 "$NSMGR" create "$P.f" --all --sysctl=net.no.such=1
	expect 1 "$NSMGR" create "$P.f" --all --sysctl=kernel.pid_max=1
	expect 1 "$NSMGR" create "$P.f" --net --sysctl=net.no.such=1
	is 'mounts' "$(mounts_below "$NSMGR_STORE")" "$before"
	is 'stages' "$(stages_in "$NSMGR_STORE")" ''
	is 'keepers' "$(keeper_of "$P.f")" ''
	is 'sets' "$(sets_in "$NSMGR_STORE")" "$P.a"
}

cases() {
	it 'kill -9 at any system call leaves at most a stage, which is swept with its keeper' killed_at_calls
	it 'kill -9 at any state of the stage leaves whole sets and stages only' killed_at_stages
	it 'the next create sweeps a dead stage, an ordinary user does not' swept_by_create
	it 'the next rm sweeps a dead stage' swept_by_rm
	it 'rm --all-sets sweeps a dead stage' swept_by_rm_all
	it 'a stage whose lock is held is left alone' stage_in_use
	it 'of racing creates exactly one wins (KERNEL R6)' race
	it 'of those who race for a name of an older boot exactly one wins' race_leftover
	it 'a watcher never sees half a set (LESSONS 3)' never_half
	it '50 first uses at once make one private root mount (KERNEL R4, LESSONS 2)' first_use
	it 'modes do not depend on the umask' modes
	it 'a failure leaves mounts, directory and processes as before' failure
}

for_both
finish
