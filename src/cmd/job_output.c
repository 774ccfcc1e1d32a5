/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/job_output.h"

#include "base/fd.h"
#include "base/text.h"

#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

void jobs_write(struct jobs *jobs, int fd, const char *data, size_t size)
{
	struct pollfd events[] = { { .fd = fd, .events = POLLOUT }, { .fd = jobs->signals, .events = POLLIN } };

	while (size && !jobs->write_error) {
		ssize_t n;

		if (poll(events, 2, jobs->patience.bounded ? 0 : -1) < 0 && errno != EINTR)
			return;
		if (events[1].revents)
			jobs_take_signals(jobs);
		if (!events[0].revents && jobs->patience.bounded)
			return;
		if (!events[0].revents)
			continue;
		n = write(fd, data, size);
		if (n < 0 && errno != EINTR && errno != EAGAIN) {
			jobs->write_error = errno;
			jobs_stop(jobs, SIGTERM);
		} else if (n > 0) {
			data += n;
			size -= (size_t)n;
		}
	}
}

int job_output_keep(struct job_output *output)
{
	FILE *file = tmpfile();
	int r = file ? 0 : -errno;

	if (file) {
		output->file = nsm_dup(fileno(file));
		r = output->file < 0 ? output->file : 0;
		fclose(file);
	}
	return r;
}

/* All that was read goes to the file. */
static void keep(struct jobs *jobs, struct job_output *output)
{
	for (size_t at = 0; at < output->used && !jobs->write_error;) {
		ssize_t n = write(output->file, output->line + at, output->used - at);

		if (n > 0) {
			at += (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			jobs->write_error = n == 0 ? ENOSPC : errno;
			jobs_stop(jobs, SIGTERM);
		}
	}
	output->used = 0;
}

/* A line of ours, in one piece, so that those of several sets do not mix. */
static void put_line(struct jobs *jobs, const struct job_output *output, const char *line, size_t size)
{
	char whole[sizeof(output->line) + 128];
	size_t used = strlen(output->name);

	memcpy(whole, output->name, used);
	whole[used++] = ':';
	whole[used++] = ' ';
	memcpy(whole + used, line, size);
	used += size;
	whole[used++] = '\n';
	jobs_write(jobs, output->to, whole, used);
}

/* Whole lines; one that is too long is cut into several. */
static void put_lines(struct jobs *jobs, struct job_output *output)
{
	const char *start = output->line, *end;
	size_t left = output->used;

	while ((end = memchr(start, '\n', left))) {
		put_line(jobs, output, start, (size_t)(end - start));
		left -= (size_t)(end - start) + 1;
		start = end + 1;
	}
	if (left == sizeof(output->line)) {
		put_line(jobs, output, start, left);
		left = 0;
	}
	memmove(output->line, start, left);
	output->used = left;
}

void job_output_pass(struct jobs *jobs, struct job_output *output, size_t limit)
{
	size_t room = sizeof(output->line) - output->used;
	ssize_t n = read(output->from, output->line + output->used, room < limit ? room : limit);

	if (n > 0) {
		output->used += (size_t)n;
		if (output->file >= 0)
			keep(jobs, output);
		else
			put_lines(jobs, output);
	} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
		nsm_close(&output->from);
	}
}

/* All of the file, below the name. */
static void show(struct jobs *jobs, struct job_output *output)
{
	char last = '\n';
	off_t at = 0;
	ssize_t n;

	while ((n = pread(output->file, output->line, sizeof(output->line), at)) > 0) {
		char head[128];
		struct nsm_text text = NSM_TEXT(head);

		nsm_text_add(&text, "%s:\n", output->name);
		if (at == 0)
			jobs_write(jobs, output->to, head, text.len);
		jobs_write(jobs, output->to, output->line, (size_t)n);
		last = output->line[n - 1];
		at += n;
	}
	if (last != '\n')
		jobs_write(jobs, output->to, "\n", 1);
}

void job_output_finish(struct jobs *jobs, struct job_output *output)
{
	int left = 0;

	/* No more than that: what it left behind may go on writing for ever. */
	if (output->from >= 0 && ioctl(output->from, FIONREAD, &left) < 0)
		left = 0;
	while (left > 0 && output->from >= 0) {
		size_t before = output->used, room = sizeof(output->line) - before;

		job_output_pass(jobs, output, (size_t)left);
		left -= (int)(room < (size_t)left ? room : (size_t)left);
	}
	if (output->used)
		put_line(jobs, output, output->line, output->used);
	output->used = 0;
	if (output->file >= 0)
		show(jobs, output);
	nsm_close(&output->file);
	nsm_close(&output->from);
}
