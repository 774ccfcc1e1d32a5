/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "damage.h"

#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AT(name) STORE "/" name

static bool lose(const char *handle)
{
	return umount2(handle, MNT_DETACH | UMOUNT_NOFOLLOW) == 0;
}

static bool write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return false;
	fputs(text, file);
	return fclose(file) == 0;
}

/* The pid that .set records. 0: none. */
static pid_t keeper_of(const char *set)
{
	char path[512], line[256];
	long pid = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%.400s/.set", set);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "keeper %ld", &pid) == 1)
			break;
	if (file)
		fclose(file);
	return (pid_t)pid;
}

/* Kills it, and waits until it is gone, as somebody who looks at it meanwhile may see either. */
static bool kill_keeper(const char *set)
{
	pid_t pid = keeper_of(set);
	int pidfd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	bool good = pidfd >= 0 && kill(pid, SIGKILL) == 0 && poll(&end, 1, 10000) == 1;

	if (pidfd >= 0)
		close(pidfd);
	world_settle();
	return good;
}

/* ---- what killed processes leave ---- */

bool damage_dead_stage(void)
{
	return mkdir(AT(".stage/dead"), 0700) == 0 && rename(AT("dead"), AT(".stage/dead/set")) == 0;
}

bool damage_half_stage(void)
{
	return mkdir(AT(".stage/half"), 0700) == 0 && mkdir(AT(".stage/half/set"), 0755) == 0 &&
	       write_file(AT(".stage/half/set/net"), "");
}

bool damage_draft(void)
{
	return write_file(AT(".store.new"), "");
}

bool damage_stray_keeper(void)
{
	return lose(AT("stray/pid")) && unlink(AT("stray/pid")) == 0 && unlink(AT("stray/.set")) == 0 &&
	       rmdir(AT("stray")) == 0;
}

/* ---- handles ---- */

bool damage_lost_pid(void)
{
	return lose(AT("h/pid"));
}

bool damage_missing_net(void)
{
	return lose(AT("h/net")) && unlink(AT("h/net")) == 0;
}

bool damage_stacked_uts(void)
{
	return mount(AT("h/uts"), AT("h/uts"), NULL, MS_BIND, NULL) == 0;
}

bool damage_covered_uts(void)
{
	return mount("/proc/self/ns/net", AT("h/uts"), NULL, MS_BIND, NULL) == 0;
}

/* ---- what is recorded ---- */

bool damage_metadata_gone(void)
{
	return unlink(AT("r1/.set")) == 0;
}

bool damage_metadata_nonsense(void)
{
	return write_file(AT("r2/.set"), "nonsense\n");
}

/* As if it had been made before a reboot, and mounted again by hand. */
bool damage_metadata_old(void)
{
	char text[2048];
	FILE *file = fopen(AT("r3/.set"), "re");
	size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	char *boot;

	if (file)
		fclose(file);
	text[n] = '\0';
	boot = strstr(text, "boot ");
	if (!boot || strlen(boot) < 5 + 36)
		return false;
	memcpy(boot + 5, "00000000-0000-4000-8000-000000000000", 36);
	return write_file(AT("r3/.set"), text);
}

bool damage_modes(void)
{
	return chmod(AT("r4"), 0777) == 0 && chmod(AT("r4/.set"), 0666) == 0 && chmod(AT(".lock"), 0666) == 0 &&
	       chmod(AT(".stage"), 0777) == 0;
}

/* ---- sets of no use ---- */

bool damage_lost_all(void)
{
	return lose(AT("g1/uts")) && lose(AT("g1/net"));
}

bool damage_init_dead(void)
{
	return kill_keeper(AT("g2"));
}

bool damage_by_hand(void)
{
	return mkdir(AT("empty"), 0755) == 0 && mkdir(AT("hand"), 0755) == 0 && write_file(AT("hand/net"), "");
}

/* The first of two ready sets loses a handle, the second its keeper. */
bool damage_pool(void)
{
	char dir[300] = "", path[700];
	unsigned count = 0;
	bool good = true;

	for (int depth = 0; depth < 2 && good; depth++) {
		DIR *pool = opendir(depth ? dir : AT(".pool"));
		const struct dirent *entry;

		while (pool && good && (entry = readdir(pool))) {
			if (*entry->d_name == '.')
				continue;
			if (!depth) {
				snprintf(dir, sizeof(dir), AT(".pool") "/%.200s", entry->d_name);
				continue;
			}
			snprintf(path, sizeof(path), "%s/%.200s", dir, entry->d_name);
			if (count++)
				good = kill_keeper(path);
			else
				good = lose(strcat(path, "/uts"));
		}
		if (pool)
			closedir(pool);
	}
	return good && count == 2 && mkdir(AT(".pool/0123456789abcdef"), 0755) == 0;
}

/* ---- the store ---- */

bool damage_shared(void)
{
	return mount(NULL, STORE, NULL, MS_SHARED, NULL) == 0;
}

bool damage_covered(void)
{
	return mount(STORE, STORE, NULL, MS_BIND, NULL) == 0;
}

bool damage_unmounted(void)
{
	return lose(STORE);
}

bool damage_store_file(void)
{
	return write_file(AT(".store"), "junk\n");
}
