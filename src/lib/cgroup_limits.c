/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/cgroup.h"

#include "base/fd.h"
#include "base/text.h"

#include <fcntl.h>

/* "memory" of "memory.max" */
static void controller_of(const char *file, char *ret, size_t size)
{
	size_t len = strcspn(file, ".");

	nsm_copy(ret, size, file);
	if (len < size)
		ret[len] = '\0';
}

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = words; (p = strstr(p, word)); p += len)
		if ((p == words || p[-1] == ' ') && (!p[len] || p[len] == ' ' || p[len] == '\n'))
			return true;
	return false;
}

/* The lines of /proc/cgroups: NAME HIERARCHY CGROUPS ENABLED. Hierarchy 0 is that of cgroup2. cgroups(7) */
static const char *find_elsewhere(const char *controller)
{
	char table[4096], *cursor = table, *line;

	if (nsm_read_text_at(AT_FDCWD, "/proc/cgroups", table, sizeof(table)) < 0)
		return "not on cgroup2 here";
	/* As this table calls it. */
	if (nsm_streq(controller, "io"))
		controller = "blkio";
	while ((line = nsm_token(&cursor, '\n'))) {
		const char *name = nsm_token(&line, '\t'), *hierarchy = nsm_token(&line, '\t');
		const char *count = nsm_token(&line, '\t'), *enabled = nsm_token(&line, '\t');

		if (!name || !hierarchy || !count || !enabled || !nsm_streq(name, controller))
			continue;
		if (nsm_streq(enabled, "0"))
			return "disabled on the kernel's command line";
		return nsm_streq(hierarchy, "0") ? "not given to this part of cgroup2"
						 : "not on cgroup2 here: it is version 1's (cgroup_no_v1= on the kernel's "
						   "command line changes that)";
	}
	return "not in this kernel";
}

static int refuse_missing(struct nsmgr_config *config, const char *controller, const char *file)
{
	return nsm_fail_text(config->ctx, -EOPNOTSUPP, "cgroup", NSMGR_TYPE_NONE, file,
			     "the %s controller is %s%s", controller, find_elsewhere(controller),
			     config->cgroup_optional ? "" : "; --cgroup-optional goes on without");
}

/* Of those that the cgroup has, to those below it. Asking once more for what they have is nothing. */
static int give(struct nsmgr_config *config, int cgroup, const char *controller)
{
	char word[64];
	struct nsm_text text = NSM_TEXT(word);
	int r;

	nsm_text_add(&text, "+%s", controller);
	r = nsm_write_text_at(cgroup, "cgroup.subtree_control", word);
	if (r == -EBUSY)
		return nsm_fail_text(config->ctx, r, "cgroup", NSMGR_TYPE_NONE, controller,
				     "the cgroup above has processes of its own, and cannot give controllers to others "
				     "(cure: move them to one below it)");
	return r < 0 ? nsm_fail(config->ctx, r, "cgroup", NSMGR_TYPE_NONE, word) : 0;
}

static bool is_optional(const struct nsmgr_config *config, int r)
{
	if (r != -EOPNOTSUPP || !config->cgroup_optional)
		return false;
	nsm_log(config->ctx, "going on without a limit: %s", nsmgr_get_failure(config->ctx)->text);
	return true;
}

int nsm_cgroup_delegate(struct nsmgr_config *config, int hierarchy, int parent)
{
	char controllers[1024];
	ssize_t n = config->cgroup_limit_count ? nsm_read_text_at(hierarchy, "cgroup.controllers", controllers, sizeof(controllers))
					       : 0;

	if (n < 0)
		return nsm_fail(config->ctx, (int)n, "cgroup", NSMGR_TYPE_NONE, "cgroup.controllers");
	for (size_t i = 0; i < config->cgroup_limit_count; i++) {
		const char *file = config->cgroup_limits[i].file;
		char controller[64];
		int r = 0;

		controller_of(file, controller, sizeof(controller));
		if (nsm_streq(controller, "cgroup"))
			continue;
		if (!has_word(controllers, controller))
			r = refuse_missing(config, controller, file);
		else
			r = give(config, hierarchy, controller);
		if (r == 0)
			r = give(config, parent, controller);
		if (r < 0 && !is_optional(config, r))
			return r;
	}
	return 0;
}

static bool has_controller_of(int fd, const char *file)
{
	char controllers[1024], controller[64];

	controller_of(file, controller, sizeof(controller));
	return nsm_streq(controller, "cgroup") ||
	       (nsm_read_text_at(fd, "cgroup.controllers", controllers, sizeof(controllers)) >= 0 &&
		has_word(controllers, controller));
}

int nsm_cgroup_limit(struct nsmgr_config *config, int fd)
{
	for (size_t i = 0; i < config->cgroup_limit_count; i++) {
		const struct nsm_cgroup_limit *limit = &config->cgroup_limits[i];
		int r = nsm_write_text_at(fd, limit->file, limit->value);

		/* Told already: there is no controller. */
		if (r == -ENOENT && config->cgroup_optional && !has_controller_of(fd, limit->file))
			continue;
		if (r == -ENOENT)
			r = nsm_fail_text(config->ctx, -EOPNOTSUPP, "cgroup", NSMGR_TYPE_NONE, limit->file,
					  "this kernel has no such file of a cgroup");
		else if (r < 0)
			nsm_fail_text(config->ctx, r, "cgroup", NSMGR_TYPE_NONE, limit->file, "'%s' is refused: %s",
				      limit->value, strerror(-r));
		if (r < 0 && !is_optional(config, r))
			return r;
	}
	return 0;
}
