#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exec with the static front of musl: 18 system calls from its start to the first attempt to run the command, of a set in /run/nsmgr
# (two of them look for files of /etc; each component of the way to the store takes one), and as many in a store of one set as in
# one of hundreds. The same of a set that is taken from the pool, and of many that are removed. And how much of the program exec
# needs.
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

few_calls() {
	yes "$2" test "$(wc -l <<<"$2")" -gt 5
	[ "$(wc -l <<<"$2")" -le "$1" ] || fail "$(wc -l <<<"$2") calls instead of $1: $(cut -d'(' -f1 <<<"$2" | tr '\n' ' ')"
}

# Components of the path to the store, of which each takes a call.
levels() { awk -F/ '{ print NF - 1 }' <<<"$NSMGR_STORE"; }

# Where a store usually is, as it is made by then. Directories tell how many entries they have there.
in_memory() {
	mkdir -p "$T/memory" || fail 'no directory'
	mount -t tmpfs -o mode=755 none "$T/memory" || fail 'no tmpfs'
	NSMGR_STORE=$T/memory/store
}

leave_memory() {
	ok "$NSMGR" rm --all-sets
	ok umount "$NSMGR_STORE"
	ok umount "$T/memory"
	ok rmdir "$T/memory"
}

few() {
	local list
	in_memory
	ok "$NSMGR" create "$P.net" --net
	list=$(calls "$P.net")
	like 'what is called' "$list" '*setns(*'
	few_calls $((16 + $(levels))) "$list"
	unlike 'what is called' "$list" '*mountinfo*'
	unlike 'what is called' "$list" '*getdents*"/proc*'
	# KERNEL section 9: no mount namespace is cloned on this path.
	unlike 'what is called' "$list" '*unshare(*'
	unlike 'what is called' "$list" '*clone*'
	ok "$NSMGR" create "$P.labelled" --net --label=k=v
	list=$(calls "$P.labelled")
	few_calls $((17 + $(levels))) "$list"
	leave_memory
}

# rm of many: what one more set takes. A look at the set, the lock, the record, the handle and its place in the basket.
few_to_remove() {
	local few
	in_memory
	ok "$NSMGR" create "$P."{1..8} --uts
	ok strace -qq -o "$T/trace" "$NSMGR" rm "$P.1" "$P.2"
	few=$(wc -l <"$T/trace")
	ok strace -qq -o "$T/trace" "$NSMGR" rm "$P."{3..8}
	is 'calls for four sets more' "$(($(wc -l <"$T/trace") - few))" $((4 * 15))
	leave_memory
}

# A directory on a disk has to be read.
few_on_disk() {
	local list
	ok "$NSMGR" create "$P.net" --net
	list=$(calls "$P.net")
	[ "$(stat -f -c %T "$T")" = tmpfs ] || like 'what is called' "$list" '*getdents64(*'
	few_calls $((19 + $(levels))) "$list"
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

# Whether the tracer's child waits in front of its execve: strace has it do so once it has told of the call before.
is_held() {
	local look
	pid=$(pgrep -P "$1") || return
	for look in 1 2 3; do
		grep -q '^close_range' "$T/held" && grep -q '^State:.t' "/proc/$pid/status" || return
		breathe
	done
	true
}

# A line for each of the front's own mappings, as a set's command is about to take its place: permissions (and "more" for what
# follows them without a name), and KiB that were touched.
mappings() {
	local tracer pid=
	env -i PATH="$PATH" NSMGR_STORE="$NSMGR_STORE" strace -qq -o "$T/held" -e inject=execve:delay_enter=60000000:when=1 \
		"$NSMGR" exec "$1" true 2>/dev/null &
	tracer=$!
	until_true 'it is about to execute' is_held "$tracer"
	awk -v file="$(readlink -f "$NSMGR")" '
		/^[0-9a-f]+-/ {
			split($1, range, "-")
			mode = $NF == file ? $2 : NF == 5 && range[1] == end ? "more" : ""
			end = mode == "" ? "" : range[2]
		}
		mode != "" && /^Rss:/ { print mode, $2 }' "/proc/$pid/smaps"
	kill -9 "$pid"
	wait "$tracer"
}

# The kernel maps 64 KiB around the first instruction that is missing: front.ld.
in_one_piece() {
	local seen page=$(($(getconf PAGESIZE) / 1024))
	grep -q '^CFLAGS = .*-O[123s]' "$NSMGR_BUILDDIR/Makefile" || skip 'it is not optimized'
	LC_ALL=C readelf -SW "$NSMGR" | grep -q '\.text\.front' || skip 'this linker puts nothing in order'
	in_memory
	ok "$NSMGR" create "$P.net" --net
	seen=$(mappings "$P.net")
	is 'mappings' "$(awk '{ print $1 }' <<<"$seen")" $'r-xp\nrw-p'
	is 'code beyond 64 KiB, data beyond a page' \
		"$(awk -v page=$page '$1 == "r-xp" && $2 > 64 || $1 == "rw-p" && $2 > page' <<<"$seen")" ''
	leave_memory
}

cases() {
	it 'goes through one piece of 64 KiB for exec, and one page of data' in_one_piece
	it 'needs 16 system calls before the command of a net set, and one for each level of the store (LESSONS 5, e2b-dev/infra#3012)' few
	it 'and three more where the store is on a disk' few_on_disk
	it 'needs 15 system calls for each of many sets that are removed' few_to_remove
	it 'needs the same calls however many sets there are (LESSONS 5)' constant
	it 'gives a ready set a name with one rename, however many are ready' taken
	it 'loads nothing' is_static
}

"$FRONT" --version | grep -q '^front: musl' || { clean; trap - EXIT; echo 'SKIPPED: the front is not linked with musl' >&2; exit 77; }
command -v strace >/dev/null || { clean; trap - EXIT; skip_all 'strace is missing'; }
for_front
finish
