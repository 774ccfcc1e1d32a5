/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/layout_inside.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/sys_mount.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A /dev with the devices that are the same everywhere, and terminals of its own. */

static const struct {
	const char *name;
	unsigned minor; /* null ... of major 1, tty of 5: admin-guide/devices.txt */
	unsigned major;
} nodes[] = {
	{ "null", 3, 1 }, { "zero", 5, 1 }, { "full", 7, 1 }, { "random", 8, 1 }, { "urandom", 9, 1 }, { "tty", 0, 5 },
};

static const struct {
	const char *name, *text;
} links[] = {
	{ "fd", "/proc/self/fd" },	 { "stdin", "/proc/self/fd/0" },  { "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" }, { "ptmx", "pts/ptmx" },
};

struct devices {
	int host[NSM_ARRAY_SIZE(nodes)]; /* opened before ours cover them; -errno: there is none to be had */
};

static void close_devices(struct devices *devices)
{
	for (size_t i = 0; i < NSM_ARRAY_SIZE(nodes); i++)
		nsm_close(&devices->host[i]);
}

static void open_host(struct devices *devices)
{
	for (size_t i = 0; i < NSM_ARRAY_SIZE(nodes); i++) {
		char path[32];
		struct nsm_text text = NSM_TEXT(path);
		struct stat st;
		int fd;

		nsm_text_add(&text, "/dev/%s", nodes[i].name);
		fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		devices->host[i] = fd < 0 ? -errno : fd;
		/* Who made that directory is not asked: only what lies there. */
		if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode) ||
				st.st_rdev != makedev(nodes[i].major, nodes[i].minor))) {
			nsm_close(&fd);
			devices->host[i] = -EPERM;
		}
	}
}

/* Says for one of the files in it what failed. */
static int fail_at(struct inside_place *place, const char *name, int error)
{
	char path[256], text[128];
	struct nsm_text whole = NSM_TEXT(path), why = NSM_TEXT(text);

	nsm_text_add(&whole, "%s/%s", place->entry->target, name);
	nsm_text_add(&why, "%s", strerror(-error));
	return nsmgr_config_hook_fail(place->config, error, "dev", NSMGR_MNT, path, text);
}

/* The host's in the place of one that we may not make. */
static int bind_node(int dev, const char *name, int host)
{
	nsm_autoclose int mount = -EBADF, at = -EBADF;

	if (host < 0)
		return host;
	if (mknodat(dev, name, S_IFREG | 0666, 0) < 0)
		return -errno;
	mount = sys_open_tree(host, "", false);
	if (mount < 0)
		return mount;
	at = openat(dev, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return at < 0 ? -errno : sys_move_mount(mount, at);
}

static int put_nodes(struct inside_place *place, int dev, const struct devices *devices)
{
	for (size_t i = 0; i < NSM_ARRAY_SIZE(nodes); i++) {
		int r = mknodat(dev, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor));

		/* A user namespace has no devices of its own, and a cgroup can forbid them. */
		if (r < 0)
			r = errno == EPERM ? bind_node(dev, nodes[i].name, devices->host[i]) : -errno;
		if (r < 0)
			return fail_at(place, nodes[i].name, r);
	}
	for (size_t i = 0; i < NSM_ARRAY_SIZE(links); i++)
		if (symlinkat(links[i].text, dev, links[i].name) < 0)
			return fail_at(place, links[i].name, -errno);
	return 0;
}

static int put_fs(struct inside_place *place, int dev, const char *name, const char *type, const char *options, unsigned attrs)
{
	nsm_autoclose int mount = -EBADF, at = -EBADF;
	int r;

	if (mkdirat(dev, name, 0755) < 0 && errno != EEXIST)
		return fail_at(place, name, -errno);
	at = openat(dev, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (at < 0)
		return fail_at(place, name, -errno);
	r = mount_new(place, type, options, attrs, &mount);
	if (r < 0)
		return r;
	r = sys_move_mount(mount, at);
	return r < 0 ? fail_at(place, name, r) : 0;
}

static int put_terminals(struct inside_place *place, int dev)
{
	const unsigned attrs = SYS_ATTR_NOSUID | SYS_ATTR_NOEXEC;
	/* The group of terminals, as distributions have it. A user namespace may not map it. */
	int r = put_fs(place, dev, "pts", "devpts", "newinstance,ptmxmode=0666,mode=620,gid=5", attrs);

	return r == -EINVAL ? put_fs(place, dev, "pts", "devpts", "newinstance,ptmxmode=0666,mode=620", attrs) : r;
}

int dev_put(struct inside_place *place, const struct entry *entry, int at)
{
	nsm_cleanup(close_devices) struct devices devices;
	nsm_autoclose int dev = -EBADF;
	int r;

	open_host(&devices);
	r = mount_make(place, entry, &dev);
	if (r == 0)
		r = mount_put(place, entry, dev, at);
	if (r == 0)
		r = put_nodes(place, dev, &devices);
	if (r == 0)
		r = put_fs(place, dev, "shm", "tmpfs", "mode=1777", SYS_ATTR_NOSUID | SYS_ATTR_NODEV | SYS_ATTR_NOEXEC);
	return r == 0 ? put_terminals(place, dev) : r;
}
