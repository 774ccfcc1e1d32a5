#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Commands of the user's for sets in the making: --hook, --hook-inside.
# Cases are called by name (SC2317); single quotes are for the shells that hooks are (SC2016).
# shellcheck disable=SC2016,SC2154,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# A hook with quotes in it is a script, found by PATH.
mkdir "$T/bin"
PATH=$T/bin:$PATH

# script NAME: what it does comes from standard input
script() {
	{ echo '#!/bin/sh' && cat; } >"$T/bin/$1"
	chmod 755 "$T/bin/$1"
}

script see-outside <<'EOF'
echo "name=$NSMGR_NAME pid=$NSMGR_PID"
echo "dir=$NSMGR_DIR" >&2
echo has $(ls "$NSMGR_DIR")
echo maps $(cat /proc/$NSMGR_PID/uid_map)
[ "$(stat -L -c %i "$NSMGR_DIR/net")" = "$(stat -L -c %i /proc/$NSMGR_PID/ns/net)" ] && echo same net
[ -e "$(dirname "$(dirname "$(dirname "$NSMGR_DIR")")")/$NSMGR_NAME" ] || echo not published
echo loopback $(nsenter --net="$NSMGR_DIR/net" cat /sys/class/net/lo/operstate 2>/dev/null; nsenter --net="$NSMGR_DIR/net" ip -br link show lo | tr -s ' ' | cut -d' ' -f2)
EOF
script see-inside <<'EOF'
echo "name=$NSMGR_NAME pid=$NSMGR_PID dir=$NSMGR_DIR"
echo init $(tr '\0' ' ' </proc/1/comm) id $(id -u)
echo loopback $(ip -br link show lo | tr -s ' ' | cut -d' ' -f2)
EOF

outside() {
	ok env NSMGR_PID=1 NSMGR_DIR=/ "$NSMGR" create "$P.a" "$P.b" --user --net --pid --map-users=0:1000:10 --map-groups=0:1000:10 --hook=see-outside
	is 'standard output' "$out" ''
	for name in "$P.a" "$P.b"; do
		like "the name for $name" "$err" "*$name: name=$name pid=[1-9]*"
		like "the directory for $name" "$err" "*$name: dir=$NSMGR_STORE/.stage/*/set*"
		like "the handles of $name" "$err" "*$name: has net user*"
		like "maps of $name" "$err" "*$name: maps 0 1000 10*"
		like "the handle of $name" "$err" "*$name: same net*"
		like "publication of $name" "$err" "*$name: not published*"
		like "the loopback device of $name" "$err" "*$name: loopback*DOWN*"
	done
	is 'lines without a name' "$(grep -cv "^$P\.[ab]: " <<<"$err")" 0
	ok "$NSMGR" exec "$P.a" ip -br link show lo
	like 'loopback device in the end' "$out" '*UNKNOWN*'
}

inside() {
	ok "$NSMGR" create "$P.a" --all --map-root-user --hostname=first --hook-inside=see-inside --hook-inside='hostname second'
	like 'what it has' "$err" "*$P.a: name=$P.a pid= dir=*"
	like 'who it is' "$err" '*: init *id 0*'
	like 'what was set up' "$err" '*: loopback UNKNOWN*'
	is 'the host name' "$("$NSMGR" exec "$P.a" hostname)" second
	like 'the keeper has no descriptor' "$(ls -A "/proc/$("$NSMGR" show "$P.a" -J | jq .keeper.pid)/fd")" ''
	ok "$NSMGR" create "$P.b" --uts --hook-inside='hostname third'
	is 'without a pid namespace' "$("$NSMGR" exec "$P.b" hostname)" third
}

# The order, and words.
words() {
	ok "$NSMGR" create "$P.a" --uts --hook="printf '<%s>\\n' 'a b' c\\ d \"e \\\"f'\" g'h'\"i\" '' \$HOME ;" --hook='  echo   second '
	is 'what comes out' "$err" "$(printf "$P.a: <%s>\n" 'a b' 'c d' "e \"f'" ghi '' '$HOME' ';' && echo "$P.a: second")"
	for bad in "echo 'a" 'echo "a' "echo a\\"; do
		expect 2 "$NSMGR" create "$P.b" --uts --hook="$bad"
		like "what is said of $bad" "$err" "*create: --hook: *: a quote or a backslash is without its end *"
	done
	for bad in '' '   '; do
		expect 2 "$NSMGR" create "$P.b" --uts --hook-inside="$bad"
		like 'what is said of none' "$err" "*create: --hook-inside: there is no command in '$bad' *"
	done
	expect 125 "$NSMGR" run --uts --hook="'" true
	expect 1 "$NSMGR" create "$P.b" --uts --hook="''"
	like 'what is said of an empty name' "$err" '*: No such file or directory*'
}

# What it gets of ours: nothing. (Signals 32 and 33 are the C library's own, and ignored in what it has started by
# posix_spawn(3), as make does.)
clean_start() {
	exec 9</dev/null
	trap '' HUP
	ok "$NSMGR" create "$P.a" --net --hook='ls -l /proc/self/fd' --hook='grep -E Sig[BIP] /proc/self/status' --hook=cat
	is 'descriptors' "$(sed -n 's/.* \([0-9]*\) -> .*/\1/p' <<<"$err" | tr '\n' ' ')" '0 1 2 3 ' # ls has the directory
	is 'signals' "$(sed -n 's/.*Sig\(Pnd\|Blk\|Ign\):\t0*\(180000000\)\?$/\1/p' <<<"$err" | tr '\n' ' ')" 'Pnd Blk Ign '
	ok "$NSMGR" create "$P.b" --net --pid --mnt --hook-inside='ls -l /proc/self/fd' --hook-inside='grep -E Sig[BIP] /proc/self/status' --hook-inside=cat
	is 'descriptors inside' "$(sed -n 's/.* \([0-9]*\) -> .*/\1/p' <<<"$err" | tr '\n' ' ')" '0 1 2 3 '
	is 'signals inside' "$(sed -n 's/.*Sig\(Pnd\|Blk\|Ign\):\t0*\(180000000\)\?$/\1/p' <<<"$err" | tr '\n' ' ')" 'Pnd Blk Ign '
	# Of a caller that has SIGCHLD ignored too.
	trap '' CHLD
	expect 1 "$NSMGR" create "$P.c" --net --hook='false'
	expect 1 "$NSMGR" create "$P.c" --net --hook-inside='false'
}

failures() {
	local option types
	for option in hook hook-inside; do
		for types in --uts '--pid --mnt --uts'; do
			# shellcheck disable=SC2086
			{
				expect 1 "$NSMGR" create "$P.a" $types --$option=true --$option='sh -c "echo said; exit 3"' --$option='echo never'
				is "$option: a status" "$err" "$P.a: said
nsmgr: cannot create '$P.a': hook: 'sh -c \"echo said; exit 3\"': it ended with status 3"
				expect 1 "$NSMGR" create "$P.a" $types --$option='sh -c "kill -USR1 $$"'
				like "$option: a signal" "$err" '*: it died of signal 10'
				expect 1 "$NSMGR" create "$P.a" $types --$option="$T/none x"
				is "$option: no program" "$err" "nsmgr: cannot create '$P.a': hook: '$T/none x': No such file or directory"
				expect 1 "$NSMGR" create "$P.a" $types --$option="$T"
				like "$option: no file" "$err" '*: Permission denied'
			}
			is 'what is left' "$(sets_in "$NSMGR_STORE")$(stages_in "$NSMGR_STORE")" ''
		done
	done
	# Others are made all the same.
	expect 1 "$NSMGR" create "$P.a" "$P.b" "$P.c" --uts --hook="sh -c '[ \$NSMGR_NAME != $P.b ]'"
	is 'those that are there' "$(sets_in "$NSMGR_STORE" | tr '\n' ' ')" "$P.a $P.c "
	expect 125 "$NSMGR" run --uts --hook=false echo no
	is 'what run says' "$out$err" "nsmgr: cannot run: hook: 'false': it ended with status 1"
	expect 125 "$NSMGR" run --name="$P.r" --uts --hook-inside=false echo no
	is 'what run says with a name' "$out$err" "nsmgr: cannot run '$P.r': hook: 'false': it ended with status 1"
	no 'the set is there' test -e "$NSMGR_STORE/$P.r"
}

output() {
	ok "$NSMGR" create "$P.a" --uts --hook="printf 'one\n\nno end'" --hook-inside="printf 'inside'"
	is 'lines' "$err" "$P.a: one
$P.a: 
$P.a: no end
$P.a: inside"
	# Long and many.
	ok "$NSMGR" create "$P.b" --uts --hook='seq 20000' --hook="sh -c 'head -c 5000 /dev/zero | tr \\\\0 x'"
	is 'how many lines' "$(grep -cx "$P.b: [0-9]*" "$T/err")" 20000
	is 'bytes of one without an end' "$(tail -n +20001 "$T/err" | sed "s/^$P.b: //" | tr -d '\n' | wc -c)" 5000
	# Nobody reads.
	exec {null}> >(:)
	ok "$NSMGR" create "$P.c" --uts --hook='seq 2' 2>&"$null"
	# One that leaves somebody behind, who has the pipe.
	ok "$NSMGR" create "$P.d" --uts --hook="sh -c '$NSMGR_BUILDDIR/tests/cmd/witness $T/never victim & echo gone'" --hook-inside="sh -c 'tail -f $T/never & echo \$!'"
	like 'what it says' "$err" "$P.d: gone*"
	like 'what it says inside' "$err" "*$P.d: [1-9]*"
	end_marked
	run "$NSMGR" run --uts --hook='echo x' true
	is 'without a name' "$err" 'hook: x'
}

# What is there is not touched, and no hook is run for it.
existing() {
	ok "$NSMGR" create "$P.a" --uts --hostname=old
	expect 1 "$NSMGR" create "$P.a" --uts --hook='echo run' --hook-inside='echo run'
	is 'what is said' "$err" "nsmgr: cannot create '$P.a': publish: a set of that name exists"
	ok "$NSMGR" create "$P.a" --uts --exist-ok --hook='echo run'
	is 'with --exist-ok' "$err" ''
	ok "$NSMGR" pool fill 1 --uts
	ok "$NSMGR" create "$P.b" --uts --from-pool --hook='echo run'
	is 'with --from-pool' "$err" "$P.b: run"
	expect 1 "$NSMGR" pool fill 1 --uts --hook='echo run'
	like 'for a pool' "$err" '*a set with hooks, mounts or pasta cannot be made in advance'
	ok "$NSMGR" pool drain
	ok "$NSMGR" create "$P.c" --uts --hook='hostname' --hook="$NSMGR create $P.d --uts"
	ok "$NSMGR" exec "$P.d" true
	ok "$NSMGR" attach "$P.e" "$$"
}

# interrupted SIGNAL STATUS OPTION...: it hangs, and is told to end
interrupted() {
	local signal=$1 status=$2
	shift 2
	rm -f "$T/up"
	mkfifo "$T/up"
	exec {UP}<>"$T/up"
	spawn env --default-signal "$NSMGR" "$@" 2>"$T/err"
	read -r -t 30 _ <&"$UP" || fail "it never came up: $*"
	kill -"$signal" "$pid"
	wait "$pid" 2>/dev/null
	is "the status of $*" "$?" "$status"
	until_true 'its hooks have ended' none_marked
	exec {UP}<&-
	is 'what is left' "$(sets_in "$NSMGR_STORE")$(stages_in "$NSMGR_STORE")" ''
}

script hang <<EOF
sh -c 'echo up >$T/up; exec sleep 1000'
echo no end
EOF
script ignore <<EOF
trap '' TERM
echo up >$T/up
sleep 1000
EOF

signals() {
	interrupted INT 130 create "$P.a" "$P.b" --uts --hook=hang
	is 'what it says' "$(<"$T/err")" "nsmgr: cannot create '$P.a': hook: 'hang': interrupted by a signal
nsmgr: cannot create '$P.b': creator: interrupted by a signal"
	interrupted TERM 143 create "$P.a" "$P.b" --uts --hook-inside=hang
	like 'what it says inside' "$(<"$T/err")" "*cannot create '$P.a': creator: interrupted by a signal*"
	interrupted HUP 129 create "$P.a" --uts --pid --mnt --hook-inside=hang
	interrupted TERM 125 run --pid --mnt --hook=hang true
	interrupted TERM 125 run --name="$P.a" --net --hook-inside=hang true
	interrupted TERM 143 run --net --hook-inside=hang true
}

# TERM is too little for some.
stubborn() {
	interrupted TERM 143 create "$P.a" --uts --hook=ignore
}

# By KILL: a sweep finds the stage, and the hooks end.
killed() {
	local types
	for types in --uts '--pid --uts'; do
		rm -f "$T/up"
		mkfifo "$T/up"
		exec {UP}<>"$T/up"
		# shellcheck disable=SC2086
		spawn "$NSMGR" create "$P.a" $types --hook-inside="sh -c 'echo up >$T/up; exec sleep 1000'"
		read -r -t 30 _ <&"$UP" || fail 'it never came up'
		end "$pid"
		until_true 'the hook has ended' none_marked
		exec {UP}<&-
		ok "$NSMGR" create "$P.a" --uts
		is 'stages' "$(stages_in "$NSMGR_STORE")" ''
		ok "$NSMGR" rm "$P.a"
	done
}

cases() {
	it '--hook finds the namespaces, handles and maps, and nothing set up' outside ids
	it '--hook-inside comes last, in everything' inside
	it 'splits a command into words, and nothing more (LESSONS security 2 7)' words
	it 'gives hooks no descriptor, signal or variable of ours' clean_start
	it 'undoes a set whose hook fails, and says which' failures
	it 'passes output on with the name before it, and waits for no one left behind' output
	it 'runs no hook for what is there' existing
	it 'ends a hook that hangs when it is told to end' signals
	it 'leaves no hook when it is killed' killed
}

for_both
use full
it 'kills a hook that does not end' stubborn
finish
