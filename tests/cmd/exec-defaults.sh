#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# create --exec-OPTION: defaults of commands, in exec, shell and run.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

taken() {
	ok "$NSMGR" create "$P.a" --uts --exec-env=A=1 --exec-env B=2 --exec-cwd=/usr --exec-as=65534:65534 --exec-clear-env
	ok "$NSMGR" exec "$P.a" sh -c 'echo "$A $B $PWD $(id -u) ${HOME-none}"'
	is 'what exec takes' "$out" '1 2 /usr 65534 none'
	run env SHELL=/bin/sh "$NSMGR" shell "$P.a" <<<''
	is 'status of a shell' "$st" 0
	# A list adds, and a later value of one variable wins; a scalar is replaced.
	ok "$NSMGR" exec --env=B=3 --env=C=4 --cwd=/ --as=0 "$P.a" sh -c 'echo "$A $B $C $PWD $(id -u)"'
	is 'what is overridden' "$out" '1 3 4 / 0'
	ok env A=0 "$NSMGR" exec --no-defaults --cwd=/etc "$P.a" sh -c 'echo "$A ${B-} $PWD $(id -u)"'
	is 'without them' "$out" '0  /etc 0'
	ok "$NSMGR" rename "$P.a" "$P.b"
	ok "$NSMGR" exec "$P.b" pwd
	is 'behind a rename' "$out" /usr
	ok "$NSMGR" show "$P.b"
	like 'what show prints' "$(tr -s ' ' <<<"$out")" $'*\nCommand env=A=1\n env=B=2\n cwd=/usr\n as=65534:65534\n clear-env\n*'
	ok "$NSMGR" show "$P.b" -J
	is 'the same in JSON' "$(jq -c .defaults "$T/out")" '["env=A=1","env=B=2","cwd=/usr","as=65534:65534","clear-env"]'
	ok "$NSMGR" create "$P.c" --uts
	is 'of a set without any' "$("$NSMGR" show "$P.c" -J | jq -c .defaults)" null
	yes 'it has no file for them' test ! -e "$NSMGR_STORE/$P.c/.profile"
}

# An option that may be given once is taken from the command line alone; what excludes it is not to be had without --no-defaults.
once() {
	ok "$NSMGR" create "$P.a" --uts --exec-cap-keep=cap_chown --exec-no-new-privs
	ok "$NSMGR" exec "$P.a" grep -E 'CapEff|NoNewPrivs' /proc/self/status
	is 'as told to create' "$out" $'CapEff:\t0000000000000001\nNoNewPrivs:\t1'
	ok "$NSMGR" exec --cap-keep=cap_kill "$P.a" grep CapEff /proc/self/status
	is 'as told to exec' "$out" $'CapEff:\t0000000000000020'
	expect 125 "$NSMGR" exec --cap-ambient=cap_kill "$P.a" true
	like 'what excludes it' "$err" '*exclude each other*--no-defaults*'
	ok "$NSMGR" create "$P.j" --uts --exec-join-cgroup
	expect 125 "$NSMGR" exec "$P.j" true
	like 'what has no init' "$err" '*no pid namespace, so no init*'
	ok "$NSMGR" exec --no-join-cgroup "$P.j" true
	ok "$NSMGR" exec --no-defaults --cap-ambient=cap_kill "$P.a" true
}

in_many() {
	ok "$NSMGR" create "$P.a" --uts --hostname=a --exec-env=A=1 --exec-cwd=/usr
	ok "$NSMGR" create "$P.b" --uts --hostname=b
	ok "$NSMGR" create "$P.c" --uts --hostname=c --exec-env=A=3
	ok env -u A "$NSMGR" exec --cwd=/ --sets="$P.*" -P2 sh -c 'echo "$(uname -n) ${A-none} $PWD"'
	is 'each has its own' "$(sort <<<"$out")" "$P.a: a 1 /
$P.b: b none /
$P.c: c 3 /"
	ok env -u A "$NSMGR" exec --no-defaults --sets="$P.*" sh -c 'echo ${A-none}'
	is 'without them' "$(sort <<<"$out")" "$P.a: none
$P.b: none
$P.c: none"
	ok "$NSMGR" create "$P.d" --uts --exec-pty
	expect 125 "$NSMGR" exec --sets="$P.c,$P.d" sh -c 'echo $A'
	like 'what is said' "$err" "*'$P.d' has --pty as a default, which goes with one set*"
	is 'the other one' "$out" "$P.c: 3"
}

# Somebody stays in front of such a command, in many sets too.
attended() {
	ok "$NSMGR" create "$P.a" --uts --exec-timeout=0.2 --exec-rusage="$T/a.json"
	ok "$NSMGR" create "$P.b" --uts --exec-limit=nofile=60 --exec-kill-after=0.1
	ok "$NSMGR" create "$P.c" --uts --exec-rusage="$T/none/c"
	expect 1 "$NSMGR" exec --sets="$P.a,$P.b" -P0 sh -c '[ $(ulimit -n) = 60 ] || exec sleep 60'
	like 'each by its own time' "$err" "*failed in 1 of 2 sets: $P.a (timed out)"
	is 'what the one used' "$(jq -c '.rusage[] | [.set, .status]' "$T/a.json")" "[\"$P.a\",124]"
	rm "$T/a.json"
	ok "$NSMGR" exec --sets="$P.*" -P0 --timeout=60 --rusage="$T/all.json" true
	is 'what all used, in one table' "$(jq -c '[.rusage[].set] | sort' "$T/all.json")" "[\"$P.a\",\"$P.b\",\"$P.c\"]"
	no 'and in no other' test -e "$T/a.json"
	ok "$NSMGR" exec "$P.a" true
	is 'the file of a default' "$(jq -c '.rusage[].status' "$T/a.json")" 0
	ok "$NSMGR" exec --rusage="$T/b.json" "$P.b" true
	is 'a file beside a default' "$(jq -c '.rusage[].set' "$T/b.json")" "\"$P.b\""
	expect 125 "$NSMGR" exec "$P.c" touch "$T/ran"
	like 'one that cannot be written' "$err" "*--rusage: cannot write '$T/none/c'*"
	expect 125 "$NSMGR" exec --sets="$P.c" touch "$T/ran"
	no 'nothing was run' test -e "$T/ran"
	expect 137 "$NSMGR" exec --kill-after=0.1 "$P.a" sh -c 'trap "" TERM; sleep 60; sleep 60'
	ok "$NSMGR" exec "$P.b" true
	expect 137 "$NSMGR" exec --timeout=0.1 "$P.b" sh -c 'trap "" TERM; sleep 60; sleep 60'
	expect 125 "$NSMGR" exec --kill-after=0.1 "$P.b" true
	like 'a grace without a time' "$err" '*--kill-after goes with --timeout*'
	ok "$NSMGR" run --uts --exec-limit=nofile=60 --rusage="$T/run.json" true
	is 'of run' "$(jq -c '.rusage[].status' "$T/run.json")" 0
}

of_run() {
	ok "$NSMGR" run --uts --exec-env=A=1 --exec-env=B=2 --env=B=3 sh -c 'echo "$A $B"'
	is 'in memory' "$out" '1 3'
	ok "$NSMGR" run --uts --name="$P.a" --exec-env=A=1 --env=B=3 \
		sh -c 'echo "$A $B"; "$1" exec "$2" sh -c "echo \$A \${B-}"' sh "$NSMGR" "$P.a"
	is 'under a name, and who enters it' "$out" $'1 3\n1 3'
}

refused() {
	local bad
	for bad in --exec-as --exec-bogus=1 --exec- --exec-only=net --exec-no-defaults --exec-cap-keep=nope --exec-no-new-privs=1 \
		--exec-kill-child=NOPE --exec-env= --exec-as= --exec-rusage=used.json --exec-seccomp=./profile.json; do
		expect 2 "$NSMGR" create "$P.a" --uts "$bad"
		like "what is said of $bad" "$err" 'nsmgr: *'
		is "lines about $bad" "$(wc -l <<<"$err")" 1
	done
	no 'a set was made' test -e "$NSMGR_STORE/$P.a"
	expect 2 "$NSMGR" pool fill 1 --uts --exec-cwd=/
	like 'what pool says' "$err" '*a ready set has neither a profile nor defaults*'
	ok "$NSMGR" pool fill 1 --uts
	ok "$NSMGR" create "$P.b" --uts --exec-cwd=/usr --from-pool
	ok "$NSMGR" exec "$P.b" pwd
	is 'of a set that no pool had' "$out" /usr
	ok "$NSMGR" pool drain
}

# Who can change them could have root run as he likes (LESSONS security 15).
untrusted() {
	local file=$NSMGR_STORE/$P.a/.profile
	ok "$NSMGR" create "$P.a" --uts --exec-cwd=/usr
	chmod 666 "$file"
	expect 125 "$NSMGR" exec "$P.a" pwd
	like 'writable by all' "$err" "*its file .profile belongs to others, or others can write to it*--no-defaults*"
	ok "$NSMGR" exec --no-defaults --cwd=/ "$P.a" pwd
	chmod 644 "$file"
	chown 1:1 "$file"
	expect 125 "$NSMGR" exec "$P.a" pwd
	chown 0:0 "$file"
	chown 1:1 "${file%/*}"
	expect 125 "$NSMGR" exec "$P.a" pwd
	chown 0:0 "${file%/*}"
	ok "$NSMGR" exec "$P.a" pwd
	local had other
	had=$(<"$file")
	for other in '' $'\n' "${had:0:8}" "$had"$'\n\n'; do
		printf %s "$other" >"$file"
		expect 125 "$NSMGR" exec "$P.a" pwd
		like 'another size' "$err" "*its file .profile is damaged*"
		expect 3 "$NSMGR" check
		like 'what check finds' "$out" '*nothing tells what commands have as defaults*'
	done
	printf '%s\n' "${had/exec-cwd=\/usr/exec-bogus=usr}" | head -c "$((${#had} + 1))" >"$file"
	expect 125 "$NSMGR" exec "$P.a" pwd
	like 'a line that is none' "$err" "nsmgr: $NSMGR_STORE/$P.a/.profile:*: unknown option 'exec-bogus'"
	rm "$file"
	expect 125 "$NSMGR" exec "$P.a" pwd
	like 'gone' "$err" "*profile: the set has none*"
	expect 3 "$NSMGR" check
	like 'what check finds' "$out" '*nothing tells what commands have as defaults*'
	ln -s /etc/passwd "$file"
	expect 125 "$NSMGR" exec "$P.a" pwd
	like 'a link' "$err" '*is damaged*'
	ok "$NSMGR" show "$P.a"
	like 'what show says' "$out" '*Not seen *profile: *'
	ok "$NSMGR" rm "$P.a"
	ok "$NSMGR" create "$P.a" --uts --exec-cwd=/usr
	ok as_nobody show "$P.a"
	like 'what everybody sees' "$out" '*cwd=/usr*'
}

copy_programs

cases() {
	it 'exec and shell take them before what they are told' taken ids
	it 'what may be given once is replaced' once
	it 'each of many sets has its own' in_many
	it 'times and what is used, as the set has them' attended
	it 'run takes them for its command' of_run
	it 'they are checked when the set is made' refused
	it 'they are believed only where nobody else can write (LESSONS security 15)' untrusted ids
}

for_both
finish
