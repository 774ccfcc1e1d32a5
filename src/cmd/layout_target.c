/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/layout_inside.h"

#include "base/fd.h"
#include "base/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The way to a target, one component after the other, each opened without following it: openat2(2) with RESOLVE_IN_ROOT, but on
 * kernels without it too, and making what is missing as it goes. ".." goes back to the descriptor that it came from, so that a
 * directory which somebody moves meanwhile cannot lead out of the root; a link of /proc is no more than its text. */

#define DEPTH 128
#define LINKS 40 /* as the kernel has it: path_resolution(7) */

struct walk {
	struct inside_place *place;
	enum target_want want;
	int fds[DEPTH];
	size_t depth;
	int links;
	bool made;
	char name[NAME_MAX + 1]; /* of the last of fds */
	char rest[2 * PATH_MAX];
};

int is_ours(const struct inside_place *place, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	for (size_t i = 0; i < place->our_count; i++)
		if (place->ours[i] == st.st_dev)
			return 1;
	return 0;
}

void target_close(struct target *target)
{
	nsm_close(&target->fd);
	nsm_close(&target->dir);
}

static void walk_back(struct walk *walk, size_t depth)
{
	while (walk->depth > depth)
		nsm_close(&walk->fds[--walk->depth]);
}

static void walk_end(struct walk *walk)
{
	walk_back(walk, 0);
}

static int here(const struct walk *walk)
{
	return walk->depth ? walk->fds[walk->depth - 1] : walk->place->root;
}

/* What the host has is not ours to change, unless told. */
static int make_missing(struct walk *walk, bool last)
{
	const struct mount_opts *opts = &walk->place->entry->opts;
	mode_t mode = opts->mkdir ? opts->mkdir_mode : 0755;
	int fd, may = opts->mkdir ? 1 : is_ours(walk->place, here(walk));

	if (may < 0)
		return may;
	if (!may) {
		walk->place->cure = walk->place->entry->kind < ENTRY_FILE
					    ? "nothing is made in a file system of the host's: X-mount.mkdir makes a target, a tmpfs above it as well"
					    : "nothing is made in a file system of the host's: a tmpfs above it helps";
		return -ENOENT;
	}
	if (last && walk->want == TARGET_FILE) {
		if (mknodat(here(walk), walk->name, S_IFREG | 0644, 0) < 0)
			return -errno;
	} else if (mkdirat(here(walk), walk->name, mode) < 0) {
		return -errno;
	}
	walk->made = last;
	fd = openat(here(walk), walk->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Puts where a link leads before the rest of the way. */
static int follow(struct walk *walk, int link, const char *behind)
{
	char text[PATH_MAX], rest[2 * PATH_MAX];
	struct nsm_text joined = NSM_TEXT(rest);
	ssize_t n = readlinkat(link, "", text, sizeof(text) - 1);

	if (n < 0)
		return -errno;
	if (++walk->links > LINKS)
		return -ELOOP;
	text[n] = '\0';
	if (*text == '/')
		walk_back(walk, 0);
	nsm_text_add(&joined, "%s/%s", text, behind);
	if (joined.cut)
		return -ENAMETOOLONG;
	strcpy(walk->rest, rest);
	return 0;
}

/* The component in walk->name; `behind` is the rest of the way. */
static int walk_step(struct walk *walk, const char *behind)
{
	bool last = !behind[strspn(behind, "/")];
	nsm_autoclose int fd = openat(here(walk), walk->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	char moved[2 * PATH_MAX];

	if (fd < 0 && errno == ENOENT)
		fd = make_missing(walk, last);
	else if (fd < 0)
		return -errno;
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return follow(walk, fd, behind);
	if (walk->depth == DEPTH)
		return -ENAMETOOLONG;
	walk->fds[walk->depth++] = take_fd(fd);
	strcpy(moved, behind);
	strcpy(walk->rest, moved);
	return 0;
}

static int walk_all(struct walk *walk)
{
	for (;;) {
		const char *name = walk->rest + strspn(walk->rest, "/");
		size_t len = strcspn(name, "/");
		int r = 0;

		if (len == 0)
			return 0;
		if (len > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(walk->name, name, len);
		walk->name[len] = '\0';
		if (nsm_streq(walk->name, "..") && walk->depth > 0)
			walk_back(walk, walk->depth - 1);
		if (nsm_streq(walk->name, ".") || nsm_streq(walk->name, ".."))
			memmove(walk->rest, name + len, strlen(name + len) + 1);
		else
			r = walk_step(walk, name + len);
		if (r < 0)
			return r;
	}
}

int target_open(struct inside_place *place, const char *path, enum target_want want, struct target *ret)
{
	nsm_cleanup(walk_end) struct walk walk = { .place = place, .want = want };
	struct stat st;
	int r;

	if (!nsm_copy(walk.rest, sizeof(walk.rest), path))
		return -ENAMETOOLONG;
	r = walk_all(&walk);
	if (r < 0)
		return r;
	if (fstat(here(&walk), &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode) != (want == TARGET_DIR))
		return want == TARGET_DIR ? -ENOTDIR : -EISDIR;
	nsm_copy(ret->name, sizeof(ret->name), walk.name);
	ret->made = walk.made;
	ret->dir = nsm_dup(walk.depth > 1 ? walk.fds[walk.depth - 2] : place->root);
	ret->fd = nsm_dup(here(&walk));
	r = ret->dir < 0 ? ret->dir : ret->fd < 0 ? ret->fd : 0;
	if (r < 0)
		target_close(ret);
	return r;
}
