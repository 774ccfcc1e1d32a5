/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/basket.h"

#include "base/text.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define BASKET NSM_STAGE_BASKET

struct path {
	char text[64];
};

/* The file that a mount is moved onto, from the stage. */
static const char *place(struct path *path, unsigned number)
{
	struct nsm_text text = NSM_TEXT(path->text);

	nsm_text_put(&text, BASKET "/");
	nsm_text_put_number(&text, number);
	return path->text;
}

/* For mount(2), which takes no directory to begin at. */
static const char *full(const struct nsm_stage *stage, struct path *path)
{
	struct nsm_text text = NSM_TEXT(path->text);

	nsm_text_add(&text, NSM_PROC_SELF "/fd/%d/" BASKET, stage->dir);
	return path->text;
}

/* A mount of a directory on itself, private like the one that it lies on. */
static bool begin(struct nsm_stage *stage)
{
	struct path path;

	if (mkdirat(stage->dir, BASKET, 0700) < 0)
		return false;
	full(stage, &path);
	if (mount(path.text, path.text, NULL, MS_BIND, NULL) == 0)
		return true;
	unlinkat(stage->dir, BASKET, AT_REMOVEDIR);
	return false;
}

/* The files go too, and with them the copies that a new mount namespace may have got meanwhile (KERNEL R5). EINVAL: it is no mount
 * yet, or none any more. */
static int take_away(const struct nsm_stage *stage, unsigned count)
{
	struct path path;
	int r = 0;

	if (umount2(full(stage, &path), MNT_DETACH | UMOUNT_NOFOLLOW) < 0 && errno != EINVAL)
		return errno == ENOENT ? 0 : -errno;
	for (unsigned i = 0; i < count; i++)
		if (unlinkat(stage->dir, place(&path, i), 0) < 0 && errno != ENOENT && r == 0)
			r = -errno;
	if (unlinkat(stage->dir, BASKET, AT_REMOVEDIR) < 0 && r == 0)
		r = -errno;
	return r;
}

bool nsm_basket_take(struct nsm_stage *stage, const char *file)
{
	struct path path;
	int r;

	if (!stage->gathers || stage->gathered == NSM_BASKET_SIZE)
		return false;
	/* Where this cannot be, for want of room or on an older kernel, each is unmounted by itself. */
	if (stage->gathered == 0 && !begin(stage)) {
		stage->gathers = false;
		return false;
	}
	place(&path, stage->gathered);
	r = mknodat(stage->dir, path.text, S_IFREG, 0) < 0 ? -errno : nsm_sys_move_mount_at(stage->dir, file, stage->dir, path.text);
	if (r == 0) {
		stage->gathered++;
		return true;
	}
	stage->gathers = r != -ENOSYS;
	unlinkat(stage->dir, path.text, 0);
	if (stage->gathered == 0)
		take_away(stage, 0);
	return false;
}

void nsm_basket_empty(struct nsm_stage *stage)
{
	int r = stage->gathered ? take_away(stage, stage->gathered) : 0;

	stage->gathered = 0;
	if (r == 0)
		return;
	stage->gathers = false;
	if (!stage->gather_error)
		stage->gather_error = r;
}

int nsm_basket_clear(struct nsm_stage *stage)
{
	int r = take_away(stage, NSM_BASKET_SIZE);

	return r < 0 ? nsm_fail(stage->store->ctx, r, "stage", NSMGR_TYPE_NONE, stage->name) : 0;
}
