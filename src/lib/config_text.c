/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/config.h"

#include "base/text.h"
#include "lib/nstype.h"

static int add_types(struct nsm_text *text, const struct nsmgr_config *config)
{
	for NSM_EACH_TYPE (type) {
		char shown[NSMGR_ID_TEXT_SIZE];
		struct nsmgr_id id;
		int r;

		if (nsm_config_makes(config, type))
			nsm_text_add(text, "--%s\n", nsm_nstypes[type].name);
		if (nsm_config_makes(config, type) || config->source[type] < 0)
			continue;
		r = nsm_nsfd_id(config->source[type], &id);
		if (r < 0)
			return nsm_fail(config->ctx, r, "configuration", type, NULL);
		nsm_text_add(text, "--%s=%s:%llu\n", nsm_nstypes[type].name, nsmgr_id_text(type, &id, shown),
			     (unsigned long long)id.id);
	}
	return 0;
}

static void add_map(struct nsm_text *text, const char *option, const struct nsm_idmap *map)
{
	for (size_t i = 0; map && i < map->count; i++)
		nsm_text_add(text, "--%s=%u:%u:%u\n", option, map->lines[i].inner, map->lines[i].outer, map->lines[i].count);
}

static void add_user(struct nsm_text *text, const struct nsmgr_config *config)
{
	add_map(text, "map-users", config->maps[NSMGR_UID]);
	add_map(text, "map-groups", config->maps[NSMGR_GID]);
	add_map(text, "map-projects", config->maps[NSMGR_PROJID]);
	if (config->setgroups != NSM_SETGROUPS_DEFAULT)
		nsm_text_add(text, "--setgroups=%s\n", config->setgroups == NSM_SETGROUPS_DENY ? "deny" : "allow");
	if (config->has_owner)
		nsm_text_add(text, "--owner=%u:%u\n", config->owner_uid, config->owner_gid);
}

static void add_offset(struct nsm_text *text, const char *option, const struct nsm_offset *offset)
{
	if (offset->set)
		nsm_text_add(text, "--%s=%lld.%09ld\n", option, (long long)offset->value.tv_sec, offset->value.tv_nsec);
}

static void add_set_up(struct nsm_text *text, const struct nsmgr_config *config)
{
	static const char *const propagations[] = { "private", "slave", "shared", "unchanged" };

	add_offset(text, "monotonic", &config->monotonic);
	add_offset(text, "boottime", &config->boottime);
	if (config->hostname.set)
		nsm_text_add(text, "--hostname=%s\n", config->hostname.text);
	if (config->domainname.set)
		nsm_text_add(text, "--domainname=%s\n", config->domainname.text);
	if (config->no_loopback)
		nsm_text_add(text, "--no-loopback\n");
	if (config->propagation != NSMGR_PRIVATE)
		nsm_text_add(text, "--propagation=%s\n", propagations[config->propagation]);
	if (config->no_proc)
		nsm_text_add(text, "--no-proc\n");
	for (size_t i = 0; i < config->sysctl_count; i++)
		nsm_text_add(text, "--sysctl=%s=%s\n", config->sysctls[i].key, config->sysctls[i].value);
}

/* 1: it does not fit. */
static int write_text(const struct nsmgr_config *config, size_t size, char **ret)
{
	nsm_autofree char *buf = malloc(size);
	struct nsm_text text = { .buf = buf, .size = size };
	int r;

	if (!buf)
		return nsm_fail(config->ctx, -ENOMEM, "configuration", NSMGR_TYPE_NONE, NULL);
	buf[0] = '\0';
	r = add_types(&text, config);
	if (r < 0)
		return r;
	add_user(&text, config);
	add_set_up(&text, config);
	if (text.cut)
		return 1;
	*ret = take_ptr(buf);
	return 0;
}

int nsm_config_text(const struct nsmgr_config *config, char **ret)
{
	int r = 1;

	/* Most have a few dozen bytes, and a program that takes a set from a pool does little else. */
	for (size_t size = 1024; r > 0 && size <= NSM_CONFIG_TEXT_SIZE; size *= 8)
		r = write_text(config, size, ret);
	return r <= 0 ? r
		      : nsm_fail_text(config->ctx, -E2BIG, "configuration", NSMGR_TYPE_NONE, NULL,
				      "more than %d bytes of it", NSM_CONFIG_TEXT_SIZE);
}
