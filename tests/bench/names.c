/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "names.h"

#include "bench.h"

#include <stdlib.h>
#include <unistd.h>

/* What one command line takes, with room to spare. */
#define PER_CALL 2000

static size_t length(const char *const *words)
{
	size_t len = 0;

	while (words && words[len])
		len++;
	return len;
}

struct names names_make(const char *const *front, unsigned first, unsigned count, const char *const *behind)
{
	size_t in_front = length(front), after = length(behind);
	struct names names = {
	    .argv = calloc(in_front + count + after + 1, sizeof(*names.argv)),
	    .text = calloc(count, NAME_SIZE),
	};

	if (!names.argv || !names.text)
		_exit(1);
	for (size_t i = 0; i < in_front; i++)
		names.argv[i] = front[i];
	for (unsigned i = 0; i < count; i++) {
		char *name = names.text + (size_t)i * NAME_SIZE;

		snprintf(name, NAME_SIZE, NAME_FORMAT, first + i);
		names.argv[in_front + i] = name;
	}
	for (size_t i = 0; i < after; i++)
		names.argv[in_front + count + i] = behind[i];
	return names;
}

void names_free(struct names *names)
{
	free(names->argv);
	free(names->text);
	*names = (struct names){0};
}

int names_batch(const char *path, const char *verb, unsigned count)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return -1;
	for (unsigned i = 0; i < count; i++)
		fprintf(file, "%s " NAME_FORMAT "\n", verb, i);
	return fclose(file) == 0 ? 0 : -1;
}

int names_fill(const struct programs *programs, const char *store, unsigned first, unsigned end)
{
	const char *const front[] = {programs->front, "create", NULL};
	const char *const behind[] = {"--uts", NULL};

	for (unsigned count; first < end; first += count) {
		struct names names;
		int r;

		count = end - first < PER_CALL ? end - first : PER_CALL;
		names = names_make(front, first, count, behind);
		r = programs_run(programs, store, names.argv);
		names_free(&names);
		if (r < 0)
			return -1;
	}
	return 0;
}
