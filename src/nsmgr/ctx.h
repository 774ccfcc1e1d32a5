/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_CTX_H
#define NSMGR_CTX_H

/* Types of namespaces, names, and the context of all calls. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types ---- */

enum nsmgr_type {
	NSMGR_CGROUP,
	NSMGR_IPC,
	NSMGR_MNT,
	NSMGR_NET,
	NSMGR_PID,
	NSMGR_TIME,
	NSMGR_USER,
	NSMGR_UTS,
	NSMGR_TYPE_COUNT,
	NSMGR_TYPE_NONE = -1
};

/* A mask of types: a bit for each. */
#define NSMGR_MASK(type) (1u << (unsigned)(type))
#define NSMGR_MASK_ALL ((1u << NSMGR_TYPE_COUNT) - 1)

/* The name as in /proc/PID/ns ("net"), or NULL for a number that is no type. */
const char *nsmgr_type_name(enum nsmgr_type type);

/* The type of that name; "mount" is taken for mnt. -EINVAL: no such type. */
int nsmgr_type_from_name(const char *name, enum nsmgr_type *ret_type);

/* Which namespace: inode numbers are reused as soon as one is freed, the 64-bit id not before the next boot. */
struct nsmgr_id {
	dev_t dev;
	ino_t ino;
	uint64_t id; /* 0 where the kernel has none: before Linux 6.18, and 6.11 for mnt. ioctl_nsfs(2) */
};

/* Whether both are the same namespace: by the 64-bit ids when both have one, else by device and inode. */
bool nsmgr_id_equal(const struct nsmgr_id *a, const struct nsmgr_id *b);

#define NSMGR_ID_TEXT_SIZE 32

/* Writes it as readlink(2) of /proc/PID/ns shows it, "net:[4026531840]"; `buf` has NSMGR_ID_TEXT_SIZE bytes. Gives `buf`. */
const char *nsmgr_id_text(enum nsmgr_type type, const struct nsmgr_id *id, char *buf);

/* ---- Context ---- */

struct nsmgr_ctx;

/* What failed last; a success leaves it as it is. Strings live until the next call with the same context or anything made with
 * it, and are never NULL; empty where there is nothing to say. */
struct nsmgr_failure {
	int error;	      /* the errno, positive */
	enum nsmgr_type type; /* of the namespace concerned, or NSMGR_TYPE_NONE */
	const char *step;     /* "unshare", "bind", "publish" ... */
	const char *path;     /* the file concerned */
	const char *text;     /* the reason in words */
	const char *hint;     /* a cure, a limit or what is missing */
};

/* A context for the store at /run/nsmgr. -ENOMEM. */
int nsmgr_new(struct nsmgr_ctx **ret_ctx);
struct nsmgr_ctx *nsmgr_ref(struct nsmgr_ctx *ctx);
void nsmgr_unref(struct nsmgr_ctx *ctx); /* NULL is fine */

/* Another store directory; a relative path is taken from the present directory, and copied. Nothing is opened yet.
 * -EINVAL (empty, or with a ".." in it), -ENAMETOOLONG, -ENOENT (the present directory was deleted). */
int nsmgr_set_root(struct nsmgr_ctx *ctx, const char *path);
const char *nsmgr_get_root(const struct nsmgr_ctx *ctx); /* the context's, until the next nsmgr_set_root() */

const struct nsmgr_failure *nsmgr_get_failure(struct nsmgr_ctx *ctx);

/* Where remarks that are no failures go, a line each without the newline; NULL (the default) drops them. */
typedef void nsmgr_log_fn(void *data, const char *line);
void nsmgr_set_log(struct nsmgr_ctx *ctx, nsmgr_log_fn *log, void *data);

/* Whether a set may be called so: [A-Za-z0-9_][A-Za-z0-9_.-]*, at most 64 bytes, not all digits. */
bool nsmgr_name_is_valid(const char *name);
int nsmgr_check_name(struct nsmgr_ctx *ctx, const char *name); /* -EINVAL, with the reason as the failure */

#ifdef __cplusplus
}
#endif

#endif
