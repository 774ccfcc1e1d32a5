#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=tests/cmd/lib.sh disable=SC2154,SC2317
# Handles that are let go of together (src/lib/basket.h): many sets in one call, and a set of many types.
. "${0%/*}/lib.sh"

make_sets() {
	local i
	names=()
	for ((i = 0; i < $1; i++)); do
		names+=("$P.$i")
	done
	ok "$NSMGR" create "${names[@]}" --uts --ipc
}

# Neither sets nor stages nor mounts but the store's own.
is_bare() {
	is 'sets' "$(sets_in "$NSMGR_STORE")" ''
	is 'stages' "$(stages_in "$NSMGR_STORE")" ''
	is 'mounts' "$(mounts_below "$NSMGR_STORE")" "$NSMGR_STORE"
}

calls() { grep -c "^$1(.* = 0$" "$T/trace"; }

together() {
	make_sets 100
	ok strace -qq -o "$T/trace" -e trace=umount2,move_mount "$NSMGR" rm "${names[@]}"
	is 'handles that were moved' "$(calls move_mount)" 200
	yes 'they are unmounted together' test "$(calls umount2)" -le 4
	is_bare
	ok "$NSMGR" create "$P.a" --uts
	ok strace -qq -o "$T/trace" -e trace=umount2,move_mount "$NSMGR" rm "$P.a"
	is 'one alone' "$(calls move_mount) $(calls umount2)" '0 1'
	ok "$NSMGR" create "$P.a" --uts --net --ipc --cgroup
	ok strace -qq -o "$T/trace" -e trace=umount2,move_mount "$NSMGR" rm "$P.a"
	is 'one of four types' "$(calls move_mount) $(calls umount2)" '4 1'
	is_bare
}

# Each name has its own result, in order, whatever becomes of those between.
in_order() {
	make_sets 4
	ok "$NSMGR" create "$P.busy" --pid --uts
	hold "$NSMGR" exec "$P.busy"
	expect 1 "$NSMGR" rm -v "$P.0" "$P.none" "$P.1" "$P.busy" "$P.2" "$P.3"
	is 'what it says' "$(sed -n "s/^nsmgr: removed '$P.\(.*\)'/\1/p; s/^nsmgr: cannot rm '$P.\([a-z]*\)'.*/no \1/p" "$T/err" | xargs)" \
		'0 no none 1 no busy 2 3'
	is 'what is left' "$(sets_in "$NSMGR_STORE")" "$P.busy"
	release
	wait "$pid"
	ok "$NSMGR" rm -v --ignore-missing "$P.none" "$P.busy"
	is 'what is told of none' "$(xargs <"$T/err")" "nsmgr: $P.none was not there nsmgr: removed $P.busy"
}

# A call that fails once, or always: each is unmounted where it is, or the failure is told and the next change clears up.
without() {
	local call error first
	for call in mkdirat mount mknodat move_mount; do
		for error in ENOSYS EPERM ENOMEM ENOSPC EINVAL; do
			make_sets 3
			# Those of the directory of stages and of the stage go before.
			first=1
			[ $call = mkdirat ] && first=3
			ok strace -qq -o /dev/null -e trace=$call -e "inject=$call:error=$error:when=$first+" \
				"$NSMGR" rm "${names[@]}"
			is_bare
		done
	done
	make_sets 3
	expect 1 strace -qq -o /dev/null -e trace=umount2 -e inject=umount2:error=EROFS:when=1 "$NSMGR" rm "${names[@]}"
	is 'what it says' "$err" "nsmgr: cannot rm '$P.0': detach: Read-only file system
nsmgr: cannot rm '$P.1': detach: Read-only file system
nsmgr: cannot rm '$P.2': detach: Read-only file system"
	is 'sets' "$(sets_in "$NSMGR_STORE")" ''
	ok "$NSMGR" create "$P.a" --uts
	ok "$NSMGR" rm "$P.a"
	is_bare
	make_sets 3
	# Those of the three sets go first, four calls each; this is one of the basket's own files.
	expect 1 strace -qq -o /dev/null -e trace=unlinkat -e inject=unlinkat:error=EROFS:when=14 "$NSMGR" rm "${names[@]}"
	is 'sets' "$(sets_in "$NSMGR_STORE")" ''
	run "$FULL" check --repair
	is_bare
}

# What a killed one leaves is found, and one repair away; or one change.
killed() {
	local call n
	for call in mkdirat mount mknodat move_mount umount2 unlinkat rmdir; do
		for n in 1 2 3 5; do
			make_sets 3
			run strace -qq -o /dev/null -e trace="$call" -e "inject=$call:signal=KILL:when=$n" "$NSMGR" rm "${names[@]}"
			if [ "$st" = 0 ]; then
				is_bare
				break
			fi
			is 'status' "$st" 137
			if [ $((n % 2)) = 1 ]; then
				run "$FULL" check --repair
			else
				ok "$NSMGR" create "$P.x" --uts
			fi
			ok "$NSMGR" rm --all-sets
			is_bare
		done
	done
}

# A signal ends it between two sets, and what it has begun is done by then.
signalled() {
	local n
	for n in 1 5 6 7; do
		make_sets 10
		expect 143 strace -qq -o /dev/null -e trace=move_mount -e "inject=move_mount:signal=TERM:when=$n" "$NSMGR" rm "${names[@]}"
		is 'stages' "$(stages_in "$NSMGR_STORE")" ''
		is 'sets' "$(sets_in "$NSMGR_STORE" | wc -w)" "$((10 - (n + 1) / 2))"
		is 'their handles' "$("$NSMGR" ls -rn -o STATE | sort | uniq -c | xargs)" "$((20 - (n + 1) / 2 * 2)) live"
		ok "$NSMGR" rm --all-sets
		is_bare
	done
}

holds_basket() { mounts_below "$NSMGR_STORE" | grep -q '/basket/'; }

# A mount namespace that was made meanwhile keeps nothing (KERNEL R5).
copied() {
	local remover other
	make_sets 3
	strace -qq -o /dev/null -e trace=umount2 -e inject=umount2:delay_enter=300000 "$NSMGR" rm "${names[@]}" &
	remover=$!
	until_true 'handles wait to be let go of' holds_basket
	hold unshare -m --propagation private
	other=$pid
	wait "$remover" || fail "rm ended with $?"
	is_bare
	is 'what the other one has' "$(grep -c "$NSMGR_STORE/" "/proc/$other/mountinfo")" 0
	release
	wait "$other"
}

cases() {
	it 'unmounts the handles of many together' together
	it 'tells the result of each name in order' in_order
	it 'does without, and tells what fails' without
	it 'leaves what one change or repair clears when it is killed' killed
	it 'is ended by a signal between two sets' signalled
	it 'leaves no copy in a mount namespace made meanwhile (KERNEL R5)' copied
}

for_both
finish
