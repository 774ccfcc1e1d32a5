#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh CORPUS TARGET...: FUZZ_RUNS executions of each target by the fuzzer it was built for, libFuzzer or AFL++, from its seeds and what
# was found before (fuzz-found/ in the build directory); prints the count, and ends with 1 when one found something, which is left in
# fuzz-found/TARGET/.
# Fuzzers are called by name.
# shellcheck disable=SC2317

set -u
corpus=$1
shift
found=$PWD/fuzz-found
status=0

# Both print "EXECUTIONS FINDINGS".
libfuzzer() {
	# Small quarantines and short stacks cost less; the leak checker needs a process of its own, which the targets may not have.
	ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=4:malloc_context_size=4 "$1" -runs="$FUZZ_RUNS" -rss_limit_mb=0 -timeout=20 \
		-close_fd_mask=3 -print_final_stats=1 -max_len=4096 -artifact_prefix="$2/" "$2/inputs" "$3" >/dev/null 2>"$2/log"
	echo "$(sed -n 's/^stat::number_of_executed_units: *//p' "$2/log")" \
		"$(find "$2" -maxdepth 1 '(' -name 'crash-*' -o -name 'timeout-*' -o -name 'oom-*' ')' | wc -l)"
}

afl() {
	AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_AUTORESUME=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
		afl-fuzz -i "$3" -o "$2/afl" -E "$FUZZ_RUNS" -t 20000 -- "$1" >"$2/log" 2>&1
	sed -n 's/^execs_done *: *//p; s/^saved_\(crashes\|hangs\) *: *//p' "$2/afl/default/fuzzer_stats" |
		{ read -r runs && read -r crashes && read -r hangs && echo "$runs $((crashes + hangs))"; }
}

[ "${FUZZ_RUNS:?}" -gt 0 ] || exit 2
for program; do
	target=${program##*/fuzz_}
	mkdir -p "$found/$target/inputs" || exit 2
	if grep -aq '##SIG_AFL_PERSISTENT##' "$program"; then
		fuzz=afl
	elif "$program" --help 2>&1 | grep -q libFuzzer; then
		fuzz=libfuzzer
	else
		echo "fuzz $target: configure with --enable-fuzzers first" >&2
		exit 2
	fi
	read -r runs findings < <("$fuzz" "$program" "$found/$target" "$corpus/$target")
	echo "fuzz $target: ${runs:-0} executions, ${findings:-0} findings"
	[ "${findings:-0}" -eq 0 ] && [ "${runs:-0}" -ge "$FUZZ_RUNS" ] || status=1
done
exit $status
