/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char reserved[64], image[64];
static int hierarchy = -1;
static unsigned had;

/* Where all of cgroup2 is mounted. */
static bool find_cgroups(char *ret, size_t size)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[4096], root[512], point[512];
	bool found = false;

	while (!found && file && fgets(line, sizeof(line), file))
		found = strstr(line, " - cgroup2 ") && sscanf(line, "%*s %*s %*s %511s %511s", root, point) == 2 &&
			strcmp(root, "/") == 0;
	if (file)
		fclose(file);
	if (found)
		snprintf(ret, size, "%.399s", point);
	return found;
}

void place_reserve(void)
{
	char point[400];

	if (!find_cgroups(point, sizeof(point)))
		return;
	/* Kept open, as it is nowhere to be seen from the sandbox. */
	hierarchy = open(point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(reserved, sizeof(reserved), "nsmgr-faults-%d", (int)getpid());
	if (hierarchy < 0 || mkdirat(hierarchy, reserved, 0755) < 0)
		*reserved = '\0';
}

/* Those below it first. */
static void remove_cgroups(int parent, const char *name, bool itself)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && *entry->d_name != '.')
			remove_cgroups(dirfd(dir), entry->d_name, true);
	if (dir)
		closedir(dir);
	/* Processes that were killed may take a moment to be gone from it. */
	for (int i = 0; itself && i < 1000 && unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno == EBUSY; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

void place_release(void)
{
	if (*reserved)
		remove_cgroups(hierarchy, reserved, true);
}

/* The image's name is no other worker's. */
bool place_has_loop(void)
{
	DIR *dir = had & NEED_IMAGE ? opendir("/sys/block") : NULL;
	const struct dirent *entry;
	char path[300], file[256];
	bool found = false;

	while (dir && !found && (entry = readdir(dir))) {
		int fd;
		ssize_t n;

		if (strncmp(entry->d_name, "loop", 4) != 0)
			continue;
		snprintf(path, sizeof(path), "%.200s/loop/backing_file", entry->d_name);
		fd = openat(dirfd(dir), path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, file, sizeof(file) - 1);
		if (fd >= 0)
			close(fd);
		file[n > 0 ? n : 0] = '\0';
		found = strstr(file, image);
	}
	if (dir)
		closedir(dir);
	return found;
}

void place_clear(void)
{
	if (had & NEED_CGROUP)
		remove_cgroups(AT_FDCWD, CGROUPS, false);
}

/* The kernel gives it up a moment after its last mount is gone. */
void place_settle(void)
{
	for (int i = 0; i < 10000 && place_has_loop(); i++)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

/* The cgroups of the host are out of sight then, and the program under test takes these for all there are. */
static bool set_up_cgroup(void)
{
	char path[100], point[400];
	int fd;
	bool good;

	snprintf(path, sizeof(path), "%s/cgroup.procs", reserved);
	fd = *reserved ? openat(hierarchy, path, O_WRONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return false;
	good = write(fd, "0", 1) == 1;
	close(fd);
	/* Before the unshare, after which they have other roots. */
	while (good && find_cgroups(point, sizeof(point)))
		good = umount2(point, MNT_DETACH) == 0;
	return good && unshare(CLONE_NEWCGROUP) == 0 && mkdir(CGROUPS, 0755) == 0 && mount("cgroups", CGROUPS, "cgroup2", 0, NULL) == 0;
}

/* Nothing answers at the addresses of TEST-NET-1. */
static bool set_up_network(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		return false;
	return access("/dev/net/tun", R_OK | W_OK) == 0 &&
	       system("{ command -v pasta && ip link set lo up && ip tuntap add mode tap up0 && ip addr add 192.0.2.10/24 dev up0 &&"
		      " ip link set up0 up && ip route add default via 192.0.2.1; } >/dev/null 2>&1") == 0;
}

static bool set_up_image(void)
{
	char command[256];
	struct stat st;

	if (stat("/proc/self/ns/mnt", &st) < 0 || access("/dev/loop-control", R_OK | W_OK) < 0)
		return false;
	snprintf(image, sizeof(image), "/run/faults-%lu.img", (unsigned long)st.st_ino);
	snprintf(command, sizeof(command),
		 "PATH=$PATH:/usr/sbin:/sbin; { truncate -s 1M %s && mkfs.ext4 -q -O ^has_journal %s; } >/dev/null 2>&1", image,
		 image);
	return system(command) == 0;
}

void place_set_up(void)
{
	had |= set_up_cgroup() ? NEED_CGROUP : 0;
	had |= set_up_network() ? NEED_PASTA : 0;
	had |= set_up_image() ? NEED_IMAGE : 0;
}

const char *place_lacks(unsigned needs)
{
	unsigned lacking = needs & ~had;

	return lacking & NEED_CGROUP  ? "a cgroup2 that can be written to"
	       : lacking & NEED_PASTA ? "pasta, ip and /dev/net/tun"
	       : lacking & NEED_IMAGE ? "loop devices and mkfs.ext4"
				      : NULL;
}

const char *place_image(void)
{
	return image;
}
