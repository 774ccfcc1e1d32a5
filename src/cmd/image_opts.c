/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/image_opts.h"

#include "base/parse.h"
#include "base/text.h"
#include "cmd/sys_mount.h"

#include <limits.h>

/* Also with "iB" behind the letter, as people write it. */
static bool parse_size(const char *text, uint64_t *ret)
{
	uint64_t value;

	if (!text || nsm_parse_size_prefix(&text, &value) < 0)
		return false;
	if (nsm_streq(text, "iB") && text[-1] > '9')
		text += 2;
	*ret = value;
	return *text == '\0' && value <= INT64_MAX;
}

/* Takes an option if it is a loop device's: *ret_status is STATUS_DONE then, or what was said. */
static bool take(const struct app *app, struct image_opts *opts, const char *name, const char *value, int *ret_status)
{
	uint64_t *size = nsm_streq(name, "offset") ? &opts->offset : nsm_streq(name, "sizelimit") ? &opts->sizelimit : NULL;

	if (!size && !nsm_streq(name, "loop"))
		return false;
	opts->loop = true;
	*ret_status = STATUS_DONE;
	if (size && !parse_size(value, size))
		*ret_status = say_usage(app, "--fs: %s: '%s' is not a number of bytes, with k, M, G or T", name, value ? value : "");
	else if (!size && value)
		*ret_status = say_usage(app, "--fs: loop=%s: which loop device it is cannot be chosen", value);
	return true;
}

static int parse_rest(const struct app *app, const char *list, struct image_opts *opts)
{
	char why[256];

	opts->mount.set = SYS_ATTR_RDONLY | SYS_ATTR_NOSUID | SYS_ATTR_NODEV;
	if (mount_opts_parse(list, &opts->mount, why, sizeof(why)) < 0)
		return say_usage(app, "--fs: %s", why);
	if (opts->mount.alone)
		return say_usage(app, "--fs: 'bind' is not for it");
	return STATUS_DONE;
}

static int parse(const struct app *app, const char *list, struct image_opts *opts)
{
	char name[PATH_MAX], rest[PATH_MAX];
	struct nsm_text text = NSM_TEXT(rest);
	int status = STATUS_DONE;
	const char *value;
	bool cut = false;

	*rest = '\0';
	while (mount_opts_next(&list, name, sizeof(name), &value, &cut)) {
		if (!take(app, opts, name, value, &status))
			nsm_text_add(&text, "%s%s%s%s", text.len ? "," : "", name, value ? "=" : "", value ? value : "");
		if (status != STATUS_DONE)
			return status;
	}
	if (cut || text.cut)
		return say_usage(app, "--fs: the options are too long");
	return parse_rest(app, rest, opts);
}

int image_opts_parse(const struct app *app, const char *list, struct image_opts *ret)
{
	struct image_opts opts = { .loop = false };
	int status = parse(app, list && *list ? list : NULL, &opts);

	if (status == STATUS_DONE)
		*ret = opts;
	else
		image_opts_free(&opts);
	return status;
}

void image_opts_free(struct image_opts *opts)
{
	mount_opts_free(&opts->mount);
}
