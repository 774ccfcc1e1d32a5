#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rules of Landlock: --landlock-* of exec, run and shell.
# Cases are called by name (SC2317).
# shellcheck disable=SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

DENY=$NSMGR_BUILDDIR/tests/cmd/deny
CREATE_RULESET=444 # landlock_create_ruleset, on every architecture
ENOSYS=38 EOPNOTSUPP=95
PAGE=${0%/*}/../../man/nsmgr.8

# What programs need.
PROGRAMS=
for dir in /bin /lib /lib32 /lib64 /sbin /usr; do
	[ ! -e "$dir" ] || PROGRAMS=$PROGRAMS,$dir
done
PROGRAMS=${PROGRAMS#,}

# Whether the kernel has all that is tried here.
make() {
	ok "$NSMGR" create "$P.a" --uts
	run "$NSMGR" exec --landlock-scope=signal --landlock-rx=/ "$P.a" true
	[ "$st" = 0 ] || skip "no Landlock as of Linux 6.12: $err"
	rm -rf "$T/place"
	mkdir -p "$T/place/ro" "$T/place/rw" "$T/place/other"
	for file in ro/file rw/file other/file; do
		echo "$file" >"$T/place/$file"
	done
}

# confined STATUS OPTION... -- LINE: a line of shell in the place
confined() {
	local want=$1
	local -a options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	expect "$want" "$NSMGR" exec --cwd="$T/place" --landlock-rx="$PROGRAMS" "${options[@]}" "$P.a" bash -c "$2"
}

files() {
	local -a rules=("--landlock-ro=$T/place/ro" "--landlock-rw=$T/place/rw")
	make
	confined 0 "${rules[@]}" -- 'cat ro/file; ls ro; cat rw/file; echo new >rw/new; mkdir rw/dir; mv rw/new rw/dir/; cp /bin/true rw/'
	is 'what is read' "$(tr '\n' ' ' <<<"$out")" 'ro/file file rw/file '
	confined 1 "${rules[@]}" -- 'cat other/file'
	like 'what cat says' "$err" '*Permission denied*'
	confined 1 "${rules[@]}" -- 'echo more >>ro/file'
	confined 1 "${rules[@]}" -- ': >ro/file'
	confined 1 "${rules[@]}" -- 'truncate -s 0 ro/file'
	confined 1 "${rules[@]}" -- 'rm -f ro/file'
	confined 1 "${rules[@]}" -- 'mkdir other/dir'
	confined 1 "${rules[@]}" -- 'mknod rw/null c 1 3'
	confined 1 "${rules[@]}" -- 'mv rw/file other/'
	confined 126 "${rules[@]}" -- 'rw/true'
	confined 0 "${rules[@]}" "--landlock-rx=$T/place/rw" -- 'rw/true'
	confined 0 "${rules[@]}" "--landlock-rw=$T/place/other" -- 'mv rw/file other/new'
	confined 0 "--landlock-rw=rw/dir,ro/file" -- 'echo new >ro/file; echo new >rw/dir/more'
	confined 1 "--landlock-rw=ro/file" -- 'rm -f ro/file'
	like 'a file alone' "$(<"$T/place/ro/file")" new
}

programs() {
	make
	expect 126 "$NSMGR" exec --landlock-ro=/ "$P.a" true
	is 'what is said' "$err" "nsmgr: cannot exec '$P.a': exec: 'true': Permission denied"
	expect 126 "$NSMGR" exec --landlock-rx=none "$P.a" true
	expect 126 "$NSMGR" exec --landlock-rx="$T" "$P.a" /bin/true
	expect 127 "$NSMGR" exec --landlock-rx=/ "$P.a" nosuchprogram
	ok "$NSMGR" exec --landlock-rx=/ --landlock-ro=none "$P.a" true
}

paths() {
	make
	expect 125 "$NSMGR" exec --landlock-rx=/ --landlock-ro="$T/none" "$P.a" touch "$T/touched"
	is 'a missing one' "$err" "nsmgr: cannot exec '$P.a': landlock: '$T/none': No such file or directory"
	no 'the command was run' test -e "$T/touched"
	expect 125 "$NSMGR" exec --landlock-rx=/ --landlock-ro="$T/place/ro/file/x" "$P.a" true
	like 'below a file' "$err" '*Not a directory'
	mkdir -m 700 "$T/closed"
	mkdir "$T/closed/dir"
	expect 125 "$NSMGR" exec --as=1000 --landlock-rx=/ --landlock-ro="$T/closed/dir" "$P.a" true
	like 'one that the user cannot reach' "$err" "*landlock: '$T/closed/dir': Permission denied"
	mkdir "$T/place/a,b" "$T/place/c\\d"
	echo odd | tee "$T/place/a,b/file" >"$T/place/c\\d/file"
	confined 0 "--landlock-ro=a\\,b,c\\\\d" -- 'cat a,b/file c\\d/file'
	is 'odd names' "$out" "$(printf 'odd\nodd')"
	ln -s "$T/place/ro" "$T/place/link"
	confined 0 --landlock-ro=link -- 'cat ro/file'
	# Those of the command: below its root, in its mounts, from its directory.
	expect 125 "$NSMGR" exec --root="$T/place" --landlock-ro="$T/place/ro" "$P.a" true
	like 'outside of the root' "$err" "*landlock: '$T/place/ro': No such file*"
	expect 127 "$NSMGR" exec --root="$T/place" --landlock-ro=/ro "$P.a" true
}

# A link of somebody inside, to a descriptor of the caller's, which is outside (CVE-2024-21626).
hostile() {
	make
	ok "$NSMGR" create "$P.m" --mnt --user
	ok "$NSMGR" exec "$P.m" sh -c 'mount -t tmpfs none /mnt && echo inner >/mnt/file && ln -s /proc/self/fd/0 /mnt/link'
	expect 125 "$NSMGR" exec --landlock-rx=/ --landlock-rw=/mnt/link "$P.m" true <"$T"
	like 'what is said' "$err" "*landlock: '/mnt/link': the way there is by a magic link of /proc*"
	ok "$NSMGR" exec --landlock-rx="$PROGRAMS" --landlock-ro=/mnt/file "$P.m" cat /mnt/file
	is 'what is read inside' "$out" inner
	no 'it is outside' test -e /mnt/file
}

ports() {
	local connect='exec 3<>/dev/tcp/127.0.0.1/' listen
	listen='use Socket; socket(S, PF_INET, SOCK_STREAM, 0) and bind(S, sockaddr_in($ARGV[0], INADDR_LOOPBACK)) or exit 1'
	make
	ok "$NSMGR" create "$P.n" --net
	expect 1 "$NSMGR" exec --landlock-connect=80,90-92 "$P.n" bash -c "${connect}81"
	like 'a port that is not allowed' "$err" '*Permission denied*'
	for port in 80 90 92; do
		expect 1 "$NSMGR" exec --landlock-connect=80,90-92 "$P.n" bash -c "$connect$port"
		like "port $port" "$err" '*Connection refused*'
	done
	expect 1 "$NSMGR" exec --landlock-connect=none "$P.n" bash -c "${connect}80"
	like 'none' "$err" '*Permission denied*'
	ok "$NSMGR" exec --landlock-bind=80-82 --landlock-bind=0 "$P.n" perl -e "$listen" 81
	ok "$NSMGR" exec --landlock-bind=80-82 --landlock-bind=0 "$P.n" perl -e "$listen" 0
	expect 1 "$NSMGR" exec --landlock-bind=80-82 "$P.n" perl -e "$listen" 83
	expect 1 "$NSMGR" exec --landlock-bind=none "$P.n" perl -e "$listen" 80
	ok "$NSMGR" exec --landlock-bind=none "$P.n" cat /etc/hostname
}

scopes() {
	make
	hold "$NSMGR" exec "$P.a"
	ok "$NSMGR" exec --landlock-scope=abstract-unix-socket "$P.a" sh -c "kill -0 $pid"
	expect 1 "$NSMGR" exec --landlock-scope=signal,abstract-unix-socket "$P.a" sh -c "kill -0 $pid"
	like 'what kill says' "$err" '*not permitted*'
	ok "$NSMGR" exec --landlock-scope=signal "$P.a" sh -c 'kill -0 $$'
	ok "$NSMGR" kill "$P.a"
	wait "$pid"
}

old_kernels() {
	local deny
	ok "$NSMGR" create "$P.a" --uts
	for deny in $ENOSYS $EOPNOTSUPP; do
		expect 125 "$DENY" $CREATE_RULESET=$deny -- "$NSMGR" exec --landlock-rx=/ "$P.a" true
		is 'what is said' "$err" "nsmgr: cannot exec '$P.a': landlock: access to files cannot be restricted here: it needs\
 Linux 5.13, and Landlock is not there, or not enabled by lsm= of the kernel's command line (--landlock-best-effort goes without)"
		expect 125 "$DENY" $CREATE_RULESET=$deny -- "$NSMGR" exec --landlock-bind=80 "$P.a" true
		like 'what is said of ports' "$err" '*TCP ports *Linux 6.7*'
		expect 125 "$DENY" $CREATE_RULESET=$deny -- "$NSMGR" exec --landlock-scope=signal "$P.a" true
		like 'what is said of scopes' "$err" '*signals and abstract sockets *Linux 6.12*'
		ok "$DENY" $CREATE_RULESET=$deny -- "$NSMGR" exec --landlock-best-effort --landlock-ro=/ "$P.a" true
		is 'what is said then' "$err" ''
		ok "$DENY" $CREATE_RULESET=$deny -- "$NSMGR" exec -v --landlock-best-effort --landlock-ro=/ --landlock-bind=80 "$P.a" true
		like 'what is said with -v' "$err" '*landlock: access to files (Linux 5.13) left out*ioctls of devices*'
		like 'what is said with -v' "$err" '*landlock: TCP ports (Linux 6.7) left out*'
		unlike 'what is said with -v' "$err" '*signals*'
	done
	expect 125 "$DENY" $CREATE_RULESET=1 -- "$NSMGR" exec --landlock-best-effort --landlock-rx=/ "$P.a" true
	is 'another failure' "$err" "nsmgr: cannot exec '$P.a': landlock: Operation not permitted"
	for call in 445 446; do
		expect 125 "$DENY" $call=1 -- "$NSMGR" exec --landlock-best-effort --landlock-rx=/ "$P.a" true
		like 'a failure later on' "$err" "nsmgr: cannot exec '$P.a': landlock: *"
	done
}

wrong() {
	local option
	make
	for option in ro= 'rw=,/' 'rx=/,' ro=/,,/usr bind= bind=x bind=-1 bind=65536 bind=80- bind=90-80 bind=80,,81 'bind=80,' \
		connect=1-65536 'connect= 1' scope= scope=signals 'scope=signal,' 'scope=,signal'; do
		expect 125 "$NSMGR" exec "--landlock-$option" "$P.a" touch "$T/touched"
		like "what is said of $option" "$err" "nsmgr: exec: --landlock-${option%%=*}: *try 'nsmgr exec --help'*"
	done
	no 'a command was run' test -e "$T/touched"
	expect 125 "$NSMGR" exec --landlock-best-effort=1 "$P.a" true
}

# The example of nsmgr(8), with a place and a program of ours.
example() {
	local -a words
	make
	chmod 777 "$T/place/rw"
	mapfile -t words < <(sed -n '/^nsmgr exec --as=nobody/,/^\.Ed/p' "$PAGE" | sed -e '/^\.Ed/d' -e 's/\\e$//' |
		tr -s ' \n' '\n' | sed "s,/srv/job,$T/place/rw,")
	is 'the program' "${words[*]: -2}" 'web ./job'
	[ -d /lib64 ] || words=("${words[@]//,\/lib64/}")
	words=("${words[@]:1:${#words[@]}-3}" "$P.a")
	ok "$NSMGR" "${words[@]}" sh -c 'id -u; echo new >new; cat new'
	is 'what it can do' "$out" "$(id -u nobody; echo new)"
	for line in "cat $T/place/ro/file" 'echo x >/etc/x' 'exec 3<>/dev/tcp/127.0.0.1/80' 'unshare --user true'; do
		run "$NSMGR" "${words[@]}" bash -c "$line"
		isnt "the status of $line" "$st" 0
		like "what $line says" "${err/not permitted/denied}" '*denied*'
	done
}

everywhere() {
	local line="cat $T/place/other/file 2>&- || grep NoNewPrivs: /proc/self/status" options seen
	options=(--landlock-rx="$PROGRAMS" --landlock-ro=/proc)
	seen=$(printf 'NoNewPrivs:\t1')
	make
	ok "$NSMGR" exec "${options[@]}" "$P.a" sh -c "$line"
	is 'exec' "$out" "$seen"
	ok "$NSMGR" exec --fork "${options[@]}" "$P.a" sh -c "$line"
	is 'exec --fork' "$out" "$seen"
	ok "$NSMGR" run --uts "${options[@]}" sh -c "$line"
	is 'run' "$out" "$seen"
	ok "$NSMGR" run --name="$P.r" --pid --user --mnt "${options[@]}" sh -c "$line"
	is 'run --name' "$out" "$seen"
	SHELL=/bin/sh "$NSMGR" shell "${options[@]}" "$P.a" <<<"$line" >"$T/shown" 2>"$T/err"
	is 'shell' "$(<"$T/shown")" "$seen"
	ok "$NSMGR" exec --sets="$P.a" "${options[@]}" sh -c "$line"
	is 'exec --sets' "${out#"$P.a: "}" "$seen"
	ok "$NSMGR" exec --as=1000 "${options[@]}" "$P.a" sh -c "$line"
	is 'exec --as' "$out" "$seen"
	ok "$NSMGR" exec --seccomp=container "${options[@]}" "$P.a" sh -c "$line"
	is 'exec --seccomp' "$out" "$seen"
}

cases() {
	it 'is there in exec, run and shell, and gives up new privileges' everywhere ids
	it 'has what the kernel lacks an error, or left out' old_kernels
	[ "$PROGRAM" = full ] || return 0
	it 'lets files be used as they were allowed' files
	it 'has programs be executed only where that is allowed' programs
	it 'takes the paths of the command' paths ids
	it 'is not led astray by links inside (LESSONS security 3)' hostile
	it 'lets ports be used as they were allowed' ports
	it 'keeps a command from others' scopes all
	it 'refuses what is wrong' wrong
	it 'does what the example of the page says' example ids
}

for_both
finish
