/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/config.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/edge.h"
#include "lib/nstype.h"
#include "lib/set.h"

#include <fcntl.h>
#include <sys/stat.h>

static void pin(struct nsmgr_config *config, enum nsmgr_type type, int fd)
{
	nsm_close(&config->source[type]);
	config->source[type] = fd;
	config->pin |= NSMGR_MASK(type);
}

int nsmgr_config_pin(struct nsmgr_config *config, enum nsmgr_type type, const char *source)
{
	int fd = nsm_source_open(config->ctx, type, source);

	if (fd < 0)
		return nsm_edge(config->ctx, NSM_EDGE_config_pin, fd);
	pin(config, type, fd);
	return 0;
}

/* Takes over what was opened, or closes it after a failure. Asked for all there is, the mount namespace that we are in is left
 * out: nobody can pin it from within (KERNEL R10). */
static int pin_all(struct nsmgr_config *config, unsigned types, int r, int fds[])
{
	if (types == NSMGR_MASK_ALL && fds[NSMGR_MNT] >= 0 && nsm_nsfd_is_own(fds[NSMGR_MNT], NSMGR_MNT)) {
		nsm_log(config->ctx, "the mount namespace is our own, which cannot be pinned: left out");
		nsm_close(&fds[NSMGR_MNT]);
	}
	for NSM_EACH_TYPE (type) {
		if (r == 0 && fds[type] >= 0)
			pin(config, type, fds[type]);
		else
			nsm_close(&fds[type]);
	}
	return r;
}

int nsmgr_config_pin_process(struct nsmgr_config *config, unsigned types, pid_t pid)
{
	int fds[NSMGR_TYPE_COUNT] = NSM_NO_FDS;

	return nsm_edge(config->ctx, NSM_EDGE_config_pin_process,
			pin_all(config, types, nsm_source_open_process(config->ctx, types, pid, fds), fds));
}

/* A file that is a namespace of one of the types. */
static int pin_file(struct nsmgr_config *config, unsigned types, const char *path)
{
	nsm_autoclose int fd = nsm_nsfd_open(AT_FDCWD, path, false);
	enum nsmgr_type type;
	int r = fd < 0 ? fd : nsm_nsfd_type(fd, &type);

	if (r == -ENOTTY)
		return nsm_fail_text(config->ctx, -EINVAL, "source", NSMGR_TYPE_NONE, path, "not a namespace");
	if (r < 0)
		return nsm_fail(config->ctx, r, "source", NSMGR_TYPE_NONE, path);
	if (!(types & NSMGR_MASK(type)))
		return nsm_fail_text(config->ctx, -EINVAL, "source", type, path, "not of a type that is asked for");
	r = nsm_source_refuse_dead(config->ctx, fd, type, path);
	if (r == 0)
		pin(config, type, take_fd(fd));
	return r;
}

static int pin_path(struct nsmgr_config *config, unsigned types, const char *path)
{
	int fds[NSMGR_TYPE_COUNT] = NSM_NO_FDS;
	nsm_autoclose int dir = openat(AT_FDCWD, path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (dir < 0 || fstat(dir, &st) < 0)
		return nsm_fail(config->ctx, -errno, "source", NSMGR_TYPE_NONE, path);
	if (!S_ISDIR(st.st_mode))
		return pin_file(config, types, path);
	return pin_all(config, types, nsm_source_open_all(config->ctx, dir, types, path, fds), fds);
}

int nsmgr_config_pin_path(struct nsmgr_config *config, unsigned types, const char *path)
{
	return nsm_edge(config->ctx, NSM_EDGE_config_pin_path, pin_path(config, types, path));
}

/* Takes the namespaces over as the base, in place of an earlier one's. */
static void take_base(struct nsmgr_config *config, int fds[])
{
	for NSM_EACH_TYPE (type) {
		nsm_close(&config->base[type]);
		config->base[type] = take_fd(fds[type]);
	}
}

int nsmgr_config_base(struct nsmgr_config *config, const char *name)
{
	struct nsmgr_set *set;
	int r = nsmgr_set_open(config->ctx, name, NSMGR_MASK_ALL, 0, &set);

	if (r < 0) {
		/* Another set is what the caller is about to make. */
		nsm_copy(config->ctx->failure.path, sizeof(config->ctx->failure.path), name);
		return nsm_edge(config->ctx, NSM_EDGE_config_base, r);
	}
	take_base(config, set->fds);
	nsmgr_set_close(set);
	return 0;
}

int nsmgr_config_base_set(struct nsmgr_config *config, const struct nsmgr_set *base)
{
	int fds[NSMGR_TYPE_COUNT] = NSM_NO_FDS;
	int r = 0;

	if (!nsmgr_set_types(base))
		r = nsm_fail_text(config->ctx, -ENOENT, "base", NSMGR_TYPE_NONE, NULL, "the set is empty");
	for NSM_EACH_TYPE (type) {
		if (r < 0 || base->fds[type] < 0)
			continue;
		r = fds[type] = nsm_dup(base->fds[type]);
		if (r < 0)
			nsm_fail(config->ctx, r, "base", type, NULL);
	}
	if (r >= 0)
		take_base(config, fds);
	for NSM_EACH_TYPE (type)
		nsm_close(&fds[type]);
	return nsm_edge(config->ctx, NSM_EDGE_config_base_set, r < 0 ? r : 0);
}

int nsmgr_config_base_caller(struct nsmgr_config *config)
{
	struct nsmgr_set *set;
	int r = nsmgr_set_from_caller(config->ctx, NSMGR_MASK_ALL, &set);

	if (r < 0)
		return nsm_edge(config->ctx, NSM_EDGE_config_base_caller, r);
	take_base(config, set->fds);
	nsmgr_set_close(set);
	return 0;
}

void nsm_config_take_base(struct nsmgr_config *config)
{
	for NSM_EACH_TYPE (type)
		if (config->base[type] >= 0 && !((config->make | config->pin) & NSMGR_MASK(type)))
			pin(config, type, take_fd(config->base[type]));
}
