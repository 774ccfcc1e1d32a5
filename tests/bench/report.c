/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report.h"

#include "base/macro.h"
#include "stats.h"

#include <math.h>
#include <sys/utsname.h>

static struct quartiles over_floor(const struct bench *bench, const struct row *row)
{
	const struct row *floor = bench_row(bench, row->group, BENCH_FLOOR);
	const struct row *base = bench_row(bench, row->group, BENCH_BASE);

	if (!floor || row == base)
		return (struct quartiles){NAN, NAN, NAN};
	return stats_ratio(row, base, floor, base);
}

static void print_row(const struct bench *bench, const struct row *row)
{
	struct quartiles q = stats_quartiles(row->samples, row->count), ratio = over_floor(bench, row);
	const struct row *base = bench_row(bench, row->group, BENCH_BASE);

	fprintf(bench->out, "  %-16s", row->who);
	if (*row->missing) {
		fprintf(bench->out, " missing: %s\n", row->missing);
		return;
	}
	fprintf(bench->out, "%11.1f %-3s %9.1f .. %-9.1f", q.median, row->unit, q.low, q.high);
	if (base && base != row)
		fprintf(bench->out, "%10.1f", stats_median(row, base));
	else
		fprintf(bench->out, "%10s", "");
	if (!isnan(ratio.median))
		fprintf(bench->out, "%9.2f  (%.2f .. %.2f)", ratio.median, ratio.low, ratio.high);
	if (row->failures)
		fprintf(bench->out, "  failed in %u of %u rounds", row->failures, row->count);
	fprintf(bench->out, "\n");
}

void report_table(const struct bench *bench)
{
	struct utsname host;

	uname(&host);
	fprintf(bench->out, "nsmgr bench: front %s, %u rounds, Linux %s\n", bench->programs.front_kind, bench->rounds,
		host.release);
	fprintf(bench->out, "%-18s%11s     %9s .. %-9s%10s%9s  (parts of the run)\n", "", "median", "quarter",
		"quarter", "over bare", "/ floor");
	for (size_t i = 0; i < bench->row_count; i++) {
		const struct row *row = &bench->rows[i];

		if (i == 0 || !nsm_streq(row->group, row[-1].group))
			fprintf(bench->out, "\n%s\n", row->group);
		print_row(bench, row);
	}
}

/* JSON has no NaN. */
static void json_number(FILE *file, const char *key, double value)
{
	if (isnan(value))
		fprintf(file, ", \"%s\": null", key);
	else
		fprintf(file, ", \"%s\": %.6g", key, value);
}

int report_json(const struct bench *bench, FILE *file)
{
	fprintf(file, "{\"front\": \"%s\", \"rounds\": %u, \"rows\": [", bench->programs.front_kind, bench->rounds);
	for (size_t i = 0; i < bench->row_count; i++) {
		const struct row *row = &bench->rows[i];
		struct quartiles q = stats_quartiles(row->samples, row->count), ratio = over_floor(bench, row);

		fprintf(file, "%s\n  {\"group\": \"%s\", \"who\": \"%s\", \"unit\": \"%s\", \"count\": %u",
			i ? "," : "", row->group, row->who, row->unit, row->count);
		if (*row->missing)
			fprintf(file, ", \"missing\": \"%s\"", row->missing);
		if (row->failures)
			fprintf(file, ", \"failures\": %u", row->failures);
		json_number(file, "median", q.median);
		json_number(file, "low", q.low);
		json_number(file, "high", q.high);
		json_number(file, "over_floor", ratio.median);
		json_number(file, "over_floor_low", ratio.low);
		json_number(file, "over_floor_high", ratio.high);
		fprintf(file, "}");
	}
	fprintf(file, "\n], \"ratios\": [");
	budgets_json(bench, file);
	fprintf(file, "\n]}\n");
	return fflush(file) == 0 && !ferror(file) ? 0 : -1;
}
