/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trial.h"

#include "calls.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

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
	       (parts >= 3 || strncmp(line, "nsmgr: cannot write the answer: ", 32) == 0 ||
		strncmp(line, "nsmgr: out of memory", 20) == 0 ||
		strncmp(line, "nsmgr: cannot run '", 19) == 0 || memmem(line, len, "could not be looked into", 24) ||
		(memmem(line, len, "out of memory", 13) && parts >= 1));
}

bool has_messages(struct trial *trial)
{
	unsigned count = 0, most = trial->of->each_alone ? 3 : 1;

	for (const char *line = trial->run.said, *end; *line; line = end + (*end == '\n')) {
		end = line + strcspn(line, "\n");
		/* What a table, a hook, a pasta or a library says; and a remark. */
		if ((trial->of->prints && strncmp(line, "nsmgr: ", 7) != 0) || strncmp(line, "nsmgr: exec: --no-defaults goes", 31) == 0)
			continue;
		if (!is_message(line, (size_t)(end - line)))
			return bad(trial, "this is no message: %.300s", line);
		count++;
	}
	if (count < 1 || count > most)
		return bad(trial, "%u messages: %.300s", count, trial->run.said);
	return true;
}

/* A command that is confined is looked for beforehand. Of a pasta the status tells nothing, nor of commands in several sets. */
bool has_right_status(struct trial *trial)
{
	const char *call = find_call(trial->fault->at.nr)->name;
	bool is_execve = strcmp(call, "execve") == 0, is_look = strcmp(call, "access") == 0 || strcmp(call, "faccessat") == 0;
	int status = WEXITSTATUS(trial->run.status);

	return !trial->of->runs || trial->of->pieces || trial->of->each_alone || is_look || status == (is_execve ? 126 : 125) ||
	       bad(trial, "status %d: %.300s", status, trial->run.said);
}

static void add_lines(char *ret, size_t size, char mark, const char *from, const char *missing_in)
{
	size_t len = strlen(ret);

	for (const char *line = from ? from : ""; *line && len < size; line += strcspn(line, "\n") + 1) {
		int line_len = (int)strcspn(line, "\n") + 1;
		const char *found = missing_in ? memmem(missing_in, strlen(missing_in), line, (size_t)line_len) : NULL;

		if (!found)
			len += (size_t)snprintf(ret + len, size - len, "%c%.*s", mark, line_len, line);
	}
}

const char *difference(const struct trial *trial, const char *name)
{
	static char text[600];
	const struct part *now = picture_find(&trial->now, name), *after = picture_find(trial->after, name);

	*text = '\0';
	add_lines(text, sizeof(text), '+', now ? now->alike : NULL, after ? after->alike : NULL);
	add_lines(text, sizeof(text), '-', after ? after->alike : "", now ? now->alike : NULL);
	return !now ? "it is not there" : *text ? text : "another one of the same looks";
}
