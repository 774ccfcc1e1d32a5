/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/fscontext.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/sys_mount.h"

#include <limits.h>
#include <unistd.h>

void fscontext_explain(int error, const char *type, char *reason, size_t size)
{
	static const struct {
		int error;
		const char *text;
	} table[] = {
		{ E2BIG, "an option has more than 255 bytes, which the kernel does not take" },
		{ EBUSY, "it is mounted elsewhere as read-only if this is to be rw, or as rw if this is not" },
		{ EINVAL, "the kernel finds no %s in it, or does not know one of the options (dmesg tells more)" },
		{ ENODEV, "the kernel has no file system '%s' (no such module either)" },
		{ EPERM, "the kernel does not let this user namespace mount %s" },
		{ EROFS, "it can only be read, but rw was asked for, or it was not unmounted cleanly and %s has to repair it" },
		{ EUCLEAN, "the %s in it is damaged" },
	};
	struct nsm_text text = { .buf = reason, .size = size };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(table); i++) {
		const char *mark = table[i].error == error ? strstr(table[i].text, "%s") : NULL;

		if (mark)
			nsm_text_add(&text, "%.*s%s%s", (int)(mark - table[i].text), table[i].text, type, mark + 2);
		else if (table[i].error == error)
			nsm_text_add(&text, "%s", table[i].text);
	}
	if (text.len == 0)
		nsm_text_add(&text, "%s", strerror(error));
}

/* A line "e TEXT" for an error, one a read. */
bool fscontext_message(int context, char *message, size_t size)
{
	bool found = false;
	char line[256];
	ssize_t len;

	while ((len = read(context, line, sizeof(line) - 1)) > 0) {
		line[len] = '\0';
		line[strcspn(line, "\n")] = '\0';
		if (!nsm_after(line, "e "))
			continue;
		nsm_copy(message, size, line + 2);
		found = true;
	}
	return found;
}

/* What the file system itself has to say is better than any table. */
static void explain(int context, int error, const char *type, char *reason, size_t size)
{
	if (!fscontext_message(context, reason, size))
		fscontext_explain(error, type, reason, size);
}

static int set_flags(int context, const struct mount_opts *opts)
{
	/* Of the file system too: it is not to repair itself. */
	int r = opts->set & SYS_ATTR_RDONLY ? sys_fsconfig(context, "ro", NULL) : 0;

	for (size_t i = 0; r == 0 && opts->sb[i]; i++)
		r = sys_fsconfig(context, opts->sb[i], NULL);
	return r;
}

static int set_data(int context, const char *data)
{
	char buf[PATH_MAX];
	const char *value;
	bool cut = false;

	while (data && mount_opts_next(&data, buf, sizeof(buf), &value, &cut)) {
		int r = sys_fsconfig(context, buf, value);

		if (r < 0)
			return value && strlen(value) > 255 ? -E2BIG : r; /* strndup_user() in fsconfig(2) */
	}
	return cut ? -E2BIG : 0;
}

int fscontext_mount(const char *type, const char *source, const struct mount_opts *opts, const char **ret_step, char *reason,
		    size_t size)
{
	nsm_autoclose int context = sys_fsopen(type), mount = -EBADF;
	int r = context;

	*ret_step = "file system";
	if (context < 0) {
		fscontext_explain(-r, type, reason, size);
		return r;
	}
	*ret_step = "options";
	r = sys_fsconfig(context, "source", source);
	if (r == 0)
		r = set_flags(context, opts);
	if (r == 0)
		r = set_data(context, opts->data);
	if (r == 0) {
		*ret_step = "mount";
		r = mount = sys_fsmount(context, opts->set);
	}
	if (r < 0) {
		explain(context, -r, type, reason, size);
		return r;
	}
	return take_fd(mount);
}
