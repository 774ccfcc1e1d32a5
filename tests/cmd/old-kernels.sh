#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What kernels from 5.10 on lack, denied one at a time and all together: the way round it is run, and does the same.
# Cases are called by name (SC2317); lists of words are split (SC2086).
# shellcheck disable=SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

DENY=$NSMGR_BUILDDIR/tests/cmd/deny
case $(uname -m) in
x86_64) ioctl=16 getrandom=318 open_by_handle_at=304 ;;
aarch64 | riscv64) ioctl=29 getrandom=278 open_by_handle_at=265 ;;
*)
	clean
	trap - EXIT
	echo "SKIPPED: the numbers of system calls of $(uname -m) are not known here" >&2
	exit 77
	;;
esac
ENOSYS=38 ENOTTY=25 EINVAL=22

# A whole life of a set with every type, with processes in it.
life() {
	local set=$P.$1 inodes keeper
	shift
	ok "$DENY" "$@" -- "$NSMGR" create "$set" --all --hostname=old
	inodes=$("$NSMGR" ls -rn -o TYPE,INODE "$set")
	ok "$DENY" "$@" -- "$NSMGR" ls -rn -o TYPE,INODE "$set"
	is 'what ls says' "$out" "$inodes"
	ok "$DENY" "$@" -- "$NSMGR" ls -rn -o STATE "$set"
	is 'states' "$(sort -u <<<"$out")" live
	ok "$DENY" "$@" -- "$NSMGR" exec "$set" uname -n
	is 'the host name' "$out" old
	keeper=$(keeper_of "$set")
	hold "$NSMGR" exec "$set"
	expect 1 "$DENY" "$@" -- "$NSMGR" rm "$set"
	like 'what rm says' "$err" '*1 process still in it*--kill*'
	unlike 'what rm says' "$err" "* $keeper *"
	ok "$DENY" "$@" -- "$NSMGR" rm --kill "$set"
	until_true 'the keeper is gone' gone "$keeper"
	wait "$pid"
	is 'sets' "$("$NSMGR" ls -q)" ''
}

pid_from_pidns() { life a $ioctl:0x8004b706=$ENOTTY; }
ns_id() { life b $ioctl:0x8008b70d=$ENOTTY $ioctl:0x8008b705=$ENOTTY; }
pidfd_ioctls() { life c $ioctl:0xff0a=$ENOTTY; }
close_range() { life d 436=$ENOSYS; }
close_range_flag() { life e 436=$EINVAL; }
statmount() { life f 457=$ENOSYS; }
handles() { life g $open_by_handle_at=$ENOSYS; }
random() { life h $getrandom=$ENOSYS; }
all() {
	life i $ioctl:0x8004b706=$ENOTTY $ioctl:0x8008b70d=$ENOTTY $ioctl:0x8008b705=$ENOTTY $ioctl:0xff0a=$ENOTTY \
		436=$ENOSYS 457=$ENOSYS $open_by_handle_at=$ENOSYS $getrandom=$ENOSYS
}

cases() {
	it 'lives without NS_GET_PID_FROM_PIDNS, before Linux 6.11 (KERNEL R41)' pid_from_pidns
	it 'lives without 64-bit ids, before Linux 6.18 (KERNEL R8)' ns_id
	it 'lives without ioctls of pidfds, before Linux 6.11 (KERNEL R71)' pidfd_ioctls
	it 'lives without close_range, before Linux 5.9' close_range
	it 'lives without its close-on-exec flag, before Linux 5.11' close_range_flag
	it 'lives without statmount, before Linux 6.8' statmount
	it 'lives without file handles of namespaces, before Linux 6.18 (KERNEL R9)' handles
	it 'lives without getrandom' random
	it 'lives without all of them' all
}

for_both
finish
