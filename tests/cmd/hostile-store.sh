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
KINDS='link fifo socket dir device zero pipe file dirmount nsfs huge sparse nuls raw'
FRONT_VERBS='attach create exec ls pool rename rm run'
declare -A met

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
	local arg
	run timeout -s KILL 60 "$NSMGR" "$@"
	checks=$((checks + 1))
	for arg; do arg=${arg#--base=} && met["$1 ${arg#"$NSMGR_STORE/"}"]=1; done
	case $1:$st in *:[0-3] | *:125 | wait:124) ;; *) fail "status $st of $*: $err" ;; esac
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
	one run --uts true
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
		one run --ipc --base="$set" true
		one run --net="@$set" true
		one create --exist-ok --uts "$set" # what is there already is not made
		quick ls -q "$set"
		[ "$PROGRAM" = full ] || continue
		one show "$set"
		one label "$set"
		one kill "$set" -s CONT
		quick show --profile "$set"
		quick ls "$set"
		one pids "$set"
		one holders "$set"
		one export "$set" --format=json
		one nsid "$set"
		one shell "$set"
		one wait "$set" --timeout=0.01
		one wait "$set" --removed --timeout=0
		quick apply --dry-run "$set"
	done
	[ "$(picture "$NSMGR_STORE")" = "$before" ] || fail "looking changes the store: $(diff <(echo "$before") <(picture "$NSMGR_STORE"))"
	untouched 'looking'
}

# One that looks on, from what is there to the set that is made last, and says nothing raw.
follow() {
	"$NSMGR" monitor --initial --labels "$@" >"$T/told" 2>"$T/monitor" </dev/null &
	watcher=$!
	has_told "$P.ok"
}

has_told() { until_true "the monitor tells of $1" grep -qs " $1 \|\"$1\"" "$T/told"; }

followed() {
	ok "$NSMGR" create "$P.last" --uts
	has_told "$P.last"
	kill -TERM "$watcher"
	wait "$watcher"
	is 'how the monitor ends' "$? $(<"$T/monitor")" '0 '
	[[ $(<"$T/told") != *[!$'\t\n'\ -~]* ]] || fail "monitor prints raw bytes: $(cat -v "$T/told")"
	ok "$NSMGR" rm "$P.last"
	for set; do met["monitor $set"]=1; done
}

# Whatever changes sets.
change() {
	local set watcher
	[ "$PROGRAM" = front ] || follow
	for set; do
		one create "$set.b" --uts --base="$set"
		one create "$set.n" --net="@$set"
		one attach "$set.a" "$NSMGR_STORE/$set"
		one create "$set" --uts --exist-ok
		one rename "$set" "$set.r"
		one rename "$set.r" "$set"
		[ "$PROGRAM" = full ] || continue
		one label "$set" a=b
		one label "$set.b" a=b
		one freeze "$set" --wait=0.01
		one thaw "$set" --wait=0.01
		one kill "$set"
		one nsid "$set" auto
		one export "$set" --ip-netns
		one export "$set" --ip-netns --remove
		quick apply "$set"
	done
	untouched 'changing'
	if [ "$PROGRAM" = full ]; then
		quick apply
		quick check --repair
		quick gc
		untouched 'mending'
		followed "$@"
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

# What apply takes away and makes again, in the place of rm.
recreate() {
	local NSMGR_PROFILE_PATH=$T/empty
	follow -J
	quick apply --prune --kill
	NSMGR_PROFILE_PATH=$T/profiles
	quick apply --recreate
	quick apply --recreate --prune --kill
	followed
	quick rm --all-sets
	untouched 'applying'
}

# Each verb has met each set, or was there at all if it takes none.
all_met() {
	local verb set verbs=$FRONT_VERBS
	[ "$PROGRAM" = front ] || verbs=$("$NSMGR" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p')
	for verb in $verbs; do
		for set; do
			case $verb in check | gc | identify | pool) set=$verb ;; esac
			yes "$verb has met $set" test -n "${met[$verb $set]-}"
		done
	done
}

# meet PLANTER: every verb, what that plants, whose names it has in $sets
meet() {
	local set sets
	begin
	"$1"
	if [ "$PROGRAM" = full ]; then
		for set in $sets; do echo uts >"$T/profiles/$set.conf"; done
	fi
	look $sets
	change $sets
	all_met $sets
	weed
	[ "$PROGRAM" = full ] || return 0
	begin
	"$1"
	recreate
	weed
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
	export SHELL=/bin/true NSMGR_PROFILE_PATH=$T/profiles
	weed
	rm -rf "$T/profiles"
	mkdir "$T/profiles"
	ok "$NSMGR" create "$P.ok" --uts
}

# ---- what is planted ----

handles() {
	local turn type kind i
	sets=
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
}

# Each file of a set once as each kind.
records() {
	local files=(.set .labels .profile .cgroup .helper ".ip-netns.$P.x") kinds i j
	read -ra kinds <<<"$KINDS"
	sets=
	for i in "${!kinds[@]}"; do
		"$NSMGR" create "$P.r$i" --uts --net || fail 'create'
		rm "$NSMGR_STORE/$P.r$i/.set"
		for j in "${!files[@]}"; do
			plant "${kinds[(i + 2 * j) % ${#kinds[@]}]}" "$NSMGR_STORE/$P.r$i/${files[j]}"
		done
		sets+=" $P.r$i"
	done
}

# Something else with the name of a set.
strangers() {
	local kind
	sets=
	for kind in ${KINDS/ dir / }; do
		plant $kind "$NSMGR_STORE/$P.$kind"
		sets+=" $P.$kind"
	done
	ln -s "$OUT/ns" "$NSMGR_STORE/$P.dirlink"
	mkdir "$NSMGR_STORE/$P.covered"
	mount --bind "$OUT/ns" "$NSMGR_STORE/$P.covered"
	sets+=" $P.dirlink $P.covered"
}

said_of_strangers() {
	local set sets
	begin
	strangers
	one exec "$P.covered" true
	like 'what is said of a mount' "$err" "*'$P.covered': open: not a set: something is mounted there (cure: umount '$NSMGR_STORE/$P.covered')"
	# The same where the kernel, or a filter, has no openat2(2).
	for set in "$P.covered" "$P.dirlink" "$P.dirmount"; do
		run "$NSMGR_BUILDDIR/tests/cmd/deny" 437=38 -- "$NSMGR" exec "$set" true
		like 'what is said without openat2' "$st $err" '125 *: open: not a set: *'
	done
	weed
}

# The files of the store itself, and what is in them.
own_files() {
	local kind file hash
	for kind in link fifo socket dir device file dirmount nsfs huge raw; do
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
			one pool fill 1 --uts
			if [ "$PROGRAM" = full ]; then
				quick ls
				quick check
				one pool ls
				one wait "$P.ok" --timeout=0.01
				one label "$P.ok" a=b
				quick apply
				quick check --repair
				quick gc
			fi
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
	one pool fill 2 --uts
	one create "$P.e" --uts --from-pool
	one pool drain
	if [ "$PROGRAM" = full ]; then
		one ls -J
		one identify self
		one show "$P.ok"
		one pids "$P.ok"
		one label "$P.ok" a=b
		one holders "$P.ok"
		is 'holders' "$(grep -c "$P.ok" "$T/out")" 1
		one wait "$P.ok" --timeout=10
		one ls -q --filter="NAME=$P.*"
		is 'those of a name' "$(xargs <<<"$out")" "$P.e $P.ok"
		one ls -rn -o NAME --filter=TYPE=uts --filter='NAME!=*.e'
		is 'those of a type' "$out" "$P.ok"
		one ls -q "$P.o*" 'dir5999'
		is 'those of a pattern' "$(xargs <<<"$out")" "$P.ok dir5999"
		one pool ls
		follow
		followed
		quick gc
		quick check --repair
		is 'findings' "$(wc -l <"$T/out")" 99999
	fi
	one rm --all-sets
	is 'sets that are left' "$("$NSMGR" ls -q)" ''
	is 'what is left that is none' "$(find "$NSMGR_STORE" -mindepth 1 -maxdepth 1 -name 'file*' -printf . | wc -c)" 94000
	untouched 'a crowd'
	weed
}

meet_handles() { meet handles; }
meet_records() { meet records; }
meet_strangers() { meet strangers; }

cases() {
	it 'whatever lies in the place of handles is refused (LESSONS security 6 14)' meet_handles
	it 'whatever lies in the place of the records of a set is refused (LESSONS security 6 15)' meet_records
	it 'what is no set is refused (LESSONS security 14 15)' meet_strangers
	it 'nothing mounted in the place of a set is used (LESSONS security 14 15)' said_of_strangers
	it 'whatever lies in the place of its own files is refused (LESSONS security 15)' own_files
	it 'any bytes of names are told escaped (LESSONS security 16)' names
	it 'a forged record ends nobody outside (LESSONS security 6)' forged ids
	it 'works with 100,000 entries' crowd
}

for_both
finish
