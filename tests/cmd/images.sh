#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# create --fs=: file systems in images, on devices and by tags, their loop devices, and what is refused.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

I=$T/images M=$T/place
mkdir -p "$I/tree/data" "$M"
echo here >"$I/tree/data/file"
TAG=nt$$

# image TYPE: one of that tree, made when it is first asked for
image() {
	local file=$I/$1.img
	[ ! -e "$file" ] || return 0
	command -v "mk${1/#squashfs/squash}fs" "mkfs.$1" >/dev/null || skip "nothing makes $1"
	case $1 in
	ext4) truncate -s 4M "$file" && mkfs.ext4 -q -L "$TAG" -d "$I/tree" "$file" ;;
	squashfs) mksquashfs "$I/tree" "$file" -quiet ;;
	erofs) mkfs.erofs -E legacy-compress "$file" "$I/tree" ;;
	xfs) truncate -s 320M "$file" && mkfs.xfs -q "$file" ;;
	vfat) truncate -s 4M "$file" && mkfs.vfat "$file" ;;
	esac >/dev/null 2>&1 || fail "no $1 image could be made"
}

kernel_has() {
	grep -qw "$1" /proc/filesystems || modprobe -q "$1" 2>/dev/null || skip "the kernel has no $1"
}

# Loop devices over files of ours; what is freed goes a moment after its last user.
loops() { losetup -nO BACK-FILE 2>/dev/null | grep "^$T"; }
no_loops() { [ -z "$(loops)" ]; }
loops_are() { [ "$(loops | wc -l)" = "$1" ]; }

make() { ok "$NSMGR" create "$P.a" --mnt "$@"; }
in_a() { ok "$NSMGR" exec "$P.a" "$@"; }
drop() {
	ok "$NSMGR" rm "$@"
	until_true 'its loop device is gone' no_loops
}

# refused PATTERN OPTION...: status 2, before anything is done; fails PATTERN OPTION...: status 1, from the kernel
refused() {
	local pattern=$1
	shift
	expect 2 "$NSMGR" create "$P.no" --mnt "$@"
	like "what is said of $*" "$err" "nsmgr: create: --fs: $pattern"
	no 'there is a set' test -e "$NSMGR_STORE/$P.no"
	is 'loop devices' "$(loops)" ''
}
fails() {
	local pattern=$1
	shift
	expect 1 "$NSMGR" create "$P.no" --mnt "$@"
	like "what is said of $*" "$err" "nsmgr: cannot create '$P.no': mnt: $pattern"
	no 'there is a set' test -e "$NSMGR_STORE/$P.no"
	is 'stages' "$(stages_in "$NSMGR_STORE")" ''
	until_true 'no loop device is left' no_loops
}

# A type that is found out, and mounted as what it is; nothing of it outside.
of_type() {
	local before
	kernel_has "$1"
	image "$1"
	before=$(cut -d' ' -f5- /proc/self/mountinfo | grep "$M")
	make --fs="$I/$1.img:$M"
	is 'the host has none of it' "$(cut -d' ' -f5- /proc/self/mountinfo | grep "$M")" "$before"
	is 'loop devices' "$(loops)" "$I/$1.img"
	in_a sed -n "s|.* $M \\([^ ]*\\).* - \\([a-z0-9]*\\) /dev/loop[0-9]* .*|\\1 \\2|p" /proc/self/mountinfo
	like 'how it is mounted' "$out" "ro,nosuid,nodev* $1"
	expect 1 "$NSMGR" exec "$P.a" touch "$M/new"
	like 'writing' "$err" '*Read-only file system*'
	[ "$1" = xfs ] || { in_a cat "$M/data/file" && is 'what is in it' "$out" here; }
	drop "$P.a"
}
ext4() { of_type ext4; }
squashfs() { of_type squashfs; }
erofs() { of_type erofs; }
xfs() { of_type xfs; }

# Found out by libblkid, whether the kernel has it or not.
vfat() {
	image vfat
	if grep -qw vfat /proc/filesystems; then
		make --fs="$I/vfat.img:$M"
		in_a grep -c " $M .* - vfat /dev/loop" /proc/self/mountinfo
		drop "$P.a"
	else
		fails "file system: '$I/vfat.img': the kernel has no file system 'vfat'*" --fs="$I/vfat.img:$M"
	fi
}

writing() {
	image ext4
	cp "$I/ext4.img" "$I/rw.img"
	make --pid --fs="$I/rw.img:$M::rw,noatime"
	in_a sh -c "echo more >$M/data/more && cat $M/data/*"
	is 'inside' "$out" 'here
more'
	in_a grep -c " $M rw,nosuid,nodev,noatime - ext4 /dev/loop[0-9]* rw" /proc/self/mountinfo
	# Read-only and read-write are one file system: what would be both is refused.
	expect 1 "$NSMGR" create "$P.b" --mnt --fs="$I/rw.img:$M"
	like 'read-only while it is written' "$err" "nsmgr: cannot create '$P.b': mnt: mount: '$I/rw.img': it is mounted elsewhere*"
	ok "$NSMGR" create "$P.b" --mnt --fs="$I/rw.img:$M::rw"
	ok "$NSMGR" exec "$P.b" cat "$M/data/more"
	is 'loop devices of two sets' "$(loops | wc -l)" 1
	drop "$P.a" "$P.b"
	make --fs="$I/rw.img:$M::suid,dev"
	in_a cat "$M/data/more"
	is 'what was written' "$out" more
	in_a grep -c " $M ro,relatime - ext4" /proc/self/mountinfo
	ok "$NSMGR" create "$P.b" "$P.c" --mnt --fs="$I/rw.img:$M"
	is 'loop devices of three sets' "$(loops | wc -l)" 1
	expect 1 "$NSMGR" create "$P.d" --mnt --fs="$I/rw.img:$M::rw"
	like 'writing while it is read-only' "$err" "*mnt: loop device: '$I/rw.img': it has a loop device already, which is read-only*"
	drop "$P.a" "$P.b" "$P.c"
	rm "$I/rw.img"
}

# A tree of its own, from an image; a read-only one that has a tmpfs in it.
as_root() {
	local name
	rm -rf "$I/root" "$I/root.img"
	mkdir -p "$I/root"/{proc,tmp,usr,dev}
	for name in bin lib lib64; do
		[ ! -L "/$name" ] || cp -P "/$name" "$I/root"
	done
	[ -L /bin ] || skip '/bin is no link to /usr/bin'
	truncate -s 4M "$I/root.img"
	mkfs.ext4 -q -L "$TAG" -d "$I/root" "$I/root.img" || fail 'no image'
	make --pid --fs="$I/root.img:/" --bind-ro=/usr --tmpfs=/tmp
	in_a sh -c 'cd / && echo *; touch /tmp/new && echo /tmp/*; cat /proc/1/comm'
	is 'inside' "$out" "$(cd "$I/root" && echo ./* | sed 's|\./||g' | sed 's| proc| lost+found proc|')
/tmp/new
nsmgr"
	expect 1 "$NSMGR" exec "$P.a" touch /new
	ok "$NSMGR" run --fs="$I/root.img:/" --bind-ro=/usr --bind-ro="$I/tree:/tmp" cat /tmp/data/file
	is 'run' "$out" here
	drop "$P.a"
	ok "$NSMGR" run --mnt --fs="$I/root.img:$M" ls "$M/dev"
	until_true 'its loop device is gone' no_loops
}

# On block devices: a loop device of somebody else's, found by what is on it.
by_tag() {
	local device uuid
	image ext4
	device=$(losetup --show -rf "$I/ext4.img") || fail "no loop device"
	uuid=$(blkid -p -s UUID -o value "$device")
	make --fs="LABEL=$TAG:$M"
	in_a grep -c " $M .* - ext4 $device " /proc/self/mountinfo
	ok "$NSMGR" create "$P.b" --mnt --fs="UUID=$uuid:$M"
	ok "$NSMGR" create "$P.c" --mnt --fs="$device:$M"
	ok "$NSMGR" exec "$P.c" cat "$M/data/file"
	# Its owner lets go of it: it stays for as long as it is mounted.
	losetup -d "$device"
	is 'loop devices' "$(loops | wc -l)" 1
	drop "$P.a" "$P.b" "$P.c"
	refused "'LABEL=$TAG' is on none of the block devices here*" --fs="LABEL=$TAG:$M"
	refused "'UUID=$uuid' is on none of the block devices here*" --fs="UUID=$uuid:$M"
	refused "'PARTLABEL=$TAG.none' is on none*" --fs="PARTLABEL=$TAG.none:$M"
}

# A whole disk as an image: a part by its offset, and by the names in its table.
parts() {
	local device uuid
	image squashfs
	kernel_has squashfs
	command -v sfdisk >/dev/null || skip 'no sfdisk'
	truncate -s 4M "$I/disk.img"
	printf 'label: gpt\nstart=2048, size=2048, name="%s.p"\n' "$TAG" | sfdisk -q "$I/disk.img" || fail 'no partition table'
	dd if="$I/squashfs.img" of="$I/disk.img" bs=1M seek=1 conv=notrunc status=none
	refused "'$I/disk.img' is no file system but gpt*" --fs="$I/disk.img:$M"
	make --fs="$I/disk.img:$M::offset=1M,sizelimit=1048576"
	in_a cat "$M/data/file"
	expect 1 "$NSMGR" create "$P.b" --mnt --fs="$I/disk.img:$M:squashfs:offset=1M"
	like 'a part that overlaps' "$err" "*mnt: loop device: '$I/disk.img': another loop device has a part of it that overlaps*"
	drop "$P.a"
	device=$(losetup --show -rPf "$I/disk.img") || fail "no loop device"
	# A kernel that does not read this kind of table takes the parts from partx(8).
	[ -b "${device}p1" ] || partx -a "$device" || fail 'no partitions of a loop device'
	uuid=$(blkid -p -s PART_ENTRY_UUID -o value "${device}p1")
	make --fs="PARTLABEL=$TAG.p:$M"
	ok "$NSMGR" create "$P.b" --mnt --fs="PARTUUID=$uuid:$M"
	losetup -d "$device"
	in_a cat "$M/data/file"
	drop "$P.a" "$P.b"
	rm "$I/disk.img"
}

virtual() {
	make --pid --fs="tmpfs:$M::rw,size=1m" --fs="proc:$M/proc:proc:X-mount.mkdir" \
		--fs="none:$M/in:tmpfs:X-mount.mkdir,rw,nr_inodes=9"
	in_a sh -c "stat -f -c '%T %b' $M; cat $M/proc/1/comm; stat -f -c %c $M/in
		grep -c ' $M/proc ro,.* - proc proc ro' /proc/self/mountinfo"
	is 'inside' "$out" 'tmpfs 256
nsmgr
9
1'
	ok "$NSMGR" rm "$P.a"
	make --fs="tmpfs:$M::rw" --file="$M/a/b:text" --symlink="a/b:$M/l"
	in_a cat "$M/l"
	is 'made in a tmpfs' "$out" text
	ok "$NSMGR" rm "$P.a"
	kernel_has overlay
	mkdir -p "$I/low" "$I/up" "$I/work"
	echo low >"$I/low/other"
	make --fs="overlay:$M::rw,lowerdir=$I/tree:$I/low,upperdir=$I/up,workdir=$I/work"
	in_a sh -c "cat $M/data/file $M/other; touch $M/new"
	is 'of two' "$out" 'here
low'
	yes 'it was written' test -e "$I/up/new"
	ok "$NSMGR" rm "$P.a"
	fails "options: '$M': an option has more than 255 bytes*" --fs="overlay:$M::lowerdir=$(printf '/tmp:%.0s' {1..60})/tmp"
	# Also where the user namespace is the set's.
	ok "$NSMGR" create "$P.a" --user --mnt --fs="tmpfs:$M::rw"
	in_a touch "$M/new"
	image ext4
	refused 'an image or a device cannot be mounted in a set with a user namespace*' --user --fs="$I/ext4.img:$M"
	refused 'an image or a device cannot be mounted in a set with a user namespace*' --all --fs="$I/ext4.img:$M"
}

# What is no image, and what is none that can be told; a link to one is.
odd_files() {
	image ext4
	image squashfs
	mkfifo "$I/fifo" 2>/dev/null
	: >"$I/empty"
	head -c 2000000 /dev/zero >"$I/zeroes"
	head -c 100000 "$I/ext4.img" >"$I/cut"
	ln -sf ext4.img "$I/link"
	# The superblock of an ext4 at 1024, behind that of a squashfs at 0.
	cp "$I/ext4.img" "$I/two"
	dd if="$I/squashfs.img" of="$I/two" bs=96 count=1 conv=notrunc status=none
	cp "$I/ext4.img" "$I/crafted"
	# Blocks of 2^60 bytes.
	printf '\062\0\0\0' | dd of="$I/crafted" bs=1 seek=1048 conv=notrunc status=none
	refused "'$I/fifo' is a FIFO*" --fs="$I/fifo:$M"
	refused "'$I/tree' is a directory*" --fs="$I/tree:$M"
	refused "'/dev/null' is a character device*" --fs="/dev/null:$M"
	refused "cannot open '$I/none': No such file or directory*" --fs="$I/none:$M"
	refused "cannot open 'nosuchthing': No such file or directory*" --fs="nosuchthing:$M"
	refused "no file system is found in '$I/empty'*" --fs="$I/empty:$M"
	refused "no file system is found in '$I/zeroes'*" --fs="$I/zeroes:$M"
	refused "'$I/two' has the marks of more than one file system*" --fs="$I/two:$M"
	fails "mount: '$I/cut': *" --fs="$I/cut:$M"
	fails "mount: '$I/crafted': the kernel finds no ext4 in it*" --fs="$I/crafted:$M"
	fails "mount: '$I/ext4.img': *" --fs="$I/ext4.img:$M:squashfs"
	fails "file system: '$I/ext4.img': the kernel has no file system 'nosuch'*" --fs="$I/ext4.img:$M:nosuch"
	make --fs="$I/link:$M"
	in_a cat "$M/data/file"
	drop "$P.a"
	(cd "$I" && exec "$NSMGR" create "$P.a" --mnt --fs="ext4.img:$M" --propagation=slave) || fail 'a relative path'
	in_a cat "$M/data/file"
	drop "$P.a"
	# Two marks, and one of them named.
	make --fs="$I/two:$M:ext4"
	drop "$P.a"
}

usage() {
	image ext4
	refused "'$I/ext4.img' is not SRC:DST*" --fs="$I/ext4.img"
	refused "':$M' is not SRC:DST*" --fs=":$M"
	refused "'place' is not an absolute path*" --fs="$I/ext4.img:place"
	refused "offset: 'x' is not a number of bytes*" --fs="$I/ext4.img:$M::offset=x"
	refused "sizelimit: '-1' is not a number of bytes*" --fs="$I/ext4.img:$M::sizelimit=-1"
	refused 'loop=/dev/loop0: which loop device it is*' --fs="$I/ext4.img:$M::loop=/dev/loop0"
	refused "'noauto' means nothing here*" --fs="$I/ext4.img:$M::noauto"
	refused "'remount' *" --fs="$I/ext4.img:$M::remount"
	refused 'loop, offset and sizelimit are for image files*' --fs="tmpfs:$M::offset=1M"
	fails "options: '$I/ext4.img': *nosuchoption*" --fs="$I/ext4.img:$M::nosuchoption=1"
	fails "fs: '$M/none': No such file or directory*" --fs="$I/ext4.img:$M/none"
	expect 2 "$NSMGR" create "$P.no" --mnt=$$ --fs="$I/ext4.img:$M"
	like 'a pinned one' "$err" '*mnt: *'
	# A colon in a name.
	cp "$I/ext4.img" "$I/a:b"
	make --fs="$I/a\\:b:$M"
	in_a cat "$M/data/file"
	drop "$P.a"
}

# Whatever is made to fail takes its loop device along; so does whoever is killed, at every call that makes something.
left_behind() {
	local call
	image ext4
	for call in fsopen fsmount fsconfig sendmsg; do
		fails '*' --fs="$I/ext4.img:$M" --fs="tmpfs:$M/none"
		run strace -qq -o "$T/trace" -e "trace=$call" -e "inject=$call:error=ENOMEM" \
			"$FULL" create "$P.no" --mnt --fs="$I/ext4.img:$M"
		is "the status with $call denied" "$st" 1
		until_true "no loop device is left of $call" no_loops
		run strace -qq -o "$T/trace" -e "trace=$call" -e "inject=$call:signal=KILL" \
			"$FULL" create "$P.no" --mnt --fs="$I/ext4.img:$M"
		is "the status with a KILL at $call" "$st" 137
		until_true "no loop device is left of a KILL at $call" no_loops
	done
	run strace -qq -f -o "$T/trace" -e trace=ioctl -e 'inject=ioctl:signal=KILL:when=3+' "$FULL" create "$P.no" --mnt \
		--fs="$I/ext4.img:$M"
	until_true 'no loop device is left of a KILL at an ioctl' no_loops
	run strace -qq -f -o "$T/trace" -e trace=move_mount -e 'inject=move_mount:error=EPERM' "$FULL" create "$P.no" --mnt \
		--fs="$I/ext4.img:$M"
	like 'what is said of it' "$st $err" "1 nsmgr: cannot create '$P.no': mnt: fs: '$M': Operation not permitted*"
	until_true 'no loop device is left of move_mount' no_loops
	ok "$NSMGR" rm --ignore-missing "$P.no"
	# The survivors of one that was killed are swept by the next.
	is 'stages' "$(stages_in "$NSMGR_STORE")" ''
}

# Between the command line, when it is opened, and its loop device: the one that was looked at is mounted.
replaced() {
	local tracer
	image ext4
	image squashfs
	cp "$I/ext4.img" "$I/first"
	cp "$I/squashfs.img" "$I/second"
	: >"$T/trace"
	strace -o "$T/trace" -e trace=socketpair -e inject=socketpair:signal=STOP "$FULL" create "$P.a" --mnt --fs="$I/first:$M" \
		2>"$T/said" &
	tracer=$!
	until_true 'it is stopped' grep -q 'stopped by SIGSTOP' "$T/trace"
	mv "$I/second" "$I/first"
	kill -CONT "$(<"/proc/$tracer/task/$tracer/children")"
	wait "$tracer"
	is 'the status' $? 0
	is 'what is said' "$(<"$T/said")" ''
	in_a grep -c " $M ro,.* - ext4 /dev/loop" /proc/self/mountinfo
	drop "$P.a"
}

nothing_open() { in_a ls -A /proc/1/fd && [ -z "$out" ]; }

# Nobody but the set has it: neither its keeper, nor a command.
its_lifetime() {
	image ext4
	make --pid --fs="$I/ext4.img:$M"
	# It looks at its own memory once, to give some back.
	until_true 'the keeper has nothing open' nothing_open
	in_a sh -c 'ls -l /proc/self/fd'
	unlike 'what a command has open' "$out" "*$M*"
	ok "$NSMGR" rm --kill "$P.a"
	until_true 'its loop device is gone' no_loops
}

cases() {
	it 'mounts an ext4 image, read-only and with nothing outside' ext4 machine
	it 'mounts a squashfs image' squashfs machine
	it 'mounts an erofs image' erofs machine
	it 'mounts an xfs image' xfs machine
	it 'knows a vfat image' vfat machine
	it 'writes to an image when asked, and never both ways' writing machine
	it 'has an image as the root' as_root machine
	it 'finds devices by their tags' by_tag machine
	it 'mounts a part of an image' parts machine
	it 'mounts file systems that have no device' virtual
	it 'refuses what is no image, or is ambiguous' odd_files machine
	it 'refuses bad options before anything is done' usage machine
	it 'leaves no loop device of what fails or is killed' left_behind machine
	it 'mounts what it looked at, though another is in its place by now' replaced machine
	it 'gives a loop device to its set alone' its_lifetime machine
}

for_front
# What a case that failed had made itself.
losetup -nO NAME,BACK-FILE 2>/dev/null | grep " $T/" | while read -r device _; do
	losetup -d "$device"
done
finish
