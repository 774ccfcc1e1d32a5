/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/apply_mounts.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- places ---- */

/* A file system of the set's own may never answer. */
#define PATIENCE 10 /* seconds */

static void have_an_end(void)
{
	sigset_t set;

	signal(SIGALRM, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	alarm(PATIENCE);
}

/* In the child. What is not there any more is found nowhere else either. */
static int resolve(void *data)
{
	struct places *places = data;

	have_an_end();
	for (size_t i = 0; i < places->count; i++) {
		const char *target = places->layout->entries[i].target;

		if (!realpath(target, places->paths[i]))
			nsm_copy(places->paths[i], PATH_MAX, errno == ENOENT || errno == ENOTDIR ? target : "");
	}
	return 0;
}

static int call(const struct facts *facts, unsigned types, struct places *places)
{
	struct nsmgr_status status;
	struct nsmgr_set *set;
	int r = nsmgr_set_open(facts->app->ctx, facts->name, types, 0, &set);

	if (r < 0)
		return r;
	r = nsmgr_call(set, types, resolve, places, &status);
	nsmgr_set_close(set);
	return r == 0 && status.signal ? -EINTR : r;
}

static size_t size_of(size_t count)
{
	return sizeof(struct places) + count * PATH_MAX;
}

struct places *places_find(const struct facts *facts, const struct layout *layout)
{
	const int flags = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE;
	const unsigned mnt = NSMGR_MASK(NSMGR_MNT);
	struct places *places = mmap(NULL, size_of(layout->count), PROT_READ | PROT_WRITE, flags, -1, 0);
	int r;

	if (places == MAP_FAILED)
		return NULL;
	places->layout = layout;
	places->count = layout->count;
	r = call(facts, mnt, places);
	if (r == -EPERM && facts_is_live(facts, NSMGR_USER))
		r = call(facts, mnt | NSMGR_MASK(NSMGR_USER), places);
	if (r < 0)
		places_free(&places);
	return places;
}

void places_free(struct places **places)
{
	if (*places)
		munmap(*places, size_of((*places)->count));
	*places = NULL;
}

/* ---- mounts ---- */

static int keep(void *data, const struct mount_entry *entry)
{
	struct mount_list *list = data;

	if (list->count == list->size) {
		size_t size = list->size ? list->size * 2 : 64;
		struct mount_entry *array = realloc(list->array, size * sizeof(*array));

		if (!array)
			return -ENOMEM;
		list->array = array;
		list->size = size;
	}
	list->array[list->count++] = *entry;
	return 0;
}

int mount_list_read(const char *text, struct mount_list *ret)
{
	int r = text ? mounts_read_text(text, &ret->mounts) : mounts_read(&ret->mounts);

	return r < 0 ? r : mounts_each(ret->mounts, keep, ret);
}

void mount_list_free(struct mount_list *list)
{
	mounts_free(&list->mounts);
	free(list->array);
}

const struct mount_entry *mount_list_by_id(const struct mount_list *list, int id)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->array[i].id == id)
			return &list->array[i];
	return NULL;
}

/* The lowest at "/", whose parent is outside, or itself. */
static const struct mount_entry *root_of(const struct mount_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct mount_entry *entry = &list->array[i];

		if (nsm_streq(entry->target, "/") && (entry->parent == entry->id || !mount_list_by_id(list, entry->parent)))
			return entry;
	}
	return NULL;
}

/* The one that lies directly on `on` at that place: the kernel lets none lie beside another there. */
static const struct mount_entry *upon(const struct mount_list *list, const struct mount_entry *on, const char *path, size_t len)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct mount_entry *entry = &list->array[i];

		if (entry->parent == on->id && entry != on && strlen(entry->target) == len && strncmp(entry->target, path, len) == 0)
			return entry;
	}
	return NULL;
}

const struct mount_entry *mount_list_at(const struct mount_list *list, const char *path)
{
	const struct mount_entry *at = root_of(list);
	size_t len = 1;

	/* As the kernel walks: down the path, and up what is stacked at each place. */
	while (at) {
		const struct mount_entry *next;

		while ((next = upon(list, at, path, len)))
			at = next;
		if (!path[len])
			break;
		len += len > 1;
		len += strcspn(path + len, "/");
	}
	return at;
}
