/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/loopdev.h"

#include "base/fd.h"
#include "base/text.h"

#include <fcntl.h>
#include <libmount.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define TRIES 10 /* a device that we were to share can go meanwhile, and a free one be somebody's */

struct loopdev {
	struct libmnt_context *context; /* has it open */
};

/* Errors of libmount's own are above 5000. */
static int translate(struct libmnt_context *context, int r)
{
	switch (-r) {
	case MNT_ERR_LOOPOVERLAP:
		return -EBUSY;
	case MNT_ERR_LOOPDEV:
		return errno ? -errno : -EIO;
	default:
		if (r < 0 && mnt_context_get_syscall_errno(context) > 0)
			return -mnt_context_get_syscall_errno(context);
		return r < -4095 || r > 0 ? -EIO : r;
	}
}

static int describe(struct libmnt_context *context, int fd, bool readonly, uint64_t offset, uint64_t size)
{
	char source[32], options[128];
	struct nsm_text path = NSM_TEXT(source), text = NSM_TEXT(options);

	nsm_text_add(&path, "/proc/self/fd/%d", fd);
	nsm_text_add(&text, "loop,%s", readonly ? "ro" : "rw");
	if (offset)
		nsm_text_add(&text, ",offset=%llu", (unsigned long long)offset);
	if (size)
		nsm_text_add(&text, ",sizelimit=%llu", (unsigned long long)size);
	/* Nothing is mounted by it: it neither looks at the target nor writes a table; the type only has to be one that has a device. */
	if (mnt_context_disable_mtab(context, true) != 0 || mnt_context_disable_helpers(context, true) != 0 ||
	    mnt_context_disable_canonicalize(context, true) != 0 || mnt_context_set_source(context, source) != 0 ||
	    mnt_context_set_target(context, "/") != 0 || mnt_context_set_fstype(context, "ext4") != 0 ||
	    mnt_context_set_options(context, options) != 0)
		return -ENOMEM;
	return 0;
}

/* libmount went by the path: is it what we looked at? */
static int verify(const struct loopdev *loopdev, int fd)
{
	nsm_autoclose int device = open(loopdev_path(loopdev), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct loop_info64 info;
	struct stat st;

	if (device < 0 || ioctl(device, LOOP_GET_STATUS64, &info) < 0 || fstat(fd, &st) < 0)
		return -errno;
	return info.lo_inode == st.st_ino && info.lo_device == st.st_dev ? 0 : -ESTALE;
}

static int try(struct loopdev *loopdev, int fd, bool readonly, uint64_t offset, uint64_t size)
{
	int r;

	loopdev->context = mnt_new_context();
	if (!loopdev->context)
		return -ENOMEM;
	r = describe(loopdev->context, fd, readonly, offset, size);
	if (r < 0)
		return r;
	errno = 0;
	r = translate(loopdev->context, mnt_context_prepare_mount(loopdev->context));
	return r < 0 ? r : verify(loopdev, fd);
}

int loopdev_open(int fd, bool readonly, uint64_t offset, uint64_t size, struct loopdev **ret_loopdev)
{
	nsm_cleanup(loopdev_close) struct loopdev *loopdev = calloc(1, sizeof(*loopdev));
	int r = loopdev ? -ENXIO : -ENOMEM;

	for (int tries = 0; r == -ENXIO && tries < TRIES; tries++) {
		mnt_free_context(loopdev->context);
		loopdev->context = NULL;
		r = try(loopdev, fd, readonly, offset, size);
	}
	if (r < 0)
		return r;
	*ret_loopdev = take_ptr(loopdev);
	return 0;
}

const char *loopdev_path(const struct loopdev *loopdev)
{
	return mnt_context_get_source(loopdev->context);
}

void loopdev_close(struct loopdev **loopdev)
{
	if (!*loopdev)
		return;
	mnt_free_context((*loopdev)->context);
	free(*loopdev);
	*loopdev = NULL;
}
