#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exec --pty: a terminal of its own for the command, joined to ours, which is as before at every end (LESSONS 10 and security 10).
# script(1) has the terminal that is ours.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# terminal LINE: a shell with a terminal runs this; what is typed there comes from type_in, what it shows is in $T/screen. Its first
# words are in $N: exec --pty of the set. The terminal's settings are in $T/before, and behind the line in $T/after.
terminal() {
	rm -f "$T/keys" "$T"/{job,screen,before,after,tty,status,told}
	mkfifo "$T/keys"
	exec {KEYS}<>"$T/keys"
	: >"$T/told"
	cat >"$T/line" <<-END
		tty >$T/tty; stty rows 31 cols 99; stty -g >$T/before
		N="$NSMGR exec --pty $P.s"
		$1
		echo \$? >$T/status; stty -g >$T/after.new; mv $T/after.new $T/after
	END
	# A shell without jobs has what it starts in the background ignore these.
	env --default-signal=INT,QUIT script -qfc "bash -m $T/line" /dev/null <"$T/keys" >"$T/screen" 2>&1 &
	pid=$!
}

type_in() { printf "$@" >&$KEYS; }
shows() { grep -qa -- "$1" "$T/screen"; }
told() { grep -qx -- "$1" "$T/told"; }
is_over() { [ -s "$T/after" ]; }
# The nsmgr that is in front of the command.
front() { pgrep -f -o "^$NSMGR exec --pty $P.s" || pgrep -f -o "nsmgr-full exec --pty $P.s"; }
is_raw() { [ -s "$T/before" ] && stty -F "$(<"$T/tty")" -a | grep -q -- '-icanon'; }
isnt_raw() { ! is_raw; }

# ended STATUS: it ends so, and the terminal is as before
ended() {
	until_true 'it ends' is_over
	is 'the status' "$(<"$T/status")" "$1"
	is 'the terminal' "$(<"$T/after")" "$(<"$T/before")"
	exec {KEYS}<&-
	wait "$pid" 2>/dev/null
}

sizes() {
	ok "$NSMGR" create "$P.s" --uts --pid
	echo 'trap "stty size >>$1" WINCH; trap "kill $!; exit 5" TERM; sleep 1000 & stty size >>"$1"; while :; do wait; done' >"$T/inner"
	terminal "\$N bash $T/inner $T/told"
	until_true 'it has the size of ours' told '31 99'
	# One change: while a trap is run bash forgets another signal of the kind.
	stty -F "$(<"$T/tty")" rows 17
	until_true 'it is told of a change' told '17 99'
	kill -TERM "$(front)"
	until_true 'it ends' is_over
	is 'the status' "$(<"$T/status")" 5
	exec {KEYS}<&-
	wait "$pid" 2>/dev/null
}

joined() {
	ok "$NSMGR" create "$P.s" --net --pid
	terminal '$N bash -c "echo one >/dev/tty; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo two; read -r x; echo got \$x; exit 7"'
	until_true 'what it writes is shown' shows two
	until_true 'it is its terminal' shows one
	until_true 'ours is raw' is_raw
	type_in 'words\r'
	until_true 'what is typed comes' shows 'got words'
	ended 7
	# The end of what is typed, and keys that send signals: they are the command's.
	terminal '$N bash -c "trap \"echo interrupted\" INT; echo up; cat; echo \$?; cat; echo end"'
	until_true 'it runs' shows up
	until_true 'ours is raw' is_raw
	type_in '\003'
	until_true 'Ctrl-C is the command'"'"'s' shows interrupted
	until_true 'it was cat that it ended' shows 130
	type_in '\004'
	until_true 'Ctrl-D is an end' shows end
	ended 0
}

# However it ends, the terminal is as it was.
restored() {
	local signal set
	for set in uts pid; do
		ok "$NSMGR" create "$P.s" --$set
		for signal in $([ $set = pid ] && echo TERM SEGV || echo HUP INT); do
			terminal 'ulimit -c 0; $N sh -c "echo up; exec sleep 1000"'
			until_true 'it runs' shows up
			until_true 'ours is raw' is_raw
			kill -$signal "$(front)"
			ended $((128 + $(kill -l $signal)))
		done
		terminal '$N sh -c "echo up; kill -KILL \$\$"'
		ended 137
		terminal '$N no-such-command'
		ended 127
		until_true 'nothing is left' none_marked
		ok "$NSMGR" rm --kill "$P.s" 2>/dev/null || ok "$NSMGR" rm "$P.s"
	done
}

jobs_outside() {
	ok "$NSMGR" create "$P.s" --uts
	terminal '$N sh -c "echo up; read -r x; echo got \$x"; stty -g >'"$T/stopped"'; echo stopped; fg'
	until_true 'it runs' shows up
	until_true 'ours is raw' is_raw
	kill -TSTP "$(front)"
	until_true 'it stops' shows stopped
	is 'the terminal while it is stopped' "$(<"$T/stopped")" "$(<"$T/before")"
	until_true 'it is raw again' is_raw
	type_in 'more\r'
	until_true 'it goes on' shows 'got more'
	ended 0
	# Started in the background it waits for being brought to the foreground.
	terminal '$N sh -c "echo up; read -r x; echo got \$x" & until [ "$(jobs -s)" ]; do :; done; echo waiting; fg'
	until_true 'it stops by itself' shows waiting
	until_true 'it is raw' is_raw
	type_in 'then\r'
	until_true 'it goes on' shows 'got then'
	ended 0
}

jobs_inside() {
	ok "$NSMGR" create "$P.s" --uts
	terminal '$N bash --norc -i'
	until_true 'ours is raw' is_raw
	type_in 'sh -c "echo \$\$ >%s; exec sleep 1000"\r' "$T/job"
	until_true 'a job runs' test -s "$T/job"
	type_in '\032'
	until_true 'it stops' is_stopped "$(<"$T/job")"
	until_true 'the shell tells' shows 'Stopped'
	type_in 'fg\r'
	until_true 'it goes on' isnt_stopped "$(<"$T/job")"
	type_in '\003'
	until_true 'it ends' gone "$(<"$T/job")"
	type_in 'echo over $((6 * 7)); exit 3\r'
	until_true 'the shell goes on' shows 'over 42'
	ended 3
}

# Without a terminal of ours.
pipes() {
	local set
	for set in uts pid; do
		ok "$NSMGR" create "$P.$set" --$set
		ok "$NSMGR" exec --pty "$P.$set" sh -c 'test -t 0 && test -t 1 && echo tty; seq 20000 | tail -n 20000'
		is "the first and last lines in $set" "$(tr -d '\r' <<<"$out" | sed -n '1p;$p')" "$(printf 'tty\n20000')"
		is "lines in $set" "$(wc -l <<<"$out")" 20001
		is "an input with an end in $set" "$(printf 'a\nb' | "$NSMGR" exec --pty "$P.$set" cat | tr -d '\r')" "$(printf 'a\nba\nb')"
		expect 9 "$NSMGR" exec --pty "$P.$set" sh -c 'exit 9'
		expect 137 "$NSMGR" exec --pty "$P.$set" sh -c 'kill -KILL $$'
		expect 127 "$NSMGR" exec --pty "$P.$set" no-such-command
		is "what is said of it in $set" "$out$err" \
			"nsmgr: cannot exec '$P.$set': exec: 'no-such-command': No such file or directory"
		expect 125 "$NSMGR" exec --pty --as=nobody-at-all "$P.$set" true
		like "what is said of a user in $set" "$out$err" "nsmgr: cannot exec '$P.$set': credentials: *"
	done
	ok "$NSMGR" exec --pty "$P.uts" bash -c 'for i in {0..200}; do [ -e /proc/$$/fd/$i ] && [ $i != 255 ] && printf "%s " $i; done; true'
	is 'descriptors' "$out" '0 1 2 '
	# An interactive shell takes some time to read what there is.
	ok "$NSMGR" exec --pty "$P.uts" bash --norc -i
	ok "$NSMGR" run --uts --pid --pty --as=7 sh -c 'test -t 1 && id -u'
	is 'of run' "$(tr -d '\r' <<<"$out")" 7
	[ -p "$T/keys" ] || mkfifo "$T/keys"
	run bash -c '"$@" | head -n 1' - "$NSMGR" exec --pty "$P.uts" yes
	is 'a reader that goes away' "$(tr -d '\r' <<<"$out")" y
	like 'what is said of it' "$err" 'nsmgr: exec: cannot write the output: Broken pipe*'
	run bash -c '"$@" >/dev/full' - "$NSMGR" exec --pty "$P.uts" echo x
	is 'a full output' "$st $err" '125 nsmgr: exec: cannot write the output: No space left on device'
	# Without a descriptor of its terminal for a while, it has not ended.
	exec {LATER}<>"$T/keys"
	for set in uts pid; do
		: >"$T/told"
		spawn "$NSMGR" exec --pty "$P.$set" sh -c "exec </dev/null >$T/told 2>&1; echo early; read -r x <$T/keys; echo \$x; echo shown >/dev/tty" >"$T/screen"
		until_true 'it has let go' told early
		for _ in {1..10}; do breathe; done
		echo later >&$LATER
		wait "$pid"
		is "status, and what it wrote after that in $set" "$? $(tr '\n' ' ' <"$T/told")" '0 early later '
		is "its terminal is there in $set" "$(tr -d '\r' <"$T/screen")" shown
	done
	expect 125 "$NSMGR" exec --pty --all-sets true
	like 'in many sets' "$err" '*--pty goes with one set*'
}

cases() {
	it 'has the size of ours, also when that changes' sizes
	it 'is joined to ours: output, input, keys' joined
	it 'ours is as before, however it ends' restored
	it 'stops and goes on as a job of our shell' jobs_outside
	it 'a shell in it has jobs of its own' jobs_inside
	it 'does without a terminal of ours' pipes ids
}

command -v script >/dev/null || { clean; trap - EXIT; skip_all 'script is missing'; }
for_both
finish
