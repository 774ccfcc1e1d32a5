/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/seccomp_profile.h"

#include "base/parse.h"
#include "cmd/caps.h"
#include "cmd/seccomp.h"

#include <sys/utsname.h>

/* For whom a rule of a profile is: "includes" has to be so in all it says but the architectures, of which one is enough; nothing of
 * "excludes" may be so. That is how container engines read them. */

static int read_strings(const struct json *object, const char *key, struct json *ret_array, size_t *ret_count)
{
	*ret_count = 0;
	return json_get(object, key, ret_array) ? json_count(ret_array, ret_count) : STATUS_DONE;
}

/* How many of the capabilities the command will have. */
static int count_capabilities(const struct json *condition, const struct surroundings *surroundings, size_t *ret_had,
			      size_t *ret_count)
{
	struct json array, at;
	int status = read_strings(condition, "caps", &array, ret_count);

	*ret_had = 0;
	for (size_t i = 0; status == STATUS_DONE && i < *ret_count; i++) {
		const char *name, *bad;
		uint64_t bit;
		int len;

		json_item(&array, i, &at);
		status = json_string(&at, &name);
		if (status != STATUS_DONE)
			return status;
		if (!nsm_after(name, "CAP_") || strchr(name, ',') || caps_parse(name, &bit, &bad, &len) != 0)
			return json_complain(&at, "'%.60s' is no capability", name);
		*ret_had += (surroundings->capabilities & bit) != 0;
	}
	return status;
}

static int find_architecture(const struct json *condition, const struct surroundings *surroundings, bool *ret_found,
			     size_t *ret_count)
{
	struct json array, at;
	int status = read_strings(condition, "arches", &array, ret_count);

	*ret_found = false;
	for (size_t i = 0; status == STATUS_DONE && i < *ret_count; i++) {
		const char *name;

		json_item(&array, i, &at);
		status = json_string(&at, &name);
		if (status == STATUS_DONE && nsm_streq(name, surroundings->architecture))
			*ret_found = true;
	}
	return status;
}

static bool parse_release(const char *text, bool whole, unsigned long ret[2])
{
	uint64_t part[2];

	if (nsm_parse_u64_prefix(&text, &part[0]) < 0 || *text++ != '.' || nsm_parse_u64_prefix(&text, &part[1]) < 0 ||
	    (whole && *text))
		return false;
	ret[0] = part[0];
	ret[1] = part[1];
	return true;
}

static int check_kernel(const struct json *condition, const struct surroundings *surroundings, bool *ret_given, bool *ret_new_enough)
{
	const unsigned long *have = surroundings->kernel;
	unsigned long release[2];
	const char *text;
	struct json at;
	int status;

	*ret_given = json_get(condition, "minKernel", &at);
	*ret_new_enough = false;
	if (!*ret_given)
		return STATUS_DONE;
	status = json_string(&at, &text);
	if (status != STATUS_DONE)
		return status;
	if (!parse_release(text, true, release))
		return json_complain(&at, "'%.40s' is not N.N", text);
	*ret_new_enough = have[0] > release[0] || (have[0] == release[0] && have[1] >= release[1]);
	return STATUS_DONE;
}

/* Whether all, or any, of what a condition says is so. */
static int check(const struct json *rule, const char *key, const struct surroundings *surroundings, bool *ret_all, bool *ret_any)
{
	static const char *const keys[] = { "arches", "caps", "minKernel", NULL };
	struct json condition;
	size_t had, caps, arches;
	bool found, by_kernel, new_enough;
	int status;

	*ret_all = true;
	*ret_any = false;
	if (!json_get(rule, key, &condition))
		return STATUS_DONE;
	status = json_check_keys(&condition, keys);
	if (status == STATUS_DONE)
		status = count_capabilities(&condition, surroundings, &had, &caps);
	if (status == STATUS_DONE)
		status = find_architecture(&condition, surroundings, &found, &arches);
	if (status == STATUS_DONE)
		status = check_kernel(&condition, surroundings, &by_kernel, &new_enough);
	if (status != STATUS_DONE)
		return status;
	*ret_all = had == caps && (found || !arches) && (new_enough || !by_kernel);
	*ret_any = had || found || new_enough;
	return STATUS_DONE;
}

int profile_applies(const struct json *rule, const struct surroundings *surroundings, bool *ret)
{
	bool included, excluded, all, any;
	int status = check(rule, "includes", surroundings, &included, &any);

	if (status == STATUS_DONE)
		status = check(rule, "excludes", surroundings, &all, &excluded);
	if (status == STATUS_DONE)
		*ret = included && !excluded;
	return status;
}

void surroundings_look(struct surroundings *ret)
{
	struct utsname names;

	*ret = (struct surroundings){ .architecture = filter_native()->engine_name };
	if (uname(&names) < 0 || !parse_release(names.release, false, ret->kernel))
		ret->kernel[0] = ret->kernel[1] = 0;
}
