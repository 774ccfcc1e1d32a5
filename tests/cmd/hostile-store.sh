#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A store into which somebody has put what does not belong there: every verb refuses it or tells of it in clear lines, prints nothing
# raw, ends, and touches nothing outside; and a verb that looks changes nothing.
# Cases are called by name (SC2317); lists of words are split (SC2086); variables of the harness (SC2154).
# shellcheck disable=SC2016,SC2086,SC2154,SC2317
if [ -n "${NSMGR_TEST_ALONE:-}" ]; then
	# Devices and sockets are made here, and names in /run/netns.
	mount -t tmpfs -o mode=755 none /run || exit 99
	export TMPDIR=/run
fi
# shellcheck source=tests/cmd/findings.sh
. "${0%/*}/findings.sh"

OUT=$T/outside
KINDS='link fifo socket dir device zero pipe file nsfs huge sparse nuls raw'

# What nobody may touch.
make_outside() {
	mkdir -p "$OUT"/dir/{set,a,b/set} "$OUT/ns" "$T/empty"
	echo secret | tee "$OUT/file" "$OUT/dir/set/file" >"$OUT/dir/b/set/net"
	mkfifo "$OUT/fifo"
	: >"$OUT/ns/net"
	mount --bind /proc/self/ns/net "$OUT/ns/net" || fail 'no outside'
}

# plant KIND PATH: links, files of all kinds, mounts, and texts that are none of ours.
plant() {
	case $1 in
	link) ln -s "$OUT/file" "$2" ;;
	fifo) mkfifo "$2" ;;
	socket) "$NSMGR_BUILDDIR/tests/cmd/plant" socket "$2" ;;
	dir) mkdir "$2" ;;
	device) mknod "$2" c 1 5 2>/dev/null || mkfifo "$2" ;;
	zero) : >"$2" && mount --bind /dev/zero "$2" ;;
	pipe) : >"$2" && mount --bind "$OUT/fifo" "$2" ;;
	file) : >"$2" && mount --bind "$OUT/file" "$2" ;;
	dirmount) mkdir "$2" && mount --bind "$OUT/dir" "$2" ;;
	nsfs) : >"$2" && mount --bind /proc/self/ns/ipc "$2" ;;
	huge) yes 'net 1 2 made' | head -c 16777216 >"$2" ;;
	sparse) truncate -s 16M "$2" ;;
	nuls) printf 'boot \0\0x\nend\n' >"$2" ;;
	raw) printf 'boot \033[31mb\n\177\001hook=\033[1m' >"$2" ;;
	esac || fail "cannot plant $1 at $2"
}

picture() {
	find "$1" -printf '%p %y %i %m %U:%G %s %n %T@ %C@ %l\n' | sort
	grep -F " $1" /proc/self/mountinfo
}

# quick COMMAND...: it ends, by itself, and what it says is clear.
quick() {
	run timeout -k 1 60 "$NSMGR" "$@"
	checks=$((checks + 1))
	case $st in 0 | 1 | 2 | 3 | 125) ;; *) fail "status $st of $*: $err" ;; esac
	[[ $out$err != *[!$'\t\n'\ -~]* ]] || fail "$* prints raw bytes: $(cat -v "$T/out" "$T/err")"
	[[ -z $err || ($err == 'nsmgr: '* && ${err//$'\n'nsmgr: /} != *$'\n'*) ]] || fail "$* says: $err"
	[ "$st" != 1 ] || [ -n "$err" ] || fail "$* fails without a word"
}

# one COMMAND...: in a line at most
one() {
	quick "$@"
	[[ $err != *$'\n'* ]] || fail "$* says more than a line: $err"
}

untouched() {
	[ "$(picture "$OUT")" = "$outside" ] || fail "$* touches what is outside: $(diff <(echo "$outside") <(picture "$OUT"))"
	! read -r -t 0 <>"$OUT/fifo" || fail "$* writes to a pipe outside"
}

# Whatever looks: at the whole store, and at single sets.
look() {
	local before set seen=0
	before=$(picture "$NSMGR_STORE")
	one ls -q
	quick ls
	quick exec --all-sets true
	if [ "$PROGRAM" = full ]; then
		quick ls -J --output-all
		quick ls --tree=owner -o +NPROCS,STACK
		quick check
		quick check -J
		quick identify self
		one pool ls
		quick apply --dry-run
	fi
	for set; do
		one exec "$set" true
		one create --exist-ok --uts "$set" # what is there already is not made
		[ "$PROGRAM" = full ] || continue
		one show "$set"
		one label "$set"
		one kill "$set" -s CONT
		quick show --profile "$set"
		# These go by what the ones above go by.
		[ $((++seen)) -le 4 ] || continue
		one pids "$set"
		one holders "$set"
		one export "$set" --format=json
		one nsid "$set"
		one shell "$set"
	done
	[ "$(picture "$NSMGR_STORE")" = "$before" ] || fail "looking changes the store: $(diff <(echo "$before") <(picture "$NSMGR_STORE"))"
	untouched 'looking'
}

# Whatever changes sets.
change() {
	local set seen=0
	for set; do
		one create "$set.b" --uts --base="$set"
		one create "$set.n" --net="@$set"
		one attach "$set.a" "$NSMGR_STORE/$set"
		one create "$set" --uts --exist-ok
		one rename "$set" "$set.r"
		one rename "$set.r" "$set"
		[ "$PROGRAM" = full ] || continue
		one label "$set" a=b
		[ $((++seen)) -le 4 ] || continue
		one label "$set.b" a=b
		one freeze "$set" --wait=0.01
		one kill "$set"
		one export "$set" --ip-netns
		one export "$set" --ip-netns --remove
	done
	untouched 'changing'
	if [ "$PROGRAM" = full ]; then
		quick check --repair
		quick gc
		untouched 'mending'
	fi
	one pool fill 1 --uts
	one create "$P.pooled" --uts --from-pool
	one pool drain
	for set; do
		one rm "$set"
		one rm --kill --force "$set"
	done
	quick rm --all-sets
	untouched 'removing'
}

# By hand, what no verb takes away.
weed() {
	umount -lR "$NSMGR_STORE" 2>/dev/null
	umount -lR /run/netns 2>/dev/null
	rm -rf --one-file-system "$NSMGR_STORE" /run/netns
}

begin() {
	[ -d "$OUT" ] || make_outside
	outside=$(picture "$OUT")
	export SHELL=/bin/true NSMGR_PROFILE_PATH=$T/empty
	weed
	ok "$NSMGR" create "$P.ok" --uts
}

# ---- what is planted ----

handles() {
	local turn type kind sets='' i
	begin
	for turn in 0 3 6; do
		mkdir "$NSMGR_STORE/$P.h$turn"
		set -- link fifo socket dir device zero file nsfs pipe
		i=0
		for type in $TYPES; do
			kind=$(((i++ + turn) % 9 + 1))
			plant "${!kind}" "$NSMGR_STORE/$P.h$turn/$type"
		done
		sets+=" $P.h$turn"
	done
	look $sets
	change $sets
	weed
}

# Each file of a set once as each kind.
records() {
	local files=(.set .labels .profile .cgroup .helper ".ip-netns.$P.x") kinds sets='' i j
	read -ra kinds <<<"$KINDS"
	begin
	for i in "${!kinds[@]}"; do
		"$NSMGR" create "$P.r$i" --uts --net || fail 'create'
		rm "$NSMGR_STORE/$P.r$i/.set"
		for j in "${!files[@]}"; do
			plant "${kinds[(i + 2 * j) % ${#kinds[@]}]}" "$NSMGR_STORE/$P.r$i/${files[j]}"
		done
		sets+=" $P.r$i"
	done
	look $sets
	change $sets
	weed
}

# Something else with the name of a set.
sets() {
	local kind sets=''
	begin
	for kind in link fifo socket device zero file dirmount nsfs huge; do
		plant $kind "$NSMGR_STORE/$P.$kind"
		sets+=" $P.$kind"
	done
	ln -s "$OUT/ns" "$NSMGR_STORE/$P.dirlink"
	mkdir "$NSMGR_STORE/$P.covered"
	mount --bind "$OUT/ns" "$NSMGR_STORE/$P.covered"
	look $sets "$P.dirlink" "$P.covered"
	one exec "$P.covered" true
	like 'what is said of a mount' "$err" "*'$P.covered': open: not a set: something is mounted there (cure: umount '$NSMGR_STORE/$P.covered')"
	change $sets "$P.dirlink" "$P.covered"
	# The same where the kernel, or a filter, has no openat2(2).
	for sets in "$P.covered" "$P.dirlink" "$P.dirmount"; do
		run "$NSMGR_BUILDDIR/tests/cmd/deny" 437=38 -- "$NSMGR" exec "$sets" true
		like 'what is said without openat2' "$st $err" '125 *: open: not a set: *'
	done
	weed
}

# The files of the store itself, and what is in them.
own_files() {
	local kind file hash some='link fifo file dirmount raw'
	[ "$PROGRAM" = full ] || some="fifo dirmount"
	for kind in $some; do
		for file in .lock .store .stage .pool .pool/HASH .pool/HASH/.config .pool/HASH/.config.new .stage/abc .stage/abc/set; do
			begin
			rm -rf /run/netns
			! [[ $file == .pool/* ]] || "$NSMGR" pool fill 1 --uts || fail 'pool fill'
			hash=$(ls "$NSMGR_STORE/.pool" 2>/dev/null)
			[ "$file" != .stage/abc/set ] || mkdir "$NSMGR_STORE/.stage/abc"
			[ "${file##*/}" != .config.new ] || rm "$NSMGR_STORE/.pool/$hash/.config"
			file=$NSMGR_STORE/${file/HASH/$hash}
			umount -l "$file"/*/* 2>/dev/null
			rm -rf "$file"
			plant "$kind" "$file"
			one exec "$P.ok" true
			[ "$PROGRAM" = front ] || { quick check; one pool ls; one label "$P.ok" a=b; quick check --repair; quick gc; }
			one pool fill 1 --uts
			one pool drain
			quick create "$P.x" --net --label=a=b
			quick rm --all-sets
			untouched "$kind as $file:"
		done
	done
	weed
}

# Bytes that no name of a set has, as sets and as files.
names() {
	local byte
	begin
	"$NSMGR_BUILDDIR/tests/cmd/plant" names "$NSMGR_STORE" || fail plant
	mkdir "$NSMGR_STORE/$P.in"
	"$NSMGR_BUILDDIR/tests/cmd/plant" names "$NSMGR_STORE/$P.in" || fail plant
	look "$P.in"
	for byte in $'\001' $'\n' ' ' '*' '\' "'" $'\033' $'\177' $'\377'; do
		one exec "d${byte}x" true
		one rm "d${byte}x"
		one rename "$P.ok" "d${byte}x"
		is "status of rename to d${byte@Q}x" "$st" 2
	done
	change "$P.in"
	is 'files that are left' "$(find "$NSMGR_STORE" -mindepth 1 -maxdepth 1 -name '*f' -type f -printf . | wc -c)" 254
	is 'directories that are left' "$(find "$NSMGR_STORE" -mindepth 1 -maxdepth 1 -name 'd?x' -type d -printf . | wc -c)" 189
	weed
}

# A record by which a process outside would be ended, and a cgroup outside be frozen.
forged() {
	local victim boot start
	begin
	ok "$NSMGR" create "$P.f" --uts
	hold env
	victim=$pid
	boot=$(</proc/sys/kernel/random/boot_id)
	start=$(cut -d' ' -f22 "/proc/$victim/stat")
	echo "helper pasta $victim $start $(stat -L -c %i /proc/self/ns/pid) $boot" >"$NSMGR_STORE/$P.f/.helper"
	chown 1:1 "$NSMGR_STORE/$P.f/.helper"
	change "$P.f"
	yes 'whom somebody else has written down lives' alive "$victim"
	no 'the set is left' test -e "$NSMGR_STORE/$P.f"
	ok "$NSMGR" create "$P.g" --uts
	echo "helper pasta $victim $start $(stat -L -c %i /proc/self/ns/pid) $boot" >"$NSMGR_STORE/$P.g/.helper"
	chmod 666 "$NSMGR_STORE/$P.g/.helper"
	ok "$NSMGR" rm "$P.g"
	yes 'whom anybody could have written down lives' alive "$victim"
	ok "$NSMGR" create "$P.g" --uts
	for path in ../../../etc . / '' 'a b' $'\033'; do
		sed -i "/^end/i cgroup2 made 1 $path" "$NSMGR_STORE/$P.g/.set"
		look "$P.g"
		sed -i '/^cgroup2/d' "$NSMGR_STORE/$P.g/.set"
	done
	release
	wait "$victim"
	weed
}

# Linear in what is there, and little more than reading it where one set is meant.
crowd() {
	begin
	"$NSMGR_BUILDDIR/tests/cmd/plant" crowd "$NSMGR_STORE" 94000 6000 || fail plant
	one ls -q
	is 'names' "$(wc -l <<<"$out")" 6001
	one exec "$P.ok" true
	one create "$P.c" --uts --pid
	one rename "$P.c" "$P.d"
	one rm "$P.d" dir1 dir2
	if [ "$PROGRAM" = full ]; then
		one ls -J
		one identify self
		one show "$P.ok"
		one pids "$P.ok"
		one label "$P.ok" a=b
		quick check --repair
		is 'findings' "$(wc -l <"$T/out")" 99999
	fi
	weed
}

cases() {
	it 'whatever lies in the place of handles is refused (LESSONS security 6 14)' handles
	it 'whatever lies in the place of the records of a set is refused (LESSONS security 6 15)' records
	it 'what is no set is refused, and nothing mounted there is used (LESSONS security 14 15)' sets
	it 'whatever lies in the place of its own files is refused (LESSONS security 15)' own_files
	it 'any bytes of names are told escaped (LESSONS security 16)' names
	it 'a forged record ends nobody outside (LESSONS security 6)' forged
	it 'works with 100,000 entries' crowd
}

for_both
finish
