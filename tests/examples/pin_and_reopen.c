/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes a network and a uts namespace, pins them to files, lets go of them, and finds the same two there again.
 *
 *	pin_and_reopen DIRECTORY
 *
 * The files DIRECTORY/net and DIRECTORY/uts stay; umount(8) ends them. */
#include <nsmgr.h>

#include <stdio.h>

static const enum nsmgr_type types[] = { NSMGR_NET, NSMGR_UTS };

static int run(struct nsmgr_ctx *ctx, struct nsmgr_config *config, const char *dir)
{
	struct nsmgr_id made[2], found[2];
	struct nsmgr_set *set;
	char text[NSMGR_ID_TEXT_SIZE];

	nsmgr_config_make(config, NSMGR_NET);
	nsmgr_config_make(config, NSMGR_UTS);
	if (nsmgr_unshare(config, &set) < 0)
		return -1;
	for (int i = 0; i < 2; i++)
		nsmgr_set_id(set, types[i], &made[i]);
	if (nsmgr_set_mount(set, dir) < 0) {
		nsmgr_set_close(set);
		return -1;
	}
	nsmgr_set_close(set); /* from here on the files hold them */

	if (nsmgr_set_from_dir(ctx, dir, NSMGR_MASK_ALL, &set) < 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		nsmgr_set_id(set, types[i], &found[i]);
		printf("%s is %s\n", nsmgr_id_text(types[i], &found[i], text),
		       nsmgr_id_equal(&made[i], &found[i]) ? "the one that was made" : "another");
	}
	nsmgr_set_close(set);
	return 0;
}

int main(int argc, char **argv)
{
	struct nsmgr_config *config = NULL;
	struct nsmgr_ctx *ctx;
	int r;

	if (argc != 2 || nsmgr_new(&ctx) < 0)
		return 2;
	r = nsmgr_config_new(ctx, &config);
	if (r == 0)
		r = run(ctx, config, argv[1]);
	if (r < 0) {
		const struct nsmgr_failure *why = nsmgr_get_failure(ctx);
		const char *type = nsmgr_type_name(why->type);

		fprintf(stderr, "%s: %s: %s (%s)\n", why->step, type ? type : "-", why->text, why->hint);
	}
	nsmgr_config_free(config);
	nsmgr_unref(ctx);
	return r < 0;
}
