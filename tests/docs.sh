#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Holds the documents to the program: the manual page has every option of every verb and every column, and no other.
# Runs in the build directory; $srcdir is the source tree, as automake sets it.

set -u
export LC_ALL=C

: "${srcdir:=.}"
page=$srcdir/man/nsmgr.8
passed=0 failed=0
tmp=$(mktemp -d "${TMPDIR:-/tmp}/nsmgr-docs.XXXXXX") || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# The program itself where it can be had: libtool's script in front of it links anew at its first call.
NSMGR_LIBEXEC=$PWD LD_LIBRARY_PATH=${LD_LIBRARY_PATH-}
if [ -x .libs/nsmgr-full ]; then
	NSMGR_LIBEXEC=$PWD/.libs
	LD_LIBRARY_PATH=$PWD/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
fi
export NSMGR_LIBEXEC LD_LIBRARY_PATH

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

# What cannot be looked at here: a failure where everything has to work.
skip() {
	if [ "${NSMGR_MUST_WORK:-0}" = 1 ]; then
		result "$1" "$2"
	else
		echo "skipped - $1 ($2)"
	fi
}

# "-q, --quiet" and "    --wait[=SEC]" in a help text, as "q" and "--quiet", sorted
help_options() {
	sed -n -e 's/^ *-\(.\), --.*/-\1/p' -e 's/^ *\(-., \)*\(--[a-z-]*\).*/\2/p' "$1" | sort -u
}

# The same of the items of the manual page's lists.
page_options() {
	grep -E '^\.It (Fl|.* , Fl)' "$1" | sed 's/ Ns .*//' |
		sed -n -e 's/^\.It Fl \([A-Za-z]\) .*/-\1/p' -e 's/.*Fl Fl \([a-z-]*\).*/--\1/p' | sort -u
}

# part KIND NAME: a section (Sh) or sub-section (Ss) of the page
part() {
	awk -v kind=".$1" -v name="$2" '
		$1 == ".Sh" || $1 == ".Ss" { inside = $1 == kind && $2 == name && NF == 2 }
		inside' "$page"
}

# compare NAME HELP PAGE: two files of options
compare() {
	result "$1: the page has every option of the help" "$(comm -23 "$2" "$3")"
	result "$1: the help has every option of the page" "$(comm -13 "$2" "$3")"
}

# ---- options ----

./nsmgr --help >"$tmp/help" || {
	echo "./nsmgr --help failed" >&2
	exit 99
}
help_options "$tmp/help" >"$tmp/global"
part Sh OPTIONS >"$tmp/section"
page_options "$tmp/section" >"$tmp/page"
compare 'global options' "$tmp/global" "$tmp/page"

verbs=$(sed -n '/^Verbs:$/,/^$/s/^  \([a-z]*\) .*/\1/p' "$tmp/help")
result 'the help has verbs' "$([ -n "$verbs" ] || echo 'none was found')"
for verb in $verbs; do
	./nsmgr "$verb" --help >"$tmp/help" || echo "$verb --help failed" >&2
	# -v and -h are described once.
	help_options "$tmp/help" | comm -23 - "$tmp/global" >"$tmp/of_help"
	part Ss "$verb" >"$tmp/section"
	page_options "$tmp/section" >"$tmp/of_page"
	result "$verb: it has a help" "$(help_options "$tmp/help" | grep -qx -- -h || echo 'no option was found in it')"
	compare "$verb" "$tmp/of_help" "$tmp/of_page"
done
result 'the page has no verb that is gone' \
	"$(sed -n 's/^\.Ss \([a-z]*\)$/\1/p' "$page" | while read -r verb; do
		echo "$verbs" | grep -qx "$verb" || echo "$verb"
	done)"

# ---- columns and states ----

./nsmgr ls --list-columns | sed 's/ .*//' | sort >"$tmp/columns"
part Sh COLUMNS | sed -n 's/^\.It Cm //p' | sort >"$tmp/page"
result 'ls: the page has every column' "$(comm -23 "$tmp/columns" "$tmp/page")"
result 'ls: the page has no column that is gone' "$(comm -13 "$tmp/columns" "$tmp/page")"

./nsmgr ls --list-columns | sed -n 's/^STATE *//p' | sed 's/ or /, /; s/, /\n/g' | sort >"$tmp/states"
part Sh STATES | sed -n 's/^\.It Cm //p' | sort >"$tmp/page"
result 'ls: the page has every state' "$(comm -23 "$tmp/states" "$tmp/page")"
result 'ls: the page has no state that is gone' "$(comm -13 "$tmp/states" "$tmp/page")"

# ---- form ----

if command -v mandoc >/dev/null; then
	result 'mandoc has nothing to say of the page' "$(mandoc -Tlint -Wwarning "$page" 2>&1)"
else
	skip 'mandoc has nothing to say of the page' 'no mandoc'
fi

# ---- tmpfiles.d ----

if ! command -v systemd-tmpfiles >/dev/null; then
	# Not every system has it, and none needs it.
	echo 'skipped - systemd-tmpfiles makes the store (no systemd-tmpfiles)'
elif [ "$(id -u)" -ne 0 ]; then
	skip 'systemd-tmpfiles makes the store' 'needs root'
else
	mkdir -p "$tmp/root/usr/lib/tmpfiles.d"
	cp "$srcdir/tmpfiles.d/nsmgr.conf" "$tmp/root/usr/lib/tmpfiles.d/"
	said=$(systemd-tmpfiles --create --root="$tmp/root" nsmgr.conf 2>&1) || said="status $?: $said"
	result 'systemd-tmpfiles has nothing to say of nsmgr.conf' "$said"
	result 'systemd-tmpfiles makes the store' \
		"$(stat -c '%F %a %u %g' "$tmp/root/run/nsmgr" 2>&1 | grep -vx 'directory 755 0 0')"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
