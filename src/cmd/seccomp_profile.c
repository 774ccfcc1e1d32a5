/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/seccomp_profile.h"

#include "cmd/seccomp.h"

/* Profiles of system calls: linux.seccomp of the OCI runtime specification, and what container engines make that of. */

struct profile {
	const struct surroundings *surroundings;
	bool builds;
	struct filter *filter; /* NULL where it is only looked whether the profile is right */
	unsigned flags;
};

/* ---- Rules ---- */

static int read_condition(const struct json *at, struct condition *ret)
{
	static const char *const keys[] = { "index", "op", "value", "valueTwo", NULL };
	struct json field;
	uint64_t index = 0;
	const char *operator;
	int status = json_check_keys(at, keys);

	*ret = (struct condition){ 0 };
	if (status == STATUS_DONE)
		status = json_need(at, "index", &field);
	if (status == STATUS_DONE)
		status = json_number(&field, 5, &index);
	ret->index = (unsigned)index;
	if (status == STATUS_DONE)
		status = json_need(at, "value", &field);
	if (status == STATUS_DONE)
		status = json_number(&field, UINT64_MAX, &ret->value);
	if (status == STATUS_DONE && json_get(at, "valueTwo", &field))
		status = json_number(&field, UINT64_MAX, &ret->value_two);
	if (status == STATUS_DONE)
		status = json_need(at, "op", &field);
	if (status == STATUS_DONE)
		status = json_string(&field, &operator);
	if (status == STATUS_DONE && !filter_operator(operator, &ret->operator))
		status = json_complain(&field, "'%.60s' is no comparison", operator);
	return status;
}

static int read_conditions(const struct json *rule, struct condition ret[CONDITION_COUNT], size_t *ret_count)
{
	struct json array, at;
	int status = STATUS_DONE;

	*ret_count = 0;
	if (json_get(rule, "args", &array))
		status = json_count(&array, ret_count);
	if (status == STATUS_DONE && *ret_count > CONDITION_COUNT)
		return json_complain(&array, "more than %d comparisons", CONDITION_COUNT);
	for (size_t i = 0; status == STATUS_DONE && i < *ret_count; i++) {
		json_item(&array, i, &at);
		status = read_condition(&at, &ret[i]);
	}
	return status;
}

/* The kernel's programs cannot compare an argument twice in one rule: then each comparison is a rule of its own, as runtimes
 * have it. */
static bool compares_twice(const struct condition *conditions, size_t count)
{
	unsigned seen = 0;

	for (size_t i = 0; i < count; i++) {
		if (seen & 1u << conditions[i].index)
			return true;
		seen |= 1u << conditions[i].index;
	}
	return false;
}

static int add(struct profile *profile, const struct json *at, const char *name, uint32_t action,
	       const struct condition *conditions, size_t count)
{
	int r = 0;

	if (!profile->builds)
		return STATUS_DONE;
	if (!compares_twice(conditions, count))
		r = filter_add(profile->filter, name, action, conditions, count);
	else
		for (size_t i = 0; r == 0 && i < count; i++)
			r = filter_add(profile->filter, name, action, &conditions[i], 1);
	if (r == -ENOENT)
		json_remark(at, "no system call '%.60s' is known here; left out", name);
	else if (r == -EEXIST)
		return json_complain(at, "another rule says something else of '%s' already", name);
	else if (r < 0)
		return json_complain(at, "'%s': %s", name, strerror(-r));
	return STATUS_DONE;
}

/* "names", or "name" as the first profiles of engines had it. */
static int read_names(struct profile *profile, const struct json *rule, uint32_t action, const struct condition *conditions,
		      size_t count, bool applies)
{
	struct json array, at;
	const char *name;
	size_t names = 0;
	bool single = json_get(rule, "name", &at);
	int status;

	if (single && json_get(rule, "names", &array))
		return json_complain(rule, "'name' and 'names' exclude each other");
	if (single) {
		status = json_string(&at, &name);
		return status == STATUS_DONE && applies ? add(profile, &at, name, action, conditions, count) : status;
	}
	status = json_need(rule, "names", &array);
	if (status == STATUS_DONE)
		status = json_count(&array, &names);
	if (status == STATUS_DONE && names == 0)
		return json_complain(&array, "a name is missing");
	for (size_t i = 0; status == STATUS_DONE && i < names; i++) {
		json_item(&array, i, &at);
		status = json_string(&at, &name);
		if (status == STATUS_DONE && applies)
			status = add(profile, &at, name, action, conditions, count);
	}
	return status;
}

static int read_rule(struct profile *profile, const struct json *rule)
{
	static const char *const keys[] = { "action", "args",	  "comment", "errno", "errnoRet",
					    "excludes", "includes", "name",    "names", NULL };
	struct condition conditions[CONDITION_COUNT];
	struct json comment;
	const char *text;
	uint32_t action;
	size_t count;
	bool applies;
	int status = json_check_keys(rule, keys);

	if (status == STATUS_DONE && json_get(rule, "comment", &comment))
		status = json_string(&comment, &text);
	if (status == STATUS_DONE)
		status = profile_action(rule, "action", "errnoRet", "errno", &action);
	if (status == STATUS_DONE)
		status = read_conditions(rule, conditions, &count);
	if (status == STATUS_DONE)
		status = profile_applies(rule, profile->surroundings, &applies);
	return status == STATUS_DONE ? read_names(profile, rule, action, conditions, count, applies) : status;
}

/* ---- The whole ---- */

/* Gives each string of an array, which need not be there, to a function. */
static int each_string(struct profile *profile, const struct json *object, const char *key,
		       int (*use)(struct profile *profile, const struct json *at, const char *text))
{
	struct json array, at;
	const char *text;
	size_t count = 0;
	int status = json_get(object, key, &array) ? json_count(&array, &count) : STATUS_DONE;

	for (size_t i = 0; status == STATUS_DONE && i < count; i++) {
		json_item(&array, i, &at);
		status = json_string(&at, &text);
		if (status == STATUS_DONE)
			status = use(profile, &at, text);
	}
	return status;
}

static int use_architecture(struct profile *profile, const struct json *at, const char *name)
{
	int r = filter_add_architecture(profile->filter, name);

	if (r == -EINVAL)
		return json_complain(at, "'%.60s' is no architecture that libseccomp knows", name);
	return r < 0 ? json_complain(at, "%s cannot go with %s", name, filter_native()->name) : STATUS_DONE;
}

/* Of an architecture that is not the machine's it is enough that it looks like one. */
static int ignore_architecture(struct profile *profile, const struct json *at, const char *name)
{
	(void)profile;
	return nsm_after(name, "SCMP_ARCH_") ? STATUS_DONE : json_complain(at, "'%.60s' is no architecture", name);
}

static int use_flag(struct profile *profile, const struct json *at, const char *name)
{
	if (nsm_streq(name, "SECCOMP_FILTER_FLAG_LOG"))
		profile->flags |= NSMGR_SECCOMP_LOG;
	else if (nsm_streq(name, "SECCOMP_FILTER_FLAG_SPEC_ALLOW"))
		profile->flags |= NSMGR_SECCOMP_SPEC_ALLOW;
	else if (nsm_streq(name, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"))
		return json_complain(at, "%s needs a supervisor, and there is none", name);
	else if (!nsm_streq(name, "SECCOMP_FILTER_FLAG_TSYNC")) /* who executes a command has one thread */
		return json_complain(at, "'%.60s' is no flag", name);
	return STATUS_DONE;
}

static int read_architectures(struct profile *profile, const struct json *root)
{
	static const char *const keys[] = { "architecture", "subArchitectures", NULL };
	struct json array, entry, at;
	const char *name;
	size_t count = 0;
	int status = each_string(profile, root, "architectures", use_architecture);

	if (status == STATUS_DONE && json_get(root, "archMap", &array))
		status = json_count(&array, &count);
	for (size_t i = 0; status == STATUS_DONE && i < count; i++) {
		json_item(&array, i, &entry);
		status = json_check_keys(&entry, keys);
		if (status == STATUS_DONE)
			status = json_need(&entry, "architecture", &at);
		if (status == STATUS_DONE)
			status = json_string(&at, &name);
		if (status == STATUS_DONE)
			status = ignore_architecture(profile, &at, name);
		if (status == STATUS_DONE)
			status = each_string(profile, &entry, "subArchitectures",
					     nsm_streq(name, filter_native()->name) ? use_architecture : ignore_architecture);
	}
	return status;
}

static int read_rules(struct profile *profile, const struct json *root)
{
	struct json array, rule;
	size_t count = 0;
	int status = json_get(root, "syscalls", &array) ? json_count(&array, &count) : STATUS_DONE;

	for (size_t i = 0; status == STATUS_DONE && i < count; i++) {
		json_item(&array, i, &rule);
		status = read_rule(profile, &rule);
	}
	return status;
}

static int read_profile(struct profile *profile, const struct json *root)
{
	static const char *const keys[] = { "archMap",		"architectures", "defaultAction",  "defaultErrno", "defaultErrnoRet",
					    "flags",		"listenerMetadata", "listenerPath", "syscalls",	   NULL };
	struct json at;
	uint32_t action;
	int r, status = json_check_keys(root, keys);

	if (status == STATUS_DONE && (json_get(root, "listenerPath", &at) || json_get(root, "listenerMetadata", &at)))
		return json_complain(&at, "it needs a supervisor, and there is none");
	if (status == STATUS_DONE)
		status = profile_action(root, "defaultAction", "defaultErrnoRet", "defaultErrno", &action);
	if (status != STATUS_DONE)
		return status;
	r = profile->builds ? filter_new(action, &profile->filter) : 0;
	if (r < 0)
		return json_complain(root, "%s", strerror(-r));
	status = read_architectures(profile, root);
	if (status == STATUS_DONE)
		status = each_string(profile, root, "flags", use_flag);
	return status == STATUS_DONE ? read_rules(profile, root) : status;
}

int profile_compile(const struct json *root, const struct surroundings *surroundings, struct filter **ret_filter,
		    unsigned *ret_flags)
{
	struct profile profile = { .surroundings = surroundings, .builds = true };
	int status = read_profile(&profile, root);

	if (status != STATUS_DONE) {
		filter_free(profile.filter);
		return status;
	}
	*ret_filter = profile.filter;
	*ret_flags = profile.flags;
	return STATUS_DONE;
}

int profile_check(const struct json *root, const struct surroundings *surroundings)
{
	struct profile profile = { .surroundings = surroundings };

	return read_profile(&profile, root);
}
