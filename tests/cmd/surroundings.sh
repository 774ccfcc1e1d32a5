#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the test suites must leave as it was: `surroundings.sh save FILE` before them, `surroundings.sh compare FILE`
# after. Mounts (without their ids, which are handed out anew, and counted, for they can be stacked), the default store,
# ip-netns's names, and keepers.

snapshot() {
	local file line
	echo '== mounts'
	cut -d' ' -f3- /proc/self/mountinfo | sed -E 's/ (shared|master|propagate_from):[0-9]+/ \1/g' | sort
	echo '== /run/nsmgr'
	find /run/nsmgr -printf '%M %u %g %i %p\n' 2>/dev/null | sort
	cat /run/nsmgr/.store 2>/dev/null
	echo '== /run/netns'
	find /run/netns /var/run/netns/ -printf '%M %u %g %i %p\n' 2>/dev/null | sort
	echo '== keepers'
	for file in /proc/[0-9]*/cmdline; do
		line=
		{ IFS= read -r -d '' line <"$file"; } 2>/dev/null
		[[ $line == 'nsmgr: '* ]] && echo "${file//[!0-9]/} $line"
	done | sort -n
	echo '== limits and names'
	uname -n
	cat /proc/sys/kernel/pid_max /proc/sys/kernel/domainname /proc/sys/kernel/msgmax /proc/sys/kernel/shmmni
}

case ${1:-} in
save)
	snapshot >"$2"
	;;
compare)
	[ -s "$2" ] || { echo 'surroundings: there is nothing to compare with' >&2; exit 1; }
	if snapshot | diff -u "$2" - >&2; then
		echo 'surroundings: as before'
		rm -f "$2"
	else
		rm -f "$2"
		echo 'surroundings: the tests (or somebody meanwhile) have changed the host: see above' >&2
		exit 1
	fi
	;;
*)
	echo 'usage: surroundings.sh save|compare FILE' >&2
	exit 2
	;;
esac
