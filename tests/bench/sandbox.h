/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_BENCH_SANDBOX_H
#define NSM_BENCH_SANDBOX_H

/* A mount and a pid namespace of our own, with a tmpfs on /run: the store and the names of ip-netns(8) of the
 * host are out of reach, and all that is made here, keepers included, ends with the pid namespace, however the bench
 * ends: by itself, by a signal, or by SIGKILL. The initial namespaces would be no different to measure in, but would
 * need to be cleaned step by step, which a kill prevents. What is the same: the mount table is a copy of the host's, so
 * cloning it costs as much; what is not: programs that read /proc see the bench's processes alone, so lsns has less to
 * do.
 *
 * Runs `work` in there; its result (0 to 125), or 126 when there is no sandbox, 128+N after signal N. */
int sandbox_run(int (*work)(void *data), void *data);

/* An arena is a tmpfs at a path below /run, for one store or the like. Dropping it ends the keepers that sets in it
 * name, and detaches all of it at once. 0, or -1 after having said why. */
int arena_make(const char *path);
int arena_drop(const char *path);

/* For the kernel to have freed network namespaces that were dropped, which it does later, on the other processors. */
void arena_settle(void);

#endif
