#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exec as a parent: signals, stops, and the exact status (KERNEL R42, LESSONS 10).
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

pid_set() { ok "$NSMGR" create "$P.p" --pid; }

every_status() {
	local i count=0
	pid_set
	for ((i = 0; i < 256; i++)); do
		expect "$i" "$NSMGR" exec "$P.p" sh -c "exit $i"
		count=$((count + 1))
	done
	is 'statuses' $count 256
	for i in HUP INT QUIT ABRT KILL SEGV PIPE ALRM TERM USR1 USR2; do
		expect $((128 + $(kill -l $i))) "$NSMGR" exec "$P.p" sh -c "ulimit -c 0; kill -$i \$\$"
	done
	ok "$NSMGR" create "$P.u" --uts
	expect 42 "$NSMGR" exec --fork "$P.u" sh -c 'exit 42'
	expect 137 "$NSMGR" exec --fork "$P.u" sh -c 'kill -KILL $$'
	expect 127 "$NSMGR" exec --fork "$P.u" no-such-command
}

in_place() {
	ok "$NSMGR" create "$P.u" --uts
	hold "$NSMGR" exec "$P.u"
	is 'the process of a set without pid' "$inner" "$pid"
	release
	wait "$pid"
	hold "$NSMGR" exec --fork "$P.u"
	is 'the parent with --fork' "$(awk '/^PPid/ { print $2 }' "/proc/$inner/status")" "$pid"
	release
	wait "$pid"
}

forwarded() {
	local i
	pid_set
	witness "$NSMGR" exec "$P.p" --
	for i in 1 2 3 4 5; do
		kill -USR1 "$pid"
		got usr1
	done
	kill -HUP "$pid"
	got hup
	# Once each: with the marker that comes last, nothing else is in the pipe.
	read -r -t 0.05 -u "$GOT" && fail 'a signal came twice'
	kill -TERM "$pid"
	wait "$pid"
	is 'status after a handler' $? 3
}

# What ends the command by default ends it, and the status says so.
forwarded_default() {
	local signal
	pid_set
	for signal in TERM INT HUP USR2; do
		# What a shell starts in the background has INT ignored.
		victim env --default-signal=INT "$NSMGR" exec "$P.p" --
		kill -$signal "$pid"
		wait "$pid"
		is "status after $signal" $? $((128 + $(kill -l $signal)))
	done
}

child_of() { pgrep -P "$1" | head -n 1; }

# util-linux#1086: both stop, both continue.
mirrored() {
	local child
	pid_set
	hold "$NSMGR" exec "$P.p"
	child=$(child_of "$pid")
	kill -STOP "$child"
	until_true 'nsmgr has stopped with its command' is_stopped "$pid"
	yes 'the command is stopped' is_stopped "$child"
	kill -CONT "$pid"
	until_true 'nsmgr runs' isnt_stopped "$pid"
	until_true 'the command runs' isnt_stopped "$child"
	kill -TSTP "$pid"
	until_true 'TSTP stops both: the command' is_stopped "$child"
	until_true 'TSTP stops both: nsmgr' is_stopped "$pid"
	kill -CONT "$pid"
	until_true 'the command runs again' isnt_stopped "$child"
	# Again, to see that nothing was lost.
	kill -STOP "$child"
	until_true 'nsmgr has stopped once more' is_stopped "$pid"
	kill -CONT "$pid"
	until_true 'the command runs once more' isnt_stopped "$child"
	release
	wait "$pid"
	is status $? 0
}

kill_child() {
	local child signal
	pid_set
	hold "$NSMGR" exec --kill-child "$P.p"
	child=$(child_of "$pid")
	end "$pid"
	until_true 'the command ends with nsmgr' gone "$child"
	ok "$NSMGR" create "$P.u" --uts
	witness "$NSMGR" exec --kill-child=USR1 "$P.u" --
	child=$(child_of "$pid")
	end "$pid"
	got usr1
	yes 'another signal does what it does' alive "$child"
	kill -TERM "$child"
	until_true 'it ends' gone "$child"
	# With other ids the setting is lost unless it is made late (KERNEL R27).
	hold "$NSMGR" exec --kill-child=SIGTERM --as=1:1 "$P.u" bash -c 'trap "exit" TERM; exec "$@"' bash 2>/dev/null
	child=$(child_of "$pid")
	end "$pid"
	until_true 'the command of another user ends with nsmgr' gone "$child"
	# Every name that the system has.
	for signal in $(kill -l | grep -o 'SIG[A-Z]*[A-Z0-9]' | grep -v RT); do
		ok "$NSMGR" exec --kill-child="$signal" "$P.u" true
	done
	ok "$NSMGR" exec --kill-child=USR2 "$P.u" true
	expect 125 "$NSMGR" exec --kill-child=NONSENSE "$P.u" true
	expect 125 "$NSMGR" exec --kill-child=0 "$P.u" true
}

# Without --kill-child the command lives on.
outlives() {
	local child
	pid_set
	hold "$NSMGR" exec "$P.p"
	child=$(child_of "$pid")
	end "$pid"
	yes 'the command lives on' alive "$child"
	release
	until_true 'it ends by itself' gone "$child"
}

no_zombie() {
	pid_set
	ok "$NSMGR" exec "$P.p" sh -c 'true & exit 0'
	hold sh -c '"$0" exec "$1" true; shift; exec "$@"' "$NSMGR" "$P.p"
	is 'children left' "$(child_of "$pid")" ''
	release
	wait "$pid"
	# SIGCHLD ignored by whoever starts us takes no status away (util-linux#3909).
	expect 9 bash -c 'trap "" CHLD; exec "$@"' bash "$NSMGR" exec "$P.p" sh -c 'exit 9'
}

# The command has the signals as the caller had them, nothing blocked.
signal_state() {
	pid_set
	ok "$NSMGR" exec "$P.p" grep -E '^Sig(Blk|Ign)' /proc/self/status
	is 'blocked and ignored' "$(awk '{ print $2 }' <<<"$out")" "$(grep -E '^Sig(Blk|Ign)' /proc/self/status | awk '{ print $2 }')"
}

# LESSONS 8 and bst#29: the init has gone.
dead_set() {
	pid_set
	kill -KILL "$(keeper_of "$P.p")"
	until_true 'exec refuses' refuses
	like 'what is said' "$err" "nsmgr: cannot exec '$P.p': pid: *cure: nsmgr rm*"
	unlike 'what is said' "$err" '*allocate memory*'
}

refuses() {
	run "$NSMGR" exec "$P.p" true
	[ "$st" = 125 ]
}

# A command that is in the set when rm --kill comes: nsmgr gives its end as its status.
killed_by_rm() {
	pid_set
	hold "$NSMGR" exec "$P.p"
	ok "$NSMGR" rm --kill "$P.p"
	wait "$pid"
	is 'status' $? 137
}

# Many at once, each with its own status.
parallel() {
	local i pids=() bad=0
	pid_set
	for i in {1..40}; do
		"$NSMGR" exec "$P.p" sh -c "exit $i" &
		pids+=($!)
	done
	for i in {1..40}; do
		wait "${pids[i - 1]}"
		[ $? = "$i" ] || bad=$((bad + 1))
	done
	is 'statuses that are wrong' $bad 0
}

cases() {
	it 'gives every status exactly (KERNEL R42)' every_status
	it 'forks only where it has to' in_place
	it 'forwards each signal once (util-linux#1086, LESSONS 10)' forwarded
	it 'a signal that ends the command is its status' forwarded_default
	it 'mirrors stop and continue (util-linux#511)' mirrored
	it '--kill-child ends the command with nsmgr (KERNEL R27)' kill_child ids
	it 'without it the command lives on' outlives
	it 'leaves no zombie, and no status is lost (util-linux#3909)' no_zombie
	it 'the command has the signals of the caller' signal_state
	it 'refuses a dead pid namespace, not for lack of memory (KERNEL R41, LESSONS 8)' dead_set
	it 'rm --kill is seen as the end of the command' killed_by_rm
	it 'runs many at once' parallel
}

for_both
finish
