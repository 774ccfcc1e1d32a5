/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* witness OUT [victim]: writes "up" to a file, and then "usr1" and "hup" for each of these signals that it gets; ends with
 * status 3 at SIGTERM. It waits for signals instead of handling them, so that none comes at a bad moment. A victim does nothing
 * about them. */

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int say(int out, const char *word)
{
	return write(out, word, strlen(word)) == (ssize_t)strlen(word);
}

int main(int argc, char **argv)
{
	int out = argc >= 2 ? open(argv[1], O_WRONLY | O_APPEND) : -1;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGTERM);
	if (argc == 3)
		return say(out, "up\n") ? pause() : 1;
	if (out < 0 || sigprocmask(SIG_BLOCK, &signals, NULL) < 0 || !say(out, "up\n"))
		return 1;
	for (;;) {
		switch (sigwaitinfo(&signals, NULL)) {
		case SIGUSR1:
			say(out, "usr1\n");
			break;
		case SIGHUP:
			say(out, "hup\n");
			break;
		case SIGTERM:
			return 3;
		default:
			return 2;
		}
	}
}
