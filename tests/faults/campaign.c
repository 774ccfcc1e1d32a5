/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "campaign.h"

#include "calls.h"
#include "judge.h"
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* One case in the making. */
struct tally {
	const struct options *options;
	const struct a_case *of;
	struct run counted;
	struct picture after;
	unsigned long faults, tried, outcomes[OUTCOMES], certain;
};

/* What a process of that descent mostly is. */
static const char *role_of(const char *who)
{
	size_t len = strlen(who);

	return len == 1 ? "manager" : len == 3 ? "creator" : "keeper";
}

/* The n-th of all points is in the sample when it is the first of its share. */
static bool is_chosen(const struct tally *tally, unsigned long n)
{
	unsigned long sample = tally->options->sample;

	/* All of them alone take longer than all other cases. */
	if (tally->of->waits && (sample || !tally->options->only))
		sample = sample ? (sample + 19) / 20 : (tally->faults + 4) / 5;

	return !sample || sample >= tally->faults || n * sample / tally->faults != (n + 1) * sample / tally->faults;
}

static void try_one(struct tally *tally, const struct fault *fault)
{
	const struct known_call *call = find_call(fault->at.nr);
	const char *what = fault->error ? errno_name(fault->error) : "KILL";
	struct verdict verdict;
	char again[1024] = "";

	try_fault(&tally->options->programs, tally->of, fault, &tally->after, &verdict);
	tally->tried += verdict.outcome != UNMET;
	tally->outcomes[verdict.outcome]++;
	if (verdict.outcome != BAD && verdict.outcome != UNMET && !tally->options->fault.at.n)
		return;
	if (verdict.outcome == BAD)
		snprintf(again, sizeof(again), "\n  tests/faults/faults --build='%s' --case='%s' --point=%s:%u:%s",
			 tally->options->build, tally->of->name, fault->at.who, fault->at.n, what);
	printf("%s: %s: %s in the %s, call %u, %s: %s%s\n",
	       verdict.outcome == BAD ? "BAD" : verdict.outcome == UNMET ? "unmet" : "good", tally->of->name, what,
	       role_of(fault->at.who), fault->at.n, call ? call->name : "?",
	       verdict.outcome == BAD ? verdict.why : outcome_names[verdict.outcome], again);
}

/* Requests of ioctl(2) that every kernel knows for what they are asked of. */
static bool is_old_request(unsigned long request)
{
	enum { NS_GET_USERNS = 0xb701, NS_GET_OWNER_UID = 0xb704 };

	return request >= NS_GET_USERNS && request <= NS_GET_OWNER_UID;
}

/* wait4(2) and waitid(2) of a child that there is fail by a signal alone, and not where they do not wait. */
static bool is_only_a_look(const struct point *at)
{
	const char *name = find_call(at->nr)->name;

	return (strcmp(name, "wait4") == 0 && (at->args[2] & WNOHANG)) || (strcmp(name, "waitid") == 0 && (at->args[3] & WNOHANG));
}

static bool is_possible(const struct point *at, int error)
{
	if (error && is_only_a_look(at))
		return false;
	/* It has no way to fail, and is not looked at: who runs nsmgr under a filter that denies it is on his own. */
	if (error && strcmp(find_call(at->nr)->name, "prctl") == 0 && at->args[0] == PR_SET_DUMPABLE)
		return false;
	if ((error == ENOTTY || error == EINVAL) && strcmp(find_call(at->nr)->name, "ioctl") == 0)
		return !is_old_request((unsigned long)at->args[1]);
	if (error != ENOSPC)
		return true;
#ifdef SYS_open
	if (strcmp(find_call(at->nr)->name, "open") == 0)
		return at->args[1] & O_CREAT;
#endif
	return strcmp(find_call(at->nr)->name, "openat") != 0 || (at->args[2] & O_CREAT);
}

/* Goes over all faults of a case; `visit` NULL: only counts them. */
static void each_fault(struct tally *tally, void (*visit)(struct tally *tally, const struct fault *fault))
{
	unsigned long n = 0;

	for (size_t i = 0; i < tally->counted.count; i++) {
		struct fault fault = { .at = tally->counted.points[i] };
		const struct known_call *call = find_call(fault.at.nr);

		if (!call || (tally->options->call && strcmp(call->name, tally->options->call) != 0))
			continue;
		if (!visit)
			tally->certain += !*call->errnos;
		/* The last is the zero behind them: the kill. */
		for (size_t e = 0; e < MAX_ERRNOS && (e == 0 || call->errnos[e - 1]); e++) {
			fault.error = call->errnos[e];
			if (!is_possible(&fault.at, fault.error))
				continue;
			if (visit && is_chosen(tally, n))
				visit(tally, &fault);
			n++;
		}
	}
	tally->faults = n;
}

/* Runs the verb once without a fault: its calls, and what it leads to. */
static bool count_once(struct tally *tally)
{
	const struct options *options = tally->options;
	struct run *counted = &tally->counted;
	struct words words;

	run_free(counted);
	picture_free(&tally->after);
	if (!world_make(&options->programs, tally->of))
		return false;
	world_words(world_program(&options->programs, tally->of), tally->of->line, &words);
	return run_traced(words.argv, NULL, counted) && !counted->hung && counted->status == 0 &&
	       (!*counted->said || tally->of->looks || tally->of->prints) && picture_take(&tally->after);
}

/* Each system call that calls.c lacks is told once. */
static void check_known(struct tally *tally, size_t n)
{
	long nr = tally->counted.points[n].nr;

	if (find_call(nr))
		return;
	for (size_t i = 0; i < n; i++)
		if (tally->counted.points[i].nr == nr)
			return;
	printf("BAD: %s: calls.c does not know system call %ld\n", tally->of->name, nr);
	tally->outcomes[BAD]++;
}

/* Of some runs the one with the fewest calls: what comes in pieces makes any number of further ones. */
static bool count_fewest(struct tally *tally)
{
	struct run fewest = { 0 };
	bool good = true;

	for (int i = 0; good && i < 10; i++) {
		good = count_once(tally);
		if (good && (i == 0 || tally->counted.count < fewest.count)) {
			run_free(&fewest);
			fewest = tally->counted;
			tally->counted.points = NULL;
		}
	}
	if (good) {
		run_free(&tally->counted);
		tally->counted = fewest;
	} else {
		run_free(&fewest);
	}
	return good;
}

/* Where it can take more than one course, by who is faster, the one that it takes twice in a row. */
static bool count_twice(struct tally *tally)
{
	bool good = count_once(tally);
	size_t before = 0;

	for (int tries = 0; good && tries < 20 && tally->counted.count != before; tries++) {
		before = tally->counted.count;
		good = count_once(tally);
	}
	return good;
}

static bool count(struct tally *tally)
{
	bool good = tally->of->pieces ? count_fewest(tally) : count_twice(tally);

	if (!good)
		printf("BAD: %s: does not work without a fault: %s\n", tally->of->name, tally->counted.said);
	for (size_t i = 0; good && i < tally->counted.count; i++)
		check_known(tally, i);
	return good;
}

static void report(const struct tally *tally)
{
	unsigned long calls[3] = { 0 };

	for (size_t i = 0; i < tally->counted.count; i++)
		calls[(strlen(tally->counted.points[i].who) - 1) / 2 % 3]++;
	printf("%s: %lu of %lu points; calls: manager %lu, creator %lu, keeper %lu, of which %lu cannot fail;",
		tally->of->name, tally->tried, tally->faults, calls[0], calls[1], calls[2], tally->certain);
	for (int i = 0; i < OUTCOMES; i++)
		if (tally->outcomes[i])
			printf(" %s %lu", outcome_names[i], tally->outcomes[i]);
	putchar('\n');
}

void do_case(const struct options *options, const struct a_case *of)
{
	struct tally tally = { .options = options, .of = of };

	if (place_lacks(of->needs)) {
		printf("SKIPPED: %s: needs %s\n", of->name, place_lacks(of->needs));
		options->shared->skipped++;
	} else if (!count(&tally)) {
		tally.outcomes[BAD]++;
	} else if (options->fault.at.n) {
		struct fault fault = options->fault;

		for (size_t i = 0; i < tally.counted.count; i++)
			if (tally.counted.points[i].n == fault.at.n &&
			    strcmp(tally.counted.points[i].who, fault.at.who) == 0)
				fault.at = tally.counted.points[i];
		try_one(&tally, &fault);
		tally.outcomes[BAD] += tally.outcomes[UNMET];
	} else {
		each_fault(&tally, NULL);
		each_fault(&tally, try_one);
		/* Now and then the kernel is slower or faster with something, and a call is made that no other run makes; a runner
		 * that is lost does not count as good. */
		tally.outcomes[BAD] += tally.outcomes[UNMET] > 3 + tally.tried / 100 ?
					       tally.outcomes[UNMET] : 0;
		report(&tally);
	}
	options->shared->tried += tally.tried;
	options->shared->unmet += tally.outcomes[UNMET];
	options->shared->bad += tally.outcomes[BAD];
	world_end();
	run_free(&tally.counted);
	picture_free(&tally.after);
}
