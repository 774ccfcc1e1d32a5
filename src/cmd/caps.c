/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/caps.h"

#include "base/macro.h"

#include <stdio.h>
#include <strings.h>
#include <sys/capability.h>

static int parse_one(const char *word, int len, uint64_t *caps)
{
	char name[64];
	cap_value_t value;

	snprintf(name, sizeof(name), "%s%.*s", len > 4 && strncasecmp(word, "cap_", 4) == 0 ? "" : "cap_", len, word);
	if (len > 40 || cap_from_name(name, &value) < 0 || value < 0 || value > 63)
		return 1;
	*caps |= 1ull << value;
	return 0;
}

int caps_parse(const char *list, uint64_t *ret, const char **ret_bad, int *ret_len)
{
	uint64_t caps = 0;

	if (nsm_streq(list, "all")) {
		for (cap_value_t value = 0; value < 64 && CAP_IS_SUPPORTED(value); value++)
			if (cap_get_bound(value) > 0)
				caps |= 1ull << value;
		*ret = caps;
		return 0;
	}
	for (const char *word = list; !nsm_streq(list, "none");) {
		size_t len = strcspn(word, ",");

		if (parse_one(word, (int)len, &caps) != 0) {
			*ret_bad = word;
			*ret_len = (int)len;
			return 1;
		}
		if (!word[len])
			break;
		word += len + 1;
	}
	*ret = caps;
	return 0;
}

int caps_parse_securebits(const char *list, unsigned *ret, const char **ret_bad, int *ret_len)
{
	/* linux/securebits.h, whose newest are of Linux 6.14. */
	static const char *const names[] = {
		"noroot", "noroot_locked", "no_setuid_fixup", "no_setuid_fixup_locked", NULL, "keep_caps_locked",
		"no_cap_ambient_raise", "no_cap_ambient_raise_locked", "exec_restrict_file", "exec_restrict_file_locked",
		"exec_deny_interactive", "exec_deny_interactive_locked",
	};
	unsigned bits = 0;

	for (const char *word = list;; word++) {
		const size_t len = strcspn(word, ",");
		unsigned bit = 0;

		while (bit < NSM_ARRAY_SIZE(names) &&
		       !(names[bit] && strlen(names[bit]) == len && strncmp(names[bit], word, len) == 0))
			bit++;
		if (bit == NSM_ARRAY_SIZE(names)) {
			*ret_bad = word;
			*ret_len = (int)len;
			return 1;
		}
		bits |= 1u << bit;
		word += len;
		if (!*word)
			break;
	}
	*ret = bits;
	return 0;
}
