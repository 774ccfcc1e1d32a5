/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_FLOW_H
#define NSM_CMD_FLOW_H

#include <stdbool.h>
#include <stddef.h>

/* What was read on one side and waits to be written on the other. */
struct flow {
	size_t at, end;
	int error; /* the errno with which it could not be written, or 0 */
	char data[4096];
};

bool flow_is_empty(const struct flow *flow);

/* One read(2), and one write(2) of what is there. *end: there will be no more, or nobody takes it. */
void flow_fill(struct flow *flow, int fd, bool *end);
void flow_drain(struct flow *flow, int fd, bool *end);

#endif
