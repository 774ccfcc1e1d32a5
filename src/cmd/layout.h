/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_LAYOUT_H
#define NSM_CMD_LAYOUT_H

#include "cmd/app.h"
#include "cmd/image.h"
#include "cmd/mount_opts.h"

/* What a set's mount namespace is to look like: a root, mounts, files. The command line is read into a list of entries, and all
 * that they name outside is opened, before anything is made; a child in the new namespaces puts them there (layout_inside.h). */

enum entry_kind {
	ENTRY_BIND,
	ENTRY_TMPFS,
	ENTRY_PROC,
	ENTRY_SYSFS,
	ENTRY_MQUEUE,
	ENTRY_CGROUP2,
	ENTRY_DEV,
	ENTRY_FS,
	ENTRY_FILE,
	ENTRY_DIR,
	ENTRY_SYMLINK,
};

/* Something outside. The child has no descriptor of ours (it could not mount by one of another mount namespace either): it opens
 * the path once more, and takes it only if it finds this very inode, which cannot be another's as long as it is open here. */
struct source {
	char *path; /* without links */
	int fd;
	dev_t dev;
	ino_t ino;
	mode_t mode;
};

struct entry {
	enum entry_kind kind;
	char *target; /* absolute, without empty components, "." and "..": "/" is the root */
	struct source source;	/* of a bind */
	struct image *image;	/* of --fs=; its options are here too, but for what the image itself takes */
	char *text;		/* what a file has, where a link leads */
	size_t len;
	mode_t mode;		/* of a directory */
	bool has_mode;
	bool idmap;		/* of a bind: owners as in the set's user namespace */
	unsigned number;	/* of the descriptor that comes from outside, of an image or with idmap */
	bool of_keeper;		/* only where the set has a keeper, whose /proc it is */
	struct mount_opts opts;
};

/* As many descriptors come from outside for it at most; those behind them are for others (nsmgr_config_hand_fd(3)). */
#define LAYOUT_HANDED 63

struct layout {
	struct app *app;
	struct entry *entries; /* when checked: parents first, and one at a target; the root, if the set has its own, before all */
	size_t count, size;
	char *old_root;	  /* where the root of the surroundings is kept; NULL: nowhere */
	unsigned handed;  /* descriptors that come from outside: the next number */
	bool has_rootfs;  /* --rootfs: the root is read-only in the end, unless one is given */
};

void layout_free(struct layout *layout);

/* One option, as an id of create_opts.h. STATUS_DONE, or what was said. */
int layout_option(struct layout *layout, int id, const char *value);

/* Once all are read: whether they fit together. `own_proc`: where the set has a root of its own, a /proc is to be mounted there,
 * if it has a keeper, unless the entries say otherwise. */
int layout_check(struct layout *layout, bool own_proc);

/* Whether the set gets a root of its own: the first entry. */
bool layout_has_root(const struct layout *layout);

/* Whether one of its images is on a device. */
bool layout_has_device(const struct layout *layout);

/* Whether something is bound with other owners. */
bool layout_has_idmap(const struct layout *layout);

/* In the hook outside: what has to be made there. `pid` is in the new user namespace, if there is one. */
int layout_prepare(struct nsmgr_config *config, const struct layout *layout, pid_t pid);

/* The option of an entry's kind, "bind", and what is done with the entry, the same or "rootdir": for messages. */
const char *entry_option(const struct entry *entry);
const char *entry_step(const struct entry *entry);

void entry_free(struct entry *entry);

/* ---- layout_parse.c ---- */

/* Splits the next field off *cursor, up to a ':' without a backslash before it, and takes the backslashes away. *cursor is NULL
 * behind the last. NULL: there is no memory. */
char *field_next(const char **cursor);

/* An absolute path in its shortest form, to be freed. STATUS_DONE, or what was said. */
int target_parse(const struct app *app, const char *option, const char *text, char **ret);

/* Opens something outside. STATUS_DONE, or what was said. */
int source_open(const struct app *app, const char *option, const char *path, struct source *ret);
void source_free(struct source *source);

/* ---- layout_fs.c ---- */

/* SRC:DST[:TYPE[:OPTS]] of --fs=. */
int layout_fs(struct layout *layout, const char *value);

/* ---- layout_sources.c ---- */

/* The entries of --rootfs=DIR: a bind for each directory, a link for each link. */
int layout_rootfs(struct layout *layout, const char *dir);

/* The whole of a file outside. */
int host_file_read(const struct app *app, const char *path, char **ret, size_t *ret_len);

/* A new entry at the end, which owns `target` (NULL: there was no memory); NULL after having said so. */
struct entry *layout_add(struct layout *layout, enum entry_kind kind, char *target);

#endif
