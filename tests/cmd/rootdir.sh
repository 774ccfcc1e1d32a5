#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# create --rootdir, --rootfs and --old-root: a set with a root of its own, seen from inside; roots that would lead out of it.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# small DIR: a root that has what the host's programs need, as bound directories, and places for more
small() {
	mkdir -p "$1"/{etc,proc,dev,sys,tmp,usr,mnt,data/deep}
	cp -P /bin /lib "$1" 2>/dev/null || mkdir -p "$1"/{bin,lib}
	[ ! -L /lib64 ] || cp -P /lib64 "$1"
	printf 'root:x:0:0::/:/bin/sh\ninner:x:77:78::/data:/bin/sh\n' >"$1/etc/passwd"
	printf 'root:x:0:\ninner:x:78:\n' >"$1/etc/group"
	echo here >"$1/data/file"
}

# with_small TYPES...: a set of that root and the host's /usr
with_small() {
	rm -rf "$T/root"
	small "$T/root"
	ok "$NSMGR" create "$P.a" --rootdir="$T/root" --bind-ro=/usr "$@"
}

# Mounts of ours that are no handles.
host_table() { cut -d' ' -f4- /proc/self/mountinfo | grep "$T" | grep -v " $NSMGR_STORE/$P"; }

in_a() { ok "$NSMGR" exec "$P.a" "$@"; }

rootdir() {
	local before
	ok "$NSMGR" create "$P.first" --uts
	before=$(host_table)
	with_small --pid --net
	is 'the host has its mounts' "$(host_table)" "$before"
	in_a sh -c 'cd / && echo *; cat /data/file; pwd; cat /proc/1/comm'
	is 'inside' "$out" 'bin data dev etc lib lib64 mnt proc sys tmp usr
here
/
nsmgr'
	in_a sed -E 's/^([^ ]+ ){4}([^ ]+ [^ ]+).* - ([^ ]+) .*/\2 \3/' /proc/self/mountinfo
	like 'the mounts' "$out" "/ ro,nosuid,nodev*
/usr ro,nosuid,nodev*
/proc rw,nosuid,nodev,noexec* proc"
	is 'their number' "$(wc -l <<<"$out")" 3
	expect 1 "$NSMGR" exec "$P.a" touch /data/new
	like 'a read-only root' "$err" '*Read-only file system*'
	no 'it is there' test -e "$T/root/data/new"
	ok "$NSMGR" rm "$P.a"
	is 'the host has its mounts still' "$(host_table)" "$before"
	with_small --rootdir="$T/root:rw"
	in_a touch /data/new
	yes 'it is there' test -e "$T/root/data/new"
	in_a sh -c '[ -e /proc/self ] || echo none'
	is 'no keeper, no /proc' "$out" none
}

# What a command meets in it: its directory, its users, its PATH.
commands() {
	with_small --pid
	in_a sh -c 'pwd; type ls'
	is 'where it is' "$out" '/
ls is /usr/bin/ls'
	ok "$NSMGR" exec --cwd=/data "$P.a" pwd
	is '--cwd' "$out" /data
	ok "$NSMGR" exec --as=inner "$P.a" sh -c 'id -u; id -g; id -un'
	is '--as' "$out" '77
78
inner'
	expect 125 "$NSMGR" exec --cwd="$T/root" "$P.a" pwd
	like 'a directory that is outside' "$err" "nsmgr: *cwd: '$T/root': No such file or directory*"
	expect 127 "$NSMGR" exec "$P.a" "$T/root/none"
	like 'what is not there' "$err" "nsmgr: *'$T/root/none': No such file or directory*"
	expect 127 "$NSMGR" exec "$P.a" no-such-program
	ok "$NSMGR" run --rootdir="$T/root" --bind-ro=/usr --pid cat /data/file
	is 'run' "$out" here
}

no_proc() {
	with_small --pid --no-proc
	in_a sh -c 'echo /proc/*'
	is '--no-proc' "$out" '/proc/*'
	ok "$NSMGR" rm "$P.a"
	with_small --pid --proc=/mnt:hidepid=2
	in_a sh -c 'echo /proc/*; cat /mnt/1/comm; grep -c hidepid=invisible /mnt/self/mountinfo'
	is 'a /proc elsewhere' "$out" '/proc/*
nsmgr
1'
	ok "$NSMGR" rm "$P.a"
	with_small --pid --tmpfs=/proc
	in_a sh -c 'echo /proc/*'
	is 'something else at /proc' "$out" '/proc/*'
}

tmpfs() {
	ok "$NSMGR" create "$P.a" --pid --rootdir=tmpfs:size=1m,mode=751 --rootfs=/ --bind="$T:/t"
	in_a sh -c 'stat -c "%a %u" /; stat -f -c "%T %b" /; touch /new && echo made; cat /proc/1/comm'
	is 'inside' "$out" '751 0
tmpfs 256
made
nsmgr'
	ok "$NSMGR" create "$P.b" --rootfs=/
	ok "$NSMGR" exec "$P.b" sh -c 'for f in /* /.*; do [ -e "$f" ] && echo "${f#/} $(readlink "$f")"; done | sort | grep -v "^\.*  *$"; stat -c %a /'
	is 'of / what is usual' "$out" "$(for name in bin etc lib lib32 lib64 sbin usr; do
		[ ! -e "/$name" ] || echo "$name $(readlink "/$name")"
	done)
755"
	expect 1 "$NSMGR" exec "$P.b" mkdir /new
	like 'a read-only root' "$err" '*Read-only file system*'
	expect 1 "$NSMGR" exec "$P.b" touch /etc/new
	like 'read-only directories' "$err" '*Read-only file system*'
}

# Of a directory: exactly its directories, and its links as they are; no file.
rootfs() {
	rm -rf "$T/from"
	small "$T/from"
	touch "$T/from/plain"
	ln -s /nowhere "$T/from/dangling"
	ok "$NSMGR" create "$P.a" --rootfs="$T/from" --bind-ro=/usr --rootdir=tmpfs:ro
	in_a sh -c 'cd /; for f in *; do [ -L "$f" ] && echo "$f>$(readlink "$f")" || echo "$f"; done'
	is 'names' "$out" "$(cd "$T/from" && for name in *; do
		if [ -L "$name" ]; then
			echo "$name>$(readlink "$name")"
		elif [ -d "$name" ]; then
			echo "$name"
		fi
	done)"
	in_a cat /data/file
	is 'a file below' "$out" here
	expect 2 "$NSMGR" create "$P.x" --rootfs="$T/none"
	like 'none' "$err" "*--rootfs: '$T/none': No such file or directory*"
}

old_root() {
	with_small --pid --old-root=/mnt
	in_a sh -c "cat /mnt$T/root/data/file; ls -d /mnt/proc/1"
	is 'the old root' "$out" 'here
/mnt/proc/1'
	ok "$NSMGR" rm "$P.a"
	with_small --rootdir="$T/root:shared" --pid --old-root=/mnt
	in_a sed -nE 's,^([^ ]+ ){4}/ (.*) - .*,\2,p' /proc/self/mountinfo
	like 'a shared root' "$out" 'ro,nosuid,nodev* shared:*'
	expect 2 "$NSMGR" create "$P.x" --mnt --old-root=/mnt
	like 'without a root' "$err" '*--old-root*needs --rootdir*'
	expect 2 "$NSMGR" create "$P.x" --rootdir=tmpfs --old-root=/
	expect 1 "$NSMGR" create "$P.x" --rootdir="$T/root" --old-root=/none
	like 'a place that is not there' "$err" "*'$P.x': mnt: old-root: '/none': No such file or directory*"
}

# In a user namespace mounts are locked together, and devices and /proc are not to be had without their owner (KERNEL R13).
in_user_namespace() {
	rm -rf "$T/root"
	small "$T/root"
	chown -R 1000:1000 "$T/root/data"
	ok "$NSMGR" create "$P.a" --user --map-users=0:1000:1 --map-groups=0:1000:1 --owner=1000:1000 --pid --net --ipc --cgroup \
		--rootdir="$T/root:rw" --bind-ro=/usr --dev=/dev --sysfs=/sys --tmpfs=/tmp --mqueue=/mnt --cgroup2=/data/deep
	in_a sh -c 'id -u; echo x >/dev/null && head -c1 /dev/zero | od -An -tx1; ls /sys/class/net; cat /proc/1/comm; touch /data/mine'
	is 'inside' "$out" '0
 00
lo
nsmgr'
	is 'whose it is' "$(stat -c %u "$T/root/data/mine")" 1000
	expect 1 "$NSMGR" create "$P.x" --user --map-root-user --rootfs=/ --sysfs=/sys
	like 'a /sys of somebody' "$err" "*'$P.x': mnt: sysfs: '/sys': *in a user namespace it needs --net*"
	expect 1 "$NSMGR" create "$P.x" --user --map-root-user --rootfs=/ --mqueue=/mq
	like 'queues of somebody' "$err" '*needs --ipc*'
	expect 1 "$NSMGR" create "$P.x" --user --map-root-user --rootfs=/ --proc=/proc
	like 'a /proc of somebody' "$err" '*needs --pid*'
	expect 1 "$NSMGR" create "$P.x" --user --map-root-user --rootfs=/ --cgroup2=/cg
	like 'cgroups of somebody' "$err" '*needs --cgroup*'
	mount -t tmpfs -o ro,nosuid tmpfs "$T/root/mnt" || fail 'a tmpfs'
	expect 1 "$NSMGR" create "$P.x" --user --map-root-user --bind="$T/root/mnt:$T/root/tmp:rw"
	like 'what is locked' "$err" '*bind: *Operation not permitted (the surroundings lock*'
	ok "$NSMGR" create "$P.x" --user --map-root-user --bind="$T/root/mnt:$T/root/tmp:noexec"
	ok "$NSMGR" exec "$P.x" findmnt -no OPTIONS "$T/root/tmp"
	like 'what stays' "$out" 'ro,nosuid,nodev,noexec*'
	umount "$T/root/mnt"
}

# Links in the root that lead out of it, were they followed from outside. Inside they lead to what has the same name.
hostile() {
	local link
	for link in "$T/outside" ../../../../../../../../../../../"$T/outside" "/proc/self/root$T/outside" "/proc/1/root$T/outside" \
		"/proc/self/fd/0" "/proc/thread-self/cwd"; do
		rm -rf "$T/root" "$T/outside"
		small "$T/root"
		mkdir "$T/outside"
		ln -s "$link" "$T/root/evil"
		ln -s evil/.. "$T/root/up"
		for option in --tmpfs=/evil --tmpfs=/evil/x --tmpfs=/up/new --bind="$T/root/data:/evil" --dev=/evil --proc=/evil \
			--dir=/evil/x --file=/evil/x:text --symlink=x:/evil/x --old-root=/evil; do
			run "$NSMGR" create "$P.a" --rootdir="$T/root" "$option"
			is "status of $option by $link" "$st" 1
			like "what $option by $link says" "$err" "nsmgr: cannot create '$P.a': mnt: *"
			is 'what is outside' "$(ls -A "$T/outside")" ''
			is 'sets' "$("$NSMGR" ls -q)" ''
		done
		ok "$NSMGR" create "$P.a" --rootdir="$T/root:rw" --bind-ro=/usr --tmpfs=/evil/inner:X-mount.mkdir
		is 'what is outside' "$(ls -A "$T/outside")" ''
		ok "$NSMGR" rm "$P.a"
	done
	rm -rf "$T/root"
	small "$T/root"
	ln -s b "$T/root/a"
	ln -s a "$T/root/b"
	expect 1 "$NSMGR" create "$P.a" --rootdir="$T/root" --tmpfs=/a
	like 'a link to itself' "$err" '*Too many levels of symbolic links*'
}

# A root that has mounts of its own, at the very targets.
mounted_already() {
	rm -rf "$T/root"
	small "$T/root"
	mount -t proc proc "$T/root/proc" || fail 'a /proc'
	mount -t tmpfs dev "$T/root/dev" || fail 'a /dev'
	touch "$T/root/dev/hidden"
	ok "$NSMGR" create "$P.a" --rootdir="$T/root" --bind-ro=/usr --pid --dev=/dev
	in_a sh -c 'ls /dev/hidden 2>&1; cat /proc/1/comm; [ -c /dev/null ] && echo device'
	like 'inside' "$out" '*No such file*
nsmgr
device'
	expect 1 "$NSMGR" exec "$P.a" touch /data/x
	yes 'the hosts are there' test -e "$T/root/dev/hidden"
	umount "$T/root/proc" "$T/root/dev"
}

reads_names() { [ -n "$(find "/proc/$pid/fd" -lname "$T/names" 2>/dev/null)" ]; }

# Begins to create a set, and comes back when all options are read and the name is waited for. The test opens
# its end when nobody can inherit that any more: only who opened the names has them then.
create_waiting() {
	rm -f "$T/names"
	mkfifo "$T/names"
	"$NSMGR" create "$@" --from-file="$T/names" >"$T/said" 2>&1 &
	pid=$!
	exec {names}<>"$T/names"
	until_true 'it reads names' reads_names
}

# Gives it the name; its status is in $st.
create_goes_on() {
	echo "$1" >&"$names"
	exec {names}>&-
	wait "$pid"
	st=$?
}

# Another directory in the place of what was looked at.
changed_meanwhile() {
	rm -rf "$T/root" "$T/other"
	small "$T/root"
	small "$T/other"
	create_waiting --rootdir="$T/root" --mnt
	mv "$T/root" "$T/away" && mv "$T/other" "$T/root"
	create_goes_on "$P.a"
	is 'status' "$st" 1
	like 'what it says' "$(<"$T/said")" "nsmgr: cannot create '$P.a': mnt: rootdir: '$T/root': the source became another one meanwhile"
	is 'sets' "$("$NSMGR" ls -q)" ''
	create_waiting --bind="$T/root/data/file:$T/away/data/file"
	rm "$T/root/data/file"
	ln -s /etc/shadow "$T/root/data/file"
	create_goes_on "$P.a"
	is 'status' "$st" 1
	like 'what it says of a link' "$(<"$T/said")" "*bind: '$T/away/data/file': the source became another one meanwhile"
	rm -rf "$T/away"
}

bad_roots() {
	expect 2 "$NSMGR" create "$P.a" --rootdir="$T/none"
	like 'what is not there' "$err" "nsmgr: create: --rootdir: '$T/none': No such file or directory*"
	touch "$T/file"
	expect 2 "$NSMGR" create "$P.a" --rootdir="$T/file"
	like 'a file' "$err" '*is not a directory*'
	expect 2 "$NSMGR" create "$P.a" --rootdir="$T:size=1"
	like 'an option of something else' "$err" "*--rootdir: 'size=1' belongs to a whole file system*"
	expect 2 "$NSMGR" create "$P.a" --proc=/
	like 'another kind' "$err" '*a proc cannot be the root*'
	expect 2 "$NSMGR" create "$P.a" --rootdir="$T" --propagation=shared
	like 'shared' "$err" '*--propagation=shared and unchanged would let*'
	expect 2 "$NSMGR" create "$P.a" --rootdir="$T" --mnt=@"$P.none"
	expect 1 "$NSMGR" create "$P.a" --rootdir="$T" --pid
	like 'a root without /proc' "$err" "*mnt: proc: '/proc': No such file or directory*"
	is 'sets' "$("$NSMGR" ls -q)" ''
	expect 1 "$NSMGR" pool fill 1 --rootdir=tmpfs
	like 'pool' "$err" '*a set with hooks, mounts or pasta cannot be made in advance*'
}

cases() {
	it '--rootdir is the root, read-only, and the host sees nothing of it' rootdir
	it 'commands have its directories, users and programs' commands ids
	it 'its /proc is that of the keeper, unless told otherwise' no_proc
	it '--rootdir=tmpfs and --rootfs=/ have what they should' tmpfs
	it '--rootfs has the directories and links of another root' rootfs
	it '--old-root keeps the old one' old_root
	it 'works in a user namespace (KERNEL R13)' in_user_namespace ids
	it 'follows no link out of the root (LESSONS security 14)' hostile
	it 'covers what is mounted in the root already' mounted_already all
	it 'refuses a source that was replaced' changed_meanwhile
	it 'refuses bad roots in one line' bad_roots
}

for_both
finish
