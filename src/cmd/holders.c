/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "base/parse.h"
#include "cmd/crowd.h"
#include "cmd/hunt.h"
#include "cmd/select.h"
#include "cmd/sys.h"
#include "cmd/view.h"


static const struct opt options[] = {
	VIEW_OPTIONS,
	COMMON_OPTIONS,
};

enum {
	HOLDERS_TYPE,
	HOLDERS_INODE,
	HOLDERS_KIND,
	HOLDERS_PID,
	HOLDERS_TID,
	HOLDERS_FD,
	HOLDERS_PATH,
	HOLDERS_MNTNS,
	HOLDERS_USER,
	HOLDERS_COMMAND,
	HOLDERS_COLUMN_COUNT
};

static const struct column columns[HOLDERS_COLUMN_COUNT] = {
	[HOLDERS_TYPE] = { "TYPE", CELL_TEXT, "type of the namespace that is held" },
	[HOLDERS_INODE] = { "INODE", CELL_NUMBER, "its inode number" },
	[HOLDERS_KIND] = { "KIND", CELL_TEXT, "what holds it" },
	[HOLDERS_PID] = { "PID", CELL_NUMBER, "the process; of a copy or a namespace, one through which it was found" },
	[HOLDERS_TID] = { "TID", CELL_NUMBER, "the thread, where it is not the whole process" },
	[HOLDERS_FD] = { "FD", CELL_NUMBER, "number of the descriptor" },
	[HOLDERS_PATH] = { "PATH", CELL_TEXT, "mount point, or the namespace that holds it" },
	[HOLDERS_MNTNS] = { "MNTNS", CELL_NUMBER, "inode number of the mount namespace of the mount point" },
	[HOLDERS_USER] = { "USER", CELL_TEXT, "user that the process runs as" },
	[HOLDERS_COMMAND] = { "COMMAND", CELL_TEXT, "command line of the process" },
};

static const size_t defaults[] = { HOLDERS_TYPE, HOLDERS_KIND, HOLDERS_PID, HOLDERS_TID,
				   HOLDERS_FD,	 HOLDERS_PATH, HOLDERS_COMMAND };

struct job {
	struct app *app;
	const char *name;
	unsigned types;
	struct wanted wanted[NSMGR_TYPE_COUNT];
	struct hunt hunt;
	struct view view;
	pid_t helper; /* of the set, or 0 */
};

static void free_job(struct job *job)
{
	hunt_free(&job->hunt);
	view_free(&job->view);
}

static void process_cell(const struct holder *holder, size_t column, struct nsm_text *text)
{
	struct process_details details;
	char user[64];

	if (!holder->process)
		return;
	if (column == HOLDERS_PID)
		nsm_text_add(text, "%ld", (long)holder->process->pid);
	else if (process_read(holder->process, &details) < 0)
		return;
	else if (column == HOLDERS_USER)
		nsm_text_add(text, "%s", user_name(details.uid, user));
	else
		nsm_text_add(text, "%s", details.command);
}

static void cell(const void *row, size_t column, struct nsm_text *text)
{
	const struct holder *holder = row;

	switch (column) {
	case HOLDERS_TYPE:
		nsm_text_add(text, "%s", nsmgr_type_name(holder->type));
		break;
	case HOLDERS_INODE:
		nsm_text_add(text, "%llu", (unsigned long long)holder->ino);
		break;
	case HOLDERS_KIND:
		nsm_text_add(text, "%s", holder_kinds[holder->kind]);
		break;
	case HOLDERS_TID:
		if (holder->tid)
			nsm_text_add(text, "%ld", (long)holder->tid);
		break;
	case HOLDERS_FD:
		if (holder->fd >= 0)
			nsm_text_add(text, "%d", holder->fd);
		break;
	case HOLDERS_PATH:
		nsm_text_add(text, "%s", holder->path ? holder->path : "");
		break;
	case HOLDERS_MNTNS:
		if (holder->mntns)
			nsm_text_add(text, "%llu", (unsigned long long)holder->mntns);
		break;
	default:
		process_cell(holder, column, text);
		break;
	}
}

static int found(void *data, const struct holder *holder)
{
	struct job *job = data;
	struct holder seen = *holder;

	if (job->helper && seen.process && seen.process->pid == job->helper)
		seen.kind = HOLDER_HELPER;
	return view_add(&job->view, cell, &seen);
}

static void want(struct job *job, enum nsmgr_type type, ino_t ino)
{
	struct hunt *hunt = &job->hunt;

	hunt->wanted = job->wanted;
	hunt->wanted[hunt->wanted_count++] = (struct wanted){ .type = type, .ino = ino };
	hunt->types |= NSMGR_MASK(type);
}

/* "net:[4026531840]", as readlink(1) shows it: also of a namespace that has no name, or has lost it. */
static bool parse_id(const char *text, enum nsmgr_type *ret_type, uint64_t *ret_ino)
{
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++) {
		const char *rest = nsm_after(text, nsmgr_type_name((enum nsmgr_type)type));

		*ret_type = (enum nsmgr_type)type;
		rest = rest ? nsm_after(rest, ":[") : NULL;
		if (rest && nsm_parse_u64_prefix(&rest, ret_ino) == 0 && nsm_streq(rest, "]"))
			return true;
	}
	return false;
}

static void find_mqueue(struct job *job, struct wanted *wanted)
{
	struct nsmgr_set *set = NULL;

	if (nsmgr_set_open(job->app->ctx, job->name, NSMGR_MASK(NSMGR_IPC), 0, &set) == 0)
		wanted->mqueue = hunt_mqueue_device(set);
	nsmgr_set_close(set);
}

/* It goes with the set: nobody whom the user has to look for. */
static void find_helper(struct job *job)
{
	struct nsmgr_helper helper;

	if (nsmgr_helper_get(job->app->ctx, job->name, &helper) == 0 && helper.alive)
		job->helper = helper.pid;
}

static int want_set(struct job *job)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	int count = 0, status = select_set(job->app, job->name, handles, &count);
	unsigned missing = job->types;

	for (int i = 0; status == STATUS_DONE && i < count; i++) {
		enum nsmgr_type type = handles[i].type;

		if (job->types && !(job->types & NSMGR_MASK(type)))
			continue;
		missing &= ~NSMGR_MASK(type);
		if (!handles[i].ino || handles[i].state == NSMGR_ELSEWHERE || handles[i].state == NSMGR_STALE)
			status = say_plain(job->app, "'%s': %s: a handle that is %s", job->name, nsmgr_type_name(type),
					   nsmgr_state_name(handles[i].state));
		want(job, type, handles[i].ino);
		if (type == NSMGR_IPC && handles[i].state == NSMGR_LIVE)
			find_mqueue(job, &job->hunt.wanted[job->hunt.wanted_count - 1]);
	}
	for (int type = 0; status == STATUS_DONE && type < NSMGR_TYPE_COUNT; type++)
		if (missing & NSMGR_MASK(type))
			status = say_plain(job->app, "'%s' has no %s namespace", job->name,
					   nsmgr_type_name((enum nsmgr_type)type));
	find_helper(job);
	return status;
}

/* An answer that is short of something says so. */
static void say_unseen(const struct job *job)
{
	const struct hunt *hunt = &job->hunt;

	hunt_say_hidden(hunt, job->app);
	if (job->app->verbose)
		say_plain(job->app, "not to be seen: descriptors on their way through sockets, those of io_uring, "
				    "open files below /proc/PID/net, and what the kernel itself uses");
}

static int act(struct job *job)
{
	struct app *app = job->app;
	enum nsmgr_type type;
	uint64_t ino;
	int status = STATUS_DONE, r;

	if (parse_id(job->name, &type, &ino))
		want(job, type, ino);
	else
		status = want_set(job);
	if (status != STATUS_DONE)
		return status;
	crowd_begin();
	job->hunt.ctx = app->ctx;
	job->hunt.store = nsmgr_get_root(app->ctx);
	job->hunt.found = found;
	job->hunt.data = job;
	r = view_begin(&job->view);
	if (r == 0)
		r = hunt_run(&job->hunt);
	if (r == 0)
		r = view_print(&job->view);
	if (r < 0)
		return say_plain(app, "cannot search: %s", strerror(-r));
	say_unseen(job);
	return STATUS_DONE;
}

static int check(struct job *job)
{
	int status = view_choose(job->app, &job->view);

	if (status != STATUS_DONE)
		return status;
	if (job->view.list_columns)
		return view_list_columns(&job->view);
	return job->name ? act(job) : say_usage(job->app, "a NAME is missing");
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = {
		.app = app,
		.view = { .columns = columns, .count = HOLDERS_COLUMN_COUNT, .defaults = defaults,
			  .default_count = NSM_ARRAY_SIZE(defaults), .style.name = "holders" },
	};
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	unsigned types;
	int id, status;

	app->doing = "find the holders of";
	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND && !job.name)
			job.name = value;
		else if (id == OPT_OPERAND && !parse_types(app, value, &types))
			return STATUS_USAGE;
		else if (id == OPT_OPERAND)
			job.types |= types;
		else if (id >= OPT_VIEW)
			view_apply(&job.view, id, value);
		else if (opt_common(app, id, &status))
			return status;
	}
	return check(&job);
}

const struct verb verb_holders = {
	.name = "holders",
	.synopsis = "NAME|TYPE:[INODE] [TYPE...] [OPTIONS]",
	.summary = "tell what keeps the namespaces of a set alive",
	.opts = options,
	.run = run,
};
