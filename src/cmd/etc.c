/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/launch.h"

#include "base/fd.h"
#include "base/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files that a command sees in /etc instead of those of the machine. */

/* Who can write there decides what the command takes for the system's (LESSONS security 15). */
static int check_owner(const struct launch *launch, int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return say_plain(launch->app, "'%s': %s", path, strerror(errno));
	if ((st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & 022))
		return say_plain(launch->app, "'%s': others than root can write there (--no-etc leaves it)", path);
	return STATUS_DONE;
}

/* What the library passes over without a word is told: somebody has put it there. */
static void tell_of_missing(const struct launch *launch, int fd, const char *path)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char file[300], escaped[600];
		struct nsm_text text = NSM_TEXT(file);

		nsm_text_add(&text, "/etc/%s", entry->d_name);
		if (entry->d_name[0] != '.' && access(file, F_OK) < 0)
			say_plain(launch->app, "'%s' has '%s', which is not in /etc, and is left out", path,
				  nsm_escape(entry->d_name, escaped, sizeof(escaped)));
	}
	if (dir)
		closedir(dir);
	else
		close(fd);
}

static int cover_with(struct launch *launch, const char *path)
{
	nsm_autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return STATUS_DONE;
	if (fd < 0)
		return say_plain(launch->app, "'%s': %s (--no-etc leaves it)", path, strerror(errno));
	status = check_owner(launch, fd, path);
	if (status != STATUS_DONE)
		return status;
	tell_of_missing(launch, take_fd(fd), path);
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
		status = cover_with(launch, launch->etc[i]);
	}
	return status;
}
