/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/creator.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/idmap_write.h"
#include "lib/creator_run.h"
#include "lib/hook.h"
#include "lib/init.h"
#include "lib/nstype.h"
#include "lib/proc.h"
#include "lib/setup.h"
#include "lib/sys.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

bool nsm_creator_is_needed(const struct nsmgr_config *config)
{
	const unsigned felt = NSMGR_MASK(NSMGR_USER) | NSMGR_MASK(NSMGR_MNT) | NSMGR_MASK(NSMGR_PID);

	/* A process that goes into a cgroup stays there. */
	return (config->make & felt) || config->outside || config->inside || (config->make && nsm_config_has_cgroup(config)) ||
	       (config->make && config->source[NSMGR_USER] >= 0);
}

/* They stay pending: what they are to do is the caller's. */
static int open_signals(const struct nsmgr_config *config, struct nsm_creator *creator)
{
	sigset_t set;

	if (!config->interrupt)
		return 0;
	sigemptyset(&set);
	for (int i = 1; i <= NSM_SIGNAL_COUNT; i++)
		if (config->interrupt & NSMGR_SIGNAL(i))
			sigaddset(&set, i);
	creator->signals = signalfd(-1, &set, SFD_CLOEXEC);
	return creator->signals < 0 ? nsm_fail(config->ctx, -errno, "creator", NSMGR_TYPE_NONE, NULL) : 0;
}

/* Takes over the keeper that the creator named, once the namespace confirms it: the creator may run as another user, who
 * could have told anything. */
static int adopt_keeper(struct nsmgr_ctx *ctx, struct nsm_creator *creator)
{
	nsm_autoclose int ns = nsm_creator_open(ctx, creator, NSMGR_PID);
	int r;

	if (ns < 0)
		return ns;
	r = nsm_init_find(ns, creator->keeper, &creator->keeper_pidfd, &creator->keeper);
	if (r < 0)
		return nsm_fail(ctx, r, "keeper", NSMGR_PID, NULL);
	return r > 0 ? 0 : nsm_fail_text(ctx, -ESRCH, "keeper", NSMGR_PID, NULL, "the keeper has ended");
}

/* The next report, or a failure when the creator or its keeper ends without one; the other would hold the socket open. */
static int receive(struct nsmgr_ctx *ctx, const struct nsm_creator *creator, struct nsm_report *ret)
{
	struct pollfd fds[] = { { .fd = creator->socket, .events = POLLIN },
				{ .fd = creator->pidfd, .events = POLLIN },
				{ .fd = creator->keeper_pidfd, .events = POLLIN },
				{ .fd = creator->signals, .events = POLLIN } };
	ssize_t n = -1;

	while (poll(fds, NSM_ARRAY_SIZE(fds), -1) < 0)
		if (errno != EINTR)
			return nsm_fail(ctx, -errno, "creator", NSMGR_TYPE_NONE, NULL);
	if (fds[3].revents)
		return nsm_fail_text(ctx, -EINTR, "creator", NSMGR_TYPE_NONE, NULL, "interrupted by a signal");
	if (fds[0].revents)
		n = recv(creator->socket, ret, sizeof(*ret), MSG_DONTWAIT);
	if (n != (ssize_t)sizeof(*ret))
		return nsm_fail_text(ctx, -ECHILD, "creator", NSMGR_TYPE_NONE, NULL, "it ended unexpectedly");
	if (ret->phase != NSM_PHASE_FAILED)
		return 0;
	return nsm_failure_take(ctx, &ret->failure);
}

/* Does what a report asks for. */
static int answer(struct nsmgr_config *config, const struct nsm_order *order, struct nsm_creator *creator,
		  const struct nsm_report *report)
{
	int r = 0;

	switch (report->phase) {
	case NSM_PHASE_USER:
		r = nsm_idmap_write(config, creator->proc, creator->proc_pid);
		break;
	case NSM_PHASE_TIME:
		r = nsm_setup_offsets(config, creator->proc);
		break;
	case NSM_PHASE_HOOK:
		if (order->early)
			r = order->early(order->data, creator);
		if (r == 0)
			r = nsm_hook_outside(config, creator->pid);
		break;
	case NSM_PHASE_KEEPER:
		creator->keeper = report->keeper;
		r = adopt_keeper(config->ctx, creator);
		if (r == 0 && creator->signals < 0)
			r = open_signals(config, creator);
		break;
	default:
		return nsm_fail(config->ctx, -EPROTO, "creator", NSMGR_TYPE_NONE, NULL);
	}
	if (r < 0)
		return r;
	if (report->phase == NSM_PHASE_HOOK)
		r = nsm_handed_send(&config->handed, creator->socket);
	else if (send(creator->socket, "g", 1, MSG_NOSIGNAL) < 0)
		r = -errno;
	return r < 0 ? nsm_fail(config->ctx, r, "creator", NSMGR_TYPE_NONE, NULL) : 0;
}

/* Who has failed meanwhile has said why; that it is gone is no more than what came of that. */
static int blame(struct nsmgr_ctx *ctx, const struct nsm_creator *creator, int r)
{
	struct nsm_report report;
	ssize_t n = recv(creator->socket, &report, sizeof(report), MSG_DONTWAIT);

	return n == (ssize_t)sizeof(report) && report.phase == NSM_PHASE_FAILED ? nsm_failure_take(ctx, &report.failure) : r;
}

static int serve(struct nsmgr_config *config, const struct nsm_order *order, struct nsm_creator *creator)
{
	for (;;) {
		struct nsm_report report;
		int r = receive(config->ctx, creator, &report);

		if (r < 0 || report.phase == NSM_PHASE_READY)
			return r;
		r = answer(config, order, creator, &report);
		if (r < 0)
			return blame(config->ctx, creator, r);
	}
}

/* Finds the creator in /proc by its pidfd: by its number another may be shown there. */
static int find_in_proc(struct nsmgr_ctx *ctx, struct nsm_creator *creator)
{
	creator->proc = nsm_proc_open_pidfd(creator->pidfd, &creator->proc_pid);
	/* One that has ended already has said why. */
	if (creator->proc >= 0 || creator->proc == -ESRCH)
		return 0;
	if (creator->proc == -ENOENT)
		return nsm_fail_text(ctx, -ESRCH, "creator", NSMGR_TYPE_NONE, NULL,
				     "/proc does not show our own children (cure: mount -t proc proc /proc)");
	return nsm_fail(ctx, creator->proc, "creator", NSMGR_TYPE_NONE, NULL);
}

int nsm_creator_start(struct nsmgr_config *config, const struct nsm_order *order, struct nsm_creator *ret)
{
	nsm_autocreator struct nsm_creator creator = NSM_CREATOR_INIT;
	int pair[2], r = 0;

	/* A tied keeper is our child, whom we have to know of to reap it: until then nothing takes long. */
	if (!order->tied || !nsm_config_makes(config, NSMGR_PID))
		r = open_signals(config, &creator);
	if (r < 0)
		return r;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return nsm_fail(config->ctx, -errno, "creator", NSMGR_TYPE_NONE, NULL);
	creator.socket = pair[0];
	creator.tied = order->tied;
	creator.pid = nsm_sys_clone(&creator.pidfd);
	if (creator.pid == 0) {
		close(pair[0]);
		nsm_creator_run(config, order, pair[1]);
	}
	close(pair[1]);
	if (creator.pid < 0)
		return nsm_fail(config->ctx, creator.pid, "fork", NSMGR_TYPE_NONE, NULL);
	r = find_in_proc(config->ctx, &creator);
	if (r == 0)
		r = serve(config, order, &creator);
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
		ret->proc = nsm_proc_open(0);
	if (ret->proc < 0)
		return nsm_fail(config->ctx, ret->proc, "creator", NSMGR_TYPE_NONE, "/proc/self");
	/* It spares looks into /proc, which do without it. We are all of this process: nsm_create_batch(). */
	if (ret->pidfd < 0)
		ret->pidfd = nsm_sys_pidfd_open(getpid());
	r = nsm_setup_unshare(config);
	if (r == 0)
		r = nsm_setup_offsets(config, ret->proc);
	return r < 0 ? r : nsm_setup_inside(config);
}

int nsm_creator_open(struct nsmgr_ctx *ctx, const struct nsm_creator *creator, enum nsmgr_type type)
{
	const struct nsm_nstype *nstype = &nsm_nstypes[type];
	nsm_autoclose int fd = -EBADF;
	char path[32];
	struct nsm_text text = NSM_TEXT(path);
	int r;

	nsm_text_put(&text, "ns/");
	nsm_text_put(&text, nstype->children);
	/* At a quarter of the price, since Linux 6.11 (KERNEL R71). Of pid and time it would be the creator's own. */
	if (creator->pidfd >= 0 && nsm_streq(nstype->name, nstype->children))
		fd = ioctl(creator->pidfd, nstype->pidfd_get, 0);
	if (fd < 0)
		fd = nsm_nsfd_open(creator->proc, path, false);
	if (fd < 0)
		return nsm_fail(ctx, fd, "open", type, path);
	/* The directory is known to be proc's, where nothing else can be of that name. */
	r = nsm_nsfd_expect(fd, type);
	return r < 0 ? nsm_fail(ctx, r, "open", type, path) : take_fd(fd);
}

/* The creator's copy of the socket has to go, for the keeper's to be the last. */
static int end_but_keeper(struct nsmgr_ctx *ctx, struct nsm_creator *creator)
{
	int r = nsm_pidfd_end(creator->pidfd);

	return r < 0 ? nsm_fail(ctx, r, "creator", NSMGR_TYPE_NONE, NULL) : 0;
}

int nsm_creator_release(struct nsmgr_ctx *ctx, struct nsm_creator *creator)
{
	bool stays = false;
	char word;
	ssize_t n;
	int r;

	if (!creator->keeper)
		return 0;
	r = end_but_keeper(ctx, creator);
	if (r < 0)
		return r;
	if (send(creator->socket, "g", 1, MSG_NOSIGNAL) < 0)
		return nsm_fail(ctx, -errno, "keeper", NSMGR_PID, NULL);
	/* It says that it stays, and when it has closed the socket it has nothing of ours any more. One that ends closes it too, a
	 * moment before its pidfd tells. */
	while ((n = recv(creator->socket, &word, 1, 0)) > 0 || (n < 0 && errno == EINTR))
		stays |= n > 0;
	if (n < 0)
		return nsm_fail(ctx, -errno, "keeper", NSMGR_PID, NULL);
	if (!stays || nsm_pidfd_has_ended(creator->keeper_pidfd))
		return nsm_fail_text(ctx, -ESRCH, "keeper", NSMGR_PID, NULL, "the keeper has ended");
	nsm_close(&creator->keeper_pidfd);
	return 0;
}

int nsm_creator_give_keeper(struct nsmgr_ctx *ctx, struct nsm_creator *creator, struct nsm_leash **ret)
{
	int r = end_but_keeper(ctx, creator);

	if (r < 0)
		return r;
	creator->tied = false;
	r = nsm_leash_new(creator->keeper, take_fd(creator->keeper_pidfd), take_fd(creator->socket), ret);
	return r < 0 ? nsm_fail(ctx, r, "keeper", NSMGR_PID, NULL) : 0;
}

void nsm_creator_end(struct nsm_creator *creator)
{
	nsm_close(&creator->socket);
	if (creator->keeper_pidfd >= 0)
		nsm_pidfd_end(creator->keeper_pidfd);
	nsm_close(&creator->keeper_pidfd);
	if (creator->tied && creator->keeper > 0)
		/* By a number that may be a lie: so only a child without exit signal, never one of the program's own. */
		waitpid(creator->keeper, NULL, __WCLONE);
	if (creator->pid > 0) {
		nsm_sys_pidfd_kill(creator->pidfd, SIGKILL);
		nsm_sys_reap(creator->pid, NULL);
		creator->pid = 0;
	}
	nsm_close(&creator->pidfd);
	nsm_close(&creator->proc);
	nsm_close(&creator->signals);
}
