#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exec with the static front of musl: at most 22 system calls from its start to the first attempt to run the command (two of
# them look for files of /etc), and as many in a store of one set as in one of hundreds. The same of a set that is taken from
# the pool. And how much of the program that needs.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# The calls between our own execve and the next.
calls() {
	strace -qq -o "$T/trace" "$NSMGR" exec "$1" true || fail 'exec under strace'
	awk '/^execve\(/ { if (seen++) exit; next } seen { print }' "$T/trace"
}

few() {
	local list
	ok "$NSMGR" create "$P.net" --net
	list=$(calls "$P.net")
	yes 'there are calls' test "$(wc -l <<<"$list")" -gt 5
	like 'what is called' "$list" '*setns(*'
	[ "$(wc -l <<<"$list")" -le 22 ] || fail "$(wc -l <<<"$list") calls: $(cut -d'(' -f1 <<<"$list" | tr '\n' ' ')"
	unlike 'what is called' "$list" '*mountinfo*'
	unlike 'what is called' "$list" '*getdents*"/proc*'
	# KERNEL section 9: no mount namespace is cloned on this path.
	unlike 'what is called' "$list" '*unshare(*'
	unlike 'what is called' "$list" '*clone*'
}

constant() {
	local before after names
	ok "$NSMGR" create "$P.net" --net
	before=$(calls "$P.net" | cut -d'(' -f1)
	names=$(for ((i = 0; i < 400; i++)); do echo "$P.$i"; done)
	ok "$NSMGR" create $names --uts
	is 'sets' "$("$NSMGR" ls -q | wc -l)" 401
	after=$(calls "$P.net" | cut -d'(' -f1)
	is 'calls with 400 more sets' "$after" "$before"
}

# A ready set is looked at and renamed: nothing is mounted, no stage is made, and how many others there are costs nothing.
taken() {
	local list before call
	ok "$NSMGR" pool fill 2 --net
	ok strace -qq -o "$T/trace" "$NSMGR" create "$P.few" --net --from-pool
	before=$(cut -d'(' -f1 "$T/trace")
	ok "$NSMGR" pool fill 200 --net
	ok strace -qq -o "$T/trace" "$NSMGR" create "$P.many" --net --from-pool
	list=$(<"$T/trace")
	is 'calls with 200 ready sets' "$(cut -d'(' -f1 <<<"$list")" "$before"
	like 'what is called' "$list" '*renameat2(*'
	for call in mount mkdirat clone fork unshare mmap flock; do
		unlike 'what is called' "$list" "*$call(*"
	done
	[ "$(wc -l <<<"$list")" -le 50 ] || fail "$(wc -l <<<"$list") calls: $(cut -d'(' -f1 <<<"$list" | tr '\n' ' ')"
	ok "$NSMGR" pool drain
}

is_static() {
	local interpreter
	interpreter=$(LC_ALL=C grep -ac 'ld-linux\|ld-musl' "$NSMGR")
	is 'lines that name a loader' "$interpreter" 0
}

# The kernel maps 64 KiB around the first instruction that is missing: front.ld.
in_one_piece() {
	local first at size
	grep -q '^CFLAGS = .*-O[123s]' "$NSMGR_BUILDDIR/Makefile" || skip 'it is not optimized'
	first=$(LC_ALL=C readelf -lW "$NSMGR" | awk '$1 == "LOAD" { print $3; exit }')
	read -r at size <<<"$(LC_ALL=C readelf -SW "$NSMGR" |
		awk '{ for (i = 1; i < NF; i++) if ($i == ".text.front") print $(i + 2), $(i + 4) }')"
	[ -n "$at" ] || skip 'this linker puts nothing in order'
	yes "what comes first ends there: 0x$at + 0x$size" test $((0x$at + 0x$size)) -le $((first + 0x10000))
}

cases() {
	it 'has all that exec goes through in one piece of 64 KiB' in_one_piece
	it 'needs at most 22 system calls before the command of a net set (LESSONS 5, e2b-dev/infra#3012)' few
	it 'needs the same calls however many sets there are (LESSONS 5)' constant
	it 'gives a ready set a name with one rename, however many are ready' taken
	it 'loads nothing' is_static
}

"$FRONT" --version | grep -q '^front: musl' || { clean; trap - EXIT; echo 'SKIPPED: the front is not linked with musl' >&2; exit 77; }
command -v strace >/dev/null || { clean; trap - EXIT; skip_all 'strace is missing'; }
for_front
finish
