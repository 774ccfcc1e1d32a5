/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/flow.h"

#include <errno.h>
#include <unistd.h>

bool flow_is_empty(const struct flow *flow)
{
	return flow->at == flow->end;
}

void flow_fill(struct flow *flow, int fd, bool *end)
{
	ssize_t n = read(fd, flow->data, sizeof(flow->data));

	flow->at = 0;
	flow->end = n > 0 ? (size_t)n : 0;
	*end = n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
}

void flow_drain(struct flow *flow, int fd, bool *end)
{
	ssize_t n = write(fd, flow->data + flow->at, flow->end - flow->at);

	*end = n < 0 && errno != EINTR && errno != EAGAIN;
	if (*end)
		flow->error = errno;
	if (n > 0)
		flow->at += (size_t)n;
}
