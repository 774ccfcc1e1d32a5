/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_STORE_H
#define NSMGR_STORE_H

/* The sets under names, in the store of the context. */

#include <nsmgr/config.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NSMGR_CREATE_EXIST_OK 1u  /* a set of that name with exactly these types and pins is a success */
#define NSMGR_CREATE_FROM_POOL 2u /* takes a ready set of the store's pool, if there is one: see nsmgr_store_fill() */

/* Makes a set under a name, whole or not at all, of a configuration of the same context. Needs CAP_SYS_ADMIN in the user
 * namespace that owns the caller's mount namespace. -EEXIST; -EINVAL from the name or the configuration; -ENOENT: no range for
 * map_auto; -ENOSPC: a limit of namespaces, mounts or files; -EXDEV: the store's mounts are in another mount namespace; and what
 * else unshare(2), mount(2) and open(2) give. */
int nsmgr_create(struct nsmgr_ctx *ctx, const char *name, struct nsmgr_config *config, unsigned flags);

/* Called for each name in order, whatever became of the others: 0, or -errno with nsmgr_get_failure() set. The name is the
 * caller's own. */
typedef void nsmgr_result_fn(void *data, const char *name, int result);

/* The same for many names, each whole or not at all whatever becomes of the others. Gives the number of
 * failures, or -errno when it could not begin. */
int nsmgr_create_many(struct nsmgr_ctx *ctx, const char *const names[], size_t count,
		      struct nsmgr_config *config, unsigned flags, nsmgr_result_fn *done, void *data);

#define NSMGR_REMOVE_KILL 1u   /* end the processes of a pid namespace that the set made */
#define NSMGR_REMOVE_WAIT 2u   /* wait for them to end by themselves; KILL goes before it */
#define NSMGR_REMOVE_FORCE 4u  /* although the handles are in another mount namespace, or who is inside cannot be seen */
#define NSMGR_REMOVE_MISSING 8u /* no such set is a success */

/* Takes sets apart so that the kernel can free them. A result is told once that is done for its name, which may be after the work on
 * names that follow: handles of many sets are detached together. `timeout` bounds the WAIT of a name, NULL is for ever.
 * -EBUSY: processes other than the keeper live in its pid namespace; -ETIMEDOUT: they still do, or, killed and with the
 * set gone, are not reaped by a parent outside; -ENOENT, -ENOTDIR: no such set; -EXDEV as above, or the pid namespace is
 * outside the caller's tree; -ENOTEMPTY: something that is no handle lies in the set; -EINVAL: the name, or KILL of a
 * pid namespace that the set did not make. */
int nsmgr_remove(struct nsmgr_ctx *ctx, const char *name, unsigned flags, const struct timespec *timeout);
int nsmgr_remove_many(struct nsmgr_ctx *ctx, const char *const names[], size_t count, unsigned flags,
		      const struct timespec *timeout, nsmgr_result_fn *done, void *data);

/* Gives a set another name, in one step. -ENOENT: no such set; -EEXIST: there is one of the new name, or, where the set has its
 * name in /run/netns as well, something of the new name there; -EXDEV as above. A keeper goes on showing the name it began
 * with. A caller that is killed meanwhile leaves the set under one of the names, and possibly both of them in /run/netns:
 * nsmgr_ip_netns_add() takes the one away that is too much, nsmgr_remove() and nsmgr_ip_netns_remove() both. */
int nsmgr_rename(struct nsmgr_ctx *ctx, const char *old_name, const char *new_name);

/* Where ip-netns(8) has its names. */
#define NSMGR_IP_NETNS_DIR "/run/netns"

/* Has the network namespace of a set as /run/netns/NAME too, so that ip(8) and all who look there find it: a second mount, on
 * an empty file of mode 0, in a directory that is made and becomes a shared mount as ip-netns(8) has it. The set records
 * the name, which follows nsmgr_rename(), goes with nsmgr_remove(), and is given up by nsmgr_ip_netns_remove(); a name that is
 * that namespace already is a success, and stays whose it was. Nothing but the recorded namespace is ever unmounted. -ENOENT:
 * no such set, or without a network namespace; -EEXIST: the name is there for something else; -ESTALE: the handle is stale or
 * foreign; -EXDEV as above; -EBUSY: the directory cannot be mounted; -ELOOP: a file of the store is a symbolic link; -ENOSPC: a
 * limit of mounts, or a full file system; -EROFS: that of the store or of /run is read-only. */
int nsmgr_ip_netns_add(struct nsmgr_ctx *ctx, const char *name);

/* Takes away what was recorded; without a record a success. -ENOENT: no such set; -EBUSY: the file cannot be unlinked; and
 * -ELOOP, -ENOSPC, -EROFS and -EXDEV as above. */
int nsmgr_ip_netns_remove(struct nsmgr_ctx *ctx, const char *name);

/* ---- Listing ---- */

enum nsmgr_state {
	NSMGR_LIVE,
	NSMGR_STALE,	/* a file without a mount */
	NSMGR_DEAD,	/* a pid namespace without a living init */
	NSMGR_UNKNOWN,	/* a pid namespace outside the caller's tree of pid namespaces */
	NSMGR_FOREIGN,	/* not the namespace that was recorded, or of the wrong type */
	NSMGR_ELSEWHERE /* mounted in another mount namespace */
};

const char *nsmgr_state_name(enum nsmgr_state state);

enum nsmgr_origin { NSMGR_ORIGIN_UNKNOWN, NSMGR_MADE, NSMGR_PINNED };

/* What is known of one handle. Zero where something is unknown. */
struct nsmgr_handle {
	enum nsmgr_type type;
	enum nsmgr_state state;
	enum nsmgr_origin origin;
	dev_t dev;
	ino_t ino;
	uint64_t id;	/* 64 bits, never reused until the next boot; 0 before Linux 6.18 */
	ino_t owner;	/* inode of the owning user namespace, where it was asked for and the caller may see it */
	pid_t keeper;	/* of a pid namespace that the set made and that lives */
	struct timespec created; /* CLOCK_REALTIME */
};

/* The sets of a store at one moment, sorted by name. A store that does not exist has none. Works as any user.
 * Names that no verb accepts are left out, unless NSMGR_LIST_ALL is given. */
struct nsmgr_list;

#define NSMGR_LIST_ALL 1u    /* also names that no verb accepts */
#define NSMGR_LIST_OWNERS 2u /* fill in the owner of each handle, which costs three more system calls */

int nsmgr_list_new(struct nsmgr_ctx *ctx, unsigned flags, struct nsmgr_list **ret_list);
void nsmgr_list_free(struct nsmgr_list *list); /* NULL is fine */

/* 0 and a name, which lives as long as the list; 1 at the end. It cannot fail: all names were read before. */
int nsmgr_list_next(struct nsmgr_list *list, const char **ret_name);

/* All of them, as an array that ends with NULL and lives as long as the list. ret_count may be NULL. */
const char *const *nsmgr_list_names(const struct nsmgr_list *list, size_t *ret_count);

/* The handles of a set of the list, in the order of enum nsmgr_type, as they are now; ret_handles has room for
 * NSMGR_TYPE_COUNT. Gives their number. -ENOENT: it was removed. */
int nsmgr_list_handles(struct nsmgr_list *list, const char *name, struct nsmgr_handle ret_handles[]);

#ifdef __cplusplus
}
#endif

#endif
