/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/rm_report.h"

#include "cmd/crowd.h"
#include "cmd/hunt.h"

#define SHOWN 3 /* holders of a namespace that are named */

/* A namespace that may live on, and the first of those that hold it. */
struct survivor {
	const char *name; /* of the set; NULL: that was not removed */
	enum nsmgr_type type;
	ino_t ino;
	dev_t mqueue; /* its device: nothing tells it once nobody can enter */
	pid_t keeper; /* that the removal ended: its parent has not always reaped it by now, and will */
	size_t holders;
	char shown[512];
};

struct searching {
	struct rm_report report; /* first */
	struct app *app;
	struct survivor *survivors; /* by number, once the search begins */
	size_t count, size;
	struct nsmgr_set **sets; /* held, so that no number is used again before the search has ended; it does not find us */
	size_t set_count;
	struct known_proc *procs;
	size_t proc_count;
};

static struct searching *of(struct rm_report *report)
{
	return (struct searching *)report;
}

static void report_free(struct rm_report *report)
{
	struct searching *searching = of(report);

	for (size_t i = 0; i < searching->set_count; i++)
		nsmgr_set_close(searching->sets[i]);
	free(searching->sets);
	free(searching->survivors);
	free(searching->procs);
	free(searching);
}

static int add(struct searching *searching, const char *name, const struct nsmgr_handle *handle)
{
	if (searching->count == searching->size) {
		size_t size = searching->size ? searching->size * 2 : 64;
		struct survivor *survivors = reallocarray(searching->survivors, size, sizeof(*survivors));

		if (!survivors)
			return -ENOMEM;
		searching->survivors = survivors;
		searching->size = size;
	}
	searching->survivors[searching->count++] =
		(struct survivor){ .name = name, .type = handle->type, .ino = handle->ino, .keeper = handle->keeper };
	return 0;
}

/* Of the set that was added last. */
static void find_mqueue(struct searching *searching, struct nsmgr_set *set)
{
	const char *name = searching->survivors[searching->count - 1].name;
	dev_t device = hunt_mqueue_device(set);

	for (size_t i = searching->count; i-- > 0 && searching->survivors[i].name == name;)
		if (searching->survivors[i].type == NSMGR_IPC)
			searching->survivors[i].mqueue = device;
}

static int add_set(struct searching *searching, struct nsmgr_list *list, const char *name)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	int r = 0, count = nsmgr_list_handles(list, name, handles);
	unsigned live = 0;

	/* What cannot be looked at cannot be removed either, and that is said then. */
	for (int i = 0; r == 0 && i < count; i++) {
		if (handles[i].state != NSMGR_LIVE && handles[i].state != NSMGR_DEAD && handles[i].state != NSMGR_UNKNOWN)
			continue;
		if (handles[i].state == NSMGR_LIVE)
			live |= NSMGR_MASK(handles[i].type);
		r = add(searching, name, &handles[i]);
	}
	if (r < 0 || !live || nsmgr_set_open(searching->app->ctx, name, live, 0, &searching->sets[searching->set_count]) < 0)
		return r;
	if (live & NSMGR_MASK(NSMGR_IPC))
		find_mqueue(searching, searching->sets[searching->set_count]);
	searching->set_count++;
	return 0;
}

static int note_proc(void *data, const struct holder *holder)
{
	struct searching *searching = data;
	struct known_proc *procs;

	if (holder->kind != HOLDER_PROC)
		return 0;
	procs = reallocarray(searching->procs, searching->proc_count + 1, sizeof(*procs));
	if (!procs)
		return -ENOMEM;
	searching->procs = procs;
	procs[searching->proc_count++] = (struct known_proc){ holder->dev, holder->ino };
	return 0;
}

/* A file system of processes shows whose it is by the init, which ends with the set: so they are found now. */
static int find_procs(struct searching *searching)
{
	nsm_autofree struct wanted *wanted = calloc(searching->count + 1, sizeof(*wanted));
	nsm_cleanup(hunt_free) struct hunt hunt = {
		.ctx = searching->app->ctx, .store = nsmgr_get_root(searching->app->ctx), .wanted = wanted,
		.types = NSMGR_MASK(NSMGR_PID), .found = note_proc, .data = searching,
	};

	if (!wanted)
		return -ENOMEM;
	for (size_t i = 0; i < searching->count; i++)
		if (searching->survivors[i].type == NSMGR_PID)
			wanted[hunt.wanted_count++] = (struct wanted){ .type = NSMGR_PID, .ino = searching->survivors[i].ino };
	return hunt.wanted_count ? hunt_run(&hunt) : 0;
}

static int begin(struct rm_report *report, const char *const names[], size_t count)
{
	struct searching *searching = of(report);
	struct nsmgr_list *list;
	int r = 0;

	crowd_begin();
	if (nsmgr_list_new(searching->app->ctx, NSMGR_LIST_ALL, &list) < 0)
		return say_failure(searching->app, NULL);
	searching->sets = calloc(count, sizeof(*searching->sets));
	if (!searching->sets)
		r = -ENOMEM;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_set(searching, list, names[i]);
	nsmgr_list_free(list);
	if (r == 0)
		r = find_procs(searching);
	return r < 0 ? say_plain(searching->app, "%s", strerror(-r)) : STATUS_DONE;
}

static void drop(struct rm_report *report, const char *name)
{
	struct searching *searching = of(report);

	for (size_t i = 0; i < searching->count; i++)
		if (searching->survivors[i].name && nsm_streq(searching->survivors[i].name, name))
			searching->survivors[i].name = NULL;
}

static int compare(const void *a, const void *b)
{
	const struct survivor *first = a, *second = b;

	return (first->ino > second->ino) - (first->ino < second->ino);
}

/* "process 12 (sleep 100)", "fd 3 of 12 (...)", "copy /run/...": as in the table of holders. */
static void describe(const struct holder *holder, struct nsm_text *text)
{
	struct process_details details;
	char escaped[96];

	nsm_text_add(text, "%s", holder_kinds[holder->kind]);
	if (holder->tid)
		nsm_text_add(text, " %ld", (long)holder->tid);
	if (holder->fd >= 0)
		nsm_text_add(text, " %d", holder->fd);
	if (holder->path) {
		nsm_text_add(text, " %s", nsm_escape(holder->path, escaped, sizeof(escaped)));
		return;
	}
	if (!holder->process || process_read(holder->process, &details) < 0)
		return;
	details.command[48] = '\0';
	nsm_text_add(text, "%s %ld (%s)", holder->tid || holder->fd >= 0 ? " of" : "", (long)holder->process->pid,
		     nsm_escape(details.command, escaped, sizeof(escaped)));
}

static int found(void *data, const struct holder *holder)
{
	struct searching *searching = data;
	const struct survivor key = { .ino = holder->ino };
	struct survivor *survivor = bsearch(&key, searching->survivors, searching->count, sizeof(key), compare);
	struct nsm_text text = { .size = sizeof(survivor->shown) };

	if (!survivor || (holder->kind == HOLDER_ZOMBIE && holder->process->pid == survivor->keeper))
		return 0;
	if (survivor->holders++ >= SHOWN)
		return 0;
	text.buf = survivor->shown;
	text.len = strlen(survivor->shown);
	nsm_text_add(&text, "%s", text.len ? ", " : "");
	describe(holder, &text);
	return 0;
}

/* Leaves one of each namespace, and none of sets that are still there. */
static void condense(struct searching *searching)
{
	size_t count = 0;

	for (size_t i = 0; i < searching->count; i++)
		if (searching->survivors[i].name)
			searching->survivors[count++] = searching->survivors[i];
	searching->count = count;
	if (count)
		qsort(searching->survivors, count, sizeof(*searching->survivors), compare);
	count = 0;
	for (size_t i = 0; i < searching->count; i++)
		if (count == 0 || searching->survivors[count - 1].ino != searching->survivors[i].ino)
			searching->survivors[count++] = searching->survivors[i];
	searching->count = count;
}

static int hunt(struct searching *searching)
{
	nsm_autofree struct wanted *wanted = calloc(searching->count, sizeof(*wanted));
	nsm_cleanup(hunt_free) struct hunt hunt = {
		.ctx = searching->app->ctx, .store = nsmgr_get_root(searching->app->ctx), .wanted = wanted,
		.wanted_count = searching->count, .procs = searching->procs, .proc_count = searching->proc_count,
		.found = found, .data = searching,
	};
	int r;

	if (!wanted)
		return -ENOMEM;
	for (size_t i = 0; i < searching->count; i++) {
		wanted[i] = (struct wanted){ .type = searching->survivors[i].type, .ino = searching->survivors[i].ino,
					     .mqueue = searching->survivors[i].mqueue };
		hunt.types |= NSMGR_MASK(wanted[i].type);
	}
	r = hunt_run(&hunt);
	if (r == 0)
		hunt_say_hidden(&hunt, searching->app);
	return r;
}

static int end(struct rm_report *report)
{
	struct searching *searching = of(report);
	int r;

	condense(searching);
	r = searching->count ? hunt(searching) : 0;
	if (r < 0)
		return say_plain(searching->app, "cannot search for what holds the namespaces: %s", strerror(-r));
	for (size_t i = 0; i < searching->count; i++) {
		const struct survivor *survivor = &searching->survivors[i];
		const char *type = nsmgr_type_name(survivor->type);
		char more[32] = "";
		struct nsm_text text = NSM_TEXT(more);

		if (survivor->holders > SHOWN)
			nsm_text_add(&text, ", %zu more", survivor->holders - SHOWN);
		if (survivor->holders)
			say_plain(searching->app, "'%s': %s lives on: %s%s (nsmgr holders '%s:[%llu]')", survivor->name, type,
				  survivor->shown, more, type, (unsigned long long)survivor->ino);
	}
	return STATUS_DONE;
}

int rm_report_new(struct app *app, struct rm_report **ret_report)
{
	struct searching *searching = calloc(1, sizeof(*searching));

	if (!searching)
		return say_plain(app, "out of memory");
	searching->report = (struct rm_report){ .begin = begin, .drop = drop, .end = end, .free = report_free };
	searching->app = app;
	*ret_report = &searching->report;
	return STATUS_DONE;
}
