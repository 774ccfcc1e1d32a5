/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A configuration put together by strings: a letter chooses the function, the rest is its argument. What was accepted is
 * completed, checked and written down as a pool would. */

#include "fuzz.h"

#include "lib/config.h"

#include <stdio.h>
#include <stdlib.h>

#define STRINGS 64

void target_begin(int argc, char **argv)
{
	sandbox_enter(argc, argv);
}

static void add_map(struct nsmgr_config *config, const char *text)
{
	struct nsmgr_extent extent = { 0 };
	unsigned kind = 0;

	sscanf(text, "%u:%u:%u:%u", &kind, &extent.inner, &extent.outer, &extent.count);
	nsmgr_config_map(config, (enum nsmgr_id_kind)kind, &extent);
}

static void add_offset(struct nsmgr_config *config, const char *text)
{
	struct timespec value = { 0 };
	int clock = 0;
	long long sec = 0;
	long nsec = 0;

	sscanf(text, "%d:%lld:%ld", &clock, &sec, &nsec);
	value.tv_sec = sec;
	value.tv_nsec = nsec;
	nsmgr_config_offset(config, clock, &value);
}

static void add_pair(struct nsmgr_config *config, char *text,
		     int (*add)(struct nsmgr_config *config, const char *key, const char *value))
{
	char *equals = strchr(text, '=');

	if (!equals)
		return;
	*equals = '\0';
	add(config, text, equals + 1);
}

static void apply(struct nsmgr_config *config, char *text)
{
	char *rest = text + 1;

	switch (text[0]) {
	case 't':
		nsmgr_config_make(config, (enum nsmgr_type)(*rest - '0'));
		break;
	case 'a':
		nsmgr_config_make_rest(config);
		break;
	case 'p':
		nsmgr_config_pin(config, (enum nsmgr_type)(*rest - '0'), *rest ? rest + 1 : "");
		break;
	case 'b':
		nsmgr_config_base(config, rest);
		break;
	case 'm':
		add_map(config, rest);
		break;
	case 'o':
		add_offset(config, rest);
		break;
	case 'h':
		nsmgr_config_hostname(config, rest);
		break;
	case 'd':
		nsmgr_config_domainname(config, rest);
		break;
	case 's':
		add_pair(config, rest, nsmgr_config_sysctl);
		break;
	case 'l':
		add_pair(config, rest, nsmgr_config_label);
		break;
	case 'g':
		nsmgr_config_setgroups(config, *rest == '1');
		break;
	case 'P':
		nsmgr_config_proc(config, *rest == '1');
		break;
	case 'r':
		nsmgr_config_propagation(config, (enum nsmgr_propagation)(*rest - '0'));
		break;
	default:
		break;
	}
}

void target_input(const uint8_t *data, size_t size)
{
	char *strings[STRINGS], *text = NULL, *written = NULL;
	struct nsmgr_config *config = NULL;
	struct nsmgr_ctx *ctx;
	size_t count;

	if (nsmgr_new(&ctx) < 0)
		return;
	count = cut_strings(data, size, STRINGS, strings, &text);
	if (nsmgr_config_new(ctx, &config) == 0) {
		for (size_t i = 0; i < count; i++)
			apply(config, strings[i]);
		if (nsmgr_config_check(config) == 0 && nsm_config_text(config, &written) == 0 && strlen(written) >= NSM_CONFIG_TEXT_SIZE)
			abort();
	}
	nsmgr_get_failure(ctx);
	free(written);
	nsmgr_config_free(config);
	nsmgr_unref(ctx);
	free(text);
}
