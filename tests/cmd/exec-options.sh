#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exec: root, name, capabilities, cgroup and label of the command.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# A root directory in which the shell of the machine runs.
make_root() {
	root=$T/root.$PROGRAM
	mkdir -p "$root"/{etc,place,proc}
	echo 'someone:x:1234:2345::/:/bin/sh' >"$root/etc/passwd"
	mount -t tmpfs none "$root/place" && umount "$root/place" || fail 'no tmpfs'
	for dir in bin lib lib64 usr; do
		[ -e "/$dir" ] || continue
		mkdir "$root/$dir"
		mount --bind "/$dir" "$root/$dir" || fail "cannot bind /$dir"
	done
}

drop_root() {
	for dir in bin lib lib64 usr; do
		[ ! -d "$root/$dir" ] || umount -l "$root/$dir"
	done
}

roots() {
	local set
	make_root
	for set in uts mnt all; do
		ok "$NSMGR" create "$P.$set" --$set
		ok "$NSMGR" exec --root="$root" "$P.$set" sh -c 'pwd; ls -d /etc/*'
		is "the root of $set" "$out" "$(printf '/\n/etc/passwd')"
		ok "$NSMGR" exec --root="$root" -W /place --as=someone "$P.$set" sh -c 'pwd; id -u; id -g'
		is "directory and user in that of $set" "$out" "$(printf '/place\n1234\n2345')"
		ok "$NSMGR" exec --root "$root" --wdns place "$P.$set" pwd
		is "a relative one in that of $set" "$out" /place
		expect 125 "$NSMGR" exec --root="$root/none" "$P.$set" true
		like 'what is said' "$err" "nsmgr: cannot exec '$P.$set': root: '$root/none': No such file*"
		expect 125 "$NSMGR" exec --root="$root" --cwd="$T" "$P.$set" true
		like 'what is said of a directory outside' "$err" "*: cwd: '$T': No such file*"
	done
	ok "$NSMGR" run --uts --root="$root" -w /place pwd
	is 'of run' "$out" /place
	drop_root
}

# escapes COMMAND...: no way leads out by a descriptor of ours or of the caller's, not that of a link of who is inside either.
escapes() {
	local way option fd
	for fd in {0..12} 20; do
		for way in /proc/self/fd/$fd /proc/thread-self/fd/$fd/.. "$T/links/$fd" "$T/links/$fd/../../.."; do
			for option in -w --root; do
				expect 125 "$@" exec $option "$way" "$P.m" true
				like "what is said of $option $way" "$err" "nsmgr: cannot exec '$P.m': *'$way': *"
			done
		done
		run "$@" exec --root="$T/tree" -w "/$fd" "$P.u" true
		like "what is said of a link to $fd in a root" "$st $err" "125 *: cwd: '/$fd': *"
	done
	expect 125 "$@" exec --sets="$P.m" -w "$T/links/20" true
	like 'what is said of many sets' "$err" "*cwd: '$T/links/20': *"
	for fd in 3 4 20; do
		(cd "$T/home/$fd" && "$@" exec "$P.m" readlink /proc/self/cwd) >"$T/told" || fail "exec fails in the directory $fd"
		is "where it is started without -w, for $fd" "$(<"$T/told")" /
	done
}

outside() {
	local fd
	mkdir -p "$T"/{links,tree,home/{3,4,20}}
	ok "$NSMGR" create "$P.m" --mnt --user
	ok "$NSMGR" create "$P.u" --uts
	ok "$NSMGR" exec "$P.m" sh -c "for d in links home; do
		mount -t tmpfs none $T/\$d && for i in \$(seq 0 20); do ln -s /proc/self/fd/\$i $T/\$d/\$i; done || exit; done"
	mkdir -p "$T/tree/proc" "$T/plain/place"
	mount -t proc none "$T/tree/proc" || fail 'no /proc'
	for fd in {0..20}; do
		ln -sf "/proc/self/fd/$fd" "$T/tree/$fd"
	done
	exec 20<"$T"
	escapes "$NSMGR"
	case $(uname -m) in x86_64 | aarch64 | riscv64) escapes "$NSMGR_BUILDDIR/tests/cmd/deny" 437=38 -- "$NSMGR" ;; esac
	exec 20<&-
	umount "$T/tree/proc"
	# What is within stays what it was.
	ln -sfn "$T/plain" "$T/way"
	ok "$NSMGR" exec -w "$T/way/place" "$P.m" pwd -P
	is 'an ordinary link' "$out" "$T/plain/place"
	ok "$NSMGR" exec -w /proc/self/cwd --only=user "$P.m" true
}

names() {
	ok "$NSMGR" create "$P.a" --uts
	ok "$NSMGR" exec --argv0=other "$P.a" sh -c 'echo "$0"; tr "\0" " " </proc/$$/cmdline | cut -d" " -f1'
	is 'the name' "$(tail -n 1 <<<"$out")" other
	ok "$NSMGR" exec --argv0 -sh "$P.a" bash -c 'shopt -q login_shell && echo login'
	is 'a shell by its name' "$out" login
	expect 127 "$NSMGR" exec --argv0=true "$P.a" no-such-command
	like 'the name that is not found' "$err" "*'no-such-command'*"
}

# caps OPTION...: the sets of capabilities of a command, in the order Inh Prm Eff Bnd Amb
caps() { ok "$NSMGR" exec "$@" awk '/^Cap/ { printf "%s ", $2 }' /proc/self/status; }

capabilities() {
	local set all bits=0000000000201400 none=0000000000000000
	ok "$NSMGR" create "$P.uts" --uts
	ok "$NSMGR" create "$P.user" --user --net
	all=$(awk '/^CapBnd/ { print $2 }' /proc/self/status)
	for set in uts user; do
		caps --cap-keep=net_bind_service,CAP_NET_ADMIN,sys_admin "$P.$set"
		is "kept by root in $set" "$out" "$bits $bits $bits $bits $bits "
		caps --cap-keep=net_bind_service,net_admin,sys_admin --as=77 "$P.$set"
		is "kept by a user in $set" "$out" "$bits $bits $bits $bits $bits "
		caps --cap-keep=none "$P.$set"
		is "none in $set" "$out" "$none $none $none $none $none "
		caps --as=77 --cap-ambient=net_bind_service,net_admin,sys_admin "$P.$set"
		is "ambient ones of a user in $set" "$(cut -d' ' -f1-3,5 <<<"$out")" "$bits $bits $bits $bits"
		like "the bounding set in $set" "$out" "$bits $bits $bits *[!0]* $bits "
	done
	caps --cap-ambient=net_admin "$P.uts"
	is 'ambient ones of root' "$out" "0000000000001000 $all $all $all 0000000000001000 "
	caps --cap-ambient=all --as=77 "$P.uts"
	is 'all' "$out" "$all $all $all $all $all "
	# They are of use.
	ok "$NSMGR" exec --as=77 --cap-ambient=net_admin "$P.user" ip link set lo mtu 1000
	expect 2 "$NSMGR" exec --as=77 --cap-ambient=net_raw "$P.user" ip link set lo mtu 1001
	ok "$NSMGR" run --uts --cap-keep=none -- grep CapBnd /proc/self/status
	is 'of run' "$out" "$(printf 'CapBnd:\t%s' $none)"
	for set in none,chown nonsense 'chown,' '' 64; do
		expect 125 "$NSMGR" exec --cap-keep="$set" "$P.uts" true
		like "what is said of '$set'" "$err" "*is no capability*try 'nsmgr exec --help'*"
	done
	expect 125 "$NSMGR" exec --cap-keep=chown --cap-ambient=chown "$P.uts" true
	like 'what is said of both' "$err" '*exclude each other*'
	expect 125 setpriv --bounding-set=-sys_boot --inh-caps=-sys_boot "$NSMGR" exec --cap-keep=sys_boot "$P.uts" true
	like 'what is said of one that is not there' "$err" '*cap_sys_boot cannot be kept: it is not there'
}

cgroup2() {
	local dir
	for dir in /sys/fs/cgroup /sys/fs/cgroup/unified; do
		[ "$(stat -f -c %T "$dir" 2>/dev/null)" = cgroup2fs ] && echo "$dir" && return
	done
	return 1
}

own_cgroup() { sed -n 's/^0:://p' /proc/self/cgroup; }

cgroups() {
	local dir before set
	dir=$(cgroup2) && mkdir "$dir/$P.g" 2>/dev/null || skip 'no cgroup2 that can be changed'
	before=$(own_cgroup)
	ok "$NSMGR" create "$P.p" --pid --uts
	ok "$NSMGR" create "$P.c" --pid --cgroup --mnt
	ok "$NSMGR" create "$P.u" --uts
	for set in p c; do
		keeper_of "$P.$set" >"$dir/$P.g/cgroup.procs" || fail 'cannot move the keeper'
		ok "$NSMGR" exec "$P.$set" true
		# Told from outside: a cgroup namespace shows another path.
		hold "$NSMGR" exec --join-cgroup "$P.$set"
		like "who is in it, of $set" "$(tr '\n' ' ' <"$dir/$P.g/cgroup.procs")" "*$(pgrep -P "$pid" | head -n 1) *"
		release
		wait "$pid"
	done
	ok "$NSMGR" exec --join-cgroup --only=uts "$P.p" sed -n 's/^0:://p' /proc/self/cgroup
	like 'without the pid namespace' "$out" "*/$P.g"
	ok "$NSMGR" exec --join-cgroup --sets="$P.p" sed -n 's/^0:://p' /proc/self/cgroup
	like 'in many sets' "$out" "$P.p: */$P.g"
	ok "$NSMGR" run --pid="$(keeper_of "$P.p")" --join-cgroup sed -n 's/^0:://p' /proc/self/cgroup
	like 'of run' "$out" "*/$P.g"
	ok "$NSMGR" exec "$P.p" sed -n 's/^0:://p' /proc/self/cgroup
	is 'without the option' "$out" "$before"
	is 'ours is what it was' "$(own_cgroup)" "$before"
	expect 125 "$NSMGR" exec --join-cgroup "$P.u" true
	like 'what is said without a pid namespace' "$err" "nsmgr: exec: '$P.u': no pid namespace*"
	expect 125 "$NSMGR" exec --join-cgroup --all-sets true
	like 'one of many' "$err" "*failed in 1 of 3 sets: $P.u (not run)"
	ok "$NSMGR" rm --all-sets
	rmdir "$dir/$P.g" || fail 'the cgroup cannot be removed'
}

# As ip-vrf(8) does it: a cgroup PATH/vrf/NAME.
vrf() {
	local dir made status
	dir=$(cgroup2) && mkdir "$dir/$P.v" 2>/dev/null || skip 'no cgroup2 that can be changed'
	made=$dir/$P.v/vrf/red
	mkdir -p "$made"
	ok "$NSMGR" create "$P.n" --net
	for options in '' --reset-vrf; do
		run bash -c 'echo 0 >"$1/cgroup.procs" && shift && exec "$@"' - "$made" \
			"$NSMGR" exec $options "$P.n" sed -n 's/^0:://p' /proc/self/cgroup
		is "status with '$options'" "$st" 0
		like "the cgroup with '$options'" "$out" "*/$P.v$([ "$options" ] || echo /vrf/red)"
	done
	run bash -c 'echo 0 >"$1/cgroup.procs" && shift && exec "$@"' - "$dir/$P.v" \
		"$NSMGR" exec --reset-vrf "$P.n" sed -n 's/^0:://p' /proc/self/cgroup
	like 'the cgroup of who is in none' "$out" "*/$P.v"
	expect 125 "$NSMGR" exec --reset-vrf --join-cgroup "$P.n" true
	like 'what is said of both' "$err" '*exclude each other*'
	until_true 'the cgroup can be removed' rmdir "$made"
	rmdir "$dir/$P.v/vrf" "$dir/$P.v"
}

# The files of /proc in which labels are, covered by files of ours: every kernel has one module, or none.
labels() {
	# Whatever is mounted for it is so in a mount namespace of its own, with a store there.
	[ -e /proc/self/attr/exec ] || skip 'no attr/exec in /proc'
	ok unshare -m "$BASH" -c '
		store=$1 program=$2 name=$3 file=$4 shown=$5
		"$program" --store="$store" create "$name" --pid --uts || exit
		keeper=$("$program" --store="$store" exec --only=uts "$name" pgrep -nf "^nsmgr: $name\$")
		echo "$shown" >"$file.current"
		: >"$file.exec"
		mount --bind "$file.current" "/proc/$keeper/attr/current" || exit
		(mount --bind "$file.exec" "/proc/$BASHPID/task/$BASHPID/attr/exec" &&
			exec "$program" --store="$store" exec --follow-context "$name" true) || exit
		umount "/proc/$keeper/attr/current"
		"$program" --store="$store" rm --kill "$name"
		umount "$store" && rm -r "$store"
		cat "$file.exec"' - "$T/labels" "$NSMGR" "$P.l" "$T/label" "$1"
	is "what is asked for '$1'" "$out" "$2"
}

contexts() {
	labels 'system_u:system_r:container_t:s0:c1,c2' 'system_u:system_r:container_t:s0:c1,c2'
	labels 'docker-default (enforce)' 'exec docker-default'
	labels unconfined 'exec unconfined'
}

no_context() {
	ok "$NSMGR" create "$P.p" --pid
	ok "$NSMGR" create "$P.u" --uts
	expect 125 "$NSMGR" exec --follow-context "$P.u" true
	like 'what is said without a pid namespace' "$err" "nsmgr: exec: '$P.u': no pid namespace*"
	# Where a module is active, the label of a process of ours is one that we may have.
	if cat /proc/self/attr/current >/dev/null 2>&1; then
		ok "$NSMGR" exec --follow-context "$P.p" true
	else
		expect 125 "$NSMGR" exec --follow-context "$P.p" true
		is 'what is said' "$err" \
			"nsmgr: exec: '$P.p': --follow-context: no security module gives labels here (SELinux, AppArmor)"
	fi
}

cases() {
	it '--root and --wdns are of the set (LESSONS security 3)' roots ids
	it 'no directory is outside of the set, by no descriptor (CVE-2024-21626, LESSONS security 3)' outside all
	it '--argv0 is what the command sees' names
	it '--cap-keep and --cap-ambient leave these capabilities (LESSONS security 13)' capabilities ids
	it '--join-cgroup runs it where the init of the set is (KERNEL R63, LESSONS security 18)' cgroups
	it '--reset-vrf leaves the VRF of the caller' vrf
	it '--follow-context asks for the label of the init of the set' contexts all
	it '--follow-context says what is missing' no_context
}

for_both
finish
