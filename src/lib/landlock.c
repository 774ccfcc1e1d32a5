/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "base/fd.h"
#include "lib/sys.h"

#include <sys/stat.h>

/* linux/landlock.h */
#define EXECUTE (1ull << 0)
#define WRITE_FILE (1ull << 1)
#define READ_FILE (1ull << 2)
#define READ_DIR (1ull << 3)
#define REMOVE (1ull << 4 | 1ull << 5)
#define MAKE_DEVICE (1ull << 6 | 1ull << 11) /* of characters, of blocks */
#define MAKE (1ull << 7 | 1ull << 8 | 1ull << 9 | 1ull << 10 | 1ull << 12)
#define REFER (1ull << 13)
#define TRUNCATE (1ull << 14)
#define IOCTL_DEV (1ull << 15)

#define BIND_TCP (1ull << 0)
#define CONNECT_TCP (1ull << 1)

#define FS_BASIC (EXECUTE | WRITE_FILE | READ_FILE | READ_DIR | REMOVE | MAKE_DEVICE | MAKE)
#define FS_ALL (FS_BASIC | REFER | TRUNCATE | IOCTL_DEV)
#define OF_FILES (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV) /* which is all that a plain file can be given */

/* Who may make devices below a directory could open any device there: nobody may. */
static const uint64_t accesses[] = {
	[NSMGR_LANDLOCK_RO] = READ_FILE | READ_DIR,
	[NSMGR_LANDLOCK_RW] = READ_FILE | READ_DIR | WRITE_FILE | REMOVE | MAKE | REFER | TRUNCATE | IOCTL_DEV,
	[NSMGR_LANDLOCK_RX] = READ_FILE | READ_DIR | EXECUTE,
};

static const uint64_t port_accesses[] = { [NSMGR_LANDLOCK_BIND] = BIND_TCP, [NSMGR_LANDLOCK_CONNECT] = CONNECT_TCP };

/* What each version of the kernel's interface brought: landlock(7), "VERSIONS". */
static const struct level {
	const char *kernel, *what;
	struct nsm_landlock_rights rights;
} levels[] = {
	{ "5.13", "access to files", { .fs = FS_BASIC } },
	{ "5.19", "renaming to another directory", { .fs = REFER } },
	{ "6.2", "truncation of files", { .fs = TRUNCATE } },
	{ "6.7", "TCP ports", { .net = BIND_TCP | CONNECT_TCP } },
	{ "6.10", "ioctls of devices", { .fs = IOCTL_DEV } },
	{ "6.12", "signals and abstract sockets", { .scopes = NSMGR_LANDLOCK_ABSTRACT_UNIX_SOCKET | NSMGR_LANDLOCK_SIGNAL } },
};

static int failed(struct nsmgr_command *command, int r, const char *path)
{
	return nsm_command_fail(command, r, "landlock", path);
}

/* ---- What the kernel can do ---- */

static bool shares(const struct nsm_landlock_rights *a, const struct nsm_landlock_rights *b)
{
	return (a->fs & b->fs) || (a->net & b->net) || (a->scopes & b->scopes);
}

static int lacks(struct nsmgr_command *command, const struct level *level, int abi)
{
	const char *have = abi > 0 ? "" : ", and Landlock is not there, or not enabled by lsm= of the kernel's command line";

	if (command->landlock_best_effort) {
		nsm_log(command->ctx, "landlock: %s (Linux %s) left out%s", level->what, level->kernel, have);
		return 0;
	}
	return nsm_fail_text(command->ctx, -EOPNOTSUPP, "landlock", NSMGR_TYPE_NONE, NULL,
			     "%s cannot be restricted here: it needs Linux %s%s (--landlock-best-effort goes without)",
			     level->what, level->kernel, have);
}

static int prepare(struct nsmgr_command *command)
{
	struct nsm_landlock *landlock = command->landlock;
	int r = 0, abi = nsm_sys_landlock_abi();

	if (abi < 0 && abi != -ENOSYS && abi != -EOPNOTSUPP)
		return failed(command, abi, NULL);
	landlock->handled = (struct nsm_landlock_rights){ 0 };
	for (int i = 0; r == 0 && i < (int)NSM_ARRAY_SIZE(levels); i++) {
		const struct nsm_landlock_rights *wanted = &landlock->wanted, *known = &levels[i].rights;

		if (i < abi) {
			landlock->handled.fs |= wanted->fs & known->fs;
			landlock->handled.net |= wanted->net & known->net;
			landlock->handled.scopes |= wanted->scopes & known->scopes;
		} else if (shares(wanted, known)) {
			r = lacks(command, &levels[i], abi);
		}
	}
	return r;
}

/* ---- Applying it ---- */

static int path_failed(struct nsmgr_command *command, int r, const char *path)
{
	if (r == -ELOOP)
		return nsm_fail_text(command->ctx, r, "landlock", NSMGR_TYPE_NONE, path,
				     "the way there is by a magic link of /proc, or by too many links");
	/* What is on no mount that others see: pipes, sockets, and the handles of namespaces. */
	if (r == -EBADFD)
		return nsm_fail_text(command->ctx, -EINVAL, "landlock", NSMGR_TYPE_NONE, path,
				     "its file system knows no rules");
	return failed(command, r, path);
}

/* The way there may be by links of others: it stays below the root (CVE-2024-21626). */
static int allow_path(struct nsmgr_command *command, int rules, const struct nsm_landlock_path *path)
{
	nsm_autoclose int fd = nsm_sys_open_object(path->path);
	uint64_t access = path->access & command->landlock->handled.fs;
	struct stat st;
	int r = 0;

	if (fd < 0)
		return path_failed(command, fd, path->path);
	if (fstat(fd, &st) < 0)
		return failed(command, -errno, path->path);
	if (!S_ISDIR(st.st_mode))
		access &= OF_FILES;
	if (access)
		r = nsm_sys_landlock_allow_beneath(rules, access, fd);
	return r < 0 ? path_failed(command, r, path->path) : 0;
}

static int allow_ports(struct nsmgr_command *command, int rules, const struct nsm_landlock_ports *ports)
{
	uint64_t access = ports->access & command->landlock->handled.net;
	int r = 0;

	/* The kernel knows no ranges. */
	for (uint32_t port = ports->first; r == 0 && access && port <= ports->last; port++)
		r = nsm_sys_landlock_allow_port(rules, access, port);
	return r < 0 ? failed(command, r, NULL) : 0;
}

static int enforce(struct nsmgr_command *command)
{
	const struct nsm_landlock *landlock = command->landlock;
	const struct nsm_landlock_rights *handled = &landlock->handled;
	nsm_autoclose int rules = -EBADF;
	int r = 0;

	if (!handled->fs && !handled->net && !handled->scopes)
		return 0;
	rules = nsm_sys_landlock_create(handled->fs, handled->net, handled->scopes);
	if (rules < 0)
		return failed(command, rules, NULL);
	for (size_t i = 0; r == 0 && i < landlock->path_count; i++)
		r = allow_path(command, rules, &landlock->paths[i]);
	for (size_t i = 0; r == 0 && i < landlock->ports_count; i++)
		r = allow_ports(command, rules, &landlock->ports[i]);
	if (r < 0)
		return r;
	r = nsm_sys_landlock_restrict(rules);
	return r < 0 ? failed(command, r, NULL) : 0;
}

/* ---- What is asked for ---- */

static void landlock_free(struct nsm_landlock *landlock)
{
	for (size_t i = 0; i < landlock->path_count; i++)
		free(landlock->paths[i].path);
	free(landlock->paths);
	free(landlock->ports);
	free(landlock);
}

/* The command's; NULL when there is no memory. */
static struct nsm_landlock *get(struct nsmgr_command *command)
{
	struct nsm_landlock *landlock = command->landlock;

	if (landlock)
		return landlock;
	landlock = calloc(1, sizeof(*landlock));
	if (!landlock)
		return NULL;
	landlock->prepare = prepare;
	landlock->enforce = enforce;
	landlock->free = landlock_free;
	command->landlock = landlock;
	command->no_new_privs = true;
	return landlock;
}

/* Room for one more behind `count`; false without memory. */
static bool grow(void *array, size_t count, size_t size)
{
	void **owner = array;
	void *grown = reallocarray(*owner, count + 1, size);

	if (grown)
		*owner = grown;
	return grown;
}

static int refuse(struct nsmgr_command *command, const char *what)
{
	return nsm_fail_text(command->ctx, -EINVAL, "landlock", NSMGR_TYPE_NONE, NULL, "no such %s", what);
}

int nsmgr_command_landlock_path(struct nsmgr_command *command, const char *path, enum nsmgr_landlock_access access)
{
	struct nsm_landlock *landlock;
	char *copy = NULL;

	if ((unsigned)access >= NSM_ARRAY_SIZE(accesses))
		return refuse(command, "access");
	landlock = get(command);
	if (landlock && path && grow(&landlock->paths, landlock->path_count, sizeof(*landlock->paths)))
		copy = strdup(path);
	if (!landlock || (path && !copy))
		return failed(command, -ENOMEM, path);
	if (path)
		landlock->paths[landlock->path_count++] = (struct nsm_landlock_path){ accesses[access], copy };
	landlock->wanted.fs = FS_ALL;
	return 0;
}

int nsmgr_command_landlock_port(struct nsmgr_command *command, enum nsmgr_landlock_port what, uint16_t first, uint16_t last)
{
	struct nsm_landlock *landlock;

	if ((unsigned)what >= NSM_ARRAY_SIZE(port_accesses))
		return refuse(command, "use of ports");
	landlock = get(command);
	if (!landlock || !grow(&landlock->ports, landlock->ports_count, sizeof(*landlock->ports)))
		return failed(command, -ENOMEM, NULL);
	landlock->ports[landlock->ports_count++] = (struct nsm_landlock_ports){ port_accesses[what], first, last };
	landlock->wanted.net |= port_accesses[what];
	return 0;
}

int nsmgr_command_landlock_scope(struct nsmgr_command *command, unsigned scopes)
{
	struct nsm_landlock *landlock;

	if (!scopes || (scopes & ~(NSMGR_LANDLOCK_ABSTRACT_UNIX_SOCKET | NSMGR_LANDLOCK_SIGNAL)))
		return refuse(command, "scope");
	landlock = get(command);
	if (!landlock)
		return failed(command, -ENOMEM, NULL);
	landlock->wanted.scopes |= scopes;
	return 0;
}

void nsmgr_command_landlock_best_effort(struct nsmgr_command *command)
{
	command->landlock_best_effort = true;
}
