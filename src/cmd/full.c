/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "base/text.h"
#include "cmd/create_opts.h"

#include <stdio.h>

const struct verb *const verbs[] = {
	&verb_create,
	&verb_apply,
	&verb_attach,
	&verb_exec,
	&verb_run,
	&verb_shell,
	&verb_ls,
	&verb_show,
	&verb_pids,
	&verb_identify,
	&verb_holders,
	&verb_kill,
	&verb_freeze,
	&verb_thaw,
	&verb_label,
	&verb_nsid,
	&verb_export,
	&verb_monitor,
	&verb_wait,
	&verb_pool,
	&verb_rename,
	&verb_rm,
	&verb_check,
	&verb_gc,
	NULL,
};

const bool recipe_waits = true; /* a profile may come behind what overrides it */

void hand_over(const struct app *app)
{
	(void)app; /* there is nobody behind us */
}

static void show_option(const struct opt *opt)
{
	char left[64];
	struct nsm_text text = NSM_TEXT(left);
	/* A name that ends with '-' goes on with what is behind it. */
	bool apart = opt->value && opt->value[0] != '[' && opt->name[strlen(opt->name) - 1] != '-';

	left[0] = '\0';
	nsm_text_add(&text, opt->letter ? "-%c, " : "    ", opt->letter);
	nsm_text_add(&text, "--%s%s%s", opt->name, apart ? "=" : "", opt->value ? opt->value : "");
	printf("  %-34s %s%s\n", left, strlen(left) > 34 ? "\n                                     " : "", opt->help);
}

static void show_program(void)
{
	printf("Usage: nsmgr [--store=DIR] [-v] VERB [ARGUMENTS]\n\n"
	       "Keeps namespaces alive under a name.\n\nVerbs:\n");
	for (size_t i = 0; verbs[i]; i++)
		printf("  %-10s %s\n", verbs[i]->name, verbs[i]->summary);
	printf("\nOptions:\n"
	       "  --store=DIR     the store (NSMGR_STORE; default /run/nsmgr)\n"
	       "  -v, --verbose   say more on standard error\n"
	       "  -h, --help      show this help, or that of a verb behind it\n"
	       "  -V, --version   show the version and what was compiled in\n"
	       "\n'nsmgr VERB --help' tells about a verb, nsmgr(8) about everything.\n");
}

int show_help(const struct app *app)
{
	if (!app->verb) {
		show_program();
		return STATUS_DONE;
	}
	printf("Usage: nsmgr %s %s\n\n%c%s.\n\nOptions:\n", app->verb->name, app->verb->synopsis,
	       app->verb->summary[0] - 'a' + 'A', app->verb->summary + 1);
	for (const struct opt *opt = app->verb->opts; opt->name; opt++)
		show_option(opt);
	return STATUS_DONE;
}

int show_version(const struct app *app)
{
	(void)app;
	printf("nsmgr %s\nfront: %s\nlibraries: libmount, libblkid, libsmartcols, libcap, libseccomp, json-c\n", PACKAGE_VERSION, NSM_FRONT_KIND);
	return STATUS_DONE;
}
