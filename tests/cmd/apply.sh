#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# apply: the sets that the profiles of the system tell of, in directories of our own.
# Cases are called by name (SC2317); single quotes are for jq (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

PAGE=${srcdir:-${0%/*}/../..}/man/nsmgr.conf.5
[ -f "$PAGE" ] || { echo "no $PAGE" >&2; exit 99; }

# Three empty directories, $E $R $U, the first to win.
directories() {
	E=$T/$PROGRAM-etc R=$T/$PROGRAM-run U=$T/$PROGRAM-usr
	rm -rf "$E" "$R" "$U"
	mkdir "$E" "$R" "$U"
	export NSMGR_PROFILE_PATH=$E:$R:$U
}

# put FILE LINE...
put() {
	local file=$1
	shift
	mkdir -p "${file%/*}"
	printf '%s\n' "$@" >"$file"
}

# plan: "NAME ACTION" of each, without the number of this run; ACTIONs are a case's own names of sets
plan() { jq -r '.sets[] | .name + " " + .action' "$T/out" | sed "s/^$P\\.//" | xargs; }

# applies STATUS PLAN OPTION...
applies() {
	local want=$1 expected=$2
	shift 2
	expect "$want" "$NSMGR" apply -J "$@"
	is "what apply $* does" "$(plan)" "$expected"
}

# reason SET: of the run before
reason() { jq -r --arg name "$P.$1" '.sets[] | select(.name == $name) | .reason' "$T/out"; }

sets() { "$NSMGR" ls -q | sed "s/^$P\\.//" | xargs; }
ino() { "$FULL" ls -rn -o INODE -t "$2" "$P.$1"; }

once() {
	directories
	ok "$NSMGR" apply
	is 'without profiles' "$out$err" ''
	put "$E/$P.a.conf" net hostname=in sysctl=net.ipv4.ip_forward=1 label=x=1 exec-cwd=/usr
	put "$U/$P.b.conf" 'user' 'map-users=0:1000:10' map-groups=0:1000:10 monotonic=10
	put "$U/ignored" bogus
	put "$U/.hidden.conf" bogus
	mkdir "$U/directory.conf"
	applies 3 'a create b create' --dry-run
	is 'sets after a dry run' "$(sets)" ''
	applies 0 'a create b create'
	is 'sets' "$(sets)" 'a b'
	ok "$NSMGR" exec "$P.a" sh -c 'uname -n; pwd'
	is 'what is inside' "$out" $'in\n/usr'
	applies 0 'a match b match'
	applies 0 'a match b match' --dry-run
	is 'what show says of it' "$("$NSMGR" show "$P.a" -J | jq -c '[.applied, .profile, .defaults]')" \
		"[\"$P.a\",[\"net\",\"hostname=in\",\"sysctl=net.ipv4.ip_forward=1\"],[\"cwd=/usr\"]]"
	ok "$NSMGR" apply
	is 'what a second run says' "$out$err" ''
	ok "$NSMGR" apply -v "$P.b"
	like 'what it says with -v' "$(tr -s ' ' <<<"$out")" $'NAME ACTION REASON\n'"$P.b match*"
	ok "$NSMGR" rm "$P.a"
	applies 0 'a create b match'
	applies 1 '' "$P.none"
	like 'a name without a profile' "$err" "*there is no profile '$P.none'*"
}

differs() {
	local line what ids
	directories
	put "$E/$P.a.conf" net uts user hostname=in domainname=dom sysctl=net.ipv4.ip_forward=1 sysctl=net.ipv4.ip_local_port_range='2000 3000' \
		map-users=0:1000:10 map-groups=0:1000:10 label=x=1
	applies 0 'a create'
	applies 0 'a match'
	ids=$(ino a net)
	# Changed from inside
	ok "$NSMGR" exec "$P.a" sh -c 'hostname other; echo 0 >/proc/sys/net/ipv4/ip_forward'
	ok "$NSMGR" label "$P.a" x=2 y=1
	applies 0 'a differ'
	is 'how' "$(reason a)" 'label x is another; the host name is other instead of in; net.ipv4.ip_forward is 0 instead of 1'
	applies 0 'a differ' --dry-run
	ok "$NSMGR" exec "$P.a" sh -c 'hostname in; echo 1 >/proc/sys/net/ipv4/ip_forward'
	ok "$NSMGR" label "$P.a" x=1
	applies 0 'a match'
	# ... and in the profile
	while IFS='|' read -r line what; do
		put "$E/$P.a.conf.d/x.conf" "$line"
		applies 0 'a differ'
		is "with $line" "$(reason a)" "$what"
	done <<'END'
hostname=new|made with hostname=in; made without hostname=new; the host name is in instead of new
ipc|it has no ipc; made without ipc
exec-as=0|made without exec-as=0
sysctl=net.ipv4.ip_forward=0|made without sysctl=net.ipv4.ip_forward=0; net.ipv4.ip_forward is 1 instead of 0
map-users=20:3000:1|made without map-users=20:3000:1; map-users has no 20:3000:1; map-users has other ranges
setgroups=deny|made without setgroups=deny; setgroups is not deny
monotonic=5|it has no time; made without monotonic=5
END
	rm "$E/$P.a.conf.d/x.conf"
	applies 0 'a match'
	is 'it was left alone' "$(ino a net)" "$ids"
	put "$E/$P.a.conf" net hostname=in
	applies 3 'a recreate' --recreate --dry-run
	is 'after a dry run' "$(ino a net)" "$ids"
	applies 0 'a recreate' --recreate
	like 'why' "$(reason a)" 'it has user; made with *'
	is 'types' "$("$FULL" ls -rn -o TYPE "$P.a" | xargs)" 'net uts'
	applies 0 'a match' --recreate
	# A handle that is none any more
	umount "$NSMGR_STORE/$P.a/net"
	applies 0 'a differ'
	is 'how' "$(reason a)" 'net is stale'
	applies 0 'a recreate' --recreate
}

# One that was made by hand is compared by what is seen of it.
by_hand() {
	directories
	put "$E/$P.a.conf" net hostname=in monotonic=-1.5
	ok "$NSMGR" create "$P.a" --net --hostname=in --monotonic=-1.5
	applies 0 'a match'
	put "$E/$P.a.conf.d/x.conf" exec-cwd=/usr
	applies 0 'a differ'
	is 'how' "$(reason a)" 'nothing is recorded of how it was made'
	ok "$NSMGR" rm "$P.a"
	ok "$NSMGR" create "$P.a" --profile="$E/$P.a.conf" --exec-cwd=/usr
	applies 0 'a match'
	# It is not apply's to remove.
	rm -r "$E/$P.a.conf" "$E/$P.a.conf.d"
	applies 0 '' --prune
	is 'sets' "$(sets)" a
}

places() {
	directories
	put "$U/$P.a.conf" uts hostname=usr
	put "$R/$P.a.conf" uts hostname=run domainname=run label=a=1
	put "$U/$P.b.conf" uts
	put "$U/$P.c.conf" uts
	ln -s /dev/null "$E/$P.b.conf"
	: >"$R/$P.c.conf"
	put "$U/$P.a.conf.d/20.conf" hostname=usr-20 label=b=1
	put "$E/$P.a.conf.d/10.conf" hostname=etc-10 ipc
	put "$R/$P.a.conf.d/30.conf" bogus
	ln -s /dev/null "$E/$P.a.conf.d/30.conf"
	put "$U/$P.a.conf.d/10.conf" bogus
	put "$U/$P.d.conf.d/10.conf" uts
	applies 0 'a create'
	is 'the file that tells' "$("$NSMGR" apply -J -o PROFILE | jq -r '.sets[0].profile')" "$R/$P.a.conf"
	ok "$NSMGR" exec "$P.a" sh -c 'uname -n; cat /proc/sys/kernel/domainname'
	is 'names' "$out" $'usr-20\nrun'
	is 'types' "$("$FULL" ls -rn -o TYPE "$P.a" | xargs)" 'ipc uts'
	is 'labels' "$("$NSMGR" label "$P.a" -J | jq -c .labels)" '{"a":"1","b":"1"}'
	expect 1 "$NSMGR" apply "$P.b"
	like 'one that is masked' "$err" "*there is no profile '$P.b'*"
	put "$E/$P.a.conf.d/30.conf.d" x
	rm "$E/$P.b.conf"
	applies 0 'a match b create'
}

# Those from which others take a namespace come first, and bring them along.
pods() {
	directories
	put "$E/$P.a.conf" uts net=@"$P.z" ipc=@"$P.z"
	put "$E/$P.m.conf" base="$P.a" hostname=m
	put "$E/$P.z.conf" net ipc
	applies 3 'z create a create m create' --dry-run
	applies 0 'z create a create' "$P.a"
	applies 0 'z match a match m create'
	is 'net' "$(ino a net) $(ino m net)" "$(ino z net) $(ino z net)"
	applies 0 'z match a match m match'
	put "$E/$P.z.conf" net ipc uts
	applies 3 'z recreate a recreate m recreate' --recreate --dry-run
	like 'why' "$(reason a)" "'$P.z', from which it has a namespace, is made anew"
	applies 0 'z recreate a recreate m recreate' --recreate
	is 'net' "$(ino a net) $(ino m net)" "$(ino z net) $(ino z net)"
	ok "$NSMGR" rm "$P.z"
	applies 0 'z create a differ m match'
	is 'how' "$(reason a)" "ipc is not that of @$P.z; net is not that of @$P.z"
	put "$E/$P.z.conf" net=@"$P.a"
	applies 1 'z fail a differ m match'
	like 'a circle' "$err" "*'$P.z': it takes a namespace from a set that takes one from it"
}

failures() {
	directories
	put "$E/$P.a.conf" uts
	put "$E/$P.b.conf" uts bogus
	put "$E/$P.c.conf" uts 'hostname=a b'
	put "$E/$P.d.conf" net=@"$P.none"
	put "$E/$P.e.conf" uts
	put "$E/bad name.conf" uts
	chmod 666 "$E/$P.e.conf"
	ln -s "$E/none" "$E/$P.f.conf"
	put "$E/$P.g.conf" uts
	mkfifo "$E/$P.h.conf"
	expect 1 "$NSMGR" apply -J
	is 'what is done' "$(plan)" 'bad name fail a create b fail c fail d fail e fail f fail g create h fail'
	like 'a pipe' "$err" "*'$E/$P.h.conf' is not a regular file, so it is not read*"
	like 'an unknown option' "$err" "*nsmgr: $E/$P.b.conf:2: unknown option 'bogus'*"
	like 'a bad value' "$err" "*nsmgr: $E/$P.c.conf:2: cannot apply: uts: hostname: *"
	like 'a source' "$err" "*nsmgr: $E/$P.d.conf:1: cannot apply: *no such set*"
	like 'one that all can write' "$err" "*'$E/$P.e.conf': others than root can write to it, so it is not read*"
	like 'a link to nothing' "$err" "*cannot read the profile '$E/$P.f.conf': No such file*"
	is 'sets' "$(sets)" 'a g'
	chown 1 "$E/$P.g.conf"
	expect 1 "$NSMGR" apply "$P.g"
	expect 2 "$NSMGR" apply 'bad name'
	expect 2 "$NSMGR" apply --kill
	expect 2 "$NSMGR" apply -o none
	expect 2 "$NSMGR" apply --bogus
	NSMGR_PROFILE_PATH=$E/$P.a.conf/x expect 0 "$NSMGR" apply
}

# Who lives in a set is not ended unasked.
busy() {
	directories
	put "$E/$P.a.conf" pid uts
	applies 0 'a create'
	hold "$NSMGR" exec "$P.a"
	put "$E/$P.a.conf" pid ipc
	applies 1 'a fail' --recreate
	like 'why' "$(reason a)" '*process*'
	is 'types' "$("$FULL" ls -rn -o TYPE "$P.a" | xargs)" 'pid uts'
	rm "$E/$P.a.conf"
	applies 1 'a fail' --prune
	put "$E/$P.a.conf" pid ipc
	applies 0 'a recreate' --recreate --kill
	wait "$pid"
	is 'who was inside' $? 137
	is 'types' "$("$FULL" ls -rn -o TYPE "$P.a" | xargs)" 'ipc pid'
	# ... nor who is in another set's
	put "$E/$P.b.conf" pid=@"$P.a"
	applies 0 'a match b create'
	rm "$E/$P.b.conf"
	applies 0 'b remove' --prune --kill "$P.b"
	ok "$NSMGR" exec "$P.a" true
}

prunes() {
	directories
	put "$E/$P.a.conf" uts
	put "$E/$P.b.conf" uts
	put "$E/$P.c.conf" uts
	ok "$NSMGR" create "$P.hand" --uts
	applies 0 'a create b create c create'
	rm "$E/$P.a.conf"
	: >"$E/$P.b.conf"
	ok "$NSMGR" rename "$P.c" "$P.kept"
	rm "$E/$P.c.conf"
	applies 0 ''
	applies 3 'a remove b remove' --prune --dry-run
	is 'sets after a dry run' "$(sets)" 'a b hand kept'
	applies 0 'b remove' --prune "$P.b"
	applies 0 'a remove' --prune
	is 'sets' "$(sets)" 'hand kept'
	applies 0 '' --prune
	# Nothing tells whether it is ours.
	printf 'a\0b' >"$NSMGR_STORE/$P.kept/.profile"
	applies 1 'kept fail' --prune
	like 'what is said' "$err" "*'$P.kept': profile: its file .profile is damaged*"
	is 'sets' "$(sets)" 'hand kept'
}

# block N: the literal text of that number in nsmgr.conf(5)
block() { awk -v n="$1" '/^\.Bd -literal/ { count++; inside = count == n; next } /^\.Ed/ { inside = 0 } inside' "$PAGE"; }

examples() {
	directories
	block 3 >"$E/$P.later.conf"
	block 4 >"$E/$P.pod.conf"
	block 5 | sed "s/@pod/@$P.pod/" >"$E/$P.pod-db.conf"
	applies 0 'later create pod create pod-db create'
	ok "$NSMGR" exec "$P.later" awk '{ exit $1 < 8640000 }' /proc/uptime
	ok "$NSMGR" exec "$P.later" uname -n
	is 'its name' "$out" later
	is 'what both have' "$(ino pod net) $(ino pod ipc)" "$(ino pod-db net) $(ino pod-db ipc)"
	isnt 'the host name of one' "$(ino pod uts)" "$(ino pod-db uts)"
	applies 0 'later match pod match pod-db match'
	ok "$NSMGR" rm --all-sets --kill
	applies 0 'later create pod create pod-db create'
	applies 0 'later match pod match pod-db match'
}

# With a directory of ours in the place of /srv/web.
web_example() {
	directories
	mkdir "$T/srv"
	echo hello >"$T/srv/index.html"
	block 1 | sed -e "s,=/srv/web:,=$T/srv:," -e 's/=www-data/=65534/' >"$E/$P.web.conf"
	applies 0 'web create'
	ok "$NSMGR" exec "$P.web" sh -c 'cat index.html; id -u; ! touch /usr/x 2>/dev/null && ! touch x 2>/dev/null && touch /tmp/x'
	is 'what is inside' "$out" $'hello\n65534'
	applies 0 'web match'
	ok "$NSMGR" rm "$P.web"
	rm -r "$T/srv"
}

# With an image of ours in the place of the partition.
build_example() {
	command -v mksquashfs >/dev/null || skip 'needs mksquashfs'
	directories
	mkdir -p "$T/root/proc" "$T/root/tmp" "$T/root/srv/build" "$T/build"
	mksquashfs "$T/root" "$T/image" -quiet -noappend >/dev/null
	block 2 | sed -e "s,PARTLABEL=buildroot,$T/image," -e "s,=/srv/build:,=$T/build:," >"$E/$P.build.conf"
	applies 0 'build create'
	applies 0 'build match'
	like 'its root' "$("$NSMGR" show "$P.build" -J | jq -c '[.mounts[] | select(.target == "/") | .type]')" '*squashfs*'
	ok "$NSMGR" rm "$P.build"
	rm -r "$T/root" "$T/build" "$T/image"
}

# As after a start of the system: all of them at once, with a directory and an image of ours.
all_examples() {
	local all='build later pod pod-db web'
	command -v mksquashfs >/dev/null || skip 'needs mksquashfs'
	directories
	mkdir -p "$T/root/proc" "$T/root/tmp" "$T/root/srv/build" "$T/srv"
	mksquashfs "$T/root" "$T/image" -quiet -noappend >/dev/null
	block 1 | sed -e "s,=/srv/web:,=$T/srv:," -e 's/=www-data/=65534/' >"$E/$P.web.conf"
	block 2 | sed -e "s,PARTLABEL=buildroot,$T/image," -e "s,=/srv/build:,=$T/srv:," >"$E/$P.build.conf"
	block 3 >"$E/$P.later.conf"
	block 4 >"$E/$P.pod.conf"
	block 5 | sed "s/@pod/@$P.pod/" >"$E/$P.pod-db.conf"
	for _ in once again; do
		applies 0 "${all// / create } create"
		applies 0 "${all// / match } match"
		ok "$NSMGR" rm --all-sets --kill
		is 'sets' "$(sets)" ''
	done
	rm -r "$T/root" "$T/srv" "$T/image"
}

# What was changed from inside is seen; what was only added is nobody's business.
mounts() {
	local does what
	directories
	mkdir -p "$T/src/d"
	put "$E/$P.a.conf" mnt rootfs=/ "bind-ro=$T/src:/ro" "bind=$T/src:/rw" tmpfs=/tmp symlink=/tmp:/link tmpfs=/link/deep mqueue=/q fs=ramfs:/ram
	while IFS='|' read -r does what; do
		applies 0 'a create'
		applies 0 'a match'
		ok "$NSMGR" exec "$P.a" sh -c "$does"
		applies 0 'a differ'
		is "how, after $does" "$(reason a)" "$what"
		ok "$NSMGR" rm "$P.a"
	done <<END
umount /ro; umount /link/deep|nothing is mounted at /ro; nothing is mounted at /link/deep
mount -o remount,bind,rw,nosuid,nodev /ro; mount -o remount,bind,ro,nosuid,nodev /rw|/ro is not ro; /rw is ro
mount -o remount,bind,ro,nosuid,nodev /tmp; mount -o remount,bind,nosuid /q|/tmp is ro; /q is not nodev; /q is not noexec
mount -o bind,nodev,nosuid /tmp /rw/d; mount -t tmpfs -o nosuid,nodev none /rw|/rw is not of $T/src
mount -t tmpfs -o nosuid,nodev none /ram|/ram is tmpfs instead of ramfs; /ram is not ro
END
	# In the host's tree, by a link, and over what is mounted there already
	ln -s "$T/src" "$T/way"
	put "$E/$P.a.conf" mnt "tmpfs=$T/way" "tmpfs=$T/src/d:X-mount.mkdir"
	applies 0 'a create'
	applies 0 'a match'
	ok "$NSMGR" exec "$P.a" sh -c "mkdir $T/way/new; mount -t tmpfs none $T/way/new"
	applies 0 'a match'
	ok "$NSMGR" exec "$P.a" umount -l "$T/src"
	applies 0 'a differ'
	is 'how' "$(reason a)" "nothing is mounted at $T/way; nothing is mounted at $T/src/d"
	applies 0 'a recreate' --recreate
	applies 0 'a match'
	rm -r "$T/src" "$T/way"
}

# A signal waits until nothing is left of what was being made.
interrupted() {
	directories
	mkfifo "$T/ready"
	printf '#!/bin/sh\necho >%s; exec sleep 1000\n' "$T/ready" >"$T/hang"
	chmod 755 "$T/hang"
	put "$E/$P.a.conf" uts "hook=$T/hang"
	"$NSMGR" apply >"$T/out" 2>"$T/err" &
	read -r -t 20 <>"$T/ready" || fail 'the hook never came'
	kill -TERM $!
	wait $!
	is 'its status' $? 143
	like 'what it says' "$(<"$T/err")" "*cannot create '$P.a': hook: *interrupted by a signal"
	ok "$NSMGR" check
	is 'what is left' "$(ls -A "$NSMGR_STORE/.stage")" ''
	rm "$T/ready" "$T/hang"
}

cases() {
	it 'makes what is missing, and a second run does nothing' once ids
	it 'tells how a set differs, and makes it anew if told so' differs ids
	it 'compares what was made by hand by what is seen of it' by_hand
	it 'takes the first of each name, masks, and drop-ins' places
	it 'sees first to those from which others take a namespace' pods
	it 'goes on where one fails' failures ids
	it 'ends nobody unasked' busy
	it 'makes the examples of nsmgr.conf(5)' examples
	# Those of mounts, where the program has such.
	"$NSMGR" create --help | grep -q -- --rootfs && it 'makes the web server of nsmgr.conf(5)' web_example ids
	"$NSMGR" create --help | grep -q -- --rootfs && it 'restores all examples of nsmgr.conf(5) when everything was removed' all_examples machine
	"$NSMGR" create --help | grep -q -- --fs && it 'makes the build environment of nsmgr.conf(5)' build_example machine
	"$NSMGR" create --help | grep -q -- --rootfs && it 'sees what became of the mounts' mounts all
	it 'leaves nothing when it is interrupted' interrupted
	it 'removes what it made when the profile is gone' prunes
}

# The front has nothing of it, and hands over.
for_front
finish
