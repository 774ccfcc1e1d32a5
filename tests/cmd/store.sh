#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The store: where it is, whose it has to be, and what happens when its mounts are somewhere else.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# A new directory for a case: $dir. What is mounted there by then goes with it.
fresh() {
	dir=$T/$PROGRAM-$1
	mkdir "$dir"
}

drop() {
	local mount
	mounts_below "$dir" | while read -r mount; do
		umount -l "$mount"
	done
	rm -rf --one-file-system "$dir"
}

# refused PATTERN STORE: no verb works on it
refused() {
	expect 1 "$NSMGR" "--store=$2" create "$P.no" --uts
	like 'what create says' "$err" "nsmgr: cannot create '$P.no': store: $1"
	expect 125 "$NSMGR" "--store=$2" exec "$P.no" true
	like 'what exec says' "$err" "nsmgr: cannot exec '$P.no': store: $1"
	expect 1 "$NSMGR" "--store=$2" rm "$P.no"
	like 'what rm says' "$err" "nsmgr: cannot rm*: store: $1"
	expect 1 "$NSMGR" "--store=$2" ls
	like 'what ls says' "$err" "nsmgr: cannot ls: store: $1"
	expect 1 "$NSMGR" "--store=$2" ls -q
}

chosen() {
	fresh chosen
	ok "$NSMGR" "--store=$dir/a" create "$P.a" --uts
	ok "$NSMGR" --store "$dir/b" create "$P.b" --uts
	ok env "NSMGR_STORE=$dir/c" "$NSMGR" create "$P.c" --uts
	is 'a' "$(sets_in "$dir/a")" "$P.a"
	is 'b' "$(sets_in "$dir/b")" "$P.b"
	is 'c' "$(sets_in "$dir/c")" "$P.c"
	ok env "NSMGR_STORE=$dir/c" "$NSMGR" "--store=$dir/a" ls -q
	is 'the option is stronger' "$out" "$P.a"
	cd "$dir" || fail cd
	ok "$NSMGR" --store=a ls -q
	is 'a relative one' "$out" "$P.a"
	ok "$NSMGR" --store=./a/./ ls -q
	is 'one with dots and slashes' "$out" "$P.a"
	cd / || fail cd
	expect 2 "$NSMGR" "--store=$dir/x/../a" ls
	like 'what is said of ..' "$err" "*'..'*"
	ok env NSMGR_STORE=/x/../a "$NSMGR" "--store=$dir/a" ls -q
	expect 2 env NSMGR_STORE=/x/../a "$NSMGR" ls
	like 'what is said of the variable' "$err" "nsmgr: ls: NSMGR_STORE: *'..'*"
	expect 125 "$NSMGR" --store=/x/../a exec "$P.a" true
	expect 2 "$NSMGR" --store= ls
	expect 2 "$NSMGR" --store
	for store in a b c; do
		ok "$NSMGR" "--store=$dir/$store" rm --all-sets
	done
	drop
}

layout() {
	fresh layout
	ok "$NSMGR" "--store=$dir/s" create "$P.a" --net --pid
	is 'modes' "$(cd "$dir/s" && stat -c '%a %U %n' . .lock .stage .store "$P.a" "$P.a/.set")" "$(
		printf '%s\n' '755 root .' '600 root .lock' '700 root .stage' '644 root .store' "755 root $P.a" "644 root $P.a/.set")"
	is 'mounts of the root' "$(mounts_at "$dir/s")" 1
	is 'propagation' "$(findmnt -n -o PROPAGATION "$dir/s")" private
	like '.store' "$(<"$dir/s/.store")" "*$(</proc/sys/kernel/random/boot_id)*$(stat -L -c %i /proc/self/ns/mnt)*"
	like '.set' "$(<"$dir/s/$P.a/.set")" "*$(</proc/sys/kernel/random/boot_id)*"
	is 'names in a set' "$(ls -A "$dir/s/$P.a" | tr '\n' ' ')" '.set net pid '
	ok "$NSMGR" "--store=$dir/s" create "$P.b" --net
	is 'mounts of the root after a second create' "$(mounts_at "$dir/s")" 1
	ok "$NSMGR" "--store=$dir/s" rm --all-sets
	drop
}

# LESSONS security 15 (CVE-2015-1335): the root and its parents belong to root or us, and others cannot write there.
ownership() {
	fresh own
	mkdir -p "$dir/alien/s" "$dir/open/s" "$dir/sticky/s" "$dir/last" "$dir/group"
	chown 12345 "$dir/alien"
	refused "'$dir/alien' belongs to uid 12345*" "$dir/alien/s"
	chown 0 "$dir/alien"
	chown 12345 "$dir/alien/s"
	refused "'$dir/alien/s' belongs to uid 12345*" "$dir/alien/s"
	chmod 777 "$dir/open"
	refused "'$dir/open' is writable by others*chmod go-w*" "$dir/open/s"
	chmod 775 "$dir/open"
	refused "'$dir/open' is writable by others*" "$dir/open/s"
	chmod 1777 "$dir/last"
	refused "'$dir/last' is writable by others*" "$dir/last"
	chmod 775 "$dir/group"
	refused "'$dir/group' is writable by others*" "$dir/group"
	is 'what was made in refused stores' "$(find "$dir" -mindepth 2 ! -name s)" ''
	# A sticky directory passes when what is in it is ours.
	chmod 1777 "$dir/sticky"
	ok "$NSMGR" "--store=$dir/sticky/s" create "$P.a" --uts
	ok "$NSMGR" "--store=$dir/sticky/s" rm "$P.a"
	ok "$NSMGR" "--store=$dir/sticky/new" create "$P.a" --uts
	ok "$NSMGR" "--store=$dir/sticky/new" rm "$P.a"
	drop
}

# CVE-2019-16884 and others: no component is followed through a link.
links() {
	fresh links
	mkdir -p "$dir/real/s"
	ln -s real "$dir/link"
	ln -s s "$dir/real/link"
	refused "'$dir/link' is no directory*link is not followed*" "$dir/link/s"
	refused "'$dir/real/link' is no directory*" "$dir/real/link"
	: >"$dir/file"
	refused "'$dir/file' is no directory*" "$dir/file"
	refused "'$dir/file' is no directory*" "$dir/file/s"
	is 'what was made behind the links' "$(ls -A "$dir/real/s")" ''
	expect 1 "$NSMGR" --store=/ create "$P.a" --uts
	drop
}

# Files that somebody put in the place of ours.
planted() {
	fresh planted
	mkdir "$dir/s"
	ln -s "$dir/target" "$dir/s/.lock"
	expect 1 "$NSMGR" "--store=$dir/s" create "$P.a" --uts
	rm "$dir/s/.lock"
	ln -s "$dir" "$dir/s/.stage"
	expect 1 "$NSMGR" "--store=$dir/s" create "$P.a" --uts
	rm "$dir/s/.stage"
	no 'a link was followed' test -e "$dir/target"
	is 'what lies beside the store' "$(ls -A "$dir")" s
	ok "$NSMGR" "--store=$dir/s" create "$P.a" --uts
	ok "$NSMGR" "--store=$dir/s" rm "$P.a"
	drop
}

# DESIGN: files are shared between mount namespaces, mounts are not.
elsewhere() {
	local cure
	fresh else
	hold unshare -m --propagation=private sh -c '"$1" --store="$2/s" create there --net && shift 2 && exec "$@"' sh "$NSMGR" "$dir"
	# A process that has the mounts is named, or 1 where none is found.
	cure="*'$dir/s' is mounted in another mount namespace*nsenter -t [0-9]* -m nsmgr*"
	refused_there() {
		expect "$1" "$NSMGR" "--store=$dir/s" "${@:2}"
		like "what ${*:2} says" "$err" "$cure"
	}
	refused_there 1 create "$P.a" --uts
	refused_there 1 create there --net
	refused_there 125 exec there true
	refused_there 1 rm there
	refused_there 1 rm --all-sets
	ok "$NSMGR" "--store=$dir/s" ls -rn -o STATE
	is state "$out" elsewhere
	is 'mounts here' "$(mounts_below "$dir")" ''
	ok nsenter -t "$pid" -m "$NSMGR" "--store=$dir/s" exec there true
	ok nsenter -t "$pid" -m "$NSMGR" "--store=$dir/s" create "$P.b" --uts
	ok "$NSMGR" "--store=$dir/s" rm --force there
	no 'the set is left' test -e "$dir/s/there"
	no 'its handle is left there' grep -q "$dir/s/there" "/proc/$pid/mountinfo"
	ok nsenter -t "$pid" -m "$NSMGR" "--store=$dir/s" rm "$P.b"
	release
	wait "$pid"
	drop
}

# The other way round: a store made here, seen from a mount namespace that copied it.
seen_from_copy() {
	fresh copy
	ok "$NSMGR" "--store=$dir/s" create "$P.a" --uts
	run unshare -m --propagation=private "$NSMGR" "--store=$dir/s" create "$P.b" --uts
	is 'status of create in a copy' "$st" 1
	like 'what it says' "$err" '*is mounted in another mount namespace*'
	run unshare -m "$NSMGR" "--store=$dir/s" rm "$P.a"
	is 'status of rm in a copy' "$st" 1
	ok "$NSMGR" "--store=$dir/s" exec "$P.a" true
	ok "$NSMGR" "--store=$dir/s" rm "$P.a"
	drop
}

# An older boot id means that everything is stale, and create starts afresh.
older_boot() {
	fresh boot
	ok "$NSMGR" "--store=$dir/s" create "$P.a" "$P.b" --uts --net
	umount -R "$dir/s"
	sed -i "s/$(</proc/sys/kernel/random/boot_id)/00000000-0000-0000-0000-000000000000/" "$dir/s/.store" "$dir/s"/*/.set
	ok "$NSMGR" "--store=$dir/s" ls -rn -o STATE
	is states "$(sort -u <<<"$out")" stale
	expect 125 "$NSMGR" "--store=$dir/s" exec "$P.a" true
	like 'what exec says' "$err" '*stale*cure*'
	ok "$NSMGR" "--store=$dir/s" create "$P.a" --uts
	ok "$NSMGR" "--store=$dir/s" ls -rn "$P.a" -o TYPE,STATE
	is 'the set made afresh' "$out" 'uts live'
	is 'mounts of the root' "$(mounts_at "$dir/s")" 1
	ok "$NSMGR" "--store=$dir/s" rm "$P.a" "$P.b"
	is 'what is left' "$(sets_in "$dir/s")" ''
	drop
}

# The root mount was taken away in the same boot: stale, and the next create mends it.
lost_mount() {
	local i
	fresh lost
	ok "$NSMGR" "--store=$dir/s" create "$P.a" --uts
	umount -R "$dir/s"
	# Others get the numbers of its mounts.
	for i in 1 2 3 4 5 6 7 8; do
		mkdir "$dir/m$i"
		mount --bind "$dir/m$i" "$dir/m$i"
	done
	ok "$NSMGR" "--store=$dir/s" ls -rn -o STATE
	is state "$out" stale
	expect 125 "$NSMGR" "--store=$dir/s" exec "$P.a" true
	ok "$NSMGR" "--store=$dir/s" create "$P.b" --uts
	ok "$NSMGR" "--store=$dir/s" exec "$P.b" true
	ok "$NSMGR" "--store=$dir/s" rm "$P.a" "$P.b"
	is 'what is left' "$(sets_in "$dir/s")" ''
	drop
}

# By somebody else: a handle of a mount namespace cannot go into mounts that are handed on (KERNEL R10).
made_shared() {
	fresh shared
	ok "$NSMGR" "--store=$dir/s" create "$P.a" --uts
	mount --make-shared "$dir/s" || fail mount
	hold unshare -m --propagation=unchanged
	expect 1 "$NSMGR" "--store=$dir/s" create "$P.b" --mnt
	like 'what is said' "$err" "*mnt: bind: Invalid argument (*not in a shared store: mount --make-private)*"
	release
	wait "$pid"
	ok "$NSMGR" "--store=$dir/s" create "$P.b" --mnt
	ok "$NSMGR" "--store=$dir/s" rm "$P.a" "$P.b"
	drop
}

# There it would be taken for a set, or cover what the other needs.
nested() {
	local at
	fresh nested
	ok "$NSMGR" "--store=$dir/s" create "$P.a" --uts
	for at in "$P.a" new new/er .stage .stage/x .pool; do
		expect 1 "$NSMGR" "--store=$dir/s/$at" create "$P.b" --uts
		like 'what is said' "$err" "nsmgr: cannot create '$P.b': store: '$dir/s/$at' lies in another one, '$dir/s' (cure: *)"
	done
	is 'what is in it' "$(find "$dir/s" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | xargs)" ".lock .stage .store $P.a"
	is 'what is in the stage' "$(ls -A "$dir/s/.stage")" ''
	ok "$NSMGR" "--store=$dir/s" rm "$P.a"
	drop
}

cases() {
	it 'is chosen by --store and NSMGR_STORE' chosen
	it 'is in no other one' nested
	it 'has the layout, modes and metadata that other programs rely on (KERNEL R4 R8)' layout
	it 'belongs to root or us, with all directories above (CVE-2015-1335, LESSONS security 15)' ownership ids
	it 'follows no link (CVE-2019-16884, LESSONS security 14)' links
	it 'does not follow links in the place of its own files' planted
	it 'refuses what is mounted elsewhere, and names the cure' elsewhere
	it 'the same in a copy of its mount namespace' seen_from_copy
	it 'says why one that was made shared takes no mount namespace' made_shared
	it 'starts afresh after a boot (LESSONS 4)' older_boot
	it 'mends a lost root mount' lost_mount
}

for_both
finish
