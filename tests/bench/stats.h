/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_BENCH_STATS_H
#define NSM_BENCH_STATS_H

#include "bench.h"

struct quartiles {
	double low, median, high;
};

/* Of what is no NAN; all NAN where nothing is. */
struct quartiles stats_quartiles(const double *values, unsigned count);

/* One row over another one, each less its base where one is given. The median is that of all rounds; the quartiles are
 * those of the same ratio computed from each of up to eight parts of the run, which a difference of two medians bears
 * where a difference within one round would drown in noise. */
struct quartiles stats_ratio(const struct row *over, const struct row *over_base, const struct row *under,
			     const struct row *under_base);

#endif
