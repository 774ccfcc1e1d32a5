#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# ls: columns, formats, states, and who may look.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

make_some() {
	ok "$NSMGR" create "$P.b" --net --uts
	ok "$NSMGR" create "$P.a" --pid
	ok "$NSMGR" create "$P.c" --ipc=/proc/self/ns/ipc
}

table() {
	local header
	make_some
	ok "$NSMGR" ls
	header=$(head -n 1 <<<"$out")
	is 'headings' "$(tr -s ' ' <<<"$header")" 'NAME TYPE INODE STATE'
	is 'rows, sorted by name' "$(tail -n +2 <<<"$out" | awk '{ print $1, $2, $3, $4 }')" "$(
		printf '%s\n' "$P.a pid $(inode_of "$P.a" pid) live" "$P.b net $(inode_of "$P.b" net) live" \
			"$P.b uts $(inode_of "$P.b" uts) live" "$P.c ipc $(inode_of "$P.c" ipc) live")"
	ok "$NSMGR" ls -n
	is 'rows without headings' "$(wc -l <<<"$out")" 4
	ok "$NSMGR" ls -r -n
	is 'raw rows' "$(head -n 1 <<<"$out")" "$P.a pid $(inode_of "$P.a" pid) live"
	ok "$NSMGR" ls -q
	is 'names' "$out" "$(printf '%s\n' "$P.a" "$P.b" "$P.c")"
	ok "$NSMGR" list -q
	is 'the alias' "$out" "$(printf '%s\n' "$P.a" "$P.b" "$P.c")"
}

columns() {
	local listed keeper
	make_some
	expect 2 "$NSMGR" ls -J -o name,type,name
	like 'a column that is there twice' "$err" "*column 'name' is chosen twice*"
	ok "$NSMGR" ls -rn -o +name,id,ID "$P.a"
	is 'one that is there already' "$(wc -w <<<"$out")" 5
	# What cannot be read is no set that is missing.
	expect 1 unshare -m sh -c "umount -l /proc && exec '$FULL' ls -o name,stack '$P.a'"
	unlike 'what is said' "$err" '*no such set*'
	ok "$NSMGR" ls --list-columns
	listed=$(awk '{ print $1 }' <<<"$out" | tr '\n' ' ')
	is 'columns there are' "$listed" 'NAME TYPE INODE STATE ID PATH CREATED PID ORIGIN OWNER DEV NPROCS STACK NETNSID PNS COMMAND USER UID LABELS '
	keeper=$(keeper_of "$P.a")
	ok "$NSMGR" ls -rn -o PATH,PID,ORIGIN,DEV,NPROCS,STACK "$P.a"
	is 'values' "$out" "$NSMGR_STORE/$P.a/pid $keeper made $(stat -L -c '%Hd:%Ld' "$NSMGR_STORE/$P.a/pid") 1 1"
	ok "$NSMGR" ls -rn -o +origin,pid "$P.c"
	like 'added columns, in small letters' "$out" "$P.c ipc [0-9]* live pinned *"
	ok "$NSMGR" ls -rn -o CREATED "$P.b"
	like 'time' "$out" "$(date -u +%Y-%m)-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z*"
	ok "$NSMGR" ls -rn -o OWNER "$P.a"
	is 'owner' "$out" "$(stat -L -c %i /proc/self/ns/user)"
	expect 2 "$NSMGR" ls -o NO
	like 'what is said of a column that is none' "$err" "*no column 'NO'*"
	expect 2 "$NSMGR" ls -o ''
	# LESSONS 2: mounts on top of each other are seen.
	mount --bind /proc/self/ns/uts "$NSMGR_STORE/$P.b/uts"
	ok "$NSMGR" ls -rn -t uts -o STACK "$P.b"
	is 'stack' "$out" 2
	hold "$NSMGR" exec "$P.a"
	ok "$NSMGR" ls -rn -o NPROCS "$P.a"
	is 'processes with one held' "$out" 2
	release
	wait "$pid"
}

# Of the process with the lowest number, and of the kernel.
more_columns() {
	local own
	own=$(stat -L -c %i /proc/self/ns/pid)
	ok "$NSMGR" create "$P.a" --net --pid
	hold "$NSMGR" exec --only=net --as=65534:65534 "$P.a"
	ok "$NSMGR" ls -J -o TYPE,PNS,COMMAND,USER,UID,NETNSID "$P.a"
	is 'of the pid namespace' "$(jq -c '.handles[] | select(.type == "pid") | [.pns, .command, .uid, .netnsid]' <<<"$out")" \
		"[$own,\"nsmgr: $P.a\",0,null]"
	ok "$NSMGR" ls -J -o NAME,PNS,COMMAND,USER,UID --filter type=net
	is 'of the net namespace' "$(jq -c '.handles[] | [.pns, .name]' <<<"$out")" "[null,\"$P.a\"]"
	end "$pid"
	ok "$NSMGR" create "$P.b" --net
	hold "$NSMGR" exec --as=65534:65534 "$P.b"
	ok "$NSMGR" ls -rn -o USER,UID "$P.b"
	like 'user of a process' "$out" '* 65534'
	ok "$NSMGR" ls -J -o COMMAND "$P.b"
	like 'its command' "$(jq -r '.handles[0].command' <<<"$out")" 'sh -c *'
	end "$pid"
	ok "$NSMGR" ls -J --output-all "$P.b"
	is 'all columns' "$(jq -r '.handles[0] | keys | length' <<<"$out")" "$("$NSMGR" ls --list-columns | wc -l)"
	expect 2 "$NSMGR" ls --output-all -o NAME
}

# A pair of devices makes the kernel give an id to where the other one is.
netnsid() {
	ok "$NSMGR" create "$P.a" --net
	ok unshare -n sh -c 'ip link add v0 type veth peer name v1 netns "$3" && ip -j link show v0 | jq ".[0].link_netnsid" &&
		"$1" ls -rn -o NETNSID "$2"' sh "$NSMGR" "$P.a" "$NSMGR_STORE/$P.a/net"
	like 'an id' "$out" '[0-9]*'
	is 'the same from both' "$(head -n 1 <<<"$out")" "$(tail -n 1 <<<"$out")"
}

filters() {
	local long
	make_some
	ok "$NSMGR" ls -rn -o NAME,TYPE --filter type=net,pid
	is 'one of two' "$out" "$P.a pid"$'\n'"$P.b net"
	ok "$NSMGR" ls -rn -o TYPE -f 'name=*.b' -f 'TYPE!=net'
	is 'both, and not' "$out" uts
	ok "$NSMGR" ls -q -f nprocs=1
	is 'names, by a column that is not shown' "$out" "$P.a"
	ok "$NSMGR" ls -q -f state=dead,stale
	is 'none' "$out" ''
	ok "$NSMGR" ls -rn -o NAME -f 'pid=' -f 'origin=pinned'
	is 'an empty cell' "$out" "$P.c"
	# As long as a cell can be.
	long=$(printf '%04000d' 0)
	ok "$NSMGR" ls -rn -o NAME -f "name!=$long" -f "name=$long,*.c"
	is 'a long pattern' "$out" "$P.c"
	ok "$NSMGR" ls -q -f "name=$(printf '*%.0s' {1..300}).b"
	is 'a long pattern that matches' "$out" "$P.b"
	expect 2 "$NSMGR" ls -f "name=x,$long$long"
	like 'what is said' "$err" '*is longer than any cell*'
	expect 2 "$NSMGR" ls -f state
	expect 2 "$NSMGR" ls -f no=x
	expect 2 "$NSMGR" ls -f =x
}

# paths_of JQ: from the rows of a tree in $out, "a/b" for b below a, in order
paths_of() {
	jq -r "def walk_rows(\$above): (\$above + [$1]) as \$here | (\$here | join(\"/\")), (.children // [] | .[] | walk_rows(\$here));
		.handles[] | walk_rows([])" <<<"$out"
}

tree_of_sets() {
	make_some
	ok "$NSMGR" label "$P.b" team=core
	ok "$NSMGR" ls --tree -o NAME,TYPE,STATE,LABELS,CREATED,NPROCS
	is 'first column' "$(cut -d' ' -f1 <<<"$out")" "NAME
$P.a
\`-$P.a
$P.b
|-$P.b
\`-$P.b
$P.c
\`-$P.c"
	like 'row of a set' "$(tr -s ' ' <<<"$out" | sed -n '4p')" "$P.b team=core 20*Z*"
	is 'the same by its name' "$("$NSMGR" ls --tree=set -n)" "$("$NSMGR" ls --tree -n)"
	ok "$NSMGR" ls --tree -J -o NAME,TYPE,INODE
	is 'in JSON' "$(paths_of '.name + "=" + (.type // "set")')" "$P.a=set
$P.a=set/$P.a=pid
$P.b=set
$P.b=set/$P.b=net
$P.b=set/$P.b=uts
$P.c=set
$P.c=set/$P.c=ipc"
	is 'a number in it' "$(jq --arg n "$P.b" '.handles[] | select(.name == $n) | .children[0].inode' <<<"$out")" "$(inode_of "$P.b" net)"
	ok "$NSMGR" ls --tree -J -f type=uts
	is 'what passes a filter, and what is above' "$(paths_of '.type // .name')" "$P.b"$'\n'"$P.b/uts"
	ok "$NSMGR" ls --tree -J "$P.none*"
	is 'nothing' "$(jq -c .handles <<<"$out")" '[]'
	expect 2 "$NSMGR" ls --tree=some
	expect 2 "$NSMGR" ls --tree -q
	like 'what is said' "$err" '*--tree goes with neither --quiet nor --raw*'
	expect 2 "$NSMGR" ls --tree -r
}

# What lsns and the kernel say: the set's user namespace owns what was made with it, ours owns that.
tree_of_owners() {
	local own user inner
	own=$(stat -L -c %i /proc/self/ns/user)
	ok "$NSMGR" create "$P.a" --user --net
	ok "$NSMGR" create "$P.b" --base="$P.a" --uts
	ok "$NSMGR" create "$P.c" --uts
	user=$(inode_of "$P.a" user)
	ok "$NSMGR" ls --tree=owner -J -o NAME,TYPE,INODE,OWNER "$P.*"
	is 'rows' "$(paths_of '(.name // "-") + ":" + .type' | tail -n +2)" "-:user/$P.a:user
-:user/$P.a:user/$P.a:net
-:user/$P.b:user
-:user/$P.b:user/$P.b:net
-:user/$P.b:user/$P.b:uts
-:user/$P.c:uts"
	is 'the one that is in no set' "$(jq -c '.handles[0] | [.name, .inode]' <<<"$out")" "[null,$own]"
	is 'one inside' "$(jq -c '.handles[0].children[0] | [.inode, .owner]' <<<"$out")" "[$user,$own]"
	# A branch has those above that nobody asked for.
	ok "$NSMGR" ls --tree=owner -J -t net "$P.a"
	is 'a branch' "$(paths_of '(.name // "-") + ":" + .type')" "-:user
-:user/$P.a:user
-:user/$P.a:user/$P.a:net"
	# Two user namespaces, of which the upper is in no set.
	hold unshare -Ur unshare -U --map-root-user
	inner=$(ns_of "$pid" user)
	ok "$NSMGR" create "$P.d" "--user=$pid"
	ok "$NSMGR" ls --tree=owner -J -o NAME,INODE "$P.d"
	is 'levels' "$(paths_of '.name // "-"')" "-"$'\n'"-/-"$'\n'"-/-/$P.d"
	is 'the lowest' "user:[$(jq '.handles[0].children[0].children[0].inode' <<<"$out")]" "$inner"
	end "$pid"
	# From inside, the first row is the highest to be seen.
	ok "$NSMGR" exec --only=user "$P.a" "$NSMGR" ls --tree=owner -J -t user "$P.a"
	is 'seen from inside' "$(paths_of '.name')" "$P.a"
}

tree_of_parents() {
	local own
	own=$(stat -L -c %i /proc/self/ns/pid)
	ok "$NSMGR" create "$P.a" --pid --net
	ok "$NSMGR" ls --tree=parent -J -o TYPE,NAME,INODE,PNS,STATE,PATH,STACK,OWNER,NPROCS
	is 'rows' "$(paths_of '(.name // "-") + ":" + .type')" "-:pid"$'\n'"-:pid/$P.a:pid"
	is 'upper' "$(jq -c '.handles[0] | [.inode, .path, .stack]' <<<"$out")" "[$own,null,null]"
	is 'parent of the lower' "$(jq '.handles[0].children[0].pns' <<<"$out")" "$own"
	# One below the other, both in sets.
	hold unshare --pid --fork --kill-child unshare --pid --fork --kill-child
	until_true 'the inner one is there' inner_child
	ok "$NSMGR" create "$P.b" "--pid=$outer"
	ok "$NSMGR" create "$P.c" "--pid=$inner_pid"
	ok "$NSMGR" ls --tree=parent -J -o NAME,TYPE "$P.[bc]"
	is 'one below the other' "$(paths_of '.name // "-"')" "-"$'\n'"-/$P.b"$'\n'"-/$P.b/$P.c"
	end "$pid"
}

inner_child() {
	outer=$(pgrep -P "$pid") && inner_pid=$(pgrep -P "$outer")
}

json() {
	make_some
	ok "$NSMGR" ls -J -o NAME,TYPE,INODE,STATE,ID,PID,OWNER,NPROCS,STACK,PATH
	is 'number of objects' "$(jq '.handles | length' <<<"$out")" 4
	is 'types of numbers' "$(jq -r '[.handles[] | .inode, .owner, .stack | type] | unique | join(" ")' <<<"$out")" number
	# Of a namespace of the host it may be unknown: where process 1 cannot be looked at, for one.
	is 'types of counts' "$(jq -r --arg n "$P.c" '[.handles[] | select(.name != $n) | .nprocs | type] | unique | join(" ")' <<<"$out")" number
	is 'an inode' "$(jq --arg n "$P.b" '.handles[] | select(.name == $n and .type == "net") | .inode' <<<"$out")" "$(inode_of "$P.b" net)"
	is 'a keeper' "$(jq --arg n "$P.a" '.handles[] | select(.name == $n) | .pid' <<<"$out")" "$(keeper_of "$P.a")"
	is 'no keeper' "$(jq --arg n "$P.c" '.handles[] | select(.name == $n) | .pid' <<<"$out")" null
	is 'kind of a state' "$(jq -r '.handles[0].state | type' <<<"$out")" string
	ok "$NSMGR" ls -J "$P.none*"
	is 'nothing as JSON' "$(jq -c '.handles' <<<"$out")" '[]'
	expect 2 "$NSMGR" ls -J -r
}

selection() {
	make_some
	ok "$NSMGR" ls -q "$P.[ab]"
	is 'a pattern' "$out" "$(printf '%s\n' "$P.a" "$P.b")"
	ok "$NSMGR" ls -q "$P.?" "$P.b"
	is 'a pattern and a name' "$(wc -l <<<"$out")" 3
	ok "$NSMGR" ls -q 'zzz*'
	is 'a pattern that matches nothing' "$out$err" ''
	expect 1 "$NSMGR" ls -q "$P.a" "$P.none"
	is 'what is there' "$out" "$P.a"
	is 'what is said' "$err" "nsmgr: cannot ls '$P.none': no such set"
	ok "$NSMGR" ls -rn -t uts,ipc -o TYPE
	is 'chosen types' "$out" $'uts\nipc'
	expect 2 "$NSMGR" ls -t nonsense
	expect 2 "$NSMGR" ls --no-such
	ok "$NSMGR" "--store=$T/none" ls -q
	is 'a store that does not exist' "$out" ''
	no 'ls makes a store' test -e "$T/none"
}

state_of() { "$NSMGR" ls -rn -t "$2" -o STATE "$1"; }

states() {
	local keeper
	ok "$NSMGR" create "$P.s" --all
	is 'live' "$("$NSMGR" ls -rn -o STATE "$P.s" | sort -u)" live
	umount "$NSMGR_STORE/$P.s/net"
	is 'stale (LESSONS 4)' "$(state_of "$P.s" net)" stale
	umount "$NSMGR_STORE/$P.s/uts"
	mount --bind /proc/self/ns/uts "$NSMGR_STORE/$P.s/uts"
	is 'foreign: another namespace' "$(state_of "$P.s" uts)" foreign
	umount "$NSMGR_STORE/$P.s/ipc"
	mount --bind /proc/self/ns/net "$NSMGR_STORE/$P.s/ipc"
	is 'foreign: another type' "$(state_of "$P.s" ipc)" foreign
	keeper=$(keeper_of "$P.s")
	kill -KILL "$keeper"
	is_dead() { [ "$(state_of "$P.s" pid)" = dead ]; }
	until_true 'dead (LESSONS 8)' is_dead
	is 'others are live' "$("$NSMGR" ls -rn -t cgroup,mnt,time,user -o STATE "$P.s" | sort -u)" live
}

# KERNEL R41: an init that has ended but was not collected is dead too.
unreaped() {
	hold unshare --pid --fork --kill-child
	inner=$(pgrep -P "$pid")
	ok "$NSMGR" create "$P.z" "--pid=$inner"
	is 'state' "$(state_of "$P.z" pid)" live
	kill -STOP "$pid"
	until_true 'the parent of the init is stopped' is_stopped "$pid"
	kill -KILL "$inner"
	until_true 'the init is a zombie' grep -qs '^State:.Z' "/proc/$inner/status"
	is 'state' "$(state_of "$P.z" pid)" dead
	kill -KILL "$pid"
	wait "$pid"
}

# KERNEL R41: from a sibling pid namespace nobody can tell.
unknown() {
	ok "$NSMGR" create "$P.u" --pid
	ok unshare --pid --fork "$NSMGR" ls -rn -o STATE "$P.u"
	is 'state seen from a sibling' "$out" unknown
	ok "$NSMGR" ls -rn -o STATE "$P.u"
	is 'state seen from here' "$out" live
}

elsewhere() {
	mkdir "$T/$PROGRAM-else"
	hold unshare -m --propagation=private sh -c '"$1" --store="$2/s" create else --net --uts && shift 2 && exec "$@"' sh "$NSMGR" "$T/$PROGRAM-else"
	ok "$NSMGR" "--store=$T/$PROGRAM-else/s" ls -rn -o STATE
	is 'state' "$out" $'elsewhere\nelsewhere'
	ok nsenter -t "$pid" -m "$NSMGR" "--store=$T/$PROGRAM-else/s" ls -rn -o STATE
	is 'state there' "$out" $'live\nlive'
	release
	wait "$pid"
	rm -rf "${T:?}/$PROGRAM-else"
}

hand_made() {
	ok "$NSMGR" create "$P.a" --uts
	mkdir "$NSMGR_STORE/$P.hand" "$NSMGR_STORE/$P.empty"
	: >"$NSMGR_STORE/$P.hand/net"
	mount --bind /proc/self/ns/net "$NSMGR_STORE/$P.hand/net"
	: >"$NSMGR_STORE/$P.hand/uts"
	: >"$NSMGR_STORE/$P.hand/other"
	ok "$NSMGR" ls -rn "$P.hand"
	is 'rows' "$(awk '{ print $2, $3, $4 }' <<<"$out" | head -n 1)" "net $(stat -L -c %i /proc/self/ns/net) live"
	like 'a file' "$out" $'*\n'"$P.hand uts *stale"
	is 'number of rows' "$(wc -l <<<"$out")" 2
	ok "$NSMGR" ls -rn -t net -o ORIGIN "$P.hand"
	is 'origin' "$out" ''
	ok "$NSMGR" exec --only=net "$P.hand" true
	ok "$NSMGR" ls -q
	is 'names' "$(wc -l <<<"$out")" 3
	rm "$NSMGR_STORE/$P.hand/other"
	ok "$NSMGR" rm "$P.hand" "$P.empty"
}

ordinary_user() {
	make_some
	ok as_nobody ls -rn
	is 'rows' "$(awk '{ print $1, $2, $4 }' <<<"$out")" "$(printf '%s\n' "$P.a pid live" "$P.b net live" "$P.b uts live" "$P.c ipc live")"
	ok as_nobody ls -q
	is 'names' "$(wc -l <<<"$out")" 3
	ok as_nobody ls -J -o +NPROCS,OWNER,STACK,PID,ORIGIN
	is 'objects' "$(jq '.handles | length' <<<"$out")" 4
	# Not all processes could be looked at: empty, not wrong.
	is 'number of processes' "$(jq '[.handles[].nprocs] | unique | length' <<<"$out")" 1
	expect 1 as_nobody create "$P.no" --user
	like 'what create says' "$err" 'nsmgr: cannot create*'
	expect 1 as_nobody rm "$P.a"
	like 'what rm says' "$err" 'nsmgr: cannot rm*'
	expect 125 as_nobody exec "$P.b" true
	like 'what exec says' "$err" '*CAP_SYS_ADMIN*'
	is 'sets' "$("$NSMGR" ls -q | wc -l)" 3
}

# LESSONS security 16: what others wrote is escaped.
escaped() {
	ok "$NSMGR" create "$P.a" --uts
	mkdir "$NSMGR_STORE/"$'bad\033[31m\nname' "$NSMGR_STORE/sp ace"
	: >"$NSMGR_STORE/"$'bad\033[31m\nname/net'
	: >"$NSMGR_STORE/sp ace/net"
	ok "$NSMGR" ls
	unlike 'what is printed' "$out" $'*\033*'
	is 'lines' "$(wc -l <<<"$out")" 4
	ok "$NSMGR" ls -q
	is 'names' "$(wc -l <<<"$out")" 3
	unlike 'names' "$out" $'*\033*'
	ok "$NSMGR" ls -J
	is 'objects' "$(jq '.handles | length' <<<"$out")" 3
	ok "$NSMGR" ls -rn
	is 'blanks a row: a stale handle has no inode' "$(tr -cd ' \n' <<<"$out" | sort -u)" '   '
	expect 1 "$NSMGR" ls $'no\033such'
	unlike 'what is said' "$err" $'*\033*'
	rm -r "$NSMGR_STORE/"bad* "$NSMGR_STORE/sp ace"
}

bad_output() {
	local how
	make_some
	for how in '' -q -J --list-columns --help; do
		"$NSMGR" ls $how >/dev/full 2>"$T/err"
		is "status of ls $how into a full device" $? 1
		like 'what is said' "$(<"$T/err")" 'nsmgr: *No space left on device*'
		"$NSMGR" ls $how >&- 2>"$T/err"
		is "status of ls $how into nothing" $? 1
	done
}

# A watcher that lists while sets come and go sees whole ones.
while_changing() {
	local i
	(for i in {1..40}; do "$NSMGR" create "$P.w" --net --uts && "$NSMGR" rm "$P.w" || exit 1; done) &
	pid=$!
	while ! gone "$pid"; do
		ok "$NSMGR" ls -rn -o STATE
		[ -z "$out" ] || is 'what a watcher sees' "$out" $'live\nlive'
	done
	ok wait "$pid"
}

# A process that ends while it is looked at is no reason to say nothing: its links give EACCES by then.
count_while_changing() {
	local i
	ok "$NSMGR" create "$P.n" --pid
	(while [ -d "$NSMGR_STORE/$P.n" ]; do (:) & (:) & wait; done) 2>/dev/null &
	pid=$!
	for i in {1..60}; do
		ok "$NSMGR" ls -rn -o NPROCS "$P.n"
		is "number of processes at look $i" "$out" 1
	done
	ok "$NSMGR" rm "$P.n"
	wait "$pid"
}

# With a pattern nobody looks ahead.
from_both_ends() {
	local both one
	seq -f "$P.many%.0f" 1200 >"$T/many"
	ok "$NSMGR" create --uts --from-file="$T/many"
	ok "$NSMGR" label "$P.many1199" odd=yes
	umount -l "$NSMGR_STORE/$P.many1198/uts"
	strace -f -qq -e trace=clone,clone3 -o "$T/threads" "$NSMGR" ls -q -f STATE=live >/dev/null || fail "status $?"
	[ "$(nproc)" -lt 2 ] || yes 'a thread looks at the other end' grep -q CLONE_THREAD "$T/threads"
	is 'with their owners' "$("$NSMGR" ls -rn -o NAME,OWNER)" "$("$NSMGR" ls -rn -o NAME,OWNER '*')"
	both=$("$NSMGR" ls -rn -o NAME,TYPE,INODE,ID,STATE) || fail "status $?"
	one=$("$NSMGR" ls -rn -o NAME,TYPE,INODE,ID,STATE '*') || fail "status $?"
	is 'what is said of all' "$both" "$one"
	is 'how many' "$(grep -c "^$P.many" <<<"$both")" 1200
	is 'the one that lost its mount' "$(grep -F "$P.many1198 " <<<"$both" | cut -d ' ' -f 5)" stale
	is 'in which order' "$both" "$(LC_ALL=C sort <<<"$both")"
	ok "$NSMGR" check --repair
	xargs "$NSMGR" rm --ignore-missing <"$T/many" || fail "rm gave $?"
}

cases() {
	it 'prints a row a handle, sorted by name' table
	it 'says the same of many, which it looks at from both ends' from_both_ends
	it 'has the columns that it lists (LESSONS 2)' columns machine
	it 'has columns of processes, parents and all' more_columns ids all
	it 'has the ids of network namespaces' netnsid
	it '--filter chooses by cells' filters all
	it '--tree has handles below their sets' tree_of_sets
	it '--tree=owner has them below the user namespaces that own them' tree_of_owners
	it '--tree=parent has pid and user namespaces below their parents' tree_of_parents
	it '-J is JSON with numbers as numbers' json all
	it 'chooses by name, pattern and type' selection
	it 'tells live, stale, dead and foreign apart (KERNEL R3 R8, LESSONS 4 8)' states
	it 'an init that nobody collected is dead (KERNEL R41)' unreaped
	it 'a pid namespace outside our tree is unknown (KERNEL R41)' unknown
	it 'what is mounted elsewhere is elsewhere' elsewhere
	it 'takes directories made by hand' hand_made
	it 'works as an ordinary user' ordinary_user ids
	it 'escapes what it prints (LESSONS security 16)' escaped
	it 'a closed or full output is a failure' bad_output
	it 'counts processes while others end' count_while_changing all
	it 'a watcher sees whole sets (LESSONS 3)' while_changing
}

copy_programs
for_both
finish
