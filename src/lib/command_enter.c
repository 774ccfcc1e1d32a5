/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/edge.h"
#include "lib/nsfd.h"
#include "lib/set.h"
#include "lib/sys.h"

#include <limits.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Going where a command is to be: into its cgroup, its set, its root and its directory. */

void nsm_command_look_at(struct nsmgr_command *command, const struct nsmgr_set *set)
{
	unsigned types = set ? nsmgr_set_types(set) : 0;
	struct nsm_text text = NSM_TEXT(command->name_env);

	command->entered_mnt = types & NSMGR_MASK(NSMGR_MNT);
	command->entered_pid = types & NSMGR_MASK(NSMGR_PID);
	command->entered_user = (types & NSMGR_MASK(NSMGR_USER)) && !nsm_nsfd_is_own(set->fds[NSMGR_USER], NSMGR_USER);
	command->name_env[0] = '\0';
	/* In a set that has no name the one of the caller's would be wrong. */
	if (set)
		nsm_text_put(&text, *set->name ? "NSMGR_NAME=" : "-NSMGR_NAME");
	if (set && *set->name)
		nsm_text_put(&text, set->name);
}

/* Changes to a directory that others name the way to, by links in mounts of theirs: it is within the root, also where a link leads
 * to a descriptor of ours or of the caller's, which is outside of it until the execve(2) (CVE-2024-21626). */
static int change_within(const char *path)
{
	nsm_autoclose int fd = nsm_sys_open_place(path);
	char name[PATH_MAX] = "";
	int r;

	if (fd < 0 && fd != -ENOSYS && fd != -EPERM) /* of a filter */
		return fd;
	if ((fd < 0 ? chdir(path) : fchdir(fd)) < 0)
		return -errno;
	r = nsm_sys_getcwd(name, sizeof(name));
	return r == 0 && name[0] != '/' ? -EXDEV : r;
}

static int outside(struct nsmgr_command *command, int r, const char *step, const char *path)
{
	if (r == -EXDEV)
		return nsm_fail_text(command->ctx, r, step, NSMGR_TYPE_NONE, path, "the directory is outside of the root");
	if (r == -ELOOP)
		return nsm_fail_text(command->ctx, r, step, NSMGR_TYPE_NONE, path,
				     "the way there is by a magic link of /proc, or by too many links");
	return nsm_command_fail(command, r, step, path);
}

int nsm_command_change_root(struct nsmgr_command *command)
{
	const char *root = command->root;
	int r = 0;

	if (!root)
		return 0;
	/* Without mounts of the set's the path is the caller's own. */
	if (command->entered_mnt) {
		r = change_within(root);
		root = ".";
	}
	if (r == 0 && chroot(root) < 0)
		r = -errno;
	return r < 0 ? outside(command, r, "root", command->root) : 0;
}

/* Where a command starts that is not told: the present directory by its name, so that it is below the root that was entered,
 * where there is one inside; else /. */
static int go_home(struct nsmgr_command *command, const char *before)
{
	if (*before && change_within(before) == 0)
		return 0;
	nsm_log(command->ctx, "the present directory does not exist inside: starting in /");
	return chdir("/") < 0 ? nsm_command_fail(command, -errno, "cwd", "/") : 0;
}

/* The change of namespaces alone. */
static int enter_set(struct nsmgr_command *command, struct nsmgr_set *set)
{
	int r = 0;

	/* Nobody inside shall trace us or read our memory while we are neither here nor there (CVE-2016-9962). An
	 * execve gives the attribute back. Only these three show us to somebody who did not see us before. */
	if (command->entered_pid || command->entered_mnt || command->entered_user)
		prctl(PR_SET_DUMPABLE, 0);
	if (set)
		r = nsm_set_enter(set, NSMGR_MASK_ALL);
	if (r < 0)
		command->ctx->failure = set->ctx->failure; /* it may be another's set */
	return r;
}

static int enter_here(struct nsmgr_command *command, struct nsmgr_set *set)
{
	int r = enter_set(command, set);

	return r == 0 && command->cwd && chdir(command->cwd) < 0 ? outside(command, -errno, "cwd", command->cwd) : r;
}

/* Where paths mean something else than before. */
static nsm_own_frame int enter_elsewhere(struct nsmgr_command *command, struct nsmgr_set *set)
{
	const char *cwd = command->cwd;
	char before[PATH_MAX];
	int r;

	/* "(unreachable)..." is what the kernel says of a directory outside our root. */
	if (nsm_sys_getcwd(before, sizeof(before)) < 0 || before[0] != '/')
		before[0] = '\0';
	r = enter_set(command, set);
	if (r == 0)
		r = command->mount ? command->mount(command) : nsm_command_change_root(command);
	/* A relative one is meant from where the command would start without it. */
	if (r == 0 && (!cwd || *cwd != '/'))
		r = go_home(command, before);
	if (r < 0 || !cwd)
		return r;
	r = change_within(cwd);
	return r < 0 ? outside(command, r, "cwd", cwd) : 0;
}

int nsm_command_go_to(struct nsmgr_command *command, struct nsmgr_set *set)
{
	const bool elsewhere = command->entered_mnt || command->root || command->mount;
	int r = command->limited ? nsm_limits_raise(command) : 0;

	if (r == 0 && (command->cgroup >= 0 || command->label))
		r = nsm_command_follow(command);
	if (r == 0 && set && set->cgroup.origin != NSMGR_ORIGIN_UNKNOWN)
		r = nsm_command_find_cgroup(command, set);
	if (r < 0)
		return r;
	return elsewhere ? enter_elsewhere(command, set) : enter_here(command, set);
}

int nsmgr_command_enter(struct nsmgr_command *command, struct nsmgr_set *set)
{
	nsm_command_look_at(command, set);
	return nsm_edge(command->ctx, NSM_EDGE_command_enter, nsm_command_go_to(command, set));
}
