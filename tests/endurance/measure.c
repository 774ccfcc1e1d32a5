/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "measure.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>

/* Namespaces that others have and give back meanwhile: fewer than one in 100 cycles of the shortest run. */
#define NAMESPACE_SLACK 30
/* What every process and mount of the machine has. Ours are counted, and none outlives its namespace. */
#define SLAB_SLACK 3000
/* Of who stays: an allocator may come to its final size late. */
#define KIB_SLACK 128

const char *const measure_names[MEASURES] = {
	[MOUNTS] = "mounts",
	[PROCESSES] = "processes",
	[INODES] = "inodes",
	[KEEPER_KIB] = "keeper KiB",
	[MONITOR_KIB] = "monitor KiB",
	[MONITOR_FDS] = "monitor fds",
	[SLABS] = "net_namespace",
	"user_namespace",
	"pid_namespace",
	"uts_namespace",
	"time_namespace",
	"nsproxy",
	"mnt_cache",
	"cred_jar",
	"pid",
	"task_struct",
};

static long count_lines(const char *path)
{
	FILE *file = fopen(path, "re");
	long lines = 0;
	int c;

	if (!file)
		return -1;
	while ((c = getc(file)) != EOF)
		lines += c == '\n';
	fclose(file);
	return lines;
}

static long count_entries(const char *path, bool numbers)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	long count = 0;

	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		count += numbers ? isdigit((unsigned char)*entry->d_name) != 0 : *entry->d_name != '.';
	closedir(dir);
	return count;
}

/* The memory of its own, proc_pid_smaps(5); what it shares with the program on disk comes and goes with others. */
static long private_kib(pid_t pid)
{
	char path[64], line[256];
	long sum = 0, kib;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "Private_Clean: %ld", &kib) == 1 || sscanf(line, "Private_Dirty: %ld", &kib) == 1)
			sum += kib;
	fclose(file);
	return sum;
}

/* Slabs that a processor has at hand count as if all of their objects were in use, until their cache is shrunk: count_partial(),
 * mm/slub.c; Documentation/ABI/testing/sysfs-kernel-slab. */
static void shrink(const char *cache)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", cache);
	file = fopen(path, "we");
	if (!file)
		return;
	fputs("1", file);
	fclose(file);
}

/* slabinfo(5): the second number of a line is that of the objects in use. */
static void measure_slabs(struct measures *ret)
{
	FILE *file = fopen("/proc/slabinfo", "re");
	char line[512], name[64];
	long active;

	for (int i = SLABS; i < MEASURES; i++) {
		ret->value[i] = -1;
		shrink(measure_names[i]);
	}
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %ld", name, &active) != 2)
			continue;
		for (int i = SLABS; i < MEASURES; i++)
			if (strcmp(measure_names[i], name) == 0)
				ret->value[i] = active;
	}
	if (file)
		fclose(file);
}

void measure(const char *place, pid_t keeper, pid_t monitor, struct measures *ret)
{
	struct statfs fs;
	char path[64];

	ret->value[MOUNTS] = count_lines("/proc/self/mountinfo");
	ret->value[PROCESSES] = count_entries("/proc", true);
	ret->value[INODES] = statfs(place, &fs) < 0 ? -1 : (long)(fs.f_files - fs.f_ffree);
	ret->value[KEEPER_KIB] = private_kib(keeper);
	ret->value[MONITOR_KIB] = private_kib(monitor);
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)monitor);
	ret->value[MONITOR_FDS] = count_entries(path, true);
	measure_slabs(ret);
}

void measures_print(FILE *file, unsigned long cycles, const struct measures *measures)
{
	fprintf(file, "%lu cycles:", cycles);
	for (int i = 0; i < MEASURES; i++)
		if (measures->value[i] >= 0)
			fprintf(file, "%s %s %ld", i ? "," : "", measure_names[i], measures->value[i]);
	fputc('\n', file);
	fflush(file);
}

void measures_keep_least(struct measures *least, const struct measures *now)
{
	for (int i = SLABS; i < MEASURES; i++)
		if (now->value[i] < least->value[i])
			least->value[i] = now->value[i];
}

static long slack_of(int which)
{
	if (which >= SLABS)
		return which < SLABS_OF_ALL ? NAMESPACE_SLACK : SLAB_SLACK;
	return which == KEEPER_KIB || which == MONITOR_KIB ? KIB_SLACK : 0;
}

int measures_find_growth(const struct measures *first, const struct measures *now)
{
	for (int i = 0; i < MEASURES; i++)
		if (now->value[i] > first->value[i] + slack_of(i))
			return i;
	return -1;
}
