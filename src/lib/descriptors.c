/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "lib/sys.h"

#include <fcntl.h>
#include <unistd.h>

#define HIGHEST_NUMBER 1023

/* ---- What is asked for ---- */

static void forget(struct nsmgr_command *command, int number)
{
	for (size_t at = 0; at < command->fd_count; at++) {
		if (command->fds[at].to != number)
			continue;
		command->fd_count--;
		memmove(&command->fds[at], &command->fds[at + 1], (command->fd_count - at) * sizeof(*command->fds));
		return;
	}
}

/* The last that was said of a number counts. */
static int add(struct nsmgr_command *command, int fd, int number)
{
	size_t at;

	if (fcntl(fd, F_GETFD) < 0)
		return nsm_fail_text(command->ctx, -EBADF, "descriptors", NSMGR_TYPE_NONE, NULL, "%d is not open", fd);
	forget(command, number);
	if (number <= 2) {
		command->stdio[number] = NSMGR_STDIO_INHERIT;
		if (fd == number)
			return 0;
	}
	if (!command->fds)
		command->fds = malloc(NSM_FD_COUNT * sizeof(*command->fds));
	if (!command->fds)
		return nsm_fail(command->ctx, -ENOMEM, "descriptors", NSMGR_TYPE_NONE, NULL);
	at = command->fd_count;
	if (at == NSM_FD_COUNT)
		return nsm_fail_text(command->ctx, -E2BIG, "descriptors", NSMGR_TYPE_NONE, NULL, "at most %d", NSM_FD_COUNT);
	for (; at > 0 && command->fds[at - 1].to > number; at--)
		command->fds[at] = command->fds[at - 1];
	command->fds[at] = (struct nsm_move){ .from = fd, .to = number };
	command->fd_count++;
	return 0;
}

int nsmgr_command_give_fd(struct nsmgr_command *command, int fd, int number)
{
	if (number < 0 || number > HIGHEST_NUMBER)
		return nsm_fail_text(command->ctx, -EBADF, "descriptors", NSMGR_TYPE_NONE, NULL, "%d is not within 0 to %d",
				     number, HIGHEST_NUMBER);
	return add(command, fd, number);
}

int nsmgr_command_preserve_fd(struct nsmgr_command *command, int fd)
{
	return add(command, fd, fd);
}

int nsmgr_command_stdio(struct nsmgr_command *command, int fd, enum nsmgr_stdio stdio)
{
	if (fd < 0 || fd > 2 || (stdio != NSMGR_STDIO_INHERIT && stdio != NSMGR_STDIO_NULL && stdio != NSMGR_STDIO_PIPE))
		return nsm_fail_text(command->ctx, -EINVAL, "descriptors", NSMGR_TYPE_NONE, NULL,
				     "%d is no standard descriptor, or that cannot be made of it", fd);
	forget(command, fd);
	command->stdio[fd] = stdio;
	return 0;
}

/* ---- Doing it ---- */

struct moves {
	size_t count;
	struct nsm_move list[NSM_FD_COUNT + 3];
};

static bool is_target(const struct moves *moves, int fd)
{
	for (size_t i = 0; i < moves->count; i++)
		if (moves->list[i].to == fd)
			return true;
	return false;
}

static bool will_be_covered(const struct moves *moves, int fd)
{
	for (size_t i = 0; i < moves->count; i++)
		if (moves->list[i].to == fd && moves->list[i].from != fd)
			return true;
	return false;
}

/* A copy under a number that nothing is moved to. Above the highest target would be simpler, but RLIMIT_NOFILE may be just
 * that. */
static int step_aside(const struct moves *moves, int fd)
{
	for (int at = 3;;) {
		int copy;

		while (is_target(moves, at))
			at++;
		copy = fcntl(fd, F_DUPFD_CLOEXEC, at);
		if (copy < 0)
			return errno == EINVAL ? -EMFILE : -errno;
		if (!is_target(moves, copy))
			return copy;
		close(copy);
		at = copy + 1;
	}
}

static int evade(const struct moves *moves, int *fd)
{
	int copy;

	if (*fd < 0 || !will_be_covered(moves, *fd))
		return 0;
	copy = step_aside(moves, *fd);
	if (copy < 0)
		return copy;
	*fd = copy;
	return 0;
}

static int put_into_place(const struct nsm_move *move)
{
	if (move->from == move->to)
		return fcntl(move->to, F_SETFD, 0) < 0 ? -errno : 0;
	if (dup2(move->from, move->to) >= 0)
		return 0;
	/* dup2(2) says so of a number above the limit as well. */
	return errno == EBADF && fcntl(move->from, F_GETFD) >= 0 ? -EMFILE : -errno;
}

static int failed(struct nsmgr_command *command, int r)
{
	return nsm_fail(command->ctx, r, "descriptors", NSMGR_TYPE_NONE, NULL);
}

int nsm_descriptors_move(struct nsmgr_command *command, struct nsm_exec *exec)
{
	struct moves moves;
	int r;

	moves.count = exec->stdio_count + command->fd_count;
	if (!moves.count)
		return 0;
	memcpy(moves.list, exec->stdio, exec->stdio_count * sizeof(*moves.list));
	if (command->fd_count)
		memcpy(moves.list + exec->stdio_count, command->fds, command->fd_count * sizeof(*moves.list));
	/* What would be covered before its turn, so that two may change places; and what we need ourselves up to the exec. */
	r = evade(&moves, &exec->report);
	if (r == 0)
		r = evade(&moves, &command->parent);
	for (size_t i = 0; i < moves.count && r == 0; i++)
		if (moves.list[i].from != moves.list[i].to)
			r = evade(&moves, &moves.list[i].from);
	for (size_t i = 0; i < moves.count && r == 0; i++)
		r = put_into_place(&moves.list[i]);
	return r < 0 ? failed(command, r) : 0;
}

int nsm_descriptors_close(struct nsmgr_command *command)
{
	unsigned next = 3;
	int r = 0;

	for (size_t i = 0; i < command->fd_count && r == 0; i++) {
		unsigned fd = (unsigned)command->fds[i].to;

		if (fd < next)
			continue;
		if (fd > next)
			r = nsm_sys_close_range(next, fd - 1, true);
		next = fd + 1;
	}
	if (r == 0)
		r = nsm_sys_close_range(next, ~0u, true);
	return r < 0 ? failed(command, r) : 0;
}
