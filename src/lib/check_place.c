/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check.h"

#include "base/text.h"
#include "lib/place.h"
#include "lib/root.h"
#include "lib/storefile.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- where it is ---- */

static int open_root(struct nsm_check *check)
{
	struct nsm_root root = NSM_ROOT_INIT;
	struct stat st;
	int r = nsm_root_open(check->ctx, false, &root);

	if (r < 0)
		return r;
	nsm_close(&check->store.root);
	check->store.ctx = check->ctx;
	check->store.root = root.fd;
	check->store.mount_id = root.mount_id;
	check->is_mount = root.is_mount;
	if (fstat(root.fd, &st) < 0)
		return nsm_fail(check->ctx, -errno, "store", NSMGR_TYPE_NONE, check->ctx->root);
	check->owner = st.st_uid;
	r = *check->store.boot_id ? 0 : nsm_boot_id(check->store.boot_id);
	if (r < 0)
		return nsm_boot_id_fail(check->ctx, r);
	return nsm_check_read_mounts(check);
}

/* The way to the store is not to be trusted: what lies there could be anybody's. */
static int tell_untrusted(struct nsm_check *check)
{
	struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_UNSAFE, NSMGR_MEND_BY_HAND, "", "");

	nsm_finding_say(&finding, "%s", check->ctx->failure.text);
	nsm_finding_cure(&finding, "see who has been there, then chown root: or chmod go-w it");
	nsm_check_tell(check, &finding);
	return 1;
}

static enum nsm_place find_place(const struct nsm_check *check)
{
	return nsm_place_find(check->store.root, check->store.mount_id, check->is_mount, check->store.boot_id);
}

/* How many mounts lie over the one that the handles are on; 0: it is not in the stack. */
static size_t count_covers(const struct nsm_check *check, const struct nsm_mount **ret_stack, size_t *ret_count)
{
	struct nsm_storefile file;

	*ret_stack = nsm_mounts_at(&check->mounts, check->ctx->root, ret_count);
	if (nsm_storefile_read(check->store.root, &file) < 0)
		return 0;
	for (size_t i = 0; i < *ret_count; i++)
		if ((*ret_stack)[i].id == file.short_id)
			return *ret_count - 1 - i;
	return 0;
}

/* Without MNT_DETACH: one in use stays. Our own descriptor would be such a use. */
static int uncover(struct nsm_check *check)
{
	struct nsm_storefile file;
	int r = nsm_storefile_read(check->store.root, &file);

	nsm_close(&check->store.root);
	while (r == 0) {
		const struct nsm_mount *stack;
		size_t count;

		/* Each time anew: others may be at it as well. */
		r = nsm_check_read_mounts(check);
		if (r < 0)
			return r;
		stack = nsm_mounts_at(&check->mounts, check->ctx->root, &count);
		if (count < 2 || stack[count - 1].id == file.short_id)
			break;
		if (umount2(check->ctx->root, UMOUNT_NOFOLLOW) < 0)
			r = -errno;
	}
	return r < 0 ? nsm_fail(check->ctx, r, "unmount", NSMGR_TYPE_NONE, check->ctx->root) : open_root(check);
}

/* The handles are hidden by another mount of the same name. */
static int tell_covered(struct nsm_check *check, const struct nsm_mount *stack, size_t count, size_t covers)
{
	struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_STACKED, NSMGR_MEND_BY_REPAIR, "", "");

	nsm_finding_say(&finding, "mounted %zu times: the handles are covered", count);
	nsm_finding_cure(&finding, "unmounts what covers them");
	for (size_t i = count - covers; i < count; i++) {
		if (!nsm_mounts_has_children(&check->mounts, &stack[i]))
			continue;
		finding.mend = NSMGR_MEND_BY_HAND;
		nsm_finding_cure(&finding, "umount what is mounted in '%s', then check --repair", check->ctx->root);
	}
	if (nsm_check_mends(check, finding.mend))
		nsm_finding_result(check, &finding, uncover(check));
	nsm_check_tell(check, &finding);
	return finding.mended ? 0 : 1;
}

static int tell_elsewhere(struct nsm_check *check)
{
	struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_ELSEWHERE, NSMGR_MEND_BY_HAND, "", "");
	const struct nsm_mount *stack;
	size_t count, covers = count_covers(check, &stack, &count);
	char what[64] = "", cure[64] = "";
	struct nsm_text what_text = NSM_TEXT(what), cure_text = NSM_TEXT(cure);

	if (covers)
		return tell_covered(check, stack, count, covers);
	nsm_place_explain(check->store.root, &what_text, &cure_text);
	nsm_finding_cure(&finding, "%s", cure);
	nsm_finding_say(&finding, "%s: nothing in it can be checked from here", what);
	nsm_check_tell(check, &finding);
	return 1;
}

/* A name that was mistyped leads to what is somebody else's: nothing of that is to be mended. */
static int tell_no_store(struct nsm_check *check)
{
	struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_UNMOUNTED, NSMGR_MEND_BY_HAND, "", "");

	nsm_finding_say(&finding, "no store of nsmgr: neither .store, nor a set's record, nor a mounted namespace is in it");
	nsm_finding_cure(&finding, "give the right directory with --store, or empty this one");
	nsm_check_tell(check, &finding);
	return 1;
}

/* Whether the store's directory is in a mount that lies on others and has no .store: whose it is cannot be told. */
static bool is_stranger(const struct nsm_check *check, const struct nsm_mount **ret_stack, size_t *ret_count)
{
	struct nsm_storefile file;

	*ret_stack = nsm_mounts_at(&check->mounts, check->ctx->root, ret_count);
	return *ret_count > 1 && nsm_storefile_read(check->store.root, &file) == -ENOENT;
}

/* The handles are covered by a mount that nobody wrote a .store on. */
static int tell_buried(struct nsm_check *check)
{
	struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_STACKED, NSMGR_MEND_BY_HAND, "", "");
	const struct nsm_mount *stack;
	bool buried = false;
	size_t count;

	if (!is_stranger(check, &stack, &count))
		return 0;
	for (size_t i = 0; i + 1 < count; i++)
		buried |= nsm_mounts_has_children(&check->mounts, &stack[i]);
	if (!buried)
		return 0;
	nsm_finding_say(&finding, "mounted %zu times: the handles are covered by a mount that is not the store's", count);
	nsm_finding_cure(&finding, "umount %s, then check again", check->ctx->root);
	nsm_check_tell(check, &finding);
	return 1;
}

int nsm_check_place(struct nsm_check *check)
{
	int r = open_root(check);

	if (r == -ENOENT)
		return 1;
	/* What the kernel refuses has no words of ours. */
	if (r == -EPERM && *check->ctx->failure.text)
		return tell_untrusted(check);
	if (r == 0 && find_place(check) == NSM_ELSEWHERE)
		r = open_root(check); /* its first user may just have mounted it */
	if (r == 0 && find_place(check) == NSM_ELSEWHERE)
		r = tell_elsewhere(check);
	if (r == 0)
		r = tell_buried(check);
	/* The first create may be about it. */
	if (r == 0 && !nsm_check_is_store(check))
		r = open_root(check);
	if (r == 0 && !nsm_check_is_store(check))
		r = tell_no_store(check);
	return r;
}

/* ---- its mount ---- */

static void explain_unmounted(struct nsm_check *check, struct nsm_finding *finding)
{
	struct nsm_storefile file;
	int r = nsm_storefile_read(check->store.root, &file);

	if (r == -ENOENT)
		nsm_finding_say(finding, ".store is missing: it cannot be told where the handles are");
	else if (r < 0)
		nsm_finding_say(finding, ".store cannot be read: it cannot be told where the handles are");
	else if (!nsm_streq(file.boot_id, check->store.boot_id))
		nsm_finding_say(finding, "an older boot left it: nothing is mounted any more");
	else
		nsm_finding_say(finding, "the mount that the handles were on is gone");
	nsm_finding_cure(finding, "mounts it on itself and writes .store, as the next create does");
}

/* What every create does to a store that is in no mount that is left. */
static int establish(struct nsm_check *check)
{
	nsm_autostore struct nsm_store made = NSM_STORE_INIT;
	int r = nsm_store_open_rw(check->ctx, true, false, &made);

	return r < 0 ? r : open_root(check);
}

static bool is_unmounted(struct nsm_check *check)
{
	return find_place(check) == NSM_NOWHERE && nsm_check_has_entries(check);
}

static void check_unmounted(struct nsm_check *check)
{
	struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_UNMOUNTED, NSMGR_MEND_BY_REPAIR, "", "");
	const struct nsm_mount *stack;
	size_t count;

	/* The first create may be about it. */
	if (!is_unmounted(check) || open_root(check) < 0 || !is_unmounted(check))
		return;
	explain_unmounted(check, &finding);
	if (!check->is_mount && check->mounts.count) {
		/* A mount of its own would cover them. */
		finding.mend = NSMGR_MEND_BY_HAND;
		nsm_finding_say(&finding, "it is no mount of its own, though handles are mounted in it");
		nsm_finding_cure(&finding, "mount --rbind %s %s && mount --make-private %s", check->ctx->root, check->ctx->root,
				 check->ctx->root);
	}
	if (is_stranger(check, &stack, &count)) {
		finding.mend = NSMGR_MEND_BY_HAND;
		nsm_finding_cure(&finding, "umount %s, if the store is in a mount below it", check->ctx->root);
	}
	if (nsm_check_mends(check, finding.mend))
		nsm_finding_result(check, &finding, establish(check));
	nsm_check_tell(check, &finding);
}

static void check_propagation(struct nsm_check *check, const struct nsm_mount *top)
{
	struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_PROPAGATION, NSMGR_MEND_BY_REPAIR, "", "");

	if (!top->shared && !top->slave)
		return;
	nsm_finding_say(&finding, "its mount %s other mount namespaces", top->shared ? "is shared with" : "receives mounts from");
	nsm_finding_cure(&finding, "makes it private: mount --make-private %s", check->ctx->root);
	if (nsm_check_mends(check, finding.mend)) {
		char path[40];
		struct nsm_text text = NSM_TEXT(path);
		int r;

		nsm_text_add(&text, NSM_PROC_SELF "/fd/%d", check->store.root);
		r = mount(NULL, path, NULL, MS_PRIVATE, NULL);
		if (r < 0)
			r = nsm_fail(check->ctx, -errno, "propagation", NSMGR_TYPE_NONE, check->ctx->root);
		nsm_finding_result(check, &finding, r);
	}
	nsm_check_tell(check, &finding);
}

int nsm_check_mount(struct nsm_check *check)
{
	const struct nsm_mount *stack;
	size_t count;

	check_unmounted(check);
	stack = nsm_mounts_at(&check->mounts, check->ctx->root, &count);
	if (count > 1) {
		struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_STACKED, NSMGR_MEND_BY_HAND, "", "");

		nsm_finding_say(&finding, "mounted %zu times: what is in the lower mounts is covered", count);
		nsm_finding_cure(&finding, "remove the sets, then umount it until it is mounted once");
		nsm_check_tell(check, &finding);
	}
	if (count)
		check_propagation(check, &stack[count - 1]);
	return 0;
}
