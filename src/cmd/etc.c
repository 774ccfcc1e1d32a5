/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/launch.h"

#include "base/fd.h"
#include "base/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files that a command sees in /etc instead of those of the machine. */

/* Who can write there decides what the command takes for the system's (LESSONS security 15). */
static int check_owner(const struct launch *launch, const struct stat *st, const char *path)
{
	char escaped[1024];

	if ((st->st_uid == 0 || st->st_uid == geteuid()) && !(st->st_mode & 022))
		return STATUS_DONE;
	return say_plain(launch->app, "'%s': others than root can write there (--no-etc leaves it)",
			 nsm_escape(path, escaped, sizeof(escaped)));
}

/* Its name without links, in which nobody else can put something else in the place of what was checked: the library opens it
 * again, in a mount namespace where a descriptor of ours would be another's. */
static int check_way(const struct launch *launch, int fd, char *path, size_t size)
{
	char link[64], way[ETC_PATH];
	struct nsm_text text = NSM_TEXT(link);
	ssize_t n;

	nsm_text_add(&text, "/proc/self/fd/%d", fd);
	n = readlink(link, way, sizeof(way));
	if (n <= 0 || way[0] != '/' || (size_t)n >= sizeof(way) || (size_t)n >= size)
		return say_plain(launch->app, "'%s': its name is not to be found, or too long (--no-etc leaves it)", path);
	way[n] = '\0';
	strcpy(path, way);
	for (;;) {
		struct stat st;
		int status;

		if (stat(way, &st) < 0)
			return say_plain(launch->app, "'%s': %s", way, strerror(errno));
		status = check_owner(launch, &st, way);
		if (status != STATUS_DONE || !way[1])
			return status;
		way[strrchr(way, '/') == way ? 1 : strrchr(way, '/') - way] = '\0';
	}
}

/* With --root in that, whose links lead elsewhere from here. */
static bool is_in_etc(const struct launch *launch, const char *name)
{
	char file[PATH_MAX];
	struct nsm_text text = NSM_TEXT(file);
	struct stat st;

	nsm_text_add(&text, "%s/etc/%s", launch->root ? launch->root : "", name);
	return fstatat(AT_FDCWD, file, &st, launch->root ? AT_SYMLINK_NOFOLLOW : 0) == 0;
}

/* What the library passes over without a word is told: somebody has put it there. A link leads where who made it wants. */
static int check_entry(const struct launch *launch, int fd, const char *path, const char *name)
{
	char file[ETC_PATH + 300], escaped[1024];
	struct nsm_text text = NSM_TEXT(file);
	struct stat st;

	nsm_text_add(&text, "%s/%s", path, name);
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISLNK(st.st_mode) &&
	    check_owner(launch, &st, file) != STATUS_DONE)
		return STATUS_NSMGR;
	if (!is_in_etc(launch, name))
		say_plain(launch->app, "'%s' has '%s', which is not in /etc%s, and is left out", path,
			  nsm_escape(name, escaped, sizeof(escaped)), launch->root ? " of --root" : "");
	return STATUS_DONE;
}

static int check_entries(const struct launch *launch, int fd, const char *path)
{
	int copy = nsm_dup(fd), status = STATUS_DONE;
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;

	if (!dir) {
		nsm_close(&copy);
		return say_plain(launch->app, "'%s': %s", path, strerror(errno));
	}
	while (status == STATUS_DONE && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			status = check_entry(launch, fd, path, entry->d_name);
	closedir(dir);
	return status;
}

static int cover_with(struct launch *launch, char *path, size_t size)
{
	nsm_autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return STATUS_DONE;
	if (fd < 0)
		return say_plain(launch->app, "'%s': %s (--no-etc leaves it)", path, strerror(errno));
	status = check_way(launch, fd, path, size);
	if (status == STATUS_DONE)
		status = check_entries(launch, fd, path);
	if (status != STATUS_DONE)
		return status;
	return nsmgr_command_cover(launch->command, path, "/etc") < 0 ? say_failure(launch->app, NULL) : STATUS_DONE;
}

int launch_cover_etc(struct launch *launch, const char *name)
{
	/* The last one covers the first. */
	static const char *const directories[] = { "/etc/netns", "/etc/nsmgr" };
	int status = STATUS_DONE;

	for (size_t i = 0; i < NSM_ARRAY_SIZE(directories) && status == STATUS_DONE; i++) {
		struct nsm_text text = NSM_TEXT(launch->etc[i]);

		nsm_text_add(&text, "%s/%s", directories[i], name);
		status = cover_with(launch, launch->etc[i], sizeof(launch->etc[i]));
	}
	return status;
}
