#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pool and create --from-pool: sets that are ready before they are needed.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# refused STATUS GLOB COMMAND...
refused() {
	local status=$1 said=$2
	shift 2
	expect "$status" "$@"
	like 'what is said' "$err" "$said"
}

# The inodes of all network namespaces that are ready.
ready_nets() {
	local file
	for file in "$NSMGR_STORE"/.pool/*/*/net; do
		[ ! -e "$file" ] || stat -Lc %i "$file"
	done | sort
}

ready() {
	"$NSMGR" pool ls -J | jq -r "[.pools[] | select(.options == \"$1\") | .ready][0] // 0"
}

drained() {
	ok "$NSMGR" pool drain
	is 'what is left of pools' "$(ls -A "$NSMGR_STORE/.pool")" ''
}

# A ready set is given out as it is: the namespaces are those that were there before, and it is gone from the pool.
taking() {
	local before name
	ok "$NSMGR" pool fill 3 --net --uts --hostname=ready
	is 'what is printed' "$out$err" ''
	is 'ready sets' "$(ready '--net --uts --hostname=ready')" 3
	is 'names' "$("$NSMGR" ls -q)" ''
	before=$(ready_nets)
	is 'number of namespaces' "$(wc -l <<<"$before")" 3
	ok "$NSMGR" create "$P.a" "$P.b" --from-pool --net --uts --hostname=ready
	for name in a b; do
		like 'namespaces before' "$before" "*$("$NSMGR" ls -rn -t net -o INODE "$P.$name")*"
		is 'host name' "$("$NSMGR" exec "$P.$name" uname -n)" ready
		is 'states' "$("$NSMGR" ls -rn -o STATE "$P.$name" | sort -u)" live
		is 'origins' "$("$NSMGR" ls -rn -o ORIGIN "$P.$name" | sort -u)" made
	done
	is 'ready sets' "$(ready '--net --uts --hostname=ready')" 1
	ok "$NSMGR" pool fill 3 --uts --net --hostname=ready
	is 'ready sets' "$(ready '--net --uts --hostname=ready')" 3
	drained
}

# Whatever a set is made with tells pools apart, and is said again by pool ls.
told() {
	local with=(--user --map-users=0:1000:5 --map-groups=0:1000:5 --setgroups=deny --owner=1000:1000 --uts --domainname=dom
		--mnt --propagation=slave --no-proc --pid) option
	ok "$NSMGR" pool fill 1 "${with[@]}"
	for option in --map-users=0:1000:5 --setgroups=deny --owner=1000:1000 --domainname=dom --propagation=slave --no-proc; do
		like 'what pool ls tells' "$("$NSMGR" pool ls -J | jq -r '.pools[].options')" "*$option*"
	done
	ok "$NSMGR" create "$P.a" --from-pool "${with[@]/deny/allow}"
	is 'ready sets after another one' "$("$NSMGR" pool ls -J | jq '[.pools[].ready] | add // 0')" 1
	ok "$NSMGR" create "$P.b" --from-pool "${with[@]}"
	is 'ready sets after this one' "$("$NSMGR" pool ls -J | jq '[.pools[].ready] | add // 0')" 0
	is 'the host name of the network' "$("$NSMGR" exec --only=uts "$P.b" cat /proc/sys/kernel/domainname)" dom
	drained
}

# Without a ready one of exactly this configuration it is an ordinary create.
missing() {
	ok "$NSMGR" pool fill 1 --net
	ok "$NSMGR" create "$P.a" --from-pool --uts
	ok "$NSMGR" create "$P.b" --from-pool --net --no-loopback
	is 'ready sets' "$(ready --net)" 1
	ok "$NSMGR" create "$P.c" "$P.d" "$P.e" --from-pool --net
	is 'ready sets' "$(ready --net)" 0
	is 'sets' "$("$NSMGR" ls -q | wc -l)" 5
	is 'states' "$("$NSMGR" ls -rn -o STATE | sort -u)" live
	drained
}

every_type() {
	ok "$NSMGR" pool fill 2 --all --map-root-user --monotonic=1000 --sysctl=net.ipv4.ip_forward=1
	ok "$NSMGR" create "$P.a" --from-pool --all --map-root-user --monotonic=1000 --sysctl=net.ipv4.ip_forward=1
	is 'ready sets' "$("$NSMGR" pool ls -J | jq '.pools[0].ready')" 1
	is 'forwarding' "$("$NSMGR" exec "$P.a" cat /proc/sys/net/ipv4/ip_forward)" 1
	is 'pid 1' "$("$NSMGR" exec "$P.a" sh -c 'cat /proc/1/comm')" nsmgr
	like 'offsets' "$("$NSMGR" exec "$P.a" cat /proc/self/timens_offsets)" 'monotonic*1000*'
	ok "$NSMGR" rm "$P.a"
	drained
	until_true 'the keepers have ended' none_marked
}

# The name decides as ever, and nothing that is ready is lost over it.
taken_names() {
	ok "$NSMGR" pool fill 2 --net
	ok "$NSMGR" create "$P.a" --net
	refused 1 '*a set of that name exists*' "$NSMGR" create "$P.a" --from-pool --net
	ok "$NSMGR" create "$P.a" --from-pool --net --exist-ok
	refused 1 '*with net instead of uts*' "$NSMGR" create "$P.a" --from-pool --uts --exist-ok
	is 'ready sets' "$(ready --net)" 2
	expect 1 "$NSMGR" create "$P.x" "$P.a" "$P.y" --from-pool --net
	is 'sets' "$("$NSMGR" ls -q | xargs)" "$P.a $P.x $P.y"
	is 'ready sets' "$(ready --net)" 0
	drained
}

# A pinned namespace is part of what is asked for: another one of the same number of types is another pool.
pinned() {
	ok "$NSMGR" create "$P.one" "$P.two" --net
	ok "$NSMGR" pool fill 1 --uts --net=@"$P.one"
	ok "$NSMGR" create "$P.b" --from-pool --uts --net=@"$P.two"
	is 'net of b' "$(stat -Lc %i "$NSMGR_STORE/$P.b/net")" "$(stat -Lc %i "$NSMGR_STORE/$P.two/net")"
	ok "$NSMGR" create "$P.c" --from-pool --uts --base="$P.one"
	is 'net of c' "$(stat -Lc %i "$NSMGR_STORE/$P.c/net")" "$(stat -Lc %i "$NSMGR_STORE/$P.one/net")"
	is 'ready sets' "$("$NSMGR" pool ls -J | jq '.pools | length')" 0
	drained
}

# Whose keeper was killed, or whose handle lost its mount, is never given out, and does not count.
broken() {
	local keeper
	ok "$NSMGR" pool fill 1 --pid
	keeper=$(sed -n 's/^keeper //p' "$NSMGR_STORE"/.pool/*/*/.set)
	yes 'it is a keeper' [ "$(<"/proc/$keeper/comm")" = nsmgr ]
	kill -KILL "$keeper"
	until_true 'the keeper has ended' [ ! -e "/proc/$keeper/ns/pid" ]
	ok "$NSMGR" create "$P.a" --from-pool --pid
	is 'state' "$("$NSMGR" ls -rn -o STATE "$P.a")" live
	ok "$NSMGR" exec "$P.a" true
	ok "$NSMGR" pool fill 1 --net
	umount "$NSMGR_STORE"/.pool/*/*/net
	ok "$NSMGR" -v pool fill 1 --net
	is 'what is said' "$err" 'nsmgr: made 1'
	is 'ready sets' "$(ready --net)" 1
	ok "$NSMGR" rm "$P.a"
	drained
}

# A pid namespace that is somebody else's stays alive, and is no reason to keep a ready set.
pinned_pid() {
	local one
	ok "$NSMGR" create "$P.one" --pid
	ok "$NSMGR" pool fill 2 --uts --pid=@"$P.one"
	drained
	ok "$NSMGR" pool fill 1 --uts --pid=@"$P.one"
	umount -l "$NSMGR_STORE"/.pool/*/*/uts
	one=$(echo "$NSMGR_STORE"/.pool/*/*)
	# There may be something wrong with keepers of others.
	"$NSMGR" gc >/dev/null
	no 'gc has left it' test -e "$one"
	ok "$NSMGR" pool fill 1 --uts --pid=@"$P.one"
	umount -l "$NSMGR_STORE"/.pool/*/*/uts
	one=$(echo "$NSMGR_STORE"/.pool/*/*)
	ok "$NSMGR" create "$P.two" --from-pool --uts --pid=@"$P.one"
	no 'the broken one is left' test -e "$one"
	ok "$NSMGR" exec "$P.one" true
	drained
}

# What is no set, or cannot be taken away, is passed over, and named by drain.
odd() {
	local pool keeper
	ok "$NSMGR" pool fill 3 --uts --pid
	pool=$(echo "$NSMGR_STORE"/.pool/*)
	: >"$pool/000file"
	ln -s / "$pool/000link"
	mkdir "$pool/000dir"
	: >"$pool/000dir/foreign"
	set -- "$pool"/[!0]*
	[ $# -ge 2 ] || set -- "$pool"/*
	keeper=$(sed -n 's/^keeper //p' "$1/.set")
	rm "$1/.set"
	umount -l "$2/uts"
	rm "$2/uts"
	is 'ready sets' "$("$NSMGR" pool ls -J | jq '.pools[].ready')" 1
	ok "$NSMGR" create "$P.a" "$P.b" --from-pool --uts --pid
	is 'states' "$("$NSMGR" ls -rn -o STATE | sort -u)" live
	no 'the one without its record is left' test -e "$1"
	no 'the one without a handle is left' test -e "$2"
	ok "$NSMGR" -v pool fill 2 --uts --pid
	like 'what is said' "$err" '*made 2'
	refused 1 "*'$pool/000*" "$NSMGR" pool drain
	is 'what is left' "$(cd "$pool" && echo *)" '000dir 000file 000link'
	rm "$pool/000file" "$pool/000link" "$pool/000dir/foreign"
	ok "$NSMGR" pool fill 1 --net
	: >"$NSMGR_STORE/.pool/qq"
	refused 1 "*'$NSMGR_STORE/.pool/qq' is no directory of nsmgr's*" "$NSMGR" pool ls
	like 'the others' "$out" '*1*--net*'
	refused 1 "*'$NSMGR_STORE/.pool/qq' is no directory of nsmgr's*" "$NSMGR" pool drain
	is 'what is left' "$(ls -A "$NSMGR_STORE/.pool")" qq
	rm "$NSMGR_STORE/.pool/qq"
	ok "$NSMGR" rm "$P.a" "$P.b"
	# The keeper of the one that lost its record is known by nothing else.
	kill -KILL "$keeper"
	until_true 'no keeper is left' none_marked
}

# Each ready set goes to one, and nobody goes without.
racing() {
	local i pids=()
	ok "$NSMGR" pool fill 20 --net
	for i in $(seq 30); do
		"$NSMGR" create "$P.$i" --from-pool --net &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		ok wait "$i"
	done
	is 'sets' "$("$NSMGR" ls -q | wc -l)" 30
	is 'different namespaces' "$("$NSMGR" ls -rn -o INODE | sort -u | wc -l)" 30
	is 'ready sets' "$(ready --net)" 0
	# Of several who fill, each counts what the others made.
	for i in 1 2 3 4; do
		"$NSMGR" pool fill 5 --net &
		pids[i]=$!
	done
	for i in 1 2 3 4; do
		ok wait "${pids[i]}"
	done
	is 'ready sets' "$(ready --net)" 5
	for i in 1 2 3 4; do
		"$NSMGR" pool fill 6 --net &
		pids[i]=$!
		"$NSMGR" pool drain &
		pids[i + 4]=$!
	done
	for i in 1 2 3 4 5 6 7 8; do
		ok wait "${pids[i]}"
	done
	drained
	is 'stages' "$(stages_in "$NSMGR_STORE")" ''
}

# What says nothing about a set takes nothing away from the pool, and nobody is left without an owner.
scarce() {
	local limit
	ok "$NSMGR" pool fill 3 --pid --uts
	for limit in 4 5 6 7 8 9 10; do
		(ulimit -n "$limit" && "$NSMGR" create "$P.$limit" --from-pool --pid --uts) >/dev/null 2>&1
		(ulimit -n "$limit" && "$NSMGR" pool fill 3 --pid --uts) >/dev/null 2>&1
	done
	is 'sets and ready sets' "$(($(ready '--pid --uts') >= 3 - $("$NSMGR" ls -q | wc -l)))" 1
	is 'states' "$("$NSMGR" ls -rn -o STATE | grep -vx live)" ''
	ok "$NSMGR" rm --all-sets
	drained
	until_true 'no keeper is left' none_marked
}

# Whatever the umask, the next one finds its way.
masked() {
	(umask 0777 && "$NSMGR" pool fill 1 --uts) || fail 'it cannot be filled'
	is 'modes' "$(stat -c %a "$NSMGR_STORE/.pool" "$NSMGR_STORE"/.pool/* "$NSMGR_STORE"/.pool/*/.config | xargs)" '700 700 600'
	drained
}

refusals() {
	refused 2 '*one of fill, ls and drain is missing*' "$NSMGR" pool
	refused 2 "*'spill' is none of*" "$NSMGR" pool spill
	refused 2 '*one number*' "$NSMGR" pool fill --net
	refused 2 '*one number*' "$NSMGR" pool fill 0 --net
	refused 2 '*one number*' "$NSMGR" pool fill x --net
	refused 2 '*one number*' "$NSMGR" pool fill 1 2 --net
	refused 2 '*no type is asked for*' "$NSMGR" pool fill 1
	refused 2 '*set-up needs*' "$NSMGR" pool fill 1 --net --map-root-user
	refused 2 '*options only*' "$NSMGR" pool drain "$P.a"
	refused 2 '*no other option*' "$NSMGR" pool ls --net
	refused 2 '*goes with ls*' "$NSMGR" pool drain -J
	refused 1 '*needs CAP_SYS_ADMIN*' unshare -U "$NSMGR" --store="$T/other" pool fill 1 --net
	rm -rf "$T/other"
	ok "$NSMGR" pool drain
	ok "$NSMGR" pool ls
	is 'pools' "$out" ''
}

# A limit in the middle of filling: what is whole is ready, and the failure is told.
limits() {
	local full=0
	mkdir "$T/limited"
	refused 1 '*uts: unshare: No space left on device (limit: /proc/sys/user/max_uts_namespaces)*' \
		unshare -Urm sh -c 'mount -t tmpfs -o mode=755 none "$2" && echo 3 >/proc/sys/user/max_uts_namespaces &&
			"$1" --store="$2/store" pool fill 5 --uts
			status=$?
			"$1" --store="$2/store" pool ls -J >"$3/listed"
			"$1" --store="$2/store" pool drain
			exit $status' sh "$NSMGR" "$T/limited" "$T"
	is 'ready sets' "$(jq '.pools[0].ready' "$T/listed")" 3
	rm "$T/listed"
	refused 1 '*uts: unshare: No space left on device*' \
		unshare -Urm sh -c 'mount -t tmpfs -o mode=755 none "$2" && echo 0 >/proc/sys/user/max_uts_namespaces &&
			"$1" --store="$2/store" pool fill 5 --uts
			status=$?
			ls -A "$2/store/.pool" >"$3/listed"
			exit $status' sh "$NSMGR" "$T/limited" "$T"
	is 'what is left of a pool that could not be filled' "$(<"$T/listed")" ''
	rm -r "$T/limited" "$T/listed"
	# Room for a directory, and none for what is in it.
	mkdir "$T/small"
	ok mount -t tmpfs -o mode=755,nr_inodes=12 none "$T/small"
	ok "$NSMGR" --store="$T/small/store" create "$P.a" --uts
	while mkdir "$T/small/full.$((++full))" 2>/dev/null; do :; done
	rmdir "$T/small/full.1"
	refused 1 '*pool:*No space left on device*' "$NSMGR" --store="$T/small/store" pool fill 1 --uts
	rmdir "$T/small/full.2"
	refused 1 '*pool:*No space left on device*' "$NSMGR" --store="$T/small/store" pool fill 1 --uts
	is 'what is left of it' "$(ls -A "$T/small/store/.pool")" ''
	rmdir "$T"/small/full.*
	ok "$NSMGR" --store="$T/small/store" check
	ok "$NSMGR" --store="$T/small/store" rm "$P.a"
	ok umount -R "$T/small"
	rmdir "$T/small"
}

# What was taken before anything else is looked at stays taken, and each of the others is told of.
begun() {
	ok "$NSMGR" pool fill 1 --net
	rmdir "$NSMGR_STORE/.stage"
	: >"$NSMGR_STORE/.stage"
	expect 1 "$NSMGR" create "$P.a" "$P.b" "$P.c" --net --from-pool
	is 'what is made' "$("$NSMGR" ls -q | xargs)" "$P.a"
	is 'of whom is told' "$(grep -o "cannot create '[^']*'" <<<"$err" | xargs -L1)" "cannot create $P.b"$'\n'"cannot create $P.c"
	like 'why' "$err" '*.stage*'
	rm "$NSMGR_STORE/.stage"
	ok "$NSMGR" rm "$P.a"
	ok "$NSMGR" pool drain
}

cases() {
	it 'a set that was taken stays taken when no other can be made' begun
	it 'gives a ready set a name' taking
	it 'tells sets apart by all they are made with' told ids
	it 'makes one where none is ready' missing
	it 'has sets of every type ready' every_type
	it 'respects names that are taken' taken_names
	it 'tells pinned namespaces apart' pinned
	it 'never gives out a broken set' broken
	it 'leaves a pinned pid namespace alone' pinned_pid
	it 'passes over what is odd' odd
	it 'gives each set to one (LESSONS 2)' racing
	it 'loses nothing where descriptors are few' scarce
	it 'does not depend on the umask' masked
	it 'refuses what is wrong' refusals
	it 'says which limit was met' limits
}
for_both cases
finish
