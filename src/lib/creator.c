/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/creator.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/idmap_write.h"
#include "lib/init.h"
#include "lib/keeper.h"
#include "lib/nstype.h"
#include "lib/setup.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a creator and its keeper tell the manager. */
enum phase {
	PHASE_USER,   /* unshared user: write my maps */
	PHASE_TIME,   /* unshared time: write my offsets */
	PHASE_KEEPER, /* this is my keeper's pid: let it begin */
	PHASE_READY,  /* all is done; from the keeper where there is one */
	PHASE_FAILED,
};

struct report {
	enum phase phase;
	pid_t keeper;
	struct nsm_failure failure;
};

static bool makes(const struct nsmgr_config *config, enum nsmgr_type type)
{
	return config->make & NSMGR_MASK(type);
}

bool nsm_creator_is_needed(const struct nsmgr_config *config)
{
	return makes(config, NSMGR_USER) || makes(config, NSMGR_MNT) || makes(config, NSMGR_PID) ||
	       (config->make && config->source[NSMGR_USER] >= 0);
}

/* ---- in the child ---- */

static void report(int socket, enum phase phase, pid_t keeper, const struct nsm_failure *failure)
{
	struct report report = { .phase = phase, .keeper = keeper };

	if (failure)
		report.failure = *failure;
	/* A manager that is gone will not miss it; we end either way. */
	if (send(socket, &report, sizeof(report), MSG_NOSIGNAL) < 0)
		_exit(1);
}

/* Waits for the manager's word; its death is one too. */
static void wait_for_go(int socket)
{
	char go;
	ssize_t n;

	do
		n = recv(socket, &go, 1, 0);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(1);
}

static _Noreturn void fail(struct nsmgr_ctx *ctx, int socket)
{
	report(socket, PHASE_FAILED, 0, &ctx->failure);
	_exit(1);
}

static _Noreturn void run_keeper(struct nsmgr_config *config, int socket, const struct nsm_title *title,
				 const char *name, ino_t pid_max_ino)
{
	nsm_title_set(title, name);
	nsm_keeper_prepare();
	wait_for_go(socket); /* once the manager has us in hand */
	if (nsm_setup_keeper(config, pid_max_ino) < 0)
		fail(config->ctx, socket);
	report(socket, PHASE_READY, 0, NULL);
	wait_for_go(socket);
	nsm_keeper_stay(title);
}

static int unshare_user(struct nsmgr_config *config, int socket)
{
	int source = config->source[NSMGR_USER];

	if (makes(config, NSMGR_USER)) {
		int r = nsm_setup_owner(config);

		if (r < 0)
			return r;
		if (unshare(CLONE_NEWUSER) < 0)
			return nsm_fail(config->ctx, -errno, "unshare", NSMGR_USER, NULL);
		report(socket, PHASE_USER, 0, NULL);
		wait_for_go(socket);
		nsm_setup_become_root();
	} else if (source >= 0 && !nsm_nsfd_is_own(source, NSMGR_USER)) {
		/* What is made new beside a pinned user namespace belongs to it. */
		if (setns(source, CLONE_NEWUSER) < 0)
			return nsm_fail(config->ctx, -errno, "enter", NSMGR_USER, NULL);
		nsm_setup_become_root();
	}
	return 0;
}

static _Noreturn void run_creator(struct nsmgr_config *config, const char *name, uint64_t floor, int socket)
{
	struct nsm_title title = nsm_title_find();
	ino_t pid_max_ino = nsm_setup_pid_max_ino();
	struct pollfd end = { .fd = socket };
	pid_t keeper;

	if (unshare_user(config, socket) < 0)
		fail(config->ctx, socket);
	if (floor)
		nsm_setup_outdo_id(floor);
	if (nsm_setup_unshare(config) < 0)
		fail(config->ctx, socket);
	if (config->monotonic.set || config->boottime.set) {
		report(socket, PHASE_TIME, 0, NULL);
		wait_for_go(socket);
	}
	if (nsm_setup_inside(config) < 0)
		fail(config->ctx, socket);
	if (makes(config, NSMGR_PID)) {
		keeper = nsm_sys_clone(NULL);
		if (keeper == 0)
			run_keeper(config, socket, &title, name, pid_max_ino);
		if (keeper < 0) {
			nsm_fail(config->ctx, keeper, "fork", NSMGR_PID, NULL);
			fail(config->ctx, socket);
		}
		report(socket, PHASE_KEEPER, keeper, NULL);
	} else {
		report(socket, PHASE_READY, 0, NULL);
	}
	/* Stay to be looked at until the manager kills us, or is gone. */
	while (!(end.revents & POLLHUP))
		poll(&end, 1, -1);
	_exit(0);
}

/* ---- in the manager ---- */

/* Takes over the keeper that the creator named, once the namespace confirms it: the creator may run as another user, who
 * could have told anything. */
static int adopt_keeper(struct nsmgr_ctx *ctx, struct nsm_creator *creator)
{
	nsm_autoclose int ns = nsm_creator_open(ctx, creator, NSMGR_PID);

	if (ns < 0)
		return ns;
	if (nsm_init_find(ns, creator->keeper, &creator->keeper_pidfd, &creator->keeper) != NSM_INIT_ALIVE)
		return nsm_fail_text(ctx, -ESRCH, "keeper", NSMGR_PID, NULL, "the keeper has ended");
	return 0;
}

/* The next report, or a failure when the creator ends without one; the keeper alone would hold the socket open. */
static int receive(struct nsmgr_ctx *ctx, const struct nsm_creator *creator, struct report *ret)
{
	struct pollfd fds[] = { { .fd = creator->socket, .events = POLLIN },
				{ .fd = creator->pidfd, .events = POLLIN } };
	ssize_t n = -1;

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return nsm_fail(ctx, -errno, "creator", NSMGR_TYPE_NONE, NULL);
	if (fds[0].revents)
		n = recv(creator->socket, ret, sizeof(*ret), MSG_DONTWAIT);
	if (n != (ssize_t)sizeof(*ret))
		return nsm_fail_text(ctx, -ECHILD, "creator", NSMGR_TYPE_NONE, NULL, "it ended unexpectedly");
	if (ret->phase != PHASE_FAILED)
		return 0;
	ctx->failure = ret->failure;
	return ret->failure.error > 0 ? -ret->failure.error : -EIO;
}

/* Does what a report asks for. */
static int answer(struct nsmgr_config *config, struct nsm_creator *creator, const struct report *report)
{
	int r;

	switch (report->phase) {
	case PHASE_USER:
		r = nsm_idmap_write(config, creator->proc, creator->pid);
		break;
	case PHASE_TIME:
		r = nsm_setup_offsets(config, creator->proc);
		break;
	case PHASE_KEEPER:
		creator->keeper = report->keeper;
		r = adopt_keeper(config->ctx, creator);
		break;
	default:
		return nsm_fail(config->ctx, -EPROTO, "creator", NSMGR_TYPE_NONE, NULL);
	}
	if (r == 0 && send(creator->socket, "g", 1, MSG_NOSIGNAL) < 0)
		r = nsm_fail(config->ctx, -errno, "creator", NSMGR_TYPE_NONE, NULL);
	return r;
}

static int serve(struct nsmgr_config *config, struct nsm_creator *creator)
{
	for (;;) {
		struct report report;
		int r = receive(config->ctx, creator, &report);

		if (r < 0 || report.phase == PHASE_READY)
			return r;
		r = answer(config, creator, &report);
		if (r < 0)
			return r;
	}
}

static int open_proc(struct nsmgr_ctx *ctx, const char *path)
{
	nsm_autoclose int fd = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return nsm_fail(ctx, -errno, "creator", NSMGR_TYPE_NONE, path);
	if (fs.f_type != NSM_PROC_MAGIC)
		return nsm_fail_text(ctx, -ENOSYS, "creator", NSMGR_TYPE_NONE, path, "/proc is not a proc file system");
	return take_fd(fd);
}

int nsm_creator_start(struct nsmgr_config *config, const char *name, uint64_t floor, struct nsm_creator *ret)
{
	nsm_autocreator struct nsm_creator creator = NSM_CREATOR_INIT;
	char path[32];
	struct nsm_text text = NSM_TEXT(path);
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return nsm_fail(config->ctx, -errno, "creator", NSMGR_TYPE_NONE, NULL);
	creator.socket = pair[0];
	creator.pid = nsm_sys_clone(&creator.pidfd);
	if (creator.pid == 0) {
		close(pair[0]);
		run_creator(config, name, floor, pair[1]);
	}
	close(pair[1]);
	if (creator.pid < 0)
		return nsm_fail(config->ctx, creator.pid, "fork", NSMGR_TYPE_NONE, NULL);
	nsm_text_add(&text, "/proc/%ld", (long)creator.pid);
	creator.proc = open_proc(config->ctx, path);
	if (creator.proc < 0)
		return creator.proc;
	r = serve(config, &creator);
	if (r < 0)
		return r;
	*ret = creator;
	creator = (struct nsm_creator)NSM_CREATOR_INIT;
	return 0;
}

int nsm_creator_self(struct nsmgr_config *config, struct nsm_creator *ret)
{
	int r;

	if (ret->proc < 0)
		ret->proc = open_proc(config->ctx, "/proc/self");
	if (ret->proc < 0)
		return ret->proc;
	r = nsm_setup_unshare(config);
	if (r == 0)
		r = nsm_setup_offsets(config, ret->proc);
	return r < 0 ? r : nsm_setup_inside(config);
}

int nsm_creator_open(struct nsmgr_ctx *ctx, const struct nsm_creator *creator, enum nsmgr_type type)
{
	char path[32];
	struct nsm_text text = NSM_TEXT(path);
	nsm_autoclose int fd = -EBADF;

	nsm_text_add(&text, "ns/%s", nsm_nstypes[type].children);
	fd = nsm_nsfd_open(creator->proc, path, false);
	if (fd < 0)
		return nsm_fail(ctx, fd, "open", type, path);
	/* The directory is known to be proc's, where nothing else can be of that name. */
	if (!nsm_nsfd_has_type(fd, type))
		return nsm_fail(ctx, -EBADMSG, "open", type, path);
	return take_fd(fd);
}

int nsm_creator_release(struct nsmgr_ctx *ctx, struct nsm_creator *creator)
{
	char nothing;

	if (!creator->keeper)
		return 0;
	if (send(creator->socket, "g", 1, MSG_NOSIGNAL) < 0)
		return nsm_fail(ctx, -errno, "keeper", NSMGR_PID, NULL);
	/* The creator's copy of the socket has to go, for the keeper's to be the last: when that is closed the
	 * keeper has nothing of ours any more. */
	nsm_pidfd_end(creator->pidfd);
	while (recv(creator->socket, &nothing, 1, 0) < 0 && errno == EINTR)
		;
	if (nsm_pidfd_has_ended(creator->keeper_pidfd))
		return nsm_fail_text(ctx, -ESRCH, "keeper", NSMGR_PID, NULL, "the keeper has ended");
	nsm_close(&creator->keeper_pidfd);
	return 0;
}

void nsm_creator_end(struct nsm_creator *creator)
{
	nsm_close(&creator->socket);
	if (creator->keeper_pidfd >= 0)
		nsm_pidfd_end(creator->keeper_pidfd);
	nsm_close(&creator->keeper_pidfd);
	if (creator->pid > 0) {
		nsm_sys_pidfd_kill(creator->pidfd, SIGKILL);
		while (waitpid(creator->pid, NULL, __WALL) < 0 && errno == EINTR)
			;
		creator->pid = 0;
	}
	nsm_close(&creator->pidfd);
	nsm_close(&creator->proc);
}
