/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz_program.h"

#include "base/fd.h"
#include "cmd/create_opts.h"
#include "cmd/follow.h"
#include "cmd/hunt.h"
#include "cmd/image_source.h"
#include "cmd/targets.h"
#include "cmd/told.h"

#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int process_dir = -EBADF;

/* All processes of this /proc are number 33. */
void begin_proc(void)
{
	sandbox_write_text("/proc/33/ns/pid", "");
	MUST(symlink("33", "/proc/self") == 0 && symlink("33", "/proc/thread-self") == 0);
	process_dir = open("/proc/33", O_PATH | O_DIRECTORY | O_CLOEXEC);
	MUST(process_dir >= 0);
}

void read_stat(const struct input *input)
{
	const struct process process = { .dir = process_dir };

	sandbox_write("/proc/33/stat", input->data, input->size);
	process_is_exiting(&process, 0);
}

static void read_details(void)
{
	struct process_details details;

	if (process_read_pid(33, &details) == 0)
		MUST(memchr(details.command, '\0', sizeof(details.command)) && !strchr(details.command, '\n'));
}

void read_status(const struct input *input)
{
	sandbox_write("/proc/33/status", input->data, input->size);
	sandbox_write_text("/proc/33/cmdline", "");
	read_details();
	procs_are_ours();
}

void read_cmdline(const struct input *input)
{
	sandbox_write("/proc/33/cmdline", input->data, input->size);
	sandbox_write_text("/proc/33/status",
			   "Name:\tsh\nState:\tS (sleeping)\nPPid:\t1\nUid:\t0\t0\t0\t0\nThreads:\t1\nNSpid:\t33\n");
	read_details();
}

void read_own_cgroup(const struct input *input)
{
	const struct targets targets = { .app = &app, .cgroup = "/nsmgr/web" };
	const struct process process = { .pid = 33, .dir = process_dir };
	struct launch launch = { .app = &app, .cgroup = -EBADF };

	sandbox_write("/proc/33/cgroup", input->data, input->size);
	targets_has_in_cgroup(&targets, &process);
	follow_no_vrf(&launch);
	nsm_close(&launch.cgroup);
}

/* ---- mounts ---- */

static int is_wanted(void *data, const struct holder *holder)
{
	(void)data;
	MUST(holder->ino == 4026532231 && holder->path);
	return 0;
}

static int is_counted(void *data, const struct mount_entry *entry)
{
	MUST(mounts_count_at(data, entry->target) > 0 && entry->source && entry->options);
	return 0;
}

static void see_mounts(struct mounts *mounts)
{
	mounts_each(mounts, is_counted, mounts);
	mounts_free(&mounts);
}

void read_mountinfo(const struct input *input)
{
	struct wanted wanted = { .type = NSMGR_NET, .ino = 4026532231 };
	struct hunt hunt = {
		.ctx = app.ctx,
		.store = "/run/nsmgr",
		.wanted = &wanted,
		.wanted_count = 1,
		.types = NSMGR_MASK(NSMGR_NET) | NSMGR_MASK(NSMGR_PID) | NSMGR_MASK(NSMGR_IPC),
		.found = is_wanted,
		.nsfs = makedev(0, 4),
	};
	struct mounts *mounts;

	sandbox_write("/proc/33/mountinfo", input->data, input->size);
	hunt_own_mounts(&hunt);
	hunt_free(&hunt);
	if (mounts_read(&mounts) == 0)
		see_mounts(mounts);
	if (mounts_read_text(input->strings[0], &mounts) == 0)
		see_mounts(mounts);
}

/* ---- names of file systems ---- */

void read_filesystems(const struct input *input)
{
	const struct opt *opt = opt_find(recipe_options, "fs", 2);

	sandbox_write("/proc/filesystems", input->data, input->size);
	free(told_absolute(opt, "in:/mnt"));
	image_type_is_virtual("tmpfs");
}
