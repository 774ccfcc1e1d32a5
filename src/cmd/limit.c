/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/limit.h"

#include "base/parse.h"
#include "base/text.h"

#include <inttypes.h>
#include <sys/resource.h>

/* The others count something else. getrlimit(2) */
static bool is_in_bytes(int resource)
{
	switch (resource) {
	case RLIMIT_AS:
	case RLIMIT_CORE:
	case RLIMIT_DATA:
	case RLIMIT_FSIZE:
	case RLIMIT_MEMLOCK:
	case RLIMIT_MSGQUEUE:
	case RLIMIT_RSS:
	case RLIMIT_STACK:
		return true;
	default:
		return false;
	}
}

/* NULL, or what is wrong. */
static const char *parse_value(const char *text, int resource, uint64_t *ret)
{
	uint64_t value;
	int r;

	if (nsm_streq(text, "unlimited")) {
		*ret = NSMGR_UNLIMITED;
		return NULL;
	}
	r = nsm_parse_size_prefix(&text, &value);
	if (r == -ERANGE)
		return "it is too large";
	if (r < 0)
		return "it is neither a number nor 'unlimited'";
	if (*text)
		return "only k, M, G or T can stand behind the number";
	if (text[-1] > '9' && !is_in_bytes(resource))
		return "this limit is not in bytes, and has no suffix";
	if (value == NSMGR_UNLIMITED)
		return "it is too large";
	*ret = value;
	return NULL;
}

static int bad_value(const struct launch *launch, const char *text, const char *why)
{
	return say_usage(launch->app, "--limit: bad value in '%s': %s", text, why);
}

static void describe(uint64_t value, char *buf, size_t size)
{
	struct nsm_text text = { .buf = buf, .size = size };

	if (value == NSMGR_UNLIMITED)
		nsm_text_add(&text, "unlimited");
	else
		nsm_text_add(&text, "%" PRIu64, value);
}

static int set(struct launch *launch, const char *name, int resource, uint64_t soft, uint64_t hard)
{
	char words[2][24];

	if (soft > hard) {
		describe(soft, words[0], sizeof(words[0]));
		describe(hard, words[1], sizeof(words[1]));
		return say_usage(launch->app, "--limit: %s: the soft limit %s is above the hard one, %s", name, words[0], words[1]);
	}
	return nsmgr_command_limit(launch->command, resource, soft, hard) < 0 ? say_refusal(launch->app, NULL) : STATUS_DONE;
}

int limit_option(struct launch *launch, const char *text)
{
	char copy[96];
	char *value = NULL, *hard_text;
	struct rlimit have;
	uint64_t soft, hard;
	const char *why;
	int resource;

	if (nsm_copy(copy, sizeof(copy), text))
		value = strchr(copy, '=');
	if (!value)
		return say_usage(launch->app, "--limit: '%s' is not NAME=SOFT[:HARD]", text);
	*value++ = '\0';
	resource = nsmgr_limit_number(copy);
	if (resource < 0)
		return say_usage(launch->app, "--limit: no limit is called '%s': getrlimit(2) has their names, "
					      "RLIMIT_NOFILE is nofile", copy);
	/* The one that is not given stays what it is, for the command has ours until then. */
	if (getrlimit((unsigned)resource, &have) < 0)
		return say_plain(launch->app, "--limit: %s: %s", copy, strerror(errno));
	soft = have.rlim_cur;
	hard = have.rlim_max;
	hard_text = strchr(value, ':');
	if (hard_text)
		*hard_text++ = '\0';
	if (!*value && !(hard_text && *hard_text))
		return bad_value(launch, text, "there is none");
	why = *value ? parse_value(value, resource, &soft) : NULL;
	if (!why && !hard_text)
		hard = soft;
	else if (!why && *hard_text)
		why = parse_value(hard_text, resource, &hard);
	return why ? bad_value(launch, text, why) : set(launch, copy, resource, soft, hard);
}
