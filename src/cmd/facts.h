/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_FACTS_H
#define NSM_CMD_FACTS_H

#include "cmd/inside.h"
#include "cmd/members.h"

#include <stdio.h>

/* Everything about one set, for show. */

struct fact_process {
	pid_t pid, tid; /* a thread that is there while its process is not, or 0 */
	unsigned types; /* in which of the set's namespaces it is */
	uid_t uid;
	char command[256]; /* cut if it is longer */
};

#define FACTS_LIMITS 64

/* A file of the set's cgroup, and its first line. */
struct fact_limit {
	char file[64];
	char value[128];
};

#define FACTS_UNSEEN 16

/* What is not known, and why. */
struct unseen {
	const char *what;
	char why[256];
};

struct facts {
	struct app *app;
	const char *name;
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	ino_t parents[NSMGR_TYPE_COUNT]; /* by handle; 0 where it has none, or none that we may see */
	int count;
	struct nsmgr_labels *labels;
	char *profile; /* that was recorded, or NULL */
	struct inside *inside;
	unsigned seen;	    /* types that were looked into */
	char cgroup[4096];  /* root of the cgroup namespace, or "" */
	enum nsmgr_origin own_cgroup; /* of the set itself, NSMGR_ORIGIN_UNKNOWN: it has none */
	char own_path[NSMGR_CGROUP_PATH_SIZE];
	bool own_gone, frozen;
	struct fact_limit limits[FACTS_LIMITS];
	size_t limit_count;
	enum { KEEPER_NONE, KEEPER_ALIVE, KEEPER_DEAD, KEEPER_UNKNOWN } keeper_state;
	pid_t keeper;	    /* of one alive */
	bool has_helper;
	struct nsmgr_helper helper;
	struct fact_process *processes;
	size_t process_count, process_size;
	bool has_processes; /* they were looked for */
	struct unseen unseen[FACTS_UNSEEN];
	size_t unseen_count;
};

/* Without `whole` it does not look at every process there is, and knows neither them nor the cgroup. STATUS_DONE, or what was said.
 * What cannot be found out is no failure, but among the unseen. */
int facts_gather(struct app *app, const char *name, bool whole, struct facts *ret);
void facts_free(struct facts *facts);

/* Adds to the unseen; the second what the context's failure says. */
void facts_add_unseen(struct facts *facts, const char *what, const char *why);
void facts_add_failure(struct facts *facts, const char *what);

bool facts_is_live(const struct facts *facts, enum nsmgr_type type);

/* facts_cgroup.c: the set's own cgroup: 0, or -errno with the failure recorded; and the root of its cgroup namespace. */
int facts_find_own_cgroup(struct facts *facts);
void facts_find_cgroup(struct facts *facts);

/* ---- facts_words.c: what was found, in words ---- */

/* Goes through the lines "INNER OUTER COUNT" of a map; false at the end. `cursor` is the text to begin with. */
bool facts_next_extent(const char **cursor, struct nsmgr_extent *ret);

/* An offset of a clock in seconds, "-1.500000000"; false where it is not known. */
bool facts_offset(const struct facts *facts, const char *clock, char *buf, size_t size);

/* "up", "no-carrier" or "down". */
const char *device_state(const struct device *device);

/* The profile by which apply made the set, in `buf`; NULL: it did not. */
const char *facts_applied(const struct facts *facts, char *buf, size_t size);

/* Goes through the lines of a recorded profile; false at the end. `cursor` is the text to begin with; *ret_default tells whether it
 * is one for commands, whose "exec-" is left out then. Remarks are passed over. */
bool facts_next_line(const char **cursor, bool *ret_default, char *ret, size_t size);

/* The set as a profile that makes one like it. STATUS_DONE, or what was said of a part that is not known. facts_profile.c */
int facts_write_profile(const struct facts *facts, FILE *out);

/* show_text.c, show_json.c, and show_mounts.c for the mounts among these: 0, or -errno. */
int facts_print_text(const struct facts *facts);
int facts_print_mounts(const struct facts *facts);
int facts_print_mounts_json(const struct facts *facts);
void facts_print_own_cgroup_json(const struct facts *facts); /* show_cgroup.c */
int facts_print_json(const struct facts *facts);

#endif
