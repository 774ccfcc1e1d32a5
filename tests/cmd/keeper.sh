#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The keeper: pid 1 of a set's pid namespace.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

make() {
	ok "$NSMGR" create "$@"
	keeper=$(keeper_of "$1")
	is "number of keepers of $1" "$(wc -w <<<"$keeper")" 1
}

field() { awk -v f="$2:" '$1 == f { print $2 }' "/proc/$1/status"; }

identity() {
	local line
	make "$P.k" --pid
	ok "$NSMGR" exec "$P.k" true
	is 'pid inside' "$(awk '/^NSpid/ { print $NF }' "/proc/$keeper/status")" 1
	IFS= read -r -d '' line <"/proc/$keeper/cmdline"
	is argv "$line" "nsmgr: $P.k"
	is 'the rest of the command line' "$(tr -d '\0' <"/proc/$keeper/cmdline")" "nsmgr: $P.k"
	is comm "$(<"/proc/$keeper/comm")" nsmgr
	is cwd "$(readlink "/proc/$keeper/cwd")" /
	is 'its namespace' "$(ns_of "$keeper" pid)" "pid:[$(inode_of "$P.k" pid)]"
	is children "$(pgrep -c -P "$keeper")" 0
	is 'threads' "$(field "$keeper" Threads)" 1
	ok "$NSMGR" ls -rn -o PID "$P.k"
	is 'PID that ls shows' "$out" "$keeper"
}

long_name() {
	local name
	name=$P.$(printf 'k%.0s' {1..64})
	name=${name:0:64}
	make "$name" --pid
	is 'argv of a name of 64 bytes' "$(tr -d '\0' <"/proc/$keeper/cmdline")" "nsmgr: $name"
	# The place for it is that of the arguments and the environment, however short.
	env -i NSMGR_LIBEXEC="$NSMGR_LIBEXEC" LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}" "$NSMGR" --store="$NSMGR_STORE" \
		create "$P.e" -p || fail 'create in an empty environment'
	like 'argv in an empty environment' "$(tr '\0' ' ' <"/proc/$("$FULL" ls -rn -o PID "$P.e")/cmdline")" "nsmgr: *"
}

# LESSONS security 4 and 5 (CVE-2019-5736, CVE-2016-9962)
holds_nothing() {
	exec {extra}<>"$T/never"
	make "$P.k" --all
	exec {extra}<&-
	is 'descriptors' "$(ls "/proc/$keeper/fd")" ''
	is 'who owns the files of a process that is not dumpable' "$(stat -c %u "/proc/$keeper/fd")" 0
	is 'terminal' "$(awk '{ sub(/.*\) /, ""); print $5 }' "/proc/$keeper/stat")" 0
	is 'session' "$(awk '{ sub(/.*\) /, ""); print $4 }' "/proc/$keeper/stat")" "$(
		awk '{ sub(/.*\) /, ""); print $3 }' "/proc/$keeper/stat")"
	isnt 'session' "$(ps -o sid= -p "$keeper" | tr -d ' ')" "$(ps -o sid= -p $$ | tr -d ' ')"
	is 'blocked signals' "$(field "$keeper" SigBlk)" 0000000000000000
	is 'caught signals' "$(field "$keeper" SigCgt)" 0000000000000000
	# But for those that the C library keeps to itself: posix_spawn(3) of glibc leaves them ignored.
	is 'ignored signals' $((0x$(field "$keeper" SigIgn) & 0x7fffffff)) $((1 << (17 - 1)))
}

# A process of the same uid inside, without privilege over it, may not look at it: seen from uid 1000 with maps.
not_dumpable() {
	make "$P.d" --pid --user --mnt --map-users=0:100000:1000 --map-groups=0:100000:1000
	is 'owner of its /proc' "$(stat -c %u "/proc/$keeper/fd")" 0
	is 'uid' "$(field "$keeper" Uid)" 100000
	expect 2 "$NSMGR" exec --as=0 "$P.d" ls /proc/1/fd
	like 'what a look at its descriptors gives' "$err" '*Permission denied*'
	expect 1 "$NSMGR" exec "$P.d" readlink /proc/1/exe
}

survives_inside() {
	local signal
	make "$P.s" --pid --mnt
	for signal in TERM INT HUP QUIT USR1 USR2 ALRM PIPE CHLD STOP KILL SEGV; do
		ok "$NSMGR" exec "$P.s" sh -c "kill -$signal 1"
	done
	ok "$NSMGR" exec "$P.s" kill -TERM -1
	ok "$NSMGR" exec "$P.s" readlink /proc/self/ns/pid
	is 'keeper' "$(keeper_of "$P.s")" "$keeper"
	# KERNEL R41: from outside only what nobody can ignore.
	kill -TERM "$keeper"
	kill -HUP "$keeper"
	ok "$NSMGR" exec "$P.s" true
	yes 'it lives' alive "$keeper"
}

# In a session with a terminal of its own, which ends and hangs up.
survives_session() {
	ok script -qec "\"$NSMGR\" create \"$P.t\" --pid" /dev/null
	keeper=$(keeper_of "$P.t")
	yes 'it lives' alive "$keeper"
	ok "$NSMGR" exec "$P.t" true
	expect 129 setsid --wait sh -c "\"$NSMGR\" create \"$P.u\" --pid; kill -HUP 0; true"
	ok "$NSMGR" exec "$P.t" true
}

# KERNEL R41: SIGCHLD ignored reaps without a wake-up.
reaps() {
	local zombies
	make "$P.r" --pid --mnt
	hold "$NSMGR" exec "$P.r" sh -c '(sh -c "exec true" & exec true) & wait; exec "$@"' sh
	ok "$NSMGR" exec "$P.r" sh -c 'i=0; while [ $i -lt 20 ]; do (true & true) & i=$((i + 1)); done; exec true'
	none_but_two() { [ "$("$NSMGR" exec "$P.r" sh -c 'set -- /proc/[0-9]*; echo $#')" = 3 ]; }
	until_true 'only init, the one held and the one that looks are left' none_but_two
	zombies=$("$NSMGR" exec "$P.r" grep -ls '^State:.Z' /proc/1/status)
	is zombies "$zombies" ''
	release
	wait "$pid"
	is 'its voluntary wake-ups in between' "$(wakeups)" "$(wakeups)"
}

wakeups() { awk '/^voluntary/ { print $2 }' "/proc/$keeper/status"; }

no_wakeups() {
	local before
	make "$P.w" --pid --mnt
	before=$(wakeups)
	ok "$NSMGR" exec "$P.w" sh -c 'i=0; while [ $i -lt 50 ]; do (true & true) & i=$((i + 1)); done; wait'
	is 'wake-ups for 100 orphans' "$(wakeups)" "$before"
}

memory() {
	"$FRONT" --version | grep -q '^front: musl' || skip 'the front is not linked with musl'
	[ "$PROGRAM" = front ] || { checks=1; return; }
	make "$P.m" --pid
	ok awk '/^Pss:/ { exit !($2 <= 60) }' "/proc/$keeper/smaps_rollup"
}

# KERNEL R43 and section 9: a /proc of the namespace inside, whatever the propagation, and the host's is untouched.
proc_inside() {
	local how before
	before=$(mounts_at /proc)
	for how in private slave shared unchanged; do
		make "$P.$how" --pid --mnt "--propagation=$how"
		ok "$NSMGR" exec "$P.$how" sh -c 'tr "\0" " " </proc/1/cmdline; echo; readlink /proc/self; echo $$'
		like "pid 1 with $how" "${out%%$'\n'*}" "nsmgr: $P.$how*"
		is "number of mounts on the host's /proc" "$(mounts_at /proc)" "$before"
		yes 'the host sees itself' test "$(readlink /proc/self)" != 1
	done
}

# The same in a mount namespace with / shared, of which a peer is looked at (KERNEL section 9).
proc_shared() {
	mkdir "$T/$PROGRAM-shared"
	ok unshare -m --propagation=shared sh -c '
		before=$(grep -c " /proc " /proc/self/mountinfo)
		for how in private slave shared unchanged; do
			"$1" --store="$2/s" create "$3.$how" --pid --mnt --propagation=$how || exit 11
			[ "$(grep -c " /proc " /proc/self/mountinfo)" = "$before" ] || exit 12
			[ "$(readlink /proc/self)" != 1 ] || exit 13
			"$1" --store="$2/s" exec "$3.$how" grep -q "^nsmgr: $3" /proc/1/cmdline || exit 14
			"$1" --store="$2/s" rm "$3.$how" || exit 15
		done' sh "$NSMGR" "$T/$PROGRAM-shared" "$P"
}

without_mnt() {
	make "$P.p" --pid
	ok "$NSMGR" exec "$P.p" cat /proc/1/comm
	isnt 'pid 1 in a /proc that was left as it was' "$out" nsmgr
}

ends_with_rm() {
	make "$P.x" --pid
	ok "$NSMGR" rm "$P.x"
	yes 'the keeper is gone when rm returns' gone "$keeper"
}

# LESSONS 8 (bst#29)
dead() {
	make "$P.y" --pid
	kill -KILL "$keeper"
	until_true 'the keeper is gone' gone "$keeper"
	expect 125 "$NSMGR" exec "$P.y" true
	like 'what exec says' "$err" "nsmgr: cannot exec '$P.y': pid: *dead*cure: nsmgr rm*"
	ok "$NSMGR" ls -rn -o STATE "$P.y"
	is 'state' "$out" dead
	ok "$NSMGR" rm "$P.y"
}

cases() {
	it 'is pid 1, called by its set, at /, alone' identity
	it 'has its name whole, however little place there is' long_name
	it 'holds no descriptor, terminal, session or handler (LESSONS security 4 5)' holds_nothing
	it 'is not dumpable: nobody inside looks into it (CVE-2016-9962, CVE-2019-5736)' not_dumpable ids
	it 'survives every signal from inside, and TERM from outside (KERNEL R41)' survives_inside
	it 'survives the end of the session that made it' survives_session
	it 'reaps what is left to it (KERNEL R41 R42)' reaps
	it 'is not woken by what it reaps (KERNEL R41)' no_wakeups
	# The bound is for the front that is linked with musl; the others have no such promise to hold.
	[ "$("$FRONT" --version | grep -c '^front: musl')" -eq 0 ] || it 'takes at most 60 KiB with musl' memory
	it 'has /proc mounted afresh, and the host keeps its own (KERNEL R43)' proc_inside
	it 'the same where / is shared (KERNEL R12, section 9)' proc_shared
	it 'leaves /proc alone without a mount namespace' without_mnt
	it 'has ended when rm returns' ends_with_rm
	it 'once killed, the set is dead and says the cure (KERNEL R41, LESSONS 8)' dead
}

for_both
finish
