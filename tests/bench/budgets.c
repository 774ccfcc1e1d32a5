/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report.h"

#include "base/macro.h"
#include "stats.h"

#include <math.h>

enum fronts {
	STATIC = 1, /* musl's, or the C compiler's */
	DYNAMIC = 2,
	ANY = STATIC | DYNAMIC,
};

/* THE budgets: those of the design. A row of one group over a row of another (or the same) one, or with no second row
 * the value itself. Where a group has a base, costs are what is over it. What a quick run leaves out is not measured.
 */
static const struct budget {
	enum fronts fronts;
	const char *what;
	const char *over[2], *under[2]; /* group, who */
	double limit;
} budgets[] = {
    {STATIC, "exec: over the floor", {"exec net, 1 sets", "nsmgr"}, {"exec net, 1 sets", BENCH_FLOOR}, 1.5},
    {STATIC, "exec: over nsenter", {"exec net, 1 sets", "nsmgr"}, {"exec net, 1 sets", "nsenter"}, 0.15},
    {STATIC, "exec: over ip", {"exec net, 1 sets", "nsmgr"}, {"exec net, 1 sets", "ip netns exec"}, 0.1},
    {DYNAMIC,
     "exec: over the dynamic floor",
     {"exec net, 1 sets", "nsmgr"},
     {"exec net, 1 sets", "floor, dynamic"},
     1.15},
    {DYNAMIC, "exec: over nsenter", {"exec net, 1 sets", "nsmgr"}, {"exec net, 1 sets", "nsenter"}, 0.8},
    {ANY,
     "exec, 3000 sets: over 1 set",
     {"exec net, 3000 sets", "nsmgr"},
     {"exec net, 3000 sets", "nsmgr, 1 set"},
     1.1},
    {ANY, "exec, 3000 sets: over ip", {"exec net, 3000 sets", "nsmgr"}, {"exec net, 3000 sets", "ip netns exec"}, 0.02},
    {ANY, "create net: over ip", {"create net", "nsmgr"}, {"create net", "ip netns add"}, 0.6},
    {ANY,
     "create net: from a pool over made",
     {"create net, ready", "nsmgr, from the pool"},
     {"create net, ready", "nsmgr"},
     0.1},
    {ANY, "create 1000 uts: over the floor", {"create 1000 uts", "nsmgr"}, {"create 1000 uts", BENCH_FLOOR}, 1.2},
    {ANY, "create 1000 net: over the floor", {"create 1000 net", "nsmgr"}, {"create 1000 net", BENCH_FLOOR}, 1.2},
    {ANY, "ls -q, 3000 sets: over the floor", {"ls 3000", "nsmgr ls -q"}, {"ls 3000", BENCH_FLOOR}, 1.5},
    {ANY, "ls, 3000 sets: over the floor", {"ls 3000", "nsmgr ls"}, {"ls 3000", BENCH_FLOOR}, 7},
    {ANY, "ls, 3000 sets: over ip", {"ls 3000", "nsmgr ls"}, {"ls 3000", "ip netns list"}, 1},
    /* Linear: three times the sets, three times the time, and a tenth for noise. */
    {ANY, "ls, 3000 sets: over 1000", {"ls 3000", "nsmgr ls"}, {"ls 1000", "nsmgr ls"}, 3.3},
    {ANY, "rm 3000 net: over ip -batch", {"rm 3000 net", "nsmgr"}, {"rm 3000 net", "ip -batch"}, 1.3},
    {ANY, "rm 1000 net: over ip -batch", {"rm 1000 net", "nsmgr"}, {"rm 1000 net", "ip -batch"}, 1.3},
    {STATIC, "memory of one keeper, KiB", {"memory of a keeper, 1", "nsmgr"}, {NULL}, 60},
    {STATIC, "memory of each of 1000, KiB", {"memory of a keeper, 1000", "nsmgr"}, {NULL}, 60},
    {ANY, "wake-ups of a keeper", {"wake-ups of a keeper", "nsmgr"}, {NULL}, 0},
};

enum outcome {
	MET,
	MISSED,
	NOT_MEASURED, /* left out of this run, or a peer that is not there */
	NOT_ABOUT_THIS_FRONT,
};

static enum outcome look_at(const struct bench *bench, const struct budget *budget, struct quartiles *ret)
{
	const struct row *over = bench_row(bench, budget->over[0], budget->over[1]);
	const struct row *under = budget->under[0] ? bench_row(bench, budget->under[0], budget->under[1]) : NULL;
	enum fronts front = nsm_streq(bench->programs.front_kind, "dynamic") ? DYNAMIC : STATIC;

	*ret = (struct quartiles){NAN, NAN, NAN};
	if (!(budget->fronts & front))
		return NOT_ABOUT_THIS_FRONT;
	if (!over || (budget->under[0] && (!under || *under->missing)))
		return NOT_MEASURED;
	if (*over->missing)
		return MISSED; /* we failed, not a peer */
	if (under)
		*ret = stats_ratio(over, bench_row(bench, over->group, BENCH_BASE), under,
				   bench_row(bench, under->group, BENCH_BASE));
	else
		*ret = stats_quartiles(over->samples, over->count);
	return ret->median <= budget->limit ? MET : MISSED;
}

unsigned budgets_report(const struct bench *bench, bool judge)
{
	static const char *const words[] = {"", "  MISSED", ""};
	unsigned missed = 0;

	fprintf(bench->out, "\nratios\n");
	for (size_t i = 0; i < NSM_ARRAY_SIZE(budgets); i++) {
		struct quartiles ratio;
		enum outcome outcome = look_at(bench, &budgets[i], &ratio);

		if (outcome == NOT_ABOUT_THIS_FRONT)
			continue;
		fprintf(bench->out, "  %-34s", budgets[i].what);
		if (outcome == NOT_MEASURED)
			fprintf(bench->out, "%9s", "not measured");
		else
			fprintf(bench->out, "%9.3f  (%.3f .. %.3f)", ratio.median, ratio.low, ratio.high);
		if (judge)
			fprintf(bench->out, "  budget %g%s", budgets[i].limit, words[outcome]);
		fprintf(bench->out, "\n");
		missed += outcome == MISSED;
	}
	if (judge)
		fprintf(bench->out, "%u missed\n", missed);
	return missed;
}

void budgets_json(const struct bench *bench, FILE *file)
{
	const char *comma = "";

	for (size_t i = 0; i < NSM_ARRAY_SIZE(budgets); i++) {
		struct quartiles ratio;
		enum outcome outcome = look_at(bench, &budgets[i], &ratio);

		if (outcome == NOT_ABOUT_THIS_FRONT || isnan(ratio.median))
			continue;
		fprintf(file,
			"%s\n  {\"what\": \"%s\", \"ratio\": %.6g, \"low\": %.6g, \"high\": %.6g, \"budget\": %g}",
			comma, budgets[i].what, ratio.median, ratio.low, ratio.high, budgets[i].limit);
		comma = ",";
	}
}
