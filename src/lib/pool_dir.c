/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/pool_dir.h"

#include "base/text.h"
#include "lib/dir.h"
#include "lib/own.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

void nsm_pool_dir_close(struct nsm_pool_dir *pool)
{
	nsm_close(&pool->view.root);
}

void nsm_pool_dir_blame(const struct nsm_pool_dir *pool, const char *entry)
{
	struct nsmgr_ctx *ctx = pool->view.ctx;
	struct nsm_text text = NSM_TEXT(ctx->failure.path);

	nsm_text_add(&text, "%s/%s%s%s", ctx->root, pool->path, entry ? "/" : "", entry ? entry : "");
}

static int fail(const struct nsm_pool_dir *pool, int r)
{
	char file[sizeof(pool->path) + sizeof(NSM_POOL_CONFIG)];
	struct nsm_text text = NSM_TEXT(file);

	nsm_text_add(&text, "%s%s", pool->path, r == -EBADMSG ? "/" NSM_POOL_CONFIG : "");
	if (r == -EBADMSG || r == -ENOTDIR)
		return nsm_own_fail(pool->view.ctx, r, "pool", file);
	nsm_fail(pool->view.ctx, r, "pool", NSMGR_TYPE_NONE, NULL);
	nsm_pool_dir_blame(pool, NULL);
	return r;
}

static void begin_view(struct nsm_store *store, const char *hash, struct nsm_pool_dir *pool)
{
	struct nsm_text path = NSM_TEXT(pool->path);

	pool->store = store;
	pool->view = *store;
	pool->view.root = -EBADF;
	nsm_text_add(&path, NSM_POOL_DIR "/%s", hash);
}

int nsm_pool_dir_begin_changes(struct nsm_pool_dir *pool)
{
	int r = nsm_store_begin_changes(pool->store);

	if (r == 0)
		r = nsm_store_open_lock(pool->store);
	pool->view.stages = pool->store->stages;
	pool->view.lock = pool->store->lock;
	return r;
}

/* FNV-1a of 64 bits: names a directory, and proves nothing. */
static void hash_text(const char *text, char *ret, size_t size)
{
	struct nsm_text hash = { .buf = ret, .size = size };
	uint64_t value = 0xcbf29ce484222325u;

	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * 0x100000001b3u;
	nsm_text_add(&hash, "%016llx", (unsigned long long)value);
}

static int open_dir(int parent, const char *name, bool make)
{
	int r = make ? mkdirat(parent, name, 0700) : 0;

	if (make && r == 0)
		r = fchmodat(parent, name, 0700, 0); /* whatever the umask */
	return r < 0 && errno != EEXIST ? -errno : nsm_own_dir(parent, name);
}

static ssize_t read_config(int dir, char *text, size_t size)
{
	nsm_autoclose int fd = nsm_own_file(dir, NSM_POOL_CONFIG);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fd < 0 ? fd : -errno;
	return S_ISREG(st.st_mode) ? nsm_read_once(fd, text, size) : -EBADMSG;
}

/* Whether the directory is of this very configuration. -ENOENT: it is of none. */
static int compare_config(int dir, const char *options)
{
	size_t size = strlen(options) + 2;
	nsm_autofree char *text = malloc(size);
	ssize_t n;

	if (!text)
		return -ENOMEM;
	n = read_config(dir, text, size);
	if (n < 0 && n != -EFBIG)
		return (int)n;
	return n >= 0 && nsm_streq(text, options) ? 0 : -EEXIST;
}

static int write_config(int dir, const char *options)
{
	nsm_autoclose int fd = -EBADF;
	int r;

	/* What was left by who was killed, or is somebody else's, is not written to; neither waits a FIFO for a reader. */
	if (unlinkat(dir, NSM_POOL_CONFIG_NEW, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir, NSM_POOL_CONFIG_NEW, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	r = fd < 0 || fchmod(fd, 0600) < 0 ? -errno : nsm_write_once(fd, options, strlen(options));
	if (r == 0 && renameat(dir, NSM_POOL_CONFIG_NEW, dir, NSM_POOL_CONFIG) < 0)
		r = -errno;
	if (r < 0 && fd >= 0)
		unlinkat(dir, NSM_POOL_CONFIG_NEW, 0);
	return r;
}

/* Makes both directories and .config, under the lock, as somebody may be taking an empty one away. */
static int make_dir(struct nsm_store *store, struct nsm_pool_dir *pool, const char *options)
{
	nsm_autoclose int parent = -EBADF;
	int r = nsm_store_lock(store, true);

	if (r < 0)
		return r;
	parent = r = open_dir(store->root, NSM_POOL_DIR, true);
	if (r >= 0)
		pool->view.root = r = open_dir(store->root, pool->path, true);
	if (r >= 0)
		r = compare_config(pool->view.root, options);
	if (r == -ENOENT) {
		r = write_config(pool->view.root, options);
		if (r < 0)
			unlinkat(store->root, pool->path, AT_REMOVEDIR);
	}
	/* Whoever fills it holds it, so that it is not taken away from under him. */
	if (r == 0 && flock(pool->view.root, LOCK_SH) < 0)
		r = -errno;
	nsm_store_unlock(store);
	return r < 0 ? fail(pool, r) : 0;
}

static int find_dir(struct nsm_store *store, struct nsm_pool_dir *pool, const char *options)
{
	int r = pool->view.root = open_dir(store->root, pool->path, false);

	if (r >= 0)
		r = compare_config(pool->view.root, options);
	if (r == -EEXIST)
		r = -ENOENT;
	return r < 0 && r != -ENOENT ? fail(pool, r) : r;
}

int nsm_pool_dir_open(struct nsm_store *store, struct nsmgr_config *config, bool make, struct nsm_pool_dir *ret)
{
	nsm_autopool struct nsm_pool_dir pool = NSM_POOL_DIR_INIT;
	nsm_autofree char *options = NULL;
	char hash[17];
	int r = nsm_config_text(config, &options);

	if (r < 0)
		return r;
	hash_text(options, hash, sizeof(hash));
	begin_view(store, hash, &pool);
	r = make ? make_dir(store, &pool, options) : find_dir(store, &pool, options);
	if (r < 0)
		return r;
	*ret = pool;
	pool = (struct nsm_pool_dir)NSM_POOL_DIR_INIT;
	return 0;
}

/* What is in .config as one line. */
static int read_options(int dir, char **ret)
{
	nsm_autofree char *text = malloc(NSM_CONFIG_TEXT_SIZE);
	ssize_t n = text ? read_config(dir, text, NSM_CONFIG_TEXT_SIZE) : -ENOMEM;

	if (n < 0)
		return (int)n;
	for (char *p = text; (p = strchr(p, '\n'));)
		*p = p[1] ? ' ' : '\0';
	*ret = take_ptr(text);
	return 0;
}

int nsm_pool_dir_open_named(struct nsm_store *store, const char *hash, struct nsm_pool_dir *ret, char **ret_options)
{
	nsm_autopool struct nsm_pool_dir pool = NSM_POOL_DIR_INIT;
	int r;

	/* Nothing of ours has a longer name. */
	if (strlen(hash) > sizeof(pool.path) - sizeof(NSM_POOL_DIR "/"))
		return -ENOENT;
	begin_view(store, hash, &pool);
	pool.view.root = open_dir(store->root, pool.path, false);
	r = pool.view.root < 0 ? pool.view.root : read_options(pool.view.root, ret_options);
	if (r < 0)
		return r == -ENOENT ? r : fail(&pool, r);
	*ret = pool;
	pool = (struct nsm_pool_dir)NSM_POOL_DIR_INIT;
	return 0;
}

static int visit_dir(struct nsm_store *store, const char *hash, nsm_pool_dir_fn *visit, void *data)
{
	nsm_autopool struct nsm_pool_dir pool = NSM_POOL_DIR_INIT;
	nsm_autofree char *options = NULL;
	int r = nsm_pool_dir_open_named(store, hash, &pool, &options);

	return r == -ENOENT ? 0 : r < 0 ? r : visit(data, &pool, options);
}

int nsm_pool_dir_each(struct nsm_store *store, nsm_pool_dir_fn *visit, void *data)
{
	nsm_autoclose int parent = open_dir(store->root, NSM_POOL_DIR, false);
	struct nsm_failure failure = { 0 };
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r, failed = 0;

	if (parent == -ENOENT)
		return 0;
	if (parent < 0)
		return nsm_own_fail(store->ctx, parent, "pool", NSM_POOL_DIR);
	nsm_dir_begin(&dir, parent);
	while ((r = nsm_dir_next(&dir, &entry)) > 0) {
		r = visit_dir(store, entry->d_name, visit, data);
		if (r >= 0 || failed < 0)
			continue;
		failure = store->ctx->failure;
		failed = r;
	}
	if (failed < 0)
		store->ctx->failure = failure;
	if (failed == 0 && r < 0 && r != -ENOENT)
		failed = nsm_fail(store->ctx, r, "pool", NSMGR_TYPE_NONE, store->ctx->root);
	return failed;
}

int nsm_pool_dir_lock(struct nsm_pool_dir *pool)
{
	nsm_autoclose int fd = nsm_own_file(pool->view.root, NSM_POOL_CONFIG);
	int r;

	if (fd < 0)
		return fail(pool, fd);
	do
		r = flock(fd, LOCK_EX);
	while (r < 0 && errno == EINTR);
	return r < 0 ? fail(pool, -errno) : take_fd(fd);
}

int nsm_pool_dir_next(struct nsm_pool_dir *pool, struct nsm_dir *dir, const char **ret_entry)
{
	const struct nsm_dirent *entry;
	int r;

	do
		r = nsm_dir_next(dir, &entry);
	while (r > 0 && entry->d_name[0] == '.');
	/* The directory was taken away as it was empty. */
	if (r == -ENOENT)
		return 0;
	if (r > 0)
		*ret_entry = entry->d_name;
	return r < 0 ? fail(pool, r) : r;
}

void nsm_pool_dir_remove(struct nsm_pool_dir *pool)
{
	nsm_autofree char *text = malloc(NSM_CONFIG_TEXT_SIZE);

	if (!text || nsm_store_lock(pool->store, true) < 0)
		return;
	/* What fails here is for the next who drains. */
	if (flock(pool->view.root, LOCK_EX | LOCK_NB) == 0 &&
	    read_config(pool->view.root, text, NSM_CONFIG_TEXT_SIZE) >= 0 &&
	    unlinkat(pool->view.root, NSM_POOL_CONFIG, 0) == 0 && unlinkat(pool->store->root, pool->path, AT_REMOVEDIR) < 0)
		write_config(pool->view.root, text);
	nsm_store_unlock(pool->store);
}
