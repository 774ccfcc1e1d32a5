/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_TARGETS_H
#define NSM_CMD_TARGETS_H

#include "base/text.h"
#include "cmd/app.h"
#include "cmd/procs.h"

/* The namespaces of one set, for the verbs that look for processes in them. */
struct targets {
	const struct app *app;
	const char *name;
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT]; /* by type */
	unsigned types;				       /* those that are looked for */
	unsigned common; /* of them, those that process 1 of the machine or container is in as well */
	char cgroup[NSMGR_CGROUP_PATH_SIZE]; /* of its own, where its processes are looked for as well; "" */
	ino_t own_pid;	 /* our own pid namespace */
	pid_t *keepers;	 /* of the store, once one had to be known */
	size_t keeper_count;
	bool has_keepers;
};

void targets_free(struct targets *targets);

/* Those of `types` that the set has; 0: the usual ones, which are its pid namespace if it has one, else all, and the cgroup that
 * it made. Those that are common are not among the usual ones, unless there is nothing else. Gives a status, and what is wrong
 * was said. */
int targets_open(struct app *app, const char *name, unsigned types, struct targets *targets);

/* The usual ones of a set whose handles are known, of those that are live or dead; there may be none. Says nothing. */
void targets_of_handles(const struct app *app, const char *name, const struct nsmgr_handle handles[], int count,
			struct targets *targets);

/* In which of them the process is: below a pid namespace is in it, too. -errno where that cannot be told. */
int targets_types_of(const struct targets *targets, const struct process *process, unsigned *ret_types);

/* Whether it is in any of them, or in the cgroup or one below it: 0, 1, or -errno where that cannot be told. */
int targets_have(const struct targets *targets, const struct process *process);

/* Whether it is in the cgroup alone: 0, 1, or -errno. */
int targets_has_in_cgroup(const struct targets *targets, const struct process *process);

/* Whether the process is the keeper of a set of this store: 0, 1, or -errno where that cannot be told. */
int targets_is_keeper(struct targets *targets, pid_t pid, const struct process_details *details);

/* Whether a process of which not all is to be seen may be in one of them. */
bool targets_may_have(const struct targets *targets, const struct process *process);

/* "net uts" */
void add_types(struct nsm_text *text, unsigned types);

/* ["net","uts"] */
#define TYPES_JSON_SIZE 80
void add_types_json(struct nsm_text *text, unsigned types);

#endif
