/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_FUZZ_FILES_H
#define NSM_TESTS_FUZZ_FILES_H

#include "fuzz.h"

/* Those parts of the target files that read what the kernel writes. */

#define BOOT_PATH "/proc/sys/kernel/random/boot_id"
#define BOOT_ID "6d9c5d0e-5e0e-4c8e-9b3b-0123456789ab"

extern struct nsmgr_ctx *ctx;

void read_mountinfo(int dir);
void read_map(int dir);
void read_status(int dir);
void read_fdinfo(int dir);
void read_stat(int dir);
void read_boot(int dir);
void read_events(int dir);
void read_procs(int dir);
void read_controllers(int dir);
void read_cgroups(int dir);

#endif
