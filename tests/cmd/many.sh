#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Several names in one call; names and options that are refused; --exist-ok.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

nothing_made() {
	is 'sets in the store' "$(sets_in "$NSMGR_STORE")" ''
	is 'stages in the store' "$(stages_in "$NSMGR_STORE")" ''
	is 'keepers' "$(keeper_of "$P.")" ''
}

several() {
	local options i
	for options in '--net --uts' '--pid' '--all' '--user --uts'; do
		ok "$NSMGR" create "$P.1" "$P.2" "$P.3" "$P.4" "$P.5" $options
		is 'what is said' "$out$err" ''
		is "sets of $options" "$("$NSMGR" ls -q | wc -l)" 5
		for i in 1 2 3 4 5; do
			ok "$NSMGR" exec "$P.$i" true
		done
		# Each its own.
		ok "$NSMGR" ls -rn -o INODE
		is "different inodes of $options" "$(sort -u <<<"$out" | wc -l)" "$(wc -l <<<"$out")"
		ok "$NSMGR" ls -rn -o STATE
		is "states of $options" "$(sort -u <<<"$out")" live
		ok "$NSMGR" rm "$P.1" "$P.2" "$P.3" "$P.4" "$P.5"
		nothing_made
	done
}

from_file() {
	printf '%s\n' "$P.a" "$P.b" '' "$P.c" >"$T/names"
	ok "$NSMGR" create --from-file="$T/names" --uts
	is 'sets from a file' "$("$NSMGR" ls -q)" "$(printf '%s\n' "$P.a" "$P.b" "$P.c")"
	"$NSMGR" create --from-file=- --ipc <<<"$P.d"$'\n'"$P.e" || fail 'create from standard input'
	is 'sets from standard input' "$("$NSMGR" ls -q "$P.[de]")" "$(printf '%s\n' "$P.d" "$P.e")"
	printf '%s' "$P.f" >"$T/names"
	ok "$NSMGR" create "$P.g" --from-file="$T/names" --uts
	is 'a file and an operand' "$("$NSMGR" ls -q "$P.[fg]" | wc -l)" 2
	expect 2 "$NSMGR" create --from-file=/no/such --uts
	printf 'ok\nbad name\n' >"$T/names"
	ok "$NSMGR" rm --all-sets
	expect 2 "$NSMGR" create --from-file="$T/names" --uts
	printf 'o\0k\n' >"$T/names"
	expect 2 "$NSMGR" create --from-file="$T/names" --uts
	nothing_made
}

# LESSONS 14: a result a name, and a total that is not zero.
one_fails() {
	local options
	for options in --uts --pid; do
		ok "$NSMGR" create "$P.2" $options
		expect 1 "$NSMGR" create "$P.1" "$P.2" "$P.3" $options
		like 'what is said' "$err" "nsmgr: cannot create '$P.2': *a set of that name exists*"
		is 'lines said' "$(wc -l <<<"$err")" 1
		is 'sets made' "$("$NSMGR" ls -q | wc -l)" 3
		ok "$NSMGR" exec "$P.1" true
		ok "$NSMGR" exec "$P.3" true
		ok "$NSMGR" rm "$P.1"
		expect 1 "$NSMGR" rm "$P.3" "$P.1" "$P.2"
		like 'what rm says' "$err" "nsmgr: cannot rm '$P.1': *no such set*"
		nothing_made
	done
}

duplicates() {
	expect 1 "$NSMGR" create "$P.1" "$P.1" --uts
	like 'what is said' "$err" "*'$P.1'*exists*"
	is 'sets made' "$("$NSMGR" ls -q)" "$P.1"
	ok "$NSMGR" create "$P.2" "$P.2" --uts --exist-ok
	is 'sets made with --exist-ok' "$("$NSMGR" ls -q "$P.2")" "$P.2"
}

# LESSONS security 16 (iproute2 79928fd0, d3f0b091): one validator, on rm and exec as well.
bad_names() {
	local name count=0 long
	long=$(printf 'n%.0s' {1..65})
	for name in '' . .. .hidden a/b /abs ../up 'a b' $'a\nb' $'a\033[1m' 'a;b' 12345 0 "$long" é 'a*' a@b +a; do
		expect 2 "$NSMGR" create "$P.good" "$name" --uts
		like "what create says of '$name'" "$err" 'nsmgr: cannot create *name*'
		is "lines said of '$name'" "$(wc -l <<<"$err")" 1
		expect 2 "$NSMGR" rm "$P.good" "$name"
		expect 125 "$NSMGR" exec "$name" true
		unlike "what exec says of '$name'" "$err" $'*\033*'
		count=$((count + 1))
	done
	is 'names tried' $count 18
	# A leading '-' is an option, and behind -- a bad name.
	expect 2 "$NSMGR" create --uts -- -x
	expect 2 "$NSMGR" create --uts -x
	nothing_made
	for name in a _ A.b-c_d 1a "${long:1}" 9.; do
		ok "$NSMGR" create "$name" --uts
		ok "$NSMGR" exec "$name" true
		ok "$NSMGR" rm "$name"
	done
}

bad_options() {
	local count=0 option
	for option in --no-such --net= --hostname --all=x --ne --nett -x -nx --propagation= --wait --json; do
		expect 2 "$NSMGR" create "$P.no" --uts "$option"
		like "what is said of $option" "$err" 'nsmgr: *'
		is "lines said of $option" "$(wc -l <<<"$err")" 1
		is "answer to $option" "$out" ''
		count=$((count + 1))
	done
	is 'options tried' $count 11
	expect 2 "$NSMGR" create "$P.no"
	like 'what is said without types' "$err" '*no type is asked for*'
	expect 2 "$NSMGR" create --uts
	like 'what is said without names' "$err" '*NAME is missing*'
	expect 2 "$NSMGR" cre "$P.no" --uts
	expect 2 "$NSMGR" --no-such create "$P.no" --uts
	expect 2 "$NSMGR"
	expect 2 "$NSMGR" rm
	expect 2 "$NSMGR" rm "$P.no" --all-sets
	nothing_made
}

exist_ok() {
	local before
	ok "$NSMGR" create "$P.e" --net --uts
	before=$(inode_of "$P.e" net)
	expect 1 "$NSMGR" create "$P.e" --net --uts
	ok "$NSMGR" create "$P.e" --net --uts --exist-ok
	is 'what is said' "$out$err" ''
	is 'the namespace' "$(inode_of "$P.e" net)" "$before"
	expect 1 "$NSMGR" create "$P.e" --net --exist-ok
	like 'the difference' "$err" "*with net,uts instead of *"
	expect 1 "$NSMGR" create "$P.e" --net --uts --ipc --exist-ok
	like 'the difference' "$err" "*with net,uts instead of *"
	ok "$NSMGR" create "$P.f" "$P.e" "$P.g" --net --uts --exist-ok
	is 'sets' "$("$NSMGR" ls -q | wc -l)" 3
	ok "$NSMGR" create "$P.h" --net="@$P.e"
	ok "$NSMGR" -v create "$P.h" --net="@$P.e" --exist-ok
	is 'what is said of it' "$err" "nsmgr: '$P.h' is there"
	expect 1 "$NSMGR" create "$P.h" --net="@$P.f" --exist-ok
	like 'another source' "$err" "*'$P.h': net: publish: a set of that name exists, with another namespace"
	expect 1 "$NSMGR" attach "$P.h" "$NSMGR_STORE/$P.f/net" --exist-ok
	ok "$NSMGR" attach "$P.h" "$NSMGR_STORE/$P.e/net" --exist-ok
}

# KERNEL R73: the message names set, type, step, errno and the limit's file.
limit() {
	local host
	host=$(</proc/sys/user/max_net_namespaces)
	# In a user namespace of its own, so that nobody else feels the limit.
	expect 1 unshare -Um --map-root-user --propagation=private sh -c '
		mount -t tmpfs -o mode=755 none "$2" && echo 0 >/proc/sys/user/max_net_namespaces &&
		"$1" --store="$2/s" create limited --net --uts; s=$?
		[ -z "$(ls "$2/s")$(ls -A "$2/s/.stage")" ] || exit 9; exit $s' sh "$NSMGR" "$NSMGR_STORE"
	is 'what is said' "$err" \
		"nsmgr: cannot create 'limited': net: unshare: No space left on device (limit: /proc/sys/user/max_net_namespaces)"
	is 'the limit of the host' "$(</proc/sys/user/max_net_namespaces)" "$host"
}

help_and_version() {
	local verb
	ok "$NSMGR" --help
	like 'help' "$out" '*create*exec*ls*rm*'
	for verb in create exec ls rm; do
		ok "$NSMGR" $verb --help
		like "help of $verb" "$out" "Usage: nsmgr $verb *--help*"
	done
	ok "$NSMGR" --version
	like 'version' "$out" 'nsmgr [0-9]*front:*libmount*'
}

cases() {
	it 'makes several sets in one call, each its own' several
	it 'reads names from a file and from standard input' from_file
	it 'reports a failure by name, makes the others and ends with 1 (LESSONS 14)' one_fails
	it 'a name twice is made once, and said' duplicates
	it 'refuses bad names everywhere, with nothing made (LESSONS security 2 16)' bad_names
	it 'a bad option ends with 2 and nothing made' bad_options
	it '--exist-ok takes the same types and says the difference of others' exist_ok
	it 'names the limit that was met (KERNEL R73)' limit
	it 'has help for each verb, and a version' help_and_version
}

for_both
finish
