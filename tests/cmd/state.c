/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* state: tells all that a process has from the one that became it, a line "KEY VALUE" each: what it gets through an execve(2), bit
 * by bit. It asks the kernel, without the C library where that would hide something, and opens nothing before it has looked at
 * descriptors. */

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

struct kernel_action {
	uintptr_t handler;
	unsigned long flags, more[4];
};

static void tell_descriptors(void)
{
	for (int fd = 0; fd < 1024; fd++) {
		int of_fd = fcntl(fd, F_GETFD);
		struct stat st;

		if (of_fd >= 0 && fstat(fd, &st) == 0)
			printf("fd.%d cloexec=%d status=%o type=%o id=%lx:%lx\n", fd, of_fd & FD_CLOEXEC,
			       (unsigned)fcntl(fd, F_GETFL), (unsigned)(st.st_mode & S_IFMT), (unsigned long)st.st_dev,
			       (unsigned long)st.st_ino);
	}
}

static void tell_environment(void)
{
	for (size_t i = 0; environ[i]; i++) {
		printf("env.%s", strncmp(environ[i], "NSMGR_NAME=", 11) == 0 ? "NAME " : "other ");
		for (const char *p = environ[i]; *p; p++)
			printf(*p > ' ' && *p < 0x7f ? "%c" : "\\x%02x", (unsigned char)*p);
		putchar('\n');
	}
}

static void tell_signals(void)
{
	uint64_t ignored = 0, caught = 0, mask = 0, pending = 0;

	for (int i = 1; i <= 64; i++) {
		struct kernel_action action = { 0 };

		if (syscall(SYS_rt_sigaction, i, NULL, &action, sizeof(mask)) < 0)
			continue;
		if (action.handler == 1)
			ignored |= UINT64_C(1) << (i - 1);
		else if (action.handler)
			caught |= UINT64_C(1) << (i - 1);
	}
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &mask, sizeof(mask));
	syscall(SYS_rt_sigpending, &pending, sizeof(pending));
	printf("signals.blocked %016lx\nsignals.ignored %016lx\nsignals.caught %016lx\nsignals.pending %016lx\n", (unsigned long)mask,
	       (unsigned long)ignored, (unsigned long)caught, (unsigned long)pending);
}

static void tell_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 }, { 0 } };
	uint64_t bounding = 0, ambient = 0;

	syscall(SYS_capget, &header, data);
	for (unsigned cap = 0; cap < 64; cap++) {
		bounding |= (uint64_t)(prctl(PR_CAPBSET_READ, cap) == 1) << cap;
		ambient |= (uint64_t)(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) == 1) << cap;
	}
	printf("caps.effective %08x%08x\ncaps.permitted %08x%08x\ncaps.inheritable %08x%08x\n", data[1].effective, data[0].effective,
	       data[1].permitted, data[0].permitted, data[1].inheritable, data[0].inheritable);
	printf("caps.bounding %016lx\ncaps.ambient %016lx\n", (unsigned long)bounding, (unsigned long)ambient);
	printf("securebits %x\n", (unsigned)prctl(PR_GET_SECUREBITS));
}

static void tell_ids(void)
{
	uid_t real, effective, saved;
	gid_t groups[64];
	int count;

	getresuid(&real, &effective, &saved);
	printf("ids.user %u %u %u\n", real, effective, saved);
	getresgid(&real, &effective, &saved);
	printf("ids.group %u %u %u\nids.groups", real, effective, saved);
	count = getgroups(64, groups);
	for (int i = 0; i < count; i++)
		printf(" %u", groups[i]);
	putchar('\n');
}

static void tell_attributes(void)
{
	int child_signal = -1, subreaper = -1;

	prctl(PR_GET_PDEATHSIG, &child_signal);
	prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
	printf("pdeathsig %d\nsubreaper %d\n", child_signal, subreaper);
	printf("no-new-privs %d\ndumpable %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), prctl(PR_GET_DUMPABLE));
	printf("keepcaps %d\nseccomp %d\n", prctl(PR_GET_KEEPCAPS), prctl(PR_GET_SECCOMP));
	printf("timerslack %d\nthp-disabled %d\n", prctl(PR_GET_TIMERSLACK), prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	printf("personality %x\n", (unsigned)personality(0xffffffff));
}

static void tell_scheduling(void)
{
	struct sched_param param = { 0 };
	cpu_set_t cpus;

	sched_getparam(0, &param);
	CPU_ZERO(&cpus);
	sched_getaffinity(0, sizeof(cpus), &cpus);
	printf("nice %d\nscheduler %d %d\ncpus %d\n", getpriority(PRIO_PROCESS, 0), sched_getscheduler(0), param.sched_priority,
	       CPU_COUNT(&cpus));
	printf("ioprio %lx\n", syscall(SYS_ioprio_get, 1 /* IOPRIO_WHO_PROCESS */, 0));
}

static void tell_limits(void)
{
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit limit;

		if (getrlimit((__rlimit_resource_t)i, &limit) == 0)
			printf("limit.%d %lx %lx\n", i, (unsigned long)limit.rlim_cur, (unsigned long)limit.rlim_max);
	}
}

/* What is left of them changes while we run. */
static void tell_timers(void)
{
	static const int timers[] = { ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF };

	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++) {
		struct itimerval timer = { 0 };

		getitimer((__itimer_which_t)timers[i], &timer);
		printf("timer.%d %d %ld.%06ld\n", timers[i], timer.it_value.tv_sec || timer.it_value.tv_usec, (long)timer.it_interval.tv_sec,
		       (long)timer.it_interval.tv_usec);
	}
}

static void tell_place(void)
{
	mode_t mask = umask(0);
	struct stat root, cwd;
	char path[4096];

	umask(mask);
	printf("umask %04o\n", (unsigned)mask);
	if (stat("/", &root) == 0 && stat(".", &cwd) == 0)
		printf("root %lx:%lx\ncwd %lx:%lx %s\n", (unsigned long)root.st_dev, (unsigned long)root.st_ino, (unsigned long)cwd.st_dev,
		       (unsigned long)cwd.st_ino, getcwd(path, sizeof(path)) ? path : "-");
}

static void tell_jobs(void)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	printf("leads.group %d\nleads.session %d\n", getpgrp() == getpid(), getsid(0) == getpid());
	printf("group %d\nsession %d\n", getpgrp(), getsid(0));
	printf("terminal %d %d\n", tty >= 0, tty >= 0 && tcgetpgrp(tty) == getpgrp());
}

static void tell_others(void)
{
	char text[32] = "";
	int fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (n > 0)
		printf("oom-score-adj %s", text);
	printf("keyring %lx\n", syscall(SYS_keyctl, 0 /* KEYCTL_GET_KEYRING_ID */, -3 /* KEY_SPEC_SESSION_KEYRING */, 0));
}

int main(void)
{
	tell_descriptors();
	tell_environment();
	tell_signals();
	tell_capabilities();
	tell_ids();
	tell_attributes();
	tell_scheduling();
	tell_limits();
	tell_timers();
	tell_place();
	tell_jobs();
	tell_others();
	return fflush(stdout) == 0 ? 0 : 1;
}
