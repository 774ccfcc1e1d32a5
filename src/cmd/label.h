/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_LABEL_H
#define NSM_CMD_LABEL_H

#include "nsmgr.h"

/* Labels as an object of JSON, KEY: VALUE, to standard output. */
void print_labels_json(struct nsmgr_labels *labels);

#endif
