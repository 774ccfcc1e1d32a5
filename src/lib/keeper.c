/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/keeper.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "lib/sys.h"
#include "lib/trim.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TITLE_SIZE 128

struct nsm_title nsm_title_find(void)
{
	struct nsm_title title = { 0 };
	uint64_t fields[52] = { 0 };
	char text[1024];
	const char *p;

	if (nsm_read_text_at(AT_FDCWD, "/proc/self/stat", text, sizeof(text)) < 0)
		return title;
	/* The command, field 2, may hold anything; numbers begin two fields behind its end. proc_pid_stat(5). */
	p = strrchr(text, ')');
	for (int field = 3; p && field < 52; field++) {
		p = strchr(p, ' ');
		if (p && nsm_parse_u64_prefix(&(const char *){ ++p }, &fields[field]) < 0)
			fields[field] = 0; /* a letter, or a negative number */
	}
	/* arg_start, arg_end and env_end are 48, 49 and 51; the environment lies behind the arguments, and is of no more
	 * use. */
	if (fields[48] && fields[49] > fields[48] && fields[51] >= fields[49]) {
		title.start = (char *)(uintptr_t)fields[48];
		title.arguments = (size_t)(fields[49] - fields[48]);
		title.size = (size_t)(fields[51] - fields[48]);
	}
	return title;
}

void nsm_title_set(const struct nsm_title *title, const char *name)
{
	char line[TITLE_SIZE];
	struct nsm_text text = NSM_TEXT(line);

	nsm_text_add(&text, "nsmgr: %s", name);
	if (title->size) {
		memset(title->start, 0, title->arguments);
		nsm_copy(title->start, title->size, line);
		/* Where the last byte of the arguments is no longer zero, the kernel shows what is before the first
		 * zero and nothing behind it: get_mm_cmdline() in fs/proc/base.c. */
		if (text.len + 1 < title->arguments)
			title->start[title->arguments - 1] = ' ';
	}
	prctl(PR_SET_NAME, "nsmgr");
}

/* The pages of the environment alone: a long one would be kept for as long as the set. */
static void drop_environment(const struct nsm_title *title)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)title->start + title->arguments + TITLE_SIZE + page - 1) & ~(page - 1);
	uintptr_t to = ((uintptr_t)title->start + title->size) & ~(page - 1);

	if (title->size && from < to)
		madvise((void *)from, to - from, MADV_DONTNEED);
}

void nsm_keeper_prepare(void)
{
	struct sigaction action = { .sa_handler = SIG_IGN };
	sigset_t none;

	nsm_sys_reset_handlers();
	/* Ignored, the kernel reaps what is left to us, and we are never woken. */
	sigaction(SIGCHLD, &action, NULL);
	sigemptyset(&none);
	nsm_sys_restore_signals(&none);
	setsid();
	(void)!chdir("/");
	/* Nobody inside may look into a process from outside (LESSONS security 4). */
	prctl(PR_SET_DUMPABLE, 0);
}

_Noreturn void nsm_keeper_stay(const struct nsm_title *title)
{
	drop_environment(title);
	nsm_sys_close_range(0, ~0u, false);
	nsm_trim_memory();
	for (;;)
		pause();
}

_Noreturn void nsm_keeper_stay_tied(const struct nsm_title *title, int socket)
{
	char nothing;
	ssize_t n;

	drop_environment(title);
	if (socket > 0)
		nsm_sys_close_range(0, (unsigned)socket - 1, false);
	nsm_sys_close_range((unsigned)socket + 1, ~0u, false);
	nsm_trim_memory();
	do
		n = recv(socket, &nothing, 1, 0);
	while (n > 0 || (n < 0 && errno == EINTR));
	_exit(0);
}
