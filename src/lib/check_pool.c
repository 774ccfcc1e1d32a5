/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/dir.h"
#include "lib/handle.h"
#include "lib/init.h"
#include "lib/own.h"
#include "lib/pool_dir.h"
#include "lib/removal.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The type of an option at the begin of a text, "--net" or "--net=...". */
static enum nsmgr_type type_of_option(const char *text)
{
	for NSM_EACH_TYPE (type) {
		const char *rest = nsm_after(text, "--");

		rest = rest ? nsm_after(rest, nsm_nstypes[type].name) : NULL;
		if (rest && strchr(" =", *rest))
			return type;
	}
	return NSMGR_TYPE_NONE;
}

/* The types that a configuration in words asks for: they come first, and what comes behind may have any words in it. */
static unsigned types_in_words(const char *options)
{
	unsigned types = 0;
	enum nsmgr_type type;

	while ((type = type_of_option(options)) != NSMGR_TYPE_NONE) {
		types |= NSMGR_MASK(type);
		options += strcspn(options, " ");
		options += strspn(options, " ");
	}
	return types;
}

static void say_failure(struct nsm_check *check, struct nsm_finding *finding)
{
	const struct nsmgr_failure *failure = nsmgr_get_failure(check->ctx);
	const char *type = nsmgr_type_name(failure->type);

	nsm_finding_say(finding, "%s%s%s", type ? type : "", type ? ": " : "", failure->text);
}

static int check_handles(struct nsm_setdir *set, struct nsm_finding *finding)
{
	int r = nsm_setdir_check(set);

	if (r == -ESTALE || r == -ESRCH) {
		struct nsmgr_ctx *ctx = set->store->ctx;
		const char *type = nsmgr_type_name(ctx->failure.type);

		nsm_finding_say(finding, "%s: a handle that is %.*s", type ? type : "",
				(int)strcspn(ctx->failure.text, ":("), ctx->failure.text);
		r = 1;
	}
	return r;
}

/* An init that cannot be seen is alive for those who enter, and is not passed over here without a word. */
static int check_init(struct nsm_setdir *set, struct nsm_finding *finding)
{
	nsm_autoclose int fd = -EBADF;
	int r = set->types & NSMGR_MASK(NSMGR_PID) ? nsm_handle_probe(set, NSMGR_PID, &fd) : 0;

	if (r < 0 || fd < 0)
		return r < 0 ? r : 0;
	r = nsm_init_find(fd, set->meta.keeper, NULL, NULL);
	if (r < 0)
		nsm_log(set->store->ctx, "could not see whether the init of the pid namespace of the ready set '%s' lives: %s",
			set->name, strerror(-r));
	if (r == 0)
		nsm_finding_say(finding, "pid: a handle that is dead");
	return r == 0;
}

/* Why a ready set cannot be given out: 1, 0 when it can or is gone, -errno. */
static int is_unusable(struct nsm_pool_dir *pool, const char *entry, const char *options, struct nsm_finding *finding)
{
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	int r = nsm_setdir_open(&pool->view, entry, &set);

	if (r == 0 && set.types != types_in_words(options)) {
		nsm_finding_say(finding, "has other types than its pool");
		r = 1;
	} else if (r == 0 && !set.has_meta) {
		nsm_finding_say(finding, "has lost its record");
		r = 1;
	} else if (r == 0) {
		r = check_handles(&set, finding);
		if (r == 0)
			r = check_init(&set, finding);
	}
	if (r != 0 && set.fd >= 0 && !nsm_setdir_is_current(&set))
		return 0; /* given out, or taken away, meanwhile */
	if (r > 0 && *set.odd) {
		finding->mend = NSMGR_MEND_BY_HAND;
		nsm_finding_cure(finding, "remove what is none of nsmgr's in it by hand: %s", set.odd);
	} else if (r > 0) {
		nsm_finding_cure(finding, "removes this ready set, of which nobody has a name");
	}
	return r == -ENOENT ? 0 : r;
}

static int remove_entry(struct nsm_pool_dir *pool, const char *entry)
{
	struct nsm_stage stage = NSM_STAGE_OF(&pool->view);
	int r = nsm_pool_dir_begin_changes(pool);

	if (r < 0)
		return r;
	r = nsm_remove_name(&stage, entry, NSM_REMOVE_READY, NULL);
	nsm_stage_close(&stage);
	return r;
}

/* Of what everything else needs as well. */
static bool is_want(int r)
{
	return r == -ENOMEM || r == -EMFILE || r == -ENFILE;
}

static int check_entry(struct nsm_check *check, struct nsm_pool_dir *pool, const char *entry, const char *options)
{
	char file[NSM_BELOW_SIZE];
	struct nsm_finding finding;
	int r;

	snprintf(file, sizeof(file), "%s/%s", pool->path, entry);
	finding = nsm_finding(NSMGR_PROBLEM_POOL, NSMGR_MEND_BY_GC, entry, file);
	r = is_unusable(pool, entry, options, &finding);
	if (r == -EACCES || r == -EPERM)
		nsm_check_hidden(check, file, r);
	if (r == 0 || r == -EACCES || r == -EPERM)
		return 0;
	if (is_want(r))
		return r;
	if (r < 0) {
		finding.mend = NSMGR_MEND_BY_HAND;
		say_failure(check, &finding);
		nsm_finding_cure(&finding, "remove it by hand: %s/%s", check->ctx->root, file);
	}
	if (nsm_check_mends(check, finding.mend))
		nsm_finding_result(check, &finding, remove_entry(pool, entry));
	nsm_check_tell(check, &finding);
	return 0;
}

static int check_sets(struct nsm_check *check, struct nsm_pool_dir *pool, const char *options)
{
	const char *entry;
	struct nsm_dir dir;
	int r;

	nsm_dir_begin(&dir, pool->view.root);
	while ((r = nsm_pool_dir_next(pool, &dir, &entry)) > 0) {
		r = check_entry(check, pool, entry, options);
		if (r < 0)
			return r;
	}
	return r;
}

/* One whose maker was killed before it wrote down what it is for: fill makes both under the lock. */
static void check_config(struct nsm_check *check, int parent, const char *hash)
{
	nsm_autoclose int dir = nsm_own_dir(parent, hash);
	char file[NSM_BELOW_SIZE];
	struct nsm_finding finding;
	struct stat st;

	snprintf(file, sizeof(file), NSM_POOL_DIR "/%s", hash);
	if (dir < 0 || fstatat(dir, NSM_POOL_CONFIG, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT ||
	    nsm_check_lock(check) < 0)
		return;
	finding = nsm_finding(NSMGR_PROBLEM_POOL, NSMGR_MEND_BY_GC, hash, file);
	if (fstat(dir, &st) == 0 && st.st_nlink > 0 && fstatat(dir, NSM_POOL_CONFIG, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		nsm_finding_say(&finding, "a pool without its options, by a process that was killed");
		nsm_finding_cure(&finding, "removes it, if it is empty");
		if (nsm_check_mends(check, finding.mend)) {
			int r = unlinkat(dir, NSM_POOL_CONFIG_NEW, 0) < 0 && errno != ENOENT ? -errno : 0;

			if (r == 0 && unlinkat(parent, hash, AT_REMOVEDIR) < 0)
				r = -errno;
			nsm_finding_result(check, &finding, r == 0 ? 0 : nsm_fail(check->ctx, r, "pool", NSMGR_TYPE_NONE, NULL));
		}
		nsm_check_tell(check, &finding);
	}
	nsm_store_unlock(&check->store);
}

/* What is of the wrong kind, or cannot be read, is for the user to judge. */
static int check_pool(struct nsm_check *check, const char *hash)
{
	nsm_autopool struct nsm_pool_dir pool = NSM_POOL_DIR_INIT;
	nsm_autofree char *options = NULL;
	char file[560];
	struct nsm_finding finding;
	int r = nsm_pool_dir_open_named(&check->store, hash, &pool, &options);

	if (r == 0)
		return check_sets(check, &pool, options);
	if (r == -ENOENT || is_want(r))
		return r == -ENOENT ? 0 : r;
	snprintf(file, sizeof(file), NSM_POOL_DIR "/%s", hash);
	if (r == -EACCES || r == -EPERM) {
		nsm_check_hidden(check, file, r);
		return 0;
	}
	finding = nsm_finding(NSMGR_PROBLEM_POOL, NSMGR_MEND_BY_HAND, hash, file);
	nsm_finding_say(&finding, "no pool that can be read");
	nsm_finding_cure(&finding, "remove it, or its .config, by hand: %s/%s", check->ctx->root, file);
	nsm_check_tell(check, &finding);
	return 0;
}

int nsm_check_pools(struct nsm_check *check)
{
	nsm_autoclose int parent = nsm_own_dir(check->store.root, NSM_POOL_DIR);
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r;

	if (parent < 0 && parent != -EACCES && parent != -EPERM)
		return parent == -ENOENT || parent == -ENOTDIR ? 0 : parent; /* a wrong file is said where files are */
	if (parent < 0) {
		nsm_check_hidden(check, NSM_POOL_DIR, parent);
		return 0;
	}
	nsm_dir_begin(&dir, parent);
	while ((r = nsm_dir_next(&dir, &entry)) > 0) {
		check_config(check, parent, entry->d_name);
		r = check_pool(check, entry->d_name);
		if (r < 0)
			return r;
	}
	return r == -ENOENT ? 0 : r;
}
