/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "lib/sys.h"

#include <sys/prctl.h>
#include <unistd.h>

static bool is_kept(const struct nsmgr_command *command, unsigned capability)
{
	return command->capabilities >> capability & 1;
}

static int failed(struct nsmgr_command *command, int r)
{
	return nsm_fail(command->ctx, r, "capabilities", NSMGR_TYPE_NONE, NULL);
}

/* Nothing but the kept ones can come back by an exec of a file that has capabilities, or by being root. */
static int bound(const struct nsmgr_command *command)
{
	for (unsigned capability = 0; capability < 64; capability++) {
		int present = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);

		if (present < 0)
			break; /* EINVAL: the kernel has no more */
		if (present && !is_kept(command, capability) && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
			return -errno;
	}
	return 0;
}

/* linux/capability.h; the C library has no names for them. */
static const char *const names[] = {
	"chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap", "linux_immutable",
	"net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner", "sys_module", "sys_rawio",
	"sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time",
	"sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog",
	"wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore",
};

static int missing(struct nsmgr_command *command, int capability)
{
	if (capability < (int)NSM_ARRAY_SIZE(names))
		return nsm_fail_text(command->ctx, -EPERM, "capabilities", NSMGR_TYPE_NONE, NULL,
				     "cap_%s cannot be kept: it is not there", names[capability]);
	return nsm_fail_text(command->ctx, -EPERM, "capabilities", NSMGR_TYPE_NONE, NULL,
			     "capability %d cannot be kept: it is not there", capability);
}

int nsm_privileges_prepare(struct nsmgr_command *command)
{
	struct nsm_caps caps;
	int r;

	if (command->privileges == NSM_PRIVILEGES_USUAL)
		return 0;
	r = nsm_sys_capget(&caps);
	if (r < 0)
		return failed(command, r);
	if (command->capabilities & ~caps.permitted)
		return missing(command, __builtin_ctzll(command->capabilities & ~caps.permitted));
	/* While there is CAP_SETPCAP, which may be none of the kept ones. */
	r = command->privileges == NSM_PRIVILEGES_KEEP ? bound(command) : 0;
	if (r == 0 && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		r = -errno;
	return r < 0 ? failed(command, r) : 0;
}

/* User 0 keeps, beside those that become ambient, what it would have without them. */
static int choose(const struct nsmgr_command *command, struct nsm_caps *ret)
{
	struct nsm_caps have = { 0 };
	int r = 0;

	if (command->privileges == NSM_PRIVILEGES_AMBIENT && geteuid() == 0)
		r = nsm_sys_capget(&have);
	ret->permitted = have.permitted | command->capabilities;
	ret->effective = have.effective | command->capabilities;
	ret->inheritable = command->capabilities;
	return r;
}

int nsm_privileges_apply(struct nsmgr_command *command)
{
	struct nsm_caps caps, have;
	int r;

	if (command->privileges == NSM_PRIVILEGES_USUAL)
		return 0;
	/* Ambient ones make up for a uid that is not 0, and have to be inheritable: capabilities(7). */
	r = choose(command, &caps);
	if (r == 0)
		r = nsm_sys_capset(&caps);
	if (r == 0 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		r = -errno;
	for (unsigned capability = 0; capability < 64 && r == 0; capability++)
		if (is_kept(command, capability) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0)
			r = -errno;
	if (r == 0)
		r = nsm_sys_capget(&have);
	if (r < 0)
		return failed(command, r);
	if (memcmp(&caps, &have, sizeof(caps)) != 0)
		return nsm_fail_text(command->ctx, -EPERM, "capabilities", NSMGR_TYPE_NONE, NULL,
				     "the capabilities are not those that were set");
	return 0;
}
