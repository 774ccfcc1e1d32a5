/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/handed.h"

#include "base/fd.h"
#include "lib/config.h"
#include "lib/edge.h"
#include "lib/sys.h"

#include <sys/socket.h>

static bool has(const struct nsm_handed *handed, unsigned number)
{
	return number < NSM_HANDED_COUNT && handed->numbers >> number & 1;
}

static int hand(struct nsmgr_config *config, unsigned number, int fd)
{
	struct nsm_handed *handed = &config->handed;
	int copy;

	if (!handed->open)
		return nsm_fail_text(config->ctx, -EINVAL, "hook", NSMGR_TYPE_NONE, NULL,
				     "descriptors are handed inside by the hook outside alone");
	if (number >= NSM_HANDED_COUNT)
		return nsm_fail_text(config->ctx, -E2BIG, "hook", NSMGR_TYPE_NONE, NULL, "at most %d descriptors",
				     NSM_HANDED_COUNT);
	copy = nsm_dup(fd);
	if (copy < 0)
		return nsm_fail(config->ctx, copy, "hook", NSMGR_TYPE_NONE, NULL);
	if (has(handed, number))
		nsm_close(&handed->fds[number]);
	handed->fds[number] = copy;
	handed->numbers |= 1ull << number;
	return 0;
}

int nsmgr_config_hand_fd(struct nsmgr_config *config, unsigned number, int fd)
{
	return nsm_edge(config->ctx, NSM_EDGE_config_hand_fd, hand(config, number, fd));
}

int nsmgr_config_handed_fd(const struct nsmgr_config *config, unsigned number)
{
	return has(&config->handed, number) ? config->handed.fds[number] : -EBADF;
}

void nsm_handed_begin(struct nsm_handed *handed)
{
	nsm_handed_close(handed);
	handed->open = true;
}

void nsm_handed_close(struct nsm_handed *handed)
{
	for (unsigned i = 0; i < NSM_HANDED_COUNT; i++)
		if (has(handed, i))
			nsm_close(&handed->fds[i]);
	handed->numbers = 0;
	handed->open = false;
}

/* Room for the descriptors beside a message, aligned as its header. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int) * NSM_HANDED_COUNT)];
};

int nsm_handed_send(struct nsm_handed *handed, int socket)
{
	union control control = { .bytes = { 0 } };
	struct iovec word = { .iov_base = &handed->numbers, .iov_len = sizeof(handed->numbers) };
	struct msghdr message = { .msg_iov = &word, .msg_iovlen = 1 };
	int *fds = (int *)(void *)CMSG_DATA(&control.header);
	size_t count = 0;
	int r;

	for (unsigned i = 0; i < NSM_HANDED_COUNT; i++)
		if (has(handed, i))
			fds[count++] = handed->fds[i];
	if (count > 0) {
		control.header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
						   .cmsg_len = CMSG_LEN(sizeof(int) * count) };
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
	}
	r = sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
	nsm_handed_close(handed);
	return r;
}

/* They come in the order of their numbers. */
static int unpack(struct nsm_handed *handed, uint64_t numbers, struct msghdr *message)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);
	const int *fds = header ? (const int *)(const void *)CMSG_DATA(header) : NULL;
	size_t count = header ? (header->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;

	for (unsigned i = 0; i < NSM_HANDED_COUNT && count > 0; i++) {
		if (!(numbers >> i & 1))
			continue;
		handed->fds[i] = *fds++;
		handed->numbers |= 1ull << i;
		count--;
	}
	return message->msg_flags & MSG_CTRUNC || handed->numbers != numbers ? -EMFILE : 0;
}

int nsm_handed_receive(struct nsm_handed *handed, int socket)
{
	union control control = { .bytes = { 0 } };
	uint64_t numbers = 0;
	struct iovec word = { .iov_base = &numbers, .iov_len = sizeof(numbers) };
	struct msghdr message = { .msg_iov = &word, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	ssize_t n;

	do
		n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(numbers))
		return n < 0 ? -errno : -EPIPE;
	return unpack(handed, numbers, &message);
}

/* The lowest of these from `low` on, or -1. */
static int find_next(const struct nsm_handed *handed, unsigned low)
{
	int next = -1;

	for (unsigned i = 0; i < NSM_HANDED_COUNT; i++)
		if (has(handed, i) && (unsigned)handed->fds[i] >= low && (next < 0 || handed->fds[i] < next))
			next = handed->fds[i];
	return next;
}

void nsm_handed_close_others(const struct nsm_handed *handed)
{
	unsigned low = 0;
	int next;

	while ((next = find_next(handed, low)) >= 0) {
		if ((unsigned)next > low)
			nsm_sys_close_range(low, (unsigned)next - 1, false);
		low = (unsigned)next + 1;
	}
	nsm_sys_close_range(low, ~0u, false);
}
