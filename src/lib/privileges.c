/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "lib/sys.h"

#include <sys/prctl.h>
#include <unistd.h>

static bool has(uint64_t capabilities, unsigned capability)
{
	return capabilities >> capability & 1;
}

static int failed(struct nsmgr_command *command, int r)
{
	return nsm_fail(command->ctx, r, "capabilities", NSMGR_TYPE_NONE, NULL);
}

/* What was asked for is not what there is. */
static int differs(struct nsmgr_command *command, const char *what)
{
	return nsm_fail_text(command->ctx, -EPERM, "capabilities", NSMGR_TYPE_NONE, NULL, "the %s are not those that were set",
			     what);
}

/* linux/capability.h; the C library has no names for them. */
static const char *const names[] = {
	"chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap", "linux_immutable",
	"net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner", "sys_module", "sys_rawio",
	"sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time",
	"sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog",
	"wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore",
};

static int refuse(struct nsmgr_command *command, uint64_t capabilities, const char *why)
{
	const unsigned first = (unsigned)__builtin_ctzll(capabilities);

	if (first < NSM_ARRAY_SIZE(names))
		return nsm_fail_text(command->ctx, -EPERM, "capabilities", NSMGR_TYPE_NONE, NULL, "cap_%s cannot be kept: %s",
				     names[first], why);
	return nsm_fail_text(command->ctx, -EPERM, "capabilities", NSMGR_TYPE_NONE, NULL, "capability %u cannot be kept: %s",
			     first, why);
}

/* ---- The bounding set ---- */

/* What it gets as ambient ones is not dropped. */
static uint64_t to_drop(const struct nsmgr_command *command)
{
	return command->dropped & ~command->capabilities;
}

/* The capabilities that may be in it. */
static uint64_t bounds(const struct nsmgr_command *command)
{
	uint64_t left = command->bounds ? command->bounding : UINT64_MAX;

	if (command->privileges == NSM_PRIVILEGES_KEEP)
		left &= command->capabilities;
	return left & ~to_drop(command);
}

static uint64_t bounding_set(void)
{
	uint64_t set = 0;

	/* EINVAL: the kernel has no more. */
	for (unsigned capability = 0; capability < 64; capability++) {
		int present = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);

		if (present < 0)
			break;
		set |= (uint64_t)present << capability;
	}
	return set;
}

/* Nothing but what is in the bounding set can come back by an exec of a file that has capabilities, or by being root. */
static int bind(struct nsmgr_command *command)
{
	const uint64_t have = bounding_set(), left = bounds(command);

	if (command->bounds && command->bounding & ~have)
		return refuse(command, command->bounding & ~have, "it is not in the bounding set");
	if (command->capabilities & ~left)
		return refuse(command, command->capabilities & ~left, "the bounding set is to be without it");
	for (unsigned capability = 0; capability < 64; capability++)
		if (has(have & ~left, capability) && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
			return failed(command, -errno);
	return bounding_set() & ~left ? differs(command, "capabilities of the bounding set") : 0;
}

/* ---- Securebits ---- */

static int set_securebits(struct nsmgr_command *command)
{
	int have, wanted;

	if (!command->securebits)
		return 0;
	have = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
	wanted = have | (int)command->securebits;
	if (have == wanted && have >= 0)
		return 0;
	if (have < 0 || prctl(PR_SET_SECUREBITS, wanted, 0, 0, 0) < 0)
		return nsm_fail(command->ctx, -errno, "securebits", NSMGR_TYPE_NONE, NULL);
	return prctl(PR_GET_SECUREBITS, 0, 0, 0, 0) == wanted ? 0 : differs(command, "securebits");
}

/* ---- The sets of the process ---- */

bool nsm_privileges_are_usual(const struct nsmgr_command *command)
{
	return command->privileges == NSM_PRIVILEGES_USUAL;
}

int nsm_privileges_prepare(struct nsmgr_command *command)
{
	struct nsm_caps caps;
	int r = 0;

	if (!nsm_privileges_are_usual(command)) {
		r = nsm_sys_capget(&caps);
		if (r < 0)
			return failed(command, r);
		if (command->capabilities & ~caps.permitted)
			return refuse(command, command->capabilities & ~caps.permitted, "it is not there");
	}
	/* While there is CAP_SETPCAP, which may be none of the kept ones. */
	if (command->bounds || ~bounds(command))
		r = bind(command);
	/* One of them forbids what makes capabilities ambient: then they come behind that. */
	if (nsm_privileges_are_usual(command))
		return r < 0 ? r : set_securebits(command);
	if (r == 0 && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		r = failed(command, -errno);
	return r;
}

/* User 0 keeps, beside those that become ambient, what it would have without them. */
static int choose(const struct nsmgr_command *command, struct nsm_caps *ret)
{
	struct nsm_caps have = { 0 };
	int r = 0;

	if (command->privileges == NSM_PRIVILEGES_AMBIENT && geteuid() == 0)
		r = nsm_sys_capget(&have);
	ret->permitted = (have.permitted & ~to_drop(command)) | command->capabilities;
	ret->effective = (have.effective & ~to_drop(command)) | command->capabilities;
	ret->inheritable = command->capabilities;
	return r;
}

static int set(struct nsmgr_command *command, const struct nsm_caps *caps)
{
	struct nsm_caps have;
	int r = nsm_sys_capset(caps);

	if (r == 0)
		r = nsm_sys_capget(&have);
	if (r < 0)
		return failed(command, r);
	return memcmp(caps, &have, sizeof(have)) == 0 ? 0 : differs(command, "capabilities");
}

/* Out of the sets of the process; what is permitted or inheritable no more is ambient no more either: capabilities(7). */
static int drop(struct nsmgr_command *command)
{
	struct nsm_caps caps;
	int r = nsm_sys_capget(&caps);

	if (r < 0)
		return failed(command, r);
	caps.permitted &= ~to_drop(command);
	caps.effective &= ~to_drop(command);
	caps.inheritable &= ~to_drop(command);
	return set(command, &caps);
}

static int make_ambient(struct nsmgr_command *command)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return failed(command, -errno);
	for (unsigned capability = 0; capability < 64; capability++)
		if (has(command->capabilities, capability) &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0)
			return failed(command, -errno);
	return 0;
}

int nsm_privileges_apply(struct nsmgr_command *command)
{
	struct nsm_caps caps, meanwhile;
	int r;

	if (nsm_privileges_are_usual(command))
		return command->dropped ? drop(command) : 0;
	/* Ambient ones make up for a uid that is not 0, and have to be inheritable: capabilities(7). */
	r = choose(command, &caps);
	if (r < 0)
		return failed(command, r);
	meanwhile = caps;
	if (command->securebits) {
		meanwhile.permitted |= 1ull << NSM_CAP_SETPCAP;
		meanwhile.effective |= 1ull << NSM_CAP_SETPCAP;
	}
	r = set(command, &meanwhile);
	if (r == 0)
		r = make_ambient(command);
	if (r == 0)
		r = set_securebits(command);
	return r < 0 || !command->securebits ? r : set(command, &caps);
}
