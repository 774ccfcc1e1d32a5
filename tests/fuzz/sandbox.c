/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include "../lib/denial.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROOT "/mnt" /* covered in a mount namespace of our own */

static void must(bool done, const char *what)
{
	if (done)
		return;
	perror(what);
	exit(2);
}

/* The directories above `path`, and with `whole` itself. */
static void make_directories(const char *path, bool whole)
{
	char *copy = strdup(path);

	must(copy, "memory");
	for (char *p = copy + 1; *p; p++)
		if (*p == '/') {
			*p = '\0';
			must(mkdir(copy, 0755) == 0 || errno == EEXIST, copy);
			*p = '/';
		}
	must(!whole || mkdir(copy, 0755) == 0 || errno == EEXIST, copy);
	free(copy);
}

static void bring_directory(const char *path)
{
	char there[4096];
	struct stat st;

	if (path[0] != '/' || stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return;
	snprintf(there, sizeof(there), ROOT "%s", path);
	make_directories(there, true);
	must(mount(path, there, NULL, MS_BIND, NULL) == 0, path);
}

/* Where libFuzzer lets messages go. */
static void bring_null(void)
{
	static const char there[] = ROOT "/dev/null";

	make_directories(there, false);
	must(mknod(there, S_IFREG | 0644, 0) == 0 && mount("/dev/null", there, NULL, MS_BIND, NULL) == 0, there);
}

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[2] = { 0 };

	must(syscall(SYS_capset, &header, none) == 0, "capset");
}

void sandbox_enter(int argc, char **argv)
{
	static const struct denial denials[] = {
		{ .call = SYS_clone, .error = EPERM },	{ .call = 435 /* clone3 */, .error = EPERM },
		{ .call = SYS_fork, .error = EPERM },	{ .call = SYS_vfork, .error = EPERM },
		{ .call = SYS_execve, .error = EPERM }, { .call = SYS_execveat, .error = EPERM },
		{ .call = SYS_kill, .error = EPERM },	{ .call = 424 /* pidfd_send_signal */, .error = EPERM },
		{ .call = SYS_mount, .error = EPERM },	{ .call = SYS_umount2, .error = EPERM },
		{ .call = SYS_unshare, .error = EPERM }, { .call = SYS_setns, .error = EPERM },
		/* What would wait for ever. */
		{ .call = SYS_inotify_init1, .error = EPERM },
	};

	must(unshare(CLONE_NEWNS) == 0, "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private mounts");
	must(mount("tmpfs", ROOT, "tmpfs", 0, "mode=755") == 0, ROOT);
	for (int i = 1; i < argc; i++) {
		const char *value = strchr(argv[i], '=');

		bring_directory(argv[i][0] == '-' && value ? value + 1 : argv[i]);
	}
	bring_null();
	must(chroot(ROOT) == 0 && chdir("/") == 0, "chroot");
	drop_capabilities();
	must(deny(denials, sizeof(denials) / sizeof(denials[0])) == 0, "seccomp");
}

void sandbox_write(const char *path, const uint8_t *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 && errno == ENOENT) {
		make_directories(path, false);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	}
	must(fd >= 0 && write(fd, data, size) == (ssize_t)size, path);
	close(fd);
}

void sandbox_write_text(const char *path, const char *text)
{
	sandbox_write(path, (const uint8_t *)text, strlen(text));
}

size_t choose(uint8_t byte, size_t count)
{
	return (size_t)(byte >= 'a' ? byte - 'a' + 10 : byte >= '0' ? byte - '0' : byte) % count;
}

size_t cut_strings(const uint8_t *data, size_t size, size_t max, char *ret[], char **ret_text)
{
	char *text = malloc(size + 1), *p = text;
	size_t count = 0;

	must(text, "memory");
	memcpy(text, data, size);
	text[size] = '\0';
	while (count < max && p < text + size) {
		ret[count++] = p;
		p += strlen(p) + 1;
	}
	*ret_text = text;
	return count;
}
