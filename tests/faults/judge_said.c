/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trial.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool bad(struct trial *trial, const char *fmt, ...)
{
	struct verdict *verdict = trial->verdict;
	va_list args;

	if (verdict->outcome == BAD)
		return false;
	verdict->outcome = BAD;
	va_start(args, fmt);
	vsnprintf(verdict->why, sizeof(verdict->why), fmt, args);
	va_end(args);
	for (char *p = verdict->why; (p = strchr(p, '\n'));)
		*p = '|';
	return false;
}

/* One line of "nsmgr: what: step: reason"; the type and more may stand between them. */
static bool is_message(const char *line, size_t len)
{
	unsigned parts = 0;

	for (const char *p = line; p < line + len; p++)
		parts += strncmp(p, ": ", 2) == 0;
	return strncmp(line, "nsmgr: ", 7) == 0 &&
	       (parts >= 3 || strncmp(line, "nsmgr: out of memory", 20) == 0 ||
		(memmem(line, len, "out of memory", 13) && parts >= 1));
}

bool has_messages(struct trial *trial)
{
	unsigned count = 0, most = trial->of->each_alone ? 3 : 1;

	for (const char *line = trial->run.said; *line; count++) {
		size_t len = strcspn(line, "\n");

		if (!is_message(line, len))
			return bad(trial, "this is no message: %.300s", line);
		line += len + (line[len] == '\n');
	}
	if (count < 1 || count > most)
		return bad(trial, "%u messages: %.300s", count, trial->run.said);
	return true;
}
