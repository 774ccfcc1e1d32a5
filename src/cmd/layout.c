/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/layout.h"

#include "cmd/create_opts.h"
#include "cmd/sys_mount.h"

#include <sys/stat.h>

static const char *const names[] = {
	[ENTRY_BIND] = "bind",	   [ENTRY_TMPFS] = "tmpfs",	[ENTRY_PROC] = "proc", [ENTRY_SYSFS] = "sysfs",
	[ENTRY_MQUEUE] = "mqueue", [ENTRY_CGROUP2] = "cgroup2", [ENTRY_DEV] = "dev",   [ENTRY_FS] = "fs",
	[ENTRY_FILE] = "file",
	[ENTRY_DIR] = "dir",	   [ENTRY_SYMLINK] = "symlink",
};

const char *entry_option(const struct entry *entry)
{
	return names[entry->kind];
}

const char *entry_step(const struct entry *entry)
{
	return nsm_streq(entry->target, "/") ? "rootdir" : names[entry->kind];
}

void entry_free(struct entry *entry)
{
	source_free(&entry->source);
	mount_opts_free(&entry->opts);
	image_free(entry->image);
	free(entry->target);
	free(entry->text);
}

void layout_free(struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++)
		entry_free(&layout->entries[i]);
	free(layout->entries);
	free(layout->old_root);
}

struct entry *layout_add(struct layout *layout, enum entry_kind kind, char *target)
{
	if (target && layout->count == layout->size) {
		size_t size = layout->size ? layout->size * 2 : 16;
		struct entry *entries = realloc(layout->entries, size * sizeof(*entries));

		if (entries)
			layout->entries = entries, layout->size = size;
	}
	if (!target || layout->count == layout->size) {
		free(target);
		say_plain(layout->app, "out of memory");
		return NULL;
	}
	layout->entries[layout->count] = (struct entry){ .kind = kind, .target = target, .source = { .fd = -EBADF } };
	return &layout->entries[layout->count++];
}

/* ---- the options ---- */

static int out_of_memory(const struct layout *layout)
{
	return say_plain(layout->app, "out of memory");
}

/* "idmap" is the only word of a bind that libmount leaves to the file system. */
static void take_idmap(struct layout *layout, struct entry *entry)
{
	if (!entry->opts.data || !nsm_streq(entry->opts.data, "idmap"))
		return;
	entry->idmap = true;
	entry->number = layout->handed++;
	mount_opts_free(&entry->opts);
}

static int set_opts(struct layout *layout, const char *option, struct entry *entry, unsigned defaults, const char *list)
{
	char why[256];

	entry->opts.set = defaults;
	if (mount_opts_parse(list, &entry->opts, why, sizeof(why)) < 0)
		return say_usage(layout->app, "--%s: %s", option, why);
	if (entry->kind != ENTRY_BIND)
		return entry->opts.alone ? say_usage(layout->app, "--%s: 'bind' is not for it", option) : STATUS_DONE;
	take_idmap(layout, entry);
	if (entry->opts.data || entry->opts.sb[0])
		return say_usage(layout->app, "--%s: '%s' belongs to a whole file system, not to a bind", option,
				 entry->opts.data ? entry->opts.data : entry->opts.sb[0]);
	return STATUS_DONE;
}

static int add_at(struct layout *layout, const char *option, enum entry_kind kind, const char *path, struct entry **ret)
{
	char *target;
	int status = target_parse(layout->app, option, path, &target);

	if (status != STATUS_DONE)
		return status;
	*ret = layout_add(layout, kind, target);
	return *ret ? STATUS_DONE : STATUS_FAILED;
}

static int add_source(struct layout *layout, const char *option, const char *source, const char *target, unsigned extra,
		      const char *list)
{
	unsigned defaults = SYS_ATTR_NOSUID | SYS_ATTR_NODEV | extra;
	struct source opened = { .fd = -EBADF };
	struct entry *entry = NULL;
	int status = source_open(layout->app, option, source, &opened);

	/* Without a target it is where it is outside. */
	if (status == STATUS_DONE)
		status = add_at(layout, option, ENTRY_BIND, target ? target : *source == '/' ? source : opened.path, &entry);
	if (status != STATUS_DONE) {
		source_free(&opened);
		return status;
	}
	entry->source = opened;
	if (S_ISCHR(opened.mode) || S_ISBLK(opened.mode))
		defaults &= ~SYS_ATTR_NODEV;
	return set_opts(layout, option, entry, defaults, list);
}

static int add_bind(struct layout *layout, const char *option, const char *value, unsigned extra)
{
	nsm_autofree char *source = field_next(&value), *target = NULL;

	if (!source)
		return out_of_memory(layout);
	if (value) {
		target = field_next(&value);
		if (!target)
			return out_of_memory(layout);
	}
	return add_source(layout, option, source, target, extra, value);
}

static int add_mount(struct layout *layout, enum entry_kind kind, unsigned defaults, const char *value)
{
	nsm_autofree char *target = field_next(&value);
	struct entry *entry = NULL;
	int status = target ? add_at(layout, names[kind], kind, target, &entry) : out_of_memory(layout);

	return status == STATUS_DONE ? set_opts(layout, names[kind], entry, defaults, value) : status;
}

static int add_root(struct layout *layout, const char *value)
{
	nsm_autofree char *source = field_next(&value);
	struct entry *entry = NULL;
	int status;

	if (!source)
		return out_of_memory(layout);
	if (!nsm_streq(source, "tmpfs"))
		return add_source(layout, "rootdir", source, "/", SYS_ATTR_RDONLY, value);
	status = add_at(layout, "rootdir", ENTRY_TMPFS, "/", &entry);
	return status == STATUS_DONE ? set_opts(layout, "rootdir", entry, SYS_ATTR_NOSUID | SYS_ATTR_NODEV, value) : status;
}

/* DST:TEXT or DST=@HOSTFILE, whichever separator comes first. */
static int add_file(struct layout *layout, const char *value)
{
	const char *at = strstr(value, "=@");
	nsm_autofree char *target = NULL, *head = NULL;
	const char *rest = value;
	struct entry *entry = NULL;
	int status;

	target = field_next(&rest);
	if (!target)
		return out_of_memory(layout);
	if (at && (!rest || at < rest) && (at == value || at[-1] != '\\')) {
		head = strndup(value, (size_t)(at - value));
		free(take_ptr(target));
		target = head ? field_next(&(const char *){ head }) : NULL;
		if (!target)
			return out_of_memory(layout);
	} else if (!rest) {
		return say_usage(layout->app, "--file: '%s' is neither DST:TEXT nor DST=@HOSTFILE", value);
	} else {
		at = NULL;
	}
	status = add_at(layout, "file", ENTRY_FILE, target, &entry);
	if (status != STATUS_DONE)
		return status;
	if (at)
		return host_file_read(layout->app, at + 2, &entry->text, &entry->len);
	entry->text = strdup(rest);
	entry->len = strlen(rest);
	return entry->text ? STATUS_DONE : out_of_memory(layout);
}

static int add_dir(struct layout *layout, const char *value)
{
	nsm_autofree char *target = field_next(&value);
	struct entry *entry = NULL;
	char *end;
	unsigned long mode;
	int status = target ? add_at(layout, "dir", ENTRY_DIR, target, &entry) : out_of_memory(layout);

	if (status != STATUS_DONE || !value)
		return status;
	mode = strtoul(value, &end, 8);
	if (*value < '0' || *value > '7' || *end || mode > 07777)
		return say_usage(layout->app, "--dir: '%s' is no mode", value);
	entry->mode = (mode_t)mode;
	entry->has_mode = true;
	return STATUS_DONE;
}

static int add_symlink(struct layout *layout, const char *value)
{
	nsm_autofree char *text = field_next(&value), *link = value ? field_next(&value) : NULL;
	struct entry *entry = NULL;
	int status;

	if (!text || !link || !*text || value)
		return say_usage(layout->app, "--symlink takes TARGET:LINK");
	status = add_at(layout, "symlink", ENTRY_SYMLINK, link, &entry);
	if (status == STATUS_DONE)
		entry->text = take_ptr(text);
	return status;
}

static int set_old_root(struct layout *layout, const char *value)
{
	nsm_autofree char *target = field_next(&(const char *){ value });

	if (!target)
		return out_of_memory(layout);
	free(take_ptr(layout->old_root));
	return target_parse(layout->app, "old-root", target, &layout->old_root);
}

int layout_option(struct layout *layout, int id, const char *value)
{
	const unsigned plain = SYS_ATTR_NOSUID | SYS_ATTR_NODEV, kernel = plain | SYS_ATTR_NOEXEC;

	switch (id) {
	case CREATE_ROOTDIR:
		return add_root(layout, value);
	case CREATE_OLD_ROOT:
		return set_old_root(layout, value);
	case CREATE_ROOTFS:
		return layout_rootfs(layout, value);
	case CREATE_BIND:
		return add_bind(layout, "bind", value, 0);
	case CREATE_BIND_RO:
		return add_bind(layout, "bind-ro", value, SYS_ATTR_RDONLY);
	case CREATE_TMPFS:
		return add_mount(layout, ENTRY_TMPFS, plain, value);
	case CREATE_PROC:
		return add_mount(layout, ENTRY_PROC, kernel, value);
	case CREATE_SYSFS:
		return add_mount(layout, ENTRY_SYSFS, kernel, value ? value : "/sys");
	case CREATE_MQUEUE:
		return add_mount(layout, ENTRY_MQUEUE, kernel, value);
	case CREATE_CGROUP2:
		return add_mount(layout, ENTRY_CGROUP2, kernel, value);
	case CREATE_DEV:
		return add_mount(layout, ENTRY_DEV, SYS_ATTR_NOSUID | SYS_ATTR_NOEXEC, value);
	case CREATE_FS:
		return layout_fs(layout, value);
	case CREATE_FILE:
		return add_file(layout, value);
	case CREATE_DIR:
		return add_dir(layout, value);
	default:
		return add_symlink(layout, value);
	}
}
