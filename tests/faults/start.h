/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_START_H
#define NSM_FAULTS_START_H

#include <sys/types.h>

/* A child that is going to become a command, with both its outputs in `output`: traced, with all it will clone, and stopped.
 * Its pid, or -1. */
pid_t start_seized(char *const argv[], int output);

#endif
