/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "base/text.h"

#include <unistd.h>

#define PID_SIZE 12

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

extern char **environ;

/* The length of the name in "NAME=VALUE" or "NAME". */
static size_t name_length(const char *assignment)
{
	return strcspn(assignment, "=");
}

static char **find(char **environment, const char *name, size_t len)
{
	for (; *environment; environment++)
		if (strncmp(*environment, name, len) == 0 && (*environment)[len] == '=')
			return environment;
	return NULL;
}

/* All of that name: what is inherited may have it twice. */
static void unset(char **environment, const char *name, size_t len)
{
	char **at;

	while ((at = find(environment, name, len)))
		while ((at[0] = at[1]))
			at++;
}

/* The last assignment of a name is the one; the array has room for all. */
static void set(char **environment, const char *assignment)
{
	char **at = environment;

	unset(environment, assignment, name_length(assignment));
	while (*at)
		at++;
	at[0] = (char *)(uintptr_t)assignment;
	at[1] = NULL;
}

static void apply(char **environment, const char *change)
{
	if (change[0] == '-') {
		unset(environment, change + 1, strlen(change + 1));
	} else if (strchr(change, '=')) {
		set(environment, change);
	} else {
		char **own = environ ? find(environ, change, strlen(change)) : NULL;

		if (own)
			set(environment, *own);
	}
}

int nsmgr_command_env(struct nsmgr_command *command, const char *assignment)
{
	const char *name = assignment + (*assignment == '-');
	const char **changes;

	if (!*name || *name == '=' || (name != assignment && strchr(name, '=')))
		return nsm_fail_text(command->ctx, -EINVAL, "environment", NSMGR_TYPE_NONE, NULL,
				     "neither NAME=VALUE, nor NAME, nor -NAME");
	changes = realloc(command->env, (command->env_count + 1) * sizeof(*changes));
	if (!changes)
		return nsm_fail(command->ctx, -ENOMEM, "environment", NSMGR_TYPE_NONE, NULL);
	command->env = changes;
	command->env[command->env_count++] = assignment;
	return 0;
}

void nsmgr_command_clear_env(struct nsmgr_command *command)
{
	command->clear_env = true;
}

int nsmgr_command_env_pid(struct nsmgr_command *command, const char *name)
{
	size_t len = strlen(name);
	char *variable;

	if (!len || strchr(name, '='))
		return nsm_fail_text(command->ctx, -EINVAL, "environment", NSMGR_TYPE_NONE, NULL,
				     "'%s' is no name of a variable", name);
	variable = malloc(len + 1 + PID_SIZE);
	if (!variable)
		return nsm_fail(command->ctx, -ENOMEM, "environment", NSMGR_TYPE_NONE, NULL);
	memcpy(variable, name, len);
	memcpy(variable + len, "=", 2);
	free(command->pid_env);
	command->pid_env = variable;
	return 0;
}

void nsm_environment_put_pid(struct nsmgr_command *command)
{
	struct nsm_text text = { 0 };

	if (!command->pid_env)
		return;
	text.buf = command->pid_env + name_length(command->pid_env) + 1;
	text.size = PID_SIZE;
	nsm_text_add(&text, "%ld", (long)getpid());
}

int nsm_environment_build(struct nsmgr_command *command, char ***ret_environment)
{
	size_t count = 0;
	char **environment;

	if (!command->clear_env && environ)
		while (environ[count])
			count++;
	environment = malloc((count + command->env_count + 4) * sizeof(*environment));
	if (!environment)
		return nsm_fail(command->ctx, -ENOMEM, "environment", NSMGR_TYPE_NONE, NULL);
	if (count)
		memcpy(environment, environ, count * sizeof(*environment));
	environment[count] = NULL;
	if (*command->name_env)
		apply(environment, command->name_env);
	for (size_t i = 0; i < command->env_count; i++)
		apply(environment, command->env[i]);
	if (command->pid_env)
		set(environment, command->pid_env);
	*ret_environment = environment;
	return 0;
}

struct search {
	const char *program;
	const char *const *argv;
	char *const *environment;
};

static int exec_at(const struct search *search, const char *path)
{
	if (!search->argv)
		return access(path, X_OK) < 0 ? -errno : 0;
	execve(path, (char *const *)(uintptr_t)search->argv, search->environment);
	return -errno;
}

/* DIR/FILE; the directory is `len` bytes at `dir`, an empty one is the present directory. */
static nsm_own_frame int exec_in(const struct search *search, const char *dir, size_t len)
{
	size_t file_len = strlen(search->program);
	char path[4096];

	if (len + file_len + 2 > sizeof(path))
		return -ENAMETOOLONG;
	memcpy(path, dir, len);
	if (len)
		path[len++] = '/';
	memcpy(path + len, search->program, file_len + 1);
	return exec_at(search, path);
}

int nsm_exec_search(const char *program, const char *const argv[], char *const environment[])
{
	char **path_entry = find((char **)(uintptr_t)environment, "PATH", 4);
	const char *path = path_entry ? *path_entry + 5 : DEFAULT_PATH;
	const struct search search = { program, argv, environment };
	int r = -ENOENT;

	if (!*program)
		return -ENOENT;
	if (strchr(program, '/'))
		return exec_at(&search, program);
	for (;;) {
		size_t len = strcspn(path, ":");
		int tried = exec_in(&search, path, len);

		/* What cannot be executed here may be found further on; it is told only if nothing is. */
		if (tried == -EACCES)
			r = tried;
		else if (tried != -ENOENT && tried != -ENOTDIR && tried != -ENAMETOOLONG)
			return tried;
		if (!path[len])
			return r;
		path += len + 1;
	}
}
