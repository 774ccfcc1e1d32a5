/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* replay DIRECTORY: each of its files is an input, tried once; for builds without a fuzzer. A target that crashes or hangs shows
 * it. The inputs are read before the target shuts itself in. */

#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUTS 4096

struct input {
	uint8_t *data;
	size_t size;
};

static int fail(const char *what)
{
	perror(what);
	return 2;
}

static int read_input(const char *path, struct input *ret)
{
	FILE *file = fopen(path, "re");
	struct stat st;

	if (!file || fstat(fileno(file), &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	ret->size = (size_t)st.st_size;
	ret->data = malloc(ret->size + 1);
	if (!ret->data || fread(ret->data, 1, ret->size, file) != ret->size)
		return -1;
	fclose(file);
	return 0;
}

int main(int argc, char **argv)
{
	static struct input inputs[INPUTS];
	size_t count = 0;
	struct dirent *entry;
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;

	if (!dir || chdir(argv[1]) < 0)
		return fail(argc == 2 ? argv[1] : "usage: replay DIRECTORY");
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (count == INPUTS || read_input(entry->d_name, &inputs[count++]) < 0)
			return fail(entry->d_name);
	}
	closedir(dir);
	argc = 1;
	LLVMFuzzerInitialize(&argc, &argv);
	for (size_t i = 0; i < count; i++) {
		alarm(20);
		LLVMFuzzerTestOneInput(inputs[i].data, inputs[i].size);
		free(inputs[i].data);
	}
	fprintf(stderr, "%zu inputs\n", count);
	return count ? 0 : 1;
}
