#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Holds the completions to the program: each shell that is installed offers every verb, every option of every verb, every type
# and every column, and nothing else. docs.sh holds the manual page to the same help.
# Runs in the build directory; $srcdir is the source tree, as automake sets it.

# shellcheck source=tests/source.sh
. "${0%/*}/source.sh"
export HOME=$tmp XDG_CONFIG_HOME=$tmp XDG_DATA_HOME=$tmp NSMGR_STORE=$tmp/store

use_program
export PATH=$PWD:$PATH
completions=$(cd "$srcdir" && pwd)/completions

# ---- the shells: what is offered for the last of the words, a line each ----

by_bash() {
	bash --norc -c '. "$1/nsmgr.bash"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nsmgr
		[ ${#COMPREPLY[@]} = 0 ] || printf "%s\n" "${COMPREPLY[@]}"' bash "$completions" "$@"
}

# What zsh itself does with the words is left out; what it is given is printed.
by_zsh() {
	# shellcheck disable=SC2016
	zsh -f -c 'compadd() { local before=
			while [[ $1 != -- ]]; do [[ $1 == -P ]] && before=$2; shift; done
			shift; print -rl -- $before${^@} }
		_files() { }; _command_names() { }
		from=$1; shift; words=("$@"); CURRENT=$#; source $from/_nsmgr' zsh "$completions" "$@"
}

# fish takes the line; the last word is not quoted, nor is any here that would need it.
by_fish() {
	# shellcheck disable=SC2016
	fish --no-config -c 'source $argv[1]/nsmgr.fish; complete -C "$argv[2]"' "$completions" "$*" | cut -f1
}

# offers NAME EXPECTED WORD...: sorted lines on both sides
offers() {
	local name=$1 want=$2 got
	shift 2
	got=$("by_$shell" "$@" 2>&1 | sed 's/=$//' | sort -u)
	result "$shell: $name" "$(diff <(printf '%s\n' "$want") <(printf '%s\n' "$got"))"
}

# The long options of a help text, as docs.sh reads them.
options_of() {
	nsmgr "$@" --help | sed -nE 's/^ +(-., +)?(--[a-z0-9-]+).*/\2/p' | sort -u
}

words() { printf '%s\n' "$@" | sort; }

try_shell() {
	local verb types
	types=$(nsmgr create --help | sed -nE 's/^ +(-., +)?--([a-z]+)\[=SOURCE\].*/\2/p' | grep -vx mount | sort)
	offers 'the verbs' "$verbs" nsmgr ''
	offers 'the options in front of the verb' "$(options_of)" nsmgr --
	for verb in $verbs; do
		offers "the options of $verb" "$(options_of "$verb")" nsmgr "$verb" --
	done
	if [ "$shell" != zsh ]; then # it chooses among them itself
		offers 'a part of a verb' create nsmgr cre
		offers 'a part of an option' --except nsmgr exec --ex
		offers 'a part of a value' shared nsmgr create --propagation sh
	fi
	offers 'the types' "$types" nsmgr ls -t ''
	offers 'the types behind --only' "$types" nsmgr exec --only ''
	offers 'the columns' "$(nsmgr ls --list-columns | sed 's/ .*//' | sort)" nsmgr ls --output ''
	offers 'the formats' "$(words oci systemd nsenter env json)" nsmgr export x --format ''
	offers 'what pool does' "$(words fill ls drain)" nsmgr pool ''
	offers 'an id' auto nsmgr nsid x ''
	if [ "$(id -u)" = 0 ] && nsmgr create c1 c2 --uts 2>"$tmp/why"; then
		offers 'the sets' "$(words c1 c2)" nsmgr exec ''
		offers 'the sets behind --sets' "$(words c1 c2)" nsmgr exec --sets ''
		offers 'the sets of another store' '' nsmgr --store "$tmp/none" exec ''
		offers 'the sets behind a set' "$(words c1 c2)" nsmgr rm c1 ''
		nsmgr rm c1 c2
		umount "$NSMGR_STORE"
	elif [ "${NSMGR_MUST_WORK:-0}" = 1 ]; then
		result "$shell: the sets" "$(cat "$tmp/why")"
	fi
}

verbs=$(nsmgr --help | sed -n '/^Verbs:$/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' | sort)
result 'the help has verbs' "$([ -n "$verbs" ] || echo 'none was found')"
for shell in bash zsh fish; do
	if command -v $shell >/dev/null; then
		try_shell
	else
		# Nobody has all of them.
		skipped=$((skipped + 1))
		echo "SKIPPED: there is no $shell to try its completion with" >&2
	fi
done

echo "$passed passed, $failed failed$([ $skipped -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ]
