#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh CORPUS TARGET...: FUZZ_RUNS executions of each target, from its seeds and what it found before (fuzz-found/ in the build
# directory); prints the count, and ends with 1 when one found something, which is left in fuzz-found/TARGET/.

set -u
corpus=$1
shift
found=$PWD/fuzz-found
status=0
export ASAN_OPTIONS=detect_leaks=0
for program; do
	target=${program##*/fuzz_}
	mkdir -p "$found/$target/inputs" || exit 2
	if ! "$program" --help 2>&1 | grep -q libFuzzer; then
		echo "fuzz $target: configure with --enable-fuzzers first" >&2
		exit 2
	fi
	"$program" -runs="${FUZZ_RUNS:?}" -rss_limit_mb=0 -timeout=20 -close_fd_mask=3 -print_final_stats=1 -max_len=4096 \
		-artifact_prefix="$found/$target/" "$found/$target/inputs" "$corpus/$target" >/dev/null 2>"$found/$target/log"
	code=$?
	echo "fuzz $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$found/$target/log") executions," \
		"$(grep -c '^SUMMARY: ' "$found/$target/log") findings"
	[ $code -eq 0 ] || status=1
done
exit $status
