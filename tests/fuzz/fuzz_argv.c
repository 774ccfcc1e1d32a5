/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The command line of every verb, as nsmgr-full takes it: strings, and behind the string "\xff" the contents of the file /in,
 * for options that read one. main() is the program's own under another name. */

#include "fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS 48

int nsmgr_main(int argc, char **argv);

void target_begin(int argc, char **argv)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* It neither waits for a word from us nor fills our terminal. */
	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		abort();
	if (argc == 1)
		dup2(null, STDOUT_FILENO), dup2(null, STDERR_FILENO);
	close(null);
	sandbox_enter(argc, argv);
	sandbox_write("/etc/passwd", (const uint8_t *)"root:x:0:0::/:/bin/sh\n", 22);
	sandbox_write("/in", NULL, 0);
}

void target_input(const uint8_t *data, size_t size)
{
	char *argv[ARGUMENTS + 2] = { (char[]){ "nsmgr" } }, *text;
	const uint8_t *file = memchr(data, 0xff, size);
	sigset_t mask;
	size_t count;

	if (file)
		sandbox_write("/in", file + 1, size - (size_t)(file + 1 - data));
	count = cut_strings(data, file ? (size_t)(file - data) : size, ARGUMENTS, argv + 1, &text);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	nsmgr_main((int)count + 1, argv);
	/* A verb that would have run something has taken signals for itself. */
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (file)
		sandbox_write("/in", NULL, 0);
	free(text);
}
