/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_KEEPER_H
#define NSM_LIB_KEEPER_H

#include <stddef.h>

/* The memory that holds our command line, which ps(1) shows, and the environment behind it. */
struct nsm_title {
	char *start;
	size_t arguments, size;
};

/* Finds it, as long as /proc/self is ours. Empty when it cannot be found. */
struct nsm_title nsm_title_find(void);

/* Shows "nsmgr: NAME" as the command line, and "nsmgr" as the command. */
void nsm_title_set(const struct nsm_title *title, const char *name);

/* What a keeper does for the rest of its life: nothing, without a descriptor, a terminal, a directory or a signal
 * that reaches it (KERNEL R41). Its children are reaped by the kernel. Never returns. */
_Noreturn void nsm_keeper_stay(const struct nsm_title *title);

/* The same, but for a socket with whose other end it ends. */
_Noreturn void nsm_keeper_stay_tied(const struct nsm_title *title, int socket);

/* Makes the process what a keeper has to be, but for its descriptors. Before it answers for its set-up. */
void nsm_keeper_prepare(void);

#endif
