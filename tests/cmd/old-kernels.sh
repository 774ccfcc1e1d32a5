#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What kernels from 5.10 on lack, denied one at a time and all together: the way round it is run, and does the same.
# Cases are called by name (SC2317); lists of words are split (SC2086).
# shellcheck disable=SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

DENY=$NSMGR_BUILDDIR/tests/cmd/deny
case $(uname -m) in
x86_64) ioctl=16 getrandom=318 open_by_handle_at=304 statx=332 renameat2=316 umount2=166 ;;
aarch64 | riscv64) ioctl=29 getrandom=278 open_by_handle_at=265 statx=291 renameat2=276 umount2=39 ;;
*)
	clean
	trap - EXIT
	echo "SKIPPED: the numbers of system calls of $(uname -m) are not known here" >&2
	exit 77
	;;
esac
ENOSYS=38 ENOTTY=25 EINVAL=22 EPERM=1

inodes() { "$NSMGR" ls -rn -o TYPE,INODE "$1"; }

# life WORD RULE...: a whole life of a set with every type, with processes in it
life() {
	local set=$P.$1 inodes keeper deny
	shift
	deny=("$DENY" "$@" --)
	ok "${deny[@]}" "$NSMGR" create "$set" --all --hostname=old
	inodes=$(inodes "$set")
	ok "${deny[@]}" "$NSMGR" ls -rn -o TYPE,INODE,STATE "$set"
	is 'what ls says' "$out" "${inodes//$'\n'/ live$'\n'} live"
	ok "${deny[@]}" "$NSMGR" exec -w /usr "$set" sh -c 'uname -n; pwd'
	is 'what a command sees' "$out" $'old\n/usr'
	keeper=$(keeper_of "$set")
	ok "${deny[@]}" "$NSMGR" attach "$set.too" "$keeper" --all
	is 'what is attached' "$(inodes "$set.too")" "$inodes"
	ok "${deny[@]}" "$NSMGR" rename "$set.too" "$set.new"
	ok "${deny[@]}" "$NSMGR" run --pid --mnt true
	ok "${deny[@]}" "$NSMGR" pool fill 1 --pid
	ok "${deny[@]}" "$NSMGR" create "$set.pool" --from-pool --pid
	ok "${deny[@]}" "$NSMGR" pool drain
	hold "$NSMGR" exec "$set"
	[ "$PROGRAM" = front ] || lookers
	expect 1 "${deny[@]}" "$NSMGR" rm "$set"
	like 'what rm says' "$err" '*1 process still in it*--kill*'
	unlike 'what rm says' "$err" "* $keeper *"
	ok "${deny[@]}" "$NSMGR" rm "$set.new" "$set.pool"
	ok "${deny[@]}" "$NSMGR" rm --kill "$set"
	until_true 'the keeper is gone' gone "$keeper"
	wait "$pid"
	is 'sets' "$("$NSMGR" ls -q)" ''
}

# What life() does with the life that the front hands over.
lookers() {
	local inside
	inside=$(pgrep -P "$pid")
	ok "${deny[@]}" "$NSMGR" pids -rn -o PID "$set"
	is 'who is in it' "$out" "$inside"
	ok "${deny[@]}" "$NSMGR" holders -rn -o KIND,PID "$set" uts
	like 'what holds it' "$out" "*process $inside*"
	ok "${deny[@]}" "$NSMGR" identify "$inside"
	like 'whose it is' "$out" "*$set*"
	ok "${deny[@]}" "$NSMGR" label "$set" k=v
	ok "${deny[@]}" "$NSMGR" show "$set"
	like 'what is shown' "$out" "*k=v*"
	lacking all || ok "${deny[@]}" "$NSMGR" kill -s CONT "$set" # which looks into every process
	mkdir "$NSMGR_STORE/$P.empty"
	ok "${deny[@]}" "$NSMGR" check --repair -rn -o KIND,STATE
	like 'what is mended' "$out" '*empty mended*'
}

# The requests that open a namespace of a pidfd's process, ten in a row; the one that tells of the process itself.
gets=()
for ((number = 0xff01; number <= 0xff0a; number++)); do
	gets+=("$ioctl:$number=$ENOTTY")
done
info=$ioctl:0xc040ff0b=$ENOTTY

pid_from_pidns() { life a $ioctl:0x8004b706=$ENOTTY; }
ns_id() {
	life b $ioctl:0x8008b70d=$ENOTTY $ioctl:0x8008b705=$ENOTTY
	life c $ioctl:0x8008b70d=$ENOTTY
	life d $ioctl:0x8008b705=$ENOTTY
}
pidfd_ioctls() {
	local one
	life e "${gets[@]}" $info
	life f $info
	ok "$NSMGR" create "$P.g" --all
	for one in "${gets[@]}"; do
		ok "$DENY" "$one" -- "$NSMGR" attach "$P.h" "$(keeper_of "$P.g")" --all
		is "what is attached without $one" "$(inodes "$P.h")" "$(inodes "$P.g")"
		ok "$NSMGR" rm "$P.h"
	done
}
# Descriptors are found in /proc, or counted where the set has none.
close_range() {
	life d 436=$ENOSYS
	! lacking all || return 0 # nobody else may unmount /proc
	ok "$NSMGR" create "$P.a" --mnt
	ok "$NSMGR" exec "$P.a" umount -l /proc
	ok bash -c 'exec 7</dev/null 300<&7 && exec "$@"' bash "$DENY" 436=$ENOSYS -- \
		"$NSMGR" exec "$P.a" bash -c '! { : <&7; } && ! { : <&300; } && : <&2'
}
close_range_flag() { life e 436=$EINVAL; }
# It tells whether the mount of a store is gone, or only covered or elsewhere.
statmount() {
	life f 457=$ENOSYS
	ok "$NSMGR" create "$P.a" --uts
	mkdir -p "$T/moved"
	mount --move "$NSMGR_STORE" "$T/moved"
	expect 1 "$DENY" 457=$ENOSYS -- "$NSMGR" create "$P.b" --uts
	like 'what is said of one that was moved' "$err" "nsmgr: cannot create '$P.b': store: *is not the mount that the handles are on*"
	mount --move "$T/moved" "$NSMGR_STORE"
	umount -l "$NSMGR_STORE"
	ok "$DENY" 457=$ENOSYS -- "$NSMGR" create "$P.b" --uts
	is 'sets of one that lost its mount' "$("$NSMGR" ls -rn -o NAME,STATE)" "$P.a stale"$'\n'"$P.b live"
}

# The numbers of mounts are used again, the lowest that is free first: another mount may have that of the store.
reused() {
	local id i n=0
	mkdir -p "$T/other"
	while :; do
		((++n <= 20)) || fail 'no mount gets the number that was the number of the store'
		ok "$NSMGR" create "$P.r$n" --uts
		id=$(sed -n 's/^mount [0-9]* //p' "$NSMGR_STORE/.store")
		[[ $id ]] || fail 'no number in .store'
		umount -l "$NSMGR_STORE"
		for ((i = 0; i < 20; i++)); do
			mount -t tmpfs none "$T/other"
			! awk -v id="$id" '$1 == id { exit 1 }' /proc/self/mountinfo || continue
			break 2
		done
		umount_others
	done
	ok "$DENY" 457=$ENOSYS -- "$NSMGR" create "$P.s" --uts
	umount_others
	is 'sets of one that lost its mount' "$("$NSMGR" ls -rn -o STATE | sort -u | xargs)" 'live stale'
}
umount_others() {
	while mountpoint -q "$T/other"; do umount "$T/other"; done
}
handles() { life g $open_by_handle_at=$ENOSYS; }
random() { life h $getrandom=$ENOSYS; }
all() {
	life i $ioctl:0x8004b706=$ENOTTY $ioctl:0x8008b70d=$ENOTTY $ioctl:0x8008b705=$ENOTTY "${gets[@]}" $info \
		436=$ENOSYS 457=$ENOSYS $open_by_handle_at=$ENOSYS $getrandom=$ENOSYS
}

# A filter of a container says EPERM to what it does not know, and to clone3 alone ENOSYS, so that C libraries go on. (Of io_uring
# and the like nothing is used.)
forbidden() {
	life w $ioctl:0x8004b706=$EPERM $ioctl:0x8008b70d=$EPERM $ioctl:0x8008b705=$EPERM "${gets[@]/%=$ENOTTY/=$EPERM}" \
		${info%=*}=$EPERM 436=$EPERM 457=$EPERM $open_by_handle_at=$EPERM $getrandom=$EPERM 437=$EPERM 428=$EPERM 429=$EPERM \
		442=$EPERM 435=$ENOSYS 439=$EPERM 438=$EPERM
}

# Those that every kernel from 5.10 on has, but a filter may not let through, and that have another way. A sysfs of the
# command's own takes mounts over as they are, for which there is no other call; nor has a mount that is made for a set.
lacking_for() {
	local call=$1 step=$2 error=$ENOSYS
	shift 2
	[[ $call != *:* ]] || error=$ENOTTY
	expect 1 "$DENY" "$call=$error" -- "$NSMGR" "$@"
	like "what $* says without $call" "$err" "nsmgr: cannot *: *$step*: Function not implemented (it needs Linux 5.10, without a filter in the way)"
	is "lines of $* without $call" "$(wc -l <<<"$err")" 1
	# Whoever cannot end what is in a stage leaves it to the next.
	[ $call != 424 ] || ok "$NSMGR" rm --ignore-missing "$P.none"
	is "stages of $* without $call" "$(stages_in "$NSMGR_STORE")" ''
}
no_sysfs() {
	ok "$NSMGR" create "$P.s" --net
	expect 125 "$DENY" "$1=$ENOSYS" -- "$NSMGR" exec --sysfs "$P.s" true
	like 'what exec says' "$err" "nsmgr: cannot exec '$P.s': sysfs: *: Function not implemented (it needs Linux 5.10, without a filter in the way)"
}

openat2() { life j 437=$ENOSYS; }
open_tree() { life k 428=$ENOSYS && no_sysfs 428; }
move_mount() { life l 429=$ENOSYS && no_sysfs 429; }
# A profile of AppArmor that knows binds alone says this.
forbidden_mounts() { life t 428=13 && life u 429=13; }
mount_setattr() { life m 442=$ENOSYS; }
clone3() { life n 435=$ENOSYS; }
faccessat2() { life o 439=$ENOSYS; }
pidfd_getfd() { life p 438=$ENOSYS; }
fsopen() {
	local call
	life q 430=$ENOSYS
	for call in 430 431 432; do
		lacking_for $call tmpfs create "$P.t" --mnt --tmpfs=/tmp
	done
}
landlock() {
	life r 444=$ENOSYS
	ok "$NSMGR" create "$P.l" --uts
	expect 125 "$DENY" 444=$ENOSYS -- "$NSMGR" exec --landlock-ro=/ "$P.l" true
	like 'what exec says' "$err" "nsmgr: cannot exec '$P.l': landlock: *needs Linux 5.13*"
}

# And those without which there is no way: the call that is missing is told, and nothing is left.
refused() {
	local call keeper
	ok "$NSMGR" create "$P.a" --uts --pid
	keeper=$(keeper_of "$P.a")
	for call in 424 434 $statx $renameat2; do
		lacking_for $call '' create "$P.b" --pid --uts
		is "keepers without call $call" "$(keeper_of "$P.b")" ''
		lacking_for $call '' rm --kill "$P.a"
		yes 'the keeper lives' alive "$keeper"
		is "sets without call $call" "$(sets_in "$NSMGR_STORE")" "$P.a"
	done
	lacking_for 434 '' attach "$P.c" $$ --net
	lacking_for $renameat2 '' rename "$P.a" "$P.d"
	expect 1 "$DENY" 434=$ENOSYS -- "$NSMGR" pids "$P.a"
	like 'what pids says' "$err" "nsmgr: pids: '$P.a': pid: *pidfd_open(2): it needs Linux 5.10"
	ok "$NSMGR" exec "$P.a" true
}

# What cannot be unmounted is not lost: nothing was undone before that. In memory, where a directory is read from its end.
given_back() {
	local before keeper
	mkdir -p "$T/memory" && mount -t tmpfs -o mode=755 none "$T/memory" || fail 'no tmpfs'
	NSMGR_STORE=$T/memory/store
	ok "$NSMGR" create "$P.a" --uts --net --label=k=v
	ok "$NSMGR" create "$P.b" "$P.c" --uts
	before=$("$NSMGR" ls -rn -o NAME,TYPE,INODE,ORIGIN)
	expect 1 "$DENY" $umount2=$EPERM 429=$EPERM -- "$NSMGR" rm "$P.a"
	like 'what rm says' "$err" "nsmgr: cannot rm '$P.a': *detach: Operation not permitted*"
	expect 1 "$DENY" $umount2=$EPERM 429=$EPERM -- "$NSMGR" rm "$P.b" "$P.c"
	is 'sets' "$("$NSMGR" ls -rn -o NAME,TYPE,INODE,ORIGIN)" "$before"
	[ "$PROGRAM" = front ] || like 'labels' "$("$FULL" label "$P.a")" '*k*v*'
	ok "$NSMGR" create "$P.d" --pid --uts
	keeper=$(keeper_of "$P.d")
	expect 1 "$DENY" $umount2=$EPERM 429=$EPERM -- "$NSMGR" rm "$P.d"
	yes 'its keeper lives' alive "$keeper"
	is 'its types' "$("$NSMGR" ls -rn -o TYPE "$P.d" | tr '\n' ' ')" 'pid uts '
	ok "$NSMGR" rm "$P.a" "$P.b" "$P.c" "$P.d"
	is 'stages' "$(stages_in "$NSMGR_STORE")" ''
	ok umount "$NSMGR_STORE"
	ok umount "$T/memory"
}

# NS_GET_NSTYPE and NS_GET_PARENT, which tell what a namespace is and what it is in.
nsfs_ioctls() {
	local type=$ioctl:0xb703 parent=$ioctl:0xb702
	lacking_for $type 'open' create "$P.b" --pid --uts
	ok "$NSMGR" create "$P.a" --uts --pid
	lacking_for $type 'source' create "$P.b" --uts=/proc/$$/ns/uts
	hold "$NSMGR" exec "$P.a"
	lacking_for $parent 'pid' rm "$P.a"
	release
	wait "$pid"
	ok "$NSMGR" exec "$P.a" true
}

cases() {
	it 'lives without NS_GET_PID_FROM_PIDNS, before Linux 6.11 (KERNEL R41)' pid_from_pidns
	it 'lives without 64-bit ids, before Linux 6.18 (KERNEL R8)' ns_id
	it 'lives without ioctls of pidfds, before Linux 6.11 (KERNEL R71)' pidfd_ioctls
	it 'lives without close_range, before Linux 5.9' close_range
	it 'lives without its close-on-exec flag, before Linux 5.11' close_range_flag
	it 'lives without statmount, before Linux 6.8' statmount
	it 'takes another mount that got the number of its own for none of its own' reused
	it 'lives without file handles of namespaces, before Linux 6.18 (KERNEL R9)' handles
	it 'lives without getrandom' random
	it 'lives without all of them' all
	it 'does all without openat2, before Linux 5.6' openat2
	it 'does all without open_tree' open_tree
	it 'does all without move_mount' move_mount
	it 'does all where these two are forbidden' forbidden_mounts
	it 'does all without mount_setattr, before Linux 5.12' mount_setattr
	it 'does all without clone3' clone3
	it 'does all without faccessat2, before Linux 5.8' faccessat2
	it 'does all without pidfd_getfd, before Linux 5.6' pidfd_getfd
	it 'does all but mounts of its own without fsopen, fsconfig and fsmount, before Linux 5.2' fsopen
	it 'does all but what needs it without landlock, before Linux 5.13' landlock
	it 'does all where a filter forbids each of them' forbidden
	it 'names what is missing where there is no other way' refused
	it 'takes a request that is not known for no answer' nsfs_ioctls machine
	it 'gives a set back that cannot be unmounted' given_back
}

for_both
finish
