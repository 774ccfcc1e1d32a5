/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_H
#define NSMGR_H

/* libnsmgr: sets of Linux namespaces, persistent under a name or in memory.
 *
 * Results. Functions give 0 (or a count, where they say so), or -errno. Outputs are the last arguments, named ret_*, and are
 * written only on success. What failed, at which step and why is kept in the context: nsmgr_get_failure(). Each function gives
 * the errors that nsmgr(3) and its page list and no others; those usual to all that asks the kernel for something are -EACCES,
 * -EPERM, -EMFILE, -ENFILE, -ENOMEM, -ENOSYS and -EIO, which also stands for whatever is not listed: the failure's text then has
 * the kernel's word.
 *
 * Threads. A context and what was made with it belong to one thread at a time; any number of contexts can be used at once.
 * Nothing is global.
 *
 * The caller. No function changes the calling process (its namespaces, ids, directory, signals, children, descriptors) unless
 * its description says so in capitals: the work that does is done in a child without exit signal, which neither a SIGCHLD
 * handler nor waitpid(-1) notices. Descriptors that functions open are close-on-exec. Keepers that stay become children of init,
 * or of the caller if it is one or a subreaper (prctl(2)). A caller that has unshared its pid namespace and has no child in it yet
 * gives the first child of the library's that namespace to be the init of, and so spends it: fork(2) before.
 *
 * Rules of the kernel are from namespaces(7) and its family, and from kernel/nsproxy.c, fs/nsfs.c and fs/namespace.c. */

#include <nsmgr/cgroup.h>
#include <nsmgr/check.h>
#include <nsmgr/child.h>
#include <nsmgr/command.h>
#include <nsmgr/config.h>
#include <nsmgr/confine.h>
#include <nsmgr/ctx.h>
#include <nsmgr/helper.h>
#include <nsmgr/label.h>
#include <nsmgr/map.h>
#include <nsmgr/pool.h>
#include <nsmgr/profile.h>
#include <nsmgr/set.h>
#include <nsmgr/store.h>
#include <nsmgr/watch.h>

#endif
