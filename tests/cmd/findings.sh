# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2001
# What check and gc find, for their tests; sourced before lib.sh, which it sources in namespaces of their own: processes and mounts of
# others that happen to look wrong just now are nothing to them.
if [ -z "${NSMGR_TEST_ALONE:-}" ] && unshare -m -p -f --mount-proc true 2>/dev/null; then
	NSMGR_TEST_ALONE=1 exec unshare -m -p -f --mount-proc --propagation private --kill-child "$0" "$@"
fi
# Nor are those here to others, who would take what is broken here on purpose for theirs, where their store is mounted here too.
if [ -n "${NSMGR_TEST_ALONE:-}" ] && [ $$ = 1 ]; then
	mapfile -t table </proc/self/mountinfo
	for line in "${table[@]}"; do
		read -r _ _ _ _ point _ <<<"$line"
		printf -v point %b "$point"
		[ ! -e "$point/.store" ] || umount -l "$point"
	done
fi
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"
command -v jq >/dev/null || skip_all 'no jq'

# What a run found: "KIND FILE STATE" a line, files below the store, sorted.
told() {
	run "$NSMGR" "$@" -J
	jq -r --arg s "$NSMGR_STORE" '.findings[] |
		[.kind, (.path | if . == $s then "." else ltrimstr($s + "/") end), (.state | split(":")[0])] | join(" ")' "$T/out" |
		sort
}

# found STATUS "LINES" VERB...: what a run finds and its status
found() {
	local want=$1 lines=$2 got
	shift 2
	got=$(told "$@" && exit "$st")
	st=$?
	is "what $* finds" "$got" "$(sort <<<"$lines")"
	is "status of $*" $st "$want"
}

clean() { found 0 '' check; }

# mends STATE "KIND FILE" a line: looks, repairs, and looks again
mends() {
	local state=$1 lines=$2
	found 3 "$(sed "s/\$/ $state/" <<<"$lines")" check
	found 0 "$(sed 's/$/ mended/' <<<"$lines")" check --repair
	clean
}

# The same by gc.
collects() {
	found 3 "$(sed 's/$/ gc/' <<<"$1")" check
	found 0 "$(sed 's/$/ mended/' <<<"$1")" gc
	clean
}

# What a repair does not mend.
by_hand() {
	found 3 "$(sed 's/$/ hand/' <<<"$1")" check
	found 3 "$(sed 's/$/ hand/' <<<"$1")" check --repair
}

states() { "$NSMGR" ls -rn -o TYPE,STATE "$1" | tr '\n' ' '; }

# lose SET TYPE: the mount of a handle, not its file
lose() { umount -l "$NSMGR_STORE/$1/$2"; }

# Which namespace it was is told by its id alone: Linux 6.18.
needs_ids() {
	[ -n "$("$NSMGR" ls -rn -o ID "$1" | tr -d '[:space:]"')" ] || skip 'this kernel gives namespaces no ids'
}
