/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The strict parsers, the validators of names, types and labels, and what is escaped for showing: an input is one string. */

#include "fuzz.h"

#include "base/parse.h"
#include "base/text.h"
#include "lib/idmap.h"
#include "lib/labels.h"
#include "lib/nstype.h"
#include "nsmgr.h"

#include <stdlib.h>
#include <string.h>

void target_begin(int argc, char **argv)
{
	(void)argc, (void)argv;
}

static void try_numbers(const char *text)
{
	const char *rest = text;
	uint64_t number = 7, prefix = 7;
	struct timespec time;
	uint32_t small;

	if (nsm_parse_u64(text, &number) == 0) {
		MUST(nsm_is_digits(text));
		MUST(nsm_parse_u64_prefix(&rest, &prefix) == 0 && !*rest && prefix == number);
	} else {
		MUST(number == 7);
	}
	if (nsm_parse_u32(text, &small) == 0)
		MUST(small == number);
	if (nsm_parse_id(text, &small) == 0)
		MUST(small == number && small != UINT32_MAX);
	if (nsm_parse_duration(text, &time) == 0)
		MUST(time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < 1000000000 && text[0] != '-');
	if (nsm_parse_offset(text, &time) == 0)
		MUST(time.tv_nsec >= 0 && time.tv_nsec < 1000000000);
}

/* What is shown is printable, and tells the same when it is read back. */
static void try_escape(const char *text)
{
	size_t size = strlen(text) * 4 + 1;
	char *shown = malloc(size);

	if (!shown)
		return;
	nsm_escape(text, shown, size);
	for (const char *p = shown; *p; p++)
		MUST(*p >= ' ' && *p <= '~');
	MUST(nsm_unescape(shown) && strcmp(shown, text) == 0);
	free(shown);
	shown = strdup(text);
	if (shown)
		nsm_unescape(shown);
	free(shown);
}

static void try_names(const char *text)
{
	struct nsmgr_ctx *ctx;
	enum nsmgr_type type;

	if (nsmgr_new(&ctx) < 0)
		return;
	/* No path, no option, no process, nothing that would have to be escaped (LESSONS security 16). */
	if (nsmgr_check_name(ctx, text) == 0)
		MUST(*text && *text != '.' && *text != '-' && strlen(text) <= 64 && !strchr(text, '/') && !nsm_is_digits(text) &&
		     text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")] == '\0');
	if (nsmgr_type_from_name(text, &type) == 0)
		MUST(nsmgr_type_name(type));
	nsmgr_set_root(ctx, text);
	nsmgr_unref(ctx);
}

static void try_label(const char *text)
{
	char *copy = strdup(text), *value = copy ? strchr(copy, '=') : NULL;
	struct nsmgr_label label = { .key = copy };
	static struct nsm_labels labels;
	int r;

	if (value) {
		*value = '\0';
		label.value = value + 1;
		labels = (struct nsm_labels){ 0 };
		if (!nsm_label_fault(&label, &r))
			MUST(nsm_labels_put(&labels, &label) == 0 && labels.count == 1);
	}
	free(copy);
}

void target_input(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	try_numbers(text);
	try_escape(text);
	try_names(text);
	try_label(text);
	free(text);
}
