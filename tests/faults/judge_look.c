/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trial.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { SAYS_LEFT = 3 };

/* Whether it tells, on either output, that something is not as it should be: beside the rows of what was mended. */
static bool tells(const struct trial *trial)
{
	return strncmp(trial->run.said, "nsmgr: ", 7) == 0 || strstr(trial->run.said, "\nnsmgr: ");
}

/* The next check has nothing in its way: it leads to what the first leads to when it works, and leaves nothing. */
static bool mend_rest(struct trial *trial)
{
	const char *what = "";
	char said[600];

	if (!world_mend(trial->programs, said, sizeof(said)))
		return bad(trial, "the next check leaves something: %.500s", said);
	if (look_again(trial, &what) != AS_AFTER)
		return bad(trial, "after the next check, '%s' is not as after: %.500s", what, difference(trial, what));
	return true;
}

void judge_look(struct trial *trial, enum likeness like)
{
	int status = WEXITSTATUS(trial->run.status);
	const char *rest = trial->now.parts[0].exact;
	bool is_whole = like == AS_AFTER && trial->now.empty_stages == 0;
	/* It was needed for a repair, and every verb that changes something sweeps it. */
	bool has_stage = trial->now.empty_stages || (rest && strstr(rest, "a stage is left"));

	if (WIFSIGNALED(trial->run.status))
		trial->verdict->outcome = is_whole ? KILLED : MENDED;
	else if (status == 0 && !is_whole && !tells(trial) && !has_stage)
		bad(trial, "status 0, and nothing is said of what is left: %.300s", trial->run.said);
	else if (status == 1 && !tells(trial))
		bad(trial, "status 1 without a message: %.300s", trial->run.said);
	else if (status == SAYS_LEFT && !*trial->run.said)
		bad(trial, "status 3, and nothing is said");
	else
		trial->verdict->outcome = is_whole ? status == 0 ? DONE : SAID_NOT : LEFT;
	if (trial->verdict->outcome != BAD && !is_whole && !mend_rest(trial))
		return;
	if (trial->verdict->outcome != BAD)
		check_all_enter(trial);
}
