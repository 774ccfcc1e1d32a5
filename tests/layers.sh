#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Holds the sources to what src/README says: who includes whom, who may call what, and that every file is listed there.
# Runs in the build directory; $srcdir is the source tree, as automake sets it.

# shellcheck source=tests/source.sh
. "${0%/*}/source.sh"

# The sources without their comments, a file as src/LAYER/NAME: nothing here writes a comment's mark in a string.
strip_comments() {
	awk '{
		line = $0
		while (1) {
			if (inside) {
				end = index(line, "*/")
				if (!end)
					break
				line = substr(line, end + 2)
				inside = 0
			}
			start = index(line, "/*")
			if (!start) {
				code = code line
				break
			}
			code = code substr(line, 1, start - 1) " "
			line = substr(line, start + 2)
			inside = 1
		}
		print code
		code = ""
	}' "$1"
}

for layer in base lib cmd nsmgr; do
	mkdir -p "$tmp/src/$layer"
	for file in "$srcdir/src/$layer"/*.[ch]; do
		strip_comments "$file" >"$tmp/src/$layer/${file##*/}"
	done
done
strip_comments "$srcdir/src/nsmgr.h" >"$tmp/src/nsmgr.h"

# in_code PATTERN FILE...: the lines that match, with the file's name
in_code() {
	pattern=$1
	shift
	(cd "$tmp" && grep -nE "$pattern" /dev/null "$@")
}

files() {
	(cd "$tmp" && find "$@" -name '*.[ch]' | sort)
}

# The files that match, but for the ones named: `all_but FILES FILE...`
all_but() {
	except=" $1 "
	shift
	for file in "$@"; do
		case $except in
		*" $file "*) ;;
		*) echo "$file" ;;
		esac
	done
}

# A call of one of these functions, not of one that ends so.
call() {
	echo "(^|[^A-Za-z0-9_])($1)[[:space:]]*\\("
}

# ---- who includes whom ----

base=$(files src/base) lib=$(files src/lib) cmd=$(files src/cmd) public=$(files src/nsmgr)

# check_includes NAME ALLOWED FILE...: every other header in quotes is refused
check_includes() {
	name=$1
	allowed=$2
	shift 2
	result "$name" "$(in_code '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$@" |
		grep -vE "include[[:space:]]*\"($allowed)")"
}

# shellcheck disable=SC2086 # lists of files without blanks
{
	check_includes 'src/base includes only base/' 'base/' $base
	check_includes 'src/lib includes only base/, lib/ and nsmgr.h' 'base/|lib/|nsmgr\.h"' $lib
	check_includes 'src/cmd includes only base/, cmd/ and nsmgr.h' 'base/|cmd/|nsmgr\.h"' $cmd
	check_includes 'the public headers include nothing in quotes' 'nothing' src/nsmgr.h $public
	result 'the public headers include system headers and nsmgr/ only' \
		"$(in_code '#[[:space:]]*include[[:space:]]*<(nsmgr\.h|config\.h|base/|lib/|cmd/)' src/nsmgr.h $public)"
	result 'the sources know the public headers as nsmgr.h alone' \
		"$(in_code '#[[:space:]]*include[[:space:]]*<nsmgr[/.]' $base $lib $cmd)"
	result 'nsmgr.h includes all of nsmgr/ and nothing else' "$(
		sed -n 's/^#include <\(.*\)>$/src\/\1/p' "$tmp/src/nsmgr.h" | sort >"$tmp/included"
		printf '%s\n' $public | diff - "$tmp/included"
	)"
}

complaints=
for file in $base $lib $cmd; do
	own=${file#src/}
	own=${own%.c}.h
	if [ "${file%.c}" = "$file" ] || [ ! -f "$srcdir/src/$own" ]; then
		continue
	fi
	first=$(grep -E '^[[:space:]]*#[[:space:]]*include' "$tmp/$file" | head -n 1)
	[ "$first" = "#include \"$own\"" ] || complaints="$complaints$file begins with $first
"
done
result 'a .c file includes its own header first' "$complaints"

# ---- who may call what ----

# What runs in children of the library's.
children='src/lib/call.c src/lib/create.c src/lib/creator_run.c src/lib/hook.c src/lib/idmap_write.c'
children="$children src/lib/keeper.c src/lib/start_child.c"

# shellcheck disable=SC2046,SC2086
{
	result 'only src/base/signals.c, src/lib/sys.c, sys_process.c, src/cmd/sys.c and sys_mount.c call syscall()' \
		"$(in_code "$(call syscall)" $(all_but 'src/base/signals.c src/lib/sys.c src/lib/sys_process.c src/cmd/sys.c src/cmd/sys_mount.c' \
			$base $lib $cmd))"
	result 'only src/cmd/mounts.c, mount_opts.c and loopdev.c include libmount' \
		"$(in_code '<libmount(/[a-z]+)?\.h>' $(all_but 'src/cmd/mounts.c src/cmd/mount_opts.c src/cmd/loopdev.c' $base $lib $cmd))"
	result 'only src/cmd/probe.c includes libblkid' \
		"$(in_code '<(blkid/)?blkid\.h>' $(all_but src/cmd/probe.c $base $lib $cmd))"
	result 'only src/cmd/table.c includes libsmartcols' \
		"$(in_code '<libsmartcols(/[a-z]+)?\.h>' $(all_but src/cmd/table.c $base $lib $cmd))"
	result 'only src/cmd/caps.c includes libcap' \
		"$(in_code '<sys/capability\.h>' $(all_but src/cmd/caps.c $base $lib $cmd))"
	result 'only src/cmd/seccomp.c includes libseccomp' \
		"$(in_code '<seccomp\.h>' $(all_but src/cmd/seccomp.c $base $lib $cmd))"
	result 'only src/cmd/json.c includes json-c' \
		"$(in_code '<json-c/[a-z_]+\.h>' $(all_but src/cmd/json.c $base $lib $cmd))"
	result 'the library never exits nor prints' \
		"$(in_code "$(call 'exit|quick_exit|abort|v?[df]?printf|perror|f?puts|putchar|f?putc|errx?|warnx?|syslog')" \
			$base $lib)"
	result 'only the children of the library call _exit()' \
		"$(in_code "$(call _exit)" \
			$(all_but "$children" $base $lib))"
}

# ---- what is never called at all, or in another way ----

# calls FUNCTIONS FILE...: the lines that call one of them, not those of a text that names it
calls() {
	functions=$1
	shift
	(cd "$tmp" && awk '{ gsub(/"[^"]*"/, "\"\""); print FILENAME ":" FNR ":" $0 }' "$@") | grep -E "$(call "$functions")"
}

# statements FILE...: the code, a statement a line behind its file's name
statements() {
	(cd "$tmp" && awk '
		FNR == 1 { text = "" }
		{ text = text " " $0 }
		/[;{}]/ { gsub(/[[:space:]]+/, " ", text); print FILENAME ":" text; text = "" }' "$@")
}

# What becomes a program: the command, newuidmap, hooks and pasta, and nsmgr-full.
programs='src/lib/environment.c src/lib/idmap_write.c src/cmd/program.c src/cmd/front.c'

# Descriptors that are made to be kept by a program that is about to be run.
handing='idmap_write\.c: .*null = open\(|hooks\.c: .*pipe\(fds\)'

# shellcheck disable=SC2046,SC2086
{
	result 'no shell is called (LESSONS security 7)' \
		"$(calls 'system|popen|wordexp|execlp?|execle|execvpe|posix_spawnp?' $base $lib $cmd
		in_code '"-c"|"[^"]*sh -c' $base $lib $cmd)"
	result 'only where commands, newuidmap, hooks, pasta and nsmgr-full are run is there an exec (LESSONS security 7)' \
		"$(calls 'execve?|execvp|fexecve|execveat' $(all_but "$programs" $base $lib $cmd))"
	result 'the environment of another process is not looked at (LESSONS security 8)' "$(in_code '/environ"' $base $lib $cmd)"
	# By the flag itself, by a name for flags, or by flags that were put together before; dup2(2) says where to on purpose.
	result 'a descriptor is closed by an execve (LESSONS security 3 18)' "$(
		statements $base $lib $cmd |
			grep -E "[^A-Za-z0-9_](open|openat|open_tree|socket|socketpair|accept4|pipe2?|dup3?|fopen|fdopen|memfd_create|epoll_create1?|inotify_init1?|signalfd|timerfd_create|eventfd|posix_openpt)[[:space:]]*\\(" |
			grep -vE "CLOEXEC|NSM_DIR_FLAGS|\"re\"|[ (]flags[ ,)|]|fdopen|static int (open|socket|pipe|dup)[a-z_]*\\(|$handing"
		(cd "$tmp" && grep -E 'openat\(.*[ (]flags[ ,)|]' $base $lib $cmd) | grep -v CLOEXEC | cut -d: -f1 | while read -r file; do
			grep -q 'flags = .*CLOEXEC' "$tmp/$file" || echo "$file: flags without O_CLOEXEC"
		done
	)"
}

# ---- what is tried, and by what ----

# A script of cases that no list has would be run by nobody.
result 'every script of cases is in a list of tests/cmd/Makefile.inc' "$(
	cd "$srcdir" && grep -lx finish tests/cmd/*.sh | while read -r script; do
		grep -qx "	$script \\\\" tests/cmd/Makefile.inc || echo "$script"
	done
)"

# Comments and tests cite the rules of security by number.
result 'every rule of security has a test named after it, and a guard in tests/guards' "$(
	rule=1
	while [ $rule -le 18 ]; do
		cat "$srcdir"/tests/cmd/*.sh "$srcdir"/tests/*.sh |
			grep -qE "^[[:space:]]*(it|result|name=).*LESSONS [^()]*security[^()]*[^0-9]$rule([^0-9][^()]*)?\\)" ||
			echo "no test of rule $rule"
		grep -qx "rule $rule" "$srcdir/tests/guards/guards" || echo "no guard of rule $rule"
		rule=$((rule + 1))
	done
)"

# What is to be taken away is there, once: a guard that moved elsewhere would not be.
result 'each guard in tests/guards is where it says' "$(
	guard='' file=''
	while IFS= read -r line; do
		case $line in
		'guard '*) guard=${line#guard } ;;
		'in '*) file=${line#in } ;;
		'was '*)
			count=$(grep -cF -e "${line#was }" "$srcdir/$file")
			[ "$count" = 1 ] || echo "$guard: $count times in $file"
			;;
		esac
	done <"$srcdir/tests/guards/guards"
)"

# ---- src/README ----

# Its list of files: two blanks, the file below src/ ("[ch]" for .c and .h), two blanks at least, what it is for.
sed -n '/^FILES$/,$s/^  \([a-z_/]*[a-z_]\.[][ch]*\)  .*/\1/p' "$srcdir/src/README" |
	sed 's/\(.*\)\[ch\]$/\1c\n\1h/' | sort >"$tmp/listed"
(cd "$srcdir/src" && find base lib cmd nsmgr nsmgr.h -name '*.[ch]' | sort) >"$tmp/present"
result 'src/README lists every source file' "$(comm -13 "$tmp/listed" "$tmp/present")"
result 'src/README lists no file that is gone' "$(comm -23 "$tmp/listed" "$tmp/present")"
result 'src/README lists a file once' "$(uniq -d "$tmp/listed")"

result 'front.ld names sources that there are' "$(
	sed -n 's|.*\*\([a-z]*\)/nsmgr-\([a-z_]*\)\.o(.*|src/\1/\2.c|p' "$srcdir/src/cmd/front.ld" |
		while read -r file; do [ -f "$srcdir/$file" ] || echo "$file"; done
)"

# shellcheck disable=SC2086
result 'no source file has more than 300 lines' "$(cd "$srcdir" && wc -l src/nsmgr.h $public $base $lib $cmd |
	awk '$1 > 300 && $2 != "total" { print $2 ": " $1 }')"
result 'no file of the suites has more than 300 lines' "$(cd "$srcdir" && wc -l tests/lib/*.[ch] |
	awk '$1 > 300 && $2 != "total" { print $2 ": " $1 }')"

# ---- the public headers ----

cc=$(make_variable CC)
: "${cc:=${CC:-cc}}"
cxx=${CXX:-c++}

# compiles HEADER COMPILER... : what it says of a file that includes that header and nothing else
compiles() {
	header=$1
	shift
	echo "#include <$header>" | "$@" -Wall -Wextra -Werror -pedantic -I"$srcdir/src" -c -o "$tmp/alone.o" - \
		>"$tmp/said" 2>&1 || {
		echo "refused by: $*"
		head -n 8 "$tmp/said"
	}
}

for header in nsmgr.h $public; do
	header=${header#src/}
	# shellcheck disable=SC2086 # a compiler can come with options
	result "$header compiles alone in C11" "$(compiles "$header" $cc -std=c11 -x c)"
	if command -v "$cxx" >/dev/null; then
		result "$header compiles alone in C++11" "$(compiles "$header" "$cxx" -std=c++11 -x c++)"
	else
		skip "$header compiles alone in C++11" 'no C++ compiler'
	fi
done

# Functions, but not the types of functions. A declaration can take several lines.
# shellcheck disable=SC2086
(cd "$tmp" && cat $public) | grep -v '^[[:space:]]*#' | tr '\n' ' ' | tr ';' '\n' | grep -v '^[[:space:]]*typedef' |
	grep -oE '[ *]nsmgr_[a-z0-9_]+\(' | tr -d ' *(' | sort >"$tmp/declared"
sed -n 's/^\t\(nsmgr_[a-z0-9_]*\);$/\1/p' "$srcdir/src/libnsmgr.sym" | sort >"$tmp/versioned"
result 'a function is declared once' "$(uniq -d "$tmp/declared")"
result 'libnsmgr.sym has every function that the headers declare' "$(comm -23 "$tmp/declared" "$tmp/versioned")"
result 'libnsmgr.sym has no function that the headers do not declare' "$(comm -13 "$tmp/declared" "$tmp/versioned")"
result 'functions were found' "$([ "$(wc -l <"$tmp/declared")" -gt 100 ] || wc -l <"$tmp/declared")"

# ---- what was built ----

library=.libs/libnsmgr.so
if [ ! -e "$library" ]; then
	skip 'the library exports nsmgr_ alone' 'no shared library here'
elif ! command -v nm >/dev/null; then
	skip 'the library exports nsmgr_ alone' 'no nm'
else
	nm -D --defined-only "$library" | awk '{ print $NF }' | sed 's/@.*//' >"$tmp/exported"
	# The name of a version node is a symbol too.
	result 'the library exports nsmgr_ alone' "$(grep -v -e '^nsmgr_' -e '^LIBNSMGR_' "$tmp/exported")"
	result 'the library exports all that the headers declare' "$(sort -u "$tmp/exported" | comm -13 - "$tmp/declared")"
	result 'every exported symbol has a version' "$(nm -D --defined-only "$library" | grep ' nsmgr_' | grep -v '@@LIBNSMGR_')"
fi

if ! command -v readelf >/dev/null; then
	skip 'a static front has no interpreter' 'no readelf'
else
	case $(make_variable FRONT_KIND) in
	musl | static)
		result 'a static front has no interpreter' "$(readelf -lW nsmgr | grep -E 'INTERP|interpreter')"
		;;
	dynamic)
		result 'a dynamic front has an interpreter' \
			"$(readelf -lW nsmgr | grep -q INTERP || echo 'nsmgr has no PT_INTERP')"
		;;
	*)
		skip 'a static front has no interpreter' 'no Makefile tells how it was linked'
		;;
	esac
	full=.libs/nsmgr-full
	[ -e "$full" ] || full=nsmgr-full
	if [ -n "$(make_variable NSM_HARDEN_LDFLAGS)" ]; then
		result 'the dynamic program is hardened' "$(
			readelf -hW "$full" | grep -q 'Type:.*DYN' || echo 'not position-independent'
			readelf -lW "$full" | grep -q GNU_RELRO || echo 'no relro'
			readelf -lW "$full" | grep 'GNU_STACK.*E' | grep -v 'RW ' && echo 'an executable stack'
			readelf -dW "$full" | grep -qE 'BIND_NOW|NOW' || echo 'lazy binding'
		)"
	fi
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
