/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_HUNT_H
#define NSM_CMD_HUNT_H

#include "base/text.h"
#include "cmd/app.h"
#include "cmd/inodes.h"
#include "cmd/mounts.h"
#include "cmd/procs.h"

/* The search for all that keeps some namespaces alive: namespaces(7), KERNEL R1. One pass over /proc. */

enum holder_kind {
	HOLDER_PROCESS,
	HOLDER_ZOMBIE,	 /* has ended, and keeps its pid namespace until it is reaped */
	HOLDER_THREAD,	 /* of a process that is not in it */
	HOLDER_CHILDREN, /* the children that a process will have are to be in it */
	HOLDER_FD,
	HOLDER_SOCKET, /* of a process that is in another network namespace */
	HOLDER_HANDLE, /* a mount in the store */
	HOLDER_MOUNT,  /* another one, here */
	HOLDER_COPY,   /* one in another mount namespace */
	HOLDER_PROC,   /* a file system of its processes, or of its message queues */
	HOLDER_MQUEUE,
	HOLDER_CHILD, /* a pid or user namespace made in it */
	HOLDER_OWNED, /* a namespace that a user namespace owns */
	HOLDER_HELPER, /* whatever of it, by the process outside that serves the set */
	HOLDER_KIND_COUNT
};

extern const char *const holder_kinds[HOLDER_KIND_COUNT];

struct holder {
	enum nsmgr_type type; /* of what is held */
	ino_t ino;
	enum holder_kind kind;
	const struct process *process; /* NULL: none is involved; of a mount, one that sees it */
	pid_t tid;		       /* 0 */
	int fd;			       /* -1 */
	const char *path;	       /* NULL */
	ino_t mntns;		       /* that a mount is in; 0 */
	dev_t dev;		       /* of a mount; 0 */
};

typedef int holder_fn(void *data, const struct holder *holder);

struct wanted {
	enum nsmgr_type type;
	ino_t ino;
	dev_t mqueue; /* device of the message queues of an ipc namespace; 0 where unknown */
};

/* A file system of processes that is known to be a pid namespace's. */
struct known_proc {
	dev_t dev;
	ino_t ino;
};

/* A mount namespace that was met as a file, in which no process may be. */
struct pending {
	ino_t ino;
	int fd;
};

struct hunt {
	struct nsmgr_ctx *ctx;
	const char *store;
	struct wanted *wanted; /* the caller's; is put in order */
	size_t wanted_count;
	unsigned types;
	const struct known_proc *procs; /* the caller's: for namespaces without processes, of which it shows nothing */
	size_t proc_count;
	holder_fn *found;
	void *data;
	/* the rest is ours */
	size_t hidden;	      /* how many processes could not be looked into */
	int why;	      /* -errno: of one of these */
	size_t hidden_tables; /* how many mount namespaces without a process could not */
	dev_t nsfs;
	ino_t own_mntns;
	bool numbers_are_ours;
	struct inodes explored; /* namespaces of which parents and owners were seen */
	struct inodes tables;	/* mount tables read: by namespace, and by root within */
	struct inodes mounts;	/* by id */
	struct pending *pending;
	size_t pending_count;
};

void hunt_free(struct hunt *hunt);
int hunt_run(struct hunt *hunt);

/* For wanted.mqueue, of the ipc namespace of a set; 0 where it cannot be found, and mounts of it are not told from those of others. */
dev_t hunt_mqueue_device(struct nsmgr_set *set);

/* Says what could not be looked into: an answer that is short of something says so. */
void hunt_say_hidden(const struct hunt *hunt, const struct app *app);

/* ---- between the files of the hunt ---- */

/* The wanted namespace of that number on nsfs, or NULL. */
const struct wanted *hunt_match(const struct hunt *hunt, ino_t ino);

/* hunt_process.c: a process_fn. */
int hunt_process(void *data, const struct process *process);

/* hunt_relations.c: parents and owner of a namespace, once; the path tells where it was found. Does not take the fd. */
bool hunt_wants_relations(const struct hunt *hunt, enum nsmgr_type type);
int hunt_explore(struct hunt *hunt, int ns, const struct process *process);

/* hunt_mounts.c: our mount table, and the one that a process sees; -EACCES: not ours to look at. */
int hunt_own_mounts(struct hunt *hunt);
int hunt_mounts(struct hunt *hunt, const struct process *process);

/* The same of a copy of a table, by which nothing can be opened. */
int hunt_copied_mounts(struct hunt *hunt, ino_t mntns, const char *path);

/* hunt_pending.c: remembers a mount namespace for hunt_pending(), which looks into those without a process. */
int hunt_postpone(struct hunt *hunt, int mntns);
int hunt_pending(struct hunt *hunt);

#endif
