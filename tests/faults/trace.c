/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace.h"

#include "calls.h"
#include "start.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* What hangs is ended after that; nothing that works comes near it, however loaded the machine. */
#define DEADLINE_SECONDS 20
#define MAX_TRACEES 64

struct tracee {
	pid_t pid;
	char who[WHO_SIZE]; /* empty until its parent has told of it */
	unsigned calls, children;
	bool is_asleep; /* in pause(2) */
	int error;	/* to be given at the exit */
};

struct tracer {
	struct run *run;
	const struct fault *fault;
	struct tracee tracees[MAX_TRACEES];
	size_t count, room;
	bool started; /* main() has begun */
	bool is_over; /* the manager has ended */
};

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

static void go_on(pid_t pid, int sig)
{
	/* ESRCH: it was killed in the meantime. */
	ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(uintptr_t)sig);
}

static void record(struct tracer *tracer, const struct tracee *tracee, const struct __ptrace_syscall_info *info)
{
	struct run *run = tracer->run;
	struct point *point;

	if (run->count == tracer->room) {
		tracer->room = tracer->room ? tracer->room * 2 : 256;
		run->points = reallocarray(run->points, tracer->room, sizeof(*run->points));
		if (!run->points)
			abort();
	}
	point = &run->points[run->count++];
	*point = (struct point){ .n = tracee->calls, .nr = (long)info->entry.nr };
	memcpy(point->who, tracee->who, sizeof(point->who));
	for (size_t i = 0; i < 6; i++)
		point->args[i] = info->entry.args[i];
}

/* The point is reached. */
static void strike(struct tracer *tracer, struct tracee *tracee, long nr)
{
	const struct known_call *call = find_call(nr);

	tracer->run->struck = nr == tracer->fault->at.nr;
	if (!tracer->fault->error)
		kill(tracee->pid, SIGKILL);
	else if (nr == SYS_brk)
		clear_first_argument(tracee->pid); /* it fails by giving the old break: brk(2) */
	else if ((call && call->is_done) || skip_call(tracee->pid))
		tracee->error = tracer->fault->error;
}

static void enter_call(struct tracer *tracer, struct tracee *tracee, const struct __ptrace_syscall_info *info)
{
	const struct fault *fault = tracer->fault;

#ifdef SYS_poll
	tracer->started |= info->entry.nr == SYS_poll;
#endif
	tracer->started |= info->entry.nr == SYS_ppoll;
	if (!tracer->started)
		return;
	tracee->calls++;
#ifdef SYS_pause
	tracee->is_asleep = info->entry.nr == SYS_pause;
#else
	tracee->is_asleep = info->entry.nr == SYS_ppoll && info->entry.args[1] == 0;
#endif
	if (!fault)
		record(tracer, tracee, info);
	else if (fault->at.n == tracee->calls && strcmp(fault->at.who, tracee->who) == 0)
		strike(tracer, tracee, (long)info->entry.nr);
}

static void at_call(struct tracer *tracer, struct tracee *tracee)
{
	struct __ptrace_syscall_info info = { 0 };

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->pid, (void *)sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		enter_call(tracer, tracee, &info);
	} else if (tracee->error) {
		set_result(tracee->pid, tracee->error);
		tracee->error = 0;
	}
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
	if (stopped)
		go_on(child->pid, 0);
}

static void at_stop(struct tracer *tracer, pid_t pid, int status)
{
	struct tracee *tracee = find_or_add(tracer, pid);
	int sig = WSTOPSIG(status), event = status >> 16;

	if (event == PTRACE_EVENT_CLONE || event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK) {
		/* In the array that adopt() adds to, but never moved. */
		adopt(tracer, tracee);
		go_on(pid, 0);
	} else if (!*tracee->who) {
		return; /* its first stop: held until it has its name */
	} else if (sig == (SIGTRAP | 0x80)) {
		at_call(tracer, tracee);
		go_on(pid, 0);
	} else {
		go_on(pid, event ? 0 : sig);
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
		go_on(tracer->tracees[i].pid, 0);
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
	ssize_t n;
	pid_t pid;

	*ret = (struct run){ 0 };
	pid = output < 0 ? -1 : start_seized(argv, output);
	if (pid < 0) {
		perror("faults: ptrace");
		close(output);
		return false;
	}
	strcpy(find_or_add(&tracer, pid)->who, "1");
	go_on(pid, 0);
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
