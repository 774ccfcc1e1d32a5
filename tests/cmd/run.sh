#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run: a set for one command, of which nothing is left when that ends. shell: the user's own in a set.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086).
# shellcheck disable=SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

child_of() { pgrep -P "$1" "${@:2}" | head -n 1; }

# The process below nsmgr that is not the keeper of its set.
command_of() {
	local one
	for one in $(pgrep -P "$1"); do
		[ "$(tr '\0' ' ' <"/proc/$one/cmdline" | cut -c-6)" = 'nsmgr:' ] || echo "$one"
	done
}

keeper_below() {
	local one
	for one in $(pgrep -P "$1"); do
		[ "$(tr '\0' ' ' <"/proc/$one/cmdline" | cut -c-6)" = 'nsmgr:' ] && echo "$one"
	done
}

# Whether any process that we may look at is in that namespace: "net:[1]".
unused() { ! readlink /proc/[0-9]*/ns/"${1%%:*}" 2>/dev/null | grep -qxF "$1"; }

types() {
	local type seen
	for type in $TYPES; do
		ok "$NSMGR" run "--$type" readlink $(printf '/proc/self/ns/%s ' $TYPES)
		seen=$(while IFS=: read -r name inode; do
			[ "$name:$inode" = "$(ns_of self "$name")" ] || printf '%s ' "$name"
		done <<<"$out")
		is "what changes with --$type" "$seen" "$type "
	done
	ok "$NSMGR" run --all -- sh -c 'ls /proc | grep -c "^[0-9]"; uname -n'
	yes 'the /proc is of the new pid namespace' test "$(head -n 1 <<<"$out")" -lt 10
	ok "$NSMGR" run -nuU --hostname=inner --map-root-user -- sh -c 'uname -n; id -u; ip -o link show up'
	like 'set-up' "$out" $'inner\n0\n1: lo:*'
}

statuses() {
	local options
	: >"$T/noexec"
	for options in --uts --pid '--uts --fork' "--uts --name=$P.s" "--pid --name=$P.s"; do
		ok "$NSMGR" run $options true
		expect 7 "$NSMGR" run $options -- sh -c 'exit 7'
		expect 127 "$NSMGR" run $options no-such-command
		like '127' "$err" "nsmgr: cannot run*: exec: 'no-such-command': No such file*"
		expect 126 "$NSMGR" run $options "$T/noexec"
		expect 126 "$NSMGR" run $options /etc
		expect $((128 + 9)) "$NSMGR" run $options sh -c 'kill -KILL $$'
		expect $((128 + 15)) "$NSMGR" run $options sh -c 'kill -TERM $$'
		expect 125 "$NSMGR" run $options
		like '125' "$err" '*COMMAND is missing*'
		expect 125 "$NSMGR" run $options --
		expect 125 "$NSMGR" run $options --no-such true
		expect 125 "$NSMGR" run $options --cwd=/no/such true
		expect 125 "$NSMGR" run $options --hostname="$(printf '%070d' 0)" true
	done
	expect 125 "$NSMGR" run true
	expect 125 "$NSMGR" run --net=/no/such true
	expect 125 "$NSMGR" run --net --only=net true
	expect 125 "$NSMGR" run --net --name=.bad true
	is 'sets' "$(sets_in "$NSMGR_STORE")" ''
}

# The command's options are exec's: one table, tried here where the command is a child of the library's and where it is not.
command_options() {
	local fork
	exec 5<"$T/never2"
	for fork in '' --fork; do
		ok env A=1 B=2 NSMGR_NAME=outer "$NSMGR" run --uts $fork -e C=3 -e -B -w /usr \
			sh -c 'echo "$A-${B-unset}-$C-${NSMGR_NAME-none}-$PWD"'
		is 'environment and directory' "$out" '1-unset-3-none-/usr'
		ok env A=1 "$NSMGR" run --uts $fork --clear-env -e X=y /usr/bin/env
		is 'a cleared environment' "$out" X=y
		ok "$NSMGR" run --mnt $fork --as=7:8,9 sh -c 'id -u; id -g; id -G'
		is 'ids' "$out" $'7\n8\n8 9'
		ok "$NSMGR" run --uts $fork --no-new-privs grep NoNewPrivs /proc/self/status
		like '--no-new-privs' "$out" '*1'
		ok "$NSMGR" run --uts $fork --new-session sh -c 'cut -d" " -f6 /proc/$$/stat; echo $$'
		is 'the session' "${out%$'\n'*}" "${out#*$'\n'}"
		ok "$NSMGR" run --uts $fork bash -c '[ -e /proc/$$/fd/5 ] || echo closed'
		is 'a descriptor' "$out" closed
		ok "$NSMGR" run --uts $fork --preserve-fds=5 bash -c '[ -e /proc/$$/fd/5 ] && echo open'
		is 'a preserved descriptor' "$out" open
		ok "$NSMGR" run --uts $fork grep -E '^Sig(Blk|Ign)' /proc/self/status
		is 'blocked and ignored' "$(awk '{ print $2 }' <<<"$out")" "$(grep -E '^Sig(Blk|Ign)' /proc/self/status | awk '{ print $2 }')"
	done
	ok "$NSMGR" run --user --map-users=0:100000:10 --map-groups=0:100000:10 --preserve-credentials id -u
	is 'uid with --preserve-credentials' "$out" 65534
	exec 5<&-
}

sources() {
	ok "$NSMGR" create "$P.a" --net --uts --hostname=base
	ok "$NSMGR" run "--net=@$P.a" --ipc readlink /proc/self/ns/net
	is 'a pinned network' "$out" "net:[$(inode_of "$P.a" net)]"
	ok "$NSMGR" run "--base=$P.a" --ipc sh -c 'uname -n; readlink /proc/self/ns/net /proc/self/ns/ipc'
	like 'a base' "$out" "base"$'\n'"net:\[$(inode_of "$P.a" net)\]"$'\n'"ipc:*"
	isnt 'the new ipc' "${out##*$'\n'}" "$(ns_of self ipc)"
}

# Without a pid namespace nsmgr becomes the command; with one the keeper is 1, the command the next.
in_place() {
	hold "$NSMGR" run --net
	is 'the process' "$inner" "$pid"
	is 'its children' "$(child_of "$pid")" ''
	release
	wait "$pid"
	ok "$NSMGR" run --pid sh -c 'echo $$'
	is 'the pid inside' "$out" 2
}

# An ordinary user needs no privilege and no store.
unprivileged() {
	setpriv --reuid=12345 --regid=12345 --clear-groups unshare --user true 2>/dev/null || skip 'users may not make user namespaces'
	ok setpriv --reuid=12345 --regid=12345 --clear-groups \
		"$NSMGR" run --user --map-root-user --setgroups=deny --net --pid --mnt --uts --hostname=mine -- sh -c 'id -u; uname -n; echo $$'
	is 'seen inside' "$out" $'0\nmine\n2'
}

# The kernel frees all when the command ends, a background process in the pid namespace included.
frees() {
	local left net
	hold "$NSMGR" run --pid --net bash -c 'bash -c "read -r -u 9 9<>\"$T/never\"" & exec "$@"' bash
	net=$(ns_of "$(command_of "$pid")" net)
	left=$(child_of "$(command_of "$pid")")
	yes 'there is another' alive "$left"
	release
	wait "$pid"
	is 'status' $? 0
	yes 'it has ended too' gone "$left"
	yes 'nobody is in the network namespace' unused "$net"
}

# As above, when nsmgr is killed: the keeper's socket is closed by the kernel (KERNEL R41).
killed() {
	local command keeper net
	hold "$NSMGR" run --pid --mnt --net
	command=$(command_of "$pid") keeper=$(keeper_below "$pid")
	net=$(ns_of "$command" net)
	yes 'there is a keeper' alive "$keeper"
	end "$pid"
	until_true 'the command ends with nsmgr' gone "$command"
	until_true 'the keeper ends with nsmgr' gone "$keeper"
	until_true 'nobody is in the network namespace' unused "$net"
	# Without a pid namespace it goes on, but with --kill-child.
	hold "$NSMGR" run --net --fork
	command=$(command_of "$pid")
	end "$pid"
	yes 'the command goes on' alive "$command"
	release
	until_true 'it ends by itself' gone "$command"
	hold "$NSMGR" run --net --kill-child
	command=$(command_of "$pid")
	end "$pid"
	until_true 'the command ends with nsmgr' gone "$command"
}

keeper_killed() {
	hold "$NSMGR" run --pid
	kill -KILL "$(keeper_below "$pid")"
	wait "$pid"
	is 'status' $? 137
}

signals() {
	local signal options
	for options in --pid "--uts --name=$P.g" "--pid --name=$P.g"; do
		for signal in TERM INT HUP; do
			victim env --default-signal=INT "$NSMGR" run $options --
			kill -$signal "$pid"
			wait "$pid"
			is "status after $signal" $? $((128 + $(kill -l $signal)))
			is 'sets' "$(sets_in "$NSMGR_STORE")" ''
		done
	done
	hold "$NSMGR" run --pid
	kill -STOP "$(command_of "$pid")"
	until_true 'nsmgr has stopped with its command' is_stopped "$pid"
	kill -CONT "$pid"
	until_true 'the command runs' isnt_stopped "$(command_of "$pid")"
	release
	wait "$pid"
	# SIGCHLD ignored by whoever starts us takes no status away, and the command has it ignored (util-linux#3909).
	expect 9 bash -c 'trap "" CHLD; exec "$@"' bash "$NSMGR" run --pid sh -c 'exit 9'
	ok bash -c 'trap "" CHLD; exec "$@"' bash "$NSMGR" run --pid --mnt \
		awk '/^SigIgn/ { print substr($2, 12, 1) }' /proc/self/status
	is 'SIGCHLD is ignored inside' "$out" 1
}

named() {
	hold "$NSMGR" run --net --pid "--name=$P.n"
	is 'sets' "$("$FULL" ls -q)" "$P.n"
	is 'origins' "$("$FULL" ls -rn -o ORIGIN,STATE "$P.n" | sort -u)" 'made live'
	ok "$NSMGR" exec "$P.n" readlink /proc/self/ns/net
	is 'its network' "$out" "$(ns_of "$(command_of "$pid")" net)"
	expect 1 "$NSMGR" rm "$P.n"
	expect 125 "$NSMGR" run --net "--name=$P.n" true
	like 'a name that is taken' "$err" '*exists*'
	is 'sets' "$("$FULL" ls -q)" "$P.n"
	release
	wait "$pid"
	is 'status' $? 0
	is 'sets at the end' "$("$FULL" ls -q)" ''
	ok "$NSMGR" run --net "--name=$P.n" sh -c 'echo $NSMGR_NAME'
	is 'NSMGR_NAME' "$out" "$P.n"
	# What is left in the pid namespace ends with the set.
	hold "$NSMGR" run --pid "--name=$P.n" bash -c 'bash -c "read -r -u 9 9<>\"$T/never\"" & exec "$@"' bash
	release
	wait "$pid"
	is 'status with one left' $? 0
	is 'sets with one left' "$("$FULL" ls -q)" ''
	yes 'none is left' none_marked
}

# Renamed it stays; another one of its name is not touched; removed before is fine.
named_elsewhere() {
	local other
	hold "$NSMGR" run --net "--name=$P.n"
	ok "$NSMGR" rename "$P.n" "$P.kept"
	ok "$NSMGR" create "$P.n" --net
	release
	wait "$pid"
	is 'status' $? 0
	is 'sets' "$("$FULL" ls -q | xargs)" "$P.kept $P.n"
	ok "$NSMGR" rm "$P.n" "$P.kept"
	# Of other types, or of the very same namespaces.
	ok "$NSMGR" create "$P.base" --net
	for other in "--pid --uts" "--net=@$P.base"; do
		hold "$NSMGR" run "--net=@$P.base" "--name=$P.n"
		ok "$NSMGR" rename "$P.n" "$P.kept"
		ok "$NSMGR" create "$P.n" $other
		release
		wait "$pid"
		is "status beside $other" $? 0
		is "sets beside $other" "$("$FULL" ls -q | xargs)" "$P.base $P.kept $P.n"
		ok "$NSMGR" rm "$P.n" "$P.kept"
	done
	ok "$NSMGR" rm "$P.base"
	hold "$NSMGR" run --net "--name=$P.n"
	ok "$NSMGR" rm "$P.n"
	release
	wait "$pid"
	is 'status when it is gone' $? 0
}

shell() {
	ok "$NSMGR" create "$P.h" --uts --hostname=inside
	run env SHELL=/bin/sh "$NSMGR" shell "$P.h" <<<''
	is 'its status' "$st" 0
	is 'what it is' "$(SHELL=/bin/sh "$NSMGR" shell "$P.h" -e X=y <<<'uname -n; echo $NSMGR_NAME $X')" $'inside\n'"$P.h y"
	printf '#!/bin/sh\necho mine\nexit 5\n' >"$T/mine"
	chmod 755 "$T/mine"
	expect 5 env SHELL="$T/mine" "$NSMGR" shell "$P.h"
	is '$SHELL' "$out" mine
	expect 0 env -u SHELL "$NSMGR" shell --clear-env "$P.h"
	expect 127 env SHELL=/no/such "$NSMGR" shell "$P.h"
	is 'without SHELL' "$(env -u SHELL "$NSMGR" shell "$P.h" <<<'echo $0')" "$(getent passwd 0 | cut -d: -f7)"
	expect 125 "$NSMGR" shell "$P.h" true
	expect 125 "$NSMGR" shell
	expect 125 "$NSMGR" shell "$P.none"
	ok "$NSMGR" create "$P.p" --pid
	is 'with a pid namespace' "$(SHELL=/bin/sh "$NSMGR" shell "$P.p" <<<'exit 3'; echo $?)" 3
}

cases() {
	it 'makes what it is asked for, and nothing else' types
	it 'gives the exact status: 125, 126, 127, 128+N' statuses
	it 'has the options of exec' command_options ids
	it 'pins what exists' sources
	it 'becomes the command where there is no pid namespace, else the keeper is 1 and the command 2' in_place
	it 'works for an ordinary user with a user namespace' unprivileged ids
	it 'leaves nothing when the command ends' frees
	it 'a killed nsmgr takes a pid namespace with it (KERNEL R41)' killed
	it 'a killed keeper is the end of the command' keeper_killed
	it 'forwards signals, mirrors stops' signals
	it '--name publishes the set while the command runs' named
	it '--name leaves alone what is no longer the set' named_elsewhere
	it 'shell runs SHELL, or that of passwd' shell
}

export T
mkfifo "$T/never2"
exec {NEVER2}<>"$T/never2"
for_both
exec {NEVER2}<&-
finish
