# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2034
# The part of the harness that looks at processes, namespaces, mounts and stores; lib.sh sources it.

# ---- processes and namespaces ----

# Starts a command in the background: its pid in $pid.
spawn() {
	"$@" </dev/null &
	pid=$!
}

# Ends a child of the case.
end() {
	kill -KILL "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# witness COMMAND...: runs it in the background with a program behind it that tells got() of USR1 and HUP and leaves at TERM with 3;
# victim COMMAND...: with one that any signal ends. Not a shell: some look after INT themselves, and can miss it.
witness() { testify "" "$@"; }
victim() { testify victim "$@"; }
testify() {
	local mode=$1
	shift
	rm -f "$T/got"
	mkfifo "$T/got"
	exec {GOT}<>"$T/got"
	spawn "$@" "$NSMGR_BUILDDIR/tests/cmd/witness" "$T/got" ${mode:+"$mode"}
	got up
}

got() {
	local line=
	read -r -t 30 -u "$GOT" line
	is 'what the command got' "$line" "$1"
}

# hold COMMAND...: runs it in the background with a shell behind it that has said its pid (as seen inside, in $inner)
# and stays until it gets a line or is killed. It takes a line from the pipe $T/down.
hold() {
	rm -f "$T/up" "$T/down"
	mkfifo -m 666 "$T/up" "$T/down"
	exec {UP}<>"$T/up"
	# shellcheck disable=SC2016
	spawn "$@" sh -c 'echo $$ >"$1"; until read -r line 2>/dev/null <"$2"; do :; done' sh "$T/up" "$T/down"
	read -r -t 30 inner <&"$UP" || fail "it never came up: $*"
	exec {UP}<&-
}

release() {
	exec {DOWN}<>"$T/down" # for both, so that it does not wait for a reader
	echo go >&"$DOWN"
}

# A zombie has ended, though nobody has collected it yet.
alive() { grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"; }
gone() { ! alive "$1"; }
is_stopped() { grep -q '^State:[[:space:]]*[Tt]' "/proc/$1/status" 2>/dev/null; }
isnt_stopped() { ! is_stopped "$1"; }

# ns_of PID TYPE, or the id "net:[1]" of our own
ns_of() { readlink "/proc/$1/ns/$2"; }

# The inode number of a handle, by what is mounted there.
inode_of() { stat -L -c %i "$NSMGR_STORE/$1/$2"; }

# Pids of keepers of sets that have this name.
keeper_of() { keepers "nsmgr: $1"; }

# Pids of processes whose command line begins so.
keepers() {
	local file line
	for file in /proc/[0-9]*/cmdline; do
		line=
		{ IFS= read -r -d '' line <"$file"; } 2>/dev/null
		[[ $line == "$1"* ]] && echo "${file//[!0-9]/}"
	done
	return 0
}

# Processes that we started, wherever they are by now; keepers belong to their sets.
marked() {
	local file line
	while IFS=/ read -r _ _ file _; do
		line=
		{ IFS= read -r -d '' line <"/proc/$file/cmdline"; } 2>/dev/null
		[[ $line == 'nsmgr: '* ]] || echo "$file"
	done < <(env -u NSMGR_TEST_MARK grep -lzxs "NSMGR_TEST_MARK=$NSMGR_TEST_MARK" /proc/[0-9]*/environ)
}

none_marked() { [ -z "$(marked)" ]; }

# Mounts below a directory, deepest first.
mounts_below() {
	awk -v d="$1" '$5 == d || index($5, d "/") == 1 { print length($5), $5 }' /proc/self/mountinfo |
		sort -rn | cut -d' ' -f2-
}

mounts_at() { awk -v d="$1" '$5 == d { n++ } END { print n + 0 }' /proc/self/mountinfo; }
is_mounted() { [ "$(mounts_at "$1")" -gt 0 ]; }

# What is in a store besides hidden files; stages.
sets_in() { ls "$1" 2>/dev/null; }
stages_in() { ls -A "$1/.stage" 2>/dev/null; }

# ---- another user ----

# The programs where an ordinary user can reach them, whatever the modes above the build directory.
copy_programs() {
	mkdir "$T/bin"
	cp "$FRONT" "$T/bin/nsmgr"
	cp "$FULL" "$T/bin/nsmgr-full"
	cp "${FULL%/*}"/libnsmgr.so* "$T/bin" 2>/dev/null
}

as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		env "NSMGR_LIBEXEC=$T/bin" "LD_LIBRARY_PATH=$T/bin" "$T/bin/$([ "$PROGRAM" = front ] && echo nsmgr || echo nsmgr-full)" "$@"
}
