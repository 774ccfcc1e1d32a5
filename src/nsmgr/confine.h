/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_CONFINE_H
#define NSMGR_CONFINE_H

/* What a command may do: files, ports and processes by Landlock, system calls by filters. Each of these functions sets
 * PR_SET_NO_NEW_PRIVS for the command as well, whoever starts it: a program that gained privilege by its execve(2) could be
 * led astray by what it cannot do. All of it holds for whatever the command starts, and for good. */

#include <nsmgr/command.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Landlock: landlock(7) ---- */

enum nsmgr_landlock_access {
	NSMGR_LANDLOCK_RO, /* read files and directories */
	NSMGR_LANDLOCK_RW, /* that, and write, truncate, make, remove, rename and link, and ioctl(2) of devices; devices cannot be made */
	NSMGR_LANDLOCK_RX  /* read, and execute */
};

/* Lets the command use the file or directory (with all below it) `path`, which is copied; what several say of one adds up. Once
 * this was called, the command can do nothing with files that no path allows, but for those that are open. NULL allows none by
 * itself. It is seen from where the command starts, below its root, when the command is started, by the command's ids; symbolic
 * links lead on, magic ones of /proc do not. The program and its loader have to be in an RX as well. -EINVAL: no such access. At
 * the start: the failure's step is "landlock"; -ENOENT and the like of the path, -EINVAL: its file system knows no rules (pipes,
 * sockets, namespaces). */
int nsmgr_command_landlock_path(struct nsmgr_command *command, const char *path, enum nsmgr_landlock_access access);

enum nsmgr_landlock_port { NSMGR_LANDLOCK_BIND, NSMGR_LANDLOCK_CONNECT };

/* Lets it bind TCP sockets to the ports from `first` to `last`, or connect them to these; other ports are forbidden from then on.
 * 0 to bind is one that the kernel chooses. A `last` below `first` allows none by itself. -EINVAL: neither of the two. */
int nsmgr_command_landlock_port(struct nsmgr_command *command, enum nsmgr_landlock_port what, uint16_t first, uint16_t last);

/* Only to processes that are as confined: connections to abstract unix sockets, signals. -EINVAL: another bit, or none. */
#define NSMGR_LANDLOCK_ABSTRACT_UNIX_SOCKET 1u
#define NSMGR_LANDLOCK_SIGNAL 2u
int nsmgr_command_landlock_scope(struct nsmgr_command *command, unsigned scopes);

/* Goes without what the kernel cannot enforce, and logs what that is. Otherwise the start fails with -EOPNOTSUPP and the release
 * that can: for files Linux 6.10 (5.13 without truncation, renaming to other directories, and ioctls), for ports 6.7, for scopes
 * 6.12. The kernel is asked at each start: landlock_create_ruleset(2), LANDLOCK_CREATE_RULESET_VERSION. */
void nsmgr_command_landlock_best_effort(struct nsmgr_command *command);

/* ---- Filters of system calls: seccomp(2) ---- */

#define NSMGR_SECCOMP_LOG 2u	    /* log what is not allowed: SECCOMP_FILTER_FLAG_LOG */
#define NSMGR_SECCOMP_SPEC_ALLOW 4u /* without what mitigates speculation: SECCOMP_FILTER_FLAG_SPEC_ALLOW */

/* Adds a filter: a classic BPF program of `size` bytes, of struct sock_filter, copied; NULL takes all back. Filters are loaded
 * in this order as the very last before the execve(2), which each of them has to allow; those before the last have to allow
 * seccomp(2), too. Of what they say of a call the strictest counts. That a program is not found is told before, but where it
 * cannot be executed for another reason that is told only if they allow sendmsg(2) (for nsmgr_command_start()). -EINVAL: no
 * whole instructions, or another flag; -E2BIG: more than 16 filters, or than 4,096 instructions. At the start: the failure's
 * step is "seccomp"; -EINVAL: the kernel refuses the program. */
int nsmgr_command_seccomp(struct nsmgr_command *command, const void *program, size_t size, unsigned flags);

#ifdef __cplusplus
}
#endif

#endif
