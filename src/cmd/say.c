/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/app.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* One line, one write(2), so that those of several processes do not mix. What comes from outside was escaped. */
static void say(const struct nsm_text *text)
{
	char line[2048];
	struct nsm_text out = NSM_TEXT(line);

	nsm_text_add(&out, "nsmgr: %s\n", text->buf);
	(void)!write(STDERR_FILENO, line, out.len);
}

/* The place in a profile that it is about. */
static void add_place(const struct app *app, struct nsm_text *text)
{
	char escaped[512];

	if (app->file)
		nsm_text_add(text, "%s:%u: ", nsm_escape(app->file, escaped, sizeof(escaped)), app->line);
}

int say_usage(const struct app *app, const char *fmt, ...)
{
	char said[1024], escaped[1536], line[1800];
	struct nsm_text text = NSM_TEXT(line);
	va_list args;

	va_start(args, fmt);
	vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	add_place(app, &text);
	if (app->file)
		nsm_text_add(&text, "%s", nsm_escape(said, escaped, sizeof(escaped)));
	else if (app->verb)
		nsm_text_add(&text, "%s: %s (try 'nsmgr %s --help')", app->verb->name,
			     nsm_escape(said, escaped, sizeof(escaped)), app->verb->name);
	else
		nsm_text_add(&text, "%s (try 'nsmgr --help')", nsm_escape(said, escaped, sizeof(escaped)));
	say(&text);
	return app->verb && app->verb->runs_command ? STATUS_NSMGR : STATUS_USAGE;
}

int say_plain(const struct app *app, const char *fmt, ...)
{
	char said[1024], line[1800];
	struct nsm_text text = NSM_TEXT(line);
	va_list args;

	va_start(args, fmt);
	vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	add_place(app, &text);
	if (app->verb && !app->file)
		nsm_text_add(&text, "%s: ", app->verb->name);
	nsm_text_add(&text, "%s", said);
	say(&text);
	return app->verb && app->verb->runs_command ? STATUS_NSMGR : STATUS_FAILED;
}

static void say_why(const struct app *app, const char *name)
{
	const struct nsmgr_failure *failure = nsmgr_get_failure(app->ctx);
	const char *type = nsmgr_type_name(failure->type);
	char line[1800], escaped[512];
	struct nsm_text text = NSM_TEXT(line);

	add_place(app, &text);
	nsm_text_add(&text, "cannot %s", app->doing ? app->doing : app->verb->name);
	if (name)
		nsm_text_add(&text, " '%s'", nsm_escape(name, escaped, sizeof(escaped)));
	if (type)
		nsm_text_add(&text, ": %s", type);
	if (*failure->step)
		nsm_text_add(&text, ": %s", failure->step);
	if (*failure->path)
		nsm_text_add(&text, ": '%s'", nsm_escape(failure->path, escaped, sizeof(escaped)));
	nsm_text_add(&text, ": %s", nsm_escape(failure->text, escaped, sizeof(escaped)));
	if (*failure->hint)
		nsm_text_add(&text, " (%s)", failure->hint);
	say(&text);
}

int say_failure(const struct app *app, const char *name)
{
	say_why(app, name);
	return app->verb->runs_command ? STATUS_NSMGR : STATUS_FAILED;
}

/* It says nothing about the operand: status 1, not 2. */
static bool is_of_the_system(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM || error == EIO || error == ENOSYS || error == EPERM;
}

int say_refusal(const struct app *app, const char *name)
{
	if (is_of_the_system(nsmgr_get_failure(app->ctx)->error))
		return say_failure(app, name);
	say_why(app, name);
	return app->verb->runs_command ? STATUS_NSMGR : STATUS_USAGE;
}

void say_missing(const struct app *app, const char *name)
{
	char line[1800], escaped[512];
	struct nsm_text text = NSM_TEXT(line);

	nsm_text_add(&text, "cannot %s '%s': no such set", app->verb->name, nsm_escape(name, escaped, sizeof(escaped)));
	say(&text);
}

const char *hidden_text(int why)
{
	return why == -EACCES || why == -EPERM ? "for lack of privilege" : strerror(-why);
}

void say_hidden(const struct app *app, size_t count, const char *one, const char *many, int why)
{
	if (count)
		say_plain(app, "%zu %s could not be looked into, %s", count, count == 1 ? one : many, hidden_text(why));
}

void say_remark(void *data, const char *line)
{
	char buf[1024], escaped[900];
	struct nsm_text text = NSM_TEXT(buf);

	(void)data;
	nsm_text_add(&text, "%s", nsm_escape(line, escaped, sizeof(escaped)));
	say(&text);
}

int finish_stdout(int status)
{
	char line[128];
	struct nsm_text text;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	text = (struct nsm_text)NSM_TEXT(line);
	nsm_text_add(&text, "cannot write the answer: %s", strerror(errno));
	say(&text);
	return STATUS_FAILED;
}
