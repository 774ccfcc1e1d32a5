/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/config.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/nstype.h"
#include "lib/sysctl.h"

#include <unistd.h>

int nsmgr_config_new(struct nsmgr_ctx *ctx, struct nsmgr_config **ret_config)
{
	struct nsmgr_config *config = calloc(1, sizeof(*config));

	if (!config)
		return nsm_fail(ctx, -ENOMEM, "configuration", NSMGR_TYPE_NONE, NULL);
	config->ctx = nsmgr_ref(ctx);
	for NSM_EACH_TYPE (type)
		config->source[type] = -EBADF;
	*ret_config = config;
	return 0;
}

void nsmgr_config_free(struct nsmgr_config *config)
{
	if (!config)
		return;
	for NSM_EACH_TYPE (type)
		nsm_close(&config->source[type]);
	for (size_t i = 0; i < config->sysctl_count; i++) {
		free(config->sysctls[i].key);
		free(config->sysctls[i].value);
	}
	free(config->maps[NSMGR_UID]);
	free(config->maps[NSMGR_GID]);
	nsmgr_unref(config->ctx);
	free(config);
}

void nsmgr_config_make(struct nsmgr_config *config, enum nsmgr_type type)
{
	config->make |= NSMGR_MASK(type);
}

void nsmgr_config_make_rest(struct nsmgr_config *config)
{
	config->make_rest = true;
}

int nsmgr_config_pin(struct nsmgr_config *config, enum nsmgr_type type, const char *source)
{
	int fd = nsm_source_open(config->ctx, type, source);

	if (fd < 0)
		return fd;
	nsm_close(&config->source[type]);
	config->source[type] = fd;
	config->pin |= NSMGR_MASK(type);
	return 0;
}

unsigned nsmgr_config_types(const struct nsmgr_config *config)
{
	return config->make | config->pin;
}

/* ---- user ---- */

static int idmap_of(struct nsmgr_config *config, enum nsmgr_id_kind kind, struct nsm_idmap **ret)
{
	if (!config->maps[kind])
		config->maps[kind] = calloc(1, sizeof(*config->maps[kind]));
	if (!config->maps[kind])
		return nsm_fail(config->ctx, -ENOMEM, "configuration", NSMGR_USER, NULL);
	*ret = config->maps[kind];
	return 0;
}

int nsmgr_config_map(struct nsmgr_config *config, enum nsmgr_id_kind kind, const struct nsmgr_extent *extent)
{
	struct nsm_idmap *map = NULL;
	int r = idmap_of(config, kind, &map);

	if (r < 0)
		return r;
	config->asked[NSMGR_USER]++;
	r = nsm_idmap_add(map, extent);
	if (r == -E2BIG)
		return nsm_fail_text(config->ctx, r, "map", NSMGR_USER, NULL, "a map has at most %d lines",
				     NSM_IDMAP_LINES);
	if (r < 0)
		return nsm_fail_text(config->ctx, r, "map", NSMGR_USER, NULL,
				     "%u:%u:%u is empty, too long, or overlaps another range", extent->inner,
				     extent->outer, extent->count);
	return 0;
}

static int map_single(struct nsmgr_config *config, enum nsmgr_id_kind kind, uint32_t inner, uint32_t outer)
{
	struct nsmgr_extent extent = { .inner = inner, .outer = outer, .count = 1 };

	return nsmgr_config_map(config, kind, &extent);
}

int nsmgr_config_map_root(struct nsmgr_config *config)
{
	int r = map_single(config, NSMGR_UID, 0, geteuid());

	return r < 0 ? r : map_single(config, NSMGR_GID, 0, getegid());
}

int nsmgr_config_map_current(struct nsmgr_config *config)
{
	int r = map_single(config, NSMGR_UID, geteuid(), geteuid());

	return r < 0 ? r : map_single(config, NSMGR_GID, getegid(), getegid());
}

int nsmgr_config_map_auto(struct nsmgr_config *config)
{
	config->asked[NSMGR_USER]++;
	config->map_auto = true;
	return 0;
}

void nsmgr_config_setgroups(struct nsmgr_config *config, bool allow)
{
	config->asked[NSMGR_USER]++;
	config->setgroups = allow ? NSM_SETGROUPS_ALLOW : NSM_SETGROUPS_DENY;
}

void nsmgr_config_owner(struct nsmgr_config *config, uid_t uid, gid_t gid)
{
	config->asked[NSMGR_USER]++;
	config->has_owner = true;
	config->owner_uid = uid;
	config->owner_gid = gid;
}

/* ---- the other types ---- */

int nsmgr_config_offset(struct nsmgr_config *config, clockid_t clock, const struct timespec *offset)
{
	if (clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME)
		return nsm_fail_text(config->ctx, -EINVAL, "offsets", NSMGR_TIME, NULL,
				     "only the monotonic and boottime clocks have offsets");
	config->asked[NSMGR_TIME]++;
	*(clock == CLOCK_MONOTONIC ? &config->monotonic : &config->boottime) =
		(struct nsm_offset){ .set = true, .value = *offset };
	return 0;
}

static int set_uts_name(struct nsmgr_config *config, struct nsm_uts_name *name, const char *what, const char *text)
{
	config->asked[NSMGR_UTS]++;
	if (!nsm_copy(name->text, sizeof(name->text), text))
		return nsm_fail_text(config->ctx, -ENAMETOOLONG, what, NSMGR_UTS, NULL, "has at most %d bytes",
				     NSM_HOSTNAME_SIZE - 1);
	name->set = true;
	return 0;
}

int nsmgr_config_hostname(struct nsmgr_config *config, const char *name)
{
	return set_uts_name(config, &config->hostname, "hostname", name);
}

int nsmgr_config_domainname(struct nsmgr_config *config, const char *name)
{
	return set_uts_name(config, &config->domainname, "domainname", name);
}

void nsmgr_config_loopback(struct nsmgr_config *config, bool up)
{
	config->asked[NSMGR_NET]++;
	config->no_loopback = !up;
}

void nsmgr_config_propagation(struct nsmgr_config *config, enum nsmgr_propagation propagation)
{
	config->asked[NSMGR_MNT]++;
	config->propagation = propagation;
}

void nsmgr_config_proc(struct nsmgr_config *config, bool mount)
{
	config->asked[NSMGR_MNT]++;
	config->no_proc = !mount;
}

int nsmgr_config_sysctl(struct nsmgr_config *config, const char *key, const char *value)
{
	const struct nsm_sysctl_rule *rule = nsm_sysctl_find(key);
	struct nsm_sysctl *sysctl = &config->sysctls[config->sysctl_count];
	char path[256];

	if (nsm_sysctl_path(key, path, sizeof(path)) < 0)
		return nsm_fail_text(config->ctx, -EINVAL, "sysctl", NSMGR_TYPE_NONE, key, "malformed key");
	if (!rule)
		return nsm_fail_text(config->ctx, -EPERM, "sysctl", NSMGR_TYPE_NONE, key,
				     "not a key of a namespace that a set can have%s",
				     nsm_after(key, "kernel.hostname") || nsm_after(key, "kernel.domainname")
					     ? " (use --hostname, --domainname)"
					     : "");
	if (strchr(value, '\n'))
		return nsm_fail_text(config->ctx, -EINVAL, "sysctl", rule->type, key, "a value has no newline");
	if (config->sysctl_count == NSM_SYSCTL_COUNT)
		return nsm_fail_text(config->ctx, -E2BIG, "sysctl", rule->type, key, "at most %d sysctls",
				     NSM_SYSCTL_COUNT);
	sysctl->key = strdup(key);
	sysctl->value = strdup(value);
	if (!sysctl->key || !sysctl->value) {
		free(sysctl->key);
		free(sysctl->value);
		return nsm_fail(config->ctx, -ENOMEM, "sysctl", rule->type, key);
	}
	config->sysctl_count++;
	config->asked[rule->type]++;
	return 0;
}

/* ---- checks ---- */

int nsmgr_config_check(struct nsmgr_config *config)
{
	unsigned both = config->make & config->pin;

	if (config->make_rest)
		config->make |= NSMGR_MASK_ALL & ~config->pin;
	/* What is asked of a clock or a host name says itself which type it means. */
	for NSM_EACH_TYPE (type)
		if (config->asked[type] && (type == NSMGR_TIME || type == NSMGR_UTS) &&
		    !(config->pin & NSMGR_MASK(type)))
			config->make |= NSMGR_MASK(type);
	for NSM_EACH_TYPE (type) {
		if (both & NSMGR_MASK(type))
			return nsm_fail_text(config->ctx, -EINVAL, "configuration", type, NULL,
					     "asked to be both new and an existing one");
		if (config->asked[type] && !(config->make & NSMGR_MASK(type)))
			return nsm_fail_text(config->ctx, -EINVAL, "configuration", type, NULL,
					     config->pin & NSMGR_MASK(type)
						     ? "set-up is only for a namespace that the set makes, not for a pinned one"
						     : "set-up needs --%s",
					     nsm_nstypes[type].name);
	}
	if (!nsmgr_config_types(config))
		return nsm_fail_text(config->ctx, -EINVAL, "configuration", NSMGR_TYPE_NONE, NULL,
				     "no type is asked for: give --net, --uts ... or --all");
	return 0;
}

/* The auto range is 0 upward inside, behind an id 0 that is mapped already. */
static int add_auto_range(struct nsmgr_config *config, enum nsmgr_id_kind kind)
{
	struct nsmgr_extent extent = { 0 };
	struct nsm_idmap *map;
	int r = idmap_of(config, kind, &map);

	if (r == 0)
		r = nsm_subid_range(config->ctx, kind, geteuid(), &extent.outer, &extent.count);
	if (r < 0)
		return r;
	while (nsm_idmap_maps(map, extent.inner))
		extent.inner++;
	r = nsm_idmap_add(map, &extent);
	if (r < 0)
		return nsm_fail_text(config->ctx, r, "map", NSMGR_USER, NULL,
				     "the automatic range %u:%u:%u overlaps another", extent.inner, extent.outer,
				     extent.count);
	return 0;
}

int nsm_config_prepare(struct nsmgr_config *config)
{
	int r = nsmgr_config_check(config);

	if (r < 0 || !(config->make & NSMGR_MASK(NSMGR_USER)))
		return r;
	for (enum nsmgr_id_kind kind = NSMGR_UID; kind <= NSMGR_GID; kind++) {
		struct nsm_idmap *map;

		if (config->map_auto) {
			r = add_auto_range(config, kind);
			if (r < 0)
				return r;
		}
		r = idmap_of(config, kind, &map);
		if (r < 0)
			return r;
		if (map->count == 0) {
			r = nsm_idmap_identity(kind, map);
			if (r < 0)
				return nsm_fail(config->ctx, r, "map", NSMGR_USER, "/proc/self/uid_map");
		}
	}
	config->map_auto = false; /* done: a configuration serves many sets */
	return 0;
}
