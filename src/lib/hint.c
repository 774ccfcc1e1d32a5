/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/ctx.h"

/* What to do about a failure, by step and errno. The first row that fits is taken; a row without a
 * step fits every step, NSMGR_TYPE_NONE every type. */
struct rule {
	const char *step;
	int error;
	enum nsmgr_type type;
	const char *hint;
};

#define ANY NSMGR_TYPE_NONE

static const struct rule rules[] = {
	/* KERNEL R73 */
	{ "unshare", ENOSPC, NSMGR_CGROUP, "limit: /proc/sys/user/max_cgroup_namespaces" },
	{ "unshare", ENOSPC, NSMGR_IPC, "limit: /proc/sys/user/max_ipc_namespaces" },
	{ "unshare", ENOSPC, NSMGR_MNT, "limit: /proc/sys/user/max_mnt_namespaces" },
	{ "unshare", ENOSPC, NSMGR_NET, "limit: /proc/sys/user/max_net_namespaces" },
	{ "unshare", ENOSPC, NSMGR_PID, "limit: /proc/sys/user/max_pid_namespaces, or 32 levels deep" },
	{ "unshare", ENOSPC, NSMGR_TIME, "limit: /proc/sys/user/max_time_namespaces" },
	{ "unshare", ENOSPC, NSMGR_USER, "limit: /proc/sys/user/max_user_namespaces, or 32 levels deep" },
	{ "unshare", EUSERS, NSMGR_USER, "limit: /proc/sys/user/max_user_namespaces, or 32 levels deep" },
	{ "unshare", ENOSPC, NSMGR_UTS, "limit: /proc/sys/user/max_uts_namespaces" },
	{ "unshare", EINVAL, ANY, "this kernel may lack the type: see /proc/self/ns" },
	{ "unshare", EPERM, NSMGR_USER, "not allowed in a chroot, or by a sysctl or security module" },
	{ "unshare", EPERM, ANY, "needs CAP_SYS_ADMIN" },
	/* KERNEL section 9 */
	{ "bind", ENOSPC, ANY, "limit: /proc/sys/fs/mount-max" },
	{ "bind", EINVAL, NSMGR_MNT, "a mount namespace can be pinned only from an older one, and not in a shared store: mount --make-private" },
	{ "bind", EPERM, ANY, "needs CAP_SYS_ADMIN over the present mount namespace" },
	{ "ip-netns", ENOSPC, ANY, "limit: /proc/sys/fs/mount-max, or /run is full" },
	{ "ip-netns", EPERM, ANY, "needs CAP_SYS_ADMIN over the present mount namespace" },
	{ "cgroup", EROFS, ANY, "cgroup2 is mounted read-only here: --cgroup-optional goes on without" },
	{ "cgroup", EAGAIN, ANY, "limit: cgroup.max.descendants or cgroup.max.depth of a cgroup above" },
	{ "cgroup", EACCES, ANY, "this part of cgroup2 is not ours to change" },
	{ "mount cgroup", EPERM, ANY, "needs CAP_SYS_ADMIN over the new mount namespace" },
	{ "mount root", EPERM, ANY, "needs CAP_SYS_ADMIN over the present mount namespace" },
	{ "detach", EPERM, ANY, "needs CAP_SYS_ADMIN over the present mount namespace" },
	{ "detach", EBUSY, ANY, "a mount that is locked or out of reach lies on it" },
	{ "propagation", EINVAL, ANY, "/ is not a mount point: leave the chroot, or --propagation=unchanged" },
	{ "mount /proc", EPERM, ANY, "parts of the present /proc are covered: --no-proc leaves it as it is" },
	{ "mount /proc", EINVAL, ANY, "the present /proc is not a mount point: --no-proc" },
	{ "offsets", ERANGE, ANY, "a clock cannot be negative, nor more than 146 years ahead" },
	{ "offsets", EPERM, ANY, "needs CAP_SYS_TIME" },
	{ "map", ENOENT, NSMGR_USER, "no /proc is mounted, or this kernel has no user namespaces" },
	{ "map users", EPERM, ANY, "ids outside must be mapped here and ours to give, or given by newuidmap" },
	{ "map groups", EPERM, ANY, "ids outside must be mapped here and ours to give, or given by newgidmap" },
	{ "map projects", EPERM, ANY, "ids outside must be mapped here" },
	{ "map setgroups", EPERM, ANY, "denied for good, or the map of groups is written already" },
	{ "map users", EINVAL, ANY, "ranges may not overlap" },
	{ "map groups", EINVAL, ANY, "ranges may not overlap" },
	{ "map projects", EINVAL, ANY, "ranges may not overlap" },
	{ "setgroups", EPERM, ANY, "denied in this user namespace, or needs CAP_SETGID; --preserve-credentials" },
	{ "setgroups", EINVAL, ANY, "a group is not mapped in the set's user namespace" },
	{ "setresgid", EINVAL, ANY, "the group is not mapped in the set's user namespace" },
	{ "setresuid", EINVAL, ANY, "the user is not mapped in the set's user namespace" },
	{ "setresgid", EPERM, ANY, "needs CAP_SETGID" },
	{ "setresuid", EPERM, ANY, "needs CAP_SETUID" },
	{ "capabilities", EPERM, ANY, "needs CAP_SETPCAP" },
	{ "securebits", EPERM, ANY, "needs CAP_SETPCAP, and bits that this kernel has and that are not locked" },
	{ "root", EPERM, ANY, "needs CAP_SYS_CHROOT" },
	{ "owner", EPERM, ANY, "needs CAP_SETUID and CAP_SETGID" },
	{ "hide", EBUSY, ANY, "the set's directory is itself a mount: unmount it" },
	{ "sysctl", EROFS, ANY, "/proc/sys is mounted read-only here" },
	{ "sysctl", ENOENT, ANY, "this kernel does not have it" },
	{ "enter", EPERM, ANY, "needs CAP_SYS_ADMIN here and in the namespace's owner" },
	{ "enter", EINVAL, NSMGR_PID, "only the own pid namespace and those below it can be entered" },
	{ "fork", ENOMEM, NSMGR_PID, "the init of the pid namespace has ended; remove the set" },
	{ "fork", EAGAIN, ANY, "limit: pids of the cgroup, RLIMIT_NPROC or /proc/sys/kernel/pid_max" },
	{ "cgroup", EBUSY, ANY, "it has children with controllers, and takes no processes itself" },
	{ "label", EINVAL, ANY, "no security module here knows this label" },
	{ "pool", EACCES, ANY, "run it as root" },
	{ "pool", EPERM, ANY, "run it as root" },
	{ "store", EACCES, ANY, "run it as root" },
	{ "store", EPERM, ANY, "run it as root" },
	{ "store", EROFS, ANY, "choose a writable place with --store=DIR" },
	{ NULL, EMFILE, ANY, "limit: ulimit -n" },
	{ NULL, ENFILE, ANY, "limit: /proc/sys/fs/file-max" },
	{ NULL, ENOSYS, ANY, "it needs Linux 5.10, without a filter in the way" },
};

const char *nsm_hint(const struct nsm_failure *failure)
{
	if (*failure->text)
		return "";
	for (size_t i = 0; i < NSM_ARRAY_SIZE(rules); i++) {
		const struct rule *rule = &rules[i];

		if (rule->error == failure->error &&
		    (!rule->step || nsm_streq(rule->step, failure->step)) &&
		    (rule->type == ANY || rule->type == failure->type))
			return rule->hint;
	}
	return "";
}
