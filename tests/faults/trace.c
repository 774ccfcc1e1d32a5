/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tracer.h"

#include "start.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* What hangs is ended after that; nothing that works comes near it, however loaded the machine. */
#define DEADLINE_SECONDS 20

static volatile sig_atomic_t is_late;

static void note_deadline(int sig)
{
	(void)sig;
	is_late = 1;
}

static void set_deadline(int seconds)
{
	const struct itimerval timer = { .it_value = { .tv_sec = seconds }, .it_interval = { .tv_sec = seconds ? 1 : 0 } };
	const struct sigaction action = { .sa_handler = note_deadline };

	is_late = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static struct tracee *find(struct tracer *tracer, pid_t pid)
{
	for (size_t i = 0; i < tracer->count; i++)
		if (tracer->tracees[i].pid == pid)
			return &tracer->tracees[i];
	return NULL;
}

static struct tracee *find_or_add(struct tracer *tracer, pid_t pid)
{
	struct tracee *tracee = find(tracer, pid);

	if (tracee)
		return tracee;
	if (tracer->count == MAX_TRACEES)
		abort();
	tracee = &tracer->tracees[tracer->count++];
	*tracee = (struct tracee){ .pid = pid };
	return tracee;
}

/* The calls of whose are not looked at any more is not stopped at them: another program's, and the manager's behind the fault. A
 * keeper's pause(2) is waited for. */
static bool is_of_interest(const struct tracer *tracer, const struct tracee *tracee)
{
	return !tracee->is_foreign && (!tracer->run->struck || tracee->error || tracee->argument || strcmp(tracee->who, "1") != 0);
}

static void go_on(const struct tracer *tracer, const struct tracee *tracee, int sig)
{
	/* ESRCH: it was killed in the meantime. */
	ptrace(is_of_interest(tracer, tracee) ? PTRACE_SYSCALL : PTRACE_CONT, tracee->pid, NULL, (void *)(uintptr_t)sig);
}

/* A child, told of by its parent; it may have stopped before that. */
static void adopt(struct tracer *tracer, struct tracee *parent)
{
	unsigned long pid = 0;
	struct tracee *child;
	bool stopped;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &pid) < 0)
		return;
	stopped = find(tracer, (pid_t)pid);
	child = find_or_add(tracer, (pid_t)pid);
	snprintf(child->who, sizeof(child->who), "%.18s.%u", parent->who, ++parent->children);
	child->has_begun = parent->has_begun;
	child->is_foreign = parent->is_foreign;
	child->is_asleep = parent->is_foreign && parent->is_asleep;
	if (stopped)
		go_on(tracer, child, 0);
}

static void at_stop(struct tracer *tracer, pid_t pid, int status)
{
	struct tracee *tracee = find_or_add(tracer, pid);
	int sig = WSTOPSIG(status), event = status >> 16;

	if (event == PTRACE_EVENT_CLONE || event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK) {
		/* In the array that adopt() adds to, but never moved. */
		adopt(tracer, tracee);
		go_on(tracer, tracee, 0);
	} else if (!*tracee->who) {
		return; /* its first stop: held until it has its name */
	} else if (sig == (SIGTRAP | 0x80)) {
		at_call(tracer, tracee);
		go_on(tracer, tracee, 0);
	} else {
		if (event == PTRACE_EVENT_EXEC)
			at_exec(tracee);
		go_on(tracer, tracee, event ? 0 : sig);
	}
}

static void at_end(struct tracer *tracer, pid_t pid, int status)
{
	struct tracee *tracee = find(tracer, pid);

	if (!tracee)
		return;
	if (strcmp(tracee->who, "1") == 0) {
		tracer->is_over = true;
		tracer->run->status = status;
	}
	*tracee = tracer->tracees[--tracer->count];
	/* One that was killed within its clone() never tells of its child, which is held until then. */
	for (size_t i = 0; i < tracer->count; i++) {
		if (*tracer->tracees[i].who)
			continue;
		strcpy(tracer->tracees[i].who, "?");
		go_on(tracer, &tracer->tracees[i], 0);
	}
}

static bool is_done(const struct tracer *tracer)
{
	if (!tracer->is_over)
		return false;
	for (size_t i = 0; i < tracer->count; i++)
		if (!tracer->tracees[i].is_asleep)
			return false;
	return true;
}

static void follow(struct tracer *tracer)
{
	while (!is_done(tracer)) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (is_late && !tracer->run->hung) {
			tracer->run->hung = true;
			for (size_t i = 0; i < tracer->count; i++)
				kill(tracer->tracees[i].pid, SIGKILL);
		}
		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			break;
		if (WIFSTOPPED(status))
			at_stop(tracer, pid, status);
		else
			at_end(tracer, pid, status);
	}
}

/* Those that stay are let go, to live as if they had never been traced. */
static void let_go(struct tracer *tracer)
{
	for (size_t i = 0; i < tracer->count; i++) {
		pid_t pid = tracer->tracees[i].pid;
		int status;

		if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == 0 && waitpid(pid, &status, __WALL) == pid &&
		    WIFSTOPPED(status))
			ptrace(PTRACE_DETACH, pid, NULL, NULL);
	}
}

bool run_traced(char *const argv[], const struct fault *fault, struct run *ret)
{
	struct tracer tracer = { .run = ret, .fault = fault };
	int output = memfd_create("said", MFD_CLOEXEC);
	struct tracee *manager;
	ssize_t n;
	pid_t pid;

	*ret = (struct run){ 0 };
	pid = output < 0 ? -1 : start_seized(argv, output);
	if (pid < 0) {
		perror("faults: ptrace");
		close(output);
		return false;
	}
	manager = find_or_add(&tracer, pid);
	strcpy(manager->who, "1");
	go_on(&tracer, manager, 0);
	set_deadline(DEADLINE_SECONDS);
	follow(&tracer);
	let_go(&tracer);
	set_deadline(0);
	n = pread(output, ret->said, sizeof(ret->said) - 1, 0);
	ret->said[n > 0 ? n : 0] = '\0';
	close(output);
	return true;
}

void run_free(struct run *run)
{
	free(run->points);
	run->points = NULL;
}
