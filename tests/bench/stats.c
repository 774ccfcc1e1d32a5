/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stats.h"

#include "base/macro.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PARTS 8

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Between the two values that are next to it. */
static double quantile(const double *sorted, unsigned count, double where)
{
	double place = where * (count - 1);
	unsigned below = (unsigned)place;

	if (below + 1 >= count)
		return sorted[count - 1];
	return sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
}

struct quartiles stats_quartiles(const double *values, unsigned count)
{
	struct quartiles ret = {NAN, NAN, NAN};
	double *sorted = count ? calloc(count, sizeof(*sorted)) : NULL;
	unsigned used = 0;

	if (!sorted)
		return ret;
	for (unsigned i = 0; i < count; i++)
		if (!isnan(values[i]))
			sorted[used++] = values[i];
	qsort(sorted, used, sizeof(*sorted), compare);
	if (used) {
		ret.low = quantile(sorted, used, 0.25);
		ret.median = quantile(sorted, used, 0.5);
		ret.high = quantile(sorted, used, 0.75);
	}
	free(sorted);
	return ret;
}

static double part_median(const struct row *row, const struct row *base, unsigned part, unsigned parts)
{
	unsigned begin = row->count * part / parts, count = row->count * (part + 1) / parts - begin;
	double *samples = count && (!base || base->count == row->count) ? calloc(count, sizeof(*samples)) : NULL;
	double median;

	if (!samples)
		return NAN;
	for (unsigned i = 0; i < count; i++)
		samples[i] = row->samples[begin + i] - (base ? base->samples[begin + i] : 0);
	median = stats_quartiles(samples, count).median;
	free(samples);
	return median;
}

double stats_median(const struct row *row, const struct row *base)
{
	return part_median(row, base, 0, 1);
}

/* Of two rows without a base: both of one round had the same times, and neither is small beside their noise. */
static double part_quotient(const struct row *over, const struct row *under, unsigned part, unsigned parts)
{
	struct row quotient = *over;
	double ratio;

	quotient.samples = calloc(over->count + 1, sizeof(*quotient.samples));
	if (!quotient.samples)
		return NAN;
	for (unsigned i = 0; i < over->count; i++)
		quotient.samples[i] = over->samples[i] / under->samples[i];
	ratio = part_median(&quotient, NULL, part, parts);
	free(quotient.samples);
	return ratio;
}

static double part_ratio(const struct row *const rows[4], unsigned part, unsigned parts)
{
	double over, under;

	if (!rows[1] && !rows[3] && rows[0]->count == rows[2]->count && nsm_streq(rows[0]->group, rows[2]->group))
		return part_quotient(rows[0], rows[2], part, parts);
	over = part_median(rows[0], rows[1], part, parts);
	under = part_median(rows[2], rows[3], part, parts);
	return under > 0 ? over / under : NAN;
}

struct quartiles stats_ratio(const struct row *over, const struct row *over_base, const struct row *under,
			     const struct row *under_base)
{
	const struct row *const rows[4] = {over, over_base, under, under_base};
	unsigned parts = MAX_PARTS;
	double ratios[MAX_PARTS] = {0};
	struct quartiles ret;

	for (size_t i = 0; i < 4; i++)
		if (rows[i] && rows[i]->count < parts)
			parts = rows[i]->count;
	for (unsigned part = 0; part < parts; part++)
		ratios[part] = part_ratio(rows, part, parts);
	ret = stats_quartiles(ratios, parts);
	ret.median = parts ? part_ratio(rows, 0, 1) : NAN;
	return ret;
}
