/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/cgroup.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/dir.h"
#include "lib/stage.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static int fail(struct nsmgr_config *config, int r, const char *path)
{
	return nsm_fail(config->ctx, r, "cgroup", NSMGR_TYPE_NONE, path);
}

static int identify(int fd, struct nsm_cgroup *cgroup)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	cgroup->ino = st.st_ino;
	return 0;
}

/* ---- one that exists ---- */

/* A path of the mounted file system is one below its mount point, wherever that is. */
static const char *below_hierarchy(const char *path)
{
	nsm_cleanup(nsm_cgroup_mounts_end) struct nsm_cgroup_mounts mounts = NSM_CGROUP_MOUNTS_INIT;
	struct nsm_cgroup_mount mount;
	const char *below = NULL;

	if (nsm_cgroup_mounts_begin(&mounts) == 0)
		while (!below && nsm_cgroup_mounts_next(&mounts, &mount) > 0) {
			const char *rest = mount.version2 && mount.whole ? nsm_after(path, mount.point) : NULL;

			if (rest && (!*rest || *rest == '/'))
				below = rest;
		}
	if (below)
		path = below;
	while (*path == '/')
		path++;
	return *path ? path : ".";
}

static int find(struct nsmgr_config *config, int hierarchy, struct nsm_cgroup *ret, int *ret_fd)
{
	struct nsm_cgroup cgroup = { .origin = NSMGR_PINNED };
	nsm_autoclose int fd = -EBADF;
	int r;

	nsm_copy(cgroup.path, sizeof(cgroup.path), below_hierarchy(config->cgroup_path));
	fd = openat(hierarchy, cgroup.path, NSM_DIR_FLAGS);
	if (fd < 0)
		return fail(config, -errno, config->cgroup_path);
	r = identify(fd, &cgroup);
	if (r < 0)
		return fail(config, r, config->cgroup_path);
	*ret = cgroup;
	*ret_fd = take_fd(fd);
	return 0;
}

/* ---- one that is made ---- */

/* nsmgr, which somebody may take away before there is anything in it. */
static int open_parent(struct nsmgr_config *config, int hierarchy)
{
	int fd = -1;

	for (int tries = 0; fd < 0 && tries < 16; tries++) {
		if (mkdirat(hierarchy, NSM_CGROUP_PARENT, 0755) < 0 && errno != EEXIST)
			return fail(config, -errno, NSM_CGROUP_PARENT);
		fd = openat(hierarchy, NSM_CGROUP_PARENT, NSM_DIR_FLAGS);
		if (fd < 0 && errno != ENOENT)
			return fail(config, -errno, NSM_CGROUP_PARENT);
	}
	return fd < 0 ? fail(config, -EAGAIN, NSM_CGROUP_PARENT) : fd;
}

/* The claim comes first, so that whatever becomes of us is taken away with the stage. */
static int claim(struct nsmgr_config *config, int setdir, const struct nsm_cgroup_claim *claim)
{
	char line[sizeof(*claim) + 2];
	struct nsm_text text = NSM_TEXT(line);
	int r;

	nsm_text_add(&text, "%s %s\n", claim->token, claim->path);
	r = nsm_write_new_at(setdir, NSM_CGROUP_FILE, false, line, text.len);
	return r < 0 ? fail(config, r, NSM_CGROUP_FILE) : 0;
}

static int mark(struct nsmgr_config *config, int fd, const char *token)
{
	char line[NSM_CGROUP_PATH_SIZE];
	struct nsm_text text = NSM_TEXT(line);

	nsm_text_add(&text, "%s %s", token, config->ctx->root);
	/* Without attributes (Linux before 5.7) it is known by its path alone. */
	if (fsetxattr(fd, NSM_CGROUP_MARK, line, strlen(line), XATTR_CREATE) < 0 && errno != EOPNOTSUPP)
		return fail(config, -errno, NSM_CGROUP_MARK);
	return 0;
}

static bool is_file(int hierarchy, const char *path)
{
	struct stat st;

	return fstatat(hierarchy, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

/* Of several with the same name, in whatever stores, one makes it. */
static int make_directory(struct nsmgr_config *config, int hierarchy, const char *path)
{
	nsm_autoclose int parent = -EBADF;

	for (int tries = 0; tries < 16; tries++) {
		if (mkdirat(hierarchy, path, 0755) == 0)
			return 0;
		if (errno == EEXIST && is_file(hierarchy, path))
			return nsm_fail_text(config->ctx, -EEXIST, "cgroup", NSMGR_TYPE_NONE, path,
					     "the kernel has a file of that name there: a set with a cgroup needs another name");
		if (errno == EEXIST)
			return nsm_fail_text(config->ctx, -EEXIST, "cgroup", NSMGR_TYPE_NONE, path,
					     "there is one of that name: a renamed set's, another store's, or one that was left "
					     "(nsmgr check)");
		if (errno != ENOENT)
			return fail(config, -errno, path);
		nsm_close(&parent);
		parent = open_parent(config, hierarchy);
		if (parent < 0)
			return parent;
	}
	return fail(config, -EAGAIN, path);
}

static int fill(struct nsmgr_config *config, int hierarchy, const char *token, struct nsm_cgroup *cgroup, int *ret_fd)
{
	nsm_autoclose int fd = openat(hierarchy, cgroup->path, NSM_DIR_FLAGS);
	int r = fd < 0 ? -errno : identify(fd, cgroup);

	if (r < 0)
		return fail(config, r, cgroup->path);
	r = mark(config, fd, token);
	if (r == 0)
		r = nsm_cgroup_limit(config, fd);
	if (r == 0)
		*ret_fd = take_fd(fd);
	return r;
}

static int make(struct nsmgr_config *config, int hierarchy, int setdir, const char *name, struct nsm_cgroup *ret, int *ret_fd)
{
	struct nsm_cgroup cgroup = { .origin = NSMGR_MADE };
	struct nsm_cgroup_claim ours;
	struct nsm_text path = NSM_TEXT(cgroup.path);
	nsm_autoclose int parent = open_parent(config, hierarchy);
	int r = parent < 0 ? parent : nsm_cgroup_delegate(config, hierarchy, parent);

	if (r < 0) {
		/* Only where it is nobody's. */
		unlinkat(hierarchy, NSM_CGROUP_PARENT, AT_REMOVEDIR);
		return r;
	}
	nsm_text_add(&path, NSM_CGROUP_PARENT "/%s", name);
	nsm_stage_random_name(ours.token);
	nsm_copy(ours.path, sizeof(ours.path), cgroup.path);
	r = claim(config, setdir, &ours);
	if (r < 0)
		return r;
	r = make_directory(config, hierarchy, cgroup.path);
	if (r < 0) {
		unlinkat(setdir, NSM_CGROUP_FILE, 0);
		return r;
	}
	/* From here on the claim stands for it, also in failure. */
	r = fill(config, hierarchy, ours.token, &cgroup, ret_fd);
	if (r == 0)
		*ret = cgroup;
	return r;
}

/* ---- both ---- */

/* What an optional cgroup is given up for: there is none to be had here. */
static bool is_want(int r)
{
	return r == -EOPNOTSUPP || r == -EROFS || r == -EACCES || r == -EPERM;
}

int nsm_cgroup_prepare(struct nsmgr_config *config, int setdir, const char *name, struct nsm_cgroup *ret, int *ret_fd)
{
	nsm_autoclose int hierarchy = -EBADF;
	int r;

	if (!nsm_config_has_cgroup(config))
		return 0;
	hierarchy = nsm_cgroup_open_hierarchy();
	if (hierarchy == -ENOENT)
		r = nsm_fail_text(config->ctx, -EOPNOTSUPP, "cgroup", NSMGR_TYPE_NONE, NULL,
				  "cgroup2 cannot be found here (cure: mount -t cgroup2 none /sys/fs/cgroup, or --cgroup-optional)");
	else if (hierarchy < 0)
		r = nsm_fail(config->ctx, hierarchy, "cgroup", NSMGR_TYPE_NONE, NULL);
	else if (config->cgroup_path)
		r = find(config, hierarchy, ret, ret_fd);
	else
		r = make(config, hierarchy, setdir, name, ret, ret_fd);
	if (r < 0 && config->cgroup_optional && is_want(r)) {
		nsm_log(config->ctx, "going on without a cgroup: %s", nsmgr_get_failure(config->ctx)->text);
		return 0;
	}
	return r;
}
