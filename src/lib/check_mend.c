/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check_set.h"

#include "base/text.h"
#include "lib/init.h"
#include "lib/stage.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- the right namespace ---- */

/* The one that was recorded, if it still lives: nothing but the 64-bit id tells that it is the same (KERNEL R8, R9). */
static int open_recorded(const struct nsm_look *look, enum nsmgr_type type)
{
	const struct nsm_record *record = &look->set.meta.types[type];
	nsm_autoclose int fd = -EBADF;

	if (record->id.id)
		fd = nsm_sys_open_namespace(record->id.id, nsm_nstypes[type].flag, (uint32_t)record->id.ino);
	if (fd < 0 && type == NSMGR_PID)
		fd = nsm_setdir_open_by_keeper(&look->set);
	if (fd < 0 || nsm_nsfd_expect(fd, type) < 0 || !nsm_nsfd_is(fd, &record->id))
		return -EBADF;
	return type == NSMGR_PID && nsm_init_find(fd, look->set.meta.keeper, NULL, NULL) == 0 ? -EBADF : take_fd(fd);
}

/* Whether all that lies on the handle is one and the same namespace. */
static bool stack_is_uniform(const struct nsm_look *look, enum nsmgr_type type)
{
	size_t count;
	const struct nsm_mount *stack = nsm_look_stack(look, type, &count);

	for (size_t i = 1; i < count; i++)
		if (!nsm_streq(stack[i].root, stack[0].root))
			return false;
	return count > 0;
}

int nsm_look_open(struct nsm_look *look, enum nsmgr_type type)
{
	bool recorded = look->current && look->set.meta.types[type].origin != NSMGR_ORIGIN_UNKNOWN;
	nsm_autoclose int fd = -EBADF;

	/* What is on top is right as far as anybody can tell. */
	if (look->state[type] == NSMGR_LIVE && (recorded || stack_is_uniform(look, type)) &&
	    nsm_handle_probe(&look->set, type, &fd) == NSMGR_LIVE)
		return take_fd(fd);
	nsm_close(&fd);
	return recorded ? open_recorded(look, type) : -EBADF;
}

/* ---- handles ---- */

/* The lowest layer of a stack that is this namespace; `count` when there is none, -errno. */
static int find_layer(const struct nsm_mount *stack, size_t count, enum nsmgr_type type, int nsfd)
{
	char root[40];
	struct nsm_text text = NSM_TEXT(root);
	struct nsmgr_id id;
	int r = nsm_nsfd_id(nsfd, &id);

	if (r < 0)
		return r;
	nsm_text_add(&text, "%s:[%" PRIu64 "]", nsm_nstypes[type].name, id.ino);
	for (size_t i = 0; i < count; i++)
		if (nsm_streq(stack[i].root, root))
			return (int)i;
	return (int)count;
}

bool nsm_look_is_upon_another(const struct nsm_look *look, enum nsmgr_type type, int nsfd)
{
	size_t count;
	const struct nsm_mount *stack = nsm_look_stack(look, type, &count);
	int layer = find_layer(stack, count, type, nsfd);

	return layer > 0 && (size_t)layer < count;
}

/* Takes off what lies on the right namespace, or all where it is not there. Whoever is killed meanwhile takes nothing away that is
 * kept by nothing but this handle: what lies below it stays. */
static int uncover(struct nsm_look *look, enum nsmgr_type type, int nsfd, const char *target, bool *ret_bare)
{
	struct nsmgr_ctx *ctx = look->check->ctx;
	size_t count, wanted;
	const struct nsm_mount *stack = nsm_look_stack(look, type, &count);
	int layer = find_layer(stack, count, type, nsfd);

	if (layer < 0)
		return nsm_fail(ctx, layer, "detach", type, NULL);
	*ret_bare = (size_t)layer == count;
	if (!*ret_bare && layer > 0)
		return nsm_fail_text(ctx, -EBUSY, "detach", type, NULL, "another namespace lies below the right one");
	for (wanted = *ret_bare ? count : count - 1; wanted > 0; wanted--)
		if (umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
			return nsm_fail(ctx, -errno, "detach", type, NULL);
	return 0;
}

static int restore(struct nsm_look *look, enum nsmgr_type type)
{
	struct nsmgr_ctx *ctx = look->check->ctx;
	nsm_autoclose int nsfd = nsm_look_open(look, type);
	char target[64];
	struct nsm_text text = NSM_TEXT(target);
	bool is_new = look->state[type] < 0, bare = is_new || look->state[type] == NSMGR_STALE;
	int r = 0;

	if (nsfd < 0)
		return nsm_fail_text(ctx, -ESTALE, "bind", type, NULL, "the namespace is gone by now");
	if (is_new && mknodat(look->set.fd, nsm_nstypes[type].name, S_IFREG, 0) < 0 && errno != EEXIST)
		return nsm_fail(ctx, -errno, "bind", type, NULL);
	nsm_text_add(&text, NSM_PROC_SELF "/fd/%d/%s", look->set.fd, nsm_nstypes[type].name);
	if (!bare)
		r = uncover(look, type, nsfd, target, &bare);
	if (r == 0 && bare) {
		r = nsm_nsfd_bind(nsfd, look->set.fd, nsm_nstypes[type].name, NULL);
		if (r < 0)
			nsm_fail(ctx, r, "bind", type, NULL);
	}
	if (r < 0 && is_new)
		unlinkat(look->set.fd, nsm_nstypes[type].name, 0);
	return r;
}

/* ---- what is recorded ---- */

static int record_one(struct nsm_look *look, enum nsmgr_type type, struct nsm_meta *meta)
{
	struct nsm_record *record = &meta->types[type];
	nsm_autoclose int fd = nsm_nsfd_open(look->set.fd, nsm_nstypes[type].name, true);
	enum nsmgr_type is;
	int r = fd < 0 ? fd : nsm_nsfd_type(fd, &is);

	if (r == -ENOTTY || (r == 0 && is != type))
		r = -ESTALE;
	if (r == 0 && (record->origin == NSMGR_ORIGIN_UNKNOWN || !nsm_nsfd_is(fd, &record->id))) {
		record->origin = NSMGR_PINNED;
		r = nsm_nsfd_id(fd, &record->id);
	}
	record->mount_id = r == 0 ? nsm_nsfd_mount(look->set.fd, nsm_nstypes[type].name) : 0;
	return r < 0 ? nsm_fail(look->check->ctx, r, "metadata", type, NULL) : 0;
}

/* Written in a stage, which is swept if we are killed, and put in place by a rename. */
static int record(struct nsm_look *look)
{
	struct nsm_store *store = &look->check->store;
	nsm_autostage struct nsm_stage stage = NSM_STAGE_OF(store);
	struct nsm_meta meta = { 0 };
	int r = 0;

	if (look->current)
		meta = look->set.meta;
	else
		clock_gettime(CLOCK_REALTIME, &meta.created);
	nsm_copy(meta.boot_id, sizeof(meta.boot_id), store->boot_id);
	meta.mount_id = store->mount_id;
	for NSM_EACH_TYPE (type)
		if (r == 0 && look->state[type] >= 0)
			r = record_one(look, type, &meta);
	if (r == 0)
		r = nsm_stage_begin(&stage);
	if (r == 0)
		r = nsm_stage_write_meta(&stage, &meta);
	if (r == 0 && renameat(stage.dir, "set/" NSM_META_FILE, look->set.fd, NSM_META_FILE) < 0)
		r = nsm_fail(store->ctx, -errno, "metadata", NSMGR_TYPE_NONE, NULL);
	return r;
}

/* ---- its cgroup ---- */

/* What may be left of another try is taken away first. */
static int make_cgroup(struct nsm_look *look)
{
	const char *slash = strrchr(look->set.meta.cgroup.path, '/');
	struct nsmgr_config *config;
	nsm_autoclose int fd = -EBADF;
	int r = nsm_cgroup_remove(look->check->ctx, look->set.fd, true);

	if (r == 0)
		r = nsmgr_config_new(look->check->ctx, &config);
	if (r < 0)
		return r;
	nsmgr_config_cgroup_new(config);
	r = nsm_cgroup_prepare(config, look->set.fd, slash ? slash + 1 : look->set.name, &look->set.meta.cgroup, &fd);
	nsmgr_config_free(config);
	return r < 0 ? r : record(look);
}

/* ---- all of it ---- */

static int mend_mode(struct nsm_look *look, const struct nsm_finding *finding)
{
	const char *slash = strrchr(finding->file, '/');
	const struct nsm_expected expected = { slash ? slash + 1 : ".", slash ? S_IFREG : S_IFDIR, 0022 };

	return nsm_check_mend_mode(look->check, look->set.fd, &expected);
}

/* The name is free at once, and what is left of the set is taken apart without the lock. */
static int remove_set(struct nsm_look *look)
{
	nsm_autostage struct nsm_stage stage = NSM_STAGE_OF(&look->check->store);
	int r = nsm_stage_hide(&stage, look->set.name);

	nsm_store_unlock(&look->check->store);
	stage.spares = true;
	return r < 0 ? r : nsm_stage_remove(&stage, NULL);
}

static void mend_all(struct nsm_look *look, bool (*is_part)(const struct nsm_finding *), int (*mend)(struct nsm_look *))
{
	int r = 0;
	bool tried = false;

	for (size_t i = 0; i < look->count; i++) {
		struct nsm_finding *finding = &look->findings[i];

		if (!nsm_check_mends(look->check, finding->mend) || !is_part(finding))
			continue;
		if (!tried)
			r = mend(look);
		tried = true;
		nsm_finding_result(look->check, finding, r);
	}
}

static bool is_any(const struct nsm_finding *finding)
{
	(void)finding;
	return true;
}

static bool is_record(const struct nsm_finding *finding)
{
	return finding->problem == NSMGR_PROBLEM_METADATA || finding->problem == NSMGR_PROBLEM_OLD;
}

static bool is_cgroup(const struct nsm_finding *finding)
{
	return finding->problem == NSMGR_PROBLEM_CGROUP;
}

static void mend_handle(struct nsm_look *look, enum nsmgr_type type)
{
	bool tried = false;
	int r = 0;

	for (size_t i = 0; i < look->count; i++) {
		struct nsm_finding *finding = &look->findings[i];

		if (finding->type != type || is_record(finding) || is_cgroup(finding) || nsm_finding_is_mark(finding) ||
		    !nsm_check_mends(look->check, finding->mend))
			continue;
		if (!tried)
			r = restore(look, type);
		tried = true;
		nsm_finding_result(look->check, finding, r);
	}
}

void nsm_look_mend(struct nsm_look *look)
{
	sigset_t signals;

	nsm_sys_block_signals(&signals);
	if (look->removable) {
		mend_all(look, is_any, remove_set);
	} else {
		for (size_t i = 0; i < look->count; i++)
			if (look->findings[i].problem == NSMGR_PROBLEM_UNSAFE && nsm_check_mends(look->check, look->findings[i].mend))
				nsm_finding_result(look->check, &look->findings[i], mend_mode(look, &look->findings[i]));
		for NSM_EACH_TYPE (type)
			mend_handle(look, type);
		mend_all(look, is_record, record);
		mend_all(look, is_cgroup, make_cgroup);
		mend_all(look, nsm_finding_is_mark, nsm_look_mend_marks);
	}
	nsm_sys_restore_signals(&signals);
}
