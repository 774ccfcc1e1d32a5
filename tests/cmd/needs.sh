# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The part of the harness that skips, and knows what a place may lack; lib.sh sources it.

skip_all() {
	echo "SKIPPED: ${0##*/}: $*" >&2
	[ "${NSMGR_MUST_WORK:-0}" = 1 ] && exit 1
	exit 77
}

skip_case() {
	echo "SKIPPED: $1: $2" >&2
	skipped=$((skipped + 1))
	echo "ok - $1 # SKIP $2"
}

# What a user namespace does not give, or gives only together with others: words, and what they stand for.
declare -A needs=(
	# maps, and commands of another user
	[ids]='other users and groups than root'
	# mounts of proc, sysfs, mqueue and cgroups, a way back by setns(2), a look into every process
	[all]='namespaces of every type that belong to this user namespace'
	# device nodes, mounts of images, raising hard limits
	[machine]='capabilities in the initial user namespace'
)
lacks=${NSMGR_LACKS-}
if [ -z "${NSMGR_LACKS+1}" ] && ! grep -qE '^ *0 +0 +4294967295$' /proc/self/uid_map; then
	lacks=machine
	unshare -m mount -t proc proc /proc 2>/dev/null || lacks+=' all'
	[ "$(awk '{ n += $3 } END { print n }' /proc/self/uid_map)" -ge 65536 ] || lacks+=' ids'
fi

# lacking NEED...: the first that this place lacks, in $missing, or false
lacking() {
	for missing; do
		[ -n "${needs[$missing]-}" ] || { echo "no such need: $missing" >&2; exit 99; }
		[[ " $lacks " != *" $missing "* ]] || return 0
	done
	return 1
}

# need NEED...: for a whole script, at its beginning
need() {
	lacking "$@" || return 0
	[ -z "${NSMGR_LACKS+1}" ] || NSMGR_MUST_WORK=0
	skip_all "needs ${needs[$missing]}"
}
