/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/apply.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define DEFAULT_PATH "/etc/nsmgr:/run/nsmgr.d:/usr/lib/nsmgr"
#define SUFFIX ".conf"

char **profile_directories(void)
{
	const char *path = secure_getenv("NSMGR_PROFILE_PATH");
	size_t count = 2, at = 0;
	char **ret, *text;

	if (!path || !*path)
		path = DEFAULT_PATH;
	for (const char *p = path; *p; p++)
		count += *p == ':';
	ret = calloc(1, count * sizeof(*ret) + strlen(path) + 1);
	if (!ret)
		return NULL;
	text = (char *)(ret + count);
	memcpy(text, path, strlen(path) + 1);
	for (char *dir; (dir = nsm_token(&text, ':'));)
		if (*dir)
			ret[at++] = dir;
	return ret;
}

/* ---- files ---- */

static bool has_suffix(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > sizeof(SUFFIX) - 1 && nsm_streq(name + len - (sizeof(SUFFIX) - 1), SUFFIX);
}

static char *join(const char *dir, const char *name, const char *more)
{
	char *path;

	return asprintf(&path, "%s/%s%s", dir, name, more) < 0 ? NULL : path;
}

/* An empty file, or a link to /dev/null, hides those of that name further down, as with units (systemd.unit(5)). */
static bool masks(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false; /* reading it says why */
	return S_ISCHR(st.st_mode) ? st.st_rdev == makedev(1, 3) : S_ISREG(st.st_mode) && st.st_size == 0;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

typedef int take_fn(struct app *app, const char *dir, const char *name, void *data);

/* Calls `take` with each file of a directory that ends in .conf; a directory that is not there has none. */
static int each_file(struct app *app, const char *dir, take_fn *take, void *data)
{
	DIR *opened = opendir(dir);
	const struct dirent *entry;
	int status = STATUS_DONE;

	if (!opened && (errno == ENOENT || errno == ENOTDIR))
		return STATUS_DONE;
	if (!opened)
		return say_plain(app, "'%s': %s", dir, strerror(errno));
	for (errno = 0; status == STATUS_DONE && (entry = readdir(opened)); errno = 0)
		if (has_suffix(entry->d_name))
			status = take(app, dir, entry->d_name, data);
	/* Who has not seen them all would remove the sets of the others. */
	if (status == STATUS_DONE && errno)
		status = say_plain(app, "'%s': %s", dir, strerror(errno));
	closedir(opened);
	return status;
}

/* ---- profiles ---- */

static struct wanted *add(struct wanted_list *list, char *name)
{
	if (list->count == list->size) {
		size_t size = list->size ? list->size * 2 : 16;
		struct wanted *array = realloc(list->array, size * sizeof(*array));

		if (!array)
			return NULL;
		list->array = array;
		list->size = size;
	}
	list->array[list->count] = (struct wanted){ .name = name };
	return &list->array[list->count++];
}

static int take_profile(struct app *app, const char *dir, const char *file, void *data)
{
	struct wanted_list *list = data;
	nsm_autofree char *path = join(dir, file, ""), *name = strndup(file, strlen(file) - (sizeof(SUFFIX) - 1));
	struct wanted *wanted;

	if (!path || !name)
		return say_plain(app, "out of memory");
	if (is_directory(path) || wanted_named(list, name))
		return STATUS_DONE;
	wanted = add(list, name);
	if (!wanted)
		return say_plain(app, "out of memory");
	(void)take_ptr(name);
	wanted->masked = masks(path);
	if (!add_name(&wanted->files, path))
		return say_plain(app, "out of memory");
	(void)take_ptr(path);
	return STATUS_DONE;
}

static const char *base_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

static int take_drop_in(struct app *app, const char *dir, const char *file, void *data)
{
	struct names *files = data;
	nsm_autofree char *path = join(dir, file, "");

	/* The profile itself, which stands first, is none of them. */
	for (size_t i = 1; i < files->count; i++)
		if (nsm_streq(base_name(files->array[i]), file))
			return STATUS_DONE;
	if (!path || !add_name(files, path))
		return say_plain(app, "out of memory");
	(void)take_ptr(path);
	return STATUS_DONE;
}

static int by_base_name(const void *a, const void *b)
{
	return strcmp(base_name(*(const char *const *)a), base_name(*(const char *const *)b));
}

static int find_drop_ins(struct app *app, char *const *dirs, struct wanted *wanted)
{
	struct names *files = &wanted->files;
	size_t kept = 1;

	for (; *dirs; dirs++) {
		nsm_autofree char *dir = join(*dirs, wanted->name, SUFFIX ".d");
		int status = dir ? each_file(app, dir, take_drop_in, files) : say_plain(app, "out of memory");

		if (status != STATUS_DONE)
			return status;
	}
	qsort(files->array + 1, files->count - 1, sizeof(*files->array), by_base_name);
	/* Those that only hide others have done so. */
	for (size_t i = 1; i < files->count; i++) {
		if (masks(files->array[i]))
			free((char *)(uintptr_t)files->array[i]);
		else
			files->array[kept++] = files->array[i];
	}
	files->count = kept;
	return STATUS_DONE;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->name, ((const struct wanted *)b)->name);
}

int wanted_find(struct app *app, struct wanted_list *ret)
{
	nsm_autofree char **dirs = profile_directories();
	int status = STATUS_DONE;

	if (!dirs)
		return say_plain(app, "out of memory");
	for (char **dir = dirs; status == STATUS_DONE && *dir; dir++)
		status = each_file(app, *dir, take_profile, ret);
	if (ret->count)
		qsort(ret->array, ret->count, sizeof(*ret->array), by_name);
	for (size_t i = 0; status == STATUS_DONE && i < ret->count; i++)
		if (!ret->array[i].masked)
			status = find_drop_ins(app, dirs, &ret->array[i]);
	return status;
}

struct wanted *wanted_named(const struct wanted_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (nsm_streq(list->array[i].name, name))
			return &list->array[i];
	return NULL;
}

void wanted_free(struct wanted_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct wanted *wanted = &list->array[i];

		profile_clear(&wanted->profile);
		for (size_t k = 0; k < wanted->files.count; k++)
			free((char *)(uintptr_t)wanted->files.array[k]);
		free(wanted->files.array);
		free(wanted->name);
	}
	free(list->array);
	*list = (struct wanted_list){ 0 };
}
