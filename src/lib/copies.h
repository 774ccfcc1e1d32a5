/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_COPIES_H
#define NSM_LIB_COPIES_H

/* Unmounts what lies on a file of the directory at the other places of our mount namespace where that is visible: mount --rbind of what
 * is above a store copies its handles, and the kernel unlinks no file on which something lies here (KERNEL R5). How many they were;
 * -errno. */
int nsm_copies_unmount(int dir, const char *name);

#endif
