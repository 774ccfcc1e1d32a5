/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/layout.h"

#include "cmd/sys_mount.h"

#include <sys/stat.h>

bool layout_has_root(const struct layout *layout)
{
	return layout->count > 0 && nsm_streq(layout->entries[0].target, "/");
}

static const struct entry *find(const struct layout *layout, const char *target)
{
	for (size_t i = 0; i < layout->count; i++)
		if (nsm_streq(layout->entries[i].target, target))
			return &layout->entries[i];
	return NULL;
}

static bool has_kind(const struct layout *layout, enum entry_kind kind)
{
	for (size_t i = 0; i < layout->count; i++)
		if (layout->entries[i].kind == kind)
			return true;
	return false;
}

/* A read-only tmpfs for the directories of --rootfs, and /proc of the keeper. */
static int add_implied(struct layout *layout, bool own_proc)
{
	struct entry *entry;

	if (layout->has_rootfs && !find(layout, "/")) {
		entry = layout_add(layout, ENTRY_TMPFS, strdup("/"));
		if (!entry)
			return STATUS_FAILED;
		entry->opts.set = SYS_ATTR_RDONLY | SYS_ATTR_NOSUID | SYS_ATTR_NODEV;
	}
	if (own_proc && find(layout, "/") && !has_kind(layout, ENTRY_PROC) && !find(layout, "/proc")) {
		entry = layout_add(layout, ENTRY_PROC, strdup("/proc"));
		if (!entry)
			return STATUS_FAILED;
		entry->opts.set = SYS_ATTR_NOSUID | SYS_ATTR_NODEV | SYS_ATTR_NOEXEC;
		entry->of_keeper = true;
	}
	return STATUS_DONE;
}

/* At one target the last wins. A directory that is made there, or has its mode set, does not stand in the way of a mount. */
static bool is_superseded(const struct layout *layout, size_t at)
{
	const struct entry *entry = &layout->entries[at];

	for (size_t i = at + 1; i < layout->count; i++)
		if (nsm_streq(layout->entries[i].target, entry->target) &&
		    (layout->entries[i].kind == ENTRY_DIR) == (entry->kind == ENTRY_DIR))
			return true;
	return false;
}

static void drop_superseded(struct layout *layout)
{
	size_t kept = 0;

	for (size_t i = 0; i < layout->count; i++) {
		if (is_superseded(layout, i))
			entry_free(&layout->entries[i]);
		else
			layout->entries[kept++] = layout->entries[i];
	}
	layout->count = kept;
}

static size_t depth(const struct entry *entry)
{
	size_t count = 0;

	for (const char *p = entry->target; *p; p++)
		count += p[0] == '/' && p[1];
	return count;
}

/* Parents have fewer components; those as deep stay in the order given, as links can make two names one target. */
static void sort(struct layout *layout)
{
	for (size_t i = 1; i < layout->count; i++) {
		struct entry entry = layout->entries[i];
		size_t at = i;

		for (; at > 0 && depth(&layout->entries[at - 1]) > depth(&entry); at--)
			layout->entries[at] = layout->entries[at - 1];
		layout->entries[at] = entry;
	}
}

static int check_root(const struct layout *layout)
{
	const struct entry *root = layout->entries; /* the first, if there is any */

	if (!layout_has_root(layout))
		return layout->old_root ? say_usage(layout->app, "--old-root is where the old root goes: it needs --rootdir or --rootfs")
					: STATUS_DONE;
	if (layout->old_root && nsm_streq(layout->old_root, "/"))
		return say_usage(layout->app, "--old-root: '/' is the new root");
	if (root->kind != ENTRY_BIND && root->kind != ENTRY_TMPFS && root->kind != ENTRY_FS)
		return say_usage(layout->app, "a %s cannot be the root", entry_option(root));
	if (root->kind == ENTRY_BIND && !S_ISDIR(root->source.mode))
		return say_usage(layout->app, "--rootdir: '%s' is not a directory", root->source.path);
	if (layout->count > 1 && nsm_streq(layout->entries[1].target, "/"))
		return say_usage(layout->app, "--dir: '/' has its mode by --rootdir=tmpfs:mode=MODE");
	return STATUS_DONE;
}

int layout_check(struct layout *layout, bool own_proc)
{
	int status;

	if (layout->handed > LAYOUT_HANDED)
		return say_usage(layout->app, "at most %d images, devices, and binds with idmap", LAYOUT_HANDED);
	drop_superseded(layout);
	status = add_implied(layout, own_proc);
	if (status != STATUS_DONE)
		return status;
	sort(layout);
	return check_root(layout);
}
