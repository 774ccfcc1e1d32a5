#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The suites in each of the surroundings that nsmgr is to work in, one after the other: `make check-places`, or
#
#   places.sh [PLACE...] -- TEST...        scripts and programs, as make knows them; needs root
#
#   private     in another mount namespace, whose / is private (KERNEL R11)
#   shared      the same, whose / is shared (KERNEL R4)
#   memory      as private, and all stores are on a tmpfs, as /run is
#   user        root of a user namespace with one id only, as of `unshare -r`; the machine's /proc, network and the rest
#   container   root of a user namespace with many ids, and of one of every other type
#
# What a place cannot give is no secret: places_lack says it, tests that need it are skipped by name and counted so. All else
# must work. Logs are in tests/places of the build directory.

set -u
here=$(cd "${0%/*}" && pwd -P) || exit 99
: "${NSMGR_BUILDDIR:=$PWD}"
export NSMGR_BUILDDIR NSMGR_MUST_WORK=1 LC_ALL=C
logs=$NSMGR_BUILDDIR/tests/places
limit=${LIMIT:-300} # seconds for a test

declare -A places_lack=([private]='' [shared]='' [memory]='' [user]='ids all machine' [container]='machine')

# ---- inside ----

# count LOG: "passed failed skipped" of a script or of a suite
count() {
	awk '
		/^SKIPPED: / { skipped++ }
		/^[0-9]+ passed, [0-9]+ failed/ { passed = $1; failed = $3 }
		/^[0-9]+%: Checks: / { gsub(",", ""); passed = $3 - $5 - $7; failed = $5 + $7 }
		END { print passed + 0, failed + 0, skipped + 0 }' "$1"
}

# all PLACE TEST...: one line for each that is not well, and the sums
all() {
	local place=$1 log test status good bad gone passed=0 failed=0 skipped=0
	shift
	for test; do
		log=$logs/$place/${test##*/}.log
		case $test in
		*.sh) set -- bash "$here/../$test" ;;
		*) set -- "$NSMGR_BUILDDIR/$test" ;;
		esac
		timeout -k 20 "$limit" "$@" >"$log" 2>&1 </dev/null
		status=$?
		read -r good bad gone < <(count "$log")
		if [ "$bad" = 0 ] && [ $status != 0 ] && [ $status != 77 ]; then
			bad=1
			echo "ended with $status" >>"$log"
		fi
		passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + gone))
		if [ "$bad" != 0 ]; then
			echo "FAILED: $place: $test: $bad of $((good + bad)): $log"
			grep -e '^not ok' -e ':[FE]:' -e '^ended with' "$log" | cut -c1-300
		fi
	done
	cat "$logs/$place"/*.log | grep '^SKIPPED: ' | sort >"$logs/$place/skipped"
	echo "$place: $passed passed, $failed failed, $skipped skipped (named in $logs/$place/skipped)"
	[ $failed = 0 ] && [ $passed -gt 0 ]
}

# ---- the places ----

private() { exec unshare -m --propagation private bash "$here/places.sh" --inside "$@"; }

# Private first: were the host's / shared, its peers would be the host's.
shared() {
	# shellcheck disable=SC2016 # for the shell inside
	exec unshare -m --propagation private sh -c 'mount --make-rshared / && exec bash "$@"' sh "$here/places.sh" --inside "$@"
}

memory() { exec "$here/memory.sh" bash "$here/places.sh" --inside "$@"; }

user() { exec unshare -Urm --propagation private bash "$here/places.sh" --inside "$@"; }

# unshare(1) maps one id, or those of a table. Its command has no capabilities before there is a map, and all of them when it
# executes something as the root that it is then.
container() {
	local pipe pid map
	pipe=$(mktemp -d) && mkfifo "$pipe/up" "$pipe/down" || exit 99
	exec {up}<>"$pipe/up" {down}<>"$pipe/down"
	rm -r "$pipe"
	# shellcheck disable=SC2016
	unshare -UmpfniuCT --kill-child --mount-proc --propagation private \
		bash -c 'echo >&"$1"; read -r _ <&"$2"; eval "exec $1>&- $2>&-"; shift 2; exec bash "$@"' \
		bash $up $down "$here/places.sh" --inside "$@" &
	pid=$!
	read -r -t 60 _ <&$up || { kill -KILL $pid; exit 99; }
	for map in uid_map gid_map projid_map; do
		echo '0 0 4294967295' >"/proc/$pid/$map" || { kill -KILL $pid; exit 99; }
	done
	echo >&$down
	wait $pid
}

# ---- all of it ----

if [ "${1-}" = --inside ]; then
	shift
	all "$@"
	exit
fi
[ "$(id -u)" = 0 ] || { echo 'places.sh: needs root' >&2; exit 77; }

chosen=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	[ -n "${places_lack[$1]+1}" ] || { echo "places.sh: no such place: $1" >&2; exit 2; }
	chosen+=("$1")
	shift
done
[ $# -gt 1 ] || { echo 'usage: places.sh [PLACE...] -- TEST...' >&2; exit 2; }
shift
[ ${#chosen[@]} -gt 0 ] || chosen=(private shared memory user container)

bad=
for place in "${chosen[@]}"; do
	rm -rf "${logs:?}/$place"
	mkdir -p "$logs/$place"
	(
		export NSMGR_LACKS=${places_lack[$place]}
		"$place" "$place" "$@"
	) || bad="$bad $place"
done
[ -z "$bad" ] || { echo "failed in:$bad" >&2; exit 1; }
