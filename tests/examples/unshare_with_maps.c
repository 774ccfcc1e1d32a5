/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes a user namespace that maps users and groups differently, with a host name of its own, and looks at both from
 * inside. Needs root, for the ranges are not the caller's. */
#include <nsmgr.h>

#include <stdio.h>
#include <unistd.h>

/* Runs in a child that is inside. The buffers of stdio are that child's, and nobody else writes them out. */
static int look(void *data)
{
	static const char *const files[] = { "/proc/self/uid_map", "/proc/self/gid_map" };
	unsigned inner, outer, count;
	char host[65];

	(void)data;
	for (int i = 0; i < 2; i++) {
		FILE *file = fopen(files[i], "re");

		if (!file || fscanf(file, "%u %u %u", &inner, &outer, &count) != 3)
			return 1;
		fclose(file);
		printf("%s: %u is %u outside, for %u ids\n", files[i], inner, outer, count);
	}
	if (gethostname(host, sizeof(host)) < 0)
		return 1;
	printf("host name: %s\n", host);
	return fflush(stdout) != 0;
}

static int run(struct nsmgr_config *config, struct nsmgr_set **ret_set, struct nsmgr_status *ret_status)
{
	const struct nsmgr_extent users = { .inner = 0, .outer = 100000, .count = 1000 };
	const struct nsmgr_extent groups = { .inner = 0, .outer = 3000000000, .count = 500 };

	nsmgr_config_make(config, NSMGR_USER);
	if (nsmgr_config_map(config, NSMGR_UID, &users) < 0 || nsmgr_config_map(config, NSMGR_GID, &groups) < 0 ||
	    nsmgr_config_hostname(config, "mapped") < 0 || nsmgr_unshare(config, ret_set) < 0)
		return -1;
	return nsmgr_call(*ret_set, NSMGR_MASK_ALL, look, NULL, ret_status);
}

int main(void)
{
	struct nsmgr_status status = { .code = 1 };
	struct nsmgr_config *config = NULL;
	struct nsmgr_set *set = NULL;
	struct nsmgr_ctx *ctx;

	if (nsmgr_new(&ctx) < 0)
		return 2;
	if (nsmgr_config_new(ctx, &config) < 0 || run(config, &set, &status) < 0) {
		const struct nsmgr_failure *why = nsmgr_get_failure(ctx);
		const char *type = nsmgr_type_name(why->type);

		fprintf(stderr, "%s: %s: %s (%s)\n", why->step, type ? type : "-", why->text, why->hint);
	}
	nsmgr_set_close(set);
	nsmgr_config_free(config);
	nsmgr_unref(ctx);
	return status.signal != 0 || status.code != 0;
}
