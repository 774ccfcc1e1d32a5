#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pids, identify and kill: who is in a set.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# The pid, as we see it, of the shell that `hold` started in a set with a pid namespace.
held_in() { pgrep -P "$pid"; }

plain() {
	ok "$NSMGR" create "$P.a" --net --uts
	ok "$NSMGR" pids "$P.a"
	is 'nobody' "$out$err" ''
	hold "$NSMGR" exec "$P.a"
	ok "$NSMGR" pids "$P.a"
	is 'a process in it' "$out" "$pid"
	ok "$NSMGR" pids -rn -o PID,PPID,USER,UID,TYPES "$P.a"
	is 'columns' "$out" "$pid $BASHPID root 0 net\\x20uts"
	ok "$NSMGR" pids -J "$P.a"
	is 'an object' "$(jq -c '.processes[] | [.pid, .ppid, .user, .types]' <<<"$out")" "[$pid,$BASHPID,\"root\",\"net uts\"]"
	like 'its command' "$(jq -r '.processes[0].command' <<<"$out")" 'sh -c *'
	expect 1 "$NSMGR" pids "$P.none"
	like 'what is said' "$err" "*'$P.none': open: no such set*"
	expect 1 "$NSMGR" pids "$P.a" ipc
	like 'what is said' "$err" "*'$P.a' has no ipc namespace"
	expect 2 "$NSMGR" pids 'no/name'
	expect 2 "$NSMGR" pids
	expect 2 "$NSMGR" pids "$P.a" nonsense
	expect 2 "$NSMGR" pids -o no "$P.a"
	expect 2 "$NSMGR" pids --in-all "$P.a"
	release
	wait "$pid"
}

# The groups of a process make its status as long as they like.
many_groups() {
	local groups
	groups=$(seq -s , 1000001 1001000)
	ok "$NSMGR" create "$P.a" --net --pid
	hold setpriv --groups "$groups" "$NSMGR" exec "$P.a"
	like 'its status' "$(wc -c <"/proc/$pid/status")" '????*'
	ok "$NSMGR" pids -rn -o PID,USER "$P.a"
	is 'a process with many groups' "$out" "$(held_in) root"
	# Who asks may have them too.
	expect 1 setpriv --groups "$groups" "$NSMGR" rm "$P.a"
	like 'who is inside' "$err" "*$(held_in)*"
	ok setpriv --groups "$groups" "$NSMGR" kill "$P.a"
	wait "$pid"
	ok setpriv --groups "$groups" "$NSMGR" rm "$P.a"
}

types() {
	local half
	ok "$NSMGR" create "$P.a" --net --uts
	hold "$NSMGR" exec --only=net "$P.a"
	half=$pid
	hold "$NSMGR" exec "$P.a"
	ok "$NSMGR" pids "$P.a"
	is 'in any' "$(sort <<<"$out")" "$(printf '%s\n' "$half" "$pid" | sort)"
	ok "$NSMGR" pids "$P.a" uts
	is 'in uts' "$out" "$pid"
	ok "$NSMGR" pids --in-all "$P.a" net,uts
	is 'in both' "$out" "$pid"
	ok "$NSMGR" pids --in-all "$P.a" net
	is 'in net' "$(wc -l <<<"$out")" 2
	end "$half"
	end "$pid"
}

# A namespace that process 1 is in too says nothing about who is in the set.
shared_with_all() {
	ok "$NSMGR" create "$P.a" --net --ipc=/proc/self/ns/ipc
	ok "$NSMGR" pids "$P.a"
	is 'nobody' "$out" ''
	ok "$NSMGR" pids "$P.a" ipc
	like 'everybody, by name' "$out" "*$BASHPID*"
	ok "$NSMGR" create "$P.b" --ipc=/proc/self/ns/ipc
	ok "$NSMGR" pids "$P.b"
	like 'everybody, where there is no other' "$out" "*$BASHPID*"
	expect 1 "$NSMGR" kill "$P.b"
	like 'what kill says' "$err" '*process 1 is in each*'
}

pid_namespace() {
	local shell keeper
	ok "$NSMGR" create "$P.p" --pid --net
	keeper=$(keeper_of "$P.p")
	ok "$NSMGR" pids "$P.p"
	is 'the keeper is nobody' "$out" ''
	ok "$NSMGR" pids -k "$P.p"
	is 'the keeper' "$out" "$keeper"
	hold "$NSMGR" exec "$P.p"
	shell=$(held_in)
	ok "$NSMGR" pids "$P.p"
	is 'without the one who waits outside' "$out" "$shell"
	end "$pid"
	ok "$NSMGR" kill "$P.p" --wait=30
	hold "$NSMGR" exec "$P.p" unshare --pid --fork
	shell=$(pgrep -P "$(held_in)")
	ok "$NSMGR" pids "$P.p"
	like 'in one below it' "$out" "*$shell*"
	ok "$NSMGR" identify -q "$shell"
	is 'set of one below it' "$out" "$P.p"
	# Another set's keeper, that lives in a namespace of this one.
	ok "$NSMGR" create "$P.q" --pid "--net=@$P.p"
	ok "$NSMGR" pids "$P.p" net
	unlike 'with the keeper of another set' "$out" "*$(keeper_of "$P.q")*"
	ok "$NSMGR" kill -s KILL --wait=30 "$P.p"
	yes 'the keeper lives' alive "$keeper"
	ok "$NSMGR" exec "$P.p" true
	wait "$pid"
}

identified() {
	ok "$NSMGR" create "$P.a" --net --uts
	ok "$NSMGR" create "$P.b" --ipc "--net=@$P.a"
	expect 1 "$NSMGR" identify self
	is 'what is said' "$out$err" 'nsmgr: identify: self is in no set'
	expect 1 "$NSMGR" identify $$
	is 'what is said' "$out$err" "nsmgr: identify: process $$ is in no set"
	hold "$NSMGR" exec "$P.a"
	ok "$NSMGR" identify -rn -o NAME,TYPES,OTHERS "$pid"
	is 'two sets' "$out" "$(printf '%s\n' "$P.a net\\x20uts " "$P.b net ipc")"
	ok "$NSMGR" identify -q "$pid"
	is 'names' "$out" "$(printf '%s\n' "$P.a" "$P.b")"
	ok "$NSMGR" identify -J "$pid"
	is 'objects' "$(jq -c '[.sets[] | .name, .types]' <<<"$out")" "[\"$P.a\",\"net uts\",\"$P.b\",\"net\"]"
	ok "$NSMGR" exec "$P.a" "$NSMGR" identify -q self
	is 'itself' "$out" "$(printf '%s\n' "$P.a" "$P.b")"
	expect 1 "$NSMGR" identify 999999999
	expect 2 "$NSMGR" identify
	expect 2 "$NSMGR" identify nobody
	expect 2 "$NSMGR" identify 0
	release
	wait "$pid"
}

signals() {
	local other
	ok "$NSMGR" create "$P.a" --net
	spawn sh -c 'until read -r line; do :; done' # elsewhere
	other=$pid
	hold "$NSMGR" exec "$P.a"
	ok "$NSMGR" kill -s STOP "$P.a"
	until_true 'it is stopped' is_stopped "$pid"
	expect 1 "$NSMGR" kill "$P.a" --wait=0.05 # a stopped one does not end by TERM
	like 'what is said' "$err" "*still there: $pid"
	ok "$NSMGR" kill -s SIGCONT "$P.a"
	wait "$pid"
	is 'how it ended' $? 143
	hold "$NSMGR" exec "$P.a" sh -c 'trap "" TERM; exec "$@"' sh
	expect 1 "$NSMGR" kill --wait=0.05 "$P.a"
	ok "$NSMGR" kill -s 9 --wait "$P.a"
	wait "$pid"
	is 'how it ended' $? 137
	ok "$NSMGR" kill "$P.a"
	is 'nobody is no failure' "$out$err" ''
	expect 2 "$NSMGR" kill -s NONE "$P.a"
	expect 2 "$NSMGR" kill
	expect 1 "$NSMGR" kill "$P.none"
	end "$other"
}

# Who was killed may have had children meanwhile: KILL goes on until nobody new is found.
multiplying() {
	ok "$NSMGR" create "$P.a" --net
	hold "$NSMGR" exec "$P.a" sh -c '(while :; do sh -c "while :; do sleep 60; done" & sleep 0.01; done) & exec "$@"' sh
	ok "$NSMGR" kill -s KILL --wait=30 "$P.a"
	wait "$pid"
	ok "$NSMGR" pids "$P.a"
	is 'who is left' "$out" ''
}

ordinary_user() {
	ok "$NSMGR" create "$P.a" --net
	hold "$NSMGR" exec "$P.a"
	ok as_nobody pids "$P.a"
	is 'who is seen' "$out" ''
	like 'what is said' "$err" '*could not be looked into*'
	expect 1 as_nobody kill "$P.a"
	like 'what is said' "$err" '*could not be looked into*'
	yes 'it lives' alive "$pid"
	expect 1 as_nobody identify "$pid"
	end "$pid"
	hold "$NSMGR" exec --as=65534:65534 "$P.a"
	ok as_nobody pids "$P.a"
	is 'who is its own' "$out" "$pid"
	expect 1 as_nobody kill --wait=30 "$P.a"
	wait "$pid"
	is 'how it ended' $? 143
}

# setns(2) takes a thread along, and not its process.
threads() {
	local tid
	ok "$NSMGR" create "$P.a" --net --uts
	: >"$T/said"
	spawn "$NSMGR_BUILDDIR/tests/cmd/holder" thread "$NSMGR_STORE/$P.a/net" >"$T/said"
	until_true 'it holds' test -s "$T/said"
	read -r tid _ <"$T/said"
	ok "$NSMGR" pids "$P.a"
	is 'processes' "$out" ''
	like 'what is said' "$err" "*nsmgr: pids: 1 thread is in '$P.a' as well, of processes that are not (nsmgr pids $P.a -o +tid)"
	ok "$NSMGR" pids "$P.a" -J
	is 'a thread' "$(jq -c '.processes[] | [.pid, .tid, .types]' <<<"$out")" "[$pid,$tid,\"net\"]"
	like 'its command' "$(jq -r '.processes[0].command' <<<"$out")" "*holder thread*"
	ok "$NSMGR" pids "$P.a" uts
	unlike 'in uts' "$err" '*thread*'
	ok "$NSMGR" pids "$P.a" net uts --in-all -rn -o TID
	is 'in both' "$out" ''
	ok "$NSMGR" kill "$P.a" -s KILL
	like 'what kill says' "$err" "*nsmgr: kill: '$P.a': thread $tid of process $pid is in it, but the process is not: left alone"
	yes 'it lives' alive "$pid"
	expect 1 "$NSMGR" kill "$P.a" --wait
	like 'what kill says' "$err" "*thread $tid of process $pid is in it*"
	end "$pid"
	# One whose process is in it, too, is not listed again.
	: >"$T/said"
	spawn "$NSMGR" exec "$P.a" "$NSMGR_BUILDDIR/tests/cmd/holder" thread "$NSMGR_STORE/$P.a/net" >"$T/said"
	until_true 'it holds' test -s "$T/said"
	ok "$NSMGR" pids "$P.a" -rn -o PID,TID,TYPES
	is 'a process' "$out" "$pid  net\\x20uts"
	ok "$NSMGR" kill "$P.a" --wait
	wait "$pid"
	unlike 'what kill says' "$err" '*thread*'
}

# headless COMMAND...: runs, by it, a process whose first thread ends, and waits until it has: its pid is in $head
headless() {
	: >"$T/said"
	spawn "$@" "$NSMGR_BUILDDIR/tests/cmd/holder" headless . >"$T/said"
	until_true 'it holds' test -s "$T/said"
	head=$(pgrep -P "$pid" || echo "$pid")
	until_true 'its first thread has ended' grep -q '^State:.Z' "/proc/$head/status"
}

# A process lives as long as one of its threads: pthread_exit(3) in the first ends that alone.
leaderless() {
	ok "$NSMGR" create "$P.a" --net --uts --mount
	headless "$NSMGR" exec "$P.a"
	ok "$NSMGR" pids "$P.a" -rn -o PID,TYPES
	is 'who is in it' "$out" "$head mnt\\x20net\\x20uts"
	is 'NPROCS' "$("$NSMGR" ls -rn -t net -o NPROCS "$P.a")" 1
	is 'sets' "$("$NSMGR" identify -q "$head")" "$P.a"
	is 'holders' "$("$NSMGR" holders -J "$P.a" net | jq -c '[.holders[] | select(.kind == "process") | .pid]')" "[$head]"
	ok "$NSMGR" kill "$P.a" -s KILL --wait=30
	wait "$pid"
	is 'how it ended' $? 137
	# Neither is it gone for rm, which would end it.
	ok "$NSMGR" create "$P.p" --pid
	headless "$NSMGR" exec "$P.p"
	expect 1 "$NSMGR" rm "$P.p"
	like 'what rm says' "$err" "*1 process still in it: $head*"
	ok "$NSMGR" rm --kill "$P.p"
	wait "$pid"
	# Nor is a pid namespace dead whose init is such a process.
	headless unshare --pid --fork
	ok "$NSMGR" attach "$P.i" "$head" --pid
	run "$NSMGR" gc
	is 'state' "$("$NSMGR" ls -rn -o STATE "$P.i")" live
	ok "$NSMGR" exec "$P.i" true
	kill -KILL "$head"
	wait "$pid"
	is 'state' "$("$NSMGR" ls -rn -o STATE "$P.i")" dead
}

cases() {
	it 'pids prints who is in a set' plain all
	it 'pids sees who has many groups, and so does who has them' many_groups ids all
	it 'pids chooses by type' types
	it 'what everybody is in does not count' shared_with_all
	it 'pids of a pid namespace: nested ones, but no keeper' pid_namespace all
	it 'identify names the sets of a process' identified
	it 'threads whose process is elsewhere are marked, and not signalled' threads all
	it 'a process lives on in its other threads when the first ends' leaderless all
	it 'kill signals and waits' signals all
	it 'kill -s KILL leaves no children' multiplying all
	it 'an ordinary user sees his own' ordinary_user ids
}

copy_programs
for_both
finish
