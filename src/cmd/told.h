/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_TOLD_H
#define NSM_CMD_TOLD_H

#include "cmd/app.h"

/* Options as they were told, by a command line or a profile, in their order. */
struct told {
	int id;
	const char *value; /* borrowed, or NULL */
	const char *file;  /* of a profile, borrowed; NULL: the command line */
	unsigned line;
};

struct told_list {
	struct told *array;
	size_t count, size;
};

/* false: out of memory. */
bool told_add(struct told_list *list, const struct told *told);
void told_free(struct told_list *list);
bool told_has(const struct told_list *list, int id);

/* Puts `over` behind those of `base` that it leaves standing: an option that is in both, and does not add up, is
 * taken from `over` alone. `find` gives the row of an id. `base` becomes the result; false: out of memory. */
typedef const struct opt *told_find_fn(int id);
bool told_merge(struct told_list *base, const struct told_list *over, told_find_fn *find);

/* Where in the value of an option a path of the outside begins that means another file from elsewhere; NULL: nowhere. What has no '/' is
 * a name where that is possible ("tmpfs", "LABEL=x", a PID). */
const char *told_relative(const struct opt *opt, const char *value);

/* The value with such a path from the root, to be freed; NULL: it is so already, or nobody knows where we are. */
char *told_absolute(const struct opt *opt, const char *value);

/* From here on messages are about this option: app->file. */
void told_point(struct app *app, const struct told *told);

/* One as a line of a profile (nsmgr.conf(5)), with what would be read otherwise there as \xHH: adds to *size what it needs, and writes it
 * where `to` is not NULL. `prefix` stands before the name. */
void told_write(char *to, size_t *size, const char *prefix, const char *name, const char *value);

#endif
