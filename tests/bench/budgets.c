/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report.h"

#include "base/macro.h"
#include "stats.h"

#include <math.h>

#define ONE "exec net, 1 sets"
#define MANY "exec net, 3000 sets"
#define FRONTS "exec net, fronts"

/* THE budgets: those of the design and of what was asked for. A row of one group over a row of another (or the same)
 * one, or with no second row the value itself. Where a group has a base, costs are what is over it. What a quick run
 * leaves out is not measured.
 */
static const struct budget {
	const char *what;
	const char *over[2], *under[2]; /* group, who */
	double limit;
	enum {
		STATIC_FRONT = 1, /* says nothing of a build whose front is dynamic */
		AIM = 2,          /* our own, which nobody else asks for: nothing fails for it */
	} kind;
} budgets[] = {
    {"exec: over the floor", {ONE, "nsmgr"}, {ONE, BENCH_FLOOR}, 1.5, STATIC_FRONT},
    {"exec: over nsenter", {ONE, "nsmgr"}, {ONE, "nsenter"}, 0.15, STATIC_FRONT},
    {"exec: over ip", {ONE, "nsmgr"}, {ONE, "ip netns exec"}, 0.1, STATIC_FRONT},
    {"exec, dynamic: over the floor", {FRONTS, "nsmgr, dynamic"}, {FRONTS, "floor, dynamic"}, 1.15, 0},
    {"exec, dynamic: over nsenter", {FRONTS, "nsmgr, dynamic"}, {FRONTS, "nsenter"}, 0.8, 0},
    {"exec, 3000 sets: over 1 set", {MANY, "nsmgr"}, {MANY, "nsmgr, 1 set"}, 1.1, 0},
    {"exec, 3000 sets: over ip", {MANY, "nsmgr"}, {MANY, "ip netns exec"}, 0.02, 0},
    {"create net: over ip", {"create net", "nsmgr"}, {"create net", "ip netns add"}, 0.6, 0},
    {"create net: from a pool over made",
     {"create net, ready", "nsmgr, from the pool"},
     {"create net, ready", "nsmgr"},
     0.1,
     0},
    {"create 1000 uts: over the floor", {"create 1000 uts", "nsmgr"}, {"create 1000 uts", BENCH_FLOOR}, 1.2, 0},
    {"create 1000 net: over the floor", {"create 1000 net", "nsmgr"}, {"create 1000 net", BENCH_FLOOR}, 1.2, 0},
    {"ls -q, 3000 sets: over the floor", {"ls 3000", "nsmgr ls -q"}, {"ls 3000", BENCH_FLOOR}, 1.5, 0},
    {"ls, 3000 sets: over the floor", {"ls 3000", "nsmgr ls"}, {"ls 3000", BENCH_FLOOR}, 7, 0},
    {"ls, 3000 sets: over ip", {"ls 3000", "nsmgr ls"}, {"ls 3000", "ip netns list"}, 1, 0},
    {"ls, 10000 sets: over ip", {"ls 10000", "nsmgr ls"}, {"ls 10000", "ip netns list"}, 1, 0},
    {"ls, 10000 sets: over lsns", {"ls 10000", "nsmgr ls"}, {"ls 10000", "lsns"}, 1, 0},
    /* Linear: so many times the sets, so many times the time, and a tenth for noise. */
    {"ls, 3000 sets: over 1000", {"ls 3000", "nsmgr ls"}, {"ls 1000", "nsmgr ls"}, 3.3, 0},
    {"ls, 10000 sets: over 1000", {"ls 10000", "nsmgr ls"}, {"ls 1000", "nsmgr ls"}, 11, 0},
    /* Of sets with processes, which every lsns lists. */
    {"ls, 2000 processes: over lsns", {"2000 processes", "nsmgr ls"}, {"2000 processes", "lsns"}, 1, 0},
    {"ls with NPROCS: over lsns", {"2000 processes", "nsmgr ls, NPROCS"}, {"2000 processes", "lsns"}, 1, 0},
    {"rm 3000 net: over ip -batch", {"rm 3000 net", "nsmgr"}, {"rm 3000 net", "ip -batch"}, 1.3, 0},
    {"rm 1000 net: over ip -batch", {"rm 1000 net", "nsmgr"}, {"rm 1000 net", "ip -batch"}, 1.3, AIM},
    {"memory of one keeper, KiB", {"memory of a keeper, 1", "nsmgr"}, {NULL}, 60, STATIC_FRONT},
    {"memory of each of 1000, KiB", {"memory of a keeper, 1000", "nsmgr"}, {NULL}, 60, STATIC_FRONT},
    {"wake-ups of a keeper", {"wake-ups of a keeper", "nsmgr"}, {NULL}, 0, 0},
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

	*ret = (struct quartiles){NAN, NAN, NAN};
	if (budget->kind == STATIC_FRONT && nsm_streq(bench->programs.front_kind, "dynamic"))
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

static void print_limit(FILE *out, const struct budget *budget, bool missed)
{
	if (budget->kind == AIM)
		fprintf(out, "  aim %g%s", budget->limit, missed ? "  not reached" : "");
	else
		fprintf(out, "  budget %g%s", budget->limit, missed ? "  MISSED" : "");
}

unsigned budgets_report(const struct bench *bench, bool judge)
{
	unsigned missed = 0, aims = 0;

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
			print_limit(bench->out, &budgets[i], outcome == MISSED);
		fprintf(bench->out, "\n");
		*(budgets[i].kind == AIM ? &aims : &missed) += outcome == MISSED;
	}
	if (judge)
		fprintf(bench->out, "%u missed; of our own aims, %u not reached\n", missed, aims);
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
		fprintf(file, "%s\n  {\"what\": \"%s\", \"ratio\": %.6g, \"low\": %.6g, \"high\": %.6g, \"%s\": %g}",
			comma, budgets[i].what, ratio.median, ratio.low, ratio.high,
			budgets[i].kind == AIM ? "aim" : "budget", budgets[i].limit);
		comma = ",";
	}
}
