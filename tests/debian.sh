#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A whole Debian system as a set: from a directory, from an ext4 image by its label, from a squashfs image by path and by the name of its
# partition (the file system itself has no label). `make check-debian` runs it: it downloads a system, from where apt on this
# machine gets its own (or DEBIAN_MIRROR and DEBIAN_SUITE), and takes minutes.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/cmd/lib.sh"

# What the harness sets, and its name, as used here.
: "${out=}" "${err=}"
TAG=nd$$

for program in debootstrap mkfs.ext4 mksquashfs sfdisk partx losetup; do
	command -v $program >/dev/null || skip_all "needs $program"
done
# The first archive of a whole release: not one of updates.
read -r mirror suite < <(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' 2>/dev/null |
	grep -v -- ' .*-' | head -n 1)
mirror=${DEBIAN_MIRROR:-$mirror} suite=${DEBIAN_SUITE:-$suite}
{ [ -n "$mirror" ] && [ -n "$suite" ]; } || skip_all 'no Debian archive is known: DEBIAN_MIRROR, DEBIAN_SUITE'

tree=$T/deb
debootstrap --variant=minbase "$suite" "$tree" "$mirror" >"$T/debootstrap.log" 2>&1 || {
	tail -n 5 "$T/debootstrap.log" >&2
	exit 1
}
rm -rf "$tree"/var/cache/apt/archives/*.deb "$tree"/var/lib/apt/lists/*
packages=$(grep -c '^Status: install ok installed' "$tree/var/lib/dpkg/status")
size=$(du -sm "$tree" | cut -f1)

loops() { losetup -nO BACK-FILE 2>/dev/null | grep "^$T"; }
no_loops() { [ -z "$(loops)" ]; }

# works OPTION...: a set with that root, in which dpkg works as often as one likes, in sets of its own kind and side by side
works() {
	local i
	ok "$NSMGR" create "$P.deb" --mnt --pid --uts --ipc --net --hostname=inside --dev=/dev "$@"
	for i in 1 2 3 4 5; do
		ok "$NSMGR" exec "$P.deb" dpkg -l
		is "packages, for the ${i}th time" "$(grep -c '^ii ' <<<"$out")" "$packages"
	done
	ok "$NSMGR" exec "$P.deb" sh -c '. /etc/os-release && echo "$ID"; hostname; cat /proc/1/comm
		ls /sys/class 2>/dev/null | wc -l; id -un nobody'
	is 'inside' "$out" 'debian
inside
nsmgr
0
nobody'
	expect 2 "$NSMGR" exec "$P.deb" ls "$T"
	expect 100 "$NSMGR" exec "$P.deb" apt-get install -y hello
	# Its creator has long ended; its mounts are as they were.
	ok "$NSMGR" exec "$P.deb" perl -e 'print 6 * 7'
	is 'perl' "$out" 42
	ok "$NSMGR" ls "$P.deb"
	unlike 'its state' "$out" '*dead*'
}

drop() {
	ok "$NSMGR" rm "$P.deb"
	until_true 'no loop device is left' no_loops
	is 'the host has none of it' "$(cut -d' ' -f5 /proc/self/mountinfo | grep "^$tree")" ''
}

directory() {
	works --rootdir="$tree"
	drop
}

ext4_by_label() {
	local device
	truncate -s "$((size * 2 + 64))M" "$T/deb.ext4"
	mkfs.ext4 -q -L "$TAG" -d "$tree" "$T/deb.ext4" || fail 'no ext4 image'
	device=$(losetup --show -rf "$T/deb.ext4") || fail 'no loop device'
	works --fs="LABEL=$TAG:/"
	losetup -d "$device"
	ok "$NSMGR" exec "$P.deb" dpkg -l
	drop
	# What is written stays in the image.
	ok "$NSMGR" create "$P.deb" --mnt --pid --fs="$T/deb.ext4:/::rw,suid,dev"
	ok "$NSMGR" exec "$P.deb" sh -c 'echo note >/root/note'
	ok "$NSMGR" rm "$P.deb"
	until_true 'no loop device is left' no_loops
	ok "$NSMGR" create "$P.deb" --mnt --pid --fs="$T/deb.ext4:/"
	ok "$NSMGR" exec "$P.deb" cat /root/note
	drop
	rm "$T/deb.ext4"
}

squashfs() {
	local device sectors
	mksquashfs "$tree" "$T/deb.squashfs" -quiet >/dev/null 2>&1 || fail 'no squashfs image'
	works --fs="$T/deb.squashfs:/" --tmpfs=/tmp
	drop
	sectors=$((($(stat -c %s "$T/deb.squashfs") + 511) / 512))
	truncate -s $((sectors * 512 + 4194304)) "$T/disk"
	printf 'label: gpt\nstart=2048, size=%s, name="%s"\n' "$sectors" "$TAG" | sfdisk -q "$T/disk" || fail 'no partition table'
	dd if="$T/deb.squashfs" of="$T/disk" bs=1M seek=1 conv=notrunc status=none
	device=$(losetup --show -rPf "$T/disk") || fail 'no loop device'
	[ -b "${device}p1" ] || partx -a "$device" || fail 'no partitions of a loop device'
	works --fs="PARTLABEL=$TAG:/" --tmpfs=/tmp
	losetup -d "$device"
	ok "$NSMGR" exec "$P.deb" dpkg -l
	drop
}

cases() {
	it 'has a Debian tree as its root' directory
	it 'has a Debian system in an ext4 image, by its label' ext4_by_label
	it 'has a Debian system in a squashfs image, by path and by partition' squashfs
}

for_front
# What a case that failed had made itself.
losetup -nO NAME,BACK-FILE 2>/dev/null | grep " $T/" | while read -r device _; do
	losetup -d "$device"
done
finish
