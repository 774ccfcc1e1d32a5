/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/ip_netns.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "lib/boot.h"
#include "lib/ctx.h"
#include "lib/dir.h"

#include <fcntl.h>
#include <unistd.h>

#define MARK ".ip-netns."
#define MARK_SIZE 128 /* of its name, and of what it says */

static int fail(struct nsmgr_ctx *ctx, int r)
{
	return nsm_fail(ctx, r, NSM_IP_NETNS_STEP, NSMGR_NET, NULL);
}

bool nsm_ip_netns_is_mark(const char *file)
{
	const char *name = nsm_after(file, MARK);

	return name && nsmgr_name_is_valid(name);
}

const char *nsm_ip_netns_name(const char *mark)
{
	return mark + strlen(MARK);
}

static int write_mark(char ret[MARK_SIZE], int nsfd, struct nsmgr_id *ret_id)
{
	struct nsm_text text = { .buf = ret, .size = MARK_SIZE };
	char boot[NSM_BOOT_ID_SIZE];
	int r = nsm_nsfd_id(nsfd, ret_id);

	if (r == 0)
		r = nsm_boot_id(boot);
	if (r < 0)
		return r;
	nsm_text_add(&text, "%s %llu %llu", boot, (unsigned long long)ret_id->ino, (unsigned long long)ret_id->id);
	return 0;
}

static ssize_t read_mark(int setdir, const char *mark, char ret[MARK_SIZE])
{
	ssize_t len = readlinkat(setdir, mark, ret, MARK_SIZE - 1);

	if (len < 0)
		return -errno;
	ret[len] = '\0';
	return len;
}

/* The namespace that a mark tells of. -ESTALE: of an older boot, or not written by us. */
static int parse_mark(char *says, struct nsmgr_id *ret)
{
	const char *boot = nsm_token(&says, ' '), *ino = nsm_token(&says, ' '), *id = nsm_token(&says, ' ');
	char present[NSM_BOOT_ID_SIZE];
	uint64_t inode;
	int r = nsm_boot_id(present);

	if (r < 0)
		return r;
	*ret = (struct nsmgr_id){ 0 };
	if (!boot || !ino || !id || !nsm_streq(boot, present) || nsm_parse_u64(ino, &inode) < 0 ||
	    nsm_parse_u64(id, &ret->id) < 0)
		return -ESTALE;
	ret->ino = (ino_t)inode;
	return 0;
}

int nsm_ip_netns_add(struct nsmgr_ctx *ctx, int setdir, const char *name, int nsfd)
{
	char mark[MARK_SIZE], says[MARK_SIZE], said[MARK_SIZE];
	struct nsm_text text = NSM_TEXT(mark);
	struct nsmgr_id id;
	bool ours;
	int r = write_mark(says, nsfd, &id);

	if (r < 0)
		return fail(ctx, r);
	nsm_text_add(&text, MARK "%s", name);
	ours = read_mark(setdir, mark, said) >= 0;
	if (ours && !nsm_streq(says, said)) {
		r = nsm_ip_netns_remove(ctx, setdir, mark);
		if (r < 0)
			return r;
		ours = false;
	}
	/* That is in the store, and no mount. */
	if (!ours && symlinkat(says, setdir, mark) < 0)
		return nsm_fail(ctx, -errno, "metadata", NSMGR_NET, NULL);
	r = nsm_ip_netns_place(ctx, name, nsfd, &id, ours);
	/* Nothing there is our doing. */
	if (r <= 0 && !ours)
		unlinkat(setdir, mark, 0);
	return r < 0 ? r : 0;
}

int nsm_ip_netns_remove(struct nsmgr_ctx *ctx, int setdir, const char *mark)
{
	char says[MARK_SIZE];
	struct nsmgr_id id;
	ssize_t len = read_mark(setdir, mark, says);
	int r;

	if (len < 0 && len != -EINVAL)
		return len == -ENOENT ? 0 : fail(ctx, (int)len);
	/* Not even a link: put there by somebody else. */
	r = len < 0 ? -ESTALE : parse_mark(says, &id);
	if (r == 0)
		r = nsm_ip_netns_take_away(ctx, mark + strlen(MARK), &id);
	else
		r = r == -ESTALE ? 0 : fail(ctx, r);
	if (r < 0)
		return r;
	return unlinkat(setdir, mark, 0) < 0 && errno != ENOENT ? fail(ctx, -errno) : 0;
}

int nsm_ip_netns_is_placed(struct nsmgr_ctx *ctx, int setdir, const char *mark)
{
	char says[MARK_SIZE];
	struct nsmgr_id id;
	ssize_t len = read_mark(setdir, mark, says);
	int r = len < 0 ? (int)len : parse_mark(says, &id);

	if (r == -ESTALE || r == -EINVAL || r == -ENOENT)
		return 1;
	return r < 0 ? r : nsm_ip_netns_has(ctx, nsm_ip_netns_name(mark));
}

int nsm_ip_netns_remove_all(struct nsmgr_ctx *ctx, int setdir, const char *keep)
{
	/* Read anew, by an offset of its own. */
	nsm_autoclose int fd = openat(setdir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r;

	if (fd < 0)
		return fail(ctx, -errno);
	nsm_dir_begin(&dir, fd);
	while ((r = nsm_dir_next(&dir, &entry)) > 0) {
		if (!nsm_ip_netns_is_mark(entry->d_name) || (keep && nsm_streq(entry->d_name + strlen(MARK), keep)))
			continue;
		r = nsm_ip_netns_remove(ctx, setdir, entry->d_name);
		if (r < 0)
			return r;
	}
	return r < 0 ? fail(ctx, r) : 0;
}
