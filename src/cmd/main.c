/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/app.h"

#include <fcntl.h>
#include <poll.h>

static bool is_called(const struct verb *verb, const char *name)
{
	if (nsm_streq(verb->name, name))
		return true;
	for (const char *const *alias = verb->aliases; alias && *alias; alias++)
		if (nsm_streq(*alias, name))
			return true;
	return false;
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; verbs[i]; i++)
		if (is_called(verbs[i], name))
			return verbs[i];
	return NULL;
}

static int choose_store(struct app *app, const char *from, const char *path)
{
	return nsmgr_set_root(app->ctx, path) < 0 ? say_usage(app, "%s: %s", from, nsmgr_get_failure(app->ctx)->text)
						  : STATUS_DONE;
}

/* One option in front of the verb. Gives how many arguments it took; 0 with *ret_status when all is said. */
static int global_option(struct app *app, int argc, char **argv, const char **ret_store, int *ret_status)
{
	const char *arg = argv[0];
	const char *store = nsm_after(arg, "--store=");

	if (nsm_streq(arg, "-v") || nsm_streq(arg, "--verbose")) {
		app->verbose = true;
		return 1;
	}
	if (store) {
		*ret_store = store;
		return 1;
	}
	if (nsm_streq(arg, "--store") && argc > 1) {
		*ret_store = argv[1];
		return 2;
	}
	if (nsm_streq(arg, "-h") || nsm_streq(arg, "--help"))
		*ret_status = show_help(app);
	else if (nsm_streq(arg, "-V") || nsm_streq(arg, "--version"))
		*ret_status = show_version(app);
	else if (nsm_streq(arg, "--store"))
		*ret_status = say_usage(app, "a value is missing behind '--store'");
	else
		*ret_status = say_usage(app, "unknown option '%s'", arg);
	return 0;
}

static int dispatch(struct app *app, int argc, char **argv)
{
	const char *fallback = secure_getenv("NSMGR_STORE"), *store = NULL;
	int status = STATUS_DONE, i = 1;

	while (i < argc && argv[i][0] == '-') {
		int taken = global_option(app, argc - i, argv + i, &store, &status);

		if (taken == 0)
			return status;
		i += taken;
	}
	if (i >= argc)
		return say_usage(app, "a verb is missing");
	app->verb = find_verb(argv[i]);
	if (!app->verb) {
		hand_over(app);
		return say_usage(app, "unknown verb '%s'", argv[i]);
	}
	/* A verb that runs a command has a status of its own for what is wrong. */
	if (store)
		status = choose_store(app, "--store", store);
	else if (fallback && *fallback)
		status = choose_store(app, "NSMGR_STORE", fallback);
	return status == STATUS_DONE ? app->verb->run(app, argc - i - 1, argv + i + 1) : status;
}

/* A closed standard descriptor would become that of a file of ours, into which messages go. In its place comes one that
 * fails as it would; the command that exec becomes finds it closed as before. */
static void fill_descriptors(void)
{
	struct pollfd fds[] = { { .fd = 0 }, { .fd = 1 }, { .fd = 2 } };

	if (poll(fds, NSM_ARRAY_SIZE(fds), 0) <= 0)
		return;
	for (int i = 0; i < 3; i++)
		if (fds[i].revents & POLLNVAL &&
		    open("/dev/null", (i == 0 ? O_WRONLY : O_RDONLY) | O_CLOEXEC) != i)
			abort();
}

int main(int argc, char **argv)
{
	struct app app = { .argv = argv };
	int status;

	fill_descriptors();
	if (nsmgr_new(&app.ctx) < 0)
		return say_plain(&app, "out of memory");
	status = dispatch(&app, argc, argv);
	nsmgr_unref(app.ctx);
	return finish_stdout(status);
}
