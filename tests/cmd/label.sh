#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# label, and the labels of create, ls and run.
# Cases are called by name (SC2317); single quotes are for jq (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# labels_of SET: as jq -c prints them
labels_of() { "$NSMGR" label "$1" -J | jq -c '[.labels | to_entries[] | [.key, .value]]'; }

changes() {
	ok "$NSMGR" create "$P.a" --uts
	is 'labels at first' "$(labels_of "$P.a")" '[]'
	ok "$NSMGR" label "$P.a" team=core example.com/owner=ann draft=yes
	is 'what it says' "$out$err" ''
	ok "$NSMGR" label "$P.a" team=edge draft- none- 'note=a = b'
	is 'labels' "$(labels_of "$P.a")" '[["example.com/owner","ann"],["note","a = b"],["team","edge"]]'
	ok "$NSMGR" label "$P.a"
	is 'as a table' "$(tr -s ' ' <<<"$out")" $'KEY VALUE\nexample.com/owner ann\nnote a = b\nteam edge'
	ok "$NSMGR" label "$P.a" -rn -o value
	is 'values' "$out" $'ann\na\\x20=\\x20b\nedge'
	ok "$NSMGR" label "$P.a" a=1 a=2 a- a=3
	like 'in the order given' "$(labels_of "$P.a")" '*["a","3"]*'
	ok "$NSMGR" rename "$P.a" "$P.b"
	like 'behind a rename' "$(labels_of "$P.b")" '*["a","3"]*'
	ok "$NSMGR" rm "$P.b"
	no 'its directory is left' test -e "$NSMGR_STORE/$P.b"
}

from_create() {
	ok "$NSMGR" create "$P.a" "$P.b" --uts --label=x=1 --label y= --label=x=2
	is 'of one' "$(labels_of "$P.a")" '[["x","2"],["y",""]]'
	is 'of the other' "$(labels_of "$P.b")" '[["x","2"],["y",""]]'
	ok "$NSMGR" create "$P.a" --uts --label=z=1 --exist-ok
	is 'of one that is there' "$(labels_of "$P.a")" '[["x","2"],["y",""]]'
	ok "$NSMGR" create "$P.c" --all --label=all=1
	is 'of one with all types' "$(labels_of "$P.c")" '[["all","1"]]'
	ok "$NSMGR" pool fill 2 --ipc
	ok "$NSMGR" create "$P.d" --ipc --label=p=1 --from-pool
	is 'of one of a pool' "$(labels_of "$P.d")" '[["p","1"]]'
	is 'that are left' "$("$NSMGR" pool ls -J | jq -c '[.pools[].ready]')" '[1]'
	ok "$NSMGR" pool drain
	ok "$NSMGR" run --uts --name="$P.e" --label=r=1 "$NSMGR" ls -q -f label:r=1
	is 'of a command' "$out" "$P.e"
	expect 125 "$NSMGR" run --uts --label=r=1 true
	like 'without a name' "$err" '*without a name has no labels'
	expect 2 "$NSMGR" pool fill 1 --uts --label=r=1
	like 'what pool says' "$err" "*a ready set has no labels: give them to 'create --from-pool'*"
}

odd_values() {
	local odd=$'tab\tnew\nline \xff"\\x41é'
	ok "$NSMGR" create "$P.a" --uts --label="odd=$odd"
	ok "$NSMGR" label "$P.a"
	like 'in a table' "$out" '*odd tab\\x09new\\x0aline*'
	is 'lines of it' "$(wc -l <<<"$out")" 2
	ok "$NSMGR" label "$P.a" -J
	is 'what is not UTF-8 in JSON' "$(jq -r '.labels.odd' "$T/out")" 'tab\x09new\x0aline \xff"\x5cx41\xc3\xa9'
	ok "$NSMGR" label "$P.a" odd=$'é\n"\e'
	is 'UTF-8 in JSON' "$("$NSMGR" label "$P.a" -J | jq -r '.labels.odd')" $'é\n"\e'
	# C1 controls and what turns the direction: a terminal would obey them.
	odd=$'\xc2\x9b31m\xe2\x80\xae\xe2\x81\xa6\xe2\x82\xac'
	ok "$NSMGR" label "$P.a" "odd=$odd"
	ok "$NSMGR" label "$P.a" -J
	yes 'they are escaped in JSON' grep -qF $'"\\u009b31m\\u202e\\u2066\xe2\x82\xac"' "$T/out"
	ok jq -e --arg odd "$odd" '.labels.odd == $odd' "$T/out"
	ok "$NSMGR" ls -J -o LABELS "$P.a"
	unlike 'what ls prints as JSON' "$out" $'*\xc2\x9b*'
	ok "$NSMGR" label "$P.a" odd=$'\e'
	ok "$NSMGR" ls -o LABELS "$P.a"
	unlike 'what ls prints' "$out" $'*\e*'
}

in_ls() {
	ok "$NSMGR" create "$P.a" --uts --net --label=team=core --label=n=1
	ok "$NSMGR" create "$P.b" --uts --label=team=edge
	ok "$NSMGR" create "$P.c" --uts --label=team=
	ok "$NSMGR" create "$P.d" --uts
	ok "$NSMGR" ls -J -o NAME,TYPE,LABELS
	is 'the column' "$(jq -r '.handles[] | .name + " " + .type + " " + (.labels // "null")' <<<"$out")" \
		"$P.a net n=1,team=core
$P.a uts n=1,team=core
$P.b uts team=edge
$P.c uts team=
$P.d uts null"
	chosen 'a value' "$P.a" label:team=core
	chosen 'a pattern' "$P.a $P.b" 'label:team=*e'
	chosen 'one of two' "$P.a $P.b" label:team=core,edge
	chosen 'has it' "$P.a $P.b $P.c" 'label:team=*'
	chosen 'has it not' "$P.d" 'label:team!=*'
	chosen 'an empty one' "$P.c" label:team=
	chosen 'another, or none' "$P.b $P.c $P.d" label:team!=core
	chosen 'two of them' "$P.a" label:n=1 -f label:team=core
	chosen 'with a column' '' label:team=edge -f type=net
	# Those that cannot be read are neither there nor not.
	echo damaged >"$NSMGR_STORE/$P.d/.labels"
	expect 1 "$NSMGR" ls -q -f 'label:team!=core'
	is 'another, or none' "$out" "$P.b"$'\n'"$P.c"
	like 'what is said' "$err" "nsmgr: cannot ls '$P.d': *"
	expect 1 "$NSMGR" ls -rn -o NAME,LABELS "$P.d"
	is 'a set whose labels cannot be read' "${out% }" "$P.d"
	ok "$NSMGR" ls -q "$P.d"
	rm "$NSMGR_STORE/$P.d/.labels"
	expect 2 "$NSMGR" ls -f label:=x
	expect 2 "$NSMGR" ls -f label:-a=x
	like 'what is said' "$err" '*a key begins and ends with a letter or a digit*'
	expect 2 "$NSMGR" ls -f label:a
}

# chosen WHAT NAMES FILTER [OPTION...]
chosen() {
	local what=$1 want=$2
	shift 2
	ok "$NSMGR" ls -q -f "$@"
	is "$what" "$(xargs <<<"$out")" "$want"
}

refusals() {
	local bad
	ok "$NSMGR" create "$P.a" --uts --label=keep=1
	for bad in =1 -a=1 a b c. '.=1' 'a b=1' $'\e=1' -- ''; do
		expect 2 "$NSMGR" label "$P.a" x=1 -- "$bad" y=1
		unlike "what is said of '$bad'" "$err" $'*\e*'
	done
	expect 2 "$NSMGR" label
	expect 2 "$NSMGR" label .bad
	expect 2 "$NSMGR" label "$P.a" -J a=1
	expect 2 "$NSMGR" label "$P.a" -o no
	expect 2 "$NSMGR" label "$P.a" -J -o key
	expect 1 "$NSMGR" label "$P.none"
	is 'no such set' "$err" "nsmgr: cannot label '$P.none': open: no such set"
	expect 1 "$NSMGR" label "$P.none" a=1
	expect 2 "$NSMGR" create "$P.b" --uts --label=a
	expect 2 "$NSMGR" create "$P.b" --uts --label="-=1"
	expect 1 "$NSMGR" label "$P.a" {1..64}=x
	like 'too many' "$err" "*at most 64 labels*"
	expect 2 "$NSMGR" label "$P.a" "a=$(printf '%1025s' x)"
	like 'too long' "$err" '*at most 1024 bytes*'
	is 'labels after all that' "$(labels_of "$P.a")" '[["keep","1"]]'
	echo damaged >"$NSMGR_STORE/$P.a/.labels"
	expect 1 "$NSMGR" label "$P.a"
	like 'damaged' "$err" "nsmgr: cannot label '$P.a': label: its file .labels is damaged (cure: delete '$NSMGR_STORE/$P.a/.labels')"
	expect 1 "$NSMGR" label "$P.a" a=1
	is 'what is in it then' "$(cat "$NSMGR_STORE/$P.a/.labels")" damaged
	ok "$NSMGR" exec "$P.a" true
	expect 1 "$NSMGR" ls -r -n -o NAME,LABELS
	like 'what ls lists' "$out" "$P.a*"
	ok "$NSMGR" ls
	ok "$NSMGR" rm "$P.a"
}

# Everybody reads; who may change the store writes.
ordinary_user() {
	ok "$NSMGR" create "$P.a" --uts
	(umask 077 && "$NSMGR" label "$P.a" team=core)
	ok as_nobody label "$P.a" -rn
	is 'what nobody reads' "$out" 'team core'
	ok as_nobody ls -q -f label:team=core
	is 'what nobody finds' "$out" "$P.a"
	expect 1 as_nobody label "$P.a" team=mine
	like 'what is said' "$err" "nsmgr: cannot label '$P.a': *Permission denied*"
	is 'labels' "$(labels_of "$P.a")" '[["team","core"]]'
}

# The handles are elsewhere, and the labels still tell of them.
elsewhere() {
	mkdir "$T/$PROGRAM-else"
	hold unshare -m --propagation=private sh -c \
		'"$1" --store="$2/s" create else --uts --label=a=1 && shift 2 && exec "$@"' sh "$NSMGR" "$T/$PROGRAM-else"
	ok "$NSMGR" "--store=$T/$PROGRAM-else/s" label else -rn
	is 'labels' "$out" 'a 1'
	expect 1 "$NSMGR" "--store=$T/$PROGRAM-else/s" label else a=2
	like 'what is said' "$err" '*mounted in another mount namespace*'
	release
	wait "$pid"
	rm -rf "${T:?}/$PROGRAM-else"
}

cases() {
	it 'gives, changes and takes away labels, which stay with the set' changes
	it 'create and run give labels from the first moment' from_create
	it 'values are any bytes, and escaped (LESSONS security 2 and 16)' odd_values
	it 'ls shows labels and filters by them' in_ls
	it 'refuses what is no label, and changes nothing then' refusals
	it 'everybody may read labels, not everybody may change them' ordinary_user ids
	it 'labels of a store that is mounted elsewhere are read only' elsewhere
}

command -v jq >/dev/null || skip_all 'no jq'
copy_programs
for_both
finish
