/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/apply.h"

#include "base/parse.h"
#include "cmd/sysctls.h"

#include <stdio.h>

/* What has changed behind the record: the kernel is asked. What was not seen is no difference. */

/* The last value of an option that goes once, or NULL. */
static const char *value_of(const struct recipe *recipe, int id)
{
	const char *value = NULL;

	for (size_t i = 0; i < recipe->told.count; i++)
		if (recipe->told.array[i].id == id)
			value = recipe->told.array[i].value;
	return value;
}

static void compare_name(const char *what, const char *want, const char *has, struct nsm_text *reason)
{
	if (want && !nsm_streq(want, has))
		apply_differ(reason, "%s is %s instead of %s", what, has, want);
}

static void compare_clock(const struct facts *facts, const char *clock, const char *value, struct nsm_text *reason)
{
	struct timespec want, has;
	char shown[32];

	if (!value || nsm_parse_offset(value, &want) < 0 || !facts_offset(facts, clock, shown, sizeof(shown)) ||
	    nsm_parse_offset(shown, &has) < 0)
		return;
	if (want.tv_sec != has.tv_sec || want.tv_nsec != has.tv_nsec)
		apply_differ(reason, "%s is %s instead of %s", clock, shown, value);
}

/* ---- maps ---- */

static bool has_extent(const char *map, const char *value)
{
	struct nsmgr_extent extent;
	char shown[48];

	while (facts_next_extent(&map, &extent)) {
		snprintf(shown, sizeof(shown), "%u:%u:%u", extent.inner, extent.outer, extent.count);
		if (nsm_streq(shown, value))
			return true;
	}
	return false;
}

static size_t count_extents(const char *map)
{
	struct nsmgr_extent extent;
	size_t count = 0;

	while (facts_next_extent(&map, &extent))
		count++;
	return count;
}

/* Those that depend on who makes the set are compared by the record alone. */
static void compare_map(const struct recipe *recipe, int id, const char *map, struct nsm_text *reason)
{
	const struct opt *opt = recipe_find(id);
	size_t count = 0;

	if (told_has(&recipe->told, CREATE_MAP_ROOT) || told_has(&recipe->told, CREATE_MAP_CURRENT) ||
	    told_has(&recipe->told, CREATE_MAP_AUTO))
		return;
	for (size_t i = 0; i < recipe->told.count; i++) {
		const struct told *told = &recipe->told.array[i];

		if (told->id != id)
			continue;
		count++;
		if (!has_extent(map, told->value))
			apply_differ(reason, "%s has no %s", opt->name, told->value);
	}
	if (count && count != count_extents(map))
		apply_differ(reason, "%s has other ranges", opt->name);
}

static void compare_setgroups(const struct recipe *recipe, const struct facts *facts, struct nsm_text *reason)
{
	const char *want = value_of(recipe, CREATE_SETGROUPS);

	if (want && !nsm_after(facts->inside->setgroups, want))
		apply_differ(reason, "setgroups is not %s", want);
}

/* ---- sysctls ---- */

/* Several numbers in one file stand apart by what the kernel likes. */
static bool same_words(const char *a, const char *b)
{
	for (;;) {
		size_t len;

		a += strspn(a, " \t\n");
		b += strspn(b, " \t\n");
		len = strcspn(a, " \t\n");
		if (len != strcspn(b, " \t\n") || strncmp(a, b, len) != 0)
			return false;
		if (!len)
			return true;
		a += len;
		b += len;
	}
}

/* Of a key that is told twice the last value counts. */
static bool is_last(const struct recipe *recipe, size_t at, size_t key)
{
	for (size_t i = at + 1; i < recipe->told.count; i++)
		if (recipe->told.array[i].id == CREATE_SYSCTL &&
		    strncmp(recipe->told.array[i].value, recipe->told.array[at].value, key + 1) == 0)
			return false;
	return true;
}

static void compare_sysctls(const struct recipe *recipe, const struct facts *facts, struct nsm_text *reason)
{
	autosysctls struct sysctls *sysctls = NULL;

	for (size_t i = 0; i < recipe->told.count; i++) {
		const struct told *told = &recipe->told.array[i];
		size_t key = told->id == CREATE_SYSCTL ? strcspn(told->value, "=") : 0;

		if (!key || !is_last(recipe, i, key))
			continue;
		if ((!sysctls && sysctls_new(&sysctls) < 0) || !sysctls_add(sysctls, told->value, key))
			return;
	}
	if (!sysctls || sysctls_read(recipe->app->ctx, facts->name, sysctls) < 0)
		return;
	for (size_t i = 0; i < sysctls->count; i++) {
		const struct sysctl *sysctl = &sysctls->array[i];
		const char *want = sysctl->told + strcspn(sysctl->told, "=") + 1;

		if (sysctl->read && !same_words(want, sysctl->value))
			apply_differ(reason, "%.*s is %.*s instead of %s", (int)strcspn(sysctl->told, "="), sysctl->told,
				     (int)strcspn(sysctl->value, "\n"), sysctl->value, want);
	}
}

void apply_compare_facts(const struct recipe *recipe, const struct facts *facts, struct nsm_text *reason)
{
	const struct inside *inside = facts->inside;

	if (facts->seen & NSMGR_MASK(NSMGR_UTS)) {
		compare_name("the host name", value_of(recipe, CREATE_HOSTNAME), inside->hostname, reason);
		compare_name("the domain name", value_of(recipe, CREATE_DOMAINNAME), inside->domainname, reason);
	}
	compare_clock(facts, "monotonic", value_of(recipe, CREATE_MONOTONIC), reason);
	compare_clock(facts, "boottime", value_of(recipe, CREATE_BOOTTIME), reason);
	if (facts->seen & NSMGR_MASK(NSMGR_USER)) {
		compare_map(recipe, CREATE_MAP_USERS, inside->maps[NSMGR_UID], reason);
		compare_map(recipe, CREATE_MAP_GROUPS, inside->maps[NSMGR_GID], reason);
		compare_map(recipe, CREATE_MAP_PROJECTS, inside->maps[NSMGR_PROJID], reason);
		compare_setgroups(recipe, facts, reason);
	}
	compare_sysctls(recipe, facts, reason);
	apply_compare_mounts(recipe, facts, reason);
}
