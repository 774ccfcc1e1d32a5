/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/follow.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/procs.h"
#include "cmd/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/statfs.h>

#define CGROUP2_MAGIC 0x63677270

/* The init of a pid namespace, held by its pidfd. */
struct init {
	pid_t pid;
	int pidfd;
};

static void close_init(struct init *init)
{
	nsm_close(&init->pidfd);
}

static int refuse(const struct launch *launch, const char *name, const char *why)
{
	if (name)
		return say_plain(launch->app, "'%s': %s", name, why);
	return say_plain(launch->app, "%s", why);
}

/* ---- Which process ---- */

static int ask_namespace(const struct launch *launch, int fd, const char *name, struct init *ret)
{
	pid_t pid = sys_ns_init(fd);

	if (pid == -ENOTTY || pid == -EINVAL)
		return refuse(launch, name, "before Linux 6.11 a pid namespace does not tell its init");
	if (pid <= 0)
		return refuse(launch, name, "the init of the pid namespace has ended, or is outside of our own");
	ret->pidfd = sys_pidfd_open(pid, false);
	/* Asked again, so that it is not a process that got the number in between. */
	if (ret->pidfd < 0 || sys_ns_init(fd) != pid)
		return refuse(launch, name, "the init of the pid namespace has ended");
	ret->pid = pid;
	return STATUS_DONE;
}

/* Also where the pid namespace is not to be entered. */
static int find_init(const struct launch *launch, const struct nsmgr_set *set, const char *name, struct init *ret)
{
	struct nsmgr_ctx *ctx = launch->app->ctx;
	int fd = nsmgr_set_fd(set, NSMGR_PID), status;
	struct nsmgr_set *again = NULL;

	if (fd < 0 && name && nsmgr_set_open(ctx, name, NSMGR_MASK(NSMGR_PID), 0, &again) == 0)
		fd = nsmgr_set_fd(again, NSMGR_PID);
	status = fd < 0 ? refuse(launch, name, "no pid namespace, so no init whose cgroup or label could be taken")
			: ask_namespace(launch, fd, name, ret);
	nsmgr_set_close(again);
	return status;
}

/* Reads a file of its in /proc, which is only its as long as it lives. Without the newline at the end. */
static ssize_t read_of(const struct init *init, const char *file, char *buf, size_t size)
{
	struct pollfd end = { .fd = init->pidfd, .events = POLLIN };
	char path[64];
	struct nsm_text text = NSM_TEXT(path);
	ssize_t n;

	nsm_text_add(&text, "/proc/%ld/%s", (long)init->pid, file);
	n = nsm_read_text_at(AT_FDCWD, path, buf, size);
	if (n >= 0 && poll(&end, 1, 0) > 0)
		return -ESRCH;
	while (n > 0 && (buf[n - 1] == '\n' || !buf[n - 1]))
		buf[--n] = '\0';
	return n;
}

/* ---- Its cgroup ---- */

/* The hierarchy of version 2, where it is alone and where it is beside the others. */
static int open_hierarchy(void)
{
	static const char *const mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(mounts); i++) {
		nsm_autoclose int fd = open(mounts[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
		struct statfs fs;

		if (fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == CGROUP2_MAGIC)
			return take_fd(fd);
	}
	return -ENOENT;
}

/* The path of a process below the hierarchy, from its file cgroup, or NULL. */
static char *find_path(char *lines)
{
	char *path = process_cgroup(lines);

	return path ? path + 1 : NULL;
}

static int choose_cgroup(struct launch *launch, int hierarchy, const char *path, const char *name)
{
	char escaped[PATH_MAX], why[PATH_MAX + 128];
	struct nsm_text text = NSM_TEXT(why);

	nsm_close(&launch->cgroup);
	launch->cgroup = openat(hierarchy, *path ? path : ".", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (launch->cgroup < 0) {
		nsm_text_add(&text, "the cgroup '/%s': %s", nsm_escape(path, escaped, sizeof(escaped)), strerror(errno));
		return refuse(launch, name, why);
	}
	nsmgr_command_cgroup(launch->command, launch->cgroup);
	return STATUS_DONE;
}

static int join_cgroup(struct launch *launch, const struct init *init, const char *name)
{
	nsm_autoclose int hierarchy = open_hierarchy();
	char lines[8192];
	const char *path;

	if (hierarchy < 0)
		return refuse(launch, name, "--join-cgroup: no cgroup2 hierarchy at /sys/fs/cgroup or /sys/fs/cgroup/unified");
	path = read_of(init, "cgroup", lines, sizeof(lines)) < 0 ? NULL : find_path(lines);
	/* One outside of our own cgroup namespace is shown as "/..", and would be another one here. */
	if (!path || nsm_streq(path, "..") || nsm_after(path, "../"))
		return refuse(launch, name, "--join-cgroup: the cgroup of its init is not to be seen here");
	return choose_cgroup(launch, hierarchy, path, name);
}

/* ---- Out of a VRF ---- */

/* The part of a path that is before a component "vrf" with another one behind it, in place; false without one. */
static bool cut_vrf(char *path)
{
	char *part = strncmp(path, "vrf/", 4) == 0 ? path : strstr(path, "/vrf/");

	if (!part)
		return false;
	*part = '\0';
	return true;
}

int follow_no_vrf(struct launch *launch)
{
	nsm_autoclose int hierarchy = open_hierarchy();
	char lines[8192];
	ssize_t n = nsm_read_text_at(AT_FDCWD, "/proc/self/cgroup", lines, sizeof(lines));
	char *path = n < 0 ? NULL : find_path(lines);

	if (n < 0)
		return say_plain(launch->app, "--reset-vrf: /proc/self/cgroup: %s", strerror((int)-n));
	if (hierarchy < 0 || !path || !cut_vrf(path))
		return STATUS_DONE;
	return choose_cgroup(launch, hierarchy, path, NULL);
}

/* ---- Its label ---- */

/* AppArmor shows "PROFILE (MODE)", or "unconfined", and is told "exec PROFILE"; SELinux is told what it shows. */
static char *words_for(char *label)
{
	char *mode = strstr(label, " (");
	char *words;

	if (!mode && !nsm_streq(label, "unconfined"))
		return strdup(label);
	if (mode)
		*mode = '\0';
	words = malloc(strlen(label) + sizeof("exec "));
	if (words)
		strcat(strcpy(words, "exec "), label);
	return words;
}

static int follow_context(struct launch *launch, const struct init *init, const char *name)
{
	char label[4096];
	ssize_t n = read_of(init, "attr/current", label, sizeof(label));

	if (n == -ESRCH)
		return refuse(launch, name, "--follow-context: its init has ended");
	if (n == -EACCES || n == -EPERM)
		return refuse(launch, name, "--follow-context: the label of its init may not be read");
	if (n <= 0)
		return refuse(launch, name, "--follow-context: no security module gives labels here (SELinux, AppArmor)");
	free(launch->label);
	launch->label = words_for(label);
	if (!launch->label)
		return say_plain(launch->app, "out of memory");
	nsmgr_command_label(launch->command, launch->label);
	return STATUS_DONE;
}

int follow_init(struct launch *launch, const struct nsmgr_set *set, const char *name)
{
	nsm_cleanup(close_init) struct init init = { .pidfd = -EBADF };
	int status = find_init(launch, set, name, &init);

	if (status == STATUS_DONE && launch->join_cgroup)
		status = join_cgroup(launch, &init, name);
	if (status == STATUS_DONE && launch->follow_context)
		status = follow_context(launch, &init, name);
	return status;
}
