#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What lines of the library the suites run: `make coverage` in a build with --enable-coverage, or
#
#   coverage.sh prepare DIR    an empty directory for the counters, and what begins every counting
#   coverage.sh report DIR     lines and covered ones of each file in src/lib and src/base; DIR/uncovered has the others
#
# Each program and library maps its counters from a file there that all its processes share, so nothing is lost when one ends
# by _exit(2), execve(2) or a signal. Whoever cannot open it, as in a root of its own, only is not counted.

set -eu
: "${NSMGR_BUILDDIR:=$PWD}"
: "${CC:=clang}"

# shellcheck disable=SC2086 # a compiler may have options
tool() { $CC -print-prog-name="$1"; }

# Programs make their file as the user they run as: once as root, and then all may write to it.
prepare() {
	rm -rf "$1"
	mkdir -p "$1"
	chmod 1777 "$1"
	export LLVM_PROFILE_FILE=$1/%m%c.profraw
	export NSMGR_LIBEXEC=$NSMGR_BUILDDIR/.libs LD_LIBRARY_PATH=$NSMGR_BUILDDIR/.libs
	"$NSMGR_BUILDDIR/nsmgr" create --help >/dev/null # which is the front first, and then nsmgr-full
	chmod a+w "$1"/*
}

# The library has every function that the front and the suites have once more: their counters are added to its own.
report() {
	"$(tool llvm-profdata)" merge -o "$1/all" "$1"/*.profraw
	set -- "$1" "$NSMGR_BUILDDIR/.libs/libnsmgr.so" -instr-profile="$1/all"
	"$(tool llvm-cov)" show "${@:2}" 2>/dev/null |
		awk '/^\/.*:$/ { file = $0 } / *[0-9]+\| *0\|/ { print file $0 }' | sed 's,.*/src/,src/,' >"$1/uncovered"
	"$(tool llvm-cov)" export -summary-only "${@:2}" 2>/dev/null |
		jq -r '.data[0].files[] | [.filename, .summary.lines.count, .summary.lines.covered] | @tsv' |
		sed -n 's,^.*/\(src/\(lib\|base\)/\),\1,p' | sort |
		awk '
			function row(name, lines, covered) { printf "%-32s %6d %6d %5.1f %%\n", name, lines, covered, 100 * covered / lines }
			BEGIN { printf "%-32s %6s %6s\n", "file", "lines", "run" }
			$2 > 0 { row($1, $2, $3); part = $1; sub("/[^/]*$", "", part); lines[part] += $2; covered[part] += $3 }
			END { for (part in lines) row(part, lines[part], covered[part]) }'
	echo "lines that nothing runs: $1/uncovered"
}

case ${1-} in
prepare | report) "$1" "${2:?}" ;;
*)
	echo 'usage: coverage.sh prepare|report DIR' >&2
	exit 2
	;;
esac
