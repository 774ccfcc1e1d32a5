/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/census.h"

#include "cmd/procs.h"

/* Namespaces of all types share one numbering. */
struct resident {
	ino_t ino;
	pid_t pid;
};

struct census {
	struct resident *residents; /* of each process and type, sorted */
	size_t count, size;
	bool misses_init;  /* pid 1 could not be looked at: some systems guard it from root */
	bool misses_others;
	ino_t own[NSMGR_TYPE_COUNT]; /* where pid 1 may be, for it enters nothing */
};

static int compare(const void *a, const void *b)
{
	const struct resident *left = a, *right = b;

	if (left->ino != right->ino)
		return left->ino < right->ino ? -1 : 1;
	return left->pid < right->pid ? -1 : left->pid > right->pid;
}

static int add(struct census *census, ino_t ino, pid_t pid)
{
	if (census->count == census->size) {
		size_t size = census->size ? census->size * 2 : 4096;
		struct resident *residents = realloc(census->residents, size * sizeof(*residents));

		if (!residents)
			return -ENOMEM;
		census->residents = residents;
		census->size = size;
	}
	census->residents[census->count++] = (struct resident){ ino, pid };
	return 0;
}

static int add_process(void *data, const struct process *process)
{
	struct census *census = data;
	int r = 0;

	if (process->hidden)
		*(process->pid == 1 ? &census->misses_init : &census->misses_others) = true;
	for (int type = 0; r == 0 && type < NSMGR_TYPE_COUNT; type++)
		if (process->ns[type])
			r = add(census, process->ns[type], process->pid);
	return r;
}

int census_take(struct census **ret_census)
{
	nsm_cleanup(census_free) struct census *census = calloc(1, sizeof(*census));
	int r;

	if (!census)
		return -ENOMEM;
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		census->own[type] = ns_inode("self", nsmgr_type_name((enum nsmgr_type)type));
	r = procs_walk(add_process, census);
	if (r < 0)
		return r;
	if (census->count)
		qsort(census->residents, census->count, sizeof(*census->residents), compare);
	*ret_census = take_ptr(census);
	return 0;
}

void census_free(struct census **census)
{
	if (!*census)
		return;
	free((*census)->residents);
	free(*census);
	*census = NULL;
}

/* The first place that is not below `ino`. */
static size_t lower_bound(const struct census *census, ino_t ino)
{
	size_t low = 0, high = census->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (census->residents[mid].ino < ino)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_own(const struct census *census, ino_t ino)
{
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		if (census->own[type] == ino)
			return true;
	return false;
}

long census_count_in(const struct census *census, ino_t ino)
{
	if (census->misses_others || (census->misses_init && is_own(census, ino)))
		return -1;
	return (long)(lower_bound(census, ino + 1) - lower_bound(census, ino));
}

pid_t census_first_in(const struct census *census, ino_t ino)
{
	size_t at = lower_bound(census, ino);

	return at < census->count && census->residents[at].ino == ino ? census->residents[at].pid : 0;
}
