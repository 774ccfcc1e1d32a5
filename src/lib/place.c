/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/place.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "lib/dir.h"
#include "lib/mountinfo.h"
#include "lib/nstype.h"
#include "lib/storefile.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define INITIAL_USER_NS 0xeffffffd /* PROC_USER_INIT_INO, include/linux/proc_ns.h */

int nsm_place_own(struct nsmgr_id *ret)
{
	nsm_autoclose int fd = nsm_nsfd_open(AT_FDCWD, NSM_PROC_SELF "/ns/mnt", false);

	return fd < 0 ? fd : nsm_nsfd_id(fd, ret);
}

/* What of its file system a mount shows at a path that begins with its point; false: that cannot be told. */
static bool put_root(struct nsm_text *text, const struct nsm_mount *mount, const char *path)
{
	char root[PATH_MAX] = "";

	if (!nsm_after(path, mount->point) || !nsm_copy(root, sizeof(root), mount->root))
		return false;
	nsm_unescape_octal(root);
	path += strlen(mount->point);
	path += strspn(path, "/");
	nsm_text_add(text, "%s%s%s", nsm_streq(root, "/") ? "" : root, *path || nsm_streq(root, "/") ? "/" : "", path);
	return !text->cut;
}

/* Before Linux 6.8 mounts have only the numbers of mountinfo, which are used again: one that is found is another's where what it
 * shows is not ROOT. Nothing is opened, as some file systems never answer; whatever cannot be told gets the careful answer. */
static nsm_own_frame bool mountinfo_has(int root, uint64_t short_id)
{
	nsm_automounts struct nsm_mounts mounts = { 0 };
	char link[40], path[PATH_MAX], wanted[2 * PATH_MAX], found[2 * PATH_MAX];
	struct nsm_text link_text = NSM_TEXT(link), wanted_text = NSM_TEXT(wanted), found_text = NSM_TEXT(found);
	const struct nsm_mount *mount, *below;
	struct nsm_statx st;
	ssize_t len;

	if (nsm_mounts_read("", &mounts) < 0)
		return true;
	mount = nsm_mounts_find(&mounts, short_id);
	if (!mount)
		return false;
	nsm_text_add(&link_text, NSM_PROC_SELF "/fd/%d", root);
	len = readlink(link, path, sizeof(path) - 1);
	below = nsm_sys_statx(root, "", AT_EMPTY_PATH, NSM_STATX_MNT_ID, &st) < 0 ? NULL : nsm_mounts_find(&mounts, st.stx_mnt_id);
	if (len < 0 || !below)
		return true;
	path[len] = '\0';
	if (!put_root(&wanted_text, below, path) || !put_root(&found_text, mount, mount->point))
		return true;
	return mount->dev == below->dev && nsm_streq(found, wanted);
}

/* Whether our mount namespace still has ROOT's mount. */
static bool mount_exists(int root, const struct nsm_storefile *file)
{
	int r = nsm_sys_statmount(file->mount_id);

	return r == -ENOSYS ? mountinfo_has(root, file->short_id) : r != -ENOENT;
}

/* Whether the kernel says for certain that a mount namespace is gone. It tells nobody but who has privilege over it,
 * and gives others the same answer (KERNEL R9). */
static bool is_gone(const struct nsmgr_id *mntns)
{
	nsm_autoclose int fd = -EBADF;
	struct stat user;

	if (!mntns->id || !nsm_sys_is_capable(NSM_CAP_SYS_ADMIN) || stat(NSM_PROC_SELF "/ns/user", &user) < 0 ||
	    user.st_ino != INITIAL_USER_NS)
		return false;
	fd = nsm_sys_open_namespace(mntns->id, nsm_nstypes[NSMGR_MNT].flag, (uint32_t)mntns->ino);
	return fd == -ESTALE;
}

enum nsm_place nsm_place_find(int root, uint64_t mount_id, bool is_mount, const char *boot_id)
{
	struct nsm_storefile file;
	char now[NSM_BOOT_ID_SIZE];
	struct nsmgr_id own;

	if (nsm_storefile_read(root, &file) < 0)
		return NSM_NOWHERE;
	if (!*boot_id && nsm_boot_id(now) == 0)
		boot_id = now;
	if (*boot_id && !nsm_streq(boot_id, file.boot_id))
		return NSM_NOWHERE;
	if (file.mount_id == mount_id)
		return NSM_HERE;
	if (nsm_place_own(&own) < 0)
		return NSM_ELSEWHERE;
	/* The same mount namespace, and ROOT's mount was taken away; or the whole of it was. */
	if (own.ino == file.mntns.ino && own.id == file.mntns.id)
		return !is_mount && !mount_exists(root, &file) ? NSM_NOWHERE : NSM_ELSEWHERE;
	return is_gone(&file.mntns) ? NSM_NOWHERE : NSM_ELSEWHERE;
}

/* The lowest pid that lives in the mount namespace, or 0. */
static pid_t find_resident(ino_t ino)
{
	nsm_autoclose int proc = openat(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct nsm_dirent *entry;
	struct nsm_dir dir;

	if (proc < 0)
		return 0;
	nsm_dir_begin(&dir, proc);
	while (nsm_dir_next(&dir, &entry) > 0) {
		char path[32];
		struct nsm_text text = NSM_TEXT(path);
		struct stat st;
		uint32_t pid;

		if (nsm_parse_u32(entry->d_name, &pid) < 0)
			continue;
		nsm_text_add(&text, "%u/ns/mnt", pid);
		if (fstatat(proc, path, &st, 0) == 0 && st.st_ino == ino)
			return (pid_t)pid;
	}
	return 0;
}

void nsm_place_explain(int root, struct nsm_text *what, struct nsm_text *cure)
{
	struct nsm_storefile file = { 0 };
	struct nsmgr_id own;
	pid_t pid;

	nsm_storefile_read(root, &file);
	if (nsm_place_own(&own) == 0 && own.ino == file.mntns.ino && own.id == file.mntns.id) {
		nsm_text_add(what, "not the mount that the handles are on");
		nsm_text_add(cure, "unmount what covers it");
		return;
	}
	/* Most often the caller is the one who is astray, and everybody else is where pid 1 is. */
	pid = find_resident(file.mntns.ino);
	nsm_text_add(what, "mounted in another mount namespace");
	nsm_text_add(cure, "nsenter -t %ld -m nsmgr ...", pid ? (long)pid : 1L);
}

size_t nsm_place_within(const char *path)
{
	char above[PATH_MAX];
	char *slash;

	if (!nsm_copy(above, sizeof(above), path))
		return 0;
	while ((slash = strrchr(above, '/')) && slash != above) {
		nsm_autoclose int dir = -EBADF;
		struct nsm_storefile file;

		*slash = '\0';
		dir = open(above, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (dir >= 0 && nsm_storefile_read(dir, &file) == 0)
			return strlen(above);
	}
	return 0;
}
