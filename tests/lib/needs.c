/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

static const char *const words[] = { [NEED_IDS] = "ids", [NEED_ALL] = "all", [NEED_MACHINE] = "machine" };
static const char *const meanings[] = {
	[NEED_IDS] = "other users and groups than root",
	[NEED_ALL] = "namespaces of every type that belong to this user namespace",
	[NEED_MACHINE] = "capabilities in the initial user namespace",
};

static unsigned skipped_count;

static int mount_proc(void *data)
{
	(void)data;
	return unshare(CLONE_NEWNS) < 0 || mount("proc", "/proc", "proc", 0, NULL) < 0;
}

/* The number of users that are mapped here. */
static unsigned long long mapped(void)
{
	unsigned long long inside, outside, count, sum = 0;
	FILE *map = fopen("/proc/self/uid_map", "re");

	while (map && fscanf(map, "%llu %llu %llu", &inside, &outside, &count) == 3)
		sum += count;
	if (map)
		fclose(map);
	return sum;
}

static bool kernel_gives(enum place_need need)
{
	unsigned long long users = mapped();

	if (users == 4294967295u)
		return true;
	if (need == NEED_IDS)
		return users >= 65536;
	return need == NEED_ALL && child_status(mount_proc, NULL) == 0;
}

/* Whether one of the words in the list is this one. */
static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *p = list; (p = strstr(p, word)); p += length)
		if ((p == list || p[-1] == ' ') && (p[length] == ' ' || !p[length]))
			return true;
	return false;
}

bool place_gives(enum place_need need, const char *test)
{
	const char *lacks = getenv("NSMGR_LACKS");

	if (lacks ? !has_word(lacks, words[need]) : kernel_gives(need))
		return true;
	fprintf(stderr, "SKIPPED: %s: needs %s\n", test, meanings[need]);
	skipped_count++;
	return false;
}

unsigned tests_skipped(void)
{
	return skipped_count;
}
