/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/hooks.h"

#include "cmd/program.h"
#include "cmd/split.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int hooks_add(struct recipe_full *full, struct hooks *hooks, const char *option, const char *text)
{
	struct hook *array;
	char **argv = split_words(text);

	if (!argv && errno == EINVAL)
		return say_usage(full->app, "--%s: '%s': a quote or a backslash is without its end", option, text);
	if (!argv && errno == ENODATA)
		return say_usage(full->app, "--%s: there is no command in '%s'", option, text);
	array = argv ? realloc(hooks->array, (hooks->count + 1) * sizeof(*array)) : NULL;
	if (!array) {
		split_free(argv);
		return say_plain(full->app, "out of memory");
	}
	hooks->array = array;
	hooks->array[hooks->count++] = (struct hook){ text, argv };
	return STATUS_DONE;
}

void hooks_free(struct hooks *hooks)
{
	for (size_t i = 0; i < hooks->count; i++)
		split_free(hooks->array[i].argv);
	free(hooks->array);
}

/* What a hook is told: NULL and 0 are left out, and are not what somebody above has set either. */
struct news {
	const char *name, *dir;
	pid_t pid;
};

static void set(const char *variable, const char *value)
{
	if (value)
		setenv(variable, value, true);
	else
		unsetenv(variable);
}

static int tell(const void *data)
{
	const struct news *news = data;
	char pid[16];

	snprintf(pid, sizeof(pid), "%ld", (long)news->pid);
	set("NSMGR_NAME", news->name);
	set("NSMGR_DIR", news->dir);
	set("NSMGR_PID", news->pid ? pid : NULL);
	return 0;
}

static int fail(struct recipe_full *full, const struct hook *hook, int r, const char *why)
{
	return nsmgr_config_hook_fail(full->config, r, "hook", NSMGR_TYPE_NONE, hook->text, why);
}

static int run_one(struct recipe_full *full, const struct hook *hook, const struct news *news, const sigset_t *ending)
{
	const struct program program = {
		.argv = hook->argv,
		.name = news->name ? news->name : "hook",
		.prepare = tell,
		.data = news,
		.ending = *ending,
	};
	nsm_cleanup(program_end) struct running running = RUNNING_INIT;
	int status, r = program_start(&program, NULL, NULL, &running);
	char why[64];

	if (r < 0)
		return fail(full, hook, r, strerror(-r));
	r = program_wait(&running, &status);
	if (r < 0)
		return fail(full, hook, r, r == -EINTR ? "interrupted by a signal" : strerror(-r));
	return status ? fail(full, hook, -ECHILD, program_status_text(status, why)) : 0;
}

static int run_all(struct recipe_full *full, const struct hooks *hooks, const struct news *news, const sigset_t *ending)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < hooks->count; i++)
		r = run_one(full, &hooks->array[i], news, ending);
	return r;
}

bool hooks_are_outside(const struct recipe_full *full)
{
	return full->outside.count;
}

bool hooks_are_inside(const struct recipe_full *full)
{
	return full->inside.count;
}

int hooks_outside(struct recipe_full *full, pid_t pid)
{
	struct news news = { .pid = pid };

	nsmgr_config_making(full->config, &news.name, &news.dir);
	return run_all(full, &full->outside, &news, &full->recipe->ending);
}

/* We have standard error alone, and the first two descriptors that come are nobody's: a pipe at its end takes their place. Who made
 * us is killed when the making ends early, which is told as TERM: what the hook has started gets that too. */
int hooks_inside(struct recipe_full *full)
{
	sigset_t ending = full->recipe->ending;
	struct news news = { 0 };
	const char *dir;
	int fds[2];

	sigaddset(&ending, SIGTERM);
	sigprocmask(SIG_BLOCK, &ending, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (pipe(fds) < 0)
		return fail(full, &full->inside.array[0], -errno, strerror(errno));
	close(fds[1]);
	if (dup2(fds[0], 1) < 0)
		return fail(full, &full->inside.array[0], -errno, strerror(errno));
	nsmgr_config_making(full->config, &news.name, &dir);
	return run_all(full, &full->inside, &news, &ending);
}
