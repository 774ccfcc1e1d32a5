/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/config.h"

#include "base/text.h"
#include "lib/cgroup.h"
#include "lib/edge.h"

static int refuse(struct nsmgr_config *config, int r, const char *what, const char *why)
{
	return nsm_fail_text(config->ctx, r, "cgroup", NSMGR_TYPE_NONE, what, "%s", why);
}

void nsm_config_free_cgroup(struct nsmgr_config *config)
{
	for (size_t i = 0; i < config->cgroup_limit_count; i++) {
		free(config->cgroup_limits[i].file);
		free(config->cgroup_limits[i].value);
	}
	free(config->cgroup_path);
}

static bool has_control(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return true;
	return false;
}

static bool has_dots(const char *path)
{
	for (const char *p = path; (p = strstr(p, "..")); p += 2)
		if ((p == path || p[-1] == '/') && (!p[2] || p[2] == '/'))
			return true;
	return false;
}

static int set_path(struct nsmgr_config *config, const char *path)
{
	char *copy;

	if (!*path || has_control(path) || has_dots(path))
		return refuse(config, -EINVAL, path, "is no path of a cgroup");
	if (strlen(path) >= NSM_CGROUP_PATH_SIZE)
		return refuse(config, -ENAMETOOLONG, path, "a path has at most 255 bytes");
	copy = strdup(path);
	if (!copy)
		return nsm_fail(config->ctx, -ENOMEM, "cgroup", NSMGR_TYPE_NONE, path);
	free(config->cgroup_path);
	config->cgroup_path = copy;
	config->cgroup_new = false;
	return 0;
}

int nsmgr_config_cgroup_path(struct nsmgr_config *config, const char *path)
{
	return nsm_edge(config->ctx, NSM_EDGE_config_cgroup_path, set_path(config, path));
}

void nsmgr_config_cgroup_new(struct nsmgr_config *config)
{
	config->cgroup_new = true;
	nsm_free_ptr(&config->cgroup_path);
}

void nsmgr_config_cgroup_optional(struct nsmgr_config *config, bool optional)
{
	config->cgroup_optional = optional;
}

/* CONTROLLER.FILE. Of those of the core only the two that limit: the others move processes, or end them, or would give the
 * controllers that count processes to cgroups below one that has some. */
static bool is_file(const char *file)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

	if (strspn(file, letters) != strlen(file) || !strchr(file, '.') || *file == '.')
		return false;
	return !nsm_after(file, "cgroup.") || nsm_after(file, "cgroup.max.");
}

static int add_limit(struct nsmgr_config *config, const char *file, const char *value)
{
	struct nsm_cgroup_limit *limit = &config->cgroup_limits[config->cgroup_limit_count];

	if (!is_file(file))
		return refuse(config, -EINVAL, file, "is no file of a cgroup by which it is limited: memory.max, cpu.weight ...");
	if (!*value || has_control(value))
		return refuse(config, -EINVAL, file, "a value is not empty, and has no control character");
	if (config->cgroup_limit_count == NSM_CGROUP_LIMIT_COUNT)
		return refuse(config, -E2BIG, file, "at most 32 files of a cgroup can be set");
	*limit = (struct nsm_cgroup_limit){ strdup(file), strdup(value) };
	if (!limit->file || !limit->value) {
		free(limit->file);
		free(limit->value);
		return nsm_fail(config->ctx, -ENOMEM, "cgroup", NSMGR_TYPE_NONE, file);
	}
	config->cgroup_limit_count++;
	return 0;
}

int nsmgr_config_cgroup_set(struct nsmgr_config *config, const char *file, const char *value)
{
	return nsm_edge(config->ctx, NSM_EDGE_config_cgroup_set, add_limit(config, file, value));
}

int nsm_config_check_cgroup(struct nsmgr_config *config)
{
	if (!config->cgroup_limit_count)
		return 0;
	if (config->cgroup_path)
		return refuse(config, -EINVAL, NULL, "limits are set only on a cgroup that the set makes, not on one that exists");
	/* What is asked of a cgroup says itself that there is to be one. */
	config->cgroup_new = true;
	return 0;
}

int nsm_config_refuse_new_cgroup(struct nsmgr_config *config)
{
	return config->cgroup_new ? refuse(config, -EINVAL, NULL, "a set without a name has no cgroup of its own "
							 "(cure: give it one, or --cgroup-path)") : 0;
}
