#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# create --bind, --tmpfs, --dev, --file and the like: what is seen inside, what is refused, what is left when a step fails.
# Cases are called by name (SC2317); single quotes are for inner shells and jq (SC2016).
# shellcheck disable=SC1003,SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

DENY=$NSMGR_BUILDDIR/tests/cmd/deny

# box OPTION...: a set that has the host's programs, and nothing of the host's to write to
box() { ok "$NSMGR" create "$P.a" --rootfs=/ --dev=/dev "$@"; }

unbox() { ok "$NSMGR" rm "$P.a"; }

in_a() { ok "$NSMGR" exec "$P.a" "$@"; }

# options_of TARGET: how it is mounted there
options_of() {
	in_a findmnt -nro OPTIONS -M "$1"
	echo "$out"
}

binds() {
	rm -rf "$T/src"
	mkdir -p "$T/src/dir/below" "$T/src/mounted"
	echo text >"$T/src/file"
	mount -t tmpfs inner "$T/src/mounted" || fail 'a tmpfs'
	touch "$T/src/mounted/of-tmpfs"
	mkfifo "$T/src/fifo"
	mknod "$T/src/null" c 1 3 || skip 'no devices here'
	cd "$T/src/dir" || fail 'a directory'
	box --pid --bind="$T/src/file:/etc/hostname" --bind="$T/src:/s" --bind-ro="$T/src:/r" --bind=below:/rel --bind=../file:/up \
		--bind="$T/src/null:/n" --bind="$T/src/fifo:/f" --bind="$T/src/dir" --bind="$T/src:/exact:bind,noexec,suid" \
		--bind-ro="$T/src/dir:/rw:rw" --bind="$T/src/dir:/devs:dev,noatime"
	in_a sh -c 'cat /etc/hostname /up; ls /s /s/mounted /exact/mounted; [ -p /f ] && [ -c /n ] && echo >/n && [ -d /rel ] && touch /s/new'
	is 'inside' "$out" 'text
text
/exact/mounted:

/s:
dir
fifo
file
mounted
null

/s/mounted:
of-tmpfs'
	yes 'it is written outside' test -e "$T/src/new"
	for file in /r/x /r/mounted/x; do
		expect 1 "$NSMGR" exec "$P.a" touch "$file"
		like 'a read-only bind' "$err" '*Read-only file system*'
	done
	in_a touch "$T/src/dir/by-default" /rw/x
	yes 'a target as outside' test -e "$T/src/dir/by-default"
	like 'how it is mounted' "$(options_of /s)" 'rw,nosuid,nodev,*'
	like 'below' "$(options_of /r/mounted)" 'ro,nosuid,nodev,*'
	like 'a device' "$(options_of /n)" 'rw,nosuid,relatime*'
	like 'with options' "$(options_of /exact)" 'rw,nodev,noexec,*'
	like 'with others' "$(options_of /devs)" 'rw,nosuid,noatime*'
	umount "$T/src/mounted"
	cd /
}

# Whatever the order, what is in something comes after it; at one target the last counts.
order() {
	mkdir -p "$T/one/sub" "$T/two"
	touch "$T/one/is-one" "$T/two/is-two"
	box --bind="$T/two:/a/b/c" --tmpfs=/a --file=/a/b/f:x --bind="$T/one:/a/b/c/" --dir=/a/b:0751 --bind="$T/two:/a/b/c/sub" \
		--tmpfs=/last --bind="$T/one:/last" --bind="$T/two://./last"
	in_a sh -c 'cd /; ls a a/b a/b/c a/b/c/sub last; stat -c %a a/b'
	is 'inside' "$out" 'a:
b

a/b:
c
f

a/b/c:
is-one
sub

a/b/c/sub:
is-two

last:
is-two
751'
	unbox
	# A link makes two names one target.
	box --symlink=a:/l --tmpfs=/a --bind="$T/one:/l/x" --bind="$T/two:/a/x"
	in_a ls /a/x
	is 'the last, by two names' "$out" is-two
}

# Without a root of its own targets are where the sources are too: what a mount covers is to be had all the same.
covered_sources() {
	mkdir -p "$T/home/desk" "$T/other"
	echo desk >"$T/home/desk/f"
	echo other >"$T/other/f"
	ok "$NSMGR" create "$P.a" --mnt --tmpfs="$T/home" --bind="$T/home/desk"
	in_a sh -c "cd '$T/home' && echo * && cat desk/f"
	is 'a part of what a tmpfs covers' "$out" 'desk
desk'
	unbox
	ok "$NSMGR" create "$P.a" --mnt --bind="$T/home/desk:$T/other" --bind="$T/other:$T/home/desk"
	in_a cat "$T/other/f" "$T/home/desk/f"
	is 'changed over' "$out" 'desk
other'
	unbox
}

escapes() {
	local name='co:lon=back\slash'
	mkdir -p "$T/$name"
	echo held >"$T/$name/file"
	box --bind="$T/"'co\:lon\=back\\slash:/d\:d' --file='/eq\=@x:a\:b' --file='/plain:=@no' --symlink='x\:y:/z\\' \
		--file="/copy=@$T/$name/file"
	in_a sh -c 'cat /d:d/file; cat /eq=@x; echo; cat /plain; echo; readlink /z\\; cat /copy'
	is 'inside' "$out" 'held
a\:b
=@no
x:y
held'
}

file_systems() {
	box --pid --net --ipc --cgroup --proc=/proc:hidepid=invisible --sysfs=/sys --mqueue=/mq --cgroup2=/cg \
		--tmpfs=/t:size=1m,mode=0700,uid=7,noexec --tmpfs=/ro:ro,nr_inodes=9 --file=/ro/in:it
	in_a sh -c 'stat -c "%a %u" /t; stat -f -c %b /t; cat /ro/in; ls /sys/class/net; ls /mq; cat /proc/1/comm; [ -e /cg/cgroup.procs ] && echo cgroups'
	is 'inside' "$out" '700 7
256
itlo
nsmgr
cgroups'
	like 'tmpfs' "$(options_of /t)" 'rw,nosuid,nodev,noexec,*size=1024k*'
	like 'of others' "$(options_of /proc) $(options_of /sys) $(options_of /mq) $(options_of /cg)" \
		'rw,nosuid,nodev,noexec,relatime,hidepid=invisible rw,nosuid,nodev,noexec,* rw,nosuid,nodev,noexec,* rw,nosuid,nodev,noexec,*'
	expect 1 "$NSMGR" exec "$P.a" touch /ro/new
	like 'a read-only tmpfs' "$err" '*Read-only file system*'
	ok "$NSMGR" show "$P.a" -J
	cp "$T/out" "$T/json"
	is 'show' "$(jq -rc '.mounts[] | select(.target == "/t" or .target == "/") | [.target, .type, .source, .root]' "$T/json")" \
		'["/","tmpfs","tmpfs","/"]
["/t","tmpfs","tmpfs","/"]'
	is 'its targets' "$(jq -r '.mounts[].target' "$T/json")" "$("$NSMGR" exec "$P.a" cut -d' ' -f5 /proc/self/mountinfo)"
	ok "$NSMGR" show "$P.a"
	like 'as text' "$out" '*MOUNT *SOURCE*FSTYPE*OPTIONS*/ *tmpfs*/t  *tmpfs *tmpfs *size=1024k*'
}

devices() {
	box --pid
	in_a sh -c 'cd /dev; for f in *; do if [ -L $f ]; then echo "$f>$(readlink $f)"; else stat -c "%n %A %t %T" $f; fi; done
		stat -c "%a" . pts/ptmx shm; cat zero | head -c2 | od -An -tx1; echo x >null; (echo x >full) 2>/dev/null || echo full; head -c 3 urandom | wc -c'
	is 'inside' "$out" 'fd>/proc/self/fd
full crw-rw-rw- 1 7
null crw-rw-rw- 1 3
ptmx>pts/ptmx
pts drwxr-xr-x 0 0
random crw-rw-rw- 1 8
shm drwxrwxrwt 0 0
stderr>/proc/self/fd/2
stdin>/proc/self/fd/0
stdout>/proc/self/fd/1
tty crw-rw-rw- 5 0
urandom crw-rw-rw- 1 9
zero crw-rw-rw- 1 5
755
666
1777
 00 00
full
3'
	in_a script -qec tty /dev/null
	is 'the first of its own terminals' "${out%$'\r'}" /dev/pts/0
}

files() {
	echo outside >"$T/host"
	chmod 600 "$T/host"
	box --file=/a/b/c:one --file="/d=@$T/host" --file=/empty: --dir=/e:1777 --dir=/f --dir=/g/h:0 --symlink=../x:/e/l --file=/etc/hostname:covered
	in_a sh -c 'cat /a/b/c; echo; cat /d /etc/hostname; echo; stat -c "%n %a %u %s" /a /a/b/c /empty /e /f /g /g/h /etc/hostname; readlink /e/l'
	is 'inside' "$out" 'one
outside
covered
/a 755 0 60
/a/b/c 644 0 3
/empty 644 0 0
/e 1777 0 60
/f 755 0 40
/g 755 0 60
/g/h 0 0 40
/etc/hostname 644 0 7
../x'
	isnt 'the hosts' "$(cat /etc/hostname)" covered
	unbox
	ok "$NSMGR" create "$P.a" --file="$T/host:of the set"
	in_a cat "$T/host"
	is 'without a root' "$out" 'of the set'
	is 'the hosts' "$(<"$T/host")" outside
	# The host's is not changed.
	refused 1 "*file: '$T/none': No such file*nothing is made in a file system of the host's*" --file="$T/none:x"
	refused 1 "*dir: '$T/none': No such file*" --dir="$T/none"
	refused 1 "*dir: '$T': Operation not permitted (a mode is not given*" --dir="$T:700"
	refused 1 "*symlink: '$T/none': Read-only file system (nothing is made*" --symlink="x:$T/none"
	refused 1 "*file: '$T': Is a directory*" --file="$T:x"
	refused 1 "*symlink: '/foo': File exists" --rootdir=tmpfs --dir=/foo --symlink=foo:/foo
	ln -sf there "$T/link"
	ok "$NSMGR" create "$P.b" --symlink="there:$T/link" --dir="$T"
	is 'what is there' "$(ls "$T/none" 2>&1)" "ls: cannot access '$T/none': No such file or directory"
	rm -rf "$T/mk"
	mkdir "$T/mk"
	ok "$NSMGR" create "$P.c" --tmpfs="$T/mk/a/b:X-mount.mkdir=0710" --bind="$T/host:$T/mk/f:X-mount.mkdir"
	is 'X-mount.mkdir' "$(stat -c %a "$T/mk/a" "$T/mk/a/b" "$T/mk/f")" '710
710
644'
}

# refused STATUS GLOB OPTION...
refused() {
	local status=$1 glob=$2
	shift 2
	expect "$status" "$NSMGR" create "$P.x" "$@"
	like "what $* says" "$err" "nsmgr: $glob"
	is 'lines' "$(wc -l <"$T/err")" 1
}

bad_options() {
	touch "$T/plain"
	refused 2 "create: --bind: '$T/none': No such file or directory*" --bind="$T/none"
	refused 2 "create: --bind: '': No such file*" --bind=
	mkdir "$T/gone" && exec {gone}<"$T/gone" && rmdir "$T/gone"
	refused 2 "create: --bind: '/proc/self/fd/$gone' is removed already*" --bind="/proc/self/fd/$gone:/mnt"
	exec {gone}<&-
	refused 2 "create: --bind: 'rel' is not an absolute path*" --bind=/:rel
	refused 2 "create: --tmpfs: a path inside has no '..'*" --tmpfs=/a/../b
	refused 2 "create: --tmpfs: '' is not an absolute path*" --tmpfs=
	refused 2 "create: --tmpfs: a path is too long*" --tmpfs="/$(printf '%05000d' 0)"
	refused 2 "create: --bind: 'size=1' belongs to a whole file system*" --bind=/usr:/mnt:size=1
	refused 2 "create: --bind: 'sync' belongs to a whole file system*" --bind=/usr:/mnt:sync
	refused 2 "create: --tmpfs: 'loop' means nothing here*" --tmpfs=/mnt:loop
	refused 2 "create: --tmpfs: 'ro,remount' has an option that means nothing here*" --tmpfs=/mnt:ro,remount
	refused 2 "create: --bind: 'private,rslave' has more than one of shared,*" --bind=/usr:/mnt:private,rslave
	refused 2 "create: --tmpfs: '9' is no mode*" --tmpfs=/mnt:X-mount.mkdir=9
	refused 2 "create: --tmpfs: 'bind' is not for it*" --tmpfs=/mnt:bind
	refused 2 "create: --file: '/x' is neither DST:TEXT nor DST=@HOSTFILE*" --file=/x
	refused 2 "create: --file: '$T/none': No such file*" --file="/x=@$T/none"
	refused 2 "create: --file: '/dev/zero' is larger than 1 MiB*" --file=/x=@/dev/zero
	refused 2 "create: --dir: '8' is no mode*" --dir=/x:8
	refused 2 "create: --dir: '17777' is no mode*" --dir=/x:17777
	refused 2 "create: --symlink takes TARGET:LINK*" --symlink=/x
	refused 2 "create: --symlink takes TARGET:LINK*" --symlink=:/x
	mkdir -p "$T/shut/in" && chmod 700 "$T/shut"
	refused 1 "cannot create '$P.x': mnt: bind: '/mnt': the root of the set's user namespace may not search the way*" \
		--user --map-users=0:100000:9 --map-groups=0:100000:9 --bind="$T/shut/in:/mnt"
	refused 2 "create: --propagation=shared and unchanged would*" --propagation=unchanged --tmpfs=/mnt
	ok "$NSMGR" create "$P.m" --mnt
	refused 2 "cannot create *mnt: configuration: asked to be both new and an existing one*" --mnt=@"$P.m" --tmpfs=/mnt
	ok "$NSMGR" rm "$P.m"
	refused 1 "cannot create '$P.x': mnt: tmpfs: '/mnt': tmpfs: Bad value for 'size'*" --tmpfs=/mnt:size=x
	refused 1 "cannot create '$P.x': mnt: tmpfs: '/mnt': tmpfs: Unknown parameter 'foo'*" --tmpfs=/mnt:foo
	refused 1 "cannot create '$P.x': mnt: bind: '/mnt': Is a directory" --bind="$T/plain:/mnt"
	refused 1 "cannot create '$P.x': mnt: bind: '$T/plain': Not a directory" --bind="/mnt:$T/plain"
	refused 1 "cannot create '$P.x': mnt: tmpfs: '$T/plain/x': Not a directory" --tmpfs="$T/plain/x"
	refused 1 "cannot create '$P.x': mnt: bind: '/mnt': /proc is the set's own by now*" --pid --bind=/proc/sys:/mnt
	refused 1 "cannot create '$P.x': mnt: bind: '/mnt': /proc is the set's own by now*" --pid --bind=/proc/self:/mnt
	refused 1 "cannot create '$P.x': mnt: file: '/none': No such file or directory (nothing is made in a file system of the host's: a tmpfs above it helps)" --file=/none:x
	refused 1 "cannot create '$P.x': mnt: bind: '/none': No such *X-mount.mkdir makes a target*" --bind=/usr:/none
	is 'sets' "$("$NSMGR" ls -q)" ''
}

# Those of the manual page, as they stand there.
examples() {
	local lines
	lines=$(sed -n '/^Sets that have the host.s programs/,/^\.Ed/s/^nsmgr //p' "${0%/*}/../../man/nsmgr.8")
	is 'their number' "$(wc -l <<<"$lines")" 7
	while read -r line; do
		# shellcheck disable=SC2086 # words of the page: none has a blank in it
		ok "$NSMGR" $line
	done <<<"$lines"
	like 'show' "$out" '*/srv *ro,nosuid,nodev*/var/tmp *tmpfs*'
	is 'sets' "$("$NSMGR" ls -q | xargs)" 'box far old own web'
	ok "$NSMGR" rm --all-sets
}

# Each system call of a layout fails once: the step is named, and nothing is left.
failures() {
	local call name before
	mkdir -p "$T/fail"
	touch "$T/fail/covered"
	before=$(cut -d' ' -f5- /proc/self/mountinfo | grep -c "$T")
	while read -r call name; do
		expect 1 "$DENY" "$call=1" -- "$NSMGR" create "$P.x" --pid --rootdir=tmpfs:ro --rootfs=/ --old-root=/old --bind="$T/fail:/f" \
			--file=/f/covered:x --dev=/dev --file=/new:x --dir=/d:700 --symlink=a:/l
		like "without $name" "$err" "nsmgr: cannot create '$P.x': mnt: *: Operation not permitted*"
		is 'sets' "$("$NSMGR" ls -q)" ''
		is 'mounts' "$(cut -d' ' -f5- /proc/self/mountinfo | grep -c "$T")" "$before"
	done <<<"430 fsopen
431 fsconfig
432 fsmount
428 open_tree
429 move_mount
442 mount_setattr
$PIVOT pivot_root
$SYMLINK symlinkat
$FCHMOD fchmod"
	is 'what the host has' "$(ls "$T/fail")" covered
}

# Before Linux 5.12: one mount at a time, or not at all.
old_kernel() {
	mkdir -p "$T/src/mounted" "$T/flat"
	ok "$DENY" 442=38 -- "$NSMGR" create "$P.a" --rootdir=tmpfs:ro --bind-ro=/usr --symlink=usr/bin:/bin --symlink=usr/lib:/lib \
		--symlink=usr/lib64:/lib64 --bind-ro="$T/flat:/flat" --proc=/proc --bind="$T/flat:/open:noexec"
	is 'how they are mounted' "$(for at in / /flat /open; do options_of "$at"; done | cut -d, -f1-4)" 'ro,nosuid,nodev,relatime
ro,nosuid,nodev,relatime
rw,nosuid,nodev,noexec'
	expect 1 "$NSMGR" exec "$P.a" touch /flat/x
	mount -t tmpfs inner "$T/src/mounted" || fail 'a tmpfs'
	expect 1 "$DENY" 442=38 -- "$NSMGR" create "$P.x" --bind-ro="$T/src:$T/flat"
	like 'with mounts below' "$err" "*bind: '$T/flat': Function not implemented (these options, or mounts below the source, need Linux 5.12)"
	ok "$DENY" 442=38 -- "$NSMGR" create "$P.x" --bind-ro="$T/src:$T/flat:bind"
	umount "$T/src/mounted"
}

case $(uname -m) in
x86_64) PIVOT=155 SYMLINK=266 FCHMOD=91 ;;
*) PIVOT=41 SYMLINK=36 FCHMOD=52 ;;
esac

cases() {
	it 'binds directories, files, fifos and devices, with what is mounted below' binds machine
	it 'mounts parents first, and the last at one target' order
	it 'binds what another mount covers' covered_sources
	it 'takes a backslash before what separates' escapes
	it 'mounts file systems with their options, and show tells them' file_systems machine
	it '--dev has devices, terminals and links of its own' devices machine
	it 'makes files, directories and links, but none that is the hosts' files
	it 'refuses bad options in one line' bad_options ids
	it 'runs the examples of the manual page' examples
	it 'leaves nothing when a step fails' failures
	it 'works without mount_setattr, before Linux 5.12 (KERNEL R16)' old_kernel machine
}

for_both
finish
