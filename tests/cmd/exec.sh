#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exec: what is entered, and what the command finds there.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# changed_in OPTION...: the types in which a command run with these options is not where we are
changed_in() {
	local type inode
	"$NSMGR" exec "$@" "$P.a" readlink $(printf '/proc/self/ns/%s ' $TYPES) | while IFS=: read -r type inode; do
		[ "$type:$inode" = "$(ns_of self "$type")" ] || printf '%s ' "$type"
	done
}

chosen_types() {
	local type
	# With its own /proc, a command that is not in the pid namespace would see nothing of itself.
	ok "$NSMGR" create "$P.a" --all --no-proc
	is 'all' "$(changed_in)" "$TYPES "
	for type in $TYPES; do
		is "--only=$type" "$(changed_in "--only=$type")" "$type "
		is "--except=$type" "$(changed_in "--except=$type")" "$(tr ' ' '\n' <<<"$TYPES" | grep -v "^$type$" | tr '\n' ' ')"
	done
	is '--only of two' "$(changed_in --only=uts,net)" 'net uts '
	is '--only=mount' "$(changed_in --only=mount)" 'mnt '
	expect 125 "$NSMGR" exec --only=nonsense "$P.a" true
	expect 125 "$NSMGR" exec --only= "$P.a" true
	expect 125 "$NSMGR" exec --only=net --except=uts "$P.a" true
	ok "$NSMGR" create "$P.b" --uts
	expect 125 "$NSMGR" exec --only=net "$P.b" true
	like 'what is said' "$err" '*the set has no net namespace*'
}

statuses() {
	local set options
	: >"$T/noexec"
	for options in --uts --pid; do
		set=$P${options/--/.}
		ok "$NSMGR" create "$set" $options
		ok "$NSMGR" exec "$set" true
		expect 7 "$NSMGR" exec "$set" sh -c 'exit 7'
		expect 127 "$NSMGR" exec "$set" no-such-command
		like '127' "$err" "nsmgr: cannot exec '$set': exec: 'no-such-command': No such file*"
		expect 127 "$NSMGR" exec "$set" /no/such/command
		expect 126 "$NSMGR" exec "$set" "$T/noexec"
		like '126' "$err" '*Permission denied*'
		expect 126 "$NSMGR" exec "$set" /etc
		expect $((128 + 9)) "$NSMGR" exec "$set" sh -c 'kill -KILL $$'
		expect $((128 + 15)) "$NSMGR" exec "$set" sh -c 'kill -TERM $$'
		expect 125 "$NSMGR" exec "$set"
		like '125' "$err" '*COMMAND is missing*'
		expect 125 "$NSMGR" exec --no-such "$set" true
		expect 125 "$NSMGR" exec "$set" --
	done
	expect 125 "$NSMGR" exec
	expect 125 "$NSMGR" exec "$P.none" true
	like 'no such set' "$err" "nsmgr: cannot exec '$P.none': *no such set*"
}

operands() {
	ok "$NSMGR" create "$P.o" --uts
	ok "$NSMGR" exec "$P.o" printf '%s,' --only=net -- -v
	is 'arguments behind the command' "$out" '--only=net,--,-v,'
	ok "$NSMGR" exec "$P.o" -- printf '%s,' a '' 'b c'
	is 'arguments behind --' "$out" 'a,,b c,'
	# Options end at NAME: what follows is the command, whatever it is called.
	expect 127 "$NSMGR" exec "$P.o" --no-such true
}

streams() {
	local set
	for set in uts pid; do
		ok "$NSMGR" create "$P.$set" --$set
		is "standard input in $set" "$(echo hello | "$NSMGR" exec "$P.$set" cat)" hello
		is "errors in $set" "$("$NSMGR" exec "$P.$set" sh -c 'echo e >&2; echo o' 2>&1 >/dev/null)" e
		ok "$NSMGR" exec "$P.$set" sh -c 'exec <&- 2>&-; echo x'
		is "output in $set" "$out" x
	done
	# Closed ones stay closed, and nothing of ours takes their place.
	(exec 0<&-; "$NSMGR" exec "$P.uts" sh -c '[ ! -e /proc/self/fd/0 ] || exit 3' </dev/null) 2>/dev/null
	run bash -c 'exec 0<&- && exec "$@"' - "$NSMGR" exec "$P.uts" readlink /proc/self/fd/0
	is 'what is at 0 when that was closed' "$out" ''
}

# LESSONS security 3 and 18 (CVE-2024-21626): the command's descriptors are counted.
descriptors() {
	local set
	exec 5<"$T/never2" 7<"$T/never2" 33<"$T/never2"
	for set in uts all; do
		ok "$NSMGR" create "$P.$set" --$set
		fds "$P.$set"
		is "descriptors in $set" "$out" '0 1 2 '
		fds --preserve-fds=5 "$P.$set"
		is "with 5 preserved in $set" "$out" '0 1 2 5 '
		fds --preserve-fds=33,7 "$P.$set"
		is "with 33 and 7 preserved in $set" "$out" '0 1 2 7 33 '
		fds --preserve-fds=1,7,7 "$P.$set"
		is "with 7 twice in $set" "$out" '0 1 2 7 '
	done
	expect 125 "$NSMGR" exec --preserve-fds=99 "$P.uts" true
	like 'what is said of one that is not open' "$err" '*99 is not open*'
	expect 125 "$NSMGR" exec --preserve-fds=5, "$P.uts" true
	expect 125 "$NSMGR" exec --preserve-fds=x "$P.uts" true
	exec 5<&- 7<&- 33<&-
}

# The descriptors of a shell, listed by itself, without one for the list: a glob is expanded while it is open, so each is asked.
fds() {
	ok "$NSMGR" exec "$@" bash -c 'for ((i = 0; i < 200; i++)); do [ -e /proc/$$/fd/$i ] && [ $i != 255 ] && printf "%s " $i; done; true'
}

environment() {
	ok "$NSMGR" create "$P.e" --uts
	ok env A=1 B=2 "$NSMGR" exec -e C=3 --env=A=9 -e -B "$P.e" sh -c 'echo "$A-${B-unset}-$C-$NSMGR_NAME"'
	is 'variables' "$out" "9-unset-3-$P.e"
	ok env A=1 B=2 "$NSMGR" exec --clear-env -e B -e X=y=z -e MISSING "$P.e" /usr/bin/env
	is 'a cleared environment' "$(sort <<<"$out")" "$(printf '%s\n' B=2 "NSMGR_NAME=$P.e" X=y=z)"
	ok "$NSMGR" exec --clear-env "$P.e" true
	ok env NSMGR_NAME=outer "$NSMGR" exec "$P.e" sh -c 'echo $NSMGR_NAME'
	is 'NSMGR_NAME' "$out" "$P.e"
	expect 125 "$NSMGR" exec -e =x "$P.e" true
	expect 125 "$NSMGR" exec -e '' "$P.e" true
}

# LESSONS security 3 (CVE-2024-21626): the directory is below the root that was entered.
directory() {
	local here=$T/$PROGRAM-here
	mkdir "$here"
	cd "$here" || fail cd
	ok "$NSMGR" create "$P.u" --uts
	ok "$NSMGR" exec "$P.u" pwd -P
	is 'cwd without mnt' "$out" "$here"
	ok "$NSMGR" create "$P.m" --mnt
	ok "$NSMGR" exec "$P.m" pwd -P
	is 'cwd that exists inside' "$out" "$here"
	ok "$NSMGR" exec --cwd=/etc "$P.m" pwd -P
	is '--cwd' "$out" /etc
	ok "$NSMGR" exec -w /usr "$P.u" pwd -P
	is '-w' "$out" /usr
	expect 125 "$NSMGR" exec -w /no/such "$P.m" true
	ok "$NSMGR" exec "$P.m" mount -t tmpfs none "$T"
	ok "$NSMGR" exec -v "$P.m" pwd -P
	is 'cwd that does not exist inside' "$out" /
	like 'what -v says' "$err" 'nsmgr: *starting in /*'
	ok "$NSMGR" exec "$P.m" pwd -P
	is 'what is said without -v' "$err" ''
}

# CVE-2022-2989, 2990, 2995: setgroups, then gid, then uid, read back. Users are those of the files inside.
as_user() {
	mkdir "$T/$PROGRAM-etc"
	printf 'root:x:0:0::/:/bin/sh\nanna:x:1234:4321::/:/bin/sh\n' >"$T/$PROGRAM-etc/passwd"
	printf 'root:x:0:\nhers:x:4321:\nmore:x:55:bert,anna\nnot:x:56:bert\nlate:x:57:anna\n' >"$T/$PROGRAM-etc/group"
	ok "$NSMGR" create "$P.s" --mnt
	ok "$NSMGR" exec "$P.s" sh -c "mount --bind $T/$PROGRAM-etc/passwd /etc/passwd && mount --bind $T/$PROGRAM-etc/group /etc/group"
	ids --as=anna "1234 1234 1234 1234|4321 4321 4321 4321|55 57 4321"
	ids -Sanna "1234 1234 1234 1234|4321 4321 4321 4321|55 57 4321"
	ids --as=1234 "1234 1234 1234 1234|4321 4321 4321 4321|55 57 4321"
	ids --as=7777 "7777 7777 7777 7777|7777 7777 7777 7777|7777"
	ids --as=anna:more "1234 1234 1234 1234|55 55 55 55|55"
	ids --as=7:8,9,hers "7 7 7 7|8 8 8 8|8 9 4321"
	expect 125 "$NSMGR" exec --as=nobodyelse "$P.s" true
	like 'what is said' "$err" "*no such user inside: 'nobodyelse'*"
	expect 125 "$NSMGR" exec --as=anna:nogroup "$P.s" true
	for user in '' : :5 5: 5:,6 '5:6,' 4294967295 -1 1x; do
		expect 125 "$NSMGR" exec "--as=$user" "$P.s" true
	done
}

ids() {
	local option=$1 want=$2
	ok "$NSMGR" exec "$option" "$P.s" awk '/^[UG]id/ { printf "%s %s %s %s|", $2, $3, $4, $5 } /^Groups/ { $1 = ""; print substr($0, 2) }' /proc/self/status
	is "ids of $option" "${out%% }" "$want"
}

default_ids() {
	ok "$NSMGR" create "$P.u" --user --map-users=0:100000:1000 --map-groups=0:100000:1000
	ok "$NSMGR" exec "$P.u" id
	is 'ids inside' "$out" 'uid=0(root) gid=0(root) groups=0(root)'
	ok "$NSMGR" exec "$P.u" awk '/^CapEff/ { print ($2 != "0000000000000000") }' /proc/self/status
	is 'capabilities inside' "$out" 1
	ok "$NSMGR" exec --preserve-credentials "$P.u" id -u
	is 'uid with --preserve-credentials' "$out" 65534
	ok "$NSMGR" exec --as=5:6 "$P.u" sh -c 'id -u; id -g'
	is 'ids of --as' "$out" $'5\n6'
	expect 125 "$NSMGR" exec --as=2000 "$P.u" true
	ok "$NSMGR" create "$P.v" --user --map-users=5:100000:10 --map-groups=5:100000:10
	ok "$NSMGR" exec "$P.v" true
}

privileges() {
	ok "$NSMGR" create "$P.p" --uts
	ok "$NSMGR" exec --no-new-privs "$P.p" grep NoNewPrivs /proc/self/status
	like '--no-new-privs' "$out" '*1'
	ok "$NSMGR" exec "$P.p" grep NoNewPrivs /proc/self/status
	like 'without it' "$out" '*0'
	# LESSONS security 10 (CVE-2017-5226): no terminal to push characters into.
	ok script -qec "\"$NSMGR\" exec --new-session $P.p sh -c 'cut -d\" \" -f6,7 /proc/\$\$/stat; echo \$\$'" /dev/null
	is 'session and terminal' "$(tr -d '\r' <<<"$out" | tr '\n' ' ')" "$(tr -d '\r' <<<"${out##*$'\n'}") 0 $(tr -d '\r' <<<"${out##*$'\n'}") "
}

# LESSONS 4 and 8: what cannot be entered is refused with the cure.
refused() {
	ok "$NSMGR" create "$P.stale" --net --uts
	umount "$NSMGR_STORE/$P.stale/net"
	expect 125 "$NSMGR" exec "$P.stale" true
	like 'stale' "$err" "nsmgr: cannot exec '$P.stale': net: *stale*cure: nsmgr rm*"
	ok "$NSMGR" exec --only=uts "$P.stale" true
	ok "$NSMGR" create "$P.foreign" --uts
	umount "$NSMGR_STORE/$P.foreign/uts"
	mount --bind /proc/self/ns/uts "$NSMGR_STORE/$P.foreign/uts"
	expect 125 "$NSMGR" exec "$P.foreign" true
	like 'foreign' "$err" "nsmgr: cannot exec '$P.foreign': uts: *foreign*cure: nsmgr rm*"
	ok "$NSMGR" create "$P.type" --uts
	umount "$NSMGR_STORE/$P.type/uts"
	mount --bind /proc/self/ns/net "$NSMGR_STORE/$P.type/uts"
	expect 125 "$NSMGR" exec "$P.type" true
	like 'of another type' "$err" '*foreign*cure*'
}

# The handle is open while the name goes: rm does not wait for commands in sets without a pid namespace (KERNEL R1).
outlives_rm() {
	ok "$NSMGR" create "$P.x" --net
	hold "$NSMGR" exec "$P.x"
	ok "$NSMGR" rm "$P.x"
	yes 'the command runs on' alive "$pid"
	release
	wait "$pid"
	is 'its status' $? 0
}

# The command would be where we are for that type.
lost() {
	ok "$NSMGR" create "$P.a" --net --uts
	umount "$NSMGR_STORE/$P.a/net"
	rm -f "$NSMGR_STORE/$P.a/net"
	expect 125 "$NSMGR" exec "$P.a" true
	like 'what it says' "$err" "nsmgr: cannot exec '$P.a': net: open: missing: *cure: nsmgr rm*"
	is 'lines' "$(wc -l <<<"$err")" 1
	ok "$NSMGR" exec --only=uts "$P.a" true
}

cases() {
	it 'refuses a set that has lost a namespace' lost
	it 'enters all types, --only or --except some (KERNEL R24, LESSONS 9)' chosen_types
	it 'gives the exact status: 125, 126, 127, 128+N' statuses
	it 'options end at NAME' operands
	it 'leaves standard streams as they are' streams
	it 'passes no descriptor but those of --preserve-fds (CVE-2024-21626, LESSONS security 3 18)' descriptors
	it 'sets, imports and unsets variables (LESSONS security 8)' environment
	it 'starts in the same directory where that exists inside (CVE-2024-21626)' directory
	it '--as takes the users and groups of the files inside (CVE-2022-2989, LESSONS security 12)' as_user ids
	it 'is 0:0 inside a user namespace unless told otherwise (KERNEL R23 R25)' default_ids ids
	it '--no-new-privs and --new-session (CVE-2017-5226, LESSONS security 10)' privileges
	it 'refuses stale and foreign handles and says the cure (LESSONS 4, security 6)' refused
	it 'a running command keeps its namespace when the set goes (KERNEL R1)' outlives_rm
}

mkfifo "$T/never2"
exec {NEVER2}<>"$T/never2"
for_both
exec {NEVER2}<&-
finish
