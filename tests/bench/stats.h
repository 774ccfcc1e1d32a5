/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_BENCH_STATS_H
#define NSM_BENCH_STATS_H

#include "bench.h"

struct quartiles {
	double low, median, high;
};

/* Of what is no NAN; all NAN where nothing is. */
struct quartiles stats_quartiles(const double *values, unsigned count);

/* The median of a row, less the base of the same round: the machine has faster and slower times, which last for some rounds. The
 * base, which may be NULL, has as many rounds. */
double stats_median(const struct row *row, const struct row *base);

/* The median of one row over that of another one, each less its base where one is given; without a base, and within one group, the
 * median of what each round gives. The quartiles are those of the same ratio computed from each of up to eight parts of the run; parts
 * of rows with other numbers of rounds are the same part of the time. */
struct quartiles stats_ratio(const struct row *over, const struct row *over_base, const struct row *under,
			     const struct row *under_base);

#endif
