#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# nsmgr.service and nsmgr@.service: their commands, run as systemd would run them. docs.sh has systemd itself judge the units.
# Cases are called by name (SC2317); words are split as systemd does it (SC2046, SC2086).
# shellcheck disable=SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

ALL=$NSMGR_BUILDDIR/systemd/nsmgr.service
ONE=$NSMGR_BUILDDIR/systemd/nsmgr@.service
for unit in "$ALL" "$ONE"; do
	[ -f "$unit" ] || { echo "no $unit" >&2; exit 99; }
done
mkdir "$T/profiles"
export NSMGR_PROFILE_PATH=$T/profiles

# command_of UNIT SETTING [NAME]: with %i and the variable of the unit
command_of() {
	local line NSMGR_STOP_OPTIONS
	NSMGR_STOP_OPTIONS=$(sed -n 's/^Environment=NSMGR_STOP_OPTIONS=//p' "$1")
	line=$(sed -n "s/^$2=//p" "$1")
	line=${line//%i/${3-}}
	line=${line//'$NSMGR_STOP_OPTIONS'/$NSMGR_STOP_OPTIONS}
	echo "$NSMGR ${line#* }"
}

without_profile() {
	expect 1 $(command_of "$ONE" ExecStart "$P.a")
	like 'what is said' "$err" "*there is no profile '$P.a'"
	ok $(command_of "$ONE" ExecStop "$P.a")
	ok $(command_of "$ALL" ExecStart)
}

one() {
	printf '# a remark\n\npid\nuts\nhostname = configured\n' >"$T/profiles/$P.b.conf"
	ok $(command_of "$ONE" ExecStart "$P.b")
	is 'types' "$("$FULL" ls -rn -o TYPE "$P.b" | xargs)" 'pid uts'
	ok "$NSMGR" exec "$P.b" uname -n
	is 'the host name' "$out" configured
	ok $(command_of "$ONE" ExecStart "$P.b")
	hold "$NSMGR" exec "$P.b"
	ok $(command_of "$ONE" ExecStop "$P.b")
	wait "$pid"
	is 'who was inside' $? 137
	is 'sets' "$("$FULL" ls -q)" ''
	rm "$T/profiles/$P.b.conf"
}

all() {
	echo uts >"$T/profiles/$P.c.conf"
	ok $(command_of "$ALL" ExecStart)
	echo net >"$T/profiles/$P.d.conf"
	ok $(command_of "$ALL" ExecReload)
	is 'sets' "$("$FULL" ls -q | xargs)" "$P.c $P.d"
	rm "$T/profiles/$P".[cd].conf
}

cases() {
	it 'one set has a profile, or is none' without_profile
	it 'makes what the profile tells, and stops it although somebody is inside' one
	it 'makes all that there are profiles of, also when it is reloaded' all
}

for_both
finish
