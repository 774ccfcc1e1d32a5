#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Holds nsmgr-equivalents(7) to the tools of which it tells: a row for each option of unshare, nsenter, setpriv and lsns and each verb
# of ip netns as they are installed here; each option of ours in it is one; and each command line of ours for lsns and ip
# netns is run.
# Runs in the build directory; $srcdir is the source tree, as automake sets it.

# shellcheck source=tests/source.sh
. "${0%/*}/source.sh"
page=$srcdir/man/nsmgr-equivalents.7

use_program

section() {
	awk -v name="$1" '$1 == ".Sh" { inside = substr($0, 5) == name } inside' "$page"
}

for tool in unshare nsenter setpriv lsns; do
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
	result "$tool: options were found" "$([ "$(wc -l <"$tmp/options")" -gt 20 ] || cat "$tmp/options")"
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

# said SECTION...: the options of ours in it. What stands behind an item is ours: the lines that are no items.
said() {
	for name; do
		section "$name"
	done | grep -v '^\.It' | grep -E '^\.Fl|^\.Cm run Fl' | grep -oE 'Fl Fl [A-Za-z-]+' | sed 's/Fl Fl /--/' | sort -u
}

# options_of VERB...
options_of() {
	for verb; do
		./nsmgr "$verb" --help
	done | sed -nE 's/^ *(-., +)?(--[a-z-]+).*/\2/p'
}

# Types stand for --TYPE.
{
	options_of run exec
	printf '%s\n' --pid --version --all-sets --TYPE --mount-binfmt
} | sort -u >"$tmp/ours"
said UNSHARE NSENTER SETPRIV >"$tmp/said"
result 'the options named as equivalents are there' "$(comm -23 "$tmp/said" "$tmp/ours")"
options_of ls | sort -u >"$tmp/ours"
said LSNS >"$tmp/said"
result 'those of ls, for lsns' "$(comm -23 "$tmp/said" "$tmp/ours")"
options_of create exec | sort -u >"$tmp/ours"
said 'IP NETNS' >"$tmp/said"
result 'those for ip netns' "$(comm -23 "$tmp/said" "$tmp/ours")"
result 'the verbs named as equivalents are there' "$(
	./nsmgr --help | sed -n '/^Verbs:$/,/^$/s/^  \([a-z]*\) .*/\1/p' >"$tmp/verbs"
	grep -oE 'Li nsmgr [a-z]+' "$page" | sed 's/.* //' | sort -u | grep -vxF -f "$tmp/verbs"
)"


# ---- the command lines for lsns and ip netns, in namespaces and with a /run of their own ----

# Each with a set that somebody is in; where a set is to be made, that is another one. monitor ends only when it is ended.
cat >"$tmp/lines.sh" <<'EOF'
mount -t tmpfs none /run || exit 1
export NSMGR_STORE=/run/store PATH=$PWD:$PATH
count=0
while read -r _ verb rest; do
	[ "$verb" != monitor ] || continue
	count=$((count + 1))
	./nsmgr create have --net --exist-ok || exit 1
	mkfifo "$1/up.$count" "$1/down.$count"
	# shellcheck disable=SC2094
	./nsmgr exec have sh -c 'echo up >"$1"; read -r line <"$2"' sh "$1/up.$count" "$1/down.$count" &
	read -r line <"$1/up.$count"
	name=have within=
	case $verb in create | attach) name=new$count ;; esac
	case $rest in *self*) within='./nsmgr exec have' ;; esac
	# Words of the page: none has a blank in it.
	# shellcheck disable=SC2046
	set -- "$1" $(echo "$rest" | sed "s/NAME,/name,/; s/\\<NAME\\>/$name/g; s/\\<PID\\>/$!/; s/NUMBER/$count/; s/COMMAND/true/; s/ARGUMENTS/link/; s/OPTIONS//")
	dir=$1
	shift
	# shellcheck disable=SC2086
	$within ./nsmgr "$verb" "$@" >"$dir/out" 2>&1 || { echo "$verb $*:"; cat "$dir/out"; }
	echo down >"$dir/down.$count"
	wait
	set -- "$dir"
done
./nsmgr rm --all-sets
[ $count -gt 15 ] || echo "only $count lines"
EOF
{
	section LSNS
	section 'IP NETNS'
} | sed -n 's/^\.Li \(nsmgr [a-z].*[^ .;:,]\) *[.;:,]*$/\1/p' >"$tmp/lines"
if unshare -mn true 2>/dev/null; then
	result 'the command lines for lsns and ip netns work' "$(unshare -mn --propagation private sh "$tmp/lines.sh" "$tmp" <"$tmp/lines" 2>&1)"
else
	skip 'the command lines for lsns and ip netns work' 'needs root'
fi

echo "$passed passed, $failed failed$([ $skipped -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ] || exit 1
