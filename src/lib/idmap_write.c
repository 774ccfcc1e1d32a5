/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/idmap_write.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAP_TEXT 4096 /* the kernel takes less than a page, in one write (KERNEL R21) */

#define HELPER_MISSING 127

struct kind {
	const char *file, *step, *helper;
};

static const struct kind kinds[] = {
	[NSMGR_UID] = { "uid_map", "map users", "newuidmap" },
	[NSMGR_GID] = { "gid_map", "map groups", "newgidmap" },
	[NSMGR_PROJID] = { "projid_map", "map projects", NULL },
};

static int write_direct(const struct nsm_idmap *map, const char *file, int proc)
{
	char buf[MAP_TEXT];
	struct nsm_text text = NSM_TEXT(buf);

	for (size_t i = 0; i < map->count; i++)
		nsm_text_add(&text, "%u %u %u\n", map->lines[i].inner, map->lines[i].outer, map->lines[i].count);
	if (text.cut)
		return -E2BIG;
	return nsm_write_text_at(proc, file, buf);
}

/* Becomes newuidmap, with what it says going to `err`. */
static _Noreturn void run_helper(const char *helper, char *const argv[], int err)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(err, 2) < 0)
		_exit(126);
	nsm_sys_close_range(3, ~0u, false);
	execvp(helper, argv);
	_exit(errno == ENOENT ? HELPER_MISSING : 126);
}

/* A child between us and the helper: an execve gives a process its exit signal back, and the helper's end is to be
 * noticed by nobody but us, nor to be lost where SIGCHLD is ignored. */
static _Noreturn void run_between(const char *helper, char *const argv[], int err)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;
	int status;
	pid_t child;

	sigaction(SIGCHLD, &action, NULL);
	child = nsm_sys_clone(NULL);
	if (child == 0) {
		sigemptyset(&none);
		nsm_sys_restore_signals(&none);
		run_helper(helper, argv, err);
	}
	if (child < 0 || nsm_sys_reap(child, &status) < 0 || !WIFEXITED(status))
		_exit(126);
	_exit(WEXITSTATUS(status));
}

#define NUMBER_SIZE 12

/* newuidmap PID INNER OUTER COUNT ...: the array points into `numbers`; both are to be freed. */
static int make_arguments(const struct nsm_idmap *map, const char *helper, pid_t pid, char **ret_numbers, char ***ret_argv)
{
	size_t count = map->count * 3 + 1;
	nsm_autofree char *numbers = calloc(count, NUMBER_SIZE);
	nsm_autofree char **argv = calloc(count + 2, sizeof(*argv));

	if (!numbers || !argv)
		return -ENOMEM;
	argv[0] = (char *)(uintptr_t)helper;
	for (size_t i = 0; i < count; i++) {
		struct nsm_text text = { .buf = numbers + i * NUMBER_SIZE, .size = NUMBER_SIZE };
		const struct nsmgr_extent *line = i ? &map->lines[(i - 1) / 3] : NULL;

		nsm_text_add(&text, "%u",
			     !line		? (unsigned)pid
			     : (i - 1) % 3 == 0 ? line->inner
			     : (i - 1) % 3 == 1 ? line->outer
						: line->count);
		argv[i + 1] = text.buf;
	}
	*ret_numbers = take_ptr(numbers);
	*ret_argv = take_ptr(argv);
	return 0;
}

/* Runs it, and listens to what it says: its wait status, or -errno. */
static int run_and_listen(char *const argv[], char *said, size_t size)
{
	nsm_autoclose int from = -EBADF, to = -EBADF;
	int pipe_fds[2], status, r;
	pid_t child;

	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return -errno;
	from = pipe_fds[0];
	to = pipe_fds[1];
	child = nsm_sys_clone(NULL);
	if (child < 0)
		return child;
	if (child == 0)
		run_between(argv[0], argv, to);
	nsm_close(&to);
	/* What does not fit stays unread; the helper then meets a closed pipe, having failed anyway. */
	if (nsm_read_text(from, said, size) < 0)
		said[size - 1] = '\0';
	said[strcspn(said, "\n")] = '\0';
	nsm_close(&from);
	r = nsm_sys_reap(child, &status);
	return r < 0 ? r : status;
}

static int write_by_helper(struct nsmgr_ctx *ctx, const struct nsm_idmap *map, const struct kind *kind, pid_t pid)
{
	nsm_autofree char *numbers = NULL;
	nsm_autofree char **argv = NULL;
	char said[200] = "";
	int r = make_arguments(map, kind->helper, pid, &numbers, &argv);

	if (r == 0)
		r = run_and_listen(argv, said, sizeof(said));
	if (r <= 0)
		return r < 0 ? nsm_fail(ctx, r, kind->step, NSMGR_USER, NULL) : 0;
	if (WIFEXITED(r) && WEXITSTATUS(r) == HELPER_MISSING)
		return nsm_fail(ctx, -EPERM, kind->step, NSMGR_USER, NULL);
	return nsm_fail_text(ctx, -EPERM, kind->step, NSMGR_USER, NULL, "%s", *said ? said : kind->helper);
}

/* A map is written once and for all (KERNEL R21): the helpers would fail as well, and say less. */
static bool has_map(int proc, const char *file)
{
	nsm_autoclose int fd = openat(proc, file, O_RDONLY | O_CLOEXEC);
	char byte;

	return fd >= 0 && read(fd, &byte, 1) == 1;
}

int nsm_idmap_write_kind(struct nsmgr_ctx *ctx, enum nsmgr_id_kind kind, const struct nsm_idmap *map, int proc, pid_t pid)
{
	const struct kind *k = &kinds[kind];
	int r = write_direct(map, k->file, proc);

	if (r == -EPERM && has_map(proc, k->file))
		return nsm_fail_text(ctx, r, k->step, NSMGR_USER, NULL, "the user namespace has its map already, for good");
	if (r == -EPERM && k->helper)
		return write_by_helper(ctx, map, k, pid);
	if (r == -E2BIG)
		return nsm_fail_text(ctx, r, k->step, NSMGR_USER, NULL, "a map has less than %d bytes", MAP_TEXT);
	return r < 0 ? nsm_fail(ctx, r, k->step, NSMGR_USER, NULL) : 0;
}

int nsm_idmap_write_setgroups(struct nsmgr_ctx *ctx, bool allow, int proc)
{
	int r = nsm_write_text_at(proc, "setgroups", allow ? "allow" : "deny");

	return r < 0 ? nsm_fail(ctx, r, "map setgroups", NSMGR_USER, NULL) : 0;
}

int nsm_idmap_write(struct nsmgr_config *config, int proc, pid_t pid)
{
	int r = 0;

	/* Before gid_map, for ever after (KERNEL R21). */
	if (config->setgroups != NSM_SETGROUPS_DEFAULT)
		r = nsm_idmap_write_setgroups(config->ctx, config->setgroups == NSM_SETGROUPS_ALLOW, proc);
	for (enum nsmgr_id_kind kind = NSMGR_UID; r == 0 && kind <= NSMGR_PROJID; kind++) {
		const struct nsm_idmap *map = config->maps[kind];

		/* Of projects there is none unless one is asked for. */
		if (map && (map->count || kind != NSMGR_PROJID))
			r = nsm_idmap_write_kind(config->ctx, kind, map, proc, pid);
	}
	return r;
}
