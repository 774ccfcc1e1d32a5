/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* deny CALL[:REQUEST]=ERRNO... -- COMMAND...: runs a command for which system calls fail as if the kernel did not have
 * them, so that what an older kernel needs is run on a newer one. Numbers all: of the call, of an ioctl's request, of the
 * errno. */

#include "../lib/denial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int parse(const char *rule, struct denial *ret)
{
	char *end;

	*ret = (struct denial){ .call = (unsigned)strtoul(rule, &end, 0) };
	if (end == rule)
		return -1;
	ret->has_request = *end == ':';
	if (ret->has_request)
		ret->request = (unsigned)strtoul(end + 1, &end, 0);
	if (*end != '=')
		return -1;
	ret->error = (unsigned)strtoul(end + 1, &end, 0);
	return *end ? -1 : 0;
}

int main(int argc, char **argv)
{
	struct denial denials[DENIALS];
	size_t count = 0;
	int i = 1;

	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (count == DENIALS || parse(argv[i], &denials[count++]) < 0) {
			fprintf(stderr, "deny: bad rule '%s'\n", argv[i]);
			return 2;
		}
	}
	if (i + 1 >= argc)
		return 2;
	if (deny(denials, count) < 0) {
		perror("deny: seccomp");
		return 3;
	}
	execvp(argv[i + 1], argv + i + 1);
	perror("deny: exec");
	return 127;
}
