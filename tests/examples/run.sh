#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples do what they say, which is looked at from outside.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/../cmd/lib.sh"

# The program itself, not libtool's script, which an ordinary user could not use.
example() {
	local built=$NSMGR_BUILDDIR/tests/examples
	[ ! -x "$built/.libs/$1" ] || built=$built/.libs
	"$built/$1" "${@:2}"
}

# fails GLOB EXAMPLE...: with one line that has a step, a type, a text and a hint
fails() {
	expect 1 example "${@:2}"
	like 'what is said' "$err" "$1"
	is 'lines' "$(wc -l <<<"$err")" 1
	like 'the form' "$err" '?*: ?*: ?* (*)'
	is 'the answer' "$out" ''
}

pins() {
	local type file
	mkdir "$T/pins"
	echo kept >"$T/pins/uts"
	ok example pin_and_reopen "$T/pins"
	is 'lines' "$(wc -l <<<"$out")" 2
	for type in net uts; do
		file=$T/pins/$type
		like 'the answer' "$out" "*$type:\[$(stat -c %i "$file")\] is the one that was made*"
		is "the file system of $type" "$(stat -f -c %T "$file")" nsfs
		is "$type inside" "$(nsenter "--$type=$file" readlink "/proc/self/ns/$type")" "$type:[$(stat -c %i "$file")]"
		isnt "$type" "$type:[$(stat -c %i "$file")]" "$(readlink "/proc/self/ns/$type")"
	done
	fails 'bind: net: *' pin_and_reopen "$T/pins"
	ok umount "$T/pins/net" "$T/pins/uts"
	is 'what was covered' "$(<"$T/pins/uts")" kept
	is 'mounts' "$(mounts_below "$T/pins")" ''
	fails '*No such file or directory*' pin_and_reopen "$T/nothing"
	expect 2 example pin_and_reopen
}

maps() {
	ok example unshare_with_maps
	is 'the answer' "$out" '/proc/self/uid_map: 0 is 100000 outside, for 1000 ids
/proc/self/gid_map: 0 is 3000000000 outside, for 500 ids
host name: mapped'
	isnt 'the host name here' "$(uname -n)" mapped
}

runs() {
	ok "$NSMGR" create "$P.run" --pid --mnt --hostname=inside
	ok example run_and_collect "$P.run" sh -c 'uname -n; cat /proc/sys/kernel/hostname; echo wrong >&2; exit 3'
	is 'the answer' "$out" 'output, 14 bytes:
inside
inside
errors, 6 bytes:
wrong
ended with status 3'
	ok example run_and_collect "$P.run" sh -c 'kill -KILL $$'
	like 'the end' "$out" '*ended by signal 9'
	ok example run_and_collect "$P.run" sh -c 'head -c 1048576 /dev/zero | tr "\0" E >&2; head -c 1048576 /dev/zero | tr "\0" O'
	like 'output' "$out" 'output, 1048576 bytes:*'
	is 'errors' "$(grep -c 'errors, 1048576 bytes' <<<"$out")" 1
	is 'what was written' "$(tr -cd O <<<"$out" | wc -c), $(tr -cd E <<<"$out" | wc -c)" '1048576, 1048576'
	fails 'exec: *No such file or directory*' run_and_collect "$P.run" "$T/nothing"
	fails 'open: *no such set*' run_and_collect "$P.none" true
	expect 2 example run_and_collect "$P.run"
	ok "$NSMGR" rm "$P.run"
}

pools() {
	local taken
	ok example ready_pool
	like 'the answer' "$out" 'ready: 4
taken: net:\[*\]*
ready at the end: [1-4]'
	taken=$(sed -n 's/^taken: //p' <<<"$out")
	is 'sets taken' "$(wc -l <<<"$taken")" 6
	is 'different ones' "$(sort -u <<<"$taken" | wc -l)" 6
	is 'our own' "$(grep -cxF "$(readlink /proc/self/ns/net)" <<<"$taken")" 0
}

lists() {
	ok example list_store
	is 'an empty store' "$out" ''
	ok "$NSMGR" create "$P.a" "$P.b" --net --uts
	ok "$NSMGR" attach "$P.c" self --ipc
	ok example list_store
	is 'the answer' "$out" "$("$FULL" ls -rn -o NAME,TYPE,INODE,STATE)"
	is 'a network' "$(sed -n "s/^$P.a net \([0-9]*\) live$/\1/p" <<<"$out")" "$(stat -c %i "$NSMGR_STORE/$P.a/net")"
	ok example list_store
	listed=$out
	ok as_nobody
	is 'the answer for an ordinary user' "$out" "$listed"
	NSMGR_STORE=$T/elsewhere ok example list_store
	is 'a store that does not exist' "$out" ''
	NSMGR_STORE=/etc/passwd fails '*' list_store
}

as_nobody() {
	(
		umask 022
		mkdir -p "$T/nobody"
		cp "$NSMGR_BUILDDIR"/.libs/libnsmgr.so.? "$T/nobody"
		cp "$NSMGR_BUILDDIR/tests/examples/.libs/list_store" "$T/nobody"
	) 2>/dev/null || return
	LD_LIBRARY_PATH=$T/nobody setpriv --reuid=65534 --regid=65534 --clear-groups "$T/nobody/list_store"
}

cases() {
	it 'pin_and_reopen pins to files that any program can enter, and covers what is there' pins
	it 'unshare_with_maps maps users and groups as it says' maps
	it 'run_and_collect has the output, the errors and the end of a command' runs
	it 'ready_pool takes different namespaces from a pool' pools
	it 'list_store lists what ls lists, as any user' lists
}

for_front
finish
