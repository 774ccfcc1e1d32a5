/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/mountinfo.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

void nsm_mounts_free(struct nsm_mounts *mounts)
{
	free(mounts->text);
	free(mounts->array);
	*mounts = (struct nsm_mounts){ 0 };
}

/* All of it: a store of thousands of sets has megabytes. */
static int read_all(char **ret)
{
	nsm_autoclose int fd = openat(AT_FDCWD, NSM_PROC_SELF "/mountinfo", O_RDONLY | O_CLOEXEC);
	nsm_autofree char *text = NULL;
	size_t len = 0, size = 0;
	ssize_t n = 1;

	if (fd < 0)
		return -errno;
	while (n > 0) {
		if (size - len < 4096) {
			char *grown = realloc(text, size = size ? size * 2 : 65536);

			if (!grown)
				return -ENOMEM;
			text = grown;
		}
		n = read(fd, text + len, size - len - 1);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n < 0)
			return -errno;
		else
			len += (size_t)n;
	}
	text[len] = '\0';
	*ret = take_ptr(text);
	return 0;
}

/* ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [shared:N] [master:N] ... - TYPE ... */
static bool parse_line(char *line, struct nsm_mount *mount)
{
	char *id = nsm_token(&line, ' '), *parent = nsm_token(&line, ' '), *minor = nsm_token(&line, ' ');
	char *major = minor ? nsm_token(&minor, ':') : NULL, *root = nsm_token(&line, ' '), *point, *field;
	uint32_t numbers[2];

	point = nsm_token(&line, ' ');
	nsm_token(&line, ' ');
	if (!point || nsm_parse_u64(id, &mount->id) < 0 || nsm_parse_u64(parent, &mount->parent) < 0 || !minor ||
	    nsm_parse_u32(major, &numbers[0]) < 0 || nsm_parse_u32(minor, &numbers[1]) < 0)
		return false;
	mount->dev = makedev(numbers[0], numbers[1]);
	while ((field = nsm_token(&line, ' ')) && !nsm_streq(field, "-")) {
		mount->shared |= nsm_after(field, "shared:") != NULL;
		mount->slave |= nsm_after(field, "master:") != NULL;
	}
	nsm_unescape_octal(point);
	mount->point = point;
	mount->root = root;
	return true;
}

static bool is_within(const char *point, const char *path)
{
	const char *rest = nsm_after(point, path);

	return rest && (!*rest || *rest == '/');
}

static int compare(const void *a, const void *b)
{
	const struct nsm_mount *one = a, *other = b;
	int order = strcmp(one->point, other->point);

	if (order != 0)
		return order;
	/* Which of three lies where is found out afterwards; here it is enough that equals are neighbours. */
	return one->id < other->id ? -1 : one->id > other->id;
}

/* Puts those of one point in the order in which they lie: each upon its parent. Numbers are used again, so theirs tells nothing. */
static void order_stack(struct nsm_mount *group, size_t count)
{
	for (size_t done = 0; done + 1 < count; done++) {
		for (size_t i = done; i < count; i++) {
			bool has_lower = false;

			for (size_t j = done; j < count; j++)
				has_lower |= group[j].id == group[i].parent;
			if (!has_lower) {
				struct nsm_mount lowest = group[i];

				group[i] = group[done];
				group[done] = lowest;
				break;
			}
		}
	}
}

static void order_stacks(struct nsm_mounts *mounts)
{
	for (size_t i = 0, end; i < mounts->count; i = end) {
		for (end = i + 1; end < mounts->count; end++)
			if (!nsm_streq(mounts->array[i].point, mounts->array[end].point))
				break;
		order_stack(&mounts->array[i], end - i);
	}
}

int nsm_mounts_read(const char *path, struct nsm_mounts *ret)
{
	nsm_automounts struct nsm_mounts mounts = { 0 };
	size_t size = 0;
	char *cursor, *line;
	int r = read_all(&mounts.text);

	if (r < 0)
		return r;
	cursor = mounts.text;
	while ((line = nsm_token(&cursor, '\n'))) {
		struct nsm_mount mount = { 0 };

		if (!parse_line(line, &mount) || !is_within(mount.point, path))
			continue;
		if (mounts.count == size) {
			struct nsm_mount *grown = realloc(mounts.array, (size = size ? size * 2 : 64) * sizeof(*grown));

			if (!grown)
				return -ENOMEM;
			mounts.array = grown;
		}
		mounts.array[mounts.count++] = mount;
	}
	if (mounts.count)
		qsort(mounts.array, mounts.count, sizeof(*mounts.array), compare);
	order_stacks(&mounts);
	*ret = mounts;
	mounts = (struct nsm_mounts){ 0 };
	return 0;
}

const struct nsm_mount *nsm_mounts_at(const struct nsm_mounts *mounts, const char *point, size_t *ret_count)
{
	size_t low = 0, high = mounts->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(mounts->array[middle].point, point) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = low; high < mounts->count && nsm_streq(mounts->array[high].point, point); high++)
		;
	/* One that the last does not lie on is below a mount that covers the whole directory, and is nobody's to see. */
	for (size_t i = high; i > low + 1; i--)
		if (mounts->array[i - 1].parent != mounts->array[i - 2].id)
			low = i - 1;
	*ret_count = high - low;
	return high > low ? &mounts->array[low] : NULL;
}

const struct nsm_mount *nsm_mounts_find(const struct nsm_mounts *mounts, uint64_t id)
{
	for (size_t i = 0; i < mounts->count; i++)
		if (mounts->array[i].id == id)
			return &mounts->array[i];
	return NULL;
}

bool nsm_mounts_has_children(const struct nsm_mounts *mounts, const struct nsm_mount *parent)
{
	for (size_t i = 0; i < mounts->count; i++)
		if (mounts->array[i].parent == parent->id && !nsm_streq(mounts->array[i].point, parent->point))
			return true;
	return false;
}
