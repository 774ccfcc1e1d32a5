/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/apply.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

void apply_differ(struct nsm_text *reason, const char *fmt, ...)
{
	char said[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	nsm_text_add(reason, "%s%s", reason->len ? "; " : "", said);
}

/* ---- types ---- */

/* Where a type is to come from; NULL: the set makes it. What is not asked for itself comes from the base. */
static const struct told *source_of(const struct recipe *recipe, enum nsmgr_type type)
{
	const struct told *base = NULL;

	for (size_t i = 0; i < recipe->told.count; i++) {
		const struct told *told = &recipe->told.array[i];

		if (told->id == (int)type)
			return told->value ? told : NULL;
		if (told->id == CREATE_BASE)
			base = told;
	}
	return base;
}

/* Whether a handle is the namespace that --TYPE=SOURCE leads to now. */
static bool is_from(const struct recipe *recipe, const struct nsmgr_handle *handle, const struct told *told)
{
	const char *source = told->value, *name = told->id == CREATE_BASE ? source : source[0] == '@' ? source + 1 : NULL;
	const char *type = nsmgr_type_name(handle->type);
	char path[4200];
	struct nsm_text text = NSM_TEXT(path);
	struct stat st;

	if (name)
		nsm_text_add(&text, "%s/%s/%s", nsmgr_get_root(recipe->app->ctx), name, type);
	else if (strchr(source, '/'))
		nsm_text_add(&text, "%s", source);
	else
		nsm_text_add(&text, "/proc/%s/ns/%s", source, type);
	return !text.cut && stat(path, &st) == 0 && st.st_ino == handle->ino && st.st_dev == handle->dev;
}

static void compare_handle(const struct recipe *recipe, const struct nsmgr_handle *handle, struct nsm_text *reason)
{
	const char *type = nsmgr_type_name(handle->type);
	const struct told *source = source_of(recipe, handle->type);

	if (handle->state != NSMGR_LIVE)
		apply_differ(reason, "%s is %s", type, nsmgr_state_name(handle->state));
	else if (source && handle->origin == NSMGR_PINNED && !is_from(recipe, handle, source))
		apply_differ(reason, "%s is not that of %s", type, source->value);
	else if (!source && handle->origin == NSMGR_PINNED)
		apply_differ(reason, "%s was not made by it", type);
	else if (source && source->id != CREATE_BASE && handle->origin == NSMGR_MADE)
		apply_differ(reason, "%s was made by it", type);
}

static void compare_types(const struct recipe *recipe, const struct facts *facts, struct nsm_text *reason)
{
	unsigned wanted = nsmgr_config_types(recipe->config), has = 0;

	for (int i = 0; i < facts->count; i++)
		has |= NSMGR_MASK(facts->handles[i].type);
	for (enum nsmgr_type type = 0; type < NSMGR_TYPE_COUNT; type++) {
		if (wanted & ~has & NSMGR_MASK(type))
			apply_differ(reason, "it has no %s", nsmgr_type_name(type));
		if (has & ~wanted & NSMGR_MASK(type))
			apply_differ(reason, "it has %s", nsmgr_type_name(type));
	}
	for (int i = 0; i < facts->count; i++)
		if (wanted & NSMGR_MASK(facts->handles[i].type))
			compare_handle(recipe, &facts->handles[i], reason);
}

/* ---- labels ---- */

/* Others than those of the profile are nobody's business here. */
static void compare_labels(const struct recipe *recipe, const struct facts *facts, struct nsm_text *reason)
{
	for (size_t i = 0; i < recipe->told.count; i++) {
		const struct told *told = &recipe->told.array[i];
		const char *equals = told->id == CREATE_LABEL ? strchr(told->value, '=') : NULL;
		char key[NSMGR_LABEL_KEY_SIZE + 1];
		const char *value;

		if (!equals || (size_t)(equals - told->value) >= sizeof(key))
			continue;
		memcpy(key, told->value, (size_t)(equals - told->value));
		key[equals - told->value] = '\0';
		value = facts->labels ? nsmgr_labels_value(facts->labels, key) : NULL;
		if (!value || !nsm_streq(value, equals + 1))
			apply_differ(reason, "label %s is %s", key, value ? "another" : "not there");
	}
}

/* ---- the record ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The lines of a text, which is taken apart, without remarks; sorted, for which of two options stood first means nothing. */
static bool split(char *text, struct names *ret)
{
	const char *line;

	while ((line = nsm_token(&text, '\n')))
		if (*line && *line != '#' && !add_name(ret, line))
			return false;
	if (ret->count)
		qsort(ret->array, ret->count, sizeof(*ret->array), by_text);
	return true;
}

static void compare_lines(const struct names *want, const struct names *have, struct nsm_text *reason)
{
	for (size_t i = 0, k = 0; i < want->count || k < have->count;) {
		int order = i == want->count ? 1 : k == have->count ? -1 : strcmp(want->array[i], have->array[k]);

		if (order < 0)
			apply_differ(reason, "made without %s", want->array[i]);
		if (order > 0)
			apply_differ(reason, "made with %s", have->array[k]);
		i += order <= 0;
		k += order >= 0;
	}
}

/* A set without a record may have been made by hand in the same way, but nobody knows that of what cannot be seen. */
static void compare_record(const struct recipe *recipe, const struct facts *facts, struct nsm_text *reason)
{
	nsm_autofree char *wanted = recipe_text(recipe), *recorded = strdup(facts->profile ? facts->profile : "");
	nsm_cleanup(free_names) struct names want = { 0 }, have = { 0 };

	if (!facts->profile && recipe->rich)
		apply_differ(reason, "nothing is recorded of how it was made");
	else if (facts->profile && wanted && recorded && split(wanted, &want) && split(recorded, &have))
		compare_lines(&want, &have, reason);
}

void apply_compare(const struct recipe *recipe, const struct facts *facts, struct nsm_text *reason)
{
	compare_types(recipe, facts, reason);
	compare_record(recipe, facts, reason);
	compare_labels(recipe, facts, reason);
	apply_compare_facts(recipe, facts, reason);
}
