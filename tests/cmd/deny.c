/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* deny CALL[:REQUEST]=ERRNO... -- COMMAND...: runs a command for which system calls fail as if the kernel did not have
 * them, so that what an older kernel needs is run on a newer one. Numbers all: of the call, of an ioctl's request, of the
 * errno. seccomp(2) */

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define RULES 32
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))

struct program {
	unsigned short count;
	struct sock_filter code[RULES * 6 + 1];
};

static void add(struct program *program, struct sock_filter instruction)
{
	program->code[program->count++] = instruction;
}

/* A rule jumps behind itself where it does not fit. The second argument is the request of an ioctl, of which the lower
 * half is enough. */
static int add_rule(struct program *program, const char *rule)
{
	unsigned long call, request = 0, error;
	char *end;
	int with_request;

	call = strtoul(rule, &end, 0);
	with_request = *end == ':';
	if (with_request)
		request = strtoul(end + 1, &end, 0);
	if (end == rule || *end != '=')
		return -1;
	error = strtoul(end + 1, &end, 0);
	if (*end || program->count > RULES * 6 - 6)
		return -1;
	add(program, (struct sock_filter)LOAD(nr));
	add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, with_request ? 3 : 1));
	if (with_request) {
		add(program, (struct sock_filter)LOAD(args[1]));
		add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)request, 0, 1));
	}
	add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error));
	return 0;
}

int main(int argc, char **argv)
{
	struct program program = { 0 };
	struct sock_fprog filter = { .filter = program.code };
	int i = 1;

	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (add_rule(&program, argv[i]) < 0) {
			fprintf(stderr, "deny: bad rule '%s'\n", argv[i]);
			return 2;
		}
	}
	if (i + 1 >= argc)
		return 2;
	add(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	filter.len = program.count;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0) {
		perror("deny: seccomp");
		return 3;
	}
	execvp(argv[i + 1], argv + i + 1);
	perror("deny: exec");
	return 127;
}
