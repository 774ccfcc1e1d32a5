#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exec --cap-drop, --cap-add, --cap-bounding and --securebits (LESSONS security 12 and 13); --cap-keep is in exec-options.sh.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

none=0000000000000000

# caps OPTION...: the sets of capabilities of a command, in the order Inh Prm Eff Bnd Amb
caps() { ok "$NSMGR" exec "$@" awk '/^Cap/ { printf "%s ", $2 }' /proc/self/status; }

# without MASK OF: 16 digits
without() { printf '%016x' $((0x$2 & ~0x$1)); }

# What a command has by itself in a set with a user namespace, and in one without.
make_sets() {
	ok "$NSMGR" create "$P.uts" --uts
	ok "$NSMGR" create "$P.user" --user --net
	all_uts=$(awk '/^CapBnd/ { print $2 }' /proc/self/status)
	caps "$P.user"
	# shellcheck disable=SC2034 # by its name
	all_user=$(cut -d' ' -f4 <<<"$out")
}

dropping() {
	local set all left admin=0000000000001000
	make_sets
	for set in uts user; do
		all=all_$set all=${!all}
		left=$(without 1001 "$all")
		caps --cap-drop=net_admin,CAP_CHOWN "$P.$set"
		is "what root has in $set" "$out" "$none $left $left $left $none "
		caps --cap-drop=net_admin,chown --as=77 "$P.$set"
		is "what a user has in $set" "$out" "$none $none $none $left $none "
		caps --cap-drop=all "$P.$set"
		is "what is left of all in $set" "$out" "$none $none $none $none $none "
		caps --cap-drop=none "$P.$set"
		is "without none in $set" "$out" "$none $all $all $all $none "
		# What is added is not dropped.
		caps --cap-drop=all --cap-add=net_admin "$P.$set"
		is "all but one in $set" "$out" "$admin $admin $admin $admin $admin "
		caps --cap-add=net_admin --cap-drop=all --as=77 "$P.$set"
		is "all but one for a user in $set" "$out" "$admin $admin $admin $admin $admin "
		caps --cap-drop=chown --cap-add=net_admin --as=77 "$P.$set"
		is "some but one for a user in $set" "$out" "$admin $admin $admin $(without 1 "$all") $admin "
	done
	# A file that would give it does not.
	expect 1 "$NSMGR" exec --cap-drop=chown "$P.uts" chown 77 "$T"
	expect 2 "$NSMGR" exec --cap-drop=net_admin "$P.user" ip link set lo mtu 1000
	ok "$NSMGR" exec --cap-drop=chown "$P.user" ip link set lo mtu 1000
}

# setpriv(1) hands capabilities on to us as ambient ones.
inherited() {
	local left kill=0000000000000020
	make_sets
	ok setpriv --inh-caps=+chown,+kill --ambient-caps=+chown,+kill "$NSMGR" exec --cap-drop=chown "$P.uts" \
		awk '/^Cap/ { printf "%s ", $2 }' /proc/self/status
	left=$(without 1 "$all_uts")
	is 'what was handed on' "$out" "$kill $left $left $left $kill "
}

adding() {
	make_sets
	caps --cap-add=net_admin --as=77 "$P.uts"
	added=$out
	caps --cap-ambient=net_admin --as=77 "$P.uts"
	is '--cap-add is --cap-ambient' "$added" "$out"
}

bounding() {
	local set bits=0000000000001001 one=0000000000000001
	make_sets
	for set in uts user; do
		caps --cap-bounding=chown,net_admin "$P.$set"
		is "root in $set" "$out" "$none $bits $bits $bits $none "
		caps --cap-bounding=chown,net_admin --as=77 "$P.$set"
		is "a user in $set" "$out" "$none $none $none $bits $none "
		caps --cap-bounding=chown,net_admin --cap-add=chown --as=77 "$P.$set"
		is "what is added to it in $set" "$out" "$one $one $one $bits $one "
		caps --cap-bounding=chown,net_admin --cap-drop=net_admin "$P.$set"
		is "what is dropped from it in $set" "$out" "$none $one $one $one $none "
		caps --cap-bounding=none "$P.$set"
		is "none in $set" "$out" "$none $none $none $none $none "
	done
	caps --cap-bounding=all "$P.uts"
	is 'all' "$out" "$none $all_uts $all_uts $all_uts $none "
	expect 125 "$NSMGR" exec --cap-bounding=chown --cap-add=kill "$P.uts" true
	is 'what is said of one outside of it' "$err" \
		"nsmgr: cannot exec '$P.uts': capabilities: cap_kill cannot be kept: the bounding set is to be without it"
	expect 125 setpriv --bounding-set=-sys_boot "$NSMGR" exec --cap-bounding=sys_boot "$P.uts" true
	is 'what is said of one that is not there' "$err" \
		"nsmgr: cannot exec '$P.uts': capabilities: cap_sys_boot cannot be kept: it is not in the bounding set"
}

bits_of() { sed -n 's/^Securebits: //p' "$T/out"; }

securebits() {
	local set
	make_sets
	for set in uts user; do
		ok "$NSMGR" exec --securebits=noroot,noroot_locked,no_setuid_fixup --as=77 "$P.$set" setpriv --dump
		is "those of a user in $set" "$(bits_of)" 'noroot,noroot_locked,no_setuid_fixup'
		caps --securebits=no_setuid_fixup --as=77 "$P.$set"
		like "a user has none by that in $set" "$out" "$none $none $none *[!0]* $none "
		caps --securebits=noroot "$P.$set"
		like "root is nobody special in $set" "$out" "$none $none $none *[!0]* $none "
		# It is set behind what it forbids, with a right that is not kept.
		ok "$NSMGR" exec --securebits=no_cap_ambient_raise,no_cap_ambient_raise_locked --cap-keep=kill --as=77 "$P.$set" \
			setpriv --dump
		like "what is kept in $set" "$out" '*Ambient capabilities: kill*Capability bounding set: kill*'
		like "the bits in $set" "$(bits_of)" '*0xc0*'
	done
	ok "$NSMGR" run --uts --securebits=keep_caps_locked -- setpriv --dump
	is 'those of run' "$(bits_of)" keep_caps_locked
	ok "$NSMGR" exec --securebits=noroot --securebits=keep_caps_locked "$P.uts" setpriv --dump
	is 'the last of two' "$(bits_of)" keep_caps_locked
	for set in '' keep_caps 'noroot,' nonsense ,noroot NOROOT; do
		expect 125 "$NSMGR" exec --securebits="$set" "$P.uts" true
		like "what is said of '$set'" "$err" "nsmgr: exec: --securebits: '*' is no securebit that a command can have (try*"
	done
	expect 125 setpriv --bounding-set=-setpcap --inh-caps=-setpcap "$NSMGR" exec --securebits=noroot "$P.uts" true
	like 'what is said without the right' "$err" "nsmgr: cannot exec '$P.uts': securebits: Operation not permitted (needs CAP_SETPCAP*"
}

wrong() {
	local option
	make_sets
	for option in --cap-drop --cap-add --cap-bounding; do
		for set in none,chown nonsense 'chown,' '' 64; do
			expect 125 "$NSMGR" exec "$option=$set" "$P.uts" true
			like "what is said of $option=$set" "$err" "*is no capability*try 'nsmgr exec --help'*"
		done
		for set in "--cap-keep=chown $option=chown" "$option=chown --cap-keep=chown" "$option=chown $option=kill"; do
			# shellcheck disable=SC2086
			expect 125 "$NSMGR" exec $set "$P.uts" true
			like "what is said of $set" "$err" '*exclude each other*'
		done
	done
	expect 125 "$NSMGR" exec --cap-add=kill --cap-ambient=chown "$P.uts" true
	for option in --cap-drop=chown --cap-bounding=chown; do
		expect 125 setpriv --bounding-set=-setpcap --inh-caps=-setpcap "$NSMGR" exec "$option" "$P.uts" true
		is "what is said of $option without the right" "$err" \
			"nsmgr: cannot exec '$P.uts': capabilities: Operation not permitted (needs CAP_SETPCAP)"
	done
}

# same 'OPTIONS OF SETPRIV' OPTION...: both give a command the same
same() {
	local theirs=$1
	shift
	# shellcheck disable=SC2086
	ok setpriv $theirs setpriv --dump
	cp "$T/out" "$T/theirs"
	ok "$NSMGR" exec "$@" "$P.uts" setpriv --dump
	is "what setpriv $theirs gives" "$out" "$(<"$T/theirs")"
}

# What nsmgr-equivalents(7) says of setpriv(1).
like_setpriv() {
	make_sets
	same --no-new-privs --no-new-privs
	same '--inh-caps=+chown,+kill --ambient-caps=+chown,+kill' --cap-add=chown,kill
	same '--bounding-set=-all,+chown,+kill' --cap-bounding=chown,kill
	same '--inh-caps=-all --bounding-set=-net_admin,-chown' --cap-drop=net_admin,chown
	same '--reuid=77 --regid=78 --groups=78 --inh-caps=-all' --as=77:78
	same '--reuid=77 --regid=78 --groups=78,79,80 --inh-caps=-all' --as=77:78,79,80
	same "--reuid=nobody --regid=$(id -g nobody) --init-groups --inh-caps=-all" --as=nobody
	same '--securebits=+noroot,+keep_caps_locked' --securebits=noroot,keep_caps_locked
	same '--pdeathsig=TERM' --kill-child=TERM
	same '--reuid=77 --regid=78 --groups=78 --inh-caps=-all --pdeathsig=USR1' --as=77:78 --kill-child=USR1
}

cases() {
	it '--cap-drop takes capabilities out of all five sets' dropping ids
	[ "$PROGRAM" = full ] || return 0 # which the front hands all of it over to
	it '--cap-drop takes what was handed on to us as well (CVE-2022-27650)' inherited
	it '--cap-add is --cap-ambient' adding ids
	it '--cap-bounding is the bounding set' bounding ids
	it '--securebits sets securebits' securebits ids
	it 'it does what setpriv(1) does' like_setpriv ids
	it 'what is wrong is refused' wrong
}

for_both
finish
