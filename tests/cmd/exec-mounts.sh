#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exec with mounts of the command's own: a /sys of the network namespace, and files in /etc (KERNEL R60, LESSONS 5 and 6).
# It runs in a mount namespace of its own, with an /etc that is a copy, so that nothing of the machine is touched.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
if [ -z "${NSMGR_TEST_INSIDE:-}" ] && unshare -m true 2>/dev/null; then
	export NSMGR_TEST_INSIDE=1
	exec unshare -m "$BASH" "$0"
fi
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# Whose its files are is of no account here, nor are those that only others can read.
cp -R --preserve=mode,links /etc "$T/etc" 2>/dev/null
mount --bind "$T/etc" /etc || skip_all 'no /etc of our own'

# files SET: files for it, some of which both places have
files() {
	rm -rf /etc/netns /etc/nsmgr
	mkdir -p "/etc/netns/$1/dir" "/etc/nsmgr/$1" /etc/dir "$T/elsewhere"
	rm -f /etc/link
	echo machine | tee /etc/one /etc/two /etc/dir/file /etc/dir/other "$T/elsewhere/real" >/dev/null
	ln -s "$T/elsewhere/real" /etc/link
	echo netns | tee "/etc/netns/$1/one" "/etc/netns/$1/two" "/etc/netns/$1/dir/file" "$T/source" >/dev/null
	echo nsmgr >"/etc/nsmgr/$1/two"
	echo hidden >"/etc/nsmgr/$1/.one.swp"
	ln -sf "$T/source" "/etc/nsmgr/$1/link"
}

show='cat /etc/one /etc/two /etc/dir/file /etc/link; ls /etc/dir'

etc() {
	local own
	files "$P.n"
	ok "$NSMGR" create "$P.n" "$P.m" --net
	ok "$NSMGR" exec "$P.n" sh -c "$show; readlink /proc/self/ns/net /proc/self/ns/mnt"
	own=$(readlink /proc/self/ns/mnt)
	is 'what is seen' "$(head -n 5 <<<"$out")" "$(printf '%s\n' netns nsmgr netns netns file)"
	is 'namespaces' "$(grep -c -e "$own" -e "net:\[$(inode_of "$P.n" net)\]" <<<"$out")" 1
	is 'what is said' "$err" ''
	is 'outside' "$(sh -c "$show")" "$(printf '%s\n' machine machine machine machine file other)"
	ok "$NSMGR" exec "$P.n" sh -c 'mount -t tmpfs none /mnt && grep -c " /mnt " /proc/self/mountinfo'
	is 'its mounts are its own' "$(mounts_at /mnt)" 0
	ok "$NSMGR" exec --no-etc "$P.n" sh -c "cat /etc/one; readlink /proc/self/ns/mnt"
	is '--no-etc' "$out" "$(printf '%s\n' machine "$own")"
	ok "$NSMGR" exec "$P.m" sh -c "cat /etc/one; readlink /proc/self/ns/mnt"
	is 'another set' "$out" "$(printf '%s\n' machine "$own")"
	ok "$NSMGR" exec --sets="$P.*" cat /etc/two
	is 'many sets' "$out" "$(printf '%s\n' "$P.m: machine" "$P.n: nsmgr")"
	ok "$NSMGR" create "$P.un" --user --net
	mv "/etc/netns/$P.n" "/etc/netns/$P.un"
	ok "$NSMGR" exec "$P.un" cat /etc/one
	is 'in a user namespace' "$out" netns
	mv "/etc/netns/$P.un" "/etc/netns/$P.n"
	ok "$NSMGR" rm "$P.un"
	ok "$NSMGR" exec --root=/ -w /etc/dir "$P.n" cat file
	is 'with another root and directory' "$out" netns
	ok "$NSMGR" run --name="$P.r" --net --no-etc cat /etc/one
	mv "/etc/netns/$P.n" "/etc/netns/$P.r"
	ok "$NSMGR" run --name="$P.r" --net cat /etc/one
	is 'of run' "$out" netns
}

# Where it would do harm, or cannot mean anything.
no_etc() {
	files "$P.a"
	ok "$NSMGR" create "$P.a" --net --mnt --uts
	ok "$NSMGR" exec "$P.a" sh -c 'cat /etc/one; mount -t tmpfs none /mnt'
	is 'with a mount namespace of the set' "$out" machine
	ok "$NSMGR" exec "$P.a" grep -c ' /mnt ' /proc/self/mountinfo
	is 'what was mounted in it stays' "$out" 1
	ok "$NSMGR" exec --only=uts "$P.a" cat /etc/one
	is 'without the network namespace' "$out" machine
	ok "$NSMGR" exec --only=net "$P.a" cat /etc/one
	is 'without the mount namespace' "$out" netns
}

refused() {
	local made
	files "$P.n"
	ok "$NSMGR" create "$P.n" --net
	echo x >"/etc/nsmgr/$P.n/nowhere"
	ln -sf /no/such/file /etc/dangling
	echo x >"/etc/nsmgr/$P.n/dangling"
	ok "$NSMGR" exec "$P.n" sh -c "cat /etc/one; ls /etc/nowhere"' 2>&1 | grep -c such'
	is 'the others are seen' "$out" "$(printf 'netns\n1')"
	like 'what is said' "$err" "*nsmgr: exec: '/etc/nsmgr/$P.n' has 'nowhere', which is not in /etc, and is left out*"
	like 'what is said of a link to nothing' "$err" "*has 'dangling'*"
	no 'it was made' test -e /etc/nowhere
	rm "/etc/nsmgr/$P.n/nowhere" "/etc/nsmgr/$P.n/dangling"
	mkdir "/etc/nsmgr/$P.n/one"
	expect 125 "$NSMGR" exec "$P.n" true
	like 'a directory for a file' "$err" "nsmgr: cannot exec '$P.n': cover: '/etc/one': Not a directory*--no-etc leaves*"
	rmdir "/etc/nsmgr/$P.n/one"
	chmod 775 "/etc/nsmgr/$P.n"
	expect 125 "$NSMGR" exec "$P.n" true
	like 'one that others can write to' "$err" "nsmgr: exec: '/etc/nsmgr/$P.n': others than root can write there*--no-etc*"
	chmod 755 "/etc/nsmgr/$P.n"
	for made in /etc/netns "/etc/nsmgr/$P.n/two" "/etc/netns/$P.n/dir"; do
		chmod g+w "$made"
		expect 125 "$NSMGR" exec "$P.n" true
		is 'another place that others can write to' "$err" \
			"nsmgr: exec: '$made': others than root can write there (--no-etc leaves it)"
		chmod g-w "$made"
	done
	mkdir -p "$T/open/real" && chmod 777 "$T/open"
	mv "/etc/netns/$P.n" /etc/netns/real && ln -s "$T/open/real" "/etc/netns/$P.n"
	expect 125 "$NSMGR" exec "$P.n" true
	is 'a way that others can change' "$err" "nsmgr: exec: '$T/open': others than root can write there (--no-etc leaves it)"
	ln -sfn real "/etc/netns/$P.n"
	ok "$NSMGR" exec "$P.n" cat /etc/one
	is 'a link to a good one' "$out" netns
	rm "/etc/netns/$P.n" && mv /etc/netns/real "/etc/netns/$P.n"
	chown 7 "/etc/nsmgr/$P.n"
	expect 125 "$NSMGR" exec "$P.n" true
	ok "$NSMGR" exec --no-etc "$P.n" true
	for i in {1..70}; do
		echo x | tee "/etc/many$i" >"/etc/netns/$P.n/many$i"
	done
	chown 0 "/etc/nsmgr/$P.n"
	expect 125 "$NSMGR" exec "$P.n" true
	like 'too many' "$err" "*: cover: '/etc/netns/$P.n/*': at most 64 names*--no-etc leaves*"
	rm -f /etc/dangling /etc/many*
}

# A link of a root that we do not trust leads to nothing outside of it.
roots() {
	local root=$T/root.$PROGRAM
	files "$P.n"
	ok "$NSMGR" create "$P.n" --net
	mkdir -p "$root/etc" "$root/usr" "$root/bin" "$root/lib" "$root/lib64" "$root$T/elsewhere"
	for dir in usr bin lib lib64; do
		[ ! -e "/$dir" ] || mount --bind "/$dir" "$root/$dir"
	done
	echo inner | tee "$root/etc/two" "$root$T/elsewhere/real" >/dev/null
	ln -s "$T/elsewhere/real" "$root/etc/one"
	ok "$NSMGR" exec --root="$root" "$P.n" cat /etc/one /etc/two "$T/elsewhere/real"
	is 'what is seen below it' "$out" "$(printf '%s\n' netns nsmgr netns)"
	like 'what is said of what it lacks' "$err" "*'/etc/netns/$P.n' has 'dir', which is not in /etc of --root, and is left out*"
	unlike 'what is said of what it has' "$err" "*'two'*"
	unlike 'what is said of its link' "$err" "*'one'*"
	is 'what the link would lead to' "$(<"$T/elsewhere/real")" machine
	for dir in usr bin lib lib64; do
		[ ! -e "/$dir" ] || umount "$root/$dir"
	done
}

sys() {
	local options
	ok "$NSMGR" create "$P.n" --net
	ok "$NSMGR" create "$P.u" --net --user --mnt
	ok "$NSMGR" create "$P.a" --all --no-proc
	for set in n u a; do
		ok "$NSMGR" exec "$P.$set" ip link add "x$set" type veth
		ok "$NSMGR" exec --sysfs "$P.$set" ls /sys/class/net
		like "the devices in $set" "$(tr '\n' ' ' <<<"$out")" "* x$set "
		ok "$NSMGR" exec --sysfs "$P.$set" sh -c 'ls /sys/fs/cgroup; grep -c " /sys " /proc/self/mountinfo'
		is "the cgroups in $set" "$(head -n -1 <<<"$out")" "$(ls /sys/fs/cgroup)"
		ok "$NSMGR" exec --sysfs -w /sys/class/net "$P.$set" sh -c "cd x$set && pwd"
		is "a directory in it, in $set" "$out" "/sys/class/net/x$set"
	done
	no 'the machine shows it' test -e /sys/class/net/xn
	ok "$NSMGR" exec "$P.n" ls /sys/class/net
	is 'without the option' "$out" "$(ls /sys/class/net)"
	ok "$NSMGR" create "$P.uts" --uts
	ok "$NSMGR" exec --sysfs "$P.uts" ls /sys/class/net
	is 'devices where there is no network namespace' "$out" \
		"$(unshare -m sh -c 'mount -t sysfs sysfs /mnt && ls /mnt/class/net')" # the /sys here may be of another one
	ok "$NSMGR" run --net --sysfs ls /sys/class/net
	like 'of run' "$out" '*lo*'
	unlike 'of run' "$out" '*xn*'
	expect 125 "$NSMGR" exec --no-etc --sysfs --root="$T/elsewhere" "$P.n" true
	like 'what is said of a root without one' "$err" "nsmgr: cannot exec '$P.n': sysfs: '/sys': No such file*"
	is 'mounts of ours' "$(mounts_at /sys)" 1
}

cases() {
	it 'files of /etc/netns and /etc/nsmgr are seen in /etc (LESSONS 6)' etc
	it 'a set with a mount namespace keeps that' no_etc
	it 'what cannot be seen there is told' refused ids
	it 'a root that is entered cannot lead them astray (LESSONS security 14)' roots
	it '--sysfs shows the network namespace, and cgroups stay (LESSONS 6, systemd#42461)' sys all
}

for_both
finish
