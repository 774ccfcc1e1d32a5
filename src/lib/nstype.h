/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_NSTYPE_H
#define NSM_LIB_NSTYPE_H

#include "nsmgr.h"

/* THE table of types, in the order of enum nsmgr_type. */
struct nsm_nstype {
	const char *name;     /* file in /proc/PID/ns and in a set */
	const char *children; /* the file there that names what a creator made: pid and time take
			       * effect for children only (KERNEL R40, R50) */
	int flag;	      /* CLONE_NEW* */
	unsigned pidfd_get;   /* the ioctl of a pidfd that opens it (KERNEL R71) */
};

extern const struct nsm_nstype nsm_nstypes[NSMGR_TYPE_COUNT];

/* The order in which namespaces are joined. mnt is the last that needs the caller's own files, user comes
 * behind all for a privileged caller, who would lose what the others need (KERNEL R24, section 8). */
extern const enum nsmgr_type nsm_join_order[NSMGR_TYPE_COUNT];

#define NSM_EACH_TYPE(type)                                                                        \
	(enum nsmgr_type type = NSMGR_CGROUP; type < NSMGR_TYPE_COUNT; type++)

/* NSMGR_TYPE_NONE when no type has it. */
enum nsmgr_type nsm_nstype_from_flag(int flag);

/* The type whose file is called exactly so: no alias. */
enum nsmgr_type nsm_nstype_from_file(const char *name);

#endif
