/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/layout.h"

#include "base/fd.h"
#include "cmd/idmapped.h"
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
	entry->number = layout->handed;
	status = image_parse(layout->app, source, type, list, entry->number, &entry->image);
	if (status != STATUS_DONE)
		return status;
	layout->handed += image_has_device(entry->image);
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

bool layout_has_idmap(const struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++)
		if (layout->entries[i].idmap)
			return true;
	return false;
}

static int fail_idmap(struct nsmgr_config *config, const struct entry *entry, int r)
{
	const char *why = r == -EINVAL ? "its file system, or one that is mounted below, cannot show other owners, or shows them already"
			  : r == -ENOSYS ? "it needs Linux 5.12"
			  : r == -EPERM	 ? "only who is privileged over the file system can show other owners"
					 : strerror(-r);

	return nsmgr_config_hook_fail(config, r, "idmap", NSMGR_MNT, entry->source.path, why);
}

/* Made out here, where we are privileged, and by what was opened when the command line was read. */
static int prepare_bind(struct nsmgr_config *config, const struct entry *entry, pid_t pid)
{
	nsm_autoclose int userns = idmapped_userns_of(pid), tree = -EBADF;
	int r = userns;

	if (userns >= 0)
		r = idmapped_bind(entry->source.fd, userns, !entry->opts.alone, &tree);
	if (r == 0)
		r = nsmgr_config_hand_fd(config, entry->number, tree);
	return r < 0 ? fail_idmap(config, entry, r) : 0;
}

int layout_prepare(struct nsmgr_config *config, const struct layout *layout, pid_t pid)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < layout->count; i++) {
		const struct entry *entry = &layout->entries[i];

		if (entry->image)
			r = image_prepare(entry->image, config);
		else if (entry->idmap)
			r = prepare_bind(config, entry, pid);
	}
	return r;
}
