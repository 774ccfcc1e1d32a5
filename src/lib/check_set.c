/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check_set.h"

#include "lib/dir.h"
#include "lib/helper.h"
#include "lib/init.h"
#include "lib/ip_netns.h"
#include "lib/labels.h"
#include "lib/profile.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct nsm_finding *nsm_look_add(struct nsm_look *look, enum nsmgr_problem problem, enum nsmgr_type type, const char *file)
{
	struct nsm_finding *finding;
	char below[NSM_BELOW_SIZE];

	if (look->count == NSM_LOOK_FINDINGS)
		return NULL;
	snprintf(below, sizeof(below), "%s%s%s", look->set.name, *file ? "/" : "", file);
	finding = &look->findings[look->count++];
	*finding = nsm_finding(problem, NSMGR_MEND_BY_HAND, look->set.name, below);
	finding->type = type;
	return finding;
}

/* ---- files ---- */

static void look_at_mode(struct nsm_look *look, const char *file, mode_t kind)
{
	const struct nsm_expected expected = { file, kind, 0022 };
	char shown[NSM_BELOW_SIZE];
	struct nsm_finding finding;

	snprintf(shown, sizeof(shown), "%s%s%s", look->set.name, kind == S_IFDIR ? "" : "/", kind == S_IFDIR ? "" : file);
	if (look->count == NSM_LOOK_FINDINGS ||
	    !nsm_check_mode(look->check, look->set.fd, &expected, look->set.name, shown, &finding))
		return;
	look->findings[look->count++] = finding;
	look->odd |= finding.mend == NSMGR_MEND_BY_HAND;
}

static void add_odd(struct nsm_look *look, const char *file)
{
	struct nsm_finding *finding = nsm_look_add(look, NSMGR_PROBLEM_NAME, nsm_nstype_from_file(file), file);

	look->odd = true;
	if (!finding)
		return;
	nsm_finding_say(finding, "neither a handle nor anything else of a set: rm refuses the set");
	nsm_finding_cure(finding, "remove it by hand: %s/%s", look->check->ctx->root, finding->file);
}

/* Only what we know is no matter; what is below a mount is known by its directory entry alone. */
static int look_at_entries(struct nsm_look *look)
{
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r;

	if (lseek(look->set.fd, 0, SEEK_SET) < 0)
		return -errno;
	nsm_dir_begin(&dir, look->set.fd);
	while ((r = nsm_dir_next(&dir, &entry)) > 0) {
		enum nsmgr_type type = nsm_nstype_from_file(entry->d_name);

		if (nsm_is_set_file(entry->d_name))
			look_at_mode(look, entry->d_name, S_IFREG);
		else if (nsm_ip_netns_is_mark(entry->d_name))
			nsm_look_at_mark(look, entry->d_name);
		else if (type == NSMGR_TYPE_NONE || !(look->set.types & NSMGR_MASK(type)))
			add_odd(look, entry->d_name);
	}
	return r;
}

/* ---- handles ---- */

const struct nsm_mount *nsm_look_stack(const struct nsm_look *look, enum nsmgr_type type, size_t *ret_count)
{
	char path[PATH_MAX + NSM_BELOW_SIZE];

	snprintf(path, sizeof(path), "%s/%s/%s", look->check->ctx->root, look->set.name, nsm_nstypes[type].name);
	return nsm_mounts_at(&look->check->mounts, path, ret_count);
}

/* How many mounts lie over the handle. Of a set that was made anew between two lines of the table both are in it: the same must be
 * seen twice. */
static int count_stack(struct nsm_look *look, enum nsmgr_type type, size_t *ret_count)
{
	const struct nsm_mount *stack = nsm_look_stack(look, type, ret_count);
	uint64_t lowest;
	int r;

	if (*ret_count < 2)
		return 0;
	lowest = stack[0].id;
	r = nsm_check_read_mounts(look->check);
	if (r < 0)
		return r;
	stack = nsm_look_stack(look, type, ret_count);
	*ret_count = *ret_count > 1 && stack[0].id == lowest ? *ret_count : 1;
	return 0;
}

static void add_state(struct nsm_look *look, enum nsmgr_type type)
{
	static const struct {
		enum nsmgr_problem problem;
		const char *text;
	} said[] = {
		[NSMGR_STALE] = { NSMGR_PROBLEM_STALE, "a file without its mount" },
		[NSMGR_DEAD] = { NSMGR_PROBLEM_DEAD, "the init of the pid namespace has ended" },
		[NSMGR_FOREIGN] = { NSMGR_PROBLEM_FOREIGN, "of the wrong type, or not the namespace that was recorded" },
	};
	int state = look->state[type];
	struct nsm_finding *finding = NULL;

	if (state >= 0 && (size_t)state < NSM_ARRAY_SIZE(said) && said[state].text)
		finding = nsm_look_add(look, said[state].problem, type, nsm_nstypes[type].name);
	if (finding)
		nsm_finding_say(finding, "%s", said[state].text);
}

static enum nsmgr_state look_at_init(const struct nsm_look *look, int fd)
{
	int r = nsm_init_find(fd, look->set.meta.keeper, NULL, NULL);

	if (r < 0)
		nsm_log(look->check->ctx, "could not see whether the init of the pid namespace of '%s' lives: %s", look->set.name,
			strerror(-r));
	return r == 0 ? NSMGR_DEAD : NSMGR_LIVE;
}

static int look_at_handle(struct nsm_look *look, enum nsmgr_type type)
{
	nsm_autoclose int fd = -EBADF;
	int r = nsm_handle_probe(&look->set, type, &fd);
	size_t count;

	if (r < 0)
		return r;
	if (r == NSMGR_LIVE && type == NSMGR_PID)
		r = look_at_init(look, fd);
	look->state[type] = r;
	add_state(look, type);
	r = count_stack(look, type, &count);
	if (r < 0)
		return r;
	if (count > 1) {
		struct nsm_finding *finding = nsm_look_add(look, NSMGR_PROBLEM_STACKED, type, nsm_nstypes[type].name);

		look->stacked[type] = true;
		if (finding)
			nsm_finding_say(finding, "%zu mounts lie on each other: removing one frees nothing", count);
	}
	return 0;
}

static int look_at_handles(struct nsm_look *look)
{
	for NSM_EACH_TYPE (type) {
		int r = 0;

		look->state[type] = -1;
		if (look->set.types & NSMGR_MASK(type))
			r = look_at_handle(look, type);
		else if (look->current && look->set.meta.types[type].origin != NSMGR_ORIGIN_UNKNOWN) {
			struct nsm_finding *finding = nsm_look_add(look, NSMGR_PROBLEM_MISSING, type, nsm_nstypes[type].name);

			if (finding)
				nsm_finding_say(finding, "was recorded, and has no file");
		}
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- all of it ---- */

static void look_for_nothing(struct nsm_look *look)
{
	struct nsm_finding *finding = NULL;

	if (!look->set.types && !look->count)
		finding = nsm_look_add(look, NSMGR_PROBLEM_EMPTY, NSMGR_TYPE_NONE, "");
	if (finding)
		nsm_finding_say(finding, "a set without a handle");
}

static bool is_want(int r)
{
	return r == -ENOMEM || r == -EMFILE || r == -ENFILE || r == -EIO || r == -EINTR || r == -EPERM;
}

static int look_inside(struct nsm_look *look)
{
	int r;

	look->meta_error = nsm_meta_read(look->set.fd, &look->set.meta);
	/* What cannot be read now is not damaged: it must not be written anew. */
	if (is_want(look->meta_error))
		return nsm_fail(look->check->ctx, look->meta_error, "metadata", NSMGR_TYPE_NONE, NULL);
	look->set.has_meta = look->meta_error == 0;
	look->current = look->meta_error == 0 && nsm_streq(look->set.meta.boot_id, look->check->store.boot_id);
	look_at_mode(look, ".", S_IFDIR);
	r = look_at_entries(look);
	if (r < 0)
		return nsm_fail(look->check->ctx, r, "open", NSMGR_TYPE_NONE, NULL);
	r = look_at_handles(look);
	if (r < 0)
		return r;
	nsm_look_at_record(look);
	nsm_look_at_cgroup(look);
	nsm_look_at_helper(look);
	nsm_look_for_unrecorded(look);
	look_for_nothing(look);
	return 0;
}

void nsm_look_end(struct nsm_look *look)
{
	nsm_setdir_close(&look->set);
	free(look->findings);
	*look = (struct nsm_look){ .set = NSM_SETDIR_INIT };
}

/* What is mounted over the directory of a set is nobody's to look into. */
static int look_at_cover(struct nsm_check *check, const char *name, struct nsm_look *look)
{
	const struct nsm_expected expected = { name, S_IFDIR, 0 };

	look->count = nsm_check_mode(check, check->store.root, &expected, name, name, &look->findings[0]);
	return look->count ? 0 : -ENOENT;
}

int nsm_look_at(struct nsm_check *check, const char *name, struct nsm_look *look)
{
	int r;

	*look = (struct nsm_look){ .check = check, .set = NSM_SETDIR_INIT };
	look->findings = calloc(NSM_LOOK_FINDINGS, sizeof(*look->findings));
	if (!look->findings)
		return nsm_fail(check->ctx, -ENOMEM, "check", NSMGR_TYPE_NONE, NULL);
	r = nsm_setdir_open(&check->store, name, &look->set);
	if (r == -ENOTDIR)
		return look_at_cover(check, name, look);
	if (r == 0)
		r = look_inside(look);
	/* What is on its way out was whole until it lost its name (LESSONS 3). */
	if ((r < 0 || look->count) && look->set.fd >= 0 && !nsm_setdir_is_current(&look->set))
		return -ENOENT;
	if (r == 0 && look->count)
		nsm_look_judge(look);
	return r;
}
