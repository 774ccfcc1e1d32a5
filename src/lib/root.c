/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/root.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "lib/idmap.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATX_MASK (NSM_STATX_BASIC | NSM_STATX_MNT_ID | NSM_STATX_MNT_ID_UNIQUE)

/* An id that stands for "not mapped here" rather than for somebody. */
static bool is_unmapped_id(uint32_t id)
{
	struct nsm_idmap map;
	char text[16];
	uint32_t overflow;

	if (nsm_read_text_at(AT_FDCWD, "/proc/sys/kernel/overflowuid", text, sizeof(text)) < 0)
		return false;
	text[strcspn(text, "\n")] = '\0';
	if (nsm_parse_u32(text, &overflow) < 0 || overflow != id)
		return false;
	return nsm_idmap_read_own(NSMGR_UID, &map) == 0 && !nsm_idmap_maps(&map, id);
}

/* Judges one component; `last` is the directory itself. */
static int check_component(struct nsmgr_ctx *ctx, const char *step, const char *path, const struct nsm_statx *st,
			   bool last)
{
	bool owned = st->stx_uid == 0 || st->stx_uid == geteuid() || is_unmapped_id(st->stx_uid);
	bool open_to_others = st->stx_mode & (S_IWGRP | S_IWOTH);

	if (!owned)
		return nsm_fail_text(ctx, -EPERM, step, NSMGR_TYPE_NONE, NULL,
				     "'%s' belongs to uid %u: it must be root's or ours", path, st->stx_uid);
	if (open_to_others && (last || !(st->stx_mode & S_ISVTX)))
		return nsm_fail_text(ctx, -EPERM, step, NSMGR_TYPE_NONE, NULL,
				     "'%s' is writable by others (cure: chmod go-w)", path);
	return 0;
}

/* With `make` it is made where it is missing, and *ret_made says so. */
static int open_component(struct nsmgr_ctx *ctx, const char *step, const char *path, bool make, bool *ret_made)
{
	const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(AT_FDCWD, path, flags);

	*ret_made = false;
	if (fd < 0 && errno == ENOENT && make) {
		*ret_made = mkdirat(AT_FDCWD, path, 0755) == 0;
		if (!*ret_made && errno != EEXIST)
			return nsm_fail(ctx, -errno, step, NSMGR_TYPE_NONE, path);
		fd = openat(AT_FDCWD, path, flags);
	}
	if (fd >= 0)
		return fd;
	if (errno == ENOTDIR || errno == ELOOP)
		return nsm_fail_text(ctx, -ENOTDIR, step, NSMGR_TYPE_NONE, NULL,
				     "'%s' is no directory (a link is not followed)", path);
	return nsm_fail(ctx, -errno, step, NSMGR_TYPE_NONE, path);
}

/* The mode of a directory that was just made, whatever the umask took away. Through the checked fd: its
 * name could have become a link by now. */
static int widen_mode(struct nsmgr_ctx *ctx, const char *step, int fd, const char *path)
{
	char self[40];
	struct nsm_text text = NSM_TEXT(self);

	nsm_text_add(&text, NSM_PROC_SELF "/fd/%d", fd);
	if (chmod(self, 0755) < 0)
		return nsm_fail(ctx, -errno, step, NSMGR_TYPE_NONE, path);
	return 0;
}

/* The start of the next component behind slashes and "." components. */
static char *skip_to_component(char *p)
{
	for (;;) {
		p += strspn(p, "/");
		if (p[0] != '.' || (p[1] != '/' && p[1]))
			return p;
		p++;
	}
}

static int walk(struct nsmgr_ctx *ctx, const char *step, char *path, bool make, struct nsm_root *ret)
{
	nsm_autoclose int dir = -EBADF;
	struct nsm_statx st;
	int r = nsm_sys_statx(AT_FDCWD, "/", 0, STATX_MASK, &st);
	char *name;

	if (r < 0)
		return nsm_fail(ctx, r, step, NSMGR_TYPE_NONE, "/");
	r = check_component(ctx, step, "/", &st, false);
	for (name = skip_to_component(path); r == 0 && *name;) {
		char *end = name + strcspn(name, "/");
		char *next = skip_to_component(end);
		char cut = *end;
		bool made = false;

		*end = '\0'; /* messages name the path up to here */
		/* What lies above was looked at, and is nobody else's to change: a path leads there again, so that only the last
		 * one has to be open. */
		if (!*next || nsm_sys_statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_MASK, &st) < 0 || !S_ISDIR(st.stx_mode)) {
			nsm_close(&dir);
			dir = open_component(ctx, step, path, make, &made);
			if (dir < 0)
				return dir;
			r = nsm_sys_statx(dir, "", AT_EMPTY_PATH, STATX_MASK, &st);
			if (r < 0)
				return nsm_fail(ctx, r, step, NSMGR_TYPE_NONE, path);
		}
		r = check_component(ctx, step, path, &st, !*next);
		if (r == 0 && made)
			r = widen_mode(ctx, step, dir, path);
		*end = cut;
		name = next;
	}
	if (r < 0)
		return r;
	if (dir < 0)
		return nsm_fail_text(ctx, -EINVAL, step, NSMGR_TYPE_NONE, NULL, "it cannot be /");
	*ret = (struct nsm_root){
		.fd = take_fd(dir),
		.mount_id = st.stx_mnt_id,
		.is_unique = st.stx_mask & NSM_STATX_MNT_ID_UNIQUE,
		.is_mount = st.stx_attributes & NSM_STATX_ATTR_MOUNT_ROOT,
	};
	return 0;
}

static nsm_own_frame int walk_far(struct nsmgr_ctx *ctx, const char *step, const char *to, bool make, struct nsm_root *ret)
{
	char path[PATH_MAX];

	if (!nsm_copy(path, sizeof(path), to))
		return nsm_fail(ctx, -ENAMETOOLONG, step, NSMGR_TYPE_NONE, to);
	return walk(ctx, step, path, make, ret);
}

/* No copy is allocated: children that must not do that walk here too. */
int nsm_root_walk(struct nsmgr_ctx *ctx, const char *step, const char *to, bool make, struct nsm_root *ret)
{
	char path[128];

	return nsm_copy(path, sizeof(path), to) ? walk(ctx, step, path, make, ret) : walk_far(ctx, step, to, make, ret);
}

int nsm_root_open(struct nsmgr_ctx *ctx, bool make, struct nsm_root *ret)
{
	return nsm_root_walk(ctx, "store", ctx->root, make, ret);
}
