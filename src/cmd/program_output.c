/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/program.h"

#include "base/fd.h"
#include "base/text.h"

#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* In one piece. A standard error that nobody reads any more is no reason to end, nor to fail. */
static void write_all(const char *data, size_t size)
{
	struct sigaction before;
	ssize_t n;

	sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, &before);
	while (size) {
		n = write(STDERR_FILENO, data, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		data += n;
		size -= (size_t)n;
	}
	sigaction(SIGPIPE, &before, NULL);
}

static void put_line(const struct running *running, const char *line, size_t size)
{
	char whole[sizeof(running->line) + 128];
	size_t used;

	if (running->program->line) {
		running->program->line(running->program, line, size);
		return;
	}
	nsm_copy(whole, 120, running->program->name);
	used = strlen(whole);
	memcpy(whole + used, ": ", 2);
	memcpy(whole + used + 2, line, size);
	used += 2 + size;
	whole[used++] = '\n';
	write_all(whole, used);
}

/* All lines that are whole, and what no line has room for. */
static void put_lines(struct running *running)
{
	char *line = running->line, *end;

	while ((end = memchr(line, '\n', running->used))) {
		put_line(running, line, (size_t)(end - line));
		running->used -= (size_t)(end - line) + 1;
		line = end + 1;
	}
	memmove(running->line, line, running->used);
	if (running->used == sizeof(running->line)) {
		put_line(running, running->line, running->used);
		running->used = 0;
	}
}

/* Gives what read(2) gave. */
static ssize_t pass_some(struct running *running, size_t limit)
{
	size_t space = sizeof(running->line) - running->used;
	ssize_t n = read(running->output, running->line + running->used, limit < space ? limit : space);

	if (n > 0) {
		running->used += (size_t)n;
		put_lines(running);
	}
	return n;
}

bool program_pass(struct running *running)
{
	if (running->output >= 0 && pass_some(running, SIZE_MAX) == 0)
		nsm_close(&running->output);
	return running->output >= 0;
}

void program_pass_rest(struct running *running)
{
	int left = 0;

	if (running->output >= 0 && ioctl(running->output, FIONREAD, &left) < 0)
		left = 0;
	while (left > 0) {
		ssize_t n = pass_some(running, (size_t)left);

		if (n <= 0)
			break;
		left -= (int)n;
	}
	if (running->used)
		put_line(running, running->line, running->used);
	running->used = 0;
	nsm_close(&running->output);
}
