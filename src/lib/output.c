/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/child.h"

#include "base/fd.h"
#include "lib/edge.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What came of one pipe. */
struct stream {
	int *pipe;
	char *data;
	size_t size, room;
};

static int failed(struct nsmgr_child *child, int r)
{
	return nsm_fail(child->ctx, r, "output", NSMGR_TYPE_NONE, NULL);
}

/* Room for more, and for the zero byte at the end. */
static int grow(struct stream *stream)
{
	size_t room = stream->room ? stream->room * 2 : 4096;
	char *data;

	if (stream->room - stream->size > 1)
		return 0;
	if (room < stream->room)
		return -ENOMEM;
	data = realloc(stream->data, room);
	if (!data)
		return -ENOMEM;
	stream->data = data;
	stream->room = room;
	return 0;
}

/* Reads once. 1, or 0 at the end, when the pipe is closed. */
static int read_some(struct stream *stream, size_t limit)
{
	ssize_t n;
	int r = grow(stream);

	if (r < 0)
		return r;
	n = read(*stream->pipe, stream->data + stream->size, stream->room - stream->size - 1);
	/* The caller's end may have been made not to block. */
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 1 : -errno;
	if (n == 0) {
		nsm_close(stream->pipe);
		return 0;
	}
	stream->size += (size_t)n;
	return stream->size > limit ? -EFBIG : 1;
}

/* What is there after the end of the child. Whoever else has the pipe may go on writing: no more than was there now. */
static int read_rest(struct stream *stream, size_t limit)
{
	int there = 0;
	size_t until;

	if (*stream->pipe < 0 || ioctl(*stream->pipe, FIONREAD, &there) < 0)
		return 0;
	until = stream->size + (size_t)there;
	while (stream->size < until) {
		int r = read_some(stream, limit);

		if (r <= 0)
			return r;
	}
	return 0;
}

/* Until both are closed, or the deadline. */
static int read_both(struct nsmgr_child *child, struct stream streams[2], size_t limit, const struct nsm_deadline *deadline)
{
	while (*streams[0].pipe >= 0 || *streams[1].pipe >= 0) {
		struct pollfd fds[2] = { { .fd = *streams[0].pipe, .events = POLLIN },
					 { .fd = *streams[1].pipe, .events = POLLIN } };
		int left = nsm_deadline_left(deadline), r = poll(fds, 2, left);

		if (r < 0 && errno != EINTR)
			return failed(child, -errno);
		if (r == 0 && left < INT32_MAX)
			return 0;
		for (int i = 0; i < 2 && r > 0; i++) {
			int got = fds[i].revents ? read_some(&streams[i], limit) : 0;

			if (got < 0)
				return failed(child, got);
		}
	}
	return 0;
}

static int collect(struct nsmgr_child *child, struct stream streams[2], size_t limit, const struct nsm_deadline *deadline)
{
	int r = read_both(child, streams, limit, deadline);

	if (r == 0)
		r = nsm_child_wait_until(child, deadline);
	for (int i = 0; i < 2 && r == 0; i++) {
		r = read_rest(&streams[i], limit);
		if (r < 0)
			r = failed(child, r);
	}
	return r;
}

static char *finish(struct stream *stream)
{
	if (stream->data)
		stream->data[stream->size] = '\0';
	return take_ptr(stream->data);
}

int nsmgr_child_output(struct nsmgr_child *child, const struct timespec *timeout, size_t limit,
		       struct nsmgr_output *ret_output, struct nsmgr_status *ret_status)
{
	struct stream streams[2] = { { .pipe = &child->pipes[1] }, { .pipe = &child->pipes[2] } };
	struct nsm_deadline deadline = nsm_deadline(timeout);
	struct nsmgr_status status;
	int r = 0;

	nsm_close(&child->pipes[0]);
	/* A pipe that nothing comes from gives an empty text, not none. */
	for (int i = 0; i < 2 && r == 0; i++)
		if (*streams[i].pipe >= 0 && grow(&streams[i]) < 0)
			r = failed(child, -ENOMEM);
	if (r == 0)
		r = collect(child, streams, limit, &deadline);
	if (r == 0)
		r = nsmgr_child_wait(child, NULL, &status);
	if (r == 0) {
		*ret_output = (struct nsmgr_output){ .out_size = streams[0].size, .err_size = streams[1].size };
		ret_output->out = finish(&streams[0]);
		ret_output->err = finish(&streams[1]);
		if (ret_status)
			*ret_status = status;
	} else {
		/* Nobody reads on, so it would hang. The failure is that of before. */
		struct nsm_failure failure = child->ctx->failure;

		nsmgr_child_kill(child);
		child->ctx->failure = failure;
	}
	for (int i = 0; i < 2; i++) {
		nsm_close(streams[i].pipe);
		free(streams[i].data);
	}
	return nsm_edge(child->ctx, NSM_EDGE_child_output, r);
}

void nsmgr_output_clear(struct nsmgr_output *output)
{
	if (!output)
		return;
	free(output->out);
	free(output->err);
	*output = (struct nsmgr_output){ 0 };
}
