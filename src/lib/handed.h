/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_HANDED_H
#define NSM_LIB_HANDED_H

#include <stdbool.h>
#include <stdint.h>

struct nsmgr_config;

/* Descriptors that the hook outside has for the one inside: the creator is a child already by then, so they go to it through its
 * socket (SCM_RIGHTS, unix(7)), with the word that it may go on. */

#define NSM_HANDED_COUNT 64

struct nsm_handed {
	uint64_t numbers; /* a bit for each of fds that is one */
	int fds[NSM_HANDED_COUNT];
	bool open; /* the hook outside runs */
};

/* The hook outside begins. */
void nsm_handed_begin(struct nsm_handed *handed);

/* The word to go on, and what was handed, which is closed here. -errno of sendmsg(2). */
int nsm_handed_send(struct nsm_handed *handed, int socket);

/* The other end: waits for the word. -EPIPE: the manager is gone; -EMFILE: not all found room. */
int nsm_handed_receive(struct nsm_handed *handed, int socket);

/* Closes every descriptor but these. */
void nsm_handed_close_others(const struct nsm_handed *handed);

void nsm_handed_close(struct nsm_handed *handed);

#endif
