/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* plant socket PATH, plant names DIR, plant crowd DIR FILES DIRS: what a shell cannot make, or takes too long to make. A socket; a
 * file and a directory for each byte that a name can have; many entries, of which the directories have names of sets. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_file(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	return fd < 0 ? -1 : close(fd);
}

static int make_names(void)
{
	for (int byte = 1; byte < 256; byte++) {
		char dir[] = { 'd', (char)byte, 'x', '\0' }, file[] = { (char)byte, 'f', '\0' };

		if (byte != '/' && (mkdir(dir, 0755) < 0 || make_file(file) < 0))
			return -1;
	}
	return 0;
}

static int make_crowd(unsigned long files, unsigned long dirs)
{
	char name[32];

	for (unsigned long i = 0; i < files; i++) {
		snprintf(name, sizeof(name), "file%lu", i);
		if (make_file(name) < 0)
			return -1;
	}
	for (unsigned long i = 0; i < dirs; i++) {
		snprintf(name, sizeof(name), "dir%lu", i);
		if (mkdir(name, 0755) < 0)
			return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	int r = -1;

	if (argc == 3 && strcmp(argv[1], "socket") == 0)
		r = mknod(argv[2], S_IFSOCK | 0644, 0);
	else if (argc >= 3 && chdir(argv[2]) < 0)
		r = -1;
	else if (argc == 3 && strcmp(argv[1], "names") == 0)
		r = make_names();
	else if (argc == 5 && strcmp(argv[1], "crowd") == 0)
		r = make_crowd(strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10));
	if (r < 0)
		perror("plant");
	return r < 0;
}
