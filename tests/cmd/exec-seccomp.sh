#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Filters of system calls: --seccomp of exec, run and shell.
# Cases are called by name (SC2317).
# shellcheck disable=SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

FILE=$T/profile.json

# What `bash -c "umask 0101"` asks for is one umask(65), and nothing else of bash's is.
MASK='umask 0101'

# profile TEXT...: the file, with ' for "
profile() {
	printf '%s\n' "$*" | tr "'" '"' >"$FILE"
}

# rule MEMBERS: a profile of one rule, which goes for umask(2) unless it says "names"
rule() {
	local names="'names':['umask'],"
	[[ $1 != *"'names'"* ]] || names=
	profile "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{$names $1}]}"
}

# confined STATUS COMMAND...: under the profile
confined() {
	local want=$1
	shift
	expect "$want" "$NSMGR" exec --seccomp="$FILE" "$P.a" "$@"
}

make() { ok "$NSMGR" create "$P.a" --uts; }

actions() {
	local chmod="'names':['chmod','fchmod','fchmodat','fchmodat2']" action
	make
	touch "$T/file"
	rule "$chmod,'action':'SCMP_ACT_ERRNO','errnoRet':18"
	confined 1 chmod 600 "$T/file"
	like 'what chmod says' "$err" '*Invalid cross-device link*'
	rule "$chmod,'action':'SCMP_ACT_ERRNO'"
	confined 1 chmod 600 "$T/file"
	like 'without a number' "$err" '*Operation not permitted*'
	rule "$chmod,'action':'SCMP_ACT_ERRNO','errno':'EROFS','comment':'by name'"
	confined 1 chmod 600 "$T/file"
	like 'by name' "$err" '*Read-only file system*'
	for action in KILL KILL_THREAD KILL_PROCESS TRAP; do
		rule "'action':'SCMP_ACT_$action'"
		confined 159 bash -c "$MASK"
		confined 0 bash -c true
	done
	expect 159 "$NSMGR" exec --fork --seccomp="$FILE" "$P.a" bash -c "$MASK"
	expect 159 "$NSMGR" run --uts --pid --seccomp="$FILE" bash -c "$MASK"
	rule "'action':'SCMP_ACT_LOG'"
	confined 0 bash -c "$MASK"
	profile "{'defaultAction':'SCMP_ACT_KILL_PROCESS'}"
	confined 159 true
}

allow_list() {
	local calls='access arch_prctl brk close copy_file_range execve exit exit_group faccessat fadvise64 fcntl fstat futex
		getrandom ioctl lseek mmap mprotect munmap newfstatat open openat pread64 prlimit64 read readlink readlinkat
		rseq rt_sigaction rt_sigprocmask set_robust_list set_tid_address stat statx write'
	make
	echo text >"$T/file"
	profile "{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':38,
		'syscalls':[{'action':'SCMP_ACT_ALLOW','names':['$(echo $calls | sed "s/ /','/g")']}]}"
	confined 0 cat "$T/file"
	is 'what is read' "$out" text
	confined 1 mkdir "$T/dir"
	like 'what mkdir says' "$err" '*Function not implemented*'
}

# compared STATUS OP VALUE [VALUE-TWO]: what becomes of umask(65)
compared() {
	rule "'action':'SCMP_ACT_KILL_PROCESS','args':[{'index':0,'op':'SCMP_CMP_$2','value':$3${4:+,'valueTwo':$4}}]"
	confined "$1" bash -c "$MASK"
}

comparisons() {
	make
	compared 159 EQ 65; compared 0 EQ 66
	compared 159 NE 66; compared 0 NE 65
	compared 159 LT 66; compared 0 LT 65
	compared 159 LE 65; compared 0 LE 64
	compared 159 GT 64; compared 0 GT 65
	compared 159 GE 65; compared 0 GE 66
	compared 159 MASKED_EQ 64 64; compared 0 MASKED_EQ 64 0
	compared 159 MASKED_EQ 2
	compared 0 EQ 18446744073709551615
	rule "'names':['kill'],'action':'SCMP_ACT_KILL_PROCESS','args':[
		{'index':0,'op':'SCMP_CMP_EQ','value':1},{'index':1,'op':'SCMP_CMP_EQ','value':0}]"
	confined 159 bash -c 'kill -0 1'
	confined 0 bash -c 'kill -0 $$'
	rule "'names':['kill'],'action':'SCMP_ACT_KILL_PROCESS','args':[
		{'index':0,'op':'SCMP_CMP_EQ','value':1},{'index':1,'op':'SCMP_CMP_EQ','value':10}]"
	confined 0 bash -c 'kill -0 1'
	rule "'action':'SCMP_ACT_KILL_PROCESS','args':[
		{'index':0,'op':'SCMP_CMP_EQ','value':64},{'index':0,'op':'SCMP_CMP_EQ','value':65}]"
	confined 159 bash -c "$MASK"
}

# goes STATUS CONDITIONS OPTION...: a rule that ends umask(2) where it goes for the command
goes() {
	local want=$1
	rule "'action':'SCMP_ACT_KILL_PROCESS',$2"
	shift 2
	expect "$want" "$NSMGR" exec --seccomp="$FILE" "$@" bash -c "$MASK"
}

conditions() {
	local with="'includes':{'caps':['CAP_SYS_TIME','CAP_CHOWN']}" without="'excludes':{'caps':['CAP_SYS_TIME']}" arch
	make
	ok "$NSMGR" create "$P.u" --user
	goes 159 "$with" "$P.a"
	goes 159 "$with" --as=0 "$P.a"
	goes 159 "$with" --as=root:0 "$P.a"
	goes 159 "$with" "$P.u"
	goes 0 "$with" --as=1000 "$P.a"
	goes 0 "$with" --cap-keep=none "$P.a"
	goes 0 "$with" --cap-keep=sys_time "$P.a"
	goes 159 "$with" --cap-keep=sys_time,chown --as=1000 "$P.a"
	goes 159 "$with" --cap-ambient=sys_time,chown --as=1000 "$P.a"
	goes 0 "$without" "$P.a"
	goes 159 "$without" --as=1000 "$P.a"
	goes 0 "'includes':{'minKernel':'99.0'}" "$P.a"
	goes 159 "'includes':{'minKernel':'3.99'}" "$P.a"
	goes 0 "'excludes':{'minKernel':'3.99'}" "$P.a"
	goes 0 "'includes':{'arches':['pdp11']}" "$P.a"
	goes 159 "'excludes':{'arches':['pdp11']},'includes':{}" "$P.a"
	case $(uname -m) in
	x86_64) arch=amd64 ;;
	aarch64) arch=arm64 ;;
	*) arch=$(uname -m) ;;
	esac
	goes 159 "'includes':{'arches':['pdp11','$arch']}" "$P.a"
	goes 0 "'excludes':{'arches':['$arch']}" "$P.a"
	# Of many sets each has its own.
	rule "'action':'SCMP_ACT_KILL_PROCESS','includes':{'caps':['CAP_CHOWN']}"
	"$NSMGR" create "$P.w" --user --map-users=0:100000:1000 --map-groups=0:100000:1000
	expect 1 "$NSMGR" exec --sets="$P.*" --seccomp="$FILE" bash -c "$MASK"
	like 'in which it failed' "$err" "*$P.a (signal 31)*$P.u (signal 31)*"
}

# What is said of a profile, and the profile, each a line each: MESSAGE | PROFILE
wrong() {
	cat <<'END'
line 2: * | {'defaultAction':'SCMP_ACT_ALLOW'
line 1: * | {'defaultAction':'SCMP_ACT_ALLOW',}
line 1: * | {defaultAction:'SCMP_ACT_ALLOW'}
line 1: * | // a comment {}
line 1: * | {'defaultAction':'SCMP_ACT_ALLOW'} {}
line 1: * | nonsense
$: it is no object | ['defaultAction']
$: 'defaultAction' is missing | {}
$.defaultAction: it has to be a string, and is int | {'defaultAction':7}
$.defaultAction: 'SCMP_ACT_FORGIVE' is no action | {'defaultAction':'SCMP_ACT_FORGIVE'}
$.defaultAction: SCMP_ACT_NOTIFY needs a supervisor* | {'defaultAction':'SCMP_ACT_NOTIFY'}
$.listenerPath: it needs a supervisor* | {'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'/x'}
$.flags[1]: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs a supervisor* | {'defaultAction':'SCMP_ACT_ALLOW','flags':['SECCOMP_FILTER_FLAG_LOG','SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV']}
$.flags[0]: 'LOG' is no flag | {'defaultAction':'SCMP_ACT_ALLOW','flags':['LOG']}
$.flags: it has to be an array, and is string | {'defaultAction':'SCMP_ACT_ALLOW','flags':'LOG'}
$: unknown key 'syscall' | {'defaultAction':'SCMP_ACT_ALLOW','syscall':[]}
$.defaultAction: SCMP_ACT_ALLOW gives no errno* | {'defaultAction':'SCMP_ACT_ALLOW','defaultErrnoRet':1}
$.defaultErrnoRet: it is not from 0 to 4095 | {'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':4096}
$.defaultErrno: EPERM is 1 here* | {'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':38,'defaultErrno':'EPERM'}
$.defaultErrno: 'EWHAT' is no errno* | {'defaultAction':'SCMP_ACT_ERRNO','defaultErrno':'EWHAT'}
$.architectures[0]: 'SCMP_ARCH_PDP11' is no architecture* | {'defaultAction':'SCMP_ACT_ALLOW','architectures':['SCMP_ARCH_PDP11']}
$.archMap[0].architecture: 'x86_64' is no architecture | {'defaultAction':'SCMP_ACT_ALLOW','archMap':[{'architecture':'x86_64'}]}
$.archMap[0]: 'architecture' is missing | {'defaultAction':'SCMP_ACT_ALLOW','archMap':[{}]}
$.syscalls: it has to be an array, and is object | {'defaultAction':'SCMP_ACT_ALLOW','syscalls':{}}
$.syscalls[0]: it has to be an object, and is null | {'defaultAction':'SCMP_ACT_ALLOW','syscalls':[null]}
$.syscalls[0]: 'action' is missing | RULE
$.syscalls[0].action: SCMP_ACT_TRACE needs a supervisor* | RULE'action':'SCMP_ACT_TRACE'
$.syscalls[0]: unknown key 'arg' | RULE'action':'SCMP_ACT_KILL','arg':[]
$.syscalls[0]: 'name' and 'names' exclude each other | RULE'action':'SCMP_ACT_KILL','name':'umask'
$.syscalls[0].names: a name is missing | RULE'action':'SCMP_ACT_KILL','names':[]
$.syscalls[0].names[1]: it has to be a string, and is int | RULE'action':'SCMP_ACT_KILL','names':['umask',95]
$.syscalls[0].args[0]: 'index' is missing | RULE'action':'SCMP_ACT_KILL','args':[{}]
$.syscalls[0].args[0].index: it is not from 0 to 5 | RULE'action':'SCMP_ACT_KILL','args':[{'index':6}]
$.syscalls[0].args[0].index: it has to be a whole number, and is double | RULE'action':'SCMP_ACT_KILL','args':[{'index':0.5}]
$.syscalls[0].args[0].value: it is not from 0 to * | RULE'action':'SCMP_ACT_KILL','args':[{'index':0,'value':-1}]
line 1: a number is too large | RULE'action':'SCMP_ACT_KILL','args':[{'index':0,'op':'SCMP_CMP_EQ','value':99999999999999999999}]
$.syscalls[0].args[0].op: 'EQ' is no comparison | RULE'action':'SCMP_ACT_KILL','args':[{'index':0,'value':1,'op':'EQ'}]
$.syscalls[0].args: more than 6 comparisons | RULE'action':'SCMP_ACT_KILL','args':[{},{},{},{},{},{},{}]
$.syscalls[0].includes.caps[0]: 'SYS_ADMIN' is no capability | RULE'action':'SCMP_ACT_KILL','includes':{'caps':['SYS_ADMIN']}
$.syscalls[0].excludes.minKernel: '5' is not N.N | RULE'action':'SCMP_ACT_KILL','excludes':{'minKernel':'5'}
$.syscalls[0].includes: unknown key 'cap' | RULE'action':'SCMP_ACT_KILL','includes':{'cap':[]}
$.syscalls[0].comment: it has to be a string, and is int | RULE'action':'SCMP_ACT_KILL','comment':1
END
}

refused() {
	local message text count=0
	make
	while IFS='|' read -r message text; do
		text=${text# }
		case $text in
		RULE*) rule "${text#RULE}" ;;
		*) profile "$text" ;;
		esac
		[[ $text != RULE || $message != *missing* ]] || profile "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['umask']}]}"
		run "$NSMGR" exec --seccomp="$FILE" "$P.a" touch "$T/touched"
		is "status with $text" "$st" 125
		message=${message//\[/\\[}
		like "what is said of $text" "$err" "nsmgr: exec: '$FILE': ${message% }"
		count=$((count + 1))
	done < <(wrong)
	[ $count -gt 40 ] || fail "only $count profiles were tried"
	no 'a command was run' test -e "$T/touched"
	text="'names':['umask'],'args':[{'index':0,'op':'SCMP_CMP_EQ','value':1}]"
	rule "$text,'action':'SCMP_ACT_KILL_PROCESS'},{$text,'action':'SCMP_ACT_ERRNO'"
	confined 125 true
	like 'what is said of a contradiction' "$err" "*syscalls\[1].names\[0]: another rule says something else of 'umask' already"
	expect 125 "$NSMGR" run --name="$P.r" --uts --pid --seccomp="$FILE" true
	is 'sets that are left' "$("$NSMGR" ls -q)" "$P.a"
	profile "{'defaultAction':'SCMP_ACT_ALLOW','architectures':['SCMP_ARCH_X86_64','SCMP_ARCH_S390X']}"
	confined 125 true
	like 'what is said of two orders of bytes' "$err" '*architectures*: SCMP_ARCH_* cannot go with SCMP_ARCH_*'
}

hostile() {
	make
	printf '{"defaultAction":%s' "$(printf '[%.0s' {1..20000})" >"$FILE"
	confined 125 true
	like 'a deep one' "$err" "nsmgr: exec: '$FILE': line 1: nesting too deep"
	head -c 2000000 /dev/zero | tr '\0' ' ' >"$FILE"
	confined 125 true
	like 'a long one' "$err" '*it has more than 1048576 bytes'
	printf '{"defaultAction":"SCMP_ACT_ALLOW"\0}' >"$FILE"
	confined 125 true
	like 'one with a zero' "$err" '*line 1: a byte of zero'
	printf '{"defaultAction":"SCMP_ACT_ALLOW\\u0000"}' >"$FILE"
	confined 125 true
	like 'one with a zero in a word' "$err" "*$.defaultAction: it has a character of zero"
	printf '{\n"defaultAction":"\377"}' >"$FILE"
	confined 125 true
	like 'one in another code' "$err" '*line 2: *'
	printf '{"a\\u001b[2Jb":1}' >"$FILE"
	confined 125 true
	like 'a key with an escape' "$err" "*unknown key 'a\\\\x1b\[2Jb'"
	: >"$FILE"
	confined 125 true
	like 'an empty one' "$err" '*line 1: *'
	expect 125 "$NSMGR" exec --seccomp="$T" "$P.a" true
	like 'a directory' "$err" '*Is a directory'
	expect 125 "$NSMGR" exec --seccomp="$T/none" "$P.a" true
	like 'a missing one' "$err" "nsmgr: exec: '$T/none': cannot be read: No such file or directory"
	printf '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["no\\ncall"],"action":"SCMP_ACT_LOG"}]}' >"$T/odd.json"
	ok "$NSMGR" exec -v --seccomp="$T/odd.json" "$P.a" true
	like 'a name is escaped once' "$err" "*no system call 'no\\\\x0acall' is known here*"
	expect 125 "$NSMGR" exec --seccomp=contained "$P.a" true
	like 'another name' "$err" "*'contained' is none of container, audit*"
	expect 125 "$NSMGR" exec --seccomp= "$P.a" true
}

unknown() {
	make
	rule "'names':['umask','no_such_call'],'action':'SCMP_ACT_KILL_PROCESS'"
	confined 159 bash -c "$MASK"
	is 'what is said' "$err" ''
	expect 159 "$NSMGR" exec -v --seccomp="$FILE" "$P.a" bash -c "$MASK"
	is 'what is said with -v' "$err" \
		"nsmgr: '$FILE': $.syscalls[0].names[1]: no system call 'no_such_call' is known here; left out"
}

several() {
	local -a many=()
	make
	rule "'action':'SCMP_ACT_KILL_PROCESS'"
	cp "$FILE" "$T/first.json"
	rule "'names':['mkdir','mkdirat'],'action':'SCMP_ACT_ERRNO'"
	for line in "$MASK" "mkdir '$T/dir'"; do
		run "$NSMGR" exec --seccomp="$T/first.json" --seccomp="$FILE" "$P.a" bash -c "$line"
		isnt "status of $line" "$st" 0
	done
	ok "$NSMGR" exec --seccomp="$T/first.json" --seccomp="$FILE" --seccomp=audit "$P.a" grep Seccomp_filters: /proc/self/status
	is 'filters' "$out" "$(printf 'Seccomp_filters:\t3')"
	for i in {1..17}; do
		many+=(--seccomp=audit)
	done
	expect 125 "$NSMGR" exec "${many[@]}" "$P.a" true
	like 'what is said of 17' "$err" '*at most 16 profiles*'
	rule "'names':['seccomp'],'action':'SCMP_ACT_ERRNO'"
	expect 125 "$NSMGR" exec --seccomp="$FILE" --seccomp=audit "$P.a" true
	is 'what is said' "$err" "nsmgr: cannot exec '$P.a': seccomp: a filter that was loaded before forbids seccomp(2)"
	ok "$NSMGR" exec --seccomp=audit --seccomp="$FILE" "$P.a" true
}

# Who may not execute, or finds nothing.
programs() {
	make
	rule "'names':['execve'],'action':'SCMP_ACT_ERRNO','errnoRet':13"
	confined 126 true
	like 'what is said' "$err" "nsmgr: cannot exec '$P.a': exec: 'true': Permission denied"
	rule "'names':['execve'],'action':'SCMP_ACT_KILL_PROCESS'"
	confined 159 true
	confined 127 nosuchprogram
	confined 127 /no/such/program
	# Nothing else of ours is any of its business.
	rule "'names':['prctl','close_range','setsid','rt_sigprocmask','setresuid','setgroups','capset','chdir','openat2','dup3','fcntl'],
		'action':'SCMP_ACT_KILL_PROCESS'"
	ok "$NSMGR" exec --seccomp="$FILE" --as=1000 --cap-ambient=chown --cwd=/tmp --new-session --kill-child --preserve-fds=0 \
		"$P.a" true
}

# The example of nsmgr(8).
example() {
	make
	touch "$T/file"
	sed -n '/^\.Sh SECCOMP PROFILES/,/^\.Ed/p' "${0%/*}/../../man/nsmgr.8" | grep -v '^\.' | sed -n '/^{/,$p' >"$FILE"
	confined 1 chmod 600 "$T/file"
	like 'what chmod says' "$err" '*Operation not permitted*'
	confined 159 ip link
	confined 0 true
}

everywhere() {
	local show="grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status" seen
	seen=$(printf 'NoNewPrivs:\t1\nSeccomp:\t2')
	make
	ok "$NSMGR" exec --seccomp=audit "$P.a" sh -c "$show"
	is 'exec' "$out" "$seen"
	ok "$NSMGR" run --uts --seccomp=audit sh -c "$show"
	is 'run' "$out" "$seen"
	ok "$NSMGR" run --name="$P.r" --pid --user --seccomp=audit sh -c "$show"
	is 'run --name' "$out" "$seen"
	"$NSMGR" shell --seccomp=audit "$P.a" <<<"$show" >"$T/shown" 2>"$T/err"
	is 'shell' "$(grep -E '^(NoNewPrivs|Seccomp):' "$T/shown")" "$seen"
	ok "$NSMGR" exec --sets="$P.a" --seccomp=audit sh -c "$show"
	is 'exec --sets' "${out//$P.a: /}" "$seen"
	ok "$NSMGR" exec --pty --seccomp=audit "$P.a" sh -c "$show"
	is 'exec --pty' "${out//$'\r'/}" "$seen"
}

builtin_profiles() {
	make
	ok "$NSMGR" exec --seccomp=container --as=1000 "$P.a" bash -c \
		'set -e; x=$(ls -l / | sort | head -n 2 | tail -n 1); (exec 3<>/dev/null; kill -0 $$; umask 077); wait; trap : USR1; kill -USR1 $$'
	ok "$NSMGR" exec --seccomp=container "$P.a" unshare --uts hostname inner
	expect 1 "$NSMGR" exec --seccomp=container --cap-keep=chown "$P.a" unshare --uts true
	like 'what unshare says' "$err" '*Operation not permitted*'
	expect 1 "$NSMGR" exec --seccomp=container --cap-keep=none "$P.a" unshare --user true
	ok "$NSMGR" exec --cap-keep=none --seccomp=audit "$P.a" unshare --user true
	(cd "$T" && printf '{"defaultAction":"SCMP_ACT_KILL"}' >audit && cp audit my.profile)
	ok env -C "$T" "$NSMGR" exec --seccomp=audit "$P.a" true
	expect 159 env -C "$T" "$NSMGR" exec --seccomp=./audit "$P.a" true
	expect 159 env -C "$T" "$NSMGR" exec --seccomp=my.profile "$P.a" true
}

# As container engines have them: other architectures, null for nothing, an old form of names.
engines() {
	make
	profile "{'defaultAction':'SCMP_ACT_ALLOW','architectures':null,'flags':['SECCOMP_FILTER_FLAG_TSYNC','SECCOMP_FILTER_FLAG_LOG'],
		'archMap':[{'architecture':'SCMP_ARCH_X86_64','subArchitectures':['SCMP_ARCH_X86','SCMP_ARCH_X32']},
			{'architecture':'SCMP_ARCH_AARCH64','subArchitectures':['SCMP_ARCH_ARM']},
			{'architecture':'SCMP_ARCH_RISCV64','subArchitectures':null}],
		'syscalls':[{'name':'umask','action':'SCMP_ACT_KILL_PROCESS','args':null,'comment':'','includes':{},'excludes':null},
			{'names':['umask'],'action':'SCMP_ACT_KILL_PROCESS','args':[]},
			{'names':['umask','chmod'],'action':'SCMP_ACT_ALLOW'}]}"
	confined 159 bash -c "$MASK"
	confined 0 true
}

cases() {
	it 'is there in exec, run and shell, and gives up new privileges' everywhere
	it 'has built-in profiles' builtin_profiles ids
	[ "$PROGRAM" = full ] || return 0
	it 'has all actions that need no supervisor' actions
	it 'takes a list of what is allowed' allow_list
	it 'compares arguments' comparisons
	it 'has rules for capabilities, architectures and kernels' conditions ids
	it 'refuses what is wrong, and says where' refused
	it 'is not led astray by a hostile file' hostile
	it 'leaves out calls that are not known' unknown
	it 'takes several profiles' several
	it 'needs an execve to be allowed, and no more' programs ids
	it 'takes the profiles of container engines' engines
	it 'does what the example of the page says' example
}

for_both
finish
