#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# nsid: ids of network namespaces, held to those that ip netns list-id tells. Each case is in a network namespace of its own, so
# that the host's ids are not touched.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

command -v jq >/dev/null || skip_all 'no jq'

# A script in a network namespace of its own, with the program, $P and nsmgr-full.
in_own() { unshare -n bash -c "$1" own "$NSMGR" "$P" "$FULL" "$T/other.$PROGRAM"; }

shown() {
	ok "$NSMGR" create "$P.a" "$P.b" --net
	ok in_own '
		"$1" nsid "$2.a" 2>/dev/null; echo "none: $?"
		"$1" nsid "$2.a" -J | jq -c .
		"$1" nsid "$2.a" 7; echo "given: $?"
		"$1" nsid "$2.a"
		"$1" nsid "$2.a" 7; echo "again: $?"
		"$1" nsid "$2.b" auto
		"$1" nsid "$2.b" auto
		"$1" nsid "$2.b" auto -J | jq -c .
		"$1" nsid "$2.b" -rn -o netnsid,name
		"$3" ls -rn -o NAME,NETNSID "$2.a"'
	is 'what is shown' "$out" "none: 1
{\"nsid\":[{\"name\":\"$P.a\",\"netnsid\":null}]}
given: 0
7
again: 0
0
0
{\"nsid\":[{\"name\":\"$P.b\",\"netnsid\":0}]}
0 $P.b
$P.a 7"
	expect 1 "$NSMGR" nsid "$P.a"
	is 'here, where it has none' "$err" \
		"nsmgr: nsid: '$P.a' has no id in this network namespace (cure: nsmgr nsid $P.a auto)"
}

# What ip says of them, and what we say of those that ip has given.
as_ip() {
	ip netns list-id >/dev/null 2>&1 || skip 'no ip of iproute2'
	ok unshare -mn --propagation private bash -c '
		mount -t tmpfs none /run && export NSMGR_STORE=/run/store
		"$1" create a --net --pid --ip-netns && "$1" create b --net --ip-netns
		ip netns set a 12; "$1" nsid a
		"$1" nsid b 13; ip netns list-id
		"$1" rm a b' own "$NSMGR"
	is 'ids' "$(sed 's/ *$//; s/ (iproute2 netns name: \(.*\))/ \1/' <<<"$out" | sort -u)" $'12\nnsid 12 a\nnsid 13 b'
}

refused() {
	ok "$NSMGR" create "$P.a" "$P.b" --net
	ok "$NSMGR" create "$P.u" --uts
	ok in_own '
		"$1" nsid "$2.a" 3
		"$1" nsid "$2.a" 4; echo "another: $?"
		"$1" nsid "$2.b" 3; echo "taken: $?"
		"$1" nsid "$2.b" 2>&1 || :'
	is 'statuses' "$out" "another: 1
taken: 1
nsmgr: nsid: '$P.b' has no id in this network namespace (cure: nsmgr nsid $P.b auto)"
	is 'what is said' "$err" "nsmgr: nsid: '$P.a' has the id 3 already, and keeps it as long as it lives
nsmgr: nsid: '$P.b': id 3 is taken by '$P.a'"
	# By a namespace that is in no set of this store.
	ok "$NSMGR" --store="$T/other.$PROGRAM" create "$P.a" --net
	expect 1 in_own '
		"$1" --store="$4" nsid "$2.a" 5 && "$1" nsid "$2.b" 5'
	is 'by another' "$err" "nsmgr: nsid: '$P.b': id 5 is taken by another network namespace"
	expect 1 "$NSMGR" nsid "$P.u"
	like 'a set without net' "$err" "nsmgr: cannot tell the id of '$P.u': *the set has no net namespace"
	expect 1 "$NSMGR" nsid "$P.none" auto
	like 'no such set' "$err" "nsmgr: cannot give an id to '$P.none': *no such set"
	expect 2 "$NSMGR" nsid
	expect 2 "$NSMGR" nsid "$P.b" x
	expect 2 "$NSMGR" nsid "$P.b" 2147483648
	expect 2 "$NSMGR" nsid "$P.b" -- -1
	expect 2 "$NSMGR" nsid "$P.b" 3 4
	expect 2 "$NSMGR" nsid "$P.b" 3 -J
	expect 2 "$NSMGR" nsid ../x
	expect 1 unshare -n setpriv --bounding-set=-net_admin --inh-caps=-net_admin "$NSMGR" nsid "$P.b" 9
	is 'without CAP_NET_ADMIN' "$err" "nsmgr: nsid: '$P.b': needs CAP_NET_ADMIN over the present network namespace"
}

cases() {
	it 'shows, sets and chooses ids' shown
	it 'ip has the same' as_ip
	it 'says which of two things stands in the way' refused
}

for_both
finish
