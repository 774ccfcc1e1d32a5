#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# export: what other programs are told, held to what they make of it.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

command -v jq >/dev/null || skip_all 'no jq'

path_of() { echo "$NSMGR_STORE/$1/$2"; }

json() {
	local type
	ok "$NSMGR" create "$P.a" --all
	ok "$NSMGR" export "$P.a" --format=json
	cp "$T/out" "$T/json"
	is 'its name' "$(jq -r .name "$T/json")" "$P.a"
	is 'its types' "$(jq -r '.namespaces | keys | join(" ")' "$T/json")" "$TYPES"
	for type in $TYPES; do
		is "path of $type" "$(jq -r ".namespaces.$type.path" "$T/json")" "$(path_of "$P.a" "$type")"
		is "inode of $type" "$(jq -r ".namespaces.$type.inode" "$T/json")" "$(inode_of "$P.a" "$type")"
		is "id of $type" "$(jq -r ".namespaces.$type.id" "$T/json")" \
			"$("$FULL" ls -J -o ID -t "$type" "$P.a" | jq -r '.handles[0].id')"
	done
	ok "$NSMGR" export "$P.a" --format=json -t uts,net
	is 'chosen types' "$(jq -r '.namespaces | keys | join(" ")' "$T/out")" 'net uts'
}

# The runtime's names of types: runtime-spec, config-linux.md.
oci() {
	ok "$NSMGR" create "$P.a" --all
	ok "$NSMGR" export "$P.a" --format=oci
	is 'types' "$(jq -r '[.[].type] | sort | join(" ")' "$T/out")" 'cgroup ipc mount network pid time user uts'
	is 'paths' "$(jq -r '[.[].path] | join(" ")' "$T/out")" "$(for type in $TYPES; do path_of "$P.a" "$type"; done | xargs)"
}

# A bundle of the host's own programs, run in the set's namespaces by a runtime.
oci_runtime() {
	local runtime bundle=$T/$PROGRAM-bundle
	# It does not need a cgroup, which not every machine lets it make.
	runtime=$(command -v crun) && runtime="$runtime --cgroup-manager=disabled"
	[ -n "$runtime" ] || runtime=$(command -v runc) || skip 'no crun or runc'
	ok "$NSMGR" create "$P.r" --net --uts --ipc --hostname=inrun
	mkdir -p "$bundle/rootfs"
	"$NSMGR" export "$P.r" --format=oci >"$bundle/namespaces"
	jq --slurpfile ns "$bundle/namespaces" '.process.terminal = false | .root.readonly = true | del(.hostname, .linux.resources)
		| .mounts |= map(select(.type != "cgroup"))
		| .process.args = ["sh", "-c", "uname -n; readlink /proc/self/ns/net /proc/self/ns/ipc"]
		| .linux.namespaces = ($ns[0] + [{ "type": "mount" }, { "type": "pid" }])' \
		<(cd "$bundle" && $runtime spec && cat config.json) >"$bundle/made"
	mv "$bundle/made" "$bundle/config.json"
	# Runtimes know one hierarchy of cgroups, or several, but not every mixture of them that hosts have.
	ok unshare -m sh -c 'umount -l /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup
		mount --bind / "$1" && shift && exec "$@"' sh "$bundle/rootfs" \
		$runtime --root "$T/$PROGRAM-runtime" run --bundle "$bundle" "$P.r"
	is 'seen inside' "$out" "inrun"$'\n'"net:[$(inode_of "$P.r" net)]"$'\n'"ipc:[$(inode_of "$P.r" ipc)]"
}

nsenter_line() {
	local line type
	ok "$NSMGR" create "$P.a" --all --no-proc
	line=$("$NSMGR" export "$P.a" --format=nsenter)
	for type in $TYPES; do
		is "$type by nsenter" "$(eval "$line readlink /proc/self/ns/$type")" "$type:[$(inode_of "$P.a" "$type")]"
	done
	ok "$NSMGR" create "$P.b" --net
	is 'types that the set has not' "$("$NSMGR" export "$P.b" --format=nsenter)" "nsenter --net=$(path_of "$P.b" net)"
}

variables() {
	ok "$NSMGR" create "$P.a" --net --uts
	"$NSMGR" export "$P.a" --format=env >"$T/vars"
	is 'in a shell' "$(env -i sh -c '. "$1"; echo "$NSMGR_STORE $NSMGR_NAME $NSMGR_NET $NSMGR_UTS"' sh "$T/vars")" \
		"$NSMGR_STORE $P.a $(path_of "$P.a" net) $(path_of "$P.a" uts)"
}

unit() {
	local unit=$T/$PROGRAM-unit
	ok "$NSMGR" create "$P.a" --all
	ok "$NSMGR" export "$P.a" --format=systemd
	is 'settings' "$(grep -v '^#' "$T/out")" "[Service]
IPCNamespacePath=$(path_of "$P.a" ipc)
NetworkNamespacePath=$(path_of "$P.a" net)"
	is 'types in comments' "$(sed -n 's/^# \([a-z]*\): .*/\1/p' "$T/out" | xargs)" 'cgroup mnt pid time user uts'
	command -v systemd-analyze >/dev/null || return 0
	mkdir -p "$unit/nsmgr-test.service.d"
	printf '[Service]\nExecStart=/bin/true\n' >"$unit/nsmgr-test.service"
	cp "$T/out" "$unit/nsmgr-test.service.d/nsmgr.conf"
	run env SYSTEMD_UNIT_PATH="$unit:" systemd-analyze verify --man=no --recursive-errors=no "$unit/nsmgr-test.service"
	is 'what systemd-analyze says of them' "$(grep -iE 'nsmgr' <<<"$err")" ''
	# That it reads them at all.
	sed -i 's/^Net/Not/' "$unit/nsmgr-test.service.d/nsmgr.conf"
	run env SYSTEMD_UNIT_PATH="$unit:" systemd-analyze verify --man=no --recursive-errors=no "$unit/nsmgr-test.service"
	like 'what it says of a wrong one' "$err" '*NotworkNamespacePath*'
}

# LESSONS security 2: whatever the path of the store has in it, it stays one word (CVE-2024-3154).
escaping() {
	local odd name=$P.a line
	for odd in 'a b' "it's" '$(reboot)`x`' 'q"q\n' 'per%cent%n' $'new\nline' 'é'; do
		mkdir -p "$T/odd"
		export NSMGR_STORE=$T/odd/$odd
		ok "$NSMGR" create "$name" --uts --net
		line=$("$NSMGR" export "$name" --format=nsenter)
		is "nsenter in $odd" "$(eval "$line readlink /proc/self/ns/uts")" "uts:[$(inode_of "$name" uts)]"
		"$NSMGR" export "$name" --format=env >"$T/vars"
		is "env in $odd" "$(env -i sh -c '. "$1"; printf "%s" "$NSMGR_UTS"' sh "$T/vars")" "$(path_of "$name" uts)"
		is "json in $odd" "$("$NSMGR" export "$name" --format=json | jq -r .namespaces.uts.path)" "$(path_of "$name" uts)"
		is "oci in $odd" "$("$NSMGR" export "$name" --format=oci | jq -r '.[1].path')" "$(path_of "$name" uts)"
		run "$NSMGR" export "$name" --format=systemd
		if [[ $odd == *$'\n'* ]]; then
			is "status of systemd in $odd" "$st" 1
			is 'what it prints then' "$out" ''
		else
			is "systemd in $odd" "$(sed -n 's/^NetworkNamespacePath=//p' <<<"$out")" "$(path_of "$name" net | sed 's/%/%%/g')"
		fi
		ok "$NSMGR" rm "$name"
		umount "$NSMGR_STORE"
		rm -r "$NSMGR_STORE"
	done
	export NSMGR_STORE=$T/odd/$'\xff'
	ok "$NSMGR" create "$name" --uts
	expect 1 "$NSMGR" export "$name" --format=json
	like 'what is said' "$err" '*not UTF-8*'
	is 'what is printed' "$out" ''
	ok "$NSMGR" export "$name" --format=env
	ok "$NSMGR" rm "$name"
	umount "$NSMGR_STORE"
}

refusals() {
	ok "$NSMGR" create "$P.a" --net --uts
	expect 2 "$NSMGR" export "$P.a"
	expect 2 "$NSMGR" export --format=json
	expect 2 "$NSMGR" export "$P.a" --format=xml
	expect 2 "$NSMGR" export "$P.a" "$P.b" --format=json
	expect 2 "$NSMGR" export .bad --format=json
	expect 2 "$NSMGR" export "$P.a" --format=json -t nonsense
	expect 1 "$NSMGR" export "$P.none" --format=json
	like 'no such set' "$err" "nsmgr: cannot export '$P.none': *no such set*"
	expect 1 "$NSMGR" export "$P.a" --format=json -t user
	umount "$NSMGR_STORE/$P.a/net"
	expect 1 "$NSMGR" export "$P.a" --format=json
	like 'stale' "$err" '*stale*'
	is 'what is printed' "$out" ''
	ok "$NSMGR" export "$P.a" --format=json -t uts
}

cases() {
	it 'json has paths, inode numbers and ids' json
	it 'oci has the types by the names of the runtime specification' oci
	it 'an OCI runtime runs in the namespaces of the set' oci_runtime machine
	it 'nsenter runs the line' nsenter_line all
	it 'a shell takes the variables' variables
	it 'systemd takes the drop-in' unit
	it 'odd paths stay one word (LESSONS security 2, CVE-2024-3154)' escaping
	it 'refuses what it cannot tell truly (LESSONS 4)' refusals
}

for_both
finish
