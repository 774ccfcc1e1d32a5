/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/create_opts.h"

#include "base/parse.h"

static int say_value(const struct app *app, const char *option, const char *value, const char *want)
{
	return say_usage(app, "--%s: '%s' is not %s", option, value, want);
}

/* What the library refused of a value. */
static int result(const struct app *app, int r)
{
	return r < 0 ? say_refusal(app, NULL) : STATUS_DONE;
}

static int add_type(const struct app *app, struct nsmgr_config *config, enum nsmgr_type type, const char *source)
{
	if (source)
		return result(app, nsmgr_config_pin(config, type, source));
	nsmgr_config_make(config, type);
	return STATUS_DONE;
}

static bool parse_number(const char **text, char end, uint32_t *ret)
{
	uint64_t value;

	if (nsm_parse_u64_prefix(text, &value) < 0 || value > UINT32_MAX || **text != end)
		return false;
	*ret = (uint32_t)value;
	*text += end != '\0';
	return true;
}

static int add_map(const struct app *app, struct nsmgr_config *config, enum nsmgr_id_kind kind, const char *value)
{
	static const char *const options[] = { "map-users", "map-groups", "map-projects" }; /* by kind */
	const char *p = value;
	struct nsmgr_extent extent;

	if (!parse_number(&p, ':', &extent.inner) || !parse_number(&p, ':', &extent.outer) ||
	    !parse_number(&p, '\0', &extent.count))
		return say_value(app, options[kind], value, "INNER:OUTER:COUNT");
	return result(app, nsmgr_config_map(config, kind, &extent));
}

static int set_owner(const struct app *app, struct nsmgr_config *config, const char *value)
{
	const char *p = value;
	uint32_t uid, gid;

	if (!parse_number(&p, ':', &uid) || !parse_number(&p, '\0', &gid) || uid == UINT32_MAX || gid == UINT32_MAX)
		return say_value(app, "owner", value, "UID:GID");
	nsmgr_config_owner(config, uid, gid);
	return STATUS_DONE;
}

static int set_setgroups(const struct app *app, struct nsmgr_config *config, const char *value)
{
	if (!nsm_streq(value, "allow") && !nsm_streq(value, "deny"))
		return say_value(app, "setgroups", value, "allow or deny");
	nsmgr_config_setgroups(config, nsm_streq(value, "allow"));
	return STATUS_DONE;
}

static int set_offset(const struct app *app, struct nsmgr_config *config, clockid_t clock, const char *value)
{
	struct timespec offset;

	if (nsm_parse_offset(value, &offset) < 0)
		return say_value(app, clock == CLOCK_MONOTONIC ? "monotonic" : "boottime", value, "[+-]SEC[.FRAC]");
	return result(app, nsmgr_config_offset(config, clock, &offset));
}

static int set_propagation(struct recipe *recipe, const char *value)
{
	static const char *const names[] = {
		[NSMGR_PRIVATE] = "private",
		[NSMGR_SLAVE] = "slave",
		[NSMGR_SHARED] = "shared",
		[NSMGR_UNCHANGED] = "unchanged",
	};

	for (size_t i = 0; i < NSM_ARRAY_SIZE(names); i++) {
		if (nsm_streq(value, names[i])) {
			nsmgr_config_propagation(recipe->config, (enum nsmgr_propagation)i);
			recipe->spreads = i == NSMGR_SHARED || i == NSMGR_UNCHANGED;
			return STATUS_DONE;
		}
	}
	return say_value(recipe->app, "propagation", value, "private, slave, shared or unchanged");
}

static int add_sysctl(const struct app *app, struct nsmgr_config *config, const char *value)
{
	const char *equals = strchr(value, '=');
	char key[256];

	if (!equals || equals == value || (size_t)(equals - value) >= sizeof(key))
		return say_value(app, "sysctl", value, "KEY=VALUE");
	memcpy(key, value, (size_t)(equals - value));
	key[equals - value] = '\0';
	return result(app, nsmgr_config_sysctl(config, key, equals + 1));
}

static int add_label(const struct app *app, struct nsmgr_config *config, const char *value)
{
	const char *equals = strchr(value, '=');
	char key[256];

	if (!equals || (size_t)(equals - value) >= sizeof(key))
		return say_value(app, "label", value, "KEY=VALUE");
	memcpy(key, value, (size_t)(equals - value));
	key[equals - value] = '\0';
	return result(app, nsmgr_config_label(config, key, equals + 1));
}

static int apply_user(const struct app *app, struct nsmgr_config *config, int id, const char *value)
{
	switch (id) {
	case CREATE_MAP_ROOT:
		return result(app, nsmgr_config_map_root(config));
	case CREATE_MAP_CURRENT:
		return result(app, nsmgr_config_map_current(config));
	case CREATE_MAP_USERS:
		return add_map(app, config, NSMGR_UID, value);
	case CREATE_MAP_GROUPS:
		return add_map(app, config, NSMGR_GID, value);
	case CREATE_MAP_PROJECTS:
		return add_map(app, config, NSMGR_PROJID, value);
	case CREATE_MAP_AUTO:
		return result(app, nsmgr_config_map_auto(config));
	case CREATE_SETGROUPS:
		return set_setgroups(app, config, value);
	default:
		return set_owner(app, config, value);
	}
}

static int apply(struct recipe *recipe, int id, const char *value)
{
	const struct app *app = recipe->app;
	struct nsmgr_config *config = recipe->config;

	switch (id) {
	case CREATE_ALL:
		nsmgr_config_make_rest(config);
		return STATUS_DONE;
	case CREATE_MAP_ROOT:
	case CREATE_MAP_CURRENT:
	case CREATE_MAP_USERS:
	case CREATE_MAP_GROUPS:
	case CREATE_MAP_PROJECTS:
	case CREATE_MAP_AUTO:
	case CREATE_SETGROUPS:
	case CREATE_OWNER:
		return apply_user(app, config, id, value);
	case CREATE_MONOTONIC:
		return set_offset(app, config, CLOCK_MONOTONIC, value);
	case CREATE_BOOTTIME:
		return set_offset(app, config, CLOCK_BOOTTIME, value);
	case CREATE_HOSTNAME:
		return result(app, nsmgr_config_hostname(config, value));
	case CREATE_DOMAINNAME:
		return result(app, nsmgr_config_domainname(config, value));
	case CREATE_NO_LOOPBACK:
		nsmgr_config_loopback(config, false);
		return STATUS_DONE;
	case CREATE_PROPAGATION:
		return set_propagation(recipe, value);
	case CREATE_BASE:
		return result(app, nsmgr_config_base(config, value));
	case CREATE_LABEL:
		return add_label(app, config, value);
	case CREATE_CGROUP_PATH:
	case CREATE_CGROUP_NEW:
	case CREATE_CGROUP_SET:
	case CREATE_CGROUP_OPTIONAL:
	case CREATE_CPU:
	case CREATE_MEMORY:
	case CREATE_PIDS:
		return create_cgroup_option(app, config, id, value);
	case CREATE_NO_PROC:
		nsmgr_config_proc(config, false);
		recipe->no_proc = true;
		return STATUS_DONE;
	case CREATE_SYSCTL:
		return add_sysctl(app, config, value);
	case CREATE_PROFILE:
		return recipe_told_option(recipe, id);
	default:
		recipe->rich = true;
		return id >= CREATE_EXEC ? recipe_told_option(recipe, id) : recipe_full_option(recipe, id, value);
	}
}

/* What nobody can tell of a set that is there. */
static bool is_unseen(int id)
{
	return (id >= CREATE_CGROUP_PATH && id <= CREATE_PIDS) || id == CREATE_OWNER || id == CREATE_PROPAGATION ||
	       id == CREATE_NO_PROC || id == CREATE_SYSCTL;
}

int recipe_apply(struct recipe *recipe, const struct told *told)
{
	recipe->rich |= is_unseen(told->id);
	if (told->id >= NSMGR_TYPE_COUNT)
		return apply(recipe, told->id, told->value);
	return add_type(recipe->app, recipe->config, (enum nsmgr_type)told->id, told->value);
}
