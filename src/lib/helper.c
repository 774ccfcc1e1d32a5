/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/helper.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "lib/init.h"
#include "lib/own.h"
#include "lib/proc.h"
#include "lib/sys.h"

#include <sys/stat.h>

#define FILE_SIZE 256

bool nsm_helper_is_kind(const char *kind)
{
	size_t len = strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len && !kind[len] && len < sizeof(((struct nsm_helper *)NULL)->kind);
}

/* Field 22 of its stat: behind the command, which may hold anything, come blanks and numbers. proc_pid_stat(5) */
static int read_start(pid_t pid, uint64_t *ret)
{
	char path[40], buf[1024];
	struct nsm_text text = NSM_TEXT(path);
	const char *p;
	ssize_t len;

	nsm_text_add(&text, "/proc/%ld/stat", (long)pid);
	len = nsm_read_text_at(AT_FDCWD, path, buf, sizeof(buf));
	if (len < 0)
		return (int)len;
	p = strrchr(buf, ')');
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (!p)
		return -EBADMSG;
	p++;
	return nsm_parse_u64_prefix(&p, ret);
}

static int own_pidns(uint64_t *ret)
{
	struct stat st;

	if (stat(NSM_PROC_SELF "/ns/pid", &st) < 0)
		return -errno;
	*ret = st.st_ino;
	return 0;
}

int nsm_helper_of(const char *kind, pid_t pid, struct nsm_helper *ret)
{
	struct nsm_helper helper = { .pid = pid };
	int r = own_pidns(&helper.pidns);

	if (!nsm_copy(helper.kind, sizeof(helper.kind), kind))
		return -EINVAL;
	if (r == 0)
		r = nsm_boot_id(helper.boot_id);
	if (r == 0)
		r = read_start(pid, &helper.start);
	if (r == 0)
		*ret = helper;
	return r == -ENOENT ? -ESRCH : r;
}

int nsm_helper_write(int dir, const char *path, bool mode_exact, const struct nsm_helper *helper)
{
	char buf[FILE_SIZE];
	struct nsm_text text = NSM_TEXT(buf);

	nsm_text_add(&text, "helper %s %ld %llu %llu %s\n", helper->kind, (long)helper->pid, (unsigned long long)helper->start,
		     (unsigned long long)helper->pidns, helper->boot_id);
	return text.cut ? -EMSGSIZE : nsm_write_new_at(dir, path, mode_exact, buf, text.len);
}

/* The newline vouches for the whole. */
static int parse(char *line, struct nsm_helper *ret)
{
	char *end = strchr(line, '\n');
	const char *word, *kind, *pid, *start, *pidns;
	uint32_t number;

	if (!end)
		return -EBADMSG;
	*end = '\0';
	word = nsm_token(&line, ' ');
	kind = nsm_token(&line, ' ');
	pid = nsm_token(&line, ' ');
	start = nsm_token(&line, ' ');
	pidns = nsm_token(&line, ' ');
	if (!pidns || !line || !nsm_streq(word, "helper") || !nsm_helper_is_kind(kind) || !nsm_copy(ret->kind, sizeof(ret->kind), kind) ||
	    nsm_parse_u32(pid, &number) < 0 || number == 0 || number > INT32_MAX || nsm_parse_u64(start, &ret->start) < 0 ||
	    nsm_parse_u64(pidns, &ret->pidns) < 0 || !nsm_copy(ret->boot_id, sizeof(ret->boot_id), line))
		return -EBADMSG;
	ret->pid = (pid_t)number;
	return 0;
}

int nsm_helper_read(int root, int setdir, struct nsm_helper *ret)
{
	nsm_autoclose int fd = nsm_own_file(setdir, NSM_HELPER_FILE);
	struct nsm_helper helper = { .pid = 0 };
	char buf[FILE_SIZE];
	ssize_t len;
	int r = fd < 0 ? fd : nsm_own_judge(root, setdir, fd);

	if (r < 0)
		return r == -EPERM ? -EBADMSG : r;
	len = nsm_read_once(fd, buf, sizeof(buf));
	if (len < 0)
		return len == -EFBIG ? -EBADMSG : (int)len;
	if (parse(buf, &helper) < 0)
		return -EBADMSG;
	*ret = helper;
	return 0;
}

int nsm_helper_find(const struct nsm_helper *helper, int *ret_pidfd)
{
	nsm_autoclose int pidfd = -EBADF;
	char boot_id[NSM_BOOT_ID_SIZE];
	uint64_t pidns = 0, start = 0;
	int r = nsm_boot_id(boot_id);

	if (r < 0 || !nsm_streq(boot_id, helper->boot_id))
		return r;
	r = own_pidns(&pidns);
	if (r < 0)
		return r;
	if (pidns != helper->pidns)
		return -EXDEV;
	/* The pidfd first: what is read then is of that process, or it has ended. */
	pidfd = nsm_proc_pidfd(helper->pid);
	if (pidfd < 0)
		return pidfd == -ESRCH ? 0 : pidfd;
	r = read_start(helper->pid, &start);
	if (nsm_pidfd_has_ended(pidfd))
		return 0;
	if (r < 0)
		return r == -ENOENT || r == -ESRCH ? -EXDEV : r; /* a /proc that does not show it */
	if (start != helper->start)
		return 0;
	*ret_pidfd = take_fd(pidfd);
	return 1;
}

int nsm_helper_end(int root, int setdir)
{
	nsm_autoclose int pidfd = -EBADF;
	struct nsm_helper helper;
	siginfo_t info;
	int r = nsm_helper_read(root, setdir, &helper);

	if (r < 0)
		return r == -ENOENT || r == -EBADMSG ? 0 : r;
	r = nsm_helper_find(&helper, &pidfd);
	if (r <= 0)
		return r;
	r = nsm_pidfd_end(pidfd);
	/* Of a set that is being made it is our own child. */
	nsm_sys_pidfd_wait(pidfd, false, &info, NULL);
	return r;
}
