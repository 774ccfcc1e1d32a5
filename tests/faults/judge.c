/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "judge.h"

#include "trial.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* A file that an option names cannot be read: nothing is done. */
#define STATUS_OPTION 2

/* Whether somebody who was killed is gone already makes a call more or less. What comes in pieces seldom comes so again. */
#define TRIES 30
#define TRIES_OF_PIECES 5

const char *const outcome_names[OUTCOMES] = {
	[DONE] = "done",
	[REFUSED] = "refused",
	[PARTLY] = "partly",
	[SAID_NOT] = "done but said not",
	[HIDDEN] = "hidden",
	[UNSWEPT] = "unswept",
	[UNPOOLED] = "unpooled",
	[LEFT] = "left",
	[UNMET] = "unmet",
	[KILLED] = "killed",
	[MENDED] = "mended",
	[ORPHANED] = "orphaned",
	[BAD] = "BAD",
};

/* A set that lists as live can be entered. */
static bool check_entering(struct trial *trial, const char *name)
{
	char line[128], said[1024];

	snprintf(line, sizeof(line), "exec %s true", name);
	if (world_run(trial->programs->front, line, said, sizeof(said)) == 0)
		return true;
	snprintf(line, sizeof(line), "ls -rn -o STATE %s", name);
	if (world_run(trial->programs->full, line, line, sizeof(line)) == 0 && strstr(line, "dead"))
		return true;
	return bad(trial, "'%s' lists as %.60s and cannot be entered: %.300s", name, line, said);
}

bool check_all_enter(struct trial *trial)
{
	for (size_t i = 1; i < trial->now.count; i++) {
		const struct part *part = &trial->now.parts[i];
		const struct part *old = picture_find(&trial->before, part->name);

		/* A command would stop in a frozen one. */
		if (part_is_ready_set(part) || (old && strcmp(old->exact, part->exact) == 0) || strstr(part->exact, ", frozen"))
			continue;
		if (!check_entering(trial, part->name))
			return false;
	}
	return true;
}

/* A set whose keeper has ended, or NULL. */
static const struct part *find_orphan(const struct picture *picture)
{
	for (size_t i = 1; i < picture->count; i++)
		if (strstr(picture->parts[i].exact, "keeper is gone"))
			return &picture->parts[i];
	return NULL;
}

/* Runs a command that has to work. */
static bool must(struct trial *trial, const char *line)
{
	char said[400];

	return world_run(trial->programs->front, line, said, sizeof(said)) == 0 || bad(trial, "%s: %s", line, said);
}

/* A set without a keeper can be removed; a ready one is not handed out. */
static bool remove_orphan(struct trial *trial, const struct part *orphan)
{
	char line[128];

	if (part_is_ready_set(orphan))
		return must(trial, "create taken --all --from-pool") && must(trial, "exec taken true") &&
		       must(trial, "rm taken") && must(trial, "pool drain");
	snprintf(line, sizeof(line), "rm %s", orphan->name);
	return must(trial, line);
}

enum likeness look_again(struct trial *trial, const char **ret_what)
{
	picture_free(&trial->now);
	if (!picture_take(&trial->now)) {
		bad(trial, "no picture can be taken");
		return AS_NEITHER;
	}
	return picture_compare(&trial->now, &trial->before, trial->after,
			       trial->of->each_alone || trial->of->sweeps || trial->of->takes, trial->of->renews, ret_what);
}

/* What is as neither is one check --repair away from it. */
static bool mend(struct trial *trial, enum outcome as)
{
	const struct part *orphan = find_orphan(&trial->now);
	const char *what = "";
	char said[600];
	enum likeness like;

	if (orphan && as == MENDED) {
		as = ORPHANED;
		if (!remove_orphan(trial, orphan))
			return false;
	}
	if (!world_mend(trial->programs, said, sizeof(said)))
		return bad(trial, "it cannot be mended: %.500s", said);
	like = look_again(trial, &what);
	if (like == AS_NEITHER && trial->of->then && must(trial, trial->of->then))
		like = look_again(trial, &what);
	if (like == AS_NEITHER || trial->now.empty_stages)
		return bad(trial, "after mending, '%s' is as neither before nor after: %.500s", what,
			   difference(trial, what));
	trial->verdict->outcome = as;
	return true;
}

static void judge_error(struct trial *trial, enum likeness like, const char *what)
{
	int status = WEXITSTATUS(trial->run.status);

	if (status == 0) {
		if (like == AS_BOTH && trial->of->sweeps)
			trial->verdict->outcome = UNSWEPT;
		else if (like == AS_BOTH && trial->of->takes)
			trial->verdict->outcome = UNPOOLED;
		else if (like == AS_NEITHER && trial->of->sweeps)
			mend(trial, UNSWEPT);
		else if (like != AS_AFTER)
			bad(trial, "status 0, and '%s' is not as after: %.500s", what, difference(trial, what));
		else if (*trial->run.said && !trial->of->prints)
			bad(trial, "status 0, and it says: %.300s", trial->run.said);
		else if (trial->now.empty_stages)
			trial->verdict->outcome = UNSWEPT;
		return;
	}
	if (!has_messages(trial) || !has_right_status(trial) || !has_cause(trial))
		return;
	if (status == STATUS_OPTION && like != AS_BEFORE)
		bad(trial, "status 2, and '%s' is not as before: %.500s", what, difference(trial, what));
	else if (trial->now.drafts)
		bad(trial, "a draft of .config is left");
	else if (like != AS_NEITHER)
		trial->verdict->outcome = like == AS_BEFORE ? REFUSED : like == AS_AFTER ? SAID_NOT : PARTLY;
	else if (trial->of->removes)
		mend(trial, HIDDEN);
	else
		bad(trial, "status 1, and '%s' is as neither before nor after: %.500s", what, difference(trial, what));
}

static void judge_kill(struct trial *trial, enum likeness like, const char *what)
{
	bool is_manager = strcmp(trial->fault->at.who, "1") == 0;
	int status = WEXITSTATUS(trial->run.status);

	if (!is_manager && status == 0 && like != AS_AFTER && !find_orphan(&trial->now)) {
		bad(trial, "status 0, and '%s' is not as after: %.500s", what, difference(trial, what));
		return;
	}
	if (!is_manager && (status == 1 || status == 125) && !has_messages(trial))
		return;
	trial->verdict->outcome = KILLED;
	if (like == AS_NEITHER || trial->now.empty_stages)
		mend(trial, MENDED);
}

/* nsmgr's own failure, that of the execve(2), or of a command that was killed. */
static bool is_of_command(const struct trial *trial)
{
	int status = WEXITSTATUS(trial->run.status);

	return status == 125 || status == 126 || (status == 128 + SIGKILL && !trial->fault->error);
}

/* How the manager ended, before anything is looked at. */
static bool has_ended_well(struct trial *trial)
{
	int status = trial->run.status;
	bool is_victim = !trial->fault->error && strcmp(trial->fault->at.who, "1") == 0;

	if (trial->run.hung)
		return bad(trial, "it hung: %.300s", trial->run.said);
	if (is_victim)
		return WIFSIGNALED(status) || bad(trial, "it was killed, and ended with %d", WEXITSTATUS(status));
	if (WIFSIGNALED(status))
		return bad(trial, "signal %d ended it", WTERMSIG(status));
	if (WEXITSTATUS(status) > 1 && !(trial->of->looks && WEXITSTATUS(status) == 3) &&
	    !(trial->of->runs && is_of_command(trial)) && !(trial->fault->error && status == STATUS_OPTION << 8))
		return bad(trial, "status %d: %.300s", WEXITSTATUS(status), trial->run.said);
	return true;
}

static void judge(struct trial *trial)
{
	const char *what = "";
	enum likeness like;

	if (!has_ended_well(trial))
		return;
	like = look_again(trial, &what);
	if (trial->verdict->outcome == BAD)
		return;
	if (trial->of->looks) {
		judge_look(trial, like);
		return;
	}
	if (!check_all_enter(trial))
		return;
	if (trial->fault->error)
		judge_error(trial, like, what);
	else
		judge_kill(trial, like, what);
	/* What the first use of a store leaves when it fails is good for the next. */
	if (!trial->of->setup[0] && trial->verdict->outcome != BAD &&
	    (!world_is_of_use(trial->programs) || look_again(trial, &what) == AS_NEITHER || trial->now.roots != 1))
		bad(trial, "the store has %u mounts, or is of no more use", trial->now.roots);
}

void try_fault(const struct programs *programs, const struct a_case *of, const struct fault *fault,
	       const struct picture *after, struct verdict *ret)
{
	struct trial trial = { programs, of, fault, after, .verdict = ret };
	struct words words;

	for (int tries = 0; tries < (of->pieces ? TRIES_OF_PIECES : TRIES) && !trial.run.struck; tries++) {
		*ret = (struct verdict){ .outcome = DONE };
		picture_free(&trial.before);
		run_free(&trial.run);
		if (!world_make(programs, of) || !picture_take(&trial.before)) {
			bad(&trial, "the world cannot be made");
			break;
		}
		world_words(world_program(programs, of), of->line, &words);
		if (!run_traced(words.argv, fault, &trial.run))
			break;
	}
	if (trial.run.struck)
		judge(&trial);
	else
		ret->outcome = ret->outcome == BAD ? BAD : UNMET;
	picture_free(&trial.before);
	picture_free(&trial.now);
	run_free(&trial.run);
}
