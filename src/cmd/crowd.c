/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/crowd.h"

#include "base/deadline.h"
#include "base/fd.h"

#include <poll.h>
#include <sys/resource.h>

void crowd_free(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++)
		nsm_close(&crowd->array[i].pidfd);
	free(crowd->array);
}

void crowd_begin(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int crowd_add(struct crowd *crowd, pid_t pid, int pidfd)
{
	nsm_autoclose int owned = pidfd;

	if (crowd->count == crowd->size) {
		size_t size = crowd->size ? crowd->size * 2 : 64;
		struct signalled *array = realloc(crowd->array, size * sizeof(*array));

		if (!array)
			return -ENOMEM;
		crowd->array = array;
		crowd->size = size;
	}
	crowd->array[crowd->count++] = (struct signalled){ pid, take_fd(owned) };
	return 0;
}

static bool has_ended(const struct signalled *process)
{
	struct pollfd poll_fd = { .fd = process->pidfd, .events = POLLIN };

	return process->pidfd < 0 || poll(&poll_fd, 1, 0) > 0;
}

bool crowd_has(const struct crowd *crowd, pid_t pid)
{
	for (size_t i = 0; i < crowd->count; i++)
		if (crowd->array[i].pid == pid && (crowd->array[i].pidfd < 0 || !has_ended(&crowd->array[i])))
			return true;
	return false;
}

static int wait_for(const struct signalled *process, const struct nsm_deadline *deadline)
{
	struct pollfd poll_fd = { .fd = process->pidfd, .events = POLLIN };

	while (!has_ended(process)) {
		int left = nsm_deadline_left(deadline);

		if (left == 0)
			return -ETIMEDOUT;
		if (poll(&poll_fd, 1, left) < 0 && errno != EINTR)
			return -errno;
	}
	return 0;
}

/* All have to end, so the order does not matter. */
int crowd_wait(const struct crowd *crowd, const struct timespec *timeout)
{
	struct nsm_deadline deadline = nsm_deadline(timeout);
	int r = 0;

	for (size_t i = 0; r == 0 && i < crowd->count; i++)
		r = wait_for(&crowd->array[i], &deadline);
	return r;
}

void crowd_list(const struct crowd *crowd, struct nsm_text *text)
{
	for (size_t i = 0; i < crowd->count; i++)
		if (!has_ended(&crowd->array[i]))
			nsm_text_add(text, "%s%ld", text->len ? " " : "", (long)crowd->array[i].pid);
}
