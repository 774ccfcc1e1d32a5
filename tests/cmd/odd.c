/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* odd [all|ids|closed]... -- COMMAND...: runs a command with what it gets through an execve(2) otherwise than usual: all that is no
 * matter of capabilities, capabilities and securebits, or no standard input and errors. What the caller has no privilege for
 * stays. */

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
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

static void handle(int number)
{
	(void)number;
}

static void make_signals_odd(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGPIPE, SIGCHLD, SIGTTOU, SIGXFSZ, 40, 64 };
	uint64_t blocked = 1u << (SIGUSR1 - 1) | 1u << (SIGTERM - 1) | UINT64_C(1) << 32 | UINT64_C(1) << 62;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGUSR2, handle);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &blocked, NULL, sizeof(blocked));
	kill(getpid(), SIGUSR1); /* stays pending */
}

static void limit(int resource, rlim_t soft, rlim_t hard)
{
	struct rlimit limit;

	getrlimit((__rlimit_resource_t)resource, &limit);
	if (hard > limit.rlim_max)
		hard = limit.rlim_max;
	limit = (struct rlimit){ soft < hard ? soft : hard, hard };
	setrlimit((__rlimit_resource_t)resource, &limit);
}

static void make_limits_odd(void)
{
	limit(RLIMIT_CORE, 4096, 8191);
	limit(RLIMIT_STACK, 5 << 20, 7 << 20);
	limit(RLIMIT_NOFILE, 301, 402);
	limit(RLIMIT_MEMLOCK, 65536, 131072);
	limit(RLIMIT_MSGQUEUE, 12345, 23456);
	limit(RLIMIT_SIGPENDING, 1234, 2345);
	limit(RLIMIT_NICE, 3, 7);
	limit(RLIMIT_RTPRIO, 1, 5);
	limit(RLIMIT_FSIZE, 1 << 29, 1 << 30);
	limit(RLIMIT_CPU, 3000, 4000);
}

static void make_scheduling_odd(void)
{
	const struct sched_param param = { 0 };
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	setpriority(PRIO_PROCESS, 0, 3);
	sched_setscheduler(0, SCHED_BATCH, &param);
	syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 6);
}

static void make_attributes_odd(void)
{
	const struct itimerval timer = { { 7, 8 }, { 100000, 0 } };
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "123", 3) == 3)
		close(fd);
	umask(0);
	personality(ADDR_NO_RANDOMIZE);
	prctl(PR_SET_TIMERSLACK, 123456);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGUSR2);
	setitimer(ITIMER_REAL, &timer, NULL);
	setitimer(ITIMER_VIRTUAL, &timer, NULL);
	setitimer(ITIMER_PROF, &timer, NULL);
}

/* Of both kinds, with gaps. */
static void open_many(void)
{
	for (int fd = 3; fd < 250; fd += 1 + fd % 3)
		if (fcntl(fd, F_GETFD) < 0 && dup3(0, fd, fd % 2 ? O_CLOEXEC : 0) < 0)
			perror("odd: dup3");
}

/* Inheritable, then ambient, and out of the bounding set. */
static void make_capabilities_odd(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		return;
	data[0].inheritable |= 1u << CAP_NET_RAW | 1u << CAP_CHOWN | 1u << CAP_SYS_NICE;
	syscall(SYS_capset, &header, data);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0);
	prctl(PR_CAPBSET_DROP, CAP_SYS_BOOT);
	prctl(PR_SET_SECUREBITS, 1u << 2 /* SECBIT_NO_SETUID_FIXUP */);
}

static bool make_odd(const char *what)
{
	if (strcmp(what, "all") == 0) {
		make_signals_odd();
		make_limits_odd();
		make_scheduling_odd();
		make_attributes_odd();
		open_many();
	} else if (strcmp(what, "ids") == 0) {
		make_capabilities_odd();
	} else if (strcmp(what, "closed") == 0) {
		close(0);
		close(2);
	} else {
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	int i = 1;

	while (i < argc && make_odd(argv[i]))
		i++;
	if (i + 1 >= argc || strcmp(argv[i], "--") != 0)
		return 2;
	execvp(argv[i + 1], argv + i + 1);
	return 127;
}
