#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Holds the documents to the program and to the library: nsmgr(8) has every option of every verb and every column, and no other;
# the pages of section 3 have every function, as the headers declare it, with the errors that src/lib/edge.h lets it give.
# Runs in the build directory; $srcdir is the source tree, as automake sets it.

# shellcheck source=tests/source.sh
. "${0%/*}/source.sh"
page=$srcdir/man/nsmgr.8

use_program

# "-q, --quiet" and "    --wait[=SEC]" in a help text, as "q" and "--quiet", sorted
help_options() {
	sed -n -e 's/^ *-\(.\), --.*/-\1/p' -e 's/^ *\(-., \)*\(--[a-z0-9-]*\).*/\2/p' "$1" | sort -u
}

# The same of the items of the manual page's lists.
page_options() {
	grep -E '^\.It (Fl|.* , Fl)' "$1" | sed 's/ Ns .*//' |
		sed -n -e 's/^\.It Fl \([A-Za-z]\) .*/-\1/p' -e 's/.*Fl Fl \([a-z0-9-]*\).*/--\1/p' | sort -u
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

# ---- what has to be told ----

# The rule gives whoever it is for all that root can do.
part Sh SECURITY | sed -e 's/^\.\(Nm \)\{0,1\}Cm //' -e 's/^\.Xr //' | tr -s '\n' ' ' >"$tmp/security"
result 'the page says that a rule of sudo for exec is a root shell (LESSONS security 9)' "$(
	grep -qE 'sudo 8 that lets somebody run exec gives a root shell, whatever the set' "$tmp/security" || cat "$tmp/security"
)"

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
	cp "$tmp/of_page" "$tmp/of_page.$verb"
	# A verb that has those of create or exec beside its own describes its own.
	for other in create exec; do
		tr '\n' ' ' <"$tmp/section" | grep -q "those of \.Cm $other that describe" || continue
		comm -23 "$tmp/of_help" "$tmp/of_page.$other" >"$tmp/own"
		comm -12 "$tmp/of_help" "$tmp/of_page" | sort -u - "$tmp/own" >"$tmp/described"
		mv "$tmp/described" "$tmp/of_help"
	done
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

# ---- functions: a page's NAME and SYNOPSIS ----

# compare_lists WHAT OURS THEIRS WHO WHOM: two sorted files
compare_lists() {
	result "$4 have every $1 of $5" "$(comm -23 "$3" "$2")"
	result "$4 have no $1 that is not of $5" "$(comm -13 "$3" "$2")"
}

# The names in the pages' NAME sections: "FUNCTION PAGE", a line each.
awk 'FNR == 1 { page = FILENAME; sub(".*/", "", page) }
	$1 == ".Sh" { inside = $2 == "NAME" }
	inside && $1 == ".Nm" { print $2, page }' "$srcdir"/man/*.3 | sort >"$tmp/names"
sed -n 's/^\t\(nsmgr_[a-z0-9_]*\);$/\1/p' "$srcdir/src/libnsmgr.sym" | sort >"$tmp/exported"
sed -n 's/^\(nsmgr_[a-z0-9_]*\) .*/\1/p' "$tmp/names" | sort >"$tmp/page"
compare_lists 'symbol' "$tmp/page" "$tmp/exported" 'the pages' 'libnsmgr.sym'
result 'a function is in the NAME of one page' "$(uniq -d "$tmp/page")"
result 'a page is called as one of its functions' "$(for file in "$srcdir"/man/*.3; do
	file=${file##*/}
	grep -qx "${file%.3} $file" "$tmp/names" || echo "$file"
done)"

# The headers' declarations, also those of function types, as "TYPE NAME(ARGUMENT, ...)".
for header in "$srcdir"/src/nsmgr/*.h; do
	grep -v '^ *#' "$header" | tr '\n\t' '  ' |
		awk '{
			gsub(/\*\//, "\001")
			gsub(/\/\*[^\001]*\001/, " ")
			gsub(/extern "C" \{/, " ")
			while (gsub(/\{[^{}]*\}/, " "));
			gsub(/\}/, " ")
			gsub(/;/, "\n")
			print
		}'
done | sed -n -e 's/  */ /g' -e 's/^ //' -e 's/ $//' -e '/[ *]nsmgr_[a-z0-9_]*(.*)$/p' | sort >"$tmp/declared"

# The same of the pages: .Ft, and .Fo with an .Fa for each argument.
awk '$1 == ".Sh" { inside = $2 == "SYNOPSIS" }
	!inside { next }
	$1 == ".Ft" { type = substr($0, 5); if (type !~ /\*$/) type = type " " }
	$1 == ".Fo" { line = type $2 "("; comma = "" }
	$1 == ".Fa" { argument = substr($0, 5); gsub(/"/, "", argument); line = line comma argument; comma = ", " }
	$1 == ".Fc" { print line ")" }
	$1 == ".Fn" { print "not by .Fo and .Fa: " $0 }' "$srcdir"/man/*.3 | sort >"$tmp/page"
compare_lists 'declaration' "$tmp/page" "$tmp/declared" 'the pages' 'the headers'
result 'a function is in the SYNOPSIS of one page' "$(uniq -d "$tmp/page")"
result 'a function is in the SYNOPSIS of the page that has its name' "$(
	for file in "$srcdir"/man/*.3; do
		sed -n "s/ ${file##*/}\$//p" "$tmp/names" | grep '^nsmgr_' | while read -r name; do
			grep -qx ".Fo $name" "$file" || echo "$name"
		done
	done
)"

# ---- functions: their errors ----

# Lines "FUNCTION ERROR", and "FUNCTION -" for what has a list at all. Those that all may give are told once, in nsmgr(3);
# a page that lists one of them for a meaning of its own may do so.
awk '/^#define NSM_EDGE_/ { inside = 1 }
	inside { print; inside = /\\$/ }' "$srcdir/src/lib/edge.h" >"$tmp/edge.c"
cat >>"$tmp/edge.c" <<'END'
#define LINE(function, ...) @ nsmgr_##function -, __VA_ARGS__
NSM_EDGE_TABLE(LINE)
@ usual -, NSM_EDGE_USUAL
END
cc=$(make_variable CC)
# shellcheck disable=SC2086 # a compiler can come with options
${cc:-cc} -E -P "$tmp/edge.c" | tr '\n@' ' \n' |
	awk '{ gsub(/,/, " "); for (i = 2; i <= NF; i++) print $1, $i }' | sort -u >"$tmp/edge"
sed -n 's/^usual \(E.*\)/\1/p' "$tmp/edge" >"$tmp/usual"
without_usual() {
	grep -vwF -f "$tmp/usual" | grep -v '^usual ' | sort
}
without_usual <"$tmp/edge" >"$tmp/listed"

# In ERRORS, .Ss names functions and .It Bq Er their errors. What has no context has no edge either: of
# nsmgr_type_from_name, the page alone tells.
errors_of_pages() {
	awk '$1 == ".Sh" { inside = $2 == "ERRORS"; count = FILENAME ~ /\/nsmgr\.3$/; functions[1] = "usual" }
		!inside { next }
		$1 == ".Ss" {
			count = split(substr($0, 5), functions, ", *")
			for (i = 1; i <= count; i++)
				print functions[i], "-"
		}
		$1 == ".It" {
			if ($2 " " $3 != "Bq Er" || NF != 4)
				print "not an error: " FILENAME ": " $0
			for (i = 1; i <= count; i++)
				print functions[i], $4
		}' "$srcdir"/man/*.3 | grep -v '^nsmgr_type_from_name '
}
errors_of_pages | sort >"$tmp/all"
result 'no page lists an error twice' "$(uniq -d "$tmp/all")"
without_usual <"$tmp/all" >"$tmp/page"
result 'errors were found' "$([ "$(wc -l <"$tmp/listed")" -gt 100 ] && [ "$(wc -l <"$tmp/usual")" -gt 3 ] || echo 'none')"
compare_lists 'error' "$tmp/page" "$tmp/listed" 'the pages' 'edge.h'
result 'nsmgr(3) has the usual errors' "$(sed -n 's/^usual \(E.*\)/\1/p' "$tmp/all" | diff "$tmp/usual" -)"
result 'errors are in the page of their function' "$(
	for file in "$srcdir"/man/*.3; do
		awk '$1 == ".Sh" { inside = $2 == "ERRORS" } inside && $1 == ".Ss"' "$file" | cut -c5- | tr -d ' ' | tr ',' '\n' |
			while read -r name; do
				grep -qx "$name ${file##*/}" "$tmp/names" || echo "${file##*/}: $name"
			done
	done
)"

# ---- form ----

result 'nsmgr(3) leads to every page' "$(for file in "$srcdir"/man/*.3; do
	file=${file##*/}
	[ "$file" = nsmgr.3 ] || grep -qx "\.It Xr ${file%.3} 3" "$srcdir/man/nsmgr.3" || echo "$file"
done)"
{
	sed 's/ .*/ 3/' "$tmp/names"
	echo 'nsmgr 8'
	echo 'nsmgr-equivalents 7'
	echo 'nsmgr.conf 5'
} | sort -u >"$tmp/there"
result 'pages refer to pages of ours that exist' \
	"$(sed -nE 's/^\.(It |Pq see |Pq )?Xr (nsmgr[a-z0-9._-]* [0-9]).*/\2/p' "$srcdir"/man/*.[0-9] | sort -u | comm -23 - "$tmp/there")"
result 'examples that are referred to exist' \
	"$(grep -ohE '[a-z_]+\.c\b' "$srcdir"/man/*.3 | sort -u | grep -vx 'program\.c' | while read -r file; do
		[ -f "$srcdir/tests/examples/$file" ] || echo "$file"
	done)"

if command -v mandoc >/dev/null; then
	result 'mandoc has nothing to say of the pages' "$(mandoc -Tlint -Wwarning "$srcdir"/man/*.[0-9] 2>&1)"
else
	skip 'mandoc has nothing to say of the pages' 'no mandoc'
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

# ---- units ----

# unit_said FILE NAME: what systemd says of a unit under that name, with a program that is there
unit_said() {
	rm -rf "$tmp/units"
	mkdir "$tmp/units"
	sed 's,=[^=]*/nsmgr ,=/bin/true ,' "$1" >"$tmp/units/$(echo "$2" | sed 's/@web/@/')"
	SYSTEMD_UNIT_PATH=$tmp/units: systemd-analyze verify --man=no "$tmp/units/$2" 2>&1 | grep -i nsmgr
}

for unit in nsmgr.service nsmgr@.service; do
	instance=$(echo "$unit" | sed 's/@/@web/')
	if ! command -v systemd-analyze >/dev/null; then
		echo "skipped - systemd-analyze has nothing to say of $unit (no systemd-analyze)"
		continue
	fi
	result "systemd-analyze has nothing to say of $unit" "$(unit_said "systemd/$unit" "$instance")"
	sed 's/^RemainAfterExit/Wrong/' "systemd/$unit" >"$tmp/wrong"
	result "systemd-analyze reads $unit" \
		"$(unit_said "$tmp/wrong" "$instance" | grep -q Wrong || echo 'it says nothing of a wrong one')"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
