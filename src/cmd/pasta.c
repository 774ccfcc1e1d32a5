/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/pasta.h"

#include "base/fd.h"
#include "base/text.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

/* pasta(1) is told of the namespaces by paths, which it opens after it has given up nearly all of its privilege: it cannot follow those
 * of /proc to a process of root's then. So it starts in a mount namespace of its own in which they are mounted on files, beside the
 * fifo that takes the place of its pid file: what is written there says that the set has its way out. It leaves that mount namespace
 * by itself. */
static const char *const places[] = { "/mnt", "/media", "/srv", "/dev/shm", "/tmp" };

#define WORDS_OF_OURS 24

int pasta_fail(struct pasta *pasta, int r, const char *why)
{
	return nsmgr_config_hook_fail(pasta->full->config, r, "pasta", NSMGR_NET, NULL, why);
}

/* ---- how it is called ---- */

/* A port of the set is nobody's outside unless that is asked for: by itself pasta gives away all that are listened to, on both
 * sides. */
static size_t add_ports(struct pasta *pasta, size_t count)
{
	static const struct {
		const char *letter, *name;
	} ports[] = { { "-t", "--tcp-ports" }, { "-u", "--udp-ports" }, { "-T", "--tcp-ns" }, { "-U", "--udp-ns" } };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(ports); i++) {
		if (network_has_option(&pasta->full->network, ports[i].letter, ports[i].name))
			continue;
		pasta->argv[count++] = (char *)(uintptr_t)ports[i].letter;
		pasta->argv[count++] = (char *)(uintptr_t)"none";
	}
	return count;
}

static int make_argv(struct pasta *pasta)
{
	const char *const ours[] = { "--config-net", "--no-netns-quit", "--foreground", "--runas", "0:0", "--pid", pasta->fifo,
				     "--netns", pasta->net, pasta->has_user ? "--userns" : "--netns-only",
				     pasta->has_user ? pasta->user : NULL };
	char **words = pasta->full->network.words;
	size_t count = 0, given = 0;

	while (words && words[given])
		given++;
	pasta->argv = calloc(given + WORDS_OF_OURS, sizeof(*pasta->argv));
	if (!pasta->argv)
		return pasta_fail(pasta, -ENOMEM, strerror(ENOMEM));
	pasta->argv[count++] = (char *)(uintptr_t)"pasta";
	for (size_t i = 0; i < given; i++)
		pasta->argv[count++] = words[i];
	count = add_ports(pasta, count);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(ours) && ours[i]; i++)
		pasta->argv[count++] = (char *)(uintptr_t)ours[i];
	return 0;
}

static int choose_place(struct pasta *pasta)
{
	struct stat st;

	for (size_t i = 0; i < NSM_ARRAY_SIZE(places); i++) {
		if (stat(places[i], &st) < 0 || !S_ISDIR(st.st_mode))
			continue;
		pasta->place = places[i];
		snprintf(pasta->fifo, sizeof(pasta->fifo), "%s/ready", places[i]);
		snprintf(pasta->net, sizeof(pasta->net), "%s/net", places[i]);
		snprintf(pasta->user, sizeof(pasta->user), "%s/user", places[i]);
		return 0;
	}
	return pasta_fail(pasta, -ENOENT, "no directory to show it the namespaces in: neither /mnt nor /tmp is there");
}

/* Whether the network namespace belongs to another user namespace than ours, which pasta has to enter first. */
static bool has_user(pid_t pid)
{
	struct stat own, theirs;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/ns/user", (long)pid);
	return stat("/proc/self/ns/user", &own) == 0 && stat(path, &theirs) == 0 &&
	       (own.st_ino != theirs.st_ino || own.st_dev != theirs.st_dev);
}

/* ---- its child ---- */

static int show(const struct pasta *pasta, const char *type, const char *target)
{
	char source[64];

	snprintf(source, sizeof(source), "/proc/%ld/ns/%s", (long)pasta->pid, type);
	if (mknod(target, S_IFREG | 0444, 0) < 0)
		return -errno;
	/* ENOENT would be that of the program. */
	return mount(source, target, NULL, MS_BIND, NULL) == 0 ? 0 : errno == ENOENT ? -ESRCH : -errno;
}

static int prepare(const void *data)
{
	const struct pasta *pasta = data;
	int r;

	/* One under a name outlives us, and is recorded by now. */
	if (pasta->name && prctl(PR_SET_PDEATHSIG, 0) < 0)
		return -errno;
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("nsmgr", pasta->place, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755") < 0)
		return -errno;
	r = show(pasta, "net", pasta->net);
	if (r == 0 && pasta->has_user)
		r = show(pasta, "user", pasta->user);
	return r == 0 && mkfifo(pasta->fifo, 0600) < 0 ? -errno : r;
}

static int record(void *data, pid_t pid)
{
	struct pasta *pasta = data;

	return pasta->name ? nsmgr_config_helper(pasta->full->config, "pasta", pid) : pasta_report(pasta, pid);
}

/* ---- until it is ready ---- */

/* Its complaints about a system logger that is not there, and its help, hide what it has to say. */
static void keep_line(const struct program *program, const char *line, size_t size)
{
	struct pasta *pasta = (struct pasta *)(uintptr_t)program->data;
	struct nsm_text text = { .buf = pasta->lines, .size = sizeof(pasta->lines), .len = pasta->used };

	if ((size >= 14 && memcmp(line, "Failed to send", 14) == 0) || pasta->said_usage)
		return;
	pasta->said_usage = size >= 6 && memcmp(line, "Usage:", 6) == 0;
	if (pasta->said_usage)
		return;
	nsm_text_add(&text, "%s: %.*s\n", program->name, (int)size, line);
	pasta->used = text.len;
}

static int open_fifo(const struct pasta *pasta)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/root%s", (long)pasta->running.pid, pasta->fifo);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

/* It has ended before it was ready: by what it said. */
static int ended(struct pasta *pasta)
{
	int status, r = program_wait(&pasta->running, &status);
	char why[64];

	(void)!write(STDERR_FILENO, pasta->lines, pasta->used);
	if (r < 0)
		return pasta_fail(pasta, r, r == -EINTR ? "interrupted by a signal" : strerror(-r));
	return pasta_fail(pasta, -ECHILD, program_status_text(status, why));
}

/* 0, or why it is not. */
static int wait_until_ready(struct pasta *pasta)
{
	nsm_autoclose int fifo = open_fifo(pasta);
	nsm_autoclose int signals = signalfd(-1, &pasta->program.ending, SFD_CLOEXEC);
	char number[16];
	ssize_t n;

	/* It waits for a reader, and would for ever. One that is not there has ended, which is seen below. */
	if (fifo < 0 && fifo != -ENOENT && fifo != -ESRCH)
		return pasta_fail(pasta, fifo, strerror(-fifo));
	if (signals < 0)
		return pasta_fail(pasta, -errno, strerror(errno));
	for (;;) {
		struct pollfd events[] = { { .fd = fifo, .events = POLLIN },
					   { .fd = pasta->running.pidfd, .events = POLLIN },
					   { .fd = pasta->running.output, .events = POLLIN },
					   { .fd = signals, .events = POLLIN } };

		if (poll(events, NSM_ARRAY_SIZE(events), -1) < 0)
			continue;
		n = events[0].revents & POLLIN ? read(fifo, number, sizeof(number)) : 0;
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return pasta_fail(pasta, -errno, strerror(errno));
		if (events[2].revents)
			program_pass(&pasta->running);
		/* Before its end: what is pending ends it there. */
		if (events[1].revents || events[3].revents)
			return ended(pasta);
		if (events[0].revents && n == 0)
			nsm_close(&fifo);
	}
}

int pasta_start(struct pasta *pasta)
{
	int r = choose_place(pasta);

	if (r == 0)
		r = make_argv(pasta);
	if (r < 0)
		return r;
	pasta->program = (struct program){
		.argv = pasta->argv,
		.name = pasta->name ? pasta->name : "pasta",
		.prepare = prepare,
		.data = pasta,
		.ending = pasta->full->recipe->ending,
		.line = keep_line,
	};
	r = program_start(&pasta->program, record, pasta, &pasta->running);
	if (r == -ENOENT)
		return pasta_fail(pasta, r, "the program is not in PATH (cure: install passt)");
	if (r == -EPERM)
		return pasta_fail(pasta, r, "only root shows it a namespace (cure: as root, also that of a user namespace)");
	if (r < 0)
		return pasta_fail(pasta, r, strerror(-r));
	r = wait_until_ready(pasta);
	if (r == 0 && pasta->full->app->verbose)
		(void)!write(STDERR_FILENO, pasta->lines, pasta->used);
	return r;
}

void pasta_free(struct pasta *pasta)
{
	program_end(&pasta->running);
	free(pasta->argv);
}

/* ---- one under a name ---- */

static int start_recorded(struct pasta *pasta)
{
	int r = pasta_start(pasta);

	/* It is the set's from here on. */
	if (r == 0)
		program_release(&pasta->running);
	return r;
}

int network_outside(struct recipe_full *full, pid_t pid)
{
	nsm_cleanup(pasta_free) struct pasta pasta = { .full = full, .running = RUNNING_INIT, .pid = pid, .report = -EBADF };
	const char *dir;

	pasta.has_user = has_user(pid);
	nsmgr_config_making(full->config, &pasta.name, &dir);
	return pasta.name ? start_recorded(&pasta) : pasta_start_watched(&pasta);
}
