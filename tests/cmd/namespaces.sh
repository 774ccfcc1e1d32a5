#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The main job where nsmgr itself was started in other surroundings: another mount namespace, another user namespace with
# full capabilities, a shared /.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# Runs in the surroundings: `main_job PROGRAM STORE NAME`; says what is wrong, and "done" at the end. $FULL lists.
write_main_job() {
	cat >"$T/main_job" <<'JOB'
#!/bin/bash
nsmgr=$1 store=$2 name=$3 rounds=${4:-1}
die() { echo "$*" >&2; exit 1; }
types='cgroup ipc mnt net pid time user uts'
export NSMGR_STORE=$store
for ((round = 0; round < rounds; round++)); do
	"$nsmgr" create "$name" --all || die "create --all in round $round"
	# The ids that ls shows, and those that a command sees, twice.
	listed=$("$nsmgr" ls -rn -o TYPE,INODE,STATE "$name") || die ls
	[ "$(wc -l <<<"$listed")" = 8 ] || die "listed: $listed"
	[ "$(awk '{ print $3 }' <<<"$listed" | sort -u)" = live ] || die "states: $listed"
	seen=$("$nsmgr" exec "$name" readlink $(printf '/proc/self/ns/%s ' $types)) || die exec
	[ "$seen" = "$(awk '{ printf "%s:[%s]\n", $1, $2 }' <<<"$listed")" ] || die "seen: $seen; listed: $listed"
	[ "$seen" = "$("$nsmgr" exec "$name" readlink $(printf '/proc/self/ns/%s ' $types))" ] || die 'a second exec differs'
	for type in $types; do
		own=$(readlink /proc/self/ns/$type)
		grep -qxF "$own" <<<"$seen" && die "$type is our own"
	done
	nsenter --net="$store/$name/net" --uts="$store/$name/uts" --user="$store/$name/user" --preserve-credentials readlink /proc/self/ns/net \
		>/dev/null || die nsenter
	"$nsmgr" exec "$name" sh -c 'tr "\0" " " </proc/1/cmdline' | grep -q "^nsmgr: $name" || die '/proc inside'
	[ "$(readlink /proc/self)" != 1 ] || die '/proc outside'
	"$nsmgr" rm "$name" || die rm
	for id in $(awk '{ printf "%s:[%s] ", $1, $2 }' <<<"$listed"); do
		awk -v s="$store/" -v id="$id" '$4 == id && index($5, s) == 1 { exit 1 }' /proc/self/mountinfo || die "$id is left"
	done
	[ -z "$(ls "$store")$(ls -A "$store/.stage")" ] || die 'the store is not empty'
	[ "$(awk -v s="$store" '$5 == s || index($5, s "/") == 1' /proc/self/mountinfo | wc -l)" = 1 ] || die 'mounts are left'
done
echo "done $round"
JOB
	chmod +x "$T/main_job"
}

# surrounded ROUNDS COMMAND...: the main job in what the command makes
surrounded() {
	local rounds=$1
	shift
	mkdir -p "$T/$PROGRAM-place"
	ok "$@" "$T/main_job" "$NSMGR" "$T/$PROGRAM-place/store" "$P.in" "$rounds"
	is 'what the job says' "$out" "done $rounds"
	is 'mounts outside' "$(mounts_below "$T/$PROGRAM-place")" ''
	is 'keepers outside' "$(keeper_of "$P.in")" ''
	rm -rf "${T:?}/$PROGRAM-place"
}

here() {
	mkdir -p "$T/$PROGRAM-place"
	ok "$T/main_job" "$NSMGR" "$T/$PROGRAM-place/store" "$P.in" 3
	is 'what the job says' "$out" 'done 3'
	umount "$T/$PROGRAM-place/store"
	rm -rf "${T:?}/$PROGRAM-place"
}

# KERNEL R11: in half of the tries the new mount namespace looks older there, so one try is not enough.
mount_namespace() { surrounded 20 unshare -m; }
# Apart from us first: the mount of the store is made in every peer of the / that it is below, and our own may be shared.
apart=(unshare -m --propagation=private)
shared_root() { surrounded 3 "${apart[@]}" unshare -m --propagation=shared; }
slave_root() { surrounded 3 "${apart[@]}" unshare -m --propagation=shared unshare -m --propagation=slave; }
unchanged_root() { surrounded 3 "${apart[@]}" unshare -m --propagation=unchanged; }

# Its / is shared, and a peer gets nothing of what is done (KERNEL R4).
shared_with_peer() {
	mkdir "$T/$PROGRAM-peer"
	ok "${apart[@]}" unshare -m --propagation=shared unshare -m --propagation=unchanged bash -c '
		"$1" --store="$2/s" create p --all || exit 1
		"$1" --store="$2/s" exec p true || exit 2
		! grep -q "$2/s/p/" "/proc/$PPID/mountinfo" || exit 3
		"$1" --store="$2/s" rm p' bash "$NSMGR" "$T/$PROGRAM-peer"
	rm -rf "$T/$PROGRAM-peer"
}

# Full capabilities, but not in the initial user namespace; the store is on a tmpfs, whose root is ours.
user_namespace() {
	surrounded 10 unshare -Urm bash -c 'mount -t tmpfs -o mode=755 none "${3%/*}" && exec "$@"' bash
}

user_namespace_mapped() {
	hold unshare -Um
	echo 0 100000 1000 >"/proc/$pid/uid_map" || fail uid_map
	echo 0 100000 1000 >"/proc/$pid/gid_map" || fail gid_map
	surrounded 3 nsenter -t "$pid" -U -m -S 0 -G 0 bash -c 'mount -t tmpfs -o mode=755 none "${3%/*}" && exec "$@"' bash
	release
	wait "$pid"
}

pid_namespace() { surrounded 3 unshare -m --pid --fork --mount-proc; }

# All types at once around us.
everything() { surrounded 3 unshare -m --pid --fork --mount-proc --net --uts --ipc --cgroup --time; }

# KERNEL R10, R11, LESSONS 7 (util-linux#289): mnt alone, many times.
mnt_only() {
	mkdir "$T/$PROGRAM-mnt"
	ok unshare -m sh -c 'i=0; while [ $i -lt 60 ]; do
		"$1" --store="$2/s" create m --mnt --uts && "$1" --store="$2/s" exec m true && "$1" --store="$2/s" rm m || exit 1
		i=$((i + 1)); done; echo $i' sh "$NSMGR" "$T/$PROGRAM-mnt"
	is 'rounds' "$out" 60
	rm -rf "$T/$PROGRAM-mnt"
}

cases() {
	it 'does the main job here' here
	it 'does it in a mount namespace of its own (KERNEL R11)' mount_namespace
	it 'pins a mnt namespace there every time (KERNEL R10 R11, LESSONS 7, util-linux#289)' mnt_only
	it 'does it with / shared (KERNEL R4 R12)' shared_root
	it 'does it with / a slave (KERNEL R12)' slave_root
	it 'does it with the propagation unchanged (KERNEL R12)' unchanged_root
	it 'a peer of a shared / gets none of the handles (KERNEL R4)' shared_with_peer
	it 'does it in a user namespace with full capabilities (KERNEL R11 R20 R30, section 9)' user_namespace
	it 'does it in a user namespace with shifted maps (KERNEL R21)' user_namespace_mapped ids
	it 'does it in a pid namespace (KERNEL R41 R43)' pid_namespace
	it 'does it with all types around it' everything
}

write_main_job
for_both
finish
