/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include "base/macro.h"

#include <string.h>
#include <unistd.h>

#define PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Leaves an empty text where there is none. */
static void find_peer(char *ret, size_t size, const char *name)
{
	const char *dir = PATH;

	while (*dir) {
		int len = (int)strcspn(dir, ":");
		int used = snprintf(ret, size, "%.*s/%s", len, dir, name);

		if (used > 0 && (size_t)used < size && access(ret, X_OK) == 0)
			return;
		dir += len + (dir[len] == ':');
	}
	*ret = '\0';
}

/* An older one would be compared with for listing none of our sets. */
static void find_lsns_files(struct programs *programs)
{
	const char *const probe[] = {"/bin/sh", "-c", "exec \"$0\" --persistent >/dev/null 2>&1", programs->lsns, NULL};
	char *const env[] = {NULL};

	if (*programs->lsns && bench_run(probe, env, NULL) == 0)
		memcpy(programs->lsns_files, programs->lsns, sizeof(programs->lsns_files));
}

/* One of our own. */
static int find_own(char *ret, size_t size, const char *build, const char *name)
{
	int used = snprintf(ret, size, "%s/%s", build, name);

	if (used > 0 && (size_t)used < size && access(ret, X_OK) == 0)
		return 0;
	fprintf(stderr, "bench: no program %s (make bench builds all it needs)\n", ret);
	return -1;
}

const char *const front_kinds[FRONT_KINDS] = {"musl", "static", "dynamic"};

static int find_front(struct programs *programs, const char *build, const char *front)
{
	const char *path = front ? strchr(front, ':') : NULL;

	programs->front_kind = FRONT_KIND;
	if (!front)
		return find_own(programs->front, sizeof(programs->front), build, "nsmgr");
	for (size_t i = 0; path && i < FRONT_KINDS; i++) {
		const char *kind = front_kinds[i];

		if ((size_t)(path - front) != strlen(kind) || strncmp(front, kind, strlen(kind)) != 0)
			continue;
		programs->front_kind = kind;
		snprintf(programs->front, sizeof(programs->front), "%s", path + 1);
		if (path[1] == '/' && access(path + 1, X_OK) == 0)
			return 0;
	}
	fprintf(stderr, "bench: --front=%s: not musl:, static: or dynamic: and the absolute path of a program\n",
		front);
	return -1;
}

/* The kind that is measured, that of the build, and those that are built for us. */
static void find_fronts(struct programs *programs, const char *build)
{
	for (size_t i = 0; i < FRONT_KINDS; i++) {
		char *ret = programs->fronts[i];
		size_t size = sizeof(programs->fronts[i]);
		int used;

		if (nsm_streq(front_kinds[i], programs->front_kind))
			used = snprintf(ret, size, "%s", programs->front);
		else if (nsm_streq(front_kinds[i], FRONT_KIND))
			used = snprintf(ret, size, "%s/nsmgr", build);
		else
			used = snprintf(ret, size, "%s/tests/bench/nsmgr_%s", build, front_kinds[i]);
		if (used <= 0 || (size_t)used >= size || access(ret, X_OK) < 0)
			*ret = '\0';
	}
}

int programs_find(struct programs *programs, const char *build, const char *front)
{
	char full[600];

	find_peer(programs->ip, sizeof(programs->ip), "ip");
	find_peer(programs->nsenter, sizeof(programs->nsenter), "nsenter");
	find_peer(programs->unshare, sizeof(programs->unshare), "unshare");
	find_peer(programs->lsns, sizeof(programs->lsns), "lsns");
	find_lsns_files(programs);
	find_peer(programs->true_, sizeof(programs->true_), "true");
	if (find_front(programs, build, front) < 0 ||
	    find_own(programs->floor, sizeof(programs->floor), build, "tests/bench/floor") < 0 ||
	    find_own(programs->floor_dyn, sizeof(programs->floor_dyn), build, "tests/bench/floor_dyn") < 0 ||
	    find_own(programs->bare, sizeof(programs->bare), build, "tests/bench/bare") < 0)
		return -1;
	find_fronts(programs, build);
	/* The program itself, not libtool's script in front of it. */
	snprintf(programs->full_dir, sizeof(programs->full_dir), "%s/.libs", build);
	snprintf(full, sizeof(full), "%s/nsmgr-full", programs->full_dir);
	if (access(full, X_OK) == 0) {
		snprintf(programs->library_dir, sizeof(programs->library_dir), "%s/.libs", build);
		return 0;
	}
	snprintf(programs->full_dir, sizeof(programs->full_dir), "%s", build);
	return find_own(full, sizeof(full), build, "nsmgr-full");
}

char **programs_environment(const struct programs *programs, const char *store, bool full)
{
	char **env = calloc(6, sizeof(*env));
	int r;

	if (!env)
		_exit(1);
	r = asprintf(&env[0], "NSMGR_STORE=%s", store);
	if (r > 0)
		r = asprintf(&env[1], "PATH=%s", PATH);
	if (r > 0)
		r = asprintf(&env[2], "LC_ALL=C");
	if (r > 0 && full)
		r = asprintf(&env[3], "NSMGR_LIBEXEC=%s", programs->full_dir);
	if (r > 0 && full && *programs->library_dir)
		r = asprintf(&env[4], "LD_LIBRARY_PATH=%s", programs->library_dir);
	if (r < 0)
		_exit(1);
	return env;
}

int programs_run(const struct programs *programs, const char *store, const char *const *argv)
{
	char **env = programs_environment(programs, store, false);
	int status = bench_run(argv, env, NULL);

	for (size_t i = 0; env[i]; i++)
		free(env[i]);
	free(env);
	if (status == 0)
		return 0;
	fprintf(stderr, "bench: status %d from: %s %s %s ...\n", status, argv[0], argv[1], argv[2]);
	return -1;
}
