#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# --network, and the pasta that lives as long as a set.
# Cases are called by name (SC2317); single quotes are for the shells inside (SC2016).
# shellcheck disable=SC2016,SC2154,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

words() {
	ok "$NSMGR" create "$P.a" --network=none
	is 'its types' "$("$NSMGR" ls "$P.a" -rn -o type)" net
	is 'its devices' "$("$NSMGR" exec "$P.a" ip -br link | tr -s ' ' | cut -d' ' -f1,2)" 'lo UNKNOWN'
	ok "$NSMGR" create "$P.b" --uts --network=host
	is 'its types' "$("$NSMGR" ls "$P.b" -rn -o type)" uts
	for with in --net --all; do
		expect 2 "$NSMGR" create "$P.c" "$with" --network=host
		like "beside $with" "$err" '*--network=host: other options ask for a network namespace*'
	done
	expect 2 "$NSMGR" create "$P.c" --network=host
	expect 2 "$NSMGR" create "$P.c" --net="$$" --network=none
	expect 2 "$NSMGR" create "$P.c" --net="$$" --network=pasta
	expect 2 "$NSMGR" create "$P.c" --network=none --network=none
	for bad in '' pastas veth; do
		expect 2 "$NSMGR" create "$P.c" --network="$bad"
		like "what is said of $bad" "$err" "*--network: '$bad' is not none, host or pasta\[:OPTIONS\]*"
	done
	for bad in "'" '-P x' --pid=x '--netns x' -f --runas=0 '-- true' '-q --'; do
		expect 2 "$NSMGR" create "$P.c" --network="pasta:$bad"
	done
	expect 125 "$NSMGR" run --network=bad true
	ok "$NSMGR" pool fill 1 --network=none
	ok "$NSMGR" pool drain
	expect 1 env PATH="$T/nowhere" "$NSMGR" create "$P.c" --network=pasta
	is 'without the program' "$err" "nsmgr: cannot create '$P.c': net: pasta: the program is not in PATH (cure: install passt)"
	expect 125 env PATH="$T/nowhere" "$NSMGR" run --network=pasta /bin/true
	expect 125 setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$NSMGR" run --user --map-root-user --network=pasta true
	like 'without the privilege' "$err" '*net: pasta: only root shows it a namespace (cure: *'
	# Also when it is over before we look at it.
	expect 125 strace -f -qq -o /dev/null -e trace=pidfd_open -e inject=pidfd_open:delay_enter=100000 \
		setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$NSMGR" run --user --map-root-user --network=pasta true
	like 'without the privilege' "$err" '*net: pasta: only root shows it a namespace (cure: *'
	is 'what is left' "$(sets_in "$NSMGR_STORE" | tr '\n' ' ')$(stages_in "$NSMGR_STORE")" "$P.a $P.b "
}

# ---- a host of our own, with an address to take over ----

# host COMMAND...: in it
host() { "$NSMGR" exec "$P.host" "$@"; }

make_host() {
	command -v pasta >/dev/null || skip 'needs pasta, of the package passt'
	[ -c /dev/net/tun ] || skip 'needs /dev/net/tun'
	ok "$NSMGR" create "$P.host" --net
	ok host ip tuntap add mode tap up0
	ok host ip addr add 192.0.2.10/24 dev up0
	ok host ip link set up0 up
	ok host ip route add default via 192.0.2.1
}

# The pid in the record of a set, or as show has it.
recorded() { cut -d' ' -f3 "$NSMGR_STORE/$1/.helper"; }
shown() { "$NSMGR" show "$1" -J | jq -c '.helper | [.kind, .pid, .alive]'; }
has_pasta() { [ "$(tr '\0' ' ' <"/proc/$1/cmdline" | cut -c1-5)" = pasta ]; }

life() {
	local pasta
	make_host
	ok host "$NSMGR" create "$P.a" --network=pasta
	is 'what it says' "$out$err" ''
	pasta=$(recorded "$P.a")
	yes 'it is pasta' has_pasta "$pasta"
	is 'what show says' "$(shown "$P.a")" "[\"pasta\",$pasta,true]"
	like 'in words' "$("$NSMGR" show "$P.a")" "*Helper      pasta, $pasta, alive*"
	like 'its device' "$("$NSMGR" exec "$P.a" ip -br addr)" '*192.0.2.10/24*'
	like 'its route' "$("$NSMGR" exec "$P.a" ip route)" '*default via 192.0.2.1*'
	isnt 'its session' "$(cut -d' ' -f6 "/proc/$pasta/stat")" "$(cut -d' ' -f6 /proc/self/stat)"
	unlike 'mounts of ours in it' "$(cut -d' ' -f5 "/proc/$pasta/mountinfo")" "*$T*"
	ok "$NSMGR" check
	ok "$NSMGR" holders "$P.a" -rn -o kind,pid
	like 'what holders says' "$out" "*helper $pasta*"
	is 'what else it says of it' "$(grep -v ^helper <<<"$out" | grep -c " $pasta\$")" 0
	ok "$NSMGR" rename "$P.a" "$P.b"
	ok "$NSMGR" label "$P.b" a=1
	is 'behind a rename' "$(shown "$P.b")" "[\"pasta\",$pasta,true]"
	ok "$NSMGR" rm "$P.b"
	yes 'it has ended' gone "$pasta"
	is 'of another set' "$("$NSMGR" show "$P.host" -J | jq .helper)" null
}

# In a user namespace, beside hooks, of two sets, and one that dies.
kinds() {
	local one two
	make_host
	ok host "$NSMGR" create "$P.a" "$P.b" --all --map-users=0:1000:10 --map-groups=0:1000:10 --network=pasta --hook-inside='ip -br addr'
	like 'what the hook sees' "$err" "*$P.a: up0*192.0.2.10/24*$P.b: up0*192.0.2.10/24*"
	one=$(recorded "$P.a") two=$(recorded "$P.b")
	isnt 'of the other' "$one" "$two"
	kill -KILL "$one"
	until_true 'it is dead' gone "$one"
	is 'what show says' "$(shown "$P.a")" "[\"pasta\",$one,false]"
	expect 3 "$NSMGR" check
	like 'what check says' "$out" "*helper *$P.a* its pasta, $one, has ended *remove the set with rm, and create it again*"
	unlike 'of the other' "$out" "*$P.b*"
	# Another process with its number: told by the time of its start.
	sed -i "s/^helper pasta $one /helper pasta $$ /" "$NSMGR_STORE/$P.a/.helper"
	is 'what show says of another' "$(shown "$P.a")" "[\"pasta\",$$,false]"
	ok "$NSMGR" rm "$P.a"
	for odd in 'helper pasta 1' 'helper pasta x 1 1 1' "helper \"x\" 1 1 1 1" ''; do
		echo "$odd" >"$T/odd"
		cp "$NSMGR_STORE/$P.b/.helper" "$T/kept"
		cp "$T/odd" "$NSMGR_STORE/$P.b/.helper"
		is "what show has of '$odd'" "$("$NSMGR" show "$P.b" -J | jq -c '[.helper, (.unseen[] | select(.what == "helper").why)]')" '[null,"its file .helper is damaged"]'
		expect 3 "$NSMGR" check
		like "what check says of '$odd'" "$out" '*damaged: nothing tells which helper the set has*'
		cp "$T/kept" "$NSMGR_STORE/$P.b/.helper"
	done
	ok "$NSMGR" exec "$P.host" "$NSMGR" rm "$P.b"
	yes 'the other has ended' gone "$two"
}

# A listener in a namespace, as a witness that it is there.
listen() {
	rm -f "$T/heard"
	mkfifo "$T/heard"
	exec {HEARD}<>"$T/heard"
	spawn "$@" >&"$HEARD"
	read -r -t 30 _ <&"$HEARD" || fail "nobody listens: $*"
}

connections() {
	command -v python3 >/dev/null || skip 'needs python3'
	make_host
	cat >"$T/serve" <<'EOF'
import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((sys.argv[1], int(sys.argv[2])))
s.listen()
print("up", flush=True)
c, who = s.accept()
c.sendall(b"hello from " + sys.argv[3].encode())
EOF
	cat >"$T/ask" <<'EOF'
import socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 20)
s.settimeout(20)
print(s.recv(99).decode())
EOF
	ok host "$NSMGR" create "$P.a" --mnt --network='pasta:-t 127.0.0.1/4000:4001 --dns 192.0.2.53 -I out0'
	like 'its device' "$("$NSMGR" exec "$P.a" ip -br addr)" '*out0*192.0.2.10/24*'
	listen "$NSMGR" exec "$P.host" python3 "$T/serve" 127.0.0.1 3000 host
	ok "$NSMGR" exec "$P.a" python3 "$T/ask" 192.0.2.1 3000
	is 'what is heard inside, by the gateway' "$out" 'hello from host'
	listen "$NSMGR" exec "$P.a" python3 "$T/serve" 0.0.0.0 4001 inside
	ok host python3 "$T/ask" 127.0.0.1 4000
	is 'what is heard outside, by a forwarded port' "$out" 'hello from inside'
	expect 1 host python3 "$T/ask" 127.0.0.1 4001
	ok "$NSMGR" rm "$P.a"
}

failures() {
	make_host
	expect 1 host "$NSMGR" create "$P.a" "$P.b" --network='pasta:--bogus'
	is 'of a bad option' "$err" "$P.a: pasta: unrecognized option '--bogus'
nsmgr: cannot create '$P.a': net: pasta: it ended with status 1
$P.b: pasta: unrecognized option '--bogus'
nsmgr: cannot create '$P.b': net: pasta: it ended with status 1"
	expect 1 host "$NSMGR" create "$P.a" --network='pasta:-t 99999'
	like 'in its own words' "$err" "*$P.a: *99999*"
	expect 125 host "$NSMGR" run --network='pasta:-t 99999' true
	like 'in its own words, of run' "$err" '*pasta: *99999*'
	is 'what is left' "$(sets_in "$NSMGR_STORE")$(stages_in "$NSMGR_STORE")" "$P.host"
	# What comes later fails, and it ends.
	expect 1 host "$NSMGR" create "$P.a" --network=pasta --hook='cp -r $NSMGR_DIR none' --hook-inside=false
	expect 1 host "$NSMGR" create "$P.a" --network=pasta --hook-inside=false
	yes 'none is left' none_marked
}

run_ends_it() {
	local one
	make_host
	ok host "$NSMGR" run --network=pasta ip -br addr
	like 'in a set in memory' "$out" '*192.0.2.10/24*'
	yes 'none is left' none_marked
	ok host "$NSMGR" run --network=pasta --pid --user --map-root-user --mnt ip -br addr
	like 'with a user namespace' "$out" '*192.0.2.10/24*'
	yes 'none is left' none_marked
	ok host "$NSMGR" run --name="$P.r" --network=pasta "$NSMGR" show "$P.r" -J
	is 'under a name' "$(jq -c '[.helper.kind, .helper.alive]' "$T/out")" '["pasta",true]'
	yes 'none is left' none_marked
	# By KILL.
	hold "$NSMGR" exec "$P.host" "$NSMGR" run --network=pasta
	isnt 'who is there' "$(marked)" ''
	end "$pid"
	release
	until_true 'all have ended' none_marked
	# Its watcher by KILL.
	hold "$NSMGR" exec "$P.host" "$NSMGR" run --network=pasta
	for one in $(marked); do
		! has_pasta "$one" || kill -KILL "$(awk '$1 == "PPid:" { print $2 }' "/proc/$one/status")"
	done
	release
	wait "$pid"
	until_true 'all have ended' none_marked
}

# Killed before it is ready, while it starts, and behind it.
killed() {
	local script
	make_host
	mkdir -p "$T/slow"
	printf '#!/bin/sh\necho up >%s/up\nexec sleep 1000\n' "$T" >"$T/slow/pasta"
	chmod 755 "$T/slow/pasta"
	for script in 'pasta' "pasta --hook-inside=$T/slow/pasta"; do
		rm -f "$T/up"
		mkfifo "$T/up"
		exec {UP}<>"$T/up"
		# shellcheck disable=SC2086
		if [ "$script" = pasta ]; then
			spawn env PATH="$T/slow:$PATH" "$NSMGR" create "$P.a" --network=$script
		else
			spawn "$NSMGR" exec "$P.host" "$NSMGR" create "$P.a" --network=$script
		fi
		read -r -t 30 _ <&"$UP" || fail 'it never came up'
		end "$pid"
		isnt "what is left of $script" "$(stages_in "$NSMGR_STORE")" ''
		ok "$NSMGR" create "$P.b" --uts
		is 'stages behind a sweep' "$(stages_in "$NSMGR_STORE")" ''
		until_true 'all have ended' none_marked
		ok "$NSMGR" rm "$P.b"
		exec {UP}<&-
	done
	# TERM instead.
	rm -f "$T/up2"
	mkfifo "$T/up2"
	exec {UP}<>"$T/up2"
	sed -i "s,/up\$,/up2," "$T/slow/pasta"
	spawn env PATH="$T/slow:$PATH" "$NSMGR" create "$P.a" --network=pasta 2>"$T/err"
	read -r -t 30 _ <&"$UP" || fail 'it never came up'
	kill "$pid"
	wait "$pid"
	is 'the status' $? 143
	yes 'none is left' none_marked
	is 'stages' "$(stages_in "$NSMGR_STORE")" ''
	exec {UP}<&-
}

cases() {
	it '--network is none, host or pasta' words
	it 'pasta lives as long as the set' life
	it 'undoes a set whose pasta fails, in its words' failures
	it 'run ends its pasta' run_ends_it
	it 'leaves no pasta when it is killed' killed
}

for_both
use full
it 'pasta serves sets of all kinds, and one that died is told of' kinds ids
it 'pasta brings connections in and out' connections
finish
