#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# monitor tells what happens to sets, and what it tells adds up to what ls lists; wait waits for sets.
# Cases are called by name (SC2317).
# shellcheck disable=SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

command -v jq >/dev/null || skip_all 'no jq'

# follow LOG ARGUMENT...: a monitor in the background that writes to the file $LOG: its pid in $pid
follow() {
	local log=$T/$1
	shift
	"$NSMGR" monitor "$@" >"$log" </dev/null &
	pid=$!
}

# The events and names of a log, without the time, in one line.
told() { cut -d' ' -f2- "$T/$1" | tr -s ' ' | tr '\n' ',' | sed 's/,$//'; }

has_told() { [[ "$(told "$1")" == *"$2" ]]; }

watches() { grep -qs '^inotify wd' "/proc/$pid/fdinfo/"*; }

# finished PID: ends it as an administrator does
finished() {
	kill -TERM "$1"
	wait "$1"
	is 'status at TERM' $? 0
}

each_event() {
	local keeper
	ok "$NSMGR" create "$P.old" --net --uts
	follow log --initial
	until_true 'it begins' has_told log "present $P.old net uts"
	ok "$NSMGR" create "$P.a" --uts --pid
	until_true 'the new set is told' has_told log "created $P.a pid uts" # before it is called otherwise
	ok "$NSMGR" attach "$P.b" $$ --net
	ok "$NSMGR" rename "$P.a" "$P.c"
	keeper=$(keeper_of "$P.a")
	kill -KILL "$keeper"
	until_true 'the end is told' has_told log "died $P.c $keeper"
	ok "$NSMGR" rm --all-sets
	until_true 'all are gone' has_told log "removed $P.old"
	is 'what is told' "$(told log)" \
		"present $P.old net uts,created $P.a pid uts,attached $P.b net,renamed $P.c was $P.a,died $P.c $keeper,removed $P.b,removed $P.c,removed $P.old"
	like 'a time' "$(head -n 1 "$T/log")" "20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z present  $P.old net uts"
	finished "$pid"
}

as_json() {
	local keeper
	ok "$NSMGR" create "$P.a" --uts --pid
	follow log --initial -J
	until_true 'it begins' grep -q present "$T/log"
	keeper=$(keeper_of "$P.a")
	kill -KILL "$keeper"
	until_true 'the end is told' grep -q died "$T/log"
	ok "$NSMGR" rename "$P.a" "$P.b"
	ok "$NSMGR" rm "$P.b"
	until_true 'it is gone' grep -q removed "$T/log"
	is 'lines that are no object' "$(while read -r line; do jq -e 'type == "object"' <<<"$line" >/dev/null || echo "$line"; done <"$T/log")" ''
	is 'events' "$(jq -r .event "$T/log" | xargs)" 'present died renamed removed'
	is 'names' "$(jq -r .name "$T/log" | xargs)" "$P.a $P.a $P.b $P.b"
	is 'all that is said' "$(jq -c 'del(.time)' "$T/log" | xargs -d '\n')" \
		"{\"event\":\"present\",\"name\":\"$P.a\",\"types\":[\"pid\",\"uts\"]} {\"event\":\"died\",\"name\":\"$P.a\",\"pid\":$keeper} {\"event\":\"renamed\",\"name\":\"$P.b\",\"old\":\"$P.a\"} {\"event\":\"removed\",\"name\":\"$P.b\"}"
	# Fractions are beyond jq's dates.
	ok jq -e '.time | sub("\\.[0-9]{6}Z$"; "Z") | fromdate > 0' "$T/log"
	finished "$pid"
}

chosen() {
	local one
	ok "$NSMGR" create "$P.a" "$P.b1" "$P.c" --uts
	follow one --initial --labels "$P.a" "$P.b*" "$P.none"
	one=$pid
	follow all --initial
	until_true 'it begins' has_told one "present $P.b1 uts"
	ok "$NSMGR" label "$P.a" colour=red
	ok "$NSMGR" label "$P.c" colour=red
	ok "$NSMGR" rename "$P.a" "$P.x"
	ok "$NSMGR" rename "$P.c" "$P.b2"
	ok "$NSMGR" rm --all-sets
	until_true 'all are gone' has_told all "removed $P.x"
	until_true 'the chosen are gone' has_told one "removed $P.b2"
	is 'what is told' "$(told one)" \
		"present $P.a uts,present $P.b1 uts,labelled $P.a,renamed $P.x was $P.a,renamed $P.b2 was $P.c,removed $P.b1,removed $P.b2"
	unlike 'what is told who does not ask for labels' "$(told all)" '*labelled*'
	finished "$one"
	finished "$pid"
	expect 2 "$NSMGR" monitor 123
	expect 2 "$NSMGR" monitor --no-such
}

# It ends by a signal or with its reader, whether there is anything to tell or not.
ends() {
	local signal
	for signal in INT TERM; do
		# What a shell has in its background ignores INT.
		env --default-signal=INT "$NSMGR" monitor --initial >"$T/log" </dev/null &
		pid=$!
		ok "$NSMGR" create "$P.a" --uts
		until_true 'it follows' has_told log "$P.a uts"
		kill -"$signal" "$pid"
		wait "$pid"
		is "status at $signal" $? 0
		ok "$NSMGR" rm "$P.a"
	done
	ok "$NSMGR" create "$P.a" "$P.b" --uts
	"$NSMGR" monitor --initial 2>"$T/err" | head -n 1 >"$T/out"
	is 'status without a reader' "${PIPESTATUS[0]}" 0
	is 'what is said' "$(<"$T/err")" ''
	like 'what was read' "$(<"$T/out")" "* present  $P.a uts"
	"$NSMGR" monitor --initial >/dev/full 2>"$T/err"
	is 'status with a full disk' $? 1
	is 'what is said' "$(<"$T/err")" 'nsmgr: monitor: cannot write the answer: No space left on device'
	"$NSMGR" monitor --initial >&- 2>"$T/err"
	is 'status with nothing to write to' $? 1
}

# A reader that does not read holds up nobody: not those who make sets, and not the end.
slow_reader() {
	ok "$NSMGR" create "$P.a" --uts
	mkfifo "$T/slow"
	exec {SLOW}<>"$T/slow"
	follow slow
	until_true 'it watches' watches
	mkdir "$NSMGR_STORE/$P.x"{1..800}
	rmdir "$NSMGR_STORE/$P.x"{1..800}
	stuck() { grep -q '^State:.S' "/proc/$pid/status"; }
	until_true 'it waits' stuck
	ok "$NSMGR" rm "$P.a"
	finished "$pid"
	exec {SLOW}<&-
	rm "$T/slow"
}

# A terminal of which nobody takes the output: a write to it waits, though poll(2) has said that there was room.
silent_terminal() {
	local writer
	[ "$(uname -m)" = x86_64 ] || skip 'the numbers of system calls are those of x86-64'
	command -v script >/dev/null || skip 'no script'
	mkfifo "$T/slow" "$T/keys"
	exec {SLOW}<>"$T/slow" {KEYS}<>"$T/keys"
	cat >"$T/inner" <<-'EOF'
		"$3" monitor & echo $! >"$1"; wait $!; echo $? >"$2"
	EOF
	ok "$NSMGR" create "$P.a" --uts
	rm -f "$T/monitor" "$T/status"
	script -qc "sh '$T/inner' '$T/monitor' '$T/status' '$NSMGR'" /dev/null >"$T/slow" <&"$KEYS" &
	writer=$!
	until_true 'it begins' test -s "$T/monitor"
	pid=$(<"$T/monitor")
	until_true 'it watches' watches
	writes() {
		mkdir "$NSMGR_STORE/$P.x"{1..400}
		rmdir "$NSMGR_STORE/$P.x"{1..400}
		grep -q '^1 0x1 ' "/proc/$pid/syscall"
	}
	until_true 'it waits in a write' writes
	kill -TERM "$pid"
	until_true 'it has ended' test -s "$T/status"
	is 'status at TERM' "$(<"$T/status")" 0
	kill -KILL "$writer"
	wait "$writer" 2>/dev/null
	exec {SLOW}<&- {KEYS}<&-
	rm "$T/slow" "$T/keys"
}

# A store that is not there yet, goes, and comes again.
other_store() {
	local NSMGR_STORE=$T/$PROGRAM-far/away i
	export NSMGR_STORE
	follow log --initial
	until_true 'it watches' watches
	for i in 1 2; do
		ok "$NSMGR" create "$P.a$i" --pid
		until_true 'it is told' has_told log "created $P.a$i pid"
		ok "$NSMGR" rm "$P.a$i"
		until_true 'it is told' has_told log "removed $P.a$i"
		ok umount "$NSMGR_STORE"
		ok rm -r "${NSMGR_STORE%/*}"
	done
	finished "$pid"
}

waits() {
	local store=$NSMGR_STORE NSMGR_STORE=$T/$PROGRAM-later
	export NSMGR_STORE
	expect 124 "$NSMGR" wait --timeout=0 "$P.a"
	is 'what is said' "$err" "nsmgr: wait: '$P.a' is not there when the time is over"
	ok "$NSMGR" wait --removed "$P.a"
	spawn "$NSMGR" wait "$P.a" "$P.b"
	ok "$NSMGR" create "$P.x" --uts
	ok "$NSMGR" create "$P.a" --uts
	expect 124 "$NSMGR" wait --timeout=0.05 "$P.a" "$P.b"
	is 'what is said' "$err" "nsmgr: wait: '$P.b' is not there when the time is over"
	yes 'it goes on waiting' alive "$pid"
	ok "$NSMGR" rename "$P.x" "$P.b"
	wait "$pid"
	is 'status' $? 0
	ok "$NSMGR" wait --timeout=0 "$P.a" "$P.b"
	expect 124 "$NSMGR" wait --removed --timeout=0.05 "$P.a"
	is 'what is said' "$err" "nsmgr: wait: '$P.a' is still there when the time is over"
	spawn "$NSMGR" wait --removed --timeout=30 "$P.a" "$P.b"
	ok "$NSMGR" rm "$P.a"
	ok "$NSMGR" rename "$P.b" "$P.c"
	wait "$pid"
	is 'status' $? 0
	ok "$NSMGR" rm "$P.c"
	ok umount "$NSMGR_STORE"
	rm -r "$NSMGR_STORE"
	expect 2 "$NSMGR" wait
	expect 2 "$NSMGR" wait 123
	expect 2 "$NSMGR" wait --timeout=x "$P.a"
	expect 1 "$NSMGR" --store="$T/log" wait "$P.a"
	NSMGR_STORE=$store
}

# There is not enough: a set that exec would refuse is waited for until it is mended.
waits_for_use() {
	ok "$NSMGR" create "$P.a" --pid
	kill -KILL "$(keeper_of "$P.a")"
	dead() { [ "$("$NSMGR" ls -rn -o STATE "$P.a")" = dead ]; }
	until_true 'it is dead' dead
	expect 124 "$NSMGR" wait --timeout=0.05 "$P.a"
	is 'what is said' "$err" "nsmgr: wait: '$P.a' is there when the time is over, but its pid is dead (cure: nsmgr rm $P.a)"
	expect 124 "$NSMGR" wait --timeout=0.05 "$P.a" "$P.none"
	like 'what is said first' "$err" "nsmgr: wait: '$P.a' is there *"
	spawn "$NSMGR" wait "$P.a"
	ok "$NSMGR" create "$P.b" --uts
	ok umount "$NSMGR_STORE/$P.b/uts"
	expect 124 "$NSMGR" wait --timeout=0.05 "$P.b"
	like 'what is said' "$err" "* but its uts is stale (cure: nsmgr rm $P.b)"
	ok "$NSMGR" rm "$P.a" "$P.b"
	yes 'it goes on waiting' alive "$pid"
	ok "$NSMGR" create "$P.a" --pid
	wait "$pid"
	is 'status' $? 0
	# Nobody can say when one that is made by hand is finished.
	mkdir "$NSMGR_STORE/$P.hand"
	ok "$NSMGR" wait --timeout=0 "$P.hand"
}

# What exec refuses for ever is refused at once.
elsewhere() {
	local else=$T/$PROGRAM-else
	mkdir "$else"
	# shellcheck disable=SC2016
	hold unshare -m --propagation=private sh -c '"$1" --store="$2/s" create else --uts && shift 2 && exec "$@"' sh "$NSMGR" "$else"
	expect 125 "$NSMGR" "--store=$else/s" exec else true
	like 'what exec says' "$err" '*another mount namespace*'
	expect 1 "$NSMGR" "--store=$else/s" wait else
	like 'what is said' "$err" "nsmgr: cannot wait for 'else': *another mount namespace*"
	expect 124 "$NSMGR" "--store=$else/s" wait --removed --timeout=0 else
	ok nsenter -t "$pid" -m "$NSMGR" "--store=$else/s" wait --timeout=0 else
	ok nsenter -t "$pid" -m "$NSMGR" "--store=$else/s" rm else
	release
	wait "$pid"
	rm -rf "${else:?}"
}

# limited LIMIT VALUE COMMAND...: with a limit of inotify's, in a user namespace, where it is nobody else's
limited() {
	local limit=$1 value=$2
	shift 2
	# shellcheck disable=SC2016
	run unshare -Ur sh -c 'echo "$2" >"/proc/sys/user/$1" && shift 2 && exec "$@"' sh "$limit" "$value" "$@"
}

says_limits() {
	limited max_inotify_instances 0 "$NSMGR" wait "$P.a"
	is 'status' "$st" 1
	like 'what is said' "$err" "nsmgr: cannot wait for '$P.a': watch: *limits: */max_user_instances, ulimit -n)"
	limited max_inotify_watches 1 "$NSMGR" monitor
	is 'status' "$st" 1
	like 'what is said' "$err" "nsmgr: cannot monitor: watch: *limit: */max_user_watches)"
	expect 1 unshare -m sh -c "umount -l /proc && exec '$FULL' monitor"
	# A sanitizer has something to say of that as well.
	like 'what is said' "$err" '*nsmgr: cannot monitor: watch: no /proc is mounted*'
	# A descriptor for each pid namespace: there is enough of them for what the hard limit allows.
	ok "$NSMGR" create "$P."{a,b,c,d,e,f,g,h} --pid
	expect 1 prlimit --nofile=12:12 "$FULL" monitor --initial
	like 'what is said' "$err" '*Too many open files (limit: ulimit -n)'
	prlimit --nofile=12:64 "$FULL" monitor --initial </dev/null | head -n 8 >"$T/out"
	is 'sets told' "$(wc -l <"$T/out")" 8
}

# The names that a log leaves.
replay() {
	awk '{ event = $2; name = $3 }
		event == "present" || event == "created" || event == "attached" {
			if (name in there) print "twice: " $0
			there[name] = 1
		}
		event == "renamed" {
			if (!($5 in there) || name in there) print "not so: " $0
			delete there[$5]
			there[name] = 1
		}
		event == "removed" {
			if (!(name in there)) print "not there: " $0
			delete there[name]
		}
		END { for (name in there) print name }' "$1" | sort
}

# 25 sets of its own, and names that it shares with the others.
writer() {
	local i names=()
	for i in {1..25}; do
		names+=("$P.w$1.$i")
	done
	"$NSMGR" create "${names[@]}" --uts
	for i in {1..25}; do
		"$NSMGR" rename "$P.w$1.$i" "$P.v$1.$i"
		case $((i % 4)) in
		0) "$NSMGR" rm "$P.v$1.$i" ;;
		1) "$NSMGR" create "$P.common$i" --uts 2>/dev/null ;;
		2) "$NSMGR" rm "$P.common$((i - 1))" 2>/dev/null ;;
		esac
	done
	"$NSMGR" rm "$P.v$1."{1..3}
}

# More monitors and writers than there are processors.
storm() {
	local i monitors=() writers=()
	ok "$NSMGR" create "$P.first" --uts --pid
	for i in 1 2 3 4; do
		follow "log$i" --initial
		monitors+=("$pid")
	done
	for i in {1..8}; do
		writer "$i" </dev/null >"$T/writer$i" 2>&1 &
		writers+=("$!")
	done
	wait "${writers[@]}"
	is 'what the writers say' "$(cat "$T"/writer[1-8])" ''
	ok "$NSMGR" create "$P.last" --uts
	ok "$NSMGR" ls -q
	yes 'sets were left' [ "$(wc -l <<<"$out")" -gt 100 ]
	for i in 1 2 3 4; do
		until_true 'all is told' grep -q " created  $P.last " "$T/log$i"
		is "what monitor $i tells adds up to" "$(replay "$T/log$i")" "$out"
		yes 'renames are told as such' [ "$(grep -c ' renamed ' "$T/log$i")" -ge 100 ]
	done
	for pid in "${monitors[@]}"; do
		finished "$pid"
	done
}

cases() {
	it 'monitor tells each event' each_event
	it 'monitor tells in JSON, an object a line' as_json
	it 'monitor tells of the sets chosen' chosen
	it 'monitor ends by a signal, or with its reader' ends
	it 'monitor is held up by nobody, and holds up nobody' slow_reader
	it 'monitor ends by a signal where its terminal takes no more' silent_terminal
	it 'monitor follows a store that comes and goes' other_store
	it 'wait waits for sets, and for their end' waits
	it 'wait waits for sets that can be used' waits_for_use
	it 'wait refuses what is mounted elsewhere' elsewhere
	[ "$PROGRAM" = full ] || it 'monitor and wait name the limits' says_limits machine
	[ "$PROGRAM" = full ] || it 'what monitors tell adds up to what ls lists' storm
}

for_both
finish
