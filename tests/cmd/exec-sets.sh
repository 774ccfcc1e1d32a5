#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exec in many sets: which, what is shown, what is said of failures, and that nothing is left running.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# three: sets a, b and c, of which c has a pid namespace
three() {
	ok "$NSMGR" create "$P.a" "$P.b" --uts
	ok "$NSMGR" create "$P.c" --uts --pid
}

# lines NAME...: what each of these sets shows of an echo of its name
lines() {
	local name
	for name; do
		echo "$P.$name: $P.$name"
	done
}

which_sets() {
	three
	ok "$NSMGR" exec --all-sets sh -c 'echo $NSMGR_NAME'
	is 'all sets, in order' "$out" "$(lines a b c)"
	is 'said when all is well' "$err" ''
	ok "$NSMGR" exec --sets="$P.c,$P.a" -- sh -c 'echo $NSMGR_NAME'
	is 'two by name' "$out" "$(lines a c)"
	ok "$NSMGR" exec --sets="$P.[ab],$P.a" sh -c 'echo $NSMGR_NAME'
	is 'a pattern, each set once' "$out" "$(lines a b)"
	ok "$NSMGR" exec --sets="$P.*" -P 0 --only=uts sh -c 'echo $NSMGR_NAME'
	is 'in parallel' "$(sort <<<"$out")" "$(lines a b c)"
	ok "$NSMGR" exec --all-sets readlink /proc/self/ns/uts
	is 'namespaces' "$(sort -u <<<"$out" | wc -l)" 3
	like 'the uts namespace of one' "$out" "*$P.b: uts:\[$(inode_of "$P.b" uts)\]*"
}

refused() {
	local options
	three
	for options in "--sets=$P.a,$P.x" "--sets=$P.a,x*" '--sets=*z'; do
		expect 125 "$NSMGR" exec $options touch "$T/made"
		like "what is said of $options" "$err" "nsmgr: exec: no set is called '*'; nothing was done"
	done
	for options in '--all-sets --sets=*' '--all-sets -P x' '--all-sets -P -1' '--sets=' "--sets=$P.a," "--sets=,$P.a"; do
		expect 125 "$NSMGR" exec $options touch "$T/made"
		like "what is said of $options" "$err" "*try 'nsmgr exec --help'*"
	done
	expect 125 "$NSMGR" exec -P 2 "$P.a" touch "$T/made"
	expect 125 "$NSMGR" exec --grouped "$P.a" touch "$T/made"
	expect 125 "$NSMGR" exec --all-sets
	like 'without a command' "$err" '*a COMMAND is missing*'
	expect 125 "$NSMGR" exec --sets="$P.*" --
	no 'anything was run' test -e "$T/made"
	ok "$NSMGR" rm --all-sets
	expect 125 "$NSMGR" exec --all-sets true
	is 'what is said of an empty store' "$err" 'nsmgr: exec: there are no sets'
	expect 125 "$NSMGR" --store="$T/no-store" exec --all-sets true
}

outputs() {
	local long
	three
	ok "$NSMGR" exec --sets="$P.a" sh -c 'echo o; echo e >&2; printf "x\n\nend"; read -r line || echo no input'
	is 'standard output' "$out" "$(printf "$P.a: %s\n" o x '' 'endno input')"
	is 'standard error' "$err" "$P.a: e"
	long=$(printf '%5000s' '' | tr ' ' x)
	ok "$NSMGR" exec --sets="$P.a" sh -c "echo $long"
	is 'a long line, in two' "$out" "$P.a: ${long:0:3968}
$P.a: ${long:3968}"
	ok "$NSMGR" exec --grouped --sets="$P.[ab]" sh -c 'echo 1; echo 2; [ $NSMGR_NAME = '"$P.a"' ] && printf e >&2; :'
	is 'grouped' "$out" "$(printf '%s\n' "$P.a:" 1 2 "$P.b:" 1 2)"
	is 'grouped errors' "$err" "$(printf '%s\n' "$P.a:" e)"
	# By its name it can be opened again, and nothing of it is lost.
	ok "$NSMGR" exec --grouped --all-sets sh -c 'echo 1; echo 2 >/dev/stdout; echo 3; echo 4 >&2; echo 5 >/dev/stderr; seq 3000'
	is 'grouped, opened by name' "$(head -n 5 <<<"$out") $(wc -l <<<"$out")" "$(printf '%s\n' "$P.a:" 1 2 3 1) 9012"
	is 'grouped errors, opened by name' "$err" "$(printf '%s:\n4\n5\n' "$P.a" "$P.b" "$P.c")"
	run bash -c 'ulimit -f 1; exec "$@"' - "$NSMGR" exec --grouped --sets="$P.a" seq 2000
	like 'grouped, without room for it' "$st $err" '125 *cannot write the output: File too large'
	# Much more than any buffer, from all at once: every line is whole.
	ok "$NSMGR" exec --all-sets -P 3 seq 20000
	is 'lines of all' "$(sort -u <<<"$out" | grep -cE "^$P\.[abc]: [0-9]+$")" 60000
	# A process that is left behind keeps nobody waiting, whatever it has open.
	ok "$NSMGR" exec --sets="$P.a" sh -c 'sleep 1000 & echo $!'
	kill "${out##* }"
}

# No reader: that is told, and nothing runs on.
no_reader() {
	local statuses
	three
	"$NSMGR" exec --all-sets -P 3 yes 2>"$T/err" | head -n 1 >"$T/out"
	statuses=${PIPESTATUS[0]}
	is status "$statuses" 125
	like 'what is said' "$(<"$T/err")" '*cannot write the output: Broken pipe'
	run bash -c '"$@" >&-' - "$NSMGR" exec --all-sets echo x
	is 'status without an output' $st 125
	[ ! -c /dev/full ] || {
		run bash -c '"$@" >/dev/full' - "$NSMGR" exec --all-sets echo x
		is 'status with a full one' $st 125
	}
}

failures() {
	three
	expect 1 "$NSMGR" exec --all-sets sh -c "[ \$NSMGR_NAME = $P.a ] && exit 3; [ \$NSMGR_NAME = $P.c ] && kill -KILL \$\$; echo b"
	is 'what is said' "$err" "nsmgr: exec: failed in 2 of 3 sets: $P.a (status 3), $P.c (signal 9)"
	is 'the one between runs' "$out" "$P.b: b"
	expect 1 "$NSMGR" exec --all-sets -P 3 no-such-command
	like 'not found' "$err" "*failed in 3 of 3 sets: $P.a (not found), $P.b (not found), $P.c (not found)"
	like 'each is told' "$err" "*nsmgr: cannot exec '$P.b': exec: 'no-such-command': No such file*"
	: >"$T/noexec"
	expect 1 "$NSMGR" exec --sets="$P.a" "$T/noexec"
	like 'not executable' "$err" "*failed in 1 of 1 sets: $P.a (not executable)"
	# One that vanishes while others run, one without what is asked for, one that cannot be entered.
	expect 125 "$NSMGR" exec --all-sets sh -c "[ \$NSMGR_NAME != $P.a ] || exec $NSMGR rm $P.b"
	like 'a vanished one' "$err" "*'$P.b'*no such set*failed in 1 of 3 sets: $P.b (not run)"
	expect 125 "$NSMGR" exec --all-sets --only=pid true
	like 'one without a pid namespace' "$err" "*failed in 1 of 2 sets: $P.a (not run)"
	kill -KILL "$(keeper_of "$P.c")"
	until_true 'its pid namespace is dead' fails_in_c
	like 'a dead one' "$err" "*'$P.c'*cure: nsmgr rm*failed in 1 of 2 sets: $P.c (not run)"
}

fails_in_c() {
	run "$NSMGR" exec --all-sets true
	[ "$st" = 125 ]
}

# wait_for_lines N: as many commands have said that they run
wait_for_lines() { [ "$(wc -l <"$T/started")" = "$1" ]; }

# Ctrl-C and TERM end the commands with all that they started.
signals() {
	local signal
	three
	for signal in INT TERM; do
		: >"$T/started"
		spawn env --default-signal=INT "$NSMGR" exec --all-sets -P 2 sh -c "echo >>$T/started; sleep 1000 & wait" 2>"$T/err"
		until_true 'two run' wait_for_lines 2
		kill -$signal "$pid"
		wait "$pid"
		is "status after $signal" $? $((128 + $(kill -l $signal)))
		like 'what is said' "$(<"$T/err")" "*failed in 3 of 3 sets: *(signal $(kill -l $signal))*$P.c (not started)"
		until_true "nothing of it is left after $signal" none_marked
	done
	# One that does not mind is killed at the second time.
	: >"$T/started"
	spawn "$NSMGR" exec --all-sets -P 3 bash -c "trap '' TERM; echo >>$T/started; while :; do sleep 1000; done" 2>"$T/err"
	until_true 'three run' wait_for_lines 3
	kill -TERM "$pid"
	kill -TERM "$pid"
	until_true 'the second is taken' ends_by_signals
	wait "$pid"
	is 'status after two' $? 143
	like 'what is said' "$(<"$T/err")" "*$P.a (signal 9), $P.b (signal 9), $P.c (signal 9)"
	until_true 'nothing is left' none_marked
}

# It does not stop where nobody could continue it, nor for a question at the terminal that it does not have.
stops() {
	three
	: >"$T/started"
	spawn setsid "$NSMGR" exec --all-sets -P 3 sh -c "echo >>$T/started; read -r x <$T/go" 2>"$T/err"
	until_true 'three run' wait_for_lines 3
	kill -TSTP "$pid"
	for _ in {1..3}; do echo >&$GO; done
	until_true 'they go on' gone "$pid"
	wait "$pid"
	is 'status' $? 0
	ok "$NSMGR" exec --all-sets sh -c 'read -r a b c d group session rest </proc/$$/stat; echo $(($$ - group)) $(($$ - session))'
	is 'sessions' "$(sed 's/.*: //' <<<"$out" | head -n 2 | uniq)" '0 0'
	command -v script >/dev/null || return 0
	run timeout 20 script -qec "$NSMGR exec --all-sets sh -c 'read -r x </dev/tty'" /dev/null
	is 'the status of one that asks at the terminal' "$st" 1
}

# Two of the same that wait are one: it is sent until it has been taken.
ends_by_signals() { kill -TERM "$pid" 2>/dev/null; gone "$pid"; }

# What it gets from us: signals as we had them, no descriptor, a group of its own, the options of exec.
surroundings() {
	three
	ok "$NSMGR" exec --all-sets -P 2 --as=7:8 -w /usr -e A=b sh -c 'echo $(id -u) $(id -g) $(pwd) $A'
	is 'options' "$(sed 's/.*: //' <<<"$out" | sort | uniq -c | sed 's/^ *//')" '3 7 8 /usr b'
	ok "$NSMGR" exec --except=pid --all-sets -P 2 bash -c \
		'for i in {0..30}; do [ -e /proc/$$/fd/$i ] && printf "%s " $i; done; grep SigBlk /proc/self/status'
	is 'descriptors and signals' "$(sed 's/.*: //' <<<"$out" | sort -u)" "$(printf '0 1 2 SigBlk:\t0000000000000000')"
}

cases() {
	it 'chooses by name and pattern, each set once, in order' which_sets
	it 'refuses what fits no set and what does not go together, before anything is run' refused
	it 'shows whole lines with their set, or all of a set together' outputs
	it 'a reader that goes away ends it (LESSONS 14)' no_reader
	it 'hides no failure: status and one line tell which and how (LESSONS 14)' failures
	it 'a signal ends all that it started (LESSONS 10)' signals
	it 'stops only where it can be continued, and never for a terminal' stops
	it 'gives each command the same as exec in one set' surroundings ids
}

# Not $T/never: whoever waits takes from that what was meant for another.
mkfifo "$T/go"
exec {GO}<>"$T/go"
for_both
exec {GO}<&-
finish
