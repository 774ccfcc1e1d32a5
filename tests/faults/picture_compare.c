/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture.h"

#include <string.h>

bool part_is_ready_set(const struct part *part)
{
	return strncmp(part->name, "pool/", 5) == 0;
}

const struct part *picture_find(const struct picture *picture, const char *name)
{
	for (size_t i = 0; i < picture->count; i++)
		if (strcmp(picture->parts[i].name, name) == 0)
			return &picture->parts[i];
	return NULL;
}

static bool equal(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_exact(const struct part *part, const struct part *before)
{
	return part && before && equal(part->exact, before->exact);
}

/* The names of ready sets are drawn anew each time, so any of them will do. */
static bool is_alike(const struct part *part, const struct picture *after)
{
	for (size_t i = 0; i < after->count; i++) {
		const struct part *other = &after->parts[i];
		bool same = part_is_ready_set(part) ? part_is_ready_set(other) : strcmp(part->name, other->name) == 0;

		if (same && equal(part->alike, other->alike))
			return true;
	}
	return false;
}

static bool all_as_before(const struct picture *now, const struct picture *before)
{
	for (size_t i = 0; i < now->count; i++)
		if (!is_exact(&now->parts[i], picture_find(before, now->parts[i].name)))
			return false;
	return now->count == before->count;
}

/* The n-th line, and where it ends. */
static const char *line_of(const char *text, size_t n, size_t *ret_len)
{
	while (n-- && *text)
		text += strcspn(text, "\n") + 1;
	*ret_len = strcspn(text, "\n");
	return *text ? text : NULL;
}

static bool lines_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a && b && a_len == b_len && strncmp(a, b, a_len) == 0;
}

/* Whether a line is in the old part, if one that looks like it is: a namespace or a keeper is the same still. What is recorded of a
 * boot alone may be brought up to date; a mount that covered a handle is another one. */
static bool has_kept(const struct part *old, const char *exact, size_t exact_len, const char *alike, size_t alike_len)
{
	const char *other;
	bool found = false;
	size_t len;

	if (strncmp(alike, ".set: boot ", 11) == 0 || strncmp(alike, ".set: created ", 14) == 0 ||
	    strncmp(alike, "mount of ", 9) == 0)
		return true;
	for (size_t i = 0; (other = line_of(old->alike, i, &len)); i++) {
		if (!lines_equal(alike, alike_len, other, len))
			continue;
		found = true;
		other = line_of(old->exact, i, &len);
		if (lines_equal(exact, exact_len, other, len))
			return true;
	}
	return !found;
}

/* What has its name from before is still the same, but for what the verb changes. */
static bool is_same_still(const struct part *part, const struct part *old)
{
	const char *alike, *exact;
	size_t alike_len, exact_len;

	if (!part->alike || !old->alike)
		return true;
	for (size_t i = 0; (alike = line_of(part->alike, i, &alike_len)); i++) {
		exact = line_of(part->exact, i, &exact_len);
		if (!has_kept(old, exact, exact_len, alike, alike_len))
			return false;
	}
	return true;
}

/* `before` NULL: it may be another one. */
static bool is_as_after(const struct part *part, const struct picture *before, const struct picture *after)
{
	const struct part *old = before ? picture_find(before, part->name) : NULL;

	return is_alike(part, after) && (!*part->name || !old || is_same_still(part, old));
}

static bool all_as_after(const struct picture *now, const struct picture *before, const struct picture *after,
			 const char **ret_what)
{
	for (size_t i = 0; i < now->count; i++) {
		*ret_what = now->parts[i].name;
		if (!is_as_after(&now->parts[i], before, after))
			return false;
	}
	*ret_what = "the number of sets";
	return now->count == after->count;
}

/* Each set is as before or as after; one that was there may be gone when it is gone afterwards too. */
static bool each_as_either(const struct picture *now, const struct picture *before, const struct picture *after,
			   bool renewed, const char **ret_what)
{
	for (size_t i = 0; i < now->count; i++) {
		const struct part *part = &now->parts[i];

		*ret_what = part->name;
		if (!is_exact(part, picture_find(before, part->name)) && !is_as_after(part, renewed ? NULL : before, after))
			return false;
	}
	for (size_t i = 1; i < before->count; i++) {
		*ret_what = before->parts[i].name;
		if (!picture_find(now, *ret_what) && picture_find(after, *ret_what))
			return false;
	}
	return true;
}

enum likeness picture_compare(const struct picture *now, const struct picture *before, const struct picture *after,
			      bool each_alone, bool renewed, const char **ret_what)
{
	if (all_as_before(now, before))
		return AS_BEFORE;
	if (all_as_after(now, renewed ? NULL : before, after, ret_what))
		return AS_AFTER;
	return each_alone && each_as_either(now, before, after, renewed, ret_what) ? AS_BOTH : AS_NEITHER;
}
