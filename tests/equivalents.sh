#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Holds nsmgr-equivalents(7) to the tools of which it tells: a row for each option of unshare and nsenter and each verb of
# ip netns as they are installed here; and each option of ours in it is one.
# Runs in the build directory; $srcdir is the source tree, as automake sets it.

# shellcheck source=tests/source.sh
. "${0%/*}/source.sh"
page=$srcdir/man/nsmgr-equivalents.7

use_program

section() {
	awk -v name="$1" '$1 == ".Sh" { inside = substr($0, 5) == name } inside' "$page"
}

for tool in unshare nsenter; do
	section "$(echo $tool | tr "[:lower:]" "[:upper:]")" | sed -nE -e 's/^\.It (Fl . , )?Fl Fl ([a-z-]+).*/--\2/p' >"$tmp/long"
	section "$(echo $tool | tr "[:lower:]" "[:upper:]")" | sed -nE -e 's/^\.It Fl (.) , Fl Fl .*/-\1/p' >"$tmp/short"
	cat "$tmp/long" "$tmp/short" | sort >"$tmp/page"
	result "$tool: an option has one row" "$(uniq -d "$tmp/page")"
	if ! $tool --help >"$tmp/help" 2>/dev/null; then
		skip "$tool: each option has a row" "no $tool of util-linux"
		continue
	fi
	{
		sed -nE 's/^ +(-.[,.] )? *(--[a-z-]+).*/\2/p' "$tmp/help"
		sed -nE 's/^ +(-.)[,.] +--.*/\1/p' "$tmp/help"
	} | sort -u >"$tmp/options"
	result "$tool: options were found" "$([ "$(wc -l <"$tmp/options")" -gt 30 ] || cat "$tmp/options")"
	result "$tool: each option has a row" "$(comm -23 "$tmp/options" "$tmp/page")"
done

section 'IP NETNS' | sed -nE 's/^\.It Cm ([a-z-]+).*/\1/p' | sort >"$tmp/page"
ip netns help >"$tmp/help" 2>&1 # gives 255
if grep -q 'ip netns list' "$tmp/help"; then
	sed -nE 's/.*ip (\[-all\] )?netns ([a-z-]+).*/\2/p' "$tmp/help" | sort -u >"$tmp/verbs"
	result 'ip netns: verbs were found' "$([ "$(wc -l <"$tmp/verbs")" -gt 6 ] || cat "$tmp/verbs")"
	result 'ip netns: each verb has a row' "$(comm -23 "$tmp/verbs" "$tmp/page")"
else
	skip 'ip netns: each verb has a row' 'no ip of iproute2'
fi

# What stands behind an item is ours: the lines that are no items. Types stand for --TYPE.
for verb in run exec; do
	./nsmgr "$verb" --help
done | sed -nE 's/^ *(-., +)?(--[a-z-]+).*/\2/p' | sort -u >"$tmp/ours"
printf '%s\n' --pid --version --all-sets --TYPE --mount-binfmt >>"$tmp/ours"
sort -u -o "$tmp/ours" "$tmp/ours"
grep -v '^\.It' "$page" | grep -E '^\.Fl|^\.Cm run Fl' | grep -oE 'Fl Fl [A-Za-z-]+' | sed 's/Fl Fl /--/' | sort -u >"$tmp/said"
result 'the options named as equivalents are there' "$(comm -23 "$tmp/said" "$tmp/ours")"
result 'the verbs named as equivalents are there' "$(
	./nsmgr --help | sed -n '/^Verbs:$/,/^$/s/^  \([a-z]*\) .*/\1/p' >"$tmp/verbs"
	grep -oE 'Li nsmgr [a-z]+' "$page" | sed 's/.* //' | sort -u | grep -vxF -f "$tmp/verbs"
)"

echo "$passed passed, $failed failed$([ $skipped -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ] || exit 1
