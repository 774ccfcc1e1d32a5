#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Many do many things to the same names at once. Nobody hangs, nobody is told anything but what can be, and what is there at the end
# is whole.
#   NSMGR_ROUNDS=N   so many for each (default 8; `make check-races` takes 200)
#   RACE_SECONDS=N   the storm lasts so long instead (`make check-races` takes 60)
# Cases are called by name (SC2317); lists of words are split (SC2046, SC2086); names are plain (SC2012).
# shellcheck disable=SC2012,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

: "${NSMGR_ROUNDS:=8}"
: "${RACE_SECONDS:=0}"

# Each set has its handles live and can be entered; nothing else is left but one keeper a set.
is_whole() {
	local set sets
	ok "$NSMGR" rm --ignore-missing "$P.none" # sweeps
	for set in $(sets_in "$NSMGR_STORE"); do
		ok "$FULL" ls -rn -o STATE "$set"
		is "states of $set" "$(sort -u <<<"$out")" live
		ok "$NSMGR" exec "$set" true
	done
	sets=$(sets_in "$NSMGR_STORE" | wc -w)
	is 'stages' "$(stages_in "$NSMGR_STORE")" ''
	is 'mounts' "$(mounts_below "$NSMGR_STORE" | wc -l)" $((sets * 2 + 1))
	one_keeper_a_set() { [ "$(keepers "nsmgr: $P." | wc -w)" = "$sets" ]; }
	until_true 'there is one keeper a set' one_keeper_a_set
	no_findings
}

# As `check` sees it. What is on the machine beside it (limits, other stores) is not of interest.
no_findings() {
	run "$FULL" check -rn -o KIND,PATH
	is 'what check finds' "$(grep -v -e '^limit ' -e '^keeper ' <<<"$out")" ''
}

one_name() {
	local i pids=() won=0
	for i in {1..64}; do
		timeout -k 1 60 "$NSMGR" create "$P.one" --pid --uts 2>"$T/said.$i" &
		pids+=($!)
	done
	for i in {1..64}; do
		if wait "${pids[i - 1]}"; then
			won=$((won + 1))
			continue
		fi
		like 'what a loser says' "$(<"$T/said.$i")" "nsmgr: cannot create '$P.one': publish: a set of that name exists*"
	done
	is 'winners' $won 1
	is_whole
	ok "$NSMGR" rm "$P.one"
}

# All that is known of each set: nothing to complain of, and nothing twice, whatever comes and goes meanwhile.
list() {
	local status
	timeout -k 1 60 "$FULL" ls -rn -o NAME,TYPE,INODE,STATE,STACK,OWNER,NPROCS,COMMAND >"$T/list.$1" 2>"$T/list.$1.said"
	status=$?
	sed 's/^/ls says: /' "$T/list.$1.said"
	cut -d' ' -f1,2 "$T/list.$1" | sort | uniq -d | sed 's/^/ls tells twice: /'
	grep -Ev "^$P\.[0-9]+ (pid|uts) [0-9]+ (live|dead|stale|unknown) " "$T/list.$1" | sed 's/^/ls tells: /'
	echo "ls $status"
}

# One of those who do anything: which, and to what, is drawn from its own seed.
worker() {
	local i name other seed=$1 until=$((SECONDS + RACE_SECONDS))
	RANDOM=$1
	for ((i = 0; RACE_SECONDS ? SECONDS < until : i < NSMGR_ROUNDS; i++)); do
		name=$P.$((RANDOM % 20)) other=$P.$((RANDOM % 20))
		case $((RANDOM % 7)) in
		0 | 1) set -- create "$name" --pid --uts ;;
		2) set -- rm "$name" ;;
		3) set -- rename "$name" "$other" ;;
		4) set -- exec "$name" true ;;
		5) set -- ls -q ;;
		6)
			list "$seed"
			continue
			;;
		esac
		# shellcheck disable=SC2069 # what is said, not what is answered
		timeout -k 1 60 "$NSMGR" "$@" 2>&1 >/dev/null
		echo "$1 $?"
	done >"$T/worker.$seed"
}

# What may be said to whom is late: the name is taken, the set is gone, or somebody is inside.
is_allowed() {
	case $1 in
	'ls says: '* | 'ls tells'*) return 1 ;;
	*': a set of that name exists'* | *": a set '"*"' exists") ;;
	*': no such set'* | *': dead: its init has ended '* | *': stale: '* | *'still in it:'*) ;;
	*': a set of that name comes and goes'*) ;;
	'create 0' | 'create 1' | 'rm 0' | 'rm 1' | 'rename 0' | 'rename 1' | 'exec 0' | 'exec 125' | 'ls 0') ;;
	*) return 1 ;;
	esac
}

storm() {
	local i pids=() line said=0 rounds=0
	for i in {1..16}; do
		worker "$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	for i in {1..16}; do
		line=$(grep -c '^[a-z]* [0-9]*$' "$T/worker.$i")
		rounds=$((rounds + line))
		yes "worker $i did its rounds ($line)" test "$line" -ge $((RACE_SECONDS ? 1 : NSMGR_ROUNDS))
		while IFS= read -r line; do
			yes "'$line' may be said" is_allowed "$line"
			said=$((said + 1))
		done <"$T/worker.$i"
	done
	yes "there was something to say ($said)" test $said -gt 0
	[ "$RACE_SECONDS" = 0 ] || echo "# $rounds commands of 16 within $RACE_SECONDS seconds"
	is_whole
	ok "$NSMGR" rm --all-sets
	is_whole
}

# The first use of a store by 50 at once: each makes its set, and the store is mounted once.
first_use() {
	local -x NSMGR_STORE=$T/first
	local i pids=()
	for i in {1..50}; do
		timeout -k 1 60 "$NSMGR" create "$P.f$i" --uts 2>"$T/said.$i" &
		pids+=($!)
	done
	for i in {1..50}; do
		ok wait "${pids[i - 1]}"
		is 'what is said' "$(<"$T/said.$i")" ''
	done
	is 'sets' "$(sets_in "$NSMGR_STORE" | wc -w)" 50
	is 'mounts of the store' "$(mounts_at "$NSMGR_STORE")" 1
	ok "$NSMGR" rm --all-sets
	is 'stages' "$(stages_in "$NSMGR_STORE")" ''
	umount "$NSMGR_STORE"
	rm -r "$NSMGR_STORE"
}

# Whoever enters while the set is taken away is inside or told; never at an error of a half removed one.
entering() {
	local i pid
	for ((i = 0; i < NSMGR_ROUNDS * 2; i++)); do
		ok "$NSMGR" create "$P.e" --pid --uts
		"$NSMGR" rm --kill "$P.e" 2>"$T/rm" &
		pid=$!
		run timeout -k 1 60 "$NSMGR" exec "$P.e" true
		case $st in
		0 | 137) ;;
		125) like 'what exec says' "$err" "nsmgr: cannot exec '$P.e': *" ;;
		*) fail "exec gave $st: $err" ;;
		esac
		ok wait "$pid"
	done
	is_whole
}

# The same when the keeper is killed from outside; the set is dead then, and says so.
keeper_killed() {
	local i pid keeper
	for ((i = 0; i < NSMGR_ROUNDS; i++)); do
		ok "$NSMGR" create "$P.k" --pid --uts
		keeper=$(keeper_of "$P.k")
		timeout -k 1 60 "$NSMGR" exec "$P.k" true 2>"$T/exec" &
		pid=$!
		kill -KILL "$keeper"
		wait "$pid"
		st=$?
		case $st in
		0 | 137) ;;
		125) like 'what exec says' "$(<"$T/exec")" "nsmgr: cannot exec '$P.k': *" ;;
		*) fail "exec gave $st: $(<"$T/exec")" ;;
		esac
		until_true 'the keeper has ended' gone "$keeper"
		ok "$FULL" ls -rn -o TYPE,STATE "$P.k"
		like 'states' "$out" '*pid dead*'
		expect 125 "$NSMGR" exec "$P.k" true
		like 'what exec says' "$err" '*dead: its init has ended*'
		ok "$NSMGR" rm "$P.k"
	done
	is_whole
}

cases() {
	it 'of 64 creators of one name one wins' one_name
	it 'whatever 16 do to the same 20 names at once, what is left is whole' storm
	it 'a store that 50 use first at once is made once' first_use
	it 'removing while entering' entering
	it 'killing the keeper while entering' keeper_killed
}

for_front
finish
