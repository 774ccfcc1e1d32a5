/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fill DIR FREE COMMAND...: runs a command in a mount namespace of its own that has as many mounts as the kernel allows
 * (fs.mount-max), but FREE. The limit itself, which is the whole machine's, is left alone. DIR is in a directory of the test's own. */

#include <errno.h>
#include <mntent.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEVELS 20
#define SINGLES 8

static int die(const char *what)
{
	perror(what);
	return 99;
}

static int bind_to(const char *from, const char *dir, unsigned n)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%u", dir, n);
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -1;
	return mount(from, path, NULL, MS_BIND | MS_REC, NULL);
}

/* "0" is one mount, and each next one a mount with twice the one before below it. Gives how many there are. */
static int grow(void)
{
	char name[16], before[16];

	for (unsigned level = 0; level < LEVELS; level++) {
		snprintf(name, sizeof(name), "t%u", level);
		if (mkdir(name, 0700) < 0)
			return -1;
		if (mount("fill", name, "tmpfs", 0, "mode=0700") < 0)
			return errno == ENOSPC ? (int)level : -1;
		snprintf(before, sizeof(before), "t%u", level - 1);
		for (unsigned half = 0; level > 0 && half < 2; half++)
			if (bind_to(before, name, half) < 0)
				return errno == ENOSPC ? (int)level : -1;
	}
	return LEVELS;
}

static bool is_above(const char *dir, const char *path)
{
	size_t len = strlen(dir);

	return strncmp(dir, path, len) == 0 && path[len] == '/';
}

/* Copies of what other tests have mounted would go when they unlink what lies below (KERNEL R5), and leave more room than was meant. */
static bool drop_others(const char *own, size_t len)
{
	FILE *table = setmntent("/proc/self/mounts", "re");
	const struct mntent *entry;
	bool dropped = false;

	while (table && (entry = getmntent(table)))
		if ((strcmp(entry->mnt_type, "nsfs") == 0 || strstr(entry->mnt_dir, "/nsmgr-")) &&
		    strncmp(entry->mnt_dir, own, len) != 0 && !is_above(entry->mnt_dir, own))
			dropped |= umount2(entry->mnt_dir, MNT_DETACH) == 0;
	if (table)
		endmntent(table);
	return dropped;
}

int main(int argc, char **argv)
{
	unsigned long spare = argc > 3 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned count = 0;
	char name[64];
	int levels;

	if (argc < 4 || argv[1][0] != '/')
		return 99;
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return die("fill: a mount namespace");
	while (drop_others(argv[1], (size_t)(strrchr(argv[1], '/') - argv[1])))
		;
	if (chdir(argv[1]) < 0 || mount("fill", ".", "tmpfs", 0, "mode=0700") < 0 || chdir(argv[1]) < 0)
		return die("fill: a place");
	levels = grow();
	if (levels < 1)
		return die("fill: mounting");
	for (int level = levels - 1; level >= 0; level--) {
		snprintf(name, sizeof(name), "t%d", level);
		while (bind_to(name, ".", count) == 0)
			count++;
		if (errno != ENOSPC)
			return die("fill: binding");
	}
	/* Single ones at the end, so that as many as are asked for can be given back. */
	for (unsigned last = count; last - count < SINGLES && count > 0;) {
		snprintf(name, sizeof(name), "%u", --count);
		if (umount2(name, MNT_DETACH) < 0)
			return die("fill: unmounting");
	}
	while (bind_to("t0", ".", count) == 0)
		count++;
	for (; spare > 0 && count > 0; spare--) {
		snprintf(name, sizeof(name), "%u", --count);
		if (umount2(name, MNT_DETACH) < 0)
			return die("fill: unmounting");
	}
	if (chdir("/") < 0)
		return die("fill: /");
	execvp(argv[3], argv + 3);
	return die(argv[3]);
}
