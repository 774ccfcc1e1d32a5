/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tracer.h"

#include "calls.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

static void record(struct tracer *tracer, const struct tracee *tracee, unsigned k,
		   const struct __ptrace_syscall_info *info)
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
	*point = (struct point){ .n = tracee->calls, .k = k, .nr = (long)info->entry.nr };
	memcpy(point->who, tracee->who, sizeof(point->who));
	for (size_t i = 0; i < 6; i++)
		point->args[i] = info->entry.args[i];
}

/* The point is reached. */
static void strike(struct tracer *tracer, struct tracee *tracee, long nr)
{
	const struct known_call *call = find_call(nr);

	tracer->run->struck = true;
	if (!tracer->fault->error)
		kill(tracee->pid, SIGKILL);
	else if (nr == SYS_brk)
		clear_first_argument(tracee->pid, &tracee->argument); /* it fails by giving the old break: brk(2) */
	else if ((call && call->is_done) || skip_call(tracee->pid))
		tracee->error = tracer->fault->error;
}

static void enter_call(struct tracer *tracer, struct tracee *tracee, const struct __ptrace_syscall_info *info)
{
	const struct fault *fault = tracer->fault;
	long nr = (long)info->entry.nr;
	unsigned k;

#ifdef SYS_poll
	tracee->has_begun |= nr == SYS_poll;
#endif
	tracee->has_begun |= nr == SYS_ppoll;
	if (!tracee->has_begun || tracee->is_foreign)
		return;
	tracee->calls++;
	k = ++tracee->of_kind[nr >= 0 && nr < MAX_CALLS ? nr : 0];
#ifdef SYS_pause
	tracee->is_asleep = nr == SYS_pause;
#else
	tracee->is_asleep = nr == SYS_ppoll && info->entry.args[1] == 0;
#endif
	if (!fault)
		record(tracer, tracee, k, info);
	else if (!tracer->run->struck && fault->at.nr == nr && fault->at.k == k && strcmp(fault->at.who, tracee->who) == 0)
		strike(tracer, tracee, nr);
}

void at_call(struct tracer *tracer, struct tracee *tracee)
{
	struct __ptrace_syscall_info info = { 0 };

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->pid, (void *)sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		enter_call(tracer, tracee, &info);
	} else if (tracee->error) {
		set_result(tracee->pid, tracee->error);
		tracee->error = 0;
	} else if (tracee->argument) {
		restore_first_argument(tracee->pid, tracee->argument);
		tracee->argument = 0;
	}
}

/* A pasta is recorded when it starts, and whoever needs it waits until it is ready. */
void at_exec(struct tracee *tracee)
{
	char path[64], exe[512];
	const char *name;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)tracee->pid);
	len = readlink(path, exe, sizeof(exe) - 1);
	exe[len > 0 ? len : 0] = '\0';
	name = strrchr(exe, '/');
	name = name ? name + 1 : exe;
	tracee->has_begun = false;
	tracee->is_foreign = strcmp(name, "nsmgr") != 0 && strcmp(name, "nsmgr-full") != 0;
	tracee->is_asleep = strncmp(name, "pasta", 5) == 0 || strncmp(name, "passt", 5) == 0;
}
