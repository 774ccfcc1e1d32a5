# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# What the scripts share that hold sources, documents and what is installed to what is said of them. They are run in the build
# directory, with the source tree as $srcdir, as automake sets it; $tmp is a directory of their own.

set -u
export LC_ALL=C

: "${srcdir:=.}"
passed=0 failed=0 skipped=0
tmp=${0##*/}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/nsmgr-${tmp%.sh}.XXXXXX") || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# result NAME COMPLAINTS: none is a pass
result() {
	if [ -z "$2" ]; then
		passed=$((passed + 1))
		echo "ok - $1"
	else
		failed=$((failed + 1))
		echo "not ok - $1"
		printf '%s\n' "$2" | sed 's/^/#   /'
	fi
}

# skip NAME WHY: what cannot be looked at here is a failure where everything has to work, unless $excused says why it cannot
excused=
skip() {
	if [ -z "$excused" ] && [ "${NSMGR_MUST_WORK:-0}" = 1 ]; then
		result "$1" "$2"
	else
		skipped=$((skipped + 1))
		echo "skipped - $1 ($2)"
	fi
}

# A variable of the Makefile that configure filled in.
make_variable() {
	sed -n "s/^$1 = //p" Makefile 2>/dev/null | head -n 1
}

# Has the program itself run where it can be had: libtool's script in front of it links anew at its first call.
use_program() {
	NSMGR_LIBEXEC=$PWD LD_LIBRARY_PATH=${LD_LIBRARY_PATH-}
	if [ -x .libs/nsmgr-full ]; then
		NSMGR_LIBEXEC=$PWD/.libs
		LD_LIBRARY_PATH=$PWD/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	fi
	export NSMGR_LIBEXEC LD_LIBRARY_PATH
}
