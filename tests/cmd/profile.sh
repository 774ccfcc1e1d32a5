#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Profiles: create and run --profile, show --profile.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# profile LINE...: the file $T/p.conf
profile() { printf '%s\n' "$@" >"$T/p.conf"; }

types_of() { "$FULL" ls -rn -o TYPE "$1" | xargs; }

reads() {
	profile '# a remark' '' '  net  ' $'\tuts\r' 'hostname = web one' 'domainname=x' 'sysctl=net.ipv4.ip_forward=1' \
		'label=note=a \x5cx41 # \x20' 'exec-cwd=/usr'
	expect 2 "$NSMGR" create "$P.a" --profile="$T/p.conf"
	is 'a value that the option refuses' "$err" \
		"nsmgr: $T/p.conf:5: cannot create: uts: hostname: has neither blanks nor control characters"
	sed -i 's/web one/web/' "$T/p.conf"
	ok "$NSMGR" create "$P.a" "$P.b" --profile="$T/p.conf"
	for name in "$P.a" "$P.b"; do
		is 'types' "$(types_of "$name")" 'net uts'
		ok "$NSMGR" exec "$name" sh -c 'uname -n; cat /proc/sys/net/ipv4/ip_forward; pwd'
		is 'what is inside' "$out" $'web\n1\n/usr'
		is 'the label' "$("$NSMGR" label "$name" -J | jq -r .labels.note)" 'a \x41 #  '
	done
}

overrides() {
	ok "$NSMGR" create "$P.other" --net
	profile net uts hostname=profile label=a=1 label=b=1 exec-env=A=1 exec-cwd=/usr
	ok "$NSMGR" create "$P.a" --net=@"$P.other" --hostname=line --profile="$T/p.conf" --label=b=2 --label=c=2 --exec-env=B=2 \
		--exec-cwd=/
	is 'where net comes from' "$("$FULL" ls -rn -o INODE -t net "$P.a")" "$("$FULL" ls -rn -o INODE -t net "$P.other")"
	ok "$NSMGR" exec "$P.a" sh -c 'uname -n; pwd; echo $A$B'
	is 'what is inside' "$out" $'line\n/\n12'
	is 'labels' "$("$NSMGR" label "$P.a" -J | jq -c .labels)" '{"a":"1","b":"2","c":"2"}'
	# A later profile is over an earlier one.
	printf 'hostname=second\nipc\n' >"$T/q.conf"
	ok "$NSMGR" create "$P.b" --profile="$T/p.conf" --profile="$T/q.conf"
	is 'types of both' "$(types_of "$P.b")" 'ipc net uts'
	is 'the later name' "$("$NSMGR" exec "$P.b" uname -n)" second
	profile net sysctl=net.ipv4.ip_forward=1
	expect 2 "$NSMGR" create "$P.c" --net=@"$P.other" --profile="$T/p.conf"
	like 'set-up of what is pinned then' "$err" '*set-up is only for a namespace that the set makes*'
}

refused() {
	local line what
	while IFS='|' read -r line what; do
		printf 'uts\n%b\n' "$line" >"$T/p.conf"
		expect 2 "$NSMGR" create "$P.a" --profile="$T/p.conf"
		is "what is said of '$line'" "$err" "nsmgr: $T/p.conf:2: $what"
	done <<'END'
bogus|unknown option 'bogus'
--net|unknown option '--net' (without the dashes)
exist-ok|unknown option 'exist-ok'
n|unknown option 'n'
all=1|no value goes with 'all'
hostname|a value is missing behind 'hostname'
exec-as|a value is missing behind 'exec-as'
exec-only=net|unknown option 'exec-only'
exec-|unknown option 'exec-'
exec-cap-keep=no|--cap-keep: 'no' is no capability
profile=/etc/x.conf|a profile names no other
setgroups=x|--setgroups: 'x' is not allow or deny
net=./x|'./x': a path in a profile begins with '/'
net=x/y|'x/y': a path in a profile begins with '/'
bind=x:/mnt|'x:/mnt': a path in a profile begins with '/'
file=/x=@y|'/x=@y': a path in a profile begins with '/'
exec-cwd=..|'..': a path in a profile begins with '/'
label=a=\\xzz|a backslash and x take two digits of 0-9 and a-f, not both 0
\033=1|unknown option '\x1b'
END
	expect 2 "$NSMGR" create "$P.a" --profile="$T/none"
	like 'one that is not there' "$err" "nsmgr: create: cannot read the profile '$T/none': No such file or directory*"
	expect 2 "$NSMGR" create "$P.a" --profile="$T"
	like 'a directory' "$err" '*Is a directory*'
	printf 'uts\0\n' >"$T/p.conf"
	expect 2 "$NSMGR" create "$P.a" --profile="$T/p.conf"
	like 'a zero byte' "$err" '*has a zero byte*'
	head -c 61441 /dev/zero | tr '\0' '#' >"$T/p.conf"
	expect 2 "$NSMGR" create "$P.a" --profile="$T/p.conf"
	like 'too long' "$err" '*has more than 61440 bytes*'
	expect 2 "$NSMGR" pool fill 1 --profile="$T/p.conf"
	# Options are looked at before names are read, in both programs.
	expect 2 "$NSMGR" create --uts --setgroups=x --from-file="$T/none"
	like 'what comes first' "$err" "*--setgroups: 'x' is not*"
	no 'a set was made' test -e "$NSMGR_STORE/$P.a"
}

of_run() {
	profile uts hostname=web exec-env=A=1 exec-cwd=/usr
	ok "$NSMGR" run --profile="$T/p.conf" --env=B=2 sh -c 'uname -n; pwd; echo $A$B'
	is 'what is inside' "$out" $'web\n/usr\n12'
	profile uts bogus
	expect 125 "$NSMGR" run --profile="$T/p.conf" true
	is 'what is said' "$err" "nsmgr: $T/p.conf:2: unknown option 'bogus'"
}

# What show prints makes a set of which it prints the same.
comes_back() {
	ok "$NSMGR" show "$1" --profile
	printf '%s\n' "$out" >"$T/again.conf"
	again=$out
	ok "$NSMGR" create "$P.again" --profile="$T/again.conf"
	is "the profile of a set like $1" "$("$NSMGR" show "$P.again" --profile)" "$again"
	is 'its types' "$(types_of "$P.again")" "$(types_of "$1")"
	ok "$NSMGR" rm "$P.again"
}

round_trip() {
	ok "$NSMGR" create "$P.plain" --net --uts --ipc --hostname=in --domainname=dom --no-loopback --label=a='b \x41 ' --label=c=
	yes 'nothing is recorded of it' test ! -e "$NSMGR_STORE/$P.plain/.profile"
	comes_back "$P.plain"
	is 'of a set without a record' "$again" $'ipc\nnet\nuts\nhostname=in\ndomainname=dom\nno-loopback\nlabel=a=b \\x5cx41\\x20\nlabel=c='
	ok "$NSMGR" create "$P.time" --time --user --monotonic=-1.5 --boottime=86400 --map-users=0:1000:10 --map-users=10:5000:5 \
		--map-groups=0:2000:10 --setgroups=deny
	comes_back "$P.time"
	is 'clocks and maps' "$again" $'time
user
monotonic=-1.500000000
boottime=86400.000000000
map-users=0:1000:10
map-users=10:5000:5
map-groups=0:2000:10
setgroups=deny'
	ok "$NSMGR" create "$P.all" --all
	comes_back "$P.all"
	ok "$NSMGR" create "$P.rich" --net --mnt --pid --propagation=slave --no-proc --sysctl=net.ipv4.ip_forward=1 \
		--exec-cwd=/usr --label=x=1
	ok "$NSMGR" label "$P.rich" x=2
	comes_back "$P.rich"
	is 'of one with a record, and its labels of now' "$again" $'net
mnt
pid
propagation=slave
no-proc
sysctl=net.ipv4.ip_forward=1
exec-cwd=/usr
label=x=2'
	ok "$NSMGR" create "$P.pin" --uts --net=@"$P.plain"
	comes_back "$P.pin"
	is 'of one that pins what another made' "$again" "net=@$P.plain"$'\nuts'
	ok "$NSMGR" create "$P.host" --net=/proc/self/ns/net
	expect 1 "$NSMGR" show "$P.host" --profile
	like 'of what nobody in the store made' "$out" '# net: it was pinned*'
	like 'what is said' "$err" "*the profile of '$P.host' is not whole: net: *"
	expect 2 "$NSMGR" show "$P.host" --profile -J
	# The number of a process may be another's later.
	ok "$NSMGR" create "$P.process" --uts=$$ --net --exec-cwd=/
	expect 1 "$NSMGR" show "$P.process" --profile
	is 'of what a process had' "$(cut -c 1-20 <<<"$out")" $'# uts: it was pinned\nnet\nexec-cwd=/'
}

# What was told as a path of a directory is recorded as one of the root.
relative_paths() {
	local dir="$T/a:b\\c"
	mkdir -p "$dir/src/sub" "$dir/root" "$T/from/etc"
	echo text >"$dir/src/file"
	cd "$dir" || exit 99
	ok "$NSMGR" create "$P.a" --rootdir=tmpfs:mode=755 --rootfs=../from --bind=src:/src:rw --bind-ro=src/sub --fs=tmpfs:/t::rw \
		--file=/f=@src/file --file=/g:=@src/file --bind-ro=/usr
	cd / || exit 99
	comes_back "$P.a"
	is 'the profile' "$again" "rootdir=tmpfs:mode=755
rootfs=$T/from
bind=$T/a\\:b\\\\c/src:/src:rw
bind-ro=$T/a\\:b\\\\c/src/sub
fs=tmpfs:/t::rw
file=/f=@$T/a:b\\c/src/file
file=/g:=@src/file
bind-ro=/usr"
	ok "$NSMGR" rm "$P.a"
	cd "$dir" || exit 99
	ok "$NSMGR" create "$P.a" --rootdir=root
	cd / || exit 99
	comes_back "$P.a"
	is 'of a root' "$again" "rootdir=$T/a\\:b\\\\c/root"
	cd "$dir" || exit 99
	profile bind=src:/mnt
	expect 2 "$NSMGR" create "$P.a" --profile="$T/p.conf"
	is 'a bare name' "$err" "nsmgr: $T/p.conf:1: 'src:/mnt': a path in a profile begins with '/'"
}

# Paths are kept as they are seen from everywhere.
relative() {
	local dir="$T/a:b c\\x" option
	mkdir -p "$dir/src"
	echo text >"$dir/src/file"
	cd "$dir" || fail "no $dir"
	truncate -s 2M image
	mkfs.ext4 -q image
	ok "$NSMGR" create "$P.other" --uts
	ok "$NSMGR" create "$P.a" --mnt --uts="../${NSMGR_STORE##*/}/$P.other/uts" --bind=src:/mnt --tmpfs=/tmp --file=/tmp/f=@src/file \
		--fs=./image:/srv --fs=image:/opt --exec-cwd=/mnt
	cd /
	ok "$NSMGR" exec "$P.a" cat file /tmp/f
	is 'what is inside' "$out" $'text\ntext'
	comes_back "$P.a"
	no 'a path that is not from the root' grep -e '=src' -e '=\.' -e '=@src' <<<"$again"
	for option in cwd=../usr cwd=usr rusage=./out rusage=out seccomp=./f.json seccomp=f.json; do
		expect 2 "$NSMGR" create "$P.b" --uts --exec-"$option"
		is "what is said of $option" "$err" \
			"nsmgr: create: --exec-${option%%=*}: '${option#*=}': a path of commands that are run later begins with '/' (try 'nsmgr create --help')"
	done
	ok "$NSMGR" create "$P.b" --uts --exec-seccomp=audit
	ok "$NSMGR" rm "$P.a" "$P.b" "$P.other"
	rm -r "$dir"
}

pools() {
	ok "$NSMGR" pool fill 1 --net --sysctl=net.ipv4.ip_forward=1
	ok "$NSMGR" create "$P.a" --net --sysctl=net.ipv4.ip_forward=1 --from-pool
	is 'that are left' "$("$NSMGR" pool ls -J | jq -c '[.pools[].ready]')" '[]'
	is 'the record' "$(cat "$NSMGR_STORE/$P.a/.profile")" $'net\nsysctl=net.ipv4.ip_forward=1'
	ok "$NSMGR" check
	ok "$NSMGR" rm "$P.a"
	ok "$NSMGR" pool drain
}

cases() {
	it 'create reads options from a file' reads
	it 'the command line adds to it, and wins' overrides
	it 'what is wrong is said with file and line, and nothing is made' refused
	it 'run reads one too' of_run
	it 'show prints a profile that makes such a set' round_trip ids
	it 'what show prints is read from everywhere' relative_paths
	it 'a set has its paths from the root, whatever directory it was made in' relative machine
	it 'a set of a pool has its record' pools
}

for_both
finish
