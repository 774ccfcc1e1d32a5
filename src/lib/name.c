/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/ctx.h"

#include "base/parse.h"

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Why a name is refused, or NULL. A leading '-' would be an option, a leading '.' is hidden, only digits
 * mean a PID, and blanks, newlines and escapes were accepted by others and printed raw (LESSONS
 * security 2 and 16). */
static const char *name_fault(const char *name)
{
	size_t len = strlen(name);

	if (len == 0)
		return "a name is empty";
	if (len > NSM_NAME_LENGTH)
		return "a name has at most 64 bytes";
	if (nsm_is_digits(name))
		return "a name of digits alone would be a PID";
	if (!is_word(name[0]))
		return "a name begins with a letter, a digit or '_'";
	for (const char *p = name; *p; p++)
		if (!is_word(*p) && *p != '.' && *p != '-')
			return "a name has only letters, digits and '_', '.', '-'";
	return NULL;
}

bool nsmgr_name_is_valid(const char *name)
{
	return !name_fault(name);
}

int nsmgr_check_name(struct nsmgr_ctx *ctx, const char *name)
{
	const char *fault = name_fault(name);

	if (!fault)
		return 0;
	return nsm_fail_text(ctx, -EINVAL, "name", NSMGR_TYPE_NONE, NULL, "%s", fault);
}
