/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge_ops.h"

#include "edge_world.h"
#include "fixture.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int run_list_new(void)
{
	struct nsmgr_list *list;
	int r = nsmgr_list_new(fixture.ctx, 0, &list);

	if (r == 0)
		nsmgr_list_free(list);
	return r;
}

static int run_list_handles(void)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_list *list;
	int r = nsmgr_list_new(fixture.ctx, 0, &list);

	if (r < 0)
		return 0;
	r = nsmgr_list_handles(list, "web", handles);
	nsmgr_list_free(list);
	return r;
}

static struct nsmgr_watch *watch;

/* Ends the watch, too. All that is said has to be so: of so many sets, of each kind. */
static int judge_watch(int present, int renamed)
{
	struct nsmgr_event event;
	int r;

	while ((r = nsmgr_watch_next(watch, &event)) > 0) {
		present -= event.kind == NSMGR_EVENT_PRESENT;
		renamed -= event.kind == NSMGR_EVENT_RENAMED;
	}
	nsmgr_watch_free(watch);
	return r == 0 && (present || renamed) ? LIED : r;
}

static int run_watch_new(void)
{
	int r = nsmgr_watch_new(fixture.ctx, NSMGR_WATCH_INITIAL, &watch);

	return r < 0 ? r : judge_watch(3, 0);
}

static int begin_watch_next(void)
{
	int r = nsmgr_watch_new(fixture.ctx, 0, &watch);

	return r < 0 ? r : nsmgr_rename(fixture.ctx, "old", "new");
}

static int run_watch_next(void)
{
	return judge_watch(0, 1);
}

/* Each attempt is a process of its own: what it writes is new. */
static int run_label_set(void)
{
	char value[16];

	snprintf(value, sizeof(value), "%d", (int)getpid());
	return nsmgr_label_set(fixture.ctx, "web", &(struct nsmgr_label){ "pid", value }, 1);
}

/* Those that the attempts before have left. */
static int run_helper_get(void)
{
	struct nsmgr_helper helper = { .pid = 0 };
	int r = nsmgr_helper_get(fixture.ctx, "web", &helper);

	return r == 0 ? LIED : r; /* it has none */
}

static int run_labels_new(void)
{
	struct nsmgr_labels *labels = NULL;
	int r = nsmgr_labels_new(fixture.ctx, "web", &labels);
	bool as_said = (r == 0) == (labels != NULL);

	nsmgr_labels_free(labels);
	return as_said ? r : LIED;
}

static struct nsmgr_list *read_before;

static int read_list(void)
{
	return nsmgr_list_new(fixture.ctx, 0, &read_before);
}

static int run_list_labels(void)
{
	struct nsmgr_labels *labels = NULL;
	int r = nsmgr_list_labels(read_before, "web", &labels);

	nsmgr_labels_free(labels);
	nsmgr_list_free(read_before);
	return r;
}

/* The sets of the world have none. */
static int run_set_profile(void)
{
	char *text = NULL;
	int r = nsmgr_set_profile(fixture.ctx, "new", &text);
	bool as_said = r < 0 ? !text : strcmp(text, "uts\n") == 0;

	free(text);
	return as_said ? r : LIED;
}

static int make_told(void)
{
	struct nsmgr_config *config;
	int r = nsmgr_config_new(fixture.ctx, &config);

	if (r < 0)
		return r;
	nsmgr_config_make(config, NSMGR_UTS);
	r = nsmgr_config_profile(config, "uts\n", NSMGR_PROFILE_DEFAULTS);
	r = r < 0 ? r : nsmgr_create(fixture.ctx, "new", config, NSMGR_CREATE_EXIST_OK);
	nsmgr_config_free(config);
	return r;
}

static struct nsmgr_set *told;

static int open_told(void)
{
	int r = make_told();

	return r < 0 ? r : nsmgr_set_open(fixture.ctx, "new", NSMGR_MASK_ALL, 0, &told);
}

static int run_set_defaults(void)
{
	char *text = NULL;
	int r = nsmgr_set_defaults(told, &text);
	bool as_said = r < 0 ? !text : strcmp(text, "uts\n") == 0;

	free(text);
	nsmgr_set_close(told);
	return as_said ? r : LIED;
}

/* A look, and one that has something to mend: what others leave is made before anything is denied. */
static int run_check(void)
{
	return nsmgr_check(fixture.ctx, 0, NULL, NULL);
}

static int run_check_repair(void)
{
	return nsmgr_check(fixture.ctx, NSMGR_CHECK_REPAIR, NULL, NULL);
}

static int leave_empty(void)
{
	return mkdir(in_root("empty"), 0755) < 0 && errno != EEXIST ? -1 : 0;
}

const struct op look_ops[] = {
	{ "list_new", NSM_EDGE_list_new, run_list_new, NULL },
	{ "list_handles", NSM_EDGE_list_handles, run_list_handles, NULL },
	{ "label_set", NSM_EDGE_label_set, run_label_set, NULL },
	{ "helper_get", NSM_EDGE_helper_get, run_helper_get, NULL },
	{ "labels_new", NSM_EDGE_labels_new, run_labels_new, NULL },
	{ "list_labels", NSM_EDGE_list_labels, run_list_labels, read_list },
	{ "set_profile", NSM_EDGE_set_profile, run_set_profile, make_told },
	{ "set_defaults", NSM_EDGE_set_defaults, run_set_defaults, open_told },
	{ "check", NSM_EDGE_check, run_check, NULL },
	{ "check and repair", NSM_EDGE_check, run_check_repair, leave_empty },
	{ "watch_new", NSM_EDGE_watch_new, run_watch_new, NULL },
	{ "watch_next", NSM_EDGE_watch_next, run_watch_next, begin_watch_next },
	{ 0 },
};
