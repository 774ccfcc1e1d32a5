/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_BENCH_REPORT_H
#define NSM_BENCH_REPORT_H

#include "bench.h"

/* All rows, each with its ratio to the floor of its group: less the group's base where there is one. */
void report_table(const struct bench *bench);

/* The ratios that the budgets are about; with `judge` beside each what it may be. Returns how many of those that could
 * be measured are missed. */
unsigned budgets_report(const struct bench *bench, bool judge);

/* Rows and ratios. 0 or -1. */
int report_json(const struct bench *bench, FILE *file);
void budgets_json(const struct bench *bench, FILE *file);

#endif
