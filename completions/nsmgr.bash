# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Completion of nsmgr(8) for bash. Verbs, options and columns are what the program itself says of them.

_nsmgr_help()
{
	"${COMP_WORDS[0]}" "$@" --help 2>/dev/null
}

_nsmgr_verbs()
{
	_nsmgr_help | sed -n '/^Verbs:$/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}

# _nsmgr_options [VERB]: "--types=", "--wait[=", "--json", a line each; letters that take a value as "-t="
_nsmgr_options()
{
	_nsmgr_help "$@" | sed -nE \
		-e 'h; s/^ +(-.), --[a-z0-9-]+=.*/\1=/p; g' \
		-e 's/^ +(-., +)?(--[a-z0-9-]+)((\[?=)?).*/\2\3/p'
}

_nsmgr_sets()
{
	"${COMP_WORDS[0]}" ${_nsmgr_store:+"--store=$_nsmgr_store"} ls -q 2>/dev/null
}

_nsmgr_columns()
{
	"${COMP_WORDS[0]}" ls --list-columns 2>/dev/null | sed 's/ .*//'
}

_nsmgr_offer()
{
	mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$@")
}

# _nsmgr_list WORDS CURRENT: the last part of "A,B", which may begin with a +
_nsmgr_list()
{
	local before=${2%"${2##*[,+]}"}
	_nsmgr_offer -P "$before" -W "$1" -- "${2##*[,+]}"
	compopt -o nospace 2>/dev/null
}

# _nsmgr_value OPTION CURRENT
_nsmgr_value()
{
	local types='cgroup ipc mnt net pid time user uts'
	local caps='all none chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable
		net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot
		sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease
		audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read
		perfmon bpf checkpoint_restore'
	case $1 in
	--types | --only | --except | -t) _nsmgr_list "$types" "$2" ;;
	--output | -o) _nsmgr_list "$(_nsmgr_columns)" "$2" ;;
	--format) _nsmgr_offer -W 'oci systemd nsenter env json' -- "$2" ;;
	--tree) _nsmgr_offer -W 'set owner parent' -- "$2" ;;
	--setgroups) _nsmgr_offer -W 'allow deny' -- "$2" ;;
	--propagation) _nsmgr_offer -W 'private slave shared unchanged' -- "$2" ;;
	--kill-child) _nsmgr_offer -W 'HUP INT QUIT KILL USR1 USR2 TERM' -- "$2" ;;
	--landlock-scope) _nsmgr_list 'signal abstract-unix-socket' "$2" ;;
	--seccomp)
		_nsmgr_offer -W 'container audit' -- "$2"
		_nsmgr_offer -f -- "$2"
		;;
	--landlock-r[owx]) _nsmgr_offer -f -P "${2%"${2##*,}"}" -- "${2##*,}" ;;
	--cap-keep | --cap-ambient | --cap-add | --cap-drop | --cap-bounding) _nsmgr_list "$caps" "$2" ;;
	--securebits) _nsmgr_list 'noroot noroot_locked no_setuid_fixup no_setuid_fixup_locked keep_caps_locked
		no_cap_ambient_raise no_cap_ambient_raise_locked' "$2" ;;
	--limit)
		_nsmgr_offer -S = -W 'as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime
			sigpending stack' -- "$2"
		compopt -o nospace 2>/dev/null
		;;
	--rusage) _nsmgr_offer -f -- "$2" ;;
	--sets) _nsmgr_list "$(_nsmgr_sets)" "$2" ;;
	--base) _nsmgr_offer -W "$(_nsmgr_sets)" -- "$2" ;;
	--as | -S) _nsmgr_offer -u -- "$2" ;;
	--env | -e) _nsmgr_offer -v -- "$2" ;;
	--store | --root | --cwd | -w | --wdns | -W | --cgroup-path) _nsmgr_offer -d -- "$2" ;;
	--rootdir | --rootfs) _nsmgr_offer -d -- "$2" ;;
	--from-file | --bind | --bind-ro | --fs) _nsmgr_offer -f -- "$2" ;;
	--cgroup | --ipc | --mnt | --mount | --net | --pid | --time | --user | --uts)
		_nsmgr_offer -P @ -W "$(_nsmgr_sets)" -- "${2#@}"
		[[ $2 == @* ]] || _nsmgr_offer -f -- "$2"
		;;
	esac
}

# _nsmgr_operand VERB NUMBER CURRENT
_nsmgr_operand()
{
	case $1:$2 in
	pool:0) _nsmgr_offer -W 'fill ls drain' -- "$3" ;;
	create:* | pool:* | check:* | gc:*) ;;
	run:0 | exec:1) _nsmgr_offer -c -- "$3" ;;
	run:* | exec:[1-9]*) _nsmgr_offer -f -- "$3" ;;
	attach:0 | rename:1 | label:[1-9]*) ;;
	attach:*) _nsmgr_offer -W self -- "$3"; _nsmgr_offer -f -- "$3" ;;
	exec:0 | export:0 | shell:0 | rename:0 | rm:* | ls:*) _nsmgr_offer -W "$(_nsmgr_sets)" -- "$3" ;;
	nsid:1) _nsmgr_offer -W auto -- "$3" ;;
	identify:*) _nsmgr_offer -W self -- "$3" ;;
	*) _nsmgr_offer -W "$(_nsmgr_sets)" -- "$3" ;;
	esac
}

# Bash splits words at "=". The words before the one at hand are walked through, to know what that is.
_nsmgr()
{
	local current=${COMP_WORDS[COMP_CWORD]} verb='' operands=0 option='' ended='' word i
	local options _nsmgr_store=''
	COMPREPLY=()
	options=$(_nsmgr_options)
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == = && $option ]]; then
			continue
		elif [[ $option && (${COMP_WORDS[i - 1]} == = || $options == *"$option="* && $options != *"${option}[="*) ]]; then
			[[ $option == --store ]] && _nsmgr_store=$word
			option=''
		elif [[ $word == -- && ! $ended ]]; then
			option='' ended=1
		elif [[ $word == -* && ! $ended ]]; then
			option=$word
			[[ $verb == exec && ($word == --all-sets || $word == --sets*) ]] && operands=1 # no NAME follows
		elif [[ ! $verb ]]; then
			verb=$word option=''
			options=$(_nsmgr_options "$verb")
		else
			option='' operands=$((operands + 1))
			[[ $verb == exec || $verb == run ]] && ended=1
		fi
	done
	if [[ $option && $current == = ]]; then
		_nsmgr_value "$option" ''
	elif [[ $option && ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
		_nsmgr_value "$option" "$current"
	elif [[ $option ]] && grep -qxF -e "$option=" <<<"$options"; then
		_nsmgr_value "$option" "$current"
	elif [[ $current == -* && ! $ended ]]; then
		_nsmgr_offer -W "$(grep -- -- <<<"$options" | sed 's/\[=$//')" -- "$current"
		[[ ${COMPREPLY[*]} == *= ]] && compopt -o nospace 2>/dev/null
	elif [[ ! $verb ]]; then
		_nsmgr_offer -W "$(_nsmgr_verbs)" -- "$current"
	else
		_nsmgr_operand "$verb" "$operands" "$current"
	fi
}

complete -F _nsmgr nsmgr
