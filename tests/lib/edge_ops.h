/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_EDGE_OPS_H
#define NSM_TESTS_EDGE_OPS_H

/* Every function of the library's edge that asks the kernel for something, called in a process that does nothing else. */

#include "lib/edge.h"

struct op {
	const char *name;
	enum nsm_edge edge;
	int (*run)(void);
	int (*begin)(void); /* before anything is denied; may be NULL */
};

/* What an op gives when something was said that is not so. */
#define LIED 1000

/* Each ended by a row without a name. */
extern const struct op command_ops[], config_ops[], look_ops[], pool_ops[], set_ops[], store_ops[];

#endif
