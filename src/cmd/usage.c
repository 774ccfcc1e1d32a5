/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/usage.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/table.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* The names of getrusage(2), as a row of words. The set comes last: not every command has one. */
static const struct column columns[] = {
	{ "REAL", CELL_NUMBER, NULL },
	{ "USER", CELL_NUMBER, NULL },
	{ "SYS", CELL_NUMBER, NULL },
	{ "MAXRSS", CELL_NUMBER, NULL },
	{ "VOLUNTARY", CELL_NUMBER, NULL },
	{ "INVOLUNTARY", CELL_NUMBER, NULL },
	{ "STATUS", CELL_NUMBER, NULL },
	{ "SET", CELL_TEXT, NULL },
};

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);

	return len >= strlen(end) && nsm_streq(text + len - strlen(end), end);
}

int usage_option(struct launch *launch, const char *file)
{
	if (launch->counts)
		return say_usage(launch->app, "--rusage goes once");
	launch->counts = true;
	launch->usage_path = file;
	return STATUS_DONE;
}

int usage_open(struct launch *launch)
{
	const char *path = launch->usage_path;
	char escaped[512];

	if (!path)
		return STATUS_DONE;
	launch->usage = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	if (launch->usage < 0)
		return say_plain(launch->app, "--rusage: cannot write '%s': %s",
				 nsm_escape(path, escaped, sizeof(escaped)), strerror(errno));
	return STATUS_DONE;
}

void usage_begin(struct usage *usage, const struct launch *launch)
{
	*usage = (struct usage){ .set = launch->name, .begun = launch->begun };
}

void usage_end(struct usage *usage, int status)
{
	clock_gettime(CLOCK_MONOTONIC, &usage->ended);
	usage->status = status;
}

static int set_number(struct table *table, size_t column, long number)
{
	char words[24];
	struct nsm_text text = NSM_TEXT(words);

	nsm_text_add(&text, "%ld", number);
	return table_set(table, column, words);
}

static int set_seconds(struct table *table, size_t column, long seconds, long microseconds)
{
	char words[40];
	struct nsm_text text = NSM_TEXT(words);

	if (microseconds < 0) {
		microseconds += 1000000;
		seconds--;
	}
	nsm_text_add(&text, "%ld.%06ld", seconds, microseconds);
	return table_set(table, column, words);
}

static int add(struct table *table, const struct usage *usage)
{
	const struct rusage *rusage = &usage->rusage;
	const struct timeval *user = &rusage->ru_utime, *sys = &rusage->ru_stime;
	int r = table_add_row(table, NULL);

	if (r == 0)
		r = set_seconds(table, 0, (long)(usage->ended.tv_sec - usage->begun.tv_sec),
				(usage->ended.tv_nsec - usage->begun.tv_nsec) / 1000);
	if (r == 0)
		r = set_seconds(table, 1, (long)user->tv_sec, (long)user->tv_usec);
	if (r == 0)
		r = set_seconds(table, 2, (long)sys->tv_sec, (long)sys->tv_usec);
	if (r == 0)
		r = set_number(table, 3, rusage->ru_maxrss);
	if (r == 0)
		r = set_number(table, 4, rusage->ru_nvcsw);
	if (r == 0)
		r = set_number(table, 5, rusage->ru_nivcsw);
	if (r == 0)
		r = set_number(table, 6, usage->status);
	return r < 0 ? r : table_set(table, 7, usage->set);
}

static int print(const struct table_style *style, const struct usage *usages, size_t count)
{
	autotable struct table *table = NULL;
	int r = table_new(style, &table);

	for (size_t i = 0; r == 0 && i < NSM_ARRAY_SIZE(columns); i++)
		r = table_add_column(table, &columns[i]);
	for (size_t i = 0; r == 0 && i < count; i++)
		if (usages[i].ended.tv_sec || usages[i].ended.tv_nsec)
			r = add(table, &usages[i]);
	return r < 0 ? r : table_print(table);
}

int usage_say(struct launch *launch, const struct usage *usages, size_t count)
{
	struct table_style style = { .name = "rusage", .json = launch->usage_path && ends_with(launch->usage_path, ".json") };
	int r;

	if (launch->usage >= 0)
		style.stream = fdopen(launch->usage, "w");
	else
		style.stream = fdopen(nsm_dup(STDERR_FILENO), "w");
	if (!style.stream)
		return say_plain(launch->app, "--rusage: %s", strerror(errno));
	launch->usage = -EBADF;
	r = print(&style, usages, count);
	if (r == 0 && fflush(style.stream) != 0)
		r = -errno;
	if (r == 0 && ferror(style.stream))
		r = -EIO;
	/* What a full disk says may come with the last of it. */
	if (fclose(style.stream) != 0 && r == 0)
		r = -errno;
	if (r < 0)
		return say_plain(launch->app, "--rusage: cannot write it: %s", strerror(-r));
	return STATUS_DONE;
}
