#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exec --limit, --timeout, --kill-after and --rusage: what a command may use, and what it did use.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086).
# shellcheck disable=SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# The rows of /proc/PID/limits behind their names, "SOFT HARD".
limits() { sed -nE '2,$s/^(.{25}) ([^ ]+) +([^ ]+).*/\1:\2 \3/p' "$1" | sed -E 's/ +:/:/'; }

declare -A titles=(
	[as]='Max address space' [core]='Max core file size' [cpu]='Max cpu time' [data]='Max data size'
	[fsize]='Max file size' [locks]='Max file locks' [memlock]='Max locked memory' [msgqueue]='Max msgqueue size'
	[nice]='Max nice priority' [nofile]='Max open files' [nproc]='Max processes' [rss]='Max resident set'
	[rtprio]='Max realtime priority' [rttime]='Max realtime timeout' [sigpending]='Max pending signals'
	[stack]='Max stack size')

# All of them at once, each to a value of its own that is within ours.
every_limit() {
	local name have hard options='' number=1048570
	ok "$NSMGR" create "$P.a" --uts
	limits /proc/self/limits >"$T/ours"
	: >"$T/expected"
	for name in "${!titles[@]}"; do
		have=$(sed -n "s/^${titles[$name]}:[^ ]* //p" "$T/ours")
		number=$((number + 1))
		hard=$number
		[ "$have" = unlimited ] || [ "$have" -ge $hard ] || hard=$have
		[ $name != as ] && [ $name != data ] && [ $name != stack ] || hard=$((number * 1024))
		options+=" --limit=$name=$((hard ? hard - 1 : 0)):$hard"
		echo "${titles[$name]}:$((hard ? hard - 1 : 0)) $hard" >>"$T/expected"
	done
	is 'the number of them' "${#titles[@]}" 16
	ok "$NSMGR" exec $options "$P.a" cat /proc/self/limits
	is 'the limits of the command' "$(limits "$T/out" | sort)" "$(sort "$T/expected")"
	ok "$NSMGR" run --net $options -- cat /proc/self/limits
	is 'those of run' "$(limits "$T/out" | sort)" "$(sort "$T/expected")"
	ok env SHELL=/bin/pwd "$NSMGR" shell "$P.a" $options
}

# of NAME OPTION...: "SOFT HARD" of a command
of() {
	local title=${titles[$1]}
	shift
	ok "$NSMGR" exec "$@" "$P.a" cat /proc/self/limits
	out=$(limits "$T/out" | sed -n "s/^$title://p")
}

forms() {
	ok "$NSMGR" create "$P.a" --uts --user
	of nofile --limit=nofile=20
	is 'one number' "$out" '20 20'
	of nofile --limit=nofile=20:30
	is 'two' "$out" '20 30'
	of nofile --limit nofile=20:
	is 'the soft one alone' "$out" "20 $(ulimit -Hn)"
	ulimit -Sn 40
	of nofile --limit=nofile=:50
	is 'the hard one alone' "$out" '40 50'
	of core --limit=core=7 --limit=core=1k:2K
	is 'the last one, with suffixes' "$out" '1024 2048'
	of fsize --limit=fsize=3M:4g
	is 'larger ones' "$out" '3145728 4294967296'
	if [ "$(ulimit -Hf)" = unlimited ]; then
		of fsize --limit=fsize=1T:unlimited
		is 'the largest' "$out" '1099511627776 unlimited'
	fi
	# Nothing that the start itself needs: there a terminal is opened, and users are looked up.
	expect 127 "$NSMGR" exec --pty --as=0 --limit=nofile=0 "$P.a" /bin/true
	like 'what the command cannot do' "$out" '*error while loading shared libraries*'
}

# wrong VALUE GLOB: it is refused, and nothing is run
wrong() {
	expect 125 "$NSMGR" exec --limit="$1" "$P.a" touch "$T/run"
	like "what is said of '$1'" "$err" "nsmgr: exec: --limit: $2 (try 'nsmgr exec --help')"
	no "it is run with '$1'" test -e "$T/run"
}

wrong_limits() {
	ok "$NSMGR" create "$P.a" --uts
	wrong nofile "'nofile' is not NAME=SOFT\[:HARD\]"
	wrong NOFILE=1 "no limit is called 'NOFILE': *"
	wrong "=1" "no limit is called '': *"
	wrong nofile= "bad value in 'nofile=': there is none"
	wrong nofile=: "bad value in 'nofile=:': there is none"
	wrong nofile=-1 "bad value in 'nofile=-1': it is neither a number nor 'unlimited'"
	wrong nofile=many "bad value in 'nofile=many': it is neither a number nor 'unlimited'"
	wrong nofile=1:2:3 "bad value in *: only k, M, G or T can stand behind the number"
	wrong core=1kk "bad value in *: only k, M, G or T can stand behind the number"
	wrong core=1P "bad value in *: only k, M, G or T can stand behind the number"
	wrong nofile=1k "bad value in *: this limit is not in bytes, and has no suffix"
	wrong core=16777216T "bad value in *: it is too large"
	wrong core=18446744073709551615 "bad value in *: it is too large"
	wrong core=99999999999999999999 "bad value in *: it is too large"
	wrong nofile=20:10 'nofile: the soft limit 20 is above the hard one, 10'
	wrong core=unlimited:1 'core: the soft limit unlimited is above the hard one, 1'
	ulimit -Sn 40
	wrong nofile=:10 'nofile: the soft limit 40 is above the hard one, 10'
	expect 125 "$NSMGR" run --net --name="$P.n" --limit=nofile=2:1 -- true
	is 'what is left' "$(sets_in "$NSMGR_STORE")" "$P.a"
}

# A right of the initial user namespace, which no user namespace of the set gives.
raising() {
	local set
	ok "$NSMGR" create "$P.a" --uts
	ok "$NSMGR" create "$P.b" --user --net
	ulimit -n 100
	for set in a b; do
		expect 125 setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource "$NSMGR" exec --limit=nofile=200 "$P.$set" true
		like "what is said in $set" "$err" \
			"nsmgr: cannot exec '$P.$set': limit: 'nofile': *CAP_SYS_RESOURCE*/proc/sys/fs/nr_open"
		expect 125 setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource "$NSMGR" exec --limit=core=1:2 --pty \
			--limit=nofile=200 "$P.$set" true
	done
	setpriv --dump | grep -q '^Capability bounding set:.*sys_resource' || return 0
	for set in a b; do
		ok "$NSMGR" exec --limit=nofile=200 --as=0 --cap-keep=none "$P.$set" sh -c 'ulimit -Hn'
		is "the raised one in $set" "$out" 200
	done
}

hits() {
	ok "$NSMGR" create "$P.a" --uts
	expect 153 "$NSMGR" exec --limit=fsize=1k "$P.a" dd if=/dev/zero of="$T/file" bs=4096 count=1
	is 'the size of the file' "$(stat -c %s "$T/file")" 1024
	expect 5 "$NSMGR" exec --limit=nofile=12 "$P.a" bash -c 'for i in {1..20}; do exec {fd}</dev/null || exit 5; done'
	run "$NSMGR" exec --limit=nproc=0 --as=4242 "$P.a" sh -c '(exit 4); exit 4'
	isnt 'the status without a process' "$st" 4
	like 'what is said of that' "$err" '*fork*'
}

# It takes a second of a processor to get there; what that is, is told.
hits_cpu() {
	ok "$NSMGR" create "$P.a" --uts
	expect 152 "$NSMGR" exec --limit=cpu=1:5 --rusage="$T/usage" "$P.a" sh -c 'while :; do :; done'
	read -r _ user sys _ _ _ status set < <(tail -n 1 "$T/usage")
	is 'its status' "$status" 152
	is 'its set' "$set" "$P.a"
	yes "the processor's time is about a second: $user + $sys" awk "BEGIN { exit !($user + $sys > 0.5 && $user + $sys < 4) }"
}

# ---- time ----

time_is_over() {
	local set
	ok "$NSMGR" create "$P.a" --uts
	ok "$NSMGR" create "$P.b" --net --pid --user
	ok "$NSMGR" create "$P.c" --time --monotonic=1000000
	for set in a b c; do
		expect 124 "$NSMGR" exec --timeout=0.1 "$P.$set" sleep 1000
		is "what is said of $set" "$out$err" ''
	done
	expect 124 "$NSMGR" run --net --timeout=0.1 -- sleep 1000
	expect 124 "$NSMGR" run --pid --mnt --name="$P.n" --timeout=0.1 -- sleep 1000
	is 'what is left' "$(sets_in "$NSMGR_STORE" | xargs)" "$P.a $P.b $P.c"
	# Whatever it gives after that.
	expect 124 "$NSMGR" exec --timeout=0.1 "$P.a" bash -c 'trap "exit 0" TERM; sleep 1000 & wait'
	expect 137 "$NSMGR" exec --timeout=0.1 --kill-after=0.1 "$P.b" bash -c 'trap "" TERM; while :; do sleep 1000; done'
	expect 137 "$NSMGR" exec -v --timeout=0.1 --kill-after=0 "$P.a" bash -c 'trap "sleep 1000" TERM; sleep 1000'
	like 'what -v says' "$err" '*sent SIGTERM*sent SIGKILL*'
}

time_is_not_over() {
	ok "$NSMGR" create "$P.a" --uts
	ok "$NSMGR" create "$P.c" --time --monotonic=1000000 --pid
	expect 7 "$NSMGR" exec --timeout=1000 "$P.a" sh -c 'exit 7'
	expect 7 "$NSMGR" exec --timeout=1000 "$P.c" sh -c 'exit 7'
	# 0 is for none, as with timeout(1).
	expect 7 "$NSMGR" exec --timeout=0 --kill-after=0 "$P.a" sh -c 'exit 7'
	expect 143 "$NSMGR" exec --timeout=99999999999 "$P.a" sh -c 'kill -TERM $$'
	expect 127 "$NSMGR" exec --timeout=1000 "$P.a" no-such-command
	# Signals reach it as without.
	witness "$NSMGR" exec --timeout=1000 "$P.c"
	kill -USR1 "$pid"
	got usr1
	kill -TERM "$pid"
	wait "$pid"
	is 'its status' $? 3
}

# What is stopped, and what was left behind, has no more time than others.
all_of_it_ends() {
	local set
	ok "$NSMGR" create "$P.a" --uts
	ok "$NSMGR" create "$P.b" --pid --net
	for set in a b; do
		expect 124 "$NSMGR" exec --timeout=0.1 "$P.$set" sh -c 'kill -STOP $$; exit 1'
		expect 124 "$NSMGR" exec --timeout=0.1 --pty "$P.$set" sh -c 'kill -STOP $$; exit 1'
		# One that ignores TERM, and whose parent is gone.
		expect 124 "$NSMGR" exec --timeout=0.1 "$P.$set" bash -c '(trap "" TERM; sleep 1000 & ) ; exec sleep 1000'
		until_true "nothing is left in $set" none_marked
		expect 124 "$NSMGR" exec --timeout=0.1 --new-session "$P.$set" bash -c '(trap "" TERM; sleep 1000 & ) ; exec sleep 1000'
		until_true "nothing is left of a session in $set" none_marked
	done
}

with_pty() {
	ok "$NSMGR" create "$P.a" --net --pid
	expect 124 "$NSMGR" exec --pty --timeout=0.1 "$P.a" sleep 1000
	expect 137 "$NSMGR" exec --pty --timeout=0.1 --kill-after=0.1 "$P.a" bash -c 'trap "" TERM HUP; while :; do sleep 1000; done'
	expect 7 "$NSMGR" exec --pty --timeout=1000 "$P.a" sh -c 'echo words; exit 7'
	like 'what it wrote' "$out" 'words*'
	# One whose output nobody reads: it is told all the same.
	expect 124 "$NSMGR" exec --pty --timeout=0.2 "$P.a" sh -c 'while :; do echo words; done'
}

# In the foreground of a terminal it can read there. script(1) has that.
in_front() {
	ok "$NSMGR" create "$P.a" --uts
	printf 'word\n' >"$T/typed"
	script -qfec "$NSMGR exec --timeout=1000 $P.a sh -c 'read -r word </dev/tty; [ \$word = word ] && exit 9'" /dev/null \
		<"$T/typed" >"$T/screen" 2>&1
	is 'the status' $? 9
	script -qfec "$NSMGR exec --timeout=0.1 $P.a sh -c 'exec sleep 1000'" /dev/null </dev/null >"$T/screen" 2>&1
	is 'the status of one that takes too long' $? 124
	# It is in no group of its own, and all that it started is found by descent, whoever listens to TERM.
	script -qfec "$NSMGR exec --timeout=0.3 $P.a sh -c '(trap \"\" TERM; (sleep 1000; echo) & sleep 1000; echo); echo'" /dev/null \
		</dev/null >"$T/screen" 2>&1
	is 'the status of one that leaves others behind' $? 124
	until_true 'nothing is left' none_marked
	script -qfec "$NSMGR exec --timeout=0.1 --kill-after=0.1 $P.a sh -c 'trap \"\" TERM; while :; do sleep 1000; done'" /dev/null \
		</dev/null >"$T/screen" 2>&1
	is 'the status of one that is killed' $? 137
	until_true 'nothing is left of that' none_marked
}

in_many_sets() {
	local set
	for set in a b c; do
		ok "$NSMGR" create "$P.$set" --uts --hostname=$set
	done
	expect 1 "$NSMGR" exec --sets="$P.*" -P 3 --timeout=0.2 --rusage "$P.never" -- true
	expect 1 "$NSMGR" exec --sets="$P.*" -P 3 --timeout=0.2 --rusage sh -c '[ $(hostname) = b ] || { sleep 1000 & sleep 1000; }'
	like 'what is said' "$err" "nsmgr: exec: failed in 2 of 3 sets: $P.a (timed out), $P.c (timed out)"$'\n'*
	is 'the status of each' "$(awk '/^ *[0-9]/ { print $7, $8 }' "$T/err")" "124 $P.a"$'\n'"0 $P.b"$'\n'"124 $P.c"
	until_true 'nothing is left' none_marked
	expect 1 "$NSMGR" exec --sets="$P.a,$P.b" --timeout=0.1 --kill-after=0.1 --rusage="$T/usage.json" \
		bash -c 'trap "" TERM; while :; do sleep 1000; done'
	is 'the status of each in JSON' "$(grep -c '"status": 137' "$T/usage.json")" 2
}

wrong_times() {
	local value
	ok "$NSMGR" create "$P.a" --uts
	for value in '' x -1 1s 1e3 .5 1.; do
		expect 125 "$NSMGR" exec --timeout="$value" "$P.a" true
		like "what is said of '$value'" "$err" "nsmgr: exec: --timeout: '$value' is not SEC\[.FRAC\] *"
		expect 125 "$NSMGR" exec --timeout=1 --kill-after="$value" "$P.a" true
		like "and of that for --kill-after" "$err" "nsmgr: exec: --kill-after: '$value' is not SEC\[.FRAC\] *"
	done
	for verb in "exec $P.a" "exec --sets=$P.a" "run --net --"; do
		expect 125 "$NSMGR" ${verb%% *} --kill-after=1 ${verb#* } touch "$T/run"
		like "what is said of the one without the other" "$err" '*--kill-after goes with --timeout *'
		no 'it is run' test -e "$T/run"
	done
	expect 125 "$NSMGR" shell "$P.a" --kill-after=1
}

# ---- use ----

usage() {
	local set real user sys maxrss voluntary involuntary status
	ok "$NSMGR" create "$P.a" --uts
	ok "$NSMGR" create "$P.b" --pid --net --user
	for set in a b; do
		# A child of the command's that it waits for; of the memory it has all that is touched.
		expect 6 "$NSMGR" exec --rusage "$P.$set" sh -c 'dd if=/dev/zero of=/dev/null bs=50M count=1 2>/dev/null; sleep 0.01; exit 6'
		like 'the heading' "$err" ' * REAL * USER * SYS MAXRSS VOLUNTARY INVOLUNTARY STATUS SET'$'\n'*
		read -r real user sys maxrss voluntary involuntary status set < <(tail -n 1 "$T/err")
		is 'its status' "$status" 6
		yes "it used 50 MiB and not much more: $maxrss" test "$maxrss" -ge 51200 -a "$maxrss" -lt 204800
		yes "it waited: $voluntary" test "$voluntary" -ge 1
		like 'how often the processor was taken away' "$involuntary" '[0-9]*'
		yes "real time passed: $real" awk "BEGIN { exit !($real >= 0.01) }"
		yes "it used the processor: $user $sys" awk "BEGIN { exit !($user + $sys > 0) }"
		like 'its set' "$set" "$P.?"
	done
	ok "$NSMGR" exec --rusage --pty "$P.b" echo words
	is 'the output' "$out" $'words\r'
	like 'what is said' "$err" "* 0 $P.b"
	expect 138 "$NSMGR" run --net --rusage="$T/usage.json" -- sh -c 'kill -USR1 $$'
	is 'what is said otherwise' "$err" ''
	for key in real user sys maxrss voluntary involuntary; do
		yes "JSON has '$key'" grep -qE "^ *\"$key\": [0-9.]+,$" "$T/usage.json"
	done
	yes 'JSON has the status' grep -q '"status": 138,$' "$T/usage.json"
	yes 'JSON has no set' grep -q '"set": null$' "$T/usage.json"
}

wrong_usage() {
	ok "$NSMGR" create "$P.a" --uts
	expect 125 "$NSMGR" exec --rusage="$T/none/usage" "$P.a" touch "$T/run"
	is 'what is said' "$err" "nsmgr: exec: --rusage: cannot write '$T/none/usage': No such file or directory"
	no 'it is run' test -e "$T/run"
	expect 125 "$NSMGR" exec --rusage=/dev/full "$P.a" touch "$T/run"
	is 'what is said of a full disk' "$err" 'nsmgr: exec: --rusage: cannot write it: No space left on device'
	yes 'it was run' test -e "$T/run"
	expect 125 "$NSMGR" exec --sets="$P.a" --rusage=/dev/full true
	expect 125 "$NSMGR" exec --rusage --rusage "$P.a" true
	# Nothing is done to it before all else is found to be right.
	echo old >"$T/usage"
	expect 125 "$NSMGR" exec --rusage="$T/usage" --no-such-option "$P.a" true
	expect 125 "$NSMGR" exec --rusage="$T/usage" --kill-after=1 "$P.a" true
	is 'what is in the file' "$(<"$T/usage")" old
	# What was never run has used nothing.
	expect 127 "$NSMGR" exec --rusage="$T/usage" "$P.a" no-such-command
	is 'what is told' "$(<"$T/usage")" ''
}

cases() {
	it '--limit gives the command each of the 16 limits' every_limit
	it '--limit has one number, two, either, suffixes and unlimited' forms
	it 'a wrong --limit is refused before anything is done' wrong_limits
	it 'a hard limit is raised by who may (KERNEL section 8)' raising machine
	it 'the command runs into its limits' hits ids
	it '--timeout ends a command, and --kill-after one that does not listen' time_is_over
	it 'a command that ends in time is not told from one without a limit' time_is_not_over
	[ "$PROGRAM" = full ] || return 0 # which the front hands all of it over to
	it 'the processor time that it may use, and the account of it' hits_cpu
	it '--timeout ends what is stopped and what is left behind' all_of_it_ends
	it '--timeout goes with --pty' with_pty
	it 'at a terminal the command stays in the foreground' in_front
	it '--timeout goes for each of many sets' in_many_sets
	it 'a wrong --timeout or --kill-after is refused' wrong_times
	it '--rusage tells what was used, as text and as JSON' usage
	it '--rusage that cannot be written is a failure' wrong_usage
}

for_both
finish
