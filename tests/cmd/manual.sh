#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples of nsmgr(8) for what furnishes a set and confines a command, run as they stand there; and that every such option has
# one, there or in nsmgr.conf(5).
# Cases are called by name (SC2317).
# shellcheck disable=SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"
MAN=$(cd "${0%/*}/../../man" && pwd) || exit 99

# block TEXT: the lines of the example behind a paragraph that begins so, with what is continued put together
block() {
	sed -n "/^$1/,/^\\.Ed/p" "$MAN/nsmgr.8" | sed -n '/^\.Bd/,$p' | sed -e '/^\.[BE]d/d' -e 's/\\e$/\\/' | sed -e ':a' -e '/\\$/{N;s/\\\n *//;ba' -e '}'
}

# run_lines TEXT COUNT: each as a shell would
run_lines() {
	local lines line
	lines=$(block "$1")
	is "the number of lines behind '$1'" "$(wc -l <<<"$lines")" "$2"
	while read -r line; do
		line=${line#nsmgr }
		line=${line//web \/usr\/local\/bin\/check-it/lab true}
		ok eval "\"\$NSMGR\" $line"
	done <<<"$lines"
}

furnished() {
	command -v pasta >/dev/null || skip 'needs pasta, of the package passt'
	cd "$T" || fail 'no directory'
	run_lines 'A set whose processes have limits' 15
	ok "$NSMGR" exec other id -un
	is 'the user of what was made by the profile' "$out" nobody
	run_lines 'A command with bounds' 1
	yes 'the account of what it used is there' test -s "$T/used.json"
	ok "$NSMGR" exec way sh -c 'ls -d /srv/run; df --output=size /srv'
	is 'the place' "$(tr -s ' \n' '  ' <<<"$out")" '/srv/run 1K-blocks 16384 '
	ok "$NSMGR" rm --all-sets
}

every_option() {
	local option missing='' examples
	examples=$(sed -n '/^\.Bd -literal/,/^\.Ed/p' "$MAN/nsmgr.8" "$MAN/nsmgr.conf.5")
	for option in $({ "$NSMGR" create --help; "$NSMGR" exec --help; } |
		sed -n 's/^ .*--\(\(cgroup-\|cpu\|memory\|pids\|rootdir\|rootfs\|old-root\|bind\|tmpfs\|proc\|sysfs\|mqueue\|dev\|fs\|file\|dir\|symlink\|network\|hook\|profile\|exec-\|cap-\|securebits\|limit\|timeout\|kill-after\|rusage\|landlock\|seccomp\|no-defaults\|no-join\|no-new-privs\)[a-z2-]*\).*/\1/p'); do
		grep -qE -- "(--|^|exec-)$option" <<<"$examples" || missing="$missing $option"
	done
	is 'options without an example' "$missing" ''
}

cases() {
	it 'runs the examples of the manual' furnished ids machine
	it 'has an example for every option that furnishes a set or confines a command' every_option
}

for_both
finish
