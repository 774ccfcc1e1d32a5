/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/ls_ahead.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#define FEW 1024  /* sets that two are no faster with */
#define BLOCK 32  /* sets that are claimed at once */

struct seen {
	struct nsmgr_handle *handles;
	int count; /* below 0: the caller may see for itself */
};

struct ls_ahead {
	struct nsmgr_ctx *ctx;
	struct nsmgr_list *list;
	unsigned flags;
	const char *const *names; /* the caller's */
	struct seen *seen;
	size_t at, own; /* the caller's: which comes next, and how far it has claimed */
	pthread_mutex_t lock;
	pthread_cond_t news;
	pthread_t thread;
	/* Under the lock: what nobody has claimed yet, and from where on all has been seen. */
	size_t begin, end, done;
};

static void look(struct ls_ahead *ahead, size_t at)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct seen *seen = &ahead->seen[at];

	seen->count = nsmgr_list_handles(ahead->list, ahead->names[at], handles);
	if (seen->count <= 0)
		return;
	seen->handles = malloc((size_t)seen->count * sizeof(*seen->handles));
	if (seen->handles)
		memcpy(seen->handles, handles, (size_t)seen->count * sizeof(*seen->handles));
	else
		seen->count = -ENOMEM;
}

static void *run(void *data)
{
	struct ls_ahead *ahead = data;
	size_t begin, end;

	/* Whoever cannot begin has claimed nothing. */
	if (nsmgr_list_new(ahead->ctx, ahead->flags, &ahead->list) < 0)
		return NULL;
	pthread_mutex_lock(&ahead->lock);
	while (ahead->begin < ahead->end) {
		end = ahead->end;
		begin = end - ahead->begin > BLOCK ? end - BLOCK : ahead->begin;
		ahead->end = begin;
		pthread_mutex_unlock(&ahead->lock);
		for (size_t at = begin; at < end; at++)
			look(ahead, at);
		pthread_mutex_lock(&ahead->lock);
		ahead->done = begin;
		pthread_cond_signal(&ahead->news);
	}
	pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

static void free_ahead(struct ls_ahead *ahead)
{
	for (size_t i = 0; ahead->seen && ahead->names[i]; i++)
		free(ahead->seen[i].handles);
	free(ahead->seen);
	nsmgr_list_free(ahead->list);
	nsmgr_unref(ahead->ctx);
	pthread_cond_destroy(&ahead->news);
	pthread_mutex_destroy(&ahead->lock);
	free(ahead);
}

/* Signals are the caller's. */
static int start(struct ls_ahead *ahead)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&ahead->thread, NULL, run, ahead);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

/* With one processor it would only take turns with us. */
static bool has_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 1;
}

struct ls_ahead *ls_ahead_begin(struct nsmgr_ctx *ctx, struct nsmgr_list *list, unsigned flags)
{
	size_t count;
	const char *const *names = nsmgr_list_names(list, &count);
	struct ls_ahead *ahead = count < FEW || !has_processors() ? NULL : calloc(1, sizeof(*ahead));

	if (!ahead)
		return NULL;
	ahead->names = names;
	ahead->flags = flags;
	ahead->end = ahead->done = count;
	ahead->seen = calloc(count, sizeof(*ahead->seen));
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->news, NULL);
	if (ahead->seen && nsmgr_new(&ahead->ctx) == 0 && nsmgr_set_root(ahead->ctx, nsmgr_get_root(ctx)) == 0 && start(ahead) == 0)
		return ahead;
	free_ahead(ahead);
	return NULL;
}

void ls_ahead_end(struct ls_ahead *ahead)
{
	if (!ahead)
		return;
	pthread_mutex_lock(&ahead->lock);
	ahead->begin = ahead->end;
	pthread_mutex_unlock(&ahead->lock);
	pthread_join(ahead->thread, NULL);
	free_ahead(ahead);
}

/* What was seen of it, or NULL where the caller is to look. */
static const struct seen *take(struct ls_ahead *ahead)
{
	size_t at = ahead->at++;

	if (at < ahead->own)
		return NULL;
	pthread_mutex_lock(&ahead->lock);
	if (ahead->begin < ahead->end)
		ahead->own = ahead->begin += ahead->end - ahead->begin > BLOCK ? BLOCK : ahead->end - ahead->begin;
	while (at >= ahead->own && at < ahead->done)
		pthread_cond_wait(&ahead->news, &ahead->lock);
	pthread_mutex_unlock(&ahead->lock);
	return at >= ahead->own && ahead->seen[at].count >= 0 ? &ahead->seen[at] : NULL;
}

int ls_ahead_handles(struct ls_ahead *ahead, struct nsmgr_list *list, const char *name, struct nsmgr_handle ret_handles[])
{
	const struct seen *seen = ahead ? take(ahead) : NULL;

	if (!seen)
		return nsmgr_list_handles(list, name, ret_handles);
	if (seen->count)
		memcpy(ret_handles, seen->handles, (size_t)seen->count * sizeof(*ret_handles));
	return seen->count;
}
