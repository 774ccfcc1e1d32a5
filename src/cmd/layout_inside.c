/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/layout_inside.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/sys_mount.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

int inside_fail_text(const struct inside_place *place, int error, const char *text)
{
	const char *cure = place->cure ? place->cure : error == -ENOSYS ? "it needs Linux 5.10, without a filter in the way" : NULL;
	char line[400];
	struct nsm_text whole = NSM_TEXT(line);

	nsm_text_add(&whole, "%s", text);
	if (cure)
		nsm_text_add(&whole, " (%s)", cure);
	return nsmgr_config_hook_fail(place->config, error, entry_step(place->entry), NSMGR_MNT,
				      place->entry->kind == ENTRY_BIND && nsm_streq(place->entry->target, "/")
					      ? place->entry->source.path
					      : place->entry->target,
				      line);
}

int inside_fail(const struct inside_place *place, int error)
{
	return inside_fail_text(place, error, strerror(-error));
}

/* ---- the entries ---- */

static enum target_want wanted(const struct entry *entry)
{
	return entry->kind == ENTRY_BIND && !S_ISDIR(entry->source.mode) ? TARGET_FILE : TARGET_DIR;
}

static int put_mount(struct inside_place *place, const struct entry *entry)
{
	nsm_cleanup(target_close) struct target target = TARGET_NONE;
	nsm_autoclose int mount = -EBADF;
	int r = target_open(place, entry->target, wanted(entry), &target);

	if (r < 0)
		return inside_fail(place, r);
	if (entry->kind == ENTRY_DEV)
		return dev_put(place, entry, target.fd);
	r = mount_make(place, entry, &mount);
	return r < 0 ? r : mount_put(place, entry, mount, target.fd);
}

static int put(struct inside_place *place, const struct entry *entry)
{
	place->entry = entry;
	place->cure = NULL;
	/* A keeper is our parent, and the first process. */
	if (entry->of_keeper && getppid() != 1)
		return 0;
	switch (entry->kind) {
	case ENTRY_FILE:
		return file_put(place, entry);
	case ENTRY_DIR:
		return dir_put(place, entry);
	case ENTRY_SYMLINK:
		return symlink_put(place, entry);
	default:
		return put_mount(place, entry);
	}
}

/* ---- the root ---- */

/* It is mounted over the present root, where nobody has to have a directory for it; whoever has the present root goes on below. */
static int begin_root(struct inside_place *place)
{
	const struct entry *entry = place->layout->entries;
	int mount = -EBADF, r, old = place->root;

	place->entry = entry;
	r = mount_make(place, entry, &mount);
	if (r == 0)
		r = mount_put(place, entry, mount, old);
	if (r < 0) {
		nsm_close(&mount);
		return r;
	}
	place->root = mount;
	nsm_close(&old);
	return 0;
}

static int root_fail(const struct inside_place *place, int error, const char *step, const char *path)
{
	return nsmgr_config_hook_fail(place->config, error, step, NSMGR_MNT, path, strerror(-error));
}

/* Moves the root of all who have the present one, the keeper's too: pivot_root(2). With "." for the old one, that lies over the
 * new root, and is detached with all that is mounted in it. */
static int end_root(struct inside_place *place)
{
	nsm_cleanup(target_close) struct target target = TARGET_NONE;
	const char *old = place->layout->old_root;
	unsigned long propagation = place->layout->entries->opts.propagation;
	char path[64] = ".";
	struct nsm_text text = NSM_TEXT(path);
	int r;

	place->entry = place->layout->entries;
	place->cure = NULL;
	if (old) {
		r = target_open(place, old, TARGET_DIR, &target);
		if (r < 0)
			return root_fail(place, r, "old-root", old);
		nsm_text_add(&text, "/proc/self/fd/%d", target.fd);
	}
	r = mount_finish(place);
	if (r < 0)
		return r;
	r = fchdir(place->root) < 0 ? -errno : sys_pivot_root_here(path);
	if (r < 0)
		return root_fail(place, r, "pivot_root", NULL);
	if (!old && umount2(".", MNT_DETACH) < 0)
		return root_fail(place, -errno, "old root", NULL);
	if (chdir("/") < 0)
		return root_fail(place, -errno, "pivot_root", NULL);
	if (propagation && mount(NULL, "/", NULL, propagation, NULL) < 0)
		return inside_fail(place, -errno);
	return 0;
}

/* ---- all of it ---- */

static void end_place(struct inside_place *place)
{
	for (size_t i = 0; i < place->late_count; i++)
		nsm_close(&place->late[i].mount);
	for (size_t i = 0; place->copies && i < place->layout->count; i++)
		nsm_close(&place->copies[i]);
	nsm_close(&place->root);
	free(place->copies);
	free(place->late);
	free(place->ours);
}

static int run(struct inside_place *place)
{
	const struct layout *layout = place->layout;
	bool own = layout_has_root(layout);
	/* A root of its own leaves the sources as they are. */
	int r = own ? begin_root(place) : mounts_copy(place);

	for (size_t i = own; r == 0 && i < layout->count; i++)
		r = put(place, &layout->entries[i]);
	if (r < 0)
		return r;
	return own ? end_root(place) : mount_finish(place);
}

int layout_run(struct nsmgr_config *config, const struct layout *layout)
{
	nsm_cleanup(end_place) struct inside_place place = { .config = config, .layout = layout, .root = -EBADF };

	if (layout->count == 0)
		return 0;
	umask(0); /* modes are as they are told */
	place.ours = calloc(layout->count, sizeof(*place.ours));
	place.late = calloc(layout->count, sizeof(*place.late));
	place.copies = calloc(layout->count, sizeof(*place.copies));
	for (size_t i = 0; place.copies && i < layout->count; i++)
		place.copies[i] = -EBADF;
	place.entry = layout->entries;
	place.root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (!place.ours || !place.late || !place.copies)
		return inside_fail(&place, -ENOMEM);
	return place.root < 0 ? inside_fail(&place, -errno) : run(&place);
}
