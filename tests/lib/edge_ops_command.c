/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge_ops.h"

#include "edge_world.h"
#include "fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int run_command_start(void)
{
	static const char *const argv[] = { "/bin/true", NULL };
	struct nsmgr_child *child = NULL;
	int r = nsmgr_command_start(world.runner, world.set, argv, &child);

	nsmgr_child_free(child);
	return r;
}

/* One that is confined by all there is. */
static int run_command_confined(void)
{
	/* BPF_RET | BPF_K, SECCOMP_RET_ALLOW of linux/seccomp.h */
	static const struct {
		uint16_t code;
		uint8_t jumps[2];
		uint32_t value;
	} allow = { 6, { 0, 0 }, 0x7fff0000 };

	nsmgr_command_landlock_path(world.runner, "/", NSMGR_LANDLOCK_RX);
	nsmgr_command_landlock_port(world.runner, NSMGR_LANDLOCK_BIND, 80, 80);
	nsmgr_command_seccomp(world.runner, &allow, sizeof(allow), 0);
	nsmgr_command_limit(world.runner, RLIMIT_CORE, 0, 0);
	nsmgr_command_drop_capabilities(world.runner, 1);
	nsmgr_command_bounding_capabilities(world.runner, 6);
	nsmgr_command_ambient_capabilities(world.runner, 2);
	nsmgr_command_securebits(world.runner, 1);
	return run_command_start();
}

static int run_command_enter(void)
{
	nsmgr_command_root(world.runner, "/");
	nsmgr_command_cwd(world.runner, "/tmp");
	return nsmgr_command_enter(world.runner, world.set);
}

/* A child of it has nothing to do. */
static int run_command_fork(void)
{
	pid_t pid = nsmgr_command_fork(world.runner);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? (int)pid : 0;
}

/* A command that ends when its standard input does. */
static struct nsmgr_child *child;

static int start_child(void)
{
	static const char *const argv[] = { "/bin/cat", NULL };

	nsmgr_command_stdio(world.runner, 0, NSMGR_STDIO_PIPE);
	return nsmgr_command_start(world.runner, NULL, argv, &child);
}

/* The same, and over. */
static int end_child(void)
{
	int r = start_child();

	if (r < 0)
		return r;
	close(nsmgr_child_pipe(child, 0, true));
	return has_ended_within(nsmgr_child_pidfd(child), 5) ? 0 : -ETIMEDOUT;
}

static int free_child(int r)
{
	nsmgr_child_free(child);
	return r;
}

static int run_child_wait(void)
{
	return free_child(nsmgr_child_wait(child, NULL, NULL));
}

static int run_child_wait_timed(void)
{
	return free_child(nsmgr_child_wait(child, &(struct timespec){ .tv_sec = 60 }, NULL));
}

static int run_child_try_wait(void)
{
	return free_child(nsmgr_child_try_wait(child, NULL));
}

static int run_child_signal(void)
{
	return free_child(nsmgr_child_signal(child, SIGTERM));
}

static int run_child_kill(void)
{
	return free_child(nsmgr_child_kill(child));
}

static int run_child_output(void)
{
	static const char *const argv[] = { "/bin/echo", "words", NULL };
	struct nsmgr_output output = { 0 };
	struct nsmgr_child *echo = NULL;
	struct nsmgr_status status;
	int r = nsmgr_command_start(world.runner, NULL, argv, &echo);

	/* Of the two this one alone is looked at. */
	if (r < 0)
		return 0;
	r = nsmgr_child_output(echo, NULL, SIZE_MAX, &output, &status);
	nsmgr_output_clear(&output);
	nsmgr_child_free(echo);
	return r;
}

const struct op command_ops[] = {
	{ "command_start", NSM_EDGE_command_start, run_command_start, NULL },
	{ "command_start confined", NSM_EDGE_command_start, run_command_confined, NULL },
	{ "command_enter", NSM_EDGE_command_enter, run_command_enter, NULL },
	{ "command_fork", NSM_EDGE_command_fork, run_command_fork, NULL },
	{ "child_wait", NSM_EDGE_child_wait, run_child_wait, start_child },
	{ "child_wait with a timeout", NSM_EDGE_child_wait, run_child_wait_timed, start_child },
	{ "child_try_wait", NSM_EDGE_child_try_wait, run_child_try_wait, end_child },
	{ "child_signal", NSM_EDGE_child_signal, run_child_signal, start_child },
	{ "child_kill", NSM_EDGE_child_kill, run_child_kill, start_child },
	{ "child_output", NSM_EDGE_child_output, run_child_output, NULL },
	{ 0 },
};
