/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/seccomp_option.h"

#include "cmd/caps.h"
#include "cmd/seccomp.h"
#include "cmd/seccomp_profile.h"

#include <unistd.h>

#define PROFILE_COUNT 16 /* as many filters as the library takes */

/* The profiles of a command. */
struct seccomp {
	size_t count;
	struct json profiles[PROFILE_COUNT];
};

static void release(struct launch *launch)
{
	for (size_t i = 0; i < launch->seccomp->count; i++)
		json_close(&launch->seccomp->profiles[i]);
	free(launch->seccomp);
}

/* ---- For whom it is ---- */

static uint64_t all_capabilities(void)
{
	uint64_t caps = 0;
	const char *bad;
	int len;

	caps_parse("all", &caps, &bad, &len);
	return caps;
}

/* By number or by the usual name: what another name stands for is known only inside. */
static bool names_root(const char *as)
{
	const size_t len = strcspn(as, ":");

	return (len == 1 && *as == '0') || (len == 4 && strncmp(as, "root", 4) == 0);
}

/* The capabilities that the command will have. */
static uint64_t expected(const struct launch *launch, const struct nsmgr_set *set)
{
	const bool enters_user = nsmgr_set_types(set) & NSMGR_MASK(NSMGR_USER);
	bool root = geteuid() == 0 || (enters_user && !launch->preserves_credentials);

	if (launch->keeps_capabilities)
		return launch->capabilities;
	if (launch->as)
		root = names_root(launch->as);
	/* Who enters a user namespace has them all there, also in the bounding set: user_namespaces(7). */
	return launch->capabilities | (root ? (enters_user ? UINT64_MAX : all_capabilities()) & launch->bounding : 0);
}

/* ---- Filters ---- */

static void free_filter(struct filter **filter)
{
	filter_free(*filter);
}

static int compile(struct launch *launch, const struct json *profile, uint64_t capabilities)
{
	nsm_cleanup(free_filter) struct filter *filter = NULL;
	nsm_autofree void *program = NULL;
	struct surroundings surroundings;
	size_t size;
	unsigned flags;
	int r, status;

	surroundings_look(&surroundings);
	surroundings.capabilities = capabilities;
	status = profile_compile(profile, &surroundings, &filter, &flags);
	if (status != STATUS_DONE)
		return status;
	r = filter_export(filter, &program, &size);
	if (r < 0)
		return json_complain(profile, "%s", strerror(-r));
	if (nsmgr_command_seccomp(launch->command, program, size, flags) < 0)
		return say_refusal(launch->app, profile->name);
	return STATUS_DONE;
}

int seccomp_prepare(struct launch *launch, const struct nsmgr_set *set)
{
	const uint64_t capabilities = expected(launch, set);
	int status = STATUS_DONE;

	/* Those for the set before, of many. */
	nsmgr_command_seccomp(launch->command, NULL, 0, 0);
	for (size_t i = 0; status == STATUS_DONE && i < launch->seccomp->count; i++)
		status = compile(launch, &launch->seccomp->profiles[i], capabilities);
	return status;
}

/* ---- The option ---- */

static int open_profile(const struct launch *launch, const char *value, struct json *ret)
{
	const char *text = NULL;

	/* So a file of this directory that has such a name can be meant too: as ./audit. */
	if (!strpbrk(value, "/.")) {
		text = seccomp_builtin(value);
		if (!text)
			return say_usage(launch->app, "--seccomp: '%s' is none of container, audit; that of a file has a '/' or a '.'",
					 value);
	}
	return json_open(launch->app, value, text, ret);
}

int seccomp_option(struct launch *launch, const char *value)
{
	struct surroundings surroundings;
	struct json *profile;
	int status;

	if (!launch->seccomp) {
		launch->seccomp = calloc(1, sizeof(*launch->seccomp));
		if (!launch->seccomp)
			return say_plain(launch->app, "out of memory");
		launch->release = release;
	}
	if (launch->seccomp->count == PROFILE_COUNT)
		return say_usage(launch->app, "--seccomp: at most %d profiles", PROFILE_COUNT);
	profile = &launch->seccomp->profiles[launch->seccomp->count];
	status = open_profile(launch, value, profile);
	if (status != STATUS_DONE)
		return status;
	launch->seccomp->count++;
	surroundings_look(&surroundings);
	return profile_check(profile, &surroundings);
}
