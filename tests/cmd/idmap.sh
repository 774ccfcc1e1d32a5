#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# create --bind=SRC:DST:idmap: the owners of files as the set's user namespace maps them, from inside and outside.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

: "${out=}" "${err=}" "${st=}"
D=$T/owned M=$T/place
mkdir -p "$D/below" "$M"
touch "$D/root" "$D/user" "$D/far"
chown 5:6 "$D/user"
chown 70000:70000 "$D/far"

# make OPTION...: a set whose ids are 100000 and above outside
make() { ok "$NSMGR" create "$P.a" --user --map-users=0:100000:65536 --map-groups=0:100000:65536 --mnt "$@"; }
in_a() { ok "$NSMGR" exec "$P.a" "$@"; }
owners() {
	in_a sh -c "cd $M && stat -c '%n %u %g' far root user"
	is 'owners inside' "$out" "$1"
}

# Without it nobody inside owns anything; with it everybody owns what is theirs outside.
both_ways() {
	make --bind="$D:$M"
	owners $'far 65534 65534\nroot 65534 65534\nuser 65534 65534'
	expect 1 "$NSMGR" exec "$P.a" touch "$M/new"
	ok "$NSMGR" rm "$P.a"
	make --pid --bind="$D:$M:idmap"
	owners $'far 65534 65534\nroot 0 0\nuser 5 6'
	in_a sh -c "touch $M/new; chown 7:8 $M/new"
	is 'the new file outside' "$(stat -c '%u %g' "$D/new")" '7 8'
	rm "$D/new"
	in_a grep -c " $M rw,nosuid,nodev,.*idmapped" /proc/self/mountinfo
	expect 1 "$NSMGR" exec "$P.a" chown 7 "$M/far"
	is 'nothing outside' "$(stat -c %u "$D") $(grep -c "$M" /proc/self/mountinfo)" '0 0'
}

# With what is mounted below, and options beside it; one set after the other, each by its own maps.
beside() {
	mount -t tmpfs -o mode=755 none "$D/below"
	touch "$D/below/root"
	make --bind-ro="$D:$M:idmap,noexec"
	in_a stat -c %u "$M/root" "$M/below/root"
	is 'owners' "$out" $'0\n0'
	expect 1 "$NSMGR" exec "$P.a" touch "$M/below/new"
	like 'read-only' "$err" '*Read-only file system*'
	ok "$NSMGR" create "$P.b" "$P.c" --user --map-users=3:200000:100 --map-groups=3:200000:100 --mnt --bind="$D:$M:bind,idmap"
	ok "$NSMGR" exec "$P.c" stat -c %u "$M/root" "$M/user"
	is 'by other maps' "$out" $'65534\n5'
	ok "$NSMGR" exec "$P.b" sh -c "ls $M/below | wc -l"
	is 'without what is below' "$out" 0
	umount -l "$D/below"
}

refusals() {
	expect 2 "$NSMGR" create "$P.a" --mnt --bind="$D:$M:idmap"
	like 'without a user namespace' "$err" 'nsmgr: create: --bind: idmap is for a set with a user namespace*'
	expect 2 "$NSMGR" create "$P.a" --user --mnt --bind="$D:$M:idmap=1"
	like 'with a value' "$err" "*'idmap=1' belongs to a whole file system*"
	expect 1 "$NSMGR" create "$P.a" --user --mnt --bind="/proc/sys:$M:idmap"
	like 'a file system without owners' "$err" "nsmgr: cannot create '$P.a': mnt: idmap: '/proc/sys': its file system*"
	many=()
	for i in {1..64}; do
		many+=(--bind="$D:$M/$i:idmap")
	done
	expect 2 "$NSMGR" create "$P.a" --user --mnt "${many[@]}"
	like 'more than there are descriptors for' "$err" 'nsmgr: create: at most 63 images, devices, and binds with idmap*'
	command -v strace >/dev/null || skip 'no strace'
	run strace -qq -o "$T/trace" -e trace=mount_setattr -e inject=mount_setattr:error=ENOSYS "$FULL" create "$P.a" --user --mnt \
		--bind="$D:$M:idmap"
	like 'an older kernel' "$st $err" "1 nsmgr: cannot create '$P.a': mnt: idmap: '$D': it needs Linux 5.12*"
	no 'there is a set' test -e "$NSMGR_STORE/$P.a"
}

cases() {
	it 'shows the owners of files as they are outside' both_ways ids machine
	it 'maps what is mounted below, and each set by its own maps' beside ids machine
	it 'refuses what cannot be mapped' refusals
}

for_front
finish
