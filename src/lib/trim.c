/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/trim.h"

#include "base/fd.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define RANGES 16
#define SPLIT_PAGES 96

struct range {
	unsigned long start, end;
	bool is_stack;
};

struct plan {
	unsigned long page;
	size_t count;
	struct range ranges[RANGES];
};

/* A mapping for every page. When one is touched the kernel brings in 64 KiB around it, but not past the end of
 * the mapping; whether a page is dumped makes no difference to us, but to the kernel, which keeps them apart. */
static void split(const struct plan *plan, const struct range *range)
{
	for (unsigned long at = range->start; at < range->end; at += 2 * plan->page)
		madvise((void *)at, plan->page, MADV_DONTDUMP);
}

/* "START-END r-xp OFFSET DEV INODE PATH": of interest is what is backed by a file and not writable, and the stack. */
static bool parse_mapping(struct range *range, char *line)
{
	char *bounds = nsm_token(&line, ' ');
	const char *mode = nsm_token(&line, ' ');
	char *end;

	if (!bounds || !mode || strlen(mode) != 4 || !line)
		return false;
	range->is_stack = strstr(line, "[stack]");
	if (!range->is_stack && (mode[1] == 'w' || !strchr(line, '/')))
		return false;
	range->start = strtoul(bounds, &end, 16);
	range->end = *end == '-' ? strtoul(end + 1, NULL, 16) : 0;
	return range->start < range->end;
}

/* One line of smaps(5): the head of a mapping, or a figure of the one before. What the loader wrote to before it took
 * the right away (RELRO) cannot be read again from the file: it is anonymous by now. */
static void add_line(struct plan *plan, bool *inside, char *line)
{
	const char *anonymous = nsm_after(line, "Anonymous:");

	if (line[strcspn(line, " :")] == ':') {
		if (*inside && anonymous && strtoul(anonymous, NULL, 10) && !plan->ranges[plan->count - 1].is_stack) {
			plan->count--;
			*inside = false;
		}
		return;
	}
	*inside = plan->count < RANGES && parse_mapping(&plan->ranges[plan->count], line);
	plan->count += *inside;
}

static void read_mappings(struct plan *plan, int fd)
{
	bool inside = false;
	char buf[1024];
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, buf + len, sizeof(buf) - 1 - len)) > 0) {
		char *line = buf, *end;

		buf[len += (size_t)n] = '\0';
		for (; (end = strchr(line, '\n')); line = end + 1) {
			*end = '\0';
			add_line(plan, &inside, line);
		}
		len -= (size_t)(line - buf);
		memmove(buf, line, len);
		if (len == sizeof(buf) - 1)
			len = 0; /* no line of ours */
	}
}

/* In a frame of its own, so that the stack that the reading took lies below. */
static __attribute__((noinline)) void make_plan(struct plan *plan)
{
	nsm_autoclose int fd = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC);

	plan->page = (unsigned long)sysconf(_SC_PAGESIZE);
	plan->count = 0;
	if (fd >= 0)
		read_mappings(plan, fd);
}

void nsm_trim_memory(void)
{
	struct plan plan;
	unsigned long here = (unsigned long)__builtin_frame_address(0);

	make_plan(&plan);
	for (size_t i = 0; i < plan.count; i++) {
		struct range *range = &plan.ranges[i];

		if (!range->is_stack && range->end - range->start <= SPLIT_PAGES * plan.page)
			split(&plan, range);
		/* A page and more for the frames of the calls to come. */
		if (range->is_stack)
			range->end = (here & ~(plan.page - 1)) - plan.page;
	}
	for (size_t i = 0; i < plan.count; i++)
		if (plan.ranges[i].start < plan.ranges[i].end)
			madvise((void *)plan.ranges[i].start, plan.ranges[i].end - plan.ranges[i].start, MADV_DONTNEED);
}
