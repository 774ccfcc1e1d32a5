#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rules that the history of other tools teaches (LESSONS security), as far as no other script tries them. `make check-guards` takes
# away what holds each of them, and sees that a test notices it: tests/guards.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2086).
# shellcheck disable=SC2016,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

DENY=$NSMGR_BUILDDIR/tests/cmd/deny
PAUSE=$NSMGR_BUILDDIR/tests/cmd/pause
case $(uname -m) in
x86_64) setgroups=116 setresgid=119 setresuid=117 ioctl=16 ;;
aarch64 | riscv64) setgroups=159 setresgid=149 setresuid=147 ioctl=29 ;;
*)
	clean
	trap - EXIT
	echo "SKIPPED: the numbers of system calls of $(uname -m) are not known here" >&2
	exit 77
	;;
esac
EPERM=1 ENOTTY=25
PIDFD_IOCTLS=$(printf "$ioctl:0xff%02x=$ENOTTY " {1..11})

mkfifo "$T/held" "$T/go"
exec {HELD}<>"$T/held" {GO}<>"$T/go"

# Of those who are told of calls a process has one at most: a container may have its own.
"$PAUSE" unshare "$T/held" "$T/go" true 2>/dev/null && can_hold=1

# hold_at CALL COMMAND..., hold_at --inside CALL COMMAND...: in the background, its process that is about to make this call is in $held
hold_at() {
	local inside=
	[ "${can_hold:-}" ] || skip 'calls are told to somebody else already: seccomp_unotify(2)'
	[ "$1" != --inside ] || { inside=$1 && shift; }
	local call=$1
	shift
	"$PAUSE" $inside "$call" "$T/held" "$T/go" "$@" </dev/null >"$T/held.out" 2>&1 &
	pid=$!
	read -r -t 30 held <&"$HELD" || fail "it never came to $call: ${*//$NSMGR/nsmgr}"
}

# goes_on STATUS
goes_on() {
	echo go >&"$GO"
	wait "$pid"
	is 'its status' $? "$1"
}

# ---- who is inside looks at us ----

# What can be had of a process, but for the numbers of its descriptors.
cat >"$T/look" <<'END'
for what in exe cwd root fd/0 fd/1 ns/uts; do
	[ ! -e "/proc/$1/$what" ] || printf '%s ' "$what"
done
[ -z "$(cat "/proc/$1/environ" 2>/dev/null)" ] || printf 'environ '
! (true >>"/proc/$1/mem") 2>/dev/null || printf 'mem '
case $( (true >>"/proc/$1/exe") 2>&1) in *busy*) printf 'program ' ;; esac
END
chmod 644 "$T/look"

# looks_at SET PID: what the root of a set gets of a process, by the number that the /proc there has for it
looks_at() {
	local number=$2
	[ ! -e "$NSMGR_STORE/$1/mnt" ] || number=$(awk '/^NSpid/ { print $NF }' "/proc/$2/status")
	ok "$NSMGR" exec "$1" sh "$T/look" "$number"
}

# The maps are those of the host, so that nothing but what nsmgr does makes it another's: it is root there as well as here.
make_hostile() {
	local types
	for types in '--user --uts' '--user --mnt --pid' '--all'; do
		ok "$NSMGR" create "$P.${types##*-}" $types
	done
	hold "$NSMGR" exec "$P.uts" # in place, so that it is $pid
	looks_at "$P.uts" "$pid"
	is 'what is had of another one there' "$out" 'exe cwd root fd/0 fd/1 ns/uts environ mem program '
	release
	wait "$pid"
}

exec_is_closed() {
	local set call
	make_hostile
	for set in uts pid all; do
		for call in setgroups setresuid execve; do
			hold_at --inside $call "$NSMGR" exec "$P.$set" true
			looks_at "$P.$set" "$held"
			is "what is had of exec in $set at $call" "$out" ''
			goes_on 0
		done
	done
	hold_at --inside execve "$NSMGR" exec --preserve-credentials "$P.pid" true
	looks_at "$P.pid" "$held"
	is 'what is had of exec with our ids' "$out" ''
	goes_on 0
}

call_is_closed() {
	ok "$NSMGR" create "$P.a" --user --mnt
	hold_at --inside clone "$NSMGR" show "$P.a"
	looks_at "$P.a" "$held"
	is 'what is had of show' "$out" ''
	goes_on 0
}

# A creator that enters a user namespace of others' has our mounts.
creator_is_closed() {
	ok "$NSMGR" create "$P.a" --user --mnt
	hold_at --inside unshare "$NSMGR" create "$P.b" "--user=@$P.a" --uts
	looks_at "$P.a" "$held"
	is 'what is had of the creator' "$out" ''
	is 'descriptors: its way to us, and what it has entered' "$(ls "/proc/$held/fd" | wc -l)" 2
	goes_on 0
	ok "$NSMGR" exec "$P.b" true
}

keeper_is_closed() {
	local set
	for set in --user '--user --mnt'; do
		ok "$NSMGR" create "$P.a" --pid $set
		looks_at "$P.a" "$(keeper_of "$P.a")"
		is "what is had of the keeper of $set" "$out" ''
		ok "$NSMGR" rm "$P.a"
	done
}

# ---- paths and words ----

# What is mounted, and where, was opened before.
replaced() {
	local store=$T/$PROGRAM-replaced/s victim=$T/$PROGRAM-victim inode
	mkdir -p "$store" "$victim"
	hold_at mount "$NSMGR" --store="$store" create "$P.a" --uts
	mv "$store" "$store.moved" && ln -s "$victim" "$store" || fail 'cannot replace it'
	goes_on 1
	is 'mounts on what took its place' "$(mounts_at "$victim")" 0
	is 'what is in it' "$(ls -A "$victim")" ''
	is 'mounts on what was looked at' "$(mounts_at "$store.moved")" 1
	umount -l "$store.moved"
	rm "$store"
	# A source.
	ok "$NSMGR" create "$P.one" "$P.two" --uts
	inode=$(inode_of "$P.one" uts)
	ln -s "$NSMGR_STORE/$P.one/uts" "$T/$PROGRAM-way"
	hold_at mkdirat "$NSMGR" create "$P.c" --uts="$T/$PROGRAM-way"
	ln -sfn "$NSMGR_STORE/$P.two/uts" "$T/$PROGRAM-way"
	goes_on 0
	is 'what the set has' "$(inode_of "$P.c" uts)" "$inode"
}

# A program of the user's gets each word as it is; no shell sees it.
words() {
	local odd='$(id>x);`id`|&*~ "a b'
	mkdir -p "$T/bin"
	printf '#!/bin/sh\nprintf "<%%s>\\n" "$@" >"$WORDS"\nexit 3\n' >"$T/bin/pasta"
	cp "$T/bin/pasta" "$T/bin/other"
	chmod 755 "$T/bin/pasta" "$T/bin/other"
	export WORDS=$T/words
	expect 1 env PATH="$T/bin:$PATH" "$NSMGR" create "$P.a" --network="pasta:--tcp-ports '$odd'"
	like 'what pasta got' "$(<"$T/words")" "<--tcp-ports>"$'\n'"<$odd>"$'\n*'
	expect 1 env PATH="$T/bin:$PATH" "$NSMGR" create "$P.a" --uts --hook="other '$odd'"
	is 'what a hook got' "$(<"$T/words")" "<$odd>"
	expect 3 env PATH="$T/bin:$PATH" "$NSMGR" run --uts -e "X=$odd" other "$odd"
	is 'what a command got' "$(<"$T/words")" "<$odd>"
	is 'what was left' "$(sets_in "$NSMGR_STORE")" ''
}

# ---- what a command gets ----

# A process of the set has set a trap for whoever takes over what it has.
foreign_environment() {
	local options
	hold env LD_AUDIT= PATH="$PATH:/nonexistent/evil" EVIL=1 unshare --uts
	like 'its environment' "$(tr '\0' '\n' <"/proc/$pid/environ" | sort)" '*EVIL=1*LD_AUDIT=*PATH=*evil*'
	ok "$NSMGR" attach "$P.a" "$pid"
	for options in '' '-e EVIL -e LD_AUDIT' --clear-env --as=77; do
		ok "$NSMGR" exec $options "$P.a" env
		is "what of its environment a command has with '$options'" "$(grep -i -e evil -e ^LD_AUDIT <<<"$out")" ''
	done
	release
	wait "$pid"
}

# The terminal of who has more privilege is out of reach: nothing can be typed into it (TIOCSTI).
own_terminal() {
	local lines look='tty; cut -d" " -f7 /proc/self/stat'
	ok "$NSMGR" create "$P.a" --uts
	# At the end of its own input script(1) types something.
	out=$(script -qec "$look; \"$NSMGR\" exec --pty --as=77 $P.a sh -c '$look'" /dev/null <&"$NEVER")
	is 'its status' $? 0
	mapfile -t lines < <(tr -d '\r' <<<"$out")
	is 'lines' ${#lines[@]} 4
	like 'our terminal' "${lines[0]} ${lines[1]}" '/dev/* [1-9]*'
	like 'that of --pty' "${lines[2]} ${lines[3]}" '/dev/* [1-9]*'
	isnt 'that of --pty' "${lines[2]}" "${lines[0]}"
	isnt 'the terminal that it controls' "${lines[3]}" "${lines[1]}"
	out=$(script -qec "true >/dev/tty && \"$NSMGR\" exec --new-session --as=77 $P.a sh -c '(true >/dev/tty) 2>&1 | cat'" \
		/dev/null <&"$NEVER")
	like 'what a new session has' "$out" '*No such device or address*'
}

# become CALL=ERROR OPTION...: exec where a call fails, or only says that it worked (0)
become() {
	local rule=$1
	shift
	expect 125 "$DENY" "$rule" -- "$NSMGR" exec "$@" "$P.a" true
}

no_half_change() {
	local who
	ok "$NSMGR" create "$P.a" --uts
	for who in 77 77:88 77:88,99; do
		become $setgroups=0 "--as=$who"
		is "where groups are not set for $who" "$err" "nsmgr: cannot exec '$P.a': credentials: the ids are not those that were set"
		become $setresgid=0 "--as=$who"
		is "where the gid is not set for $who" "$err" "nsmgr: cannot exec '$P.a': credentials: the ids are not those that were set"
		become $setresuid=0 "--as=$who"
		is "where the uid is not set for $who" "$err" "nsmgr: cannot exec '$P.a': credentials: the ids are not those that were set"
		become $setresgid=$EPERM "--as=$who"
		like "where the gid cannot be set for $who" "$err" "nsmgr: cannot exec '$P.a': setresgid: Operation not permitted*"
		become $setresuid=$EPERM "--as=$who"
		like "where the uid cannot be set for $who" "$err" "nsmgr: cannot exec '$P.a': setresuid: Operation not permitted*"
	done
	# The caller has as many as were asked for, but others.
	expect 125 setpriv --groups=5,6 "$DENY" $setgroups=0 -- "$NSMGR" exec --as=77:88,99 "$P.a" true
	is 'where the groups of the caller stay' "$err" "nsmgr: cannot exec '$P.a': credentials: the ids are not those that were set"
	# The root of a user namespace.
	ok "$NSMGR" create "$P.u" --user --map-users=0:100000:10 --map-groups=0:100000:10
	for who in $setresgid $setresuid; do
		expect 125 "$DENY" $who=0 -- "$NSMGR" exec "$P.u" true
		is "where $who is none" "$err" "nsmgr: cannot exec '$P.u': credentials: the ids are not those that were set"
	done
	become $setgroups=$EPERM --as=77:88,99
	like 'where groups cannot be set' "$err" "nsmgr: cannot exec '$P.a': setgroups: Operation not permitted*"
}

# What the caller has as inheritable and ambient ones would come back at the execve of a file with capabilities, or stay.
no_capabilities() {
	local none=0000000000000000 bits
	ok "$NSMGR" create "$P.a" --uts
	for bits in '' --securebits=+no_setuid_fixup; do
		ok setpriv --inh-caps=+kill,+net_raw --ambient-caps=+kill,+net_raw $bits "$NSMGR" exec --as=77 "$P.a" \
			awk '/^Cap(Inh|Prm|Eff|Amb)/ { printf "%s ", $2 }' /proc/self/status
		is "those of a user $bits" "$out" "$none $none $none $none "
	done
	ok setpriv --inh-caps=+kill,+net_raw --ambient-caps=+kill,+net_raw "$NSMGR" exec --as=0:0 "$P.a" \
		awk '/^Cap(Inh|Amb)/ { printf "%s ", $2 }' /proc/self/status
	is 'those of root' "$out" "$none $none "
}

strict_ids() {
	local id
	ok "$NSMGR" create "$P.a" --uts
	# Of which a careless reader makes 0, or -1, which leaves the id as it is.
	for id in 4294967295 4294967296 18446744073709551616 -1 -0 +0 0x0 ' 0' '0 ' 0a ''; do
		expect 125 "$NSMGR" exec "--as=$id" "$P.a" true
		expect 125 "$NSMGR" exec "--as=77:$id" "$P.a" true
		expect 2 "$NSMGR" create "$P.b" --user "--map-users=0:$id:1" --map-groups=0:0:1
	done
}

# ---- a /proc that somebody made ----

false_proc() {
	hold unshare --uts
	export FALSE_PROC=$pid
	# $1 is nsmgr, $2 what the name of a set begins with, the rest comes before it
	cat >"$T/false-proc" <<'END'
nsmgr=$1 name=$2
shift 2
mount -t tmpfs none "/proc/$FALSE_PROC" && mkdir "/proc/$FALSE_PROC/ns" || exit 9
for type in cgroup ipc mnt net pid time user uts; do
	ln -s "/proc/self/ns/$type" "/proc/$FALSE_PROC/ns/$type"
done
"$@" "$nsmgr" "--store=$NSMGR_STORE.false" create "$name.b" "--uts=$FALSE_PROC" && exit 11
"$@" "$nsmgr" "--store=$NSMGR_STORE.false" attach "$name.c" "$FALSE_PROC" --uts && exit 12
umount "/proc/$FALSE_PROC"
"$@" "$nsmgr" "--store=$NSMGR_STORE.false" attach "$name.c" "$FALSE_PROC" --uts || exit 13
"$@" "$nsmgr" "--store=$NSMGR_STORE.false" rm "$name.c"
END
	ok unshare -m --propagation private bash "$T/false-proc" "$NSMGR" "$P" "$DENY" $PIDFD_IOCTLS --
	is 'lines said' "$(grep -c "^nsmgr: cannot .*Function not implemented" <<<"$err")" 2
	release
	wait "$pid"
}

cases() {
	it 'exec is closed to who is inside, up to its execve (CVE-2016-9962, CVE-2019-5736, LESSONS security 4 5)' exec_is_closed
	it 'what looks inside is closed to who is there (LESSONS security 4 5)' call_is_closed
	it 'a creator in an existing user namespace is closed, and has no spare descriptor (LESSONS security 5)' creator_is_closed
	it 'a keeper is closed to the root of its set (LESSONS security 4)' keeper_is_closed
	it 'what replaces a path that was looked at has no effect (LESSONS security 7 15)' replaced
	it 'no shell sees a word of the user (LESSONS security 7)' words
	it 'takes no variable over from who is inside (LESSONS security 8)' foreign_environment ids
	it 'the terminal of the caller is out of reach (CVE-2017-5226, CVE-2019-10063, LESSONS security 10)' own_terminal ids
	it 'runs nothing where a change of ids fails or is none (CVE-2022-2989, LESSONS security 12)' no_half_change ids
	it 'leaves no inheritable or ambient capability (CVE-2022-27650, LESSONS security 13)' no_capabilities ids
	it 'reads ids strictly (CVE-2026-30892, LESSONS security 13)' strict_ids
	it 'believes no /proc that is none (CVE-2019-16884, LESSONS security 14)' false_proc
}

for_both
exec {HELD}<&- {GO}<&-
finish
