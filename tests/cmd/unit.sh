#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# nsmgr@.service: its commands, run as systemd would run them. docs.sh has systemd itself judge the unit.
# Cases are called by name (SC2317); words are split as systemd does it (SC2046, SC2086).
# shellcheck disable=SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

UNIT=$NSMGR_BUILDDIR/systemd/nsmgr@.service
[ -f "$UNIT" ] || { echo "no $UNIT" >&2; exit 99; }

# command_of SETTING NAME CONFIG: with %i and the variables, of which the file's come last (systemd.exec(5))
command_of() {
	local line NSMGR_OPTIONS NSMGR_STOP_OPTIONS assignment
	for assignment in $(sed -n 's/^Environment=//p' "$UNIT"); do
		declare "$assignment"
	done
	while IFS= read -r assignment; do
		[[ $assignment != NSMGR_*=* ]] || declare "$assignment"
	done <"$3"
	line=$(sed -n "s/^$1=//p" "$UNIT")
	line=${line//%i/$2}
	line=${line//'$NSMGR_OPTIONS'/$NSMGR_OPTIONS}
	line=${line//'$NSMGR_STOP_OPTIONS'/$NSMGR_STOP_OPTIONS}
	echo "$NSMGR ${line#* }"
}

without_file() {
	ok $(command_of ExecStart "$P.a" /dev/null)
	is 'types' "$("$FULL" ls -rn -o TYPE "$P.a" | xargs)" net
	ok $(command_of ExecStart "$P.a" /dev/null)
	ok $(command_of ExecStop "$P.a" /dev/null)
	is 'sets' "$("$FULL" ls -q)" ''
	ok $(command_of ExecStop "$P.a" /dev/null)
}

with_file() {
	printf '# a remark\n\nNSMGR_OPTIONS=--pid --uts --hostname=configured\n' >"$T/conf"
	ok $(command_of ExecStart "$P.b" "$T/conf")
	is 'types' "$("$FULL" ls -rn -o TYPE "$P.b" | xargs)" 'pid uts'
	ok "$NSMGR" exec "$P.b" uname -n
	is 'the host name' "$out" configured
	hold "$NSMGR" exec "$P.b"
	ok $(command_of ExecStop "$P.b" "$T/conf")
	wait "$pid"
	is 'who was inside' $? 137
	is 'sets' "$("$FULL" ls -q)" ''
}

cases() {
	it 'makes a network, once, and removes it, without a file' without_file
	it 'makes what the file tells, and stops it although somebody is inside' with_file
}

for_both
finish
