#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sets in /run/netns and what is there as sets, held to what ip(8) makes of it. Everything happens in a mount namespace of our
# own, where each case has a /run of its own: the host's /run/netns is not touched.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046).
# shellcheck disable=SC2016,SC2046,SC2086,SC2317
if [ -z "${IN_OWN_MOUNTS:-}" ] && unshare -m true 2>/dev/null; then
	IN_OWN_MOUNTS=1 exec unshare -m --propagation private bash "$0" "$@"
fi
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

ip netns list >/dev/null 2>&1 || skip_all 'no ip of iproute2'

N=/run/netns

# The one of the case before would be seen in mount tables below the new one.
fresh_run() {
	[ ! -e /run/of-this-test ] || umount -l /run
	mount -t tmpfs -o mode=755 none /run
	: >/run/of-this-test
}

# What ip has, in order.
netns() { ip netns list | sed 's/ .*//' | sort | xargs; }
marks_of() { (cd "$NSMGR_STORE/$1" && echo .ip-netns.*) | sed 's/\.ip-netns\.//g; s/^\*$//'; }
inode_at() { stat -L -c %i "$1"; }
is_file() { [ "$(stat -c %F "$1")" = 'regular empty file' ]; }

# No set, no stage and no name is left.
all_is_gone() {
	is 'sets' "$(sets_in "$NSMGR_STORE")" ''
	is 'stages' "$(stages_in "$NSMGR_STORE")" ''
	is 'files in /run/netns' "$(ls -A $N 2>/dev/null)" ''
}

used_by_ip() {
	fresh_run
	ok "$NSMGR" create "$P.a" --net --uts --ip-netns
	is 'names' "$(netns)" "$P.a"
	is 'its namespace' "$(inode_at "$N/$P.a")" "$(inode_of "$P.a" net)"
	is 'its file' "$(stat -c '%F %a %s' "$N/$P.a")" 'regular empty file 444 0'
	ok ip -n "$P.a" address add 192.0.2.1/32 dev lo
	ok "$NSMGR" exec "$P.a" ip -o address show to 192.0.2.1
	like 'the address' "$out" '*lo*192.0.2.1*'
	ok ip netns exec "$P.a" readlink /proc/self/ns/net
	is 'inside' "$out" "net:[$(inode_of "$P.a" net)]"
	hold "$NSMGR" exec "$P.a"
	ok ip netns pids "$P.a"
	is 'ip netns pids' "$out" "$pid"
	ok ip netns identify "$pid"
	is 'ip netns identify' "$out" "$P.a"
	end "$pid"
	ok "$NSMGR" rm "$P.a"
	all_is_gone
}

# As ip makes it: 0755 whatever the umask, one mount, shared; and each of the two goes on with what the other made.
directory() {
	fresh_run
	(umask 077 && ok "$NSMGR" create "$P.a" --net --ip-netns)
	is 'mode' "$(stat -c %a $N)" 755
	is 'propagation' "$(findmnt -n -o PROPAGATION $N)" shared
	ok ip netns add "$P.b"
	ok "$NSMGR" create "$P.c" --net --ip-netns
	is 'mounts' "$(mounts_at $N)" 1
	is 'mounts of the first' "$(mounts_at "$N/$P.a")" 1
	ok ip netns delete "$P.b"
	ok "$NSMGR" rm --all-sets
	all_is_gone
	fresh_run
	ok ip netns add "$P.b"
	ok "$NSMGR" create "$P.a" --net --ip-netns
	is 'mounts where ip was first' "$(mounts_at $N)" 1
	is 'names' "$(netns)" "$P.a $P.b"
	# One that was copied as a private mount is shared again, and not mounted over.
	mount --make-private $N
	ok "$NSMGR" create "$P.c" --net --ip-netns
	is 'propagation of what was private' "$(findmnt -n -o PROPAGATION $N) $(mounts_at $N)" 'shared 1'
}

# Debian 949235: of many who are the first at once one makes the mount, be they ours or ip's.
first_use() {
	local i pids=() bad=0
	fresh_run
	for i in {1..8}; do
		"$NSMGR" create "$P.$i" --net --ip-netns &
		pids+=($!)
		ip netns add "$P.ip$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || bad=$((bad + 1))
	done
	is 'failures' $bad 0
	is 'mounts' "$(mounts_at $N) $(mounts_below $N | wc -l)" '1 17'
	is 'names' "$(netns | wc -w)" 16
}

# Anybody may hold the directory's lock for as long as it is no mount: neither a set, nor anybody else, waits for that.
locked() {
	local lock
	fresh_run
	mkdir -m 755 $N
	ok "$NSMGR" create "$P.a" "$P.s" --net
	exec {lock}<$N
	flock -x "$lock"
	expect 1 timeout -s KILL 20 "$NSMGR" create "$P.b" --net --ip-netns
	like 'a set' "$err" "nsmgr: cannot create '$P.b': net: ip-netns: '$N' is locked by another process*"
	expect 1 timeout -s KILL 20 "$NSMGR" export "$P.a" --ip-netns
	like 'export' "$err" '*is locked by another process*'
	# It is met before the store's lock is taken: that somebody else has this makes no difference.
	expect 1 timeout -s KILL 20 flock "$NSMGR_STORE/.lock" "$NSMGR" export "$P.a" --ip-netns
	like 'export' "$err" '*is locked by another process*'
	is 'marks' "$(marks_of "$P.a")" ''
	exec {lock}<&-
	ok "$NSMGR" export "$P.a" --ip-netns
	is 'mounts' "$(mounts_at $N)" 1
	# Once it is a mount the lock is nobody's business.
	exec {lock}<$N
	flock -x "$lock"
	ok "$NSMGR" create "$P.b" --net --ip-netns
	ok "$NSMGR" rm --all-sets
	exec {lock}<&-
	all_is_gone
}

# What other mount namespaces have copied goes as well, so that the kernel frees the namespace (KERNEL R5, LESSONS 1).
copies() {
	local how
	for how in slave private; do
		fresh_run
		ok "$NSMGR" create "$P.a" --net --ip-netns
		hold unshare -m --propagation $how
		ok grep -c " $N/$P.a " "/proc/$pid/mountinfo"
		ok "$NSMGR" rm "$P.a"
		expect 1 grep "$P.a" "/proc/$pid/mountinfo"
		end "$pid"
	done
	# The other way: what is made later is seen there too.
	fresh_run
	ok ip netns add "$P.b"
	hold unshare -m --propagation slave
	ok "$NSMGR" create "$P.a" --net --ip-netns
	ok grep -c " $N/$P.a " "/proc/$pid/mountinfo"
	ok "$NSMGR" rm "$P.a"
	expect 1 grep "$P.a" "/proc/$pid/mountinfo"
	end "$pid"
}

taken() {
	local before
	fresh_run
	ok ip netns add "$P.a"
	before=$(inode_at "$N/$P.a")
	expect 1 "$NSMGR" create "$P.a" "$P.b" --net --pid --ip-netns
	is 'what is said' "$err" "nsmgr: cannot create '$P.a': net: ip-netns: '$N/$P.a' is another namespace"
	is 'sets' "$(sets_in "$NSMGR_STORE")" "$P.b"
	is 'keepers' "$(keeper_of "$P.a")" ''
	is 'namespace of ip' "$(inode_at "$N/$P.a")" "$before"
	: >"$N/$P.c"
	expect 1 "$NSMGR" create "$P.c" --net --ip-netns
	like 'a file without a namespace' "$err" "*'$N/$P.c' is a file without a namespace (cure: ip netns delete)"
	yes 'the file stays' is_file "$N/$P.c"
	mkdir "$N/$P.d"
	expect 1 "$NSMGR" create "$P.d" --net --ip-netns
	like 'a directory' "$err" "*'$N/$P.d' is no namespace, nor an empty file (cure: remove it by hand)"
	ln -s "$P.a" "$N/$P.e"
	expect 1 "$NSMGR" create "$P.e" --net --ip-netns
	yes 'a link stays' test -h "$N/$P.e"
	ok "$NSMGR" rm "$P.b"
	is 'sets' "$(sets_in "$NSMGR_STORE")" ''
	# A set of that name is what is told of first.
	ok "$NSMGR" create "$P.f" --net --ip-netns
	expect 1 "$NSMGR" create "$P.f" --net --ip-netns
	like 'a set' "$err" '*a set of that name exists'
	ok "$NSMGR" exec "$P.f" true
	is 'its name' "$(inode_at "$N/$P.f")" "$(inode_of "$P.f" net)"
}

# Nothing but the set's own namespace is ever unmounted.
not_ours() {
	local before
	fresh_run
	ok "$NSMGR" create "$P.a" "$P.b" "$P.c" "$P.d" "$P.e" --net --ip-netns
	ok ip netns delete "$P.a"
	ok ip netns add "$P.a"
	before=$(inode_at "$N/$P.a")
	ok "$NSMGR" rm "$P.a"
	is 'what is said' "$err" "nsmgr: '$N/$P.a' is not the set's namespace by now, and stays"
	is 'what ip made under that name' "$(inode_at "$N/$P.a")" "$before"
	# On top of ours, ours twice, nothing any more, and a file with something in it.
	mount --bind /proc/self/ns/net "$N/$P.b"
	mount --bind "$N/$P.c" "$N/$P.c"
	umount "$N/$P.d"
	umount "$N/$P.e"
	echo mine >"$N/$P.e"
	ok "$NSMGR" rm "$P.b" "$P.c" "$P.d" "$P.e"
	is 'what was mounted on top' "$(readlink /proc/self/ns/net)" "net:[$(inode_at "$N/$P.b")]"
	no 'the doubled one is left' test -e "$N/$P.c"
	no 'the unmounted one is left' test -e "$N/$P.d"
	is 'the file' "$(<"$N/$P.e")" mine
	# A record of another boot tells of nothing that is here.
	ok "$NSMGR" create "$P.f" --net --ip-netns
	ln -sfn "00000000-0000-4000-8000-000000000000 $(readlink "$NSMGR_STORE/$P.f/.ip-netns.$P.f" | cut -d' ' -f2-)" \
		"$NSMGR_STORE/$P.f/.ip-netns.$P.f"
	ok "$NSMGR" rm "$P.f"
	yes 'the name of another boot stays' test -e "$N/$P.f"
}

by_export() {
	fresh_run
	ok "$NSMGR" create "$P.a" --net --uts
	ok "$NSMGR" export "$P.a" --ip-netns
	is 'what is printed' "$out" ''
	ok "$NSMGR" export "$P.a" --ip-netns
	is 'names' "$(netns)" "$P.a"
	is 'mounts' "$(mounts_at "$N/$P.a")" 1
	is 'state' "$("$NSMGR" ls -rn -o TYPE,STATE "$P.a" | xargs)" 'net live uts live'
	ok "$NSMGR" export "$P.a" --ip-netns --remove
	ok "$NSMGR" export "$P.a" --ip-netns --remove
	is 'names' "$(netns)" ''
	is 'marks' "$(marks_of "$P.a")" ''
	# Taken away by ip, it is had again.
	ok "$NSMGR" export "$P.a" --ip-netns
	ok ip netns delete "$P.a"
	ok "$NSMGR" export "$P.a" --ip-netns
	ok ip -n "$P.a" link
	# One that is there by ip's doing stays ip's.
	ok ip netns add "$P.b"
	ok "$NSMGR" attach "$P.b" --ip-netns
	ok "$NSMGR" export "$P.b" --ip-netns
	ok "$NSMGR" export "$P.b" --ip-netns --remove
	ok "$NSMGR" rm "$P.b" "$P.a"
	is 'names' "$(netns)" "$P.b"
	ok "$NSMGR" create "$P.u" --uts
	expect 1 "$NSMGR" export "$P.u" --ip-netns
	like 'a set without net' "$err" "nsmgr: cannot export '$P.u': net: ip-netns: the set has no network namespace"
	expect 1 "$NSMGR" export "$P.none" --ip-netns
	expect 1 "$NSMGR" export "$P.none" --ip-netns --remove
	like 'no set' "$err" '*no such set'
	ok "$NSMGR" create "$P.s" --net
	umount "$NSMGR_STORE/$P.s/net"
	expect 1 "$NSMGR" export "$P.s" --ip-netns
	like 'a stale handle' "$err" '*stale*'
	is 'names' "$(netns)" "$P.b"
}

by_exist_ok() {
	fresh_run
	ok "$NSMGR" create "$P.a" --net
	ok "$NSMGR" create "$P.a" --net --ip-netns --exist-ok
	is 'its name' "$(inode_at "$N/$P.a")" "$(inode_of "$P.a" net)"
	ok "$NSMGR" create "$P.a" --net --ip-netns --exist-ok
	is 'mounts' "$(mounts_at "$N/$P.a")" 1
	ok "$NSMGR" rm "$P.a"
	all_is_gone
}

renamed() {
	fresh_run
	ok "$NSMGR" create "$P.a" "$P.b" --net --ip-netns
	ok "$NSMGR" rename "$P.a" "$P.c"
	is 'names' "$(netns)" "$P.b $P.c"
	is 'marks' "$(marks_of "$P.c")" "$P.c"
	is 'its namespace' "$(inode_at "$N/$P.c")" "$(inode_of "$P.c" net)"
	expect 1 "$NSMGR" rename "$P.c" "$P.b"
	like 'a set of that name' "$err" "nsmgr: cannot rename '$P.c': rename: a set '$P.b' exists"
	ok ip netns add "$P.d"
	expect 1 "$NSMGR" rename "$P.c" "$P.d"
	like 'a name of ip' "$err" "nsmgr: cannot rename '$P.c': net: ip-netns: '$N/$P.d' is another namespace"
	is 'sets after a refusal' "$(sets_in "$NSMGR_STORE" | xargs)" "$P.b $P.c"
	is 'names after it' "$(netns)" "$P.b $P.c $P.d"
	is 'marks after it' "$(marks_of "$P.c")" "$P.c"
	# One of which the handle is lost is renamed, and has no name there then.
	umount "$NSMGR_STORE/$P.c/net"
	ok "$NSMGR" rename "$P.c" "$P.e"
	is 'names after the handle was lost' "$(netns)" "$P.b $P.d"
	ok "$NSMGR" rm --all-sets
	is 'names' "$(netns)" "$P.d"
}

# What fails on the way is undone.
undone() {
	local deny=$NSMGR_BUILDDIR/tests/cmd/deny renameat2=316 symlinkat=266
	[ "$(uname -m)" = x86_64 ] || skip 'numbers of system calls are those of x86_64'
	fresh_run
	ok "$NSMGR" create "$P.a" --net --pid --ip-netns
	expect 1 "$deny" $renameat2=5 -- "$NSMGR" create "$P.b" --net --pid --ip-netns
	expect 1 "$deny" $renameat2=5 -- "$NSMGR" rename "$P.a" "$P.b"
	expect 1 "$deny" $symlinkat=5 -- "$NSMGR" create "$P.b" --net --ip-netns
	expect 1 "$deny" $symlinkat=5 -- "$NSMGR" rename "$P.a" "$P.b"
	is 'names' "$(netns)" "$P.a"
	is 'files' "$(ls $N)" "$P.a"
	is 'marks' "$(marks_of "$P.a")" "$P.a"
	is 'sets' "$(sets_in "$NSMGR_STORE")" "$P.a"
	is 'stages' "$(stages_in "$NSMGR_STORE")" ''
}

# killed_at VERB...: at each of the calls that matter, by strace, so that the moment does not depend on the machine. Sets and
# names then are whole: each set that is there can be used and made good, and without sets nothing is left.
killed_at() {
	local call n last
	for call in symlinkat:1:1 readlinkat:1:1 mount:1:3 umount2:1:1 unlinkat:1:2 renameat2:1:1; do
		IFS=: read -r call n last <<<"$call"
		for (( ; n <= last; n++)); do
			ok "$NSMGR" create "$P.old" --net --ip-netns
			run strace -qq -o /dev/null -e trace="$call" -e "inject=$call:signal=KILL:when=$n" "$NSMGR" "$@"
			[ "$st" = 0 ] || killed=$((killed + 1))
			"$after"
			ok "$NSMGR" rm --ignore-missing "$P.old" "$P.new"
			all_is_gone
		done
	done
}

made_good() {
	local set
	for set in $(sets_in "$NSMGR_STORE"); do
		ok "$NSMGR" exec "$set" true
		ok "$NSMGR" export "$set" --ip-netns
		is "marks of $set" "$(marks_of "$set")" "$set"
	done
	ok "$NSMGR" rm --ignore-missing "$P.none"
	is 'names, and sets' "$(netns)" "$(sets_in "$NSMGR_STORE" | xargs)"
}

killed() {
	local killed=0 after=made_good
	command -v strace >/dev/null || skip 'strace is missing'
	fresh_run
	killed_at create "$P.new" --net --pid --ip-netns
	killed_at rename "$P.old" "$P.new"
	killed_at export "$P.old" --ip-netns --remove
	# Without that: rm alone cleans up.
	after=true
	killed_at rename "$P.old" "$P.new"
	killed_at rm "$P.old"
	yes "some were killed ($killed)" test $killed -ge 15
}

# Exactly one of several gets both names, and the others are told of the set.
race() {
	local round i pids won
	fresh_run
	for round in {1..6}; do
		pids=() won=0
		for i in 1 2 3 4; do
			"$NSMGR" create "$P.race" --net --ip-netns $([ $((round % 2)) = 0 ] || echo --exist-ok) 2>"$T/race.$i" &
			pids+=($!)
		done
		for i in 1 2 3 4; do
			if wait "${pids[i - 1]}"; then
				won=$((won + 1))
			else
				is 'what a loser says' "$(<"$T/race.$i")" "nsmgr: cannot create '$P.race': publish: a set of that name exists"
			fi
		done
		is "winners of round $round" $won $((round % 2 ? 4 : 1))
		is 'its name' "$(inode_at "$N/$P.race")" "$(inode_of "$P.race" net)"
		# The name is free in both places at once.
		"$NSMGR" rm "$P.race" &
		pid=$!
		until [ ! -e "$NSMGR_STORE/$P.race" ]; do :; done
		ok "$NSMGR" create "$P.race" --net --ip-netns
		ok wait "$pid"
		ok "$NSMGR" rm "$P.race"
		all_is_gone
	done
}

attached() {
	local far=$'odd name'
	fresh_run
	ok ip netns add "$P.a"
	ok "$NSMGR" attach "$P.a" --ip-netns
	is 'the set' "$("$NSMGR" ls -rn -o TYPE,ORIGIN,INODE "$P.a")" "net pinned $(inode_at "$N/$P.a")"
	ok ip netns add "$far"
	ok "$NSMGR" attach "$P.b" --net "--ip-netns=$far"
	is 'the set' "$(inode_of "$P.b" net)" "$(inode_at "$N/$far")"
	# It outlives the name.
	ok ip netns delete "$P.a"
	ok "$NSMGR" exec "$P.a" true
	ok "$NSMGR" rm "$P.b"
	is 'names' "$(netns)" odd
	# With a source it is the other way round.
	hold unshare -nu
	ok "$NSMGR" attach "$P.c" "$pid" --net --uts --ip-netns
	ok ip netns pids "$P.c"
	is 'pids' "$out" "$pid"
	end "$pid"
	ok "$NSMGR" rm "$P.c" "$P.a"
	is 'names' "$(netns)" odd
	expect 2 "$NSMGR" attach "$P.d" --ip-netns
	like 'none of that name' "$err" "*$N/$P.d*No such file*"
	: >"$N/$P.e"
	expect 2 "$NSMGR" attach "$P.e" --ip-netns
	like 'a file' "$err" '*not a namespace*'
	expect 2 "$NSMGR" attach "$P.d" self "--ip-netns=$far"
	expect 2 "$NSMGR" attach "$P.d" "--ip-netns=../netns/$far"
	expect 2 "$NSMGR" attach "$P.d" --ip-netns=
	expect 2 "$NSMGR" attach "$P.d" --ip-netns=..
	expect 2 "$NSMGR" attach "$P.d" --uts --ip-netns
	expect 2 "$NSMGR" attach "$P.d" self --uts --ip-netns
	expect 2 "$NSMGR" attach
	is 'sets' "$(sets_in "$NSMGR_STORE")" ''
}

refusals() {
	fresh_run
	expect 2 "$NSMGR" create "$P.a" --uts --ip-netns
	like 'without net' "$err" '*net*ip netns needs a network namespace*'
	ok "$NSMGR" create "$P.a" --net
	expect 2 "$NSMGR" export "$P.a" --ip-netns --format=json
	expect 2 "$NSMGR" export "$P.a" --ip-netns --types=net
	expect 2 "$NSMGR" export "$P.a" --remove
	expect 2 "$NSMGR" export "$P.a" --format=json --remove
	expect 2 "$NSMGR" export --ip-netns
	# LESSONS security 15: who may write there decides what is mounted.
	mkdir -m 777 $N
	expect 1 "$NSMGR" export "$P.a" --ip-netns
	like 'writable by others' "$err" "*ip-netns: '$N' is writable by others*"
	chmod 755 $N
	chown 65534 $N
	expect 1 "$NSMGR" export "$P.a" --ip-netns
	rmdir $N
	ln -s "$T" $N
	expect 1 "$NSMGR" export "$P.a" --ip-netns
	like 'a link' "$err" '*a link is not followed*'
	is 'marks' "$(marks_of "$P.a")" ''
	rm $N
	# A ready set gets the name as well: it is made anew.
	ok "$NSMGR" pool fill 1 --net
	ok "$NSMGR" create "$P.p" --net --from-pool --ip-netns
	is 'its name' "$(inode_at "$N/$P.p")" "$(inode_of "$P.p" net)"
	ok "$NSMGR" pool drain
}

cases() {
	it 'ip works in a set that create --ip-netns made' used_by_ip
	it 'the directory is as ip makes it' directory all
	[ "$PROGRAM" = full ] || it 'first use by many makes one mount (Debian 949235)' first_use all
	it 'a lock of the directory is not waited for' locked
	it 'copies in other mount namespaces come and go (KERNEL R5)' copies all
	it 'a name that is taken is refused, and nothing is made' taken all
	it 'what is not the namespace of the set is left alone' not_ours all
	it 'export gives and takes the name' by_export all
	it 'create --exist-ok gives it to a set that is there' by_exist_ok
	it 'rename takes it along' renamed all
	it 'what fails is undone' undone
	[ "$PROGRAM" = full ] || it 'what is killed leaves nothing that rm, or export, does not mend' killed
	[ "$PROGRAM" = full ] || it 'of several one gets both names' race
	it 'attach takes what ip has, and gives what it took' attached all
	it 'refuses what does not fit' refusals all
}

for_both
finish
