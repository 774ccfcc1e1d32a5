/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check.h"

#include "lib/dir.h"
#include "lib/own.h"
#include "lib/pool_dir.h"
#include "lib/storefile.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_ours(const struct nsm_check *check, uid_t uid)
{
	return uid == 0 || uid == geteuid() || uid == check->owner;
}

bool nsm_check_mode(struct nsm_check *check, int dir, const struct nsm_expected *expected, const char *name,
		    const char *shown, struct nsm_finding *ret)
{
	const char *root = check->ctx->root;
	struct stat st;

	if (fstatat(dir, expected->file, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			nsm_check_hidden(check, shown, -errno);
		return false;
	}
	*ret = nsm_finding(NSMGR_PROBLEM_UNSAFE, NSMGR_MEND_BY_HAND, name, shown);
	/* The store itself is a mount; of what is open, "." is that. */
	if (!nsm_streq(expected->file, ".") && nsm_own_is_covered(dir, expected->file)) {
		nsm_finding_say(ret, "something else is mounted on it");
		nsm_finding_cure(ret, "umount %s/%s", root, shown);
		return true;
	}
	if ((st.st_mode & S_IFMT) != expected->kind) {
		nsm_finding_say(ret, "no %s", expected->kind == S_IFDIR ? "directory" : "plain file");
		nsm_finding_cure(ret, "remove it by hand: %s/%s", root, shown);
		return true;
	}
	if (!is_ours(check, st.st_uid)) {
		nsm_finding_say(ret, "belongs to uid %u, who can change it", (unsigned)st.st_uid);
		nsm_finding_cure(ret, "see what has become of it, then chown root: %s/%s", root, shown);
		return true;
	}
	if (!(st.st_mode & expected->forbidden))
		return false;
	ret->mend = NSMGR_MEND_BY_REPAIR;
	nsm_finding_say(ret, "has mode %04o: others can %s it", (unsigned)st.st_mode & 07777,
			st.st_mode & expected->forbidden & 022 ? "write to" : "open");
	nsm_finding_cure(ret, "takes mode %04o away", (unsigned)expected->forbidden);
	return true;
}

/* Through a descriptor, and only of what it is known to be. */
int nsm_check_mend_mode(struct nsm_check *check, int dir, const struct nsm_expected *expected)
{
	nsm_autoclose int fd = nsm_own_file(dir, expected->file);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return nsm_fail(check->ctx, fd < 0 ? fd : -errno, "mode", NSMGR_TYPE_NONE, expected->file);
	if ((st.st_mode & S_IFMT) != expected->kind || !is_ours(check, st.st_uid))
		return nsm_fail_text(check->ctx, -EPERM, "mode", NSMGR_TYPE_NONE, expected->file, "it was replaced just now");
	if (fchmod(fd, st.st_mode & 07777 & ~expected->forbidden) < 0)
		return nsm_fail(check->ctx, -errno, "mode", NSMGR_TYPE_NONE, expected->file);
	return 0;
}

static const struct nsm_expected own_files[] = {
	{ NSM_LOCK_FILE, S_IFREG, 0077 },
	{ NSM_STORE_FILE, S_IFREG, 0022 },
	{ NSM_STAGE_DIR, S_IFDIR, 0077 },
	{ NSM_POOL_DIR, S_IFDIR, 0077 },
};

static void check_own_file(struct nsm_check *check, const struct nsm_expected *expected)
{
	struct nsm_finding finding;

	if (!nsm_check_mode(check, check->store.root, expected, "", expected->file, &finding))
		return;
	if (nsm_check_mends(check, finding.mend))
		nsm_finding_result(check, &finding, nsm_check_mend_mode(check, check->store.root, expected));
	nsm_check_tell(check, &finding);
}

static bool is_own(const char *name)
{
	for (size_t i = 0; i < NSM_ARRAY_SIZE(own_files); i++)
		if (nsm_streq(name, own_files[i].file))
			return true;
	return false;
}

/* What a process that was killed while it wrote .store left; whoever writes it now has the lock. */
static void check_unfinished(struct nsm_check *check, const char *file)
{
	struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_NAME, NSMGR_MEND_BY_GC, "", file);
	struct stat st;
	int r = nsm_check_lock(check);

	if (r < 0) {
		nsm_check_hidden(check, file, r);
		return;
	}
	if (fstatat(check->store.root, file, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		nsm_finding_say(&finding, "half written, by a process that was killed");
		nsm_finding_cure(&finding, "removes it");
		if (nsm_check_mends(check, finding.mend)) {
			r = unlinkat(check->store.root, file, 0);
			nsm_finding_result(check, &finding, r == 0 ? 0 : nsm_fail(check->ctx, -errno, "remove", NSMGR_TYPE_NONE, file));
		}
		nsm_check_tell(check, &finding);
	} else if (errno != ENOENT) {
		nsm_check_hidden(check, file, -errno);
	}
	nsm_store_unlock(&check->store);
}

/* Sets are directories, and looked at by another part. */
static void check_entry(struct nsm_check *check, const char *file)
{
	struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_NAME, NSMGR_MEND_BY_HAND, "", file);
	struct stat st;

	if (is_own(file))
		return;
	if (fstatat(check->store.root, file, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			nsm_check_hidden(check, file, -errno);
		return;
	}
	if (nsm_streq(file, NSM_STORE_FILE_NEW)) {
		check_unfinished(check, file);
		return;
	}
	if (S_ISDIR(st.st_mode) && file[0] != '.')
		return;
	nsm_finding_say(&finding, "%s that is none of nsmgr's", S_ISDIR(st.st_mode) ? "a directory" : "a file");
	nsm_finding_cure(&finding, "remove it by hand: %s/%s", check->ctx->root, file);
	nsm_check_tell(check, &finding);
}

int nsm_check_files(struct nsm_check *check)
{
	nsm_autoclose int fd = openat(check->store.root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r;

	if (fd < 0)
		return nsm_fail(check->ctx, -errno, "open", NSMGR_TYPE_NONE, check->ctx->root);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(own_files); i++)
		check_own_file(check, &own_files[i]);
	nsm_dir_begin(&dir, fd);
	while ((r = nsm_dir_next(&dir, &entry)) > 0)
		check_entry(check, entry->d_name);
	return r < 0 ? nsm_fail(check->ctx, r, "open", NSMGR_TYPE_NONE, check->ctx->root) : 0;
}
