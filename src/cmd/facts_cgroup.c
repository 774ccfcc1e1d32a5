/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/facts.h"

#include "base/fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

/* The cgroup of the set itself: limits and use, as the kernel's files have them. */

/* Of the many files those that say how much there may be, and how much there is. */
static bool is_wanted(const char *file)
{
	static const char *const ends[] = { ".max", ".high", ".low", ".min", ".weight", ".current", ".swap.max" };
	const char *end = strrchr(file, '.');

	if (nsm_streq(file, "cpu.stat"))
		return true;
	for (size_t i = 0; end && i < NSM_ARRAY_SIZE(ends); i++)
		if (nsm_streq(end, ends[i]))
			return !nsm_after(file, "cgroup.");
	return false;
}

static int compare(const void *a, const void *b)
{
	const struct fact_limit *one = a, *other = b;

	return strcmp(one->file, other->file);
}

/* The first line is all of most; that of cpu.stat is the time that was used. What is not limited is passed over. */
static void read_limit(struct facts *facts, int fd, const char *file)
{
	struct fact_limit *limit = &facts->limits[facts->limit_count];
	char text[4096];

	if (facts->limit_count == FACTS_LIMITS || nsm_read_text_at(fd, file, text, sizeof(text)) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	if (!*text || nsm_streq(text, "max") || nsm_after(text, "max 100000") || !nsm_copy(limit->file, sizeof(limit->file), file) ||
	    !nsm_copy(limit->value, sizeof(limit->value), text))
		return;
	facts->limit_count++;
}

static void read_limits(struct facts *facts, int fd)
{
	nsm_autoclose int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = again < 0 ? NULL : fdopendir(again);
	const struct dirent *entry;

	if (!dir)
		return;
	again = -EBADF; /* the stream's */
	while ((entry = readdir(dir)))
		if (is_wanted(entry->d_name))
			read_limit(facts, fd, entry->d_name);
	closedir(dir);
	if (facts->limit_count)
		qsort(facts->limits, facts->limit_count, sizeof(facts->limits[0]), compare);
}

static bool is_frozen(int fd)
{
	char text[256];

	return nsm_read_text_at(fd, "cgroup.events", text, sizeof(text)) > 0 && strstr(text, "frozen 1");
}

int facts_find_own_cgroup(struct facts *facts)
{
	struct nsmgr_cgroup cgroup;
	int r = nsmgr_cgroup_open(facts->app->ctx, facts->name, &cgroup);

	if (r < 0)
		return r;
	facts->own_cgroup = cgroup.origin;
	nsm_copy(facts->own_path, sizeof(facts->own_path), cgroup.path);
	facts->own_gone = cgroup.fd < 0;
	if (cgroup.fd >= 0) {
		facts->frozen = is_frozen(cgroup.fd);
		read_limits(facts, cgroup.fd);
	}
	nsmgr_cgroup_close(&cgroup);
	return 0;
}

/* ---- the root of its cgroup namespace ---- */

/* The kernel shows a process's cgroup from the root of the reader's cgroup namespace. Of a process that is below the root of the
 * set's, what is seen from there is the end of what is seen from here, and the rest is that root. */
static bool find_root(const char *here, const char *there, char *ret, size_t size)
{
	size_t len = strlen(here), end = strlen(there);

	if (!*here || !*there || nsm_after(there, "/.."))
		return false;
	if (nsm_streq(there, "/"))
		return nsm_copy(ret, size, here);
	if (end > len || !nsm_streq(here + len - end, there) || len - end >= size)
		return false;
	memcpy(ret, here, len - end);
	ret[len - end] = '\0';
	return end < len || nsm_copy(ret, size, "/");
}

/* Of any process that is in it, and of ourselves, who may be where it was made. */
void facts_find_cgroup(struct facts *facts)
{
	struct inside *inside = facts->inside;
	size_t count = 0;

	inside->pids[count++] = getpid();
	if (facts->keeper)
		inside->pids[count++] = facts->keeper;
	for (size_t i = 0; i < facts->process_count && count < INSIDE_PIDS; i++)
		if (!facts->processes[i].tid && facts->processes[i].types & NSMGR_MASK(NSMGR_CGROUP))
			inside->pids[count++] = facts->processes[i].pid;
	if (look_inside(facts->app->ctx, facts->name, NSMGR_CGROUP, facts_is_live(facts, NSMGR_USER), inside) < 0) {
		facts_add_failure(facts, "cgroup");
		return;
	}
	for (size_t i = 0; i < count && !*facts->cgroup; i++) {
		char here[sizeof(facts->cgroup)];

		if (read_cgroup(inside->pids[i], here, sizeof(here)) < 0 ||
		    !find_root(here, inside->cgroups[i], facts->cgroup, sizeof(facts->cgroup)))
			facts->cgroup[0] = '\0';
	}
	if (!*facts->cgroup)
		facts_add_unseen(facts, "cgroup", "no process that we know of is below its root");
}
