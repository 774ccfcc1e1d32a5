#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sets in which somebody means harm: what nsmgr does with them ends, gives the status and message that it should, runs nothing that is
# inside but the command, is not looked into, and changes nothing of the host's.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2086); variables of the
# harness (SC2154).
# shellcheck disable=SC2016,SC2086,SC2154,SC2317
# shellcheck source=tests/cmd/findings.sh
. "${0%/*}/findings.sh"

IMP=$NSMGR_BUILDDIR/tests/cmd/imp
STATE=$NSMGR_BUILDDIR/tests/cmd/state
DENY=$NSMGR_BUILDDIR/tests/cmd/deny

# quick "STATUS ..." COMMAND...: it ends, with one of these.
quick() {
	local want=$1
	shift
	run timeout -k 1 60 "$@"
	checks=$((checks + 1))
	[[ " $want " == *" $st "* ]] || fail "status $st instead of $want from ${*//$NSMGR/nsmgr}: $err"
}

# imp SET MODE ARG...: until it has begun.
imp() {
	local set=$1
	shift
	mkfifo "$T/imp" 2>/dev/null
	exec {UP}<>"$T/imp"
	"$NSMGR" exec --no-defaults "$set" "$IMP" "$@" >"$T/imp" 2>"$T/imp.err" </dev/null &
	pid=$!
	read -r -t 30 line <&"$UP" || fail "no imp: $(<"$T/imp.err")"
	exec {UP}<&-
}

programs() { cat "$FRONT" "$FULL" "${FULL%/*}"/libnsmgr.so* /etc/passwd /etc/group 2>/dev/null | cksum; }

# Whatever looks into a set, or runs something in it.
meet() {
	local set=$1
	quick 0 "$NSMGR" pids "$set"
	quick 0 "$NSMGR" holders "$set"
	quick 0 "$NSMGR" show "$set"
	quick 0 "$NSMGR" show -J "$set"
	quick 0 "$NSMGR" ls -o +NPROCS,USER,COMMAND "$set"
	quick 0 "$NSMGR" check
	quick 0 "$NSMGR" export "$set" --format=json
	quick '0 1' "$NSMGR" kill -s CONT "$set"
}

# ---- what lies in it ----

# A /proc, an /etc and a shell that are not what they seem.
fake() {
	local before fd
	before=$(programs)
	ok "$NSMGR" create "$P.f" --mnt --pid --no-proc --uts --net
	# A script of that name would leave a trace.
	printf '#!%s\n: >%q\n' "$(command -v bash)" "$T/ran" >"$T/fake"
	chmod 755 "$T/fake"
	ok "$NSMGR" exec "$P.f" bash -c '
		mount -t tmpfs none /proc && mkdir -p /proc/self/{fd,ns,attr,task} /proc/1/ns /proc/sys/kernel/random && cd /proc &&
		mkfifo self/{status,cgroup,setgroups,mountinfo,exe,environ,attr/exec,attr/current} 1/{exe,status,cgroup} sys/kernel/random/boot_id &&
		echo "0 1234 1" | tee self/uid_map >self/gid_map && ln -s self thread-self && ln -s / self/root && ln -s self 2 &&
		mount -t tmpfs none /etc && cd /etc && mkfifo group shadow nsswitch.conf ld.so.preload.fifo &&
		printf "mallory:x:0:0::/:/bin/sh\n%s:x:7:7\nroot:x:4294967295:0\n" "$(head -c 70000 /dev/zero | tr "\0" x)" >passwd &&
		for program in ip newuidmap newgidmap pasta nsmgr sh mount; do
			file=$(readlink -f "$(command -v $program)") && [ "$file" != "$(readlink -f "$(command -v bash)")" ] && mount --bind "$0" "$file"
		done; true' "$T/fake"
	rm -f "$T/ran"
	meet "$P.f"
	quick 0 "$NSMGR" exec "$P.f" "$STATE"
	like 'ids' "$out" '*ids.user 0 0 0*'
	quick 0 "$NSMGR" exec --as=77:88 "$P.f" "$STATE"
	like 'ids of numbers' "$out" '*ids.user 77 77 77*ids.group 88 88 88*'
	quick 0 "$NSMGR" exec --as=mallory:0 "$P.f" "$STATE"
	quick 125 "$NSMGR" exec --as=root:nogroup "$P.f" true
	like 'what is said of a fifo for group' "$err" "nsmgr: cannot exec '$P.f': *"
	quick 125 "$NSMGR" exec --as=nobody "$P.f" true
	quick 125 "$NSMGR" exec --as=mallory "$P.f" true
	for fd in 0 3 5 9; do
		quick 125 "$NSMGR" exec --wdns=/proc/self/fd/$fd/.. "$P.f" true
	done
	quick 0 "$NSMGR" exec --wdns=/proc/self/root "$P.f" true
	quick 0 "$NSMGR" exec --pty "$P.f" "$STATE"
	quick 125 "$NSMGR" exec --follow-context "$P.f" true
	quick '0 125' "$NSMGR" exec --join-cgroup "$P.f" true
	quick 0 "$NSMGR" exec --timeout=100 --rusage="$T/used" "$P.f" true
	quick 0 "$NSMGR" exec --sets="$P.f" true
	quick 0 "$NSMGR" exec --limit=nofile=64 --cap-drop=all --no-new-privs "$P.f" true
	quick 0 env SHELL=/bin/true "$NSMGR" shell "$P.f"
	quick 0 "$NSMGR" run --base="$P.f" --uts true
	no 'something inside was run' test -e "$T/ran"
	# Without close_range(2) a list of descriptors is believed only if it is ours.
	exec 5<"$T/fake" 77<"$T/fake"
	for fd in 'exec' 'exec --preserve-fds=5' 'exec --sets'; do
		[ "$fd" = 'exec --sets' ] && fd="exec --sets=$P.f" || fd="$fd $P.f"
		quick 0 "$DENY" 436=38 -- "$NSMGR" $fd "$STATE"
		is "descriptors without close_range behind $fd" "$(sed -n 's/^\([^ ]*: \)\?fd\.\([0-9]*\) .*/\2/p' <<<"$out" | xargs)" \
			"0 1 2$([[ $fd == *fds* ]] && echo ' 5')"
	done
	exec 5<&- 77<&-
	# What shall be run inside, is. Without SHELL, bash would ask /etc for one.
	quick 0 env SHELL=/bin/sh "$NSMGR" exec "$P.f" sh
	yes 'the fake is a fake' test -e "$T/ran"
	quick 0 "$NSMGR" rm --kill "$P.f"
	is 'programs and files of the host' "$(programs)" "$before"
}

# ---- who lives in it ----

# Who is root in a user namespace meets nobody of ours (LESSONS security 4 5, CVE-2016-9962, CVE-2019-5736).
raging() {
	local before i
	before=$(programs)
	: >"$T/met"
	chmod 666 "$T/met"
	hold env # an innocent
	ok "$NSMGR" create "$P.r" --all --map-root-user
	imp "$P.r" rage "$T/met"
	for i in {1..15}; do
		# A signal may be faster than the command.
		quick '0 129 138 140 143' "$NSMGR" exec "$P.r" true
		quick '0 125 129 138 140 143' "$NSMGR" exec --timeout=100 --as=0 "$P.r" true
	done
	quick '0 125 129 138 140 143' "$NSMGR" exec --pty "$P.r" true
	quick '0 1 125' "$NSMGR" exec --sets="$P.r" true
	quick '0 125 129 138 140 143' "$NSMGR" run --base="$P.r" --ipc true
	meet "$P.r"
	is 'whom he met' "$(<"$T/met")" ''
	quick 1 "$NSMGR" rm "$P.r"
	quick 0 "$NSMGR" kill -s KILL --wait=30 "$P.r"
	wait "$pid"
	quick 0 "$NSMGR" rm "$P.r"
	is 'programs and files of the host' "$(programs)" "$before"
	release
	until_true 'the innocent has ended by himself' none_marked
}

forking() {
	ok "$NSMGR" create "$P.k" --pid --net
	imp "$P.k" forks
	quick '0 1' "$NSMGR" pids "$P.k"
	quick 0 "$NSMGR" exec "$P.k" true
	# Who is another process from moment to moment may not be met by one walk through /proc.
	quick '0 1' "$NSMGR" rm "$P.k"
	quick '0 1' "$NSMGR" rm --wait=0.1 "$P.k"
	quick '0 1' "$NSMGR" kill -s TERM --wait=0.1 "$P.k"
	quick '0 1' "$NSMGR" kill -s KILL --wait=1 "$P.k"
	quick 0 "$NSMGR" rm --kill --ignore-missing "$P.k"
	no 'anybody lives' pgrep -f "$IMP forks"
	wait "$pid"
}

# A root that is another one from moment to moment: the command starts within it.
moving() {
	local i
	ok "$NSMGR" create "$P.m" --mnt --pid
	mkdir "$T/$PROGRAM-root"
	imp "$P.m" moves "$T/$PROGRAM-root"
	for i in {1..20}; do
		# What is below a root that has just been left is gone: /proc, or the program.
		quick '0 1 125 126 127' "$NSMGR" exec "$P.m" readlink /proc/self/cwd
		unlike 'where it starts' "$out" '*unreachable*'
		[ "$st" -lt 125 ] || like 'what is said' "$err" "nsmgr: cannot exec '$P.m': *"
		quick '0 125 126 127' "$NSMGR" exec -w /usr --as=1 "$P.m" true
	done
	quick 0 "$NSMGR" pids "$P.m"
	quick 0 "$NSMGR" holders "$P.m"
	quick 0 "$NSMGR" show "$P.m"
	quick 0 "$NSMGR" rm --kill "$P.m"
	wait "$pid"
}

# Root of the host's in a set without a user namespace can trace the keeper: it is ended all the same.
held_keeper() {
	local before
	before=$(programs)
	ok "$NSMGR" create "$P.h" --pid --mnt --net
	imp "$P.h" holds 1
	# It cannot be written to, as it runs.
	quick 0 "$NSMGR" exec "$P.h" bash -c 'echo x 1<>/proc/1/exe; echo x >/proc/self/exe; kill -STOP 1; kill -KILL 1; true' 2>/dev/null
	meet "$P.h"
	quick 0 "$NSMGR" exec "$P.h" true
	quick 1 "$NSMGR" rm "$P.h"
	quick 0 "$NSMGR" rm --kill "$P.h"
	wait "$pid"
	is 'keepers' "$(keeper_of "$P.h")" ''
	is 'programs of the host' "$(programs)" "$before"
}

# Who stops all he sees stops the command, and nsmgr with it, as it would be in a shell; a time limit ends it.
stopped() {
	local i
	ok "$NSMGR" create "$P.s" --pid --mnt
	quick '124 137' "$NSMGR" exec --timeout=0.2 --kill-after=0.2 "$P.s" bash -c 'kill -STOP $$'
	# Whose end comes at the last moment before the execve, when nothing tells of it by itself.
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["execve"], "action": "SCMP_ACT_KILL_PROCESS"}]}' >"$T/kill.json"
	for _ in {1..20}; do
		quick 159 "$NSMGR" exec --timeout=100 --limit=core=0 --seccomp="$T/kill.json" "$P.s" true
	done
	quick 0 "$NSMGR" rm --kill "$P.s"
}

cases() {
	if grep -q __asan_init "$STATE"; then
		skip_case "$PROGRAM: believes no /proc, /etc or shell that is inside (LESSONS security 3 6 8 14)" 'with AddressSanitizer no program starts without /proc'
	else
		it 'believes no /proc, /etc or shell that is inside (LESSONS security 3 6 8 14)' fake ids
	fi
	it 'is not looked into by who is root in a user namespace (LESSONS security 4 5)' raging
	it 'ends with processes that fork all the time' forking
	it 'enters a root that moves, or tells that it cannot (LESSONS security 3)' moving
	it 'ends a keeper that is traced, and lets no program be written to (CVE-2019-5736, LESSONS security 4)' held_keeper
	it 'a time limit ends who is stopped, and no end is missed' stopped
}

for_both
finish
