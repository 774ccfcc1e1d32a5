/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/check.h"

#include "cmd/hunt.h"
#include "cmd/suspects.h"
#include "cmd/sys.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>

/* Who is between two steps of a command, or was killed just now by rm perhaps, is looked at once more, so much later. */
#define ROUNDS 2
#define ROUND_MILLISECONDS 500
#define END_MILLISECONDS 10000

/* ---- what keeps its namespace ---- */

/* Whether that mount namespace, in which no process was met, is its own. */
static bool is_alone_in(const struct suspects *search, const struct suspect *suspect, ino_t mntns)
{
	return mntns && mntns != search->mntns && mntns == suspect->mntns;
}

static int judge_holder(void *data, const struct holder *holder)
{
	struct suspects *search = data;

	for (size_t i = 0; i < search->count; i++) {
		struct suspect *suspect = &search->array[i];
		pid_t pid = holder->process ? holder->process->pid : 0;

		if (suspect->pidns != holder->ino)
			continue;
		/* Its own /proc, in a mount namespace that nobody else is in, is no more than it is itself, whoever looked into
		 * that; nor is what its children are to be in, which tells it apart where its own could not be. */
		if (pid == suspect->pid && (holder->kind == HOLDER_PROCESS || holder->kind == HOLDER_CHILDREN))
			continue;
		if (holder->kind == HOLDER_PROC && (pid == suspect->pid || (!pid && is_alone_in(search, suspect, holder->mntns))))
			continue;
		if (holder->kind == HOLDER_PROCESS || holder->kind == HOLDER_ZOMBIE)
			suspect->inhabitants++;
		else
			suspect->held = true;
	}
	return 0;
}

static int hunt_for_all(struct suspects *search)
{
	nsm_autofree struct wanted *wanted = calloc(search->count + 1, sizeof(*wanted));
	nsm_cleanup(hunt_free) struct hunt hunt = {
		.ctx = search->ctx, .store = search->root, .found = judge_holder, .data = search,
		.wanted = wanted, .wanted_count = search->count, .types = NSMGR_MASK(NSMGR_PID),
	};
	int r;

	if (!wanted)
		return -ENOMEM;
	for (size_t i = 0; i < search->count; i++)
		wanted[i] = (struct wanted){ .type = NSMGR_PID, .ino = search->array[i].pidns };
	r = hunt_run(&hunt);
	search->unseen = search->unlisted + hunt.hidden + hunt.hidden_tables;
	return r;
}

static bool ends_within(const struct suspect *suspect, int milliseconds)
{
	struct pollfd end = { .fd = suspect->pidfd, .events = POLLIN };
	int r;

	do
		r = poll(&end, 1, milliseconds);
	while (r < 0 && errno == EINTR);
	return r > 0;
}

/* Lets those be who are held or have ended; false: nobody is left. */
static bool drop_held(struct suspects *search, int milliseconds)
{
	bool left = false;

	for (size_t i = 0; i < search->count; i++) {
		struct suspect *suspect = &search->array[i];

		/* All have had the time that one was waited for. */
		suspect->held |= !suspect->held && ends_within(suspect, left ? 0 : milliseconds);
		left |= !suspect->held;
	}
	return left;
}

/* Hunts again while there are any: sets are made, moved and removed meanwhile, and what is held once is no orphan. */
static int judge_all(struct suspects *search)
{
	for (int round = 0; round < ROUNDS; round++) {
		int r;

		for (size_t i = 0; i < search->count; i++)
			search->array[i].inhabitants = 0;
		r = hunt_for_all(search);
		if (r < 0)
			return r;
		if (!drop_held(search, round < ROUNDS - 1 ? ROUND_MILLISECONDS : 0))
			break;
	}
	return 0;
}

/* ---- what becomes of it ---- */

static const char *end_keeper(const struct suspect *suspect, bool *ret_ended)
{
	int r = sys_pidfd_kill(suspect->pidfd, SIGKILL);

	*ret_ended = (r == 0 || r == -ESRCH) && ends_within(suspect, END_MILLISECONDS);
	return *ret_ended ? "" : r < 0 && r != -ESRCH ? strerror(-r) : "it does not end";
}

/* Whether it may be ended; if not, why. */
static bool explain(const struct suspects *search, const struct suspect *suspect, struct nsm_text *said, struct nsm_text *how)
{
	nsm_text_add(said, "keeper %ld, whose set is gone", (long)suspect->pid);
	if (suspect->inhabitants)
		nsm_text_add(said, "; %zu process%s in its namespace", suspect->inhabitants, suspect->inhabitants == 1 ? "" : "es");
	else if (search->unseen)
		nsm_text_add(said, "; %zu that could not be looked into may hold it", search->unseen);
	if (suspect->inhabitants || search->unseen)
		nsm_text_add(how, "attach NAME %ld makes a set of it; kill -KILL %ld ends it and all in it",
			     (long)suspect->pid, (long)suspect->pid);
	else
		nsm_text_add(how, "ends it");
	return !suspect->inhabitants && !search->unseen;
}

static int tell(const struct suspects *search, const struct suspect *suspect, bool mend, check_row_fn *found, void *data)
{
	char text[128], cure[160], path[40];
	struct nsm_text said = NSM_TEXT(text), how = NSM_TEXT(cure);
	bool may_end = explain(search, suspect, &said, &how);
	struct check_row row = {
		.kind = "keeper", .name = nsm_after(suspect->command, "nsmgr: "), .path = path, .text = text, .cure = cure,
		.reason = "", .type = NSMGR_PID, .mend = may_end ? NSMGR_MEND_BY_REPAIR : NSMGR_MEND_BY_HAND,
		.pid = suspect->pid,
	};

	snprintf(path, sizeof(path), "/proc/%ld", (long)suspect->pid);
	if (may_end && mend)
		row.reason = end_keeper(suspect, &row.mended);
	return found(data, &row);
}

static int tell_all(const struct suspects *search, bool mend, check_row_fn *found, void *data)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < search->count; i++) {
		const struct suspect *suspect = &search->array[i];

		if (!suspect->held)
			r = tell(search, suspect, mend, found, data);
	}
	return r;
}

int check_keepers(struct app *app, bool mend, check_row_fn *found, void *data)
{
	nsm_cleanup(suspects_free) struct suspects search = { .ctx = app->ctx, .root = nsmgr_get_root(app->ctx) };
	int r = suspects_find(&search);

	if (r == 0)
		r = judge_all(&search);
	if (r == 0)
		r = tell_all(&search, mend, found, data);
	if (search.unread)
		say_plain(app, "%zu %s could not be read, and may be a keeper whose set is gone", search.unread,
			  search.unread == 1 ? "process" : "processes");
	say_hidden(app, search.hidden, "keeper", "keepers", search.why);
	return r < 0 ? r : search.error;
}
