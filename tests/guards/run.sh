#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Shows that the tests of the rules of security hold them: takes away one guard after the other, as tests/guards/guards tells, in a
# copy of the sources, builds that, and runs the one test that has to fail then, and passes otherwise.
#
# usage: run.sh [RULE...]   (default: all), with the source tree as $srcdir; needs root, and what the suites need

set -u
export LC_ALL=C
unset NSMGR_STORE NSMGR_NAME NSMGR_LIBEXEC NSMGR_MUST_WORK NSMGR_BUILDDIR MAKEFLAGS MFLAGS MAKELEVEL

: "${srcdir:=.}"
seconds=120 # for one test
jobs=$(getconf _NPROCESSORS_ONLN)
noticed=0 missed=0
declare -A before=() # what a test gave without an edit

tmp=$(mktemp -d "${TMPDIR:-/tmp}/nsmgr-guards.XXXXXX") || exit 99
tree=$tmp/tree build=$tmp/build
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

die() {
	echo "guards: $*" >&2
	exit 99
}

# ---- the copy ----

copy_tree() {
	# What was built among the sources would be taken for what is to be built of the copy.
	[ ! -f "$srcdir/config.status" ] || die 'the sources themselves have been built (cure: make distclean, and build in another directory)'
	mkdir "$tree" "$build" || die 'no place'
	tar -C "$srcdir" -cf - --exclude=./.git --exclude=./build --exclude=./autom4te.cache . | tar -C "$tree" -xf - || die 'cannot copy'
	chmod -R u+w "$tree"
}

in_build() { (cd "$build" && "$@" >"$tmp/said" 2>&1 </dev/null); }

build_all() {
	if ! in_build "$tree/configure" -q --disable-shared --with-front=dynamic CFLAGS=-O0 ||
		! in_build make -j"$jobs" || ! in_build make -j"$jobs" tests/cmd/{deny,holder,pause,witness}; then
		tail -n 20 "$tmp/said" >&2
		die 'the copy cannot be built'
	fi
}

# ---- edits ----

# replace FILE WAS NOW: in exactly one place
replace() {
	[ -f "$tree/$1" ] || return
	[ -f "$tmp/kept/$1" ] || { mkdir -p "$(dirname "$tmp/kept/$1")" && cp "$tree/$1" "$tmp/kept/$1"; }
	WAS=$2 NOW=$3 awk '
		{
			line = $0
			at = index(line, ENVIRON["WAS"])
			if (at) {
				found++
				behind = substr(line, at + length(ENVIRON["WAS"]))
				found += index(behind, ENVIRON["WAS"]) > 0
				line = substr(line, 1, at - 1) ENVIRON["NOW"] behind
			}
			print line
		}
		END { exit found != 1 }' "$tree/$1" >"$tmp/edited" && cat "$tmp/edited" >"$tree/$1"
}

# Older than what was built of it meanwhile, a file would not be built again.
undo() {
	local file
	[ -d "$tmp/kept" ] || return 0
	while IFS= read -r file; do
		cat "$tmp/kept/$file" >"$tree/$file"
	done < <(cd "$tmp/kept" && find . -type f)
	rm -r "$tmp/kept"
}

# ---- tests ----

# What a test is a test of: front, full, a suite, or nothing that is built.
build_for() {
	case $1 in
	tests/lib/*) in_build make -j"$jobs" "$1" ;;
	tests/install.sh) in_build make -j"$jobs" ;;
	tests/cmd/*\ full\ *) in_build make -j"$jobs" nsmgr-full ;;
	tests/cmd/*\ front\ *) in_build make -j"$jobs" nsmgr ;;
	esac
}

# In mounts of its own: whatever a missing guard lets through there is gone with them.
run_test() {
	local script program words
	read -r script program words <<<"$1"
	case $script in
	tests/lib/*) in_build timeout -k 5 $seconds unshare -m --propagation private "./$script" ;;
	tests/cmd/*)
		in_build timeout -k 5 $seconds env NSMGR_BUILDDIR="$build" NSMGR_PROGRAMS="$program" NSMGR_ONLY="$words" \
			unshare -m --propagation private bash "$tree/$script"
		;;
	*) in_build timeout -k 5 $seconds env srcdir="$tree" sh "$tree/$script" ;;
	esac
}

# passes TEST RULE: and is named after the rule
passes() {
	local name
	run_test "$1" || return
	[[ $1 != tests/lib/* ]] || return 0
	name=$(grep '^ok - ' "$tmp/said" | grep -v '# SKIP' | grep -cE "security[^()]*[^0-9]$2([^0-9]|\$)")
	[ "$name" -ge 1 ]
}

# why RULE: by what the test that just ran has failed
why() {
	grep -m 1 -E "^not ok - .*security[^()]*[^0-9]$1([^0-9]|\$)" "$tmp/said" | sed 's/^not ok - [^:]*: .*): //'
	grep -m 1 -E '^[^ ]*\.c:[0-9]+:[FE]:' "$tmp/said" | sed 's/^[^ ]*:[FE]:[^:]*://'
}

say() {
	printf '%-4s  %-52s  %-70s  %s\n' "$1" "$2" "$3" "$4"
}

# outcome GOOD TEXT
outcome() {
	if [ "$1" = yes ]; then
		noticed=$((noticed + 1))
	else
		missed=$((missed + 1))
	fi
	say "$rule" "$guard" "$by" "$2"
	[ "$1" = yes ] || sed 's/^/    | /' "$tmp/said" | tail -n 12
}

# ---- one after the other ----

try() {
	local i reason key="$rule $by"
	[ ${#wanted[@]} -eq 0 ] || [[ " ${wanted[*]} " == *" $rule "* ]] || return 0
	: >"$tmp/said"
	if [ -z "${before[$key]:-}" ]; then
		build_for "$by" && passes "$by" "$rule" && before[$key]=passed || before[$key]=failed
	fi
	[ "${before[$key]}" = passed ] || { outcome no 'the test does not pass as things are, or is not named after the rule'; return; }
	for i in "${!files[@]}"; do
		replace "${files[i]}" "${was[i]}" "${now[i]}" || { outcome no "no longer applies to ${files[i]}"; undo; return; }
	done
	if ! build_for "$by"; then
		outcome no 'cannot be built'
	elif run_test "$by"; then
		outcome no 'NOT NOTICED'
	else
		reason=$(why "$rule" | head -n 1 | cut -c1-160)
		if [ -n "$reason" ]; then
			outcome yes "noticed: $reason"
		else
			outcome no 'something else failed'
		fi
	fi
	undo
}

forget() { rule='' guard='' by='' files=() was=() now=(); }

[ "$(id -u)" = 0 ] || die 'needs root'
wanted=("$@")
for rule in "$@"; do
	grep -qx "rule $rule" "$srcdir/tests/guards/guards" || die "there is no rule '$rule'"
done
copy_tree
build_all
say rule guard test outcome
forget
while IFS= read -r line || [ -n "$line" ]; do
	case $line in
	'#'*) ;;
	'rule '*) rule=${line#rule } ;;
	'guard '*) guard=${line#guard } ;;
	'in '*) files+=("${line#in }") ;;
	'was '*) was+=("${line#was }") ;;
	'now '*) now+=("${line#now }") ;;
	'by '*)
		by=${line#by }
		{ [ -n "$rule" ] && [ -n "$guard" ] && [ ${#files[@]} -gt 0 ] && [ ${#files[@]} = ${#was[@]} ] &&
			[ ${#was[@]} = ${#now[@]} ]; } || die "incomplete: $rule $guard"
		try
		forget
		;;
	'') ;;
	*) die "not understood: $line" ;;
	esac
done <"$tree/tests/guards/guards"
echo "$((noticed + missed)) guards taken away, $noticed noticed, $missed not"
[ $missed = 0 ] && [ $noticed -gt 0 ]
