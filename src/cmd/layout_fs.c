/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/layout.h"

#include "cmd/sys_mount.h"

static int add(struct layout *layout, const char *value, const char *source, const char *target, const char *type,
	       const char *list)
{
	struct entry *entry;
	char *path;
	int status;

	if (!*source || !target)
		return say_usage(layout->app, "--fs: '%s' is not SRC:DST[:TYPE[:OPTS]]", value);
	status = target_parse(layout->app, "fs", target, &path);
	if (status != STATUS_DONE)
		return status;
	entry = layout_add(layout, ENTRY_FS, path);
	if (!entry)
		return STATUS_FAILED;
	status = image_parse(layout->app, source, type, list, layout->images++, &entry->image);
	if (status != STATUS_DONE)
		return status;
	entry->opts = *image_mount_opts(entry->image);
	entry->opts.data = NULL;
	entry->opts.set &= ~SYS_ATTR_RDONLY; /* it comes with its attributes */
	return STATUS_DONE;
}

int layout_fs(struct layout *layout, const char *value)
{
	const char *cursor = value;
	nsm_autofree char *source = field_next(&cursor), *target = NULL, *type = NULL;

	if (source && cursor)
		target = field_next(&cursor);
	if (target && cursor)
		type = field_next(&cursor);
	if (!source)
		return say_plain(layout->app, "out of memory");
	/* What is left are options, which may have colons. */
	return add(layout, value, source, target, type, type ? cursor : NULL);
}

bool layout_has_device(const struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++)
		if (layout->entries[i].image && image_has_device(layout->entries[i].image))
			return true;
	return false;
}

int layout_prepare(struct nsmgr_config *config, const struct layout *layout)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < layout->count; i++)
		if (layout->entries[i].image)
			r = image_prepare(layout->entries[i].image, config);
	return r;
}
