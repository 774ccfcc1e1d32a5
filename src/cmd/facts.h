/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_FACTS_H
#define NSM_CMD_FACTS_H

#include "cmd/inside.h"
#include "cmd/members.h"

/* Everything about one set, for show. */

struct fact_process {
	pid_t pid, tid; /* a thread that is there while its process is not, or 0 */
	unsigned types; /* in which of the set's namespaces it is */
	uid_t uid;
	char command[256]; /* cut if it is longer */
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
	struct inside *inside;
	unsigned seen;	    /* types that were looked into */
	char cgroup[4096];  /* root of the cgroup namespace, or "" */
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

/* STATUS_DONE, or what was said. What cannot be found out is no failure, but among the unseen. */
int facts_gather(struct app *app, const char *name, struct facts *ret);
void facts_free(struct facts *facts);

/* ---- facts_words.c: what was found, in words ---- */

/* Goes through the lines "INNER OUTER COUNT" of a map; false at the end. `cursor` is the text to begin with. */
bool facts_next_extent(const char **cursor, struct nsmgr_extent *ret);

/* An offset of a clock in seconds, "-1.500000000"; false where it is not known. */
bool facts_offset(const struct facts *facts, const char *clock, char *buf, size_t size);

/* "up", "no-carrier" or "down". */
const char *device_state(const struct device *device);

/* show_text.c, show_json.c: 0, or -errno. */
int facts_print_text(const struct facts *facts);
int facts_print_json(const struct facts *facts);

#endif
