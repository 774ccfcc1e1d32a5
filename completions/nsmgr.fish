# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of nsmgr(8) for fish. Verbs, options and columns are what the program itself says of them.

function __nsmgr_verbs
    nsmgr --help 2>/dev/null | sed -n '/^Verbs:$/,/^$/s/^  \([a-z][a-z-]*\)  *\(.*\)/\1\t\2/p'
end

# The options of the verb, or those before it: "--types=", "--wait[=", "--json", a line each; letters with a value as "-t="
function __nsmgr_options
    nsmgr $argv --help 2>/dev/null | sed -nE -e 'h; s/^ +(-.), --[a-z0-9-]+=.*/\1=/p; g' \
        -e 's/^ +(-., +)?(--[a-z0-9-]+)((\[?=)?).*/\2\3/p'
end

function __nsmgr_sets
    nsmgr $__nsmgr_store ls -q 2>/dev/null
end

# The last part of "A,B", which may begin with a +: __nsmgr_list PREFIX CURRENT WORD...
function __nsmgr_list
    set -l before (string match -r '^(?:.*[,+])?' -- $argv[2])
    for word in $argv[3..]
        echo -- $argv[1]$before$word
    end
end

# __nsmgr_value OPTION PREFIX CURRENT
function __nsmgr_value
    set -l caps all none chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable \
        net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot \
        sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease \
        audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read \
        perfmon bpf checkpoint_restore
    switch $argv[1]
        case --types --only --except -t
            __nsmgr_list "$argv[2]" "$argv[3]" cgroup ipc mnt net pid time user uts
        case --output -o
            __nsmgr_list "$argv[2]" "$argv[3]" (nsmgr ls --list-columns 2>/dev/null | sed 's/ .*//')
        case --format
            printf "$argv[2]%s\n" oci systemd nsenter env json
        case --tree
            printf "$argv[2]%s\n" set owner parent
        case --setgroups
            printf "$argv[2]%s\n" allow deny
        case --propagation
            printf "$argv[2]%s\n" private slave shared unchanged
        case --kill-child
            printf "$argv[2]%s\n" HUP INT QUIT KILL USR1 USR2 TERM
        case --cap-keep --cap-ambient --cap-add --cap-drop --cap-bounding
            __nsmgr_list "$argv[2]" "$argv[3]" $caps
        case --landlock-scope
            __nsmgr_list "$argv[2]" "$argv[3]" signal abstract-unix-socket
        case --seccomp
            printf "$argv[2]%s\n" container audit
            __fish_complete_path "$argv[3]" | string replace -r '^' -- "$argv[2]"
        case --landlock-ro --landlock-rw --landlock-rx
            __fish_complete_path "$argv[3]" | string replace -r '^' -- "$argv[2]"
        case --securebits
            __nsmgr_list "$argv[2]" "$argv[3]" noroot noroot_locked no_setuid_fixup no_setuid_fixup_locked \
                keep_caps_locked no_cap_ambient_raise no_cap_ambient_raise_locked
        case --limit
            printf "$argv[2]%s=\n" as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime \
                sigpending stack
        case --rusage
            __fish_complete_path "$argv[3]" | string replace -r '^' -- "$argv[2]"
        case --sets
            __nsmgr_list "$argv[2]" "$argv[3]" (__nsmgr_sets)
        case --base
            printf "$argv[2]%s\n" (__nsmgr_sets)
        case --as -S
            printf "$argv[2]%s\n" (__fish_complete_users | string replace -r '\t.*' '')
        case --cgroup --ipc --mnt --mount --net --pid --time --user --uts
            printf "$argv[2]@%s\n" (__nsmgr_sets)
            __fish_complete_path "$argv[3]" | string replace -r '^' -- "$argv[2]"
        case --store --root --cwd -w --wdns -W --rootdir --rootfs --cgroup-path
            __fish_complete_directories "$argv[3]" | string replace -r '^' -- "$argv[2]"
        case --from-file --bind --bind-ro --fs
            __fish_complete_path "$argv[3]" | string replace -r '^' -- "$argv[2]"
    end
end

function __nsmgr_operand
    switch "$argv[1]:$argv[2]"
        case pool:0
            printf '%s\n' fill ls drain
        case 'create:*' 'pool:*' 'check:*' 'gc:*' attach:0 rename:1 'label:1*' 'label:2*' 'label:3*'
        case exec:0
            __nsmgr_sets
        case run:0 exec:1
            __fish_complete_command
        case 'run:*' 'exec:*'
            __fish_complete_path (commandline -ct)
        case nsid:1
            echo auto
        case 'attach:*' 'identify:*'
            echo self
            __fish_complete_path (commandline -ct)
        case '*'
            __nsmgr_sets
    end
end

function __nsmgr_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l verb
    set -l option
    set -l ended
    set -l operands 0
    set -g __nsmgr_store
    set -l options (__nsmgr_options)
    for word in $words[2..]
        if test -n "$option"
            test "$option" = --store; and set -g __nsmgr_store --store=$word
            set option
        else if string match -qr '^--$' -- $word; and test -z "$ended"
            set ended 1
        else if string match -q -- '-*' $word; and test -z "$ended"
            contains -- "$word=" $options; and set option $word
            test "$verb" = exec; and string match -qr '^--(all-sets|sets)' -- $word; and set operands 1 # no NAME follows
            string match -q -- '--store=*' $word; and set -g __nsmgr_store $word
        else if test -z "$verb"
            set verb $word
            set options (__nsmgr_options $verb)
        else
            set operands (math $operands + 1)
            contains $verb exec run; and set ended 1
        end
    end
    if test -n "$option"
        __nsmgr_value $option '' "$current"
    else if string match -q -- '--*=*' $current; and test -z "$ended"
        set -l parts (string split -m 1 = -- $current)
        __nsmgr_value $parts[1] "$parts[1]=" "$parts[2]"
    else if string match -q -- '-*' $current; and test -z "$ended"
        string match -- '--*' $options | string replace '[=' ''
    else if test -z "$verb"
        __nsmgr_verbs
    else
        __nsmgr_operand $verb $operands
    end
end

complete -c nsmgr -f -a '(__nsmgr_complete)'
