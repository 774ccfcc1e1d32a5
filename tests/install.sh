#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Holds what is installed to what is promised: by pkg-config alone a program is built and runs, with the shared library and with
# the static one; the library needs libc and nothing else; each function has a manual page; nothing is left when it goes.
# Runs in the build directory, and installs below one of its own.

# shellcheck source=tests/source.sh
. "${0%/*}/source.sh"
root=$tmp/root

# What a sanitizer rules out is no pass and no failure.
sanitizers=$(make_variable NSM_SANITIZE)
excused=$sanitizers

# The make that runs us may have given us a part of its work, which this one is not.
quiet_make() {
	(
		unset MAKEFLAGS MFLAGS MAKELEVEL
		${MAKE:-make} "$@" DESTDIR="$root" >"$tmp/said" 2>&1 || tail -n 20 "$tmp/said"
	)
}

finish() {
	echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
	[ "$failed" -eq 0 ] || exit 1
	[ "$passed" -gt 0 ] || exit 77
	exit 0
}

result 'make install works' "$(quiet_make install)"
[ "$failed" -eq 0 ] || finish

# ---- modes ----

# Whoever runs it has no more rights by that than before.
name='nothing has a set-id bit or is writable by others (LESSONS security 7)'
result "$name" "$(
	find "$root" -perm /6000 -o -type f -perm /022
	[ -n "$(find "$root" -type f -name nsmgr -perm /111)" ] || echo 'there is no program'
)"
if command -v getcap >/dev/null; then
	result 'nothing has capabilities (LESSONS security 7)' "$(getcap -r "$root" 2>&1)"
else
	skip 'nothing has capabilities (LESSONS security 7)' 'no getcap'
fi

# ---- pages ----

# The first .Nm of a page is its own; the others are files that lead to it.
man3=$(find "$root" -type d -name man3)
result 'each function has a manual page' "$(
	sed -n 's/^\t\(nsmgr_[a-z0-9_]*\);$/\1/p' "${srcdir:=.}/src/libnsmgr.sym" | while read -r name; do
		[ -s "$man3/$name.3" ] || echo "$name"
	done
)"
result 'an alias leads to a page that describes it' "$(
	for file in "$man3"/*.3; do
		page=$(sed -n '1s/^\.so man3\///p' "$file")
		[ -z "$page" ] || grep -q "^\\.Nm $(basename "$file" .3)\\( ,\\)\\{0,1\\}$" "$man3/$page" || echo "$file"
	done
)"

# ---- completions and units ----

for file in '*/bash-completion/completions/nsmgr' '*/zsh/site-functions/_nsmgr' '*/fish/vendor_completions.d/nsmgr.fish'; do
	result "${file#??} is installed" "$([ -s "$(find "$root" -path "$file")" ] || echo 'it is not')"
done
if [ "$(make_variable systemdsystemunitdir)" != no ]; then
	for name in nsmgr.service nsmgr@.service; do
		unit=$(find "$root" -name "$name")
		result "$name runs what is installed" "$(
			sed -n 's/^Exec[A-Za-z]*=\([^ ]*\) .*/\1/p' "${unit:-/dev/null}" | while read -r program; do
				[ -x "$root$program" ] || echo "$program is not there"
			done
			[ -n "$unit" ] || echo 'it is not installed'
		)"
	done
fi

# ---- programs ----

cat >"$tmp/program.c" <<'END'
#include <nsmgr.h>
int main(void)
{
	struct nsmgr_ctx *ctx;
	return nsmgr_new(&ctx) < 0 ? 1 : (nsmgr_unref(ctx), 0);
}
END

cc=$(make_variable CC)
: "${cc:=${CC:-cc}}"
pkgconfig=${PKG_CONFIG:-pkg-config}
library=$(find "$root" -name 'libnsmgr.so.[0-9]')

# flags OPTION...: what pkg-config says of the tree that was installed
flags() {
	PKG_CONFIG_LIBDIR=$(dirname "$(find "$root" -name nsmgr.pc)") PKG_CONFIG_PATH='' PKG_CONFIG_SYSROOT_DIR=$root \
		PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 "$pkgconfig" "$@" nsmgr
}

# builds PROGRAM FLAG...: and runs
builds() {
	program=$tmp/$1
	shift
	# shellcheck disable=SC2086 # a compiler can come with options
	if $cc $sanitizers -o "$program" "$tmp/program.c" "$@" 2>&1; then
		LD_LIBRARY_PATH=${library%/*} "$program" 2>&1 || echo "$program gave $?"
	fi
}

if ! command -v "$pkgconfig" >/dev/null; then
	skip 'a program is built by pkg-config' 'no pkg-config'
else
	result 'pkg-config knows the version' "$(
		[ "$(flags --modversion)" = "$(make_variable PACKAGE_VERSION)" ] || flags --modversion 2>&1
	)"
	# shellcheck disable=SC2046 # flags are words
	if [ -z "$library" ]; then
		skip 'a program with the shared library runs' 'no shared library was built'
	else
		result 'a program with the shared library runs' "$(builds shared $(flags --cflags --libs))"
	fi
	# shellcheck disable=SC2046
	if [ -n "$sanitizers" ]; then
		skip 'a program with the static library runs' "not with$sanitizers"
	elif [ -z "$(find "$root" -name libnsmgr.a)" ]; then
		skip 'a program with the static library runs' 'no static library was built'
	else
		result 'a program with the static library runs' "$(builds static -static $(flags --static --cflags --libs))"
	fi
fi

# ---- what the library needs ----

name='the library needs libc alone'
if [ -n "$sanitizers" ]; then
	skip "$name" "not with$sanitizers"
elif [ -z "$library" ]; then
	skip "$name" 'no shared library was built'
elif ! command -v readelf >/dev/null; then
	skip "$name" 'no readelf'
else
	readelf -dW "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >"$tmp/needed"
	# musl's is called libc.musl-ARCH.so.1, or libc.so.
	result "$name" "$(
		grep -vxE 'libc\.so\.6|libc\.musl-.*\.so\.1|libc\.so' "$tmp/needed"
		[ -s "$tmp/needed" ] || echo 'nothing is needed'
	)"
	result 'the program is linked with the library that was installed' "$(
		[ ! -x "$tmp/shared" ] || readelf -dW "$tmp/shared" | grep -q "NEEDED.*\\[${library##*/}\\]" || echo "not ${library##*/}"
	)"
fi

# ---- and gone ----

result 'make uninstall works' "$(quiet_make uninstall)"
result 'nothing is left of it' "$(find "$root" ! -type d)"

finish
