#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a command gets of its caller, bit by bit: nothing differs from what it would get without nsmgr but what nsmgr(8) says.
# Cases are called by name (SC2317); lists of words are split (SC2086); single quotes are for awk (SC2016).
# shellcheck disable=SC2016,SC2086,SC2317
# A session whose leader is outside of this pid namespace has no number here, nor further inside: one of our own has.
[ "$(ps -o sess= $$ | xargs)" != 0 ] || exec setsid -w "$0" "$@"
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

ODD=$NSMGR_BUILDDIR/tests/cmd/odd
STATE=$NSMGR_BUILDDIR/tests/cmd/state
# What a child does not have of its parent: fork(2), and prctl(2).
FORKED='pdeathsig subreaper timer.0 timer.1 timer.2'
SESSION='group leads.group leads.session session'

# told HOW COMMAND...: what the state of a program is behind the command, in odd circumstances.
told() {
	local how=$1
	shift
	# A file that is the same one each time.
	"$ODD" $how -- "$@" "$STATE" >"$T/told" 2>"$T/said" </dev/null || fail "status $? of ${*//$NSMGR/nsmgr}: $(<"$T/said")"
	sed "/^$P\.[a-z]*:$/d; s/^$P\.[a-z]*: //; s/\r\$//" "$T/told" >"$T/state"
	cat "$T/state"
}

# changed "KEYS" HOW COMMAND...: in what the state differs from that without the command. A signal that is pending may have been
# handed on by the time it is looked for, or not; and the keyring of who has none is that of the user in the user namespace.
changed() {
	local want=$1 how=$2 but='^env.NAME\|^signals.pending'
	shift 2
	[[ $* != *user* && $* != *--as* && $* != *all ]] || but+='\|^keyring'
	told "$how" >"$T/plain"
	told "$how" "$@" >"$T/behind"
	is "descriptors above 2 behind '$how' ${*//$NSMGR/nsmgr}" "$(grep -c '^fd\.\([3-9]\|[0-9][0-9]\)' "$T/behind")" 0
	is "what '$how' ${*//$NSMGR/nsmgr} changes" "$(diff <(grep -v '^fd\.\([3-9]\|[0-9][0-9]\)\|'"$but" "$T/plain") \
		<(grep -v "$but" "$T/behind") | sed -n 's/^[<>] \([^ ]*\).*/\1/p' | sort -u | xargs)" \
		"$(tr ' ' '\n' <<<"$want" | sort -u | xargs)"
}

state_of() { sed -n "s/^$1 //p" "$T/behind"; }

make_sets() {
	"$NSMGR" create "$P.net" --net && "$NSMGR" create "$P.pid" --pid && "$NSMGR" create "$P.user" --user --uts &&
		"$NSMGR" create "$P.all" --all && "$NSMGR" create "$P.most" --cgroup --ipc --mnt --net --pid --time --uts || fail create
	cd /usr || fail cd
}

in_place() {
	local how
	make_sets
	for how in 'all ids' closed; do
		changed '' "$how" "$NSMGR" exec "$P.net"
		is 'the variable' "$(state_of env.NAME)" "NSMGR_NAME=$P.net"
		changed '' "$how" "$NSMGR" run --uts
		is 'the variable of run' "$(state_of env.NAME)" ''
		changed "$SESSION" "$how" "$NSMGR" exec --new-session "$P.net"
		is 'leads' "$(state_of leads.session)" 1
	done
	changed '' all "$NSMGR" exec "$P.net"
	is 'a signal that waits' "$(grep ^signals.pending "$T/behind")" "$(grep ^signals.pending "$T/plain")"
	is 'some that are blocked' "$((0x$(state_of signals.blocked) & 0x100004200))" $((0x100004200))
	is 'some that are ignored' "$((0x$(state_of signals.ignored) & 0x8001211003))" $((0x8001211003))
	is 'those with a handler' "$(state_of signals.caught)" "$(sed -n 's/^signals.caught //p' "$T/plain")"
	# Variables in their order, and odd ones.
	export AAA='' $'STRANGE=\001\n\377 x=y' ZZZ=1
	changed '' all "$NSMGR" exec "$P.net"
	like 'variables' "$(state_of env.other)" '*STRANGE=\\x01\\x0a\\xff\\x20x=y*'
}

preserved() {
	make_sets
	told all >"$T/plain"
	for set in net all; do
		told all "$NSMGR" exec --preserve-fds=4,100 "$P.$set" >"$T/behind"
		is "descriptors in $set" "$(grep '^fd' "$T/behind")" "$(grep '^fd\.\([0-24]\|100\) ' "$T/plain")"
	done
}

as_child() {
	local how set
	make_sets
	for how in 'all ids' closed; do
		[ "$how" = closed ] && FORKED='' # nothing else than usual was set
		changed "$FORKED" "$how" "$NSMGR" exec --fork "$P.net"
		for set in pid most; do
			changed "$FORKED group session" "$how" "$NSMGR" exec "$P.$set"
		done
		changed "$FORKED group session" "$how" "$NSMGR" run --pid
		changed "$FORKED group leads.group" "$how" "$NSMGR" exec --timeout=1000 "$P.net"
	done
}

users() {
	local caps='caps.ambient caps.bounding caps.effective caps.inheritable caps.permitted securebits' set full
	make_sets
	full=$("$NSMGR" exec "$P.user" awk '/^CapBnd/ { print $2 }' /proc/self/status)
	changed "$caps" 'all ids' "$NSMGR" exec "$P.user"
	for set in effective permitted bounding; do
		is "$set in a user namespace" "$(state_of caps.$set)" "$full"
	done
	is 'securebits in a user namespace' "$(state_of securebits)" 0
	is 'ids in a user namespace' "$(state_of ids.user)$(state_of ids.groups)" '0 0 0'
	changed "$caps" 'all ids' "$NSMGR" run --user
	changed "$caps $FORKED group session" 'all ids' "$NSMGR" exec "$P.all"
	# Another user: KERNEL R27 takes the signal of a parent's end away.
	caps='caps.ambient caps.effective caps.inheritable caps.permitted'
	changed "$caps ids.group ids.groups ids.user pdeathsig" 'all ids' "$NSMGR" exec --as=12:34,56 "$P.net"
	is 'ids' "$(state_of ids.user),$(state_of ids.group),$(state_of ids.groups)" '12 12 12,34 34 34,34 56'
	is 'capabilities' "$(state_of caps.effective)$(state_of caps.permitted)$(state_of caps.inheritable)$(state_of caps.ambient)" \
		"$(printf '0%.0s' {1..64})"
	changed 'caps.ambient caps.inheritable ids.groups' ids "$NSMGR" exec --as=0:0,77 "$P.net"
	changed 'caps.ambient caps.effective caps.inheritable caps.permitted ids.group ids.groups ids.user' ids "$NSMGR" exec --as=12 --fork "$P.net"
	changed 'no-new-privs' ids "$NSMGR" exec --no-new-privs "$P.net"
	changed 'limit.7' ids "$NSMGR" exec --limit=nofile=77:88 "$P.net"
	is 'the limit' "$(state_of limit.7)" '4d 58'
}

many() {
	local variable
	# Each is told in a line, and long lines come out of many sets in pieces.
	for variable in $(compgen -e); do
		[ "$(printenv "$variable" | wc -c)" -lt 1000 ] || unset "$variable"
	done
	make_sets
	changed "$FORKED $SESSION fd.0 fd.1 fd.2" 'all ids' "$NSMGR" exec --sets="$P.net" -P2
	is 'leads' "$(state_of leads.session)$(state_of terminal)" '10 0'
	changed "$SESSION fd.0 fd.1 fd.2" ids "$NSMGR" exec --sets="$P.net" --grouped
}

terminals() {
	make_sets
	changed "$FORKED $SESSION terminal fd.0 fd.1 fd.2" 'all ids' "$NSMGR" exec --pty "$P.net"
	is 'the terminal' "$(state_of terminal)" '1 1'
	like 'descriptors' "$(state_of 'fd\.[0-2]' | xargs)" 'cloexec=0 status=*2 type=20000 *cloexec=0 status=*2 type=20000 *cloexec=0 status=*2 type=20000 *'
	changed "$FORKED group session fd.0 fd.1 fd.2 leads.group leads.session terminal" all "$NSMGR" exec --pty "$P.pid"
}

cases() {
	it 'in its place a command has all that it would have without nsmgr (LESSONS security 3 8 18)' in_place
	it 'descriptors of --preserve-fds are what they were' preserved
	it 'as a child it has all but what no child has' as_child
	it 'users have the ids and capabilities that are documented (LESSONS security 12 13)' users ids
	it 'in many sets it has a session, pipes, and else the same' many
	it '--pty gives it a terminal, and else the same (LESSONS security 10)' terminals
}

for_both
finish
