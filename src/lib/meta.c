/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/meta.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "lib/nstype.h"
#include "lib/own.h"

#define FILE_SIZE 1536 /* of which ours take 1,100 at most; more of the stack would cost exec a page */

static const char *const origin_names[] = {
	[NSMGR_MADE] = "made",
	[NSMGR_PINNED] = "pinned",
};

static enum nsmgr_origin parse_origin(const char *text)
{
	for (enum nsmgr_origin o = NSMGR_MADE; text && o <= NSMGR_PINNED; o++)
		if (nsm_streq(text, origin_names[o]))
			return o;
	return NSMGR_ORIGIN_UNKNOWN;
}

/* net 4026532231 123456 made 2147484049: the last is the handle's mount, where the kernel has unique ids of these */
static int parse_type(struct nsm_meta *meta, enum nsmgr_type type, char *rest)
{
	struct nsm_record *record = &meta->types[type];
	const char *ino = nsm_token(&rest, ' ');
	const char *id = nsm_token(&rest, ' ');
	const char *origin = nsm_token(&rest, ' ');
	const char *mount = nsm_token(&rest, ' ');
	uint64_t inode;

	if (!ino || !id || !origin || nsm_parse_u64(ino, &inode) < 0 || nsm_parse_u64(id, &record->id.id) < 0)
		return -EBADMSG;
	/* What else a later version writes there is passed over. */
	if (!mount || nsm_parse_u64(mount, &record->mount_id) < 0)
		record->mount_id = 0;
	record->id.ino = (ino_t)inode;
	record->origin = parse_origin(origin);
	return record->origin == NSMGR_ORIGIN_UNKNOWN ? -EBADMSG : 0;
}

/* "cgroup" is a type.  cgroup2 made 4528 nsmgr/web */
static int parse_cgroup(struct nsm_cgroup *cgroup, const char *origin, char *rest)
{
	const char *ino = nsm_token(&rest, ' ');

	cgroup->origin = parse_origin(origin);
	if (cgroup->origin == NSMGR_ORIGIN_UNKNOWN || !ino || !rest || nsm_parse_u64(ino, &cgroup->ino) < 0 ||
	    !nsm_copy(cgroup->path, sizeof(cgroup->path), rest))
		return -EBADMSG;
	return 0;
}

static int parse_line(char *line, struct nsm_meta *meta, bool *complete)
{
	char *key = nsm_token(&line, ' ');
	enum nsmgr_type type;
	char *value;
	uint32_t pid;

	if (!key)
		return -EBADMSG;
	type = nsm_nstype_from_file(key);
	if (type != NSMGR_TYPE_NONE)
		return line ? parse_type(meta, type, line) : -EBADMSG;
	if (nsm_streq(key, "end")) {
		*complete = true;
		return 0;
	}
	value = nsm_token(&line, ' ');
	if (!value)
		return -EBADMSG;
	if (nsm_streq(key, "boot"))
		return nsm_copy(meta->boot_id, sizeof(meta->boot_id), value) ? 0 : -EBADMSG;
	if (nsm_streq(key, "mount"))
		return nsm_parse_u64(value, &meta->mount_id);
	if (nsm_streq(key, "created"))
		return nsm_parse_duration(value, &meta->created);
	if (nsm_streq(key, "cgroup2"))
		return parse_cgroup(&meta->cgroup, value, line);
	if (nsm_streq(key, "defaults"))
		return nsm_parse_u64(value, &meta->defaults) == 0 && meta->defaults ? 0 : -EBADMSG;
	if (nsm_streq(key, "keeper")) {
		if (nsm_parse_u32(value, &pid) < 0 || pid > INT32_MAX)
			return -EBADMSG;
		meta->keeper = (pid_t)pid;
	}
	return 0; /* a key of a later version */
}

int nsm_meta_read(int setdir, struct nsm_meta *ret)
{
	return nsm_meta_read_at(setdir, NSM_META_FILE, ret);
}

static int parse(char *text, struct nsm_meta *meta)
{
	bool complete = false;
	char *line;

	/* The "end" line vouches for the whole. */
	while (!complete && (line = nsm_token(&text, '\n')))
		if (parse_line(line, meta, &complete) < 0)
			return -EBADMSG;
	/* Without the boot nobody could tell whether its ids mean anything. */
	return complete && *meta->boot_id ? 0 : -EBADMSG;
}

int nsm_meta_read_at(int dir, const char *path, struct nsm_meta *ret)
{
	char text[FILE_SIZE];
	nsm_autoclose int fd = nsm_own_file(dir, path);
	ssize_t len = fd < 0 ? fd : nsm_read_once(fd, text, sizeof(text));
	int r = (int)len;

	*ret = (struct nsm_meta){ 0 };
	if (len >= 0)
		r = parse(text, ret);
	else if (fd >= 0 && (len == -EISDIR || len == -EINVAL || len == -EAGAIN || len == -EFBIG))
		r = -EBADMSG;
	if (r < 0)
		*ret = (struct nsm_meta){ 0 };
	return r;
}

/* " VALUE": without a format, as sets are made by the thousand. */
static void add_number(struct nsm_text *text, uint64_t value)
{
	nsm_text_put(text, " ");
	nsm_text_put_number(text, value);
}

/* Seconds, and nine digits of a second behind a dot, which takes the place of a tenth. */
static void add_time(struct nsm_text *text, const struct timespec *time)
{
	size_t dot;

	add_number(text, (uint64_t)time->tv_sec);
	dot = text->len;
	nsm_text_put_number(text, 1000000000u + (uint64_t)time->tv_nsec);
	if (!text->cut)
		text->buf[dot] = '.';
}

static void add_type(struct nsm_text *text, enum nsmgr_type type, const struct nsm_record *record)
{
	nsm_text_put(text, nsm_nstypes[type].name);
	add_number(text, record->id.ino);
	add_number(text, record->id.id);
	nsm_text_put(text, " ");
	nsm_text_put(text, origin_names[record->origin]);
	if (record->mount_id)
		add_number(text, record->mount_id);
	nsm_text_put(text, "\n");
}

int nsm_meta_write(int dir, const char *path, bool mode_exact, const struct nsm_meta *meta)
{
	char buf[FILE_SIZE];
	struct nsm_text text = NSM_TEXT(buf);

	nsm_text_put(&text, "boot ");
	nsm_text_put(&text, meta->boot_id);
	nsm_text_put(&text, "\nmount");
	add_number(&text, meta->mount_id);
	nsm_text_put(&text, "\ncreated");
	add_time(&text, &meta->created);
	nsm_text_put(&text, "\n");
	if (meta->keeper)
		nsm_text_add(&text, "keeper %ld\n", (long)meta->keeper);
	if (meta->defaults)
		nsm_text_add(&text, "defaults %ju\n", (uintmax_t)meta->defaults);
	for NSM_EACH_TYPE (type) {
		const struct nsm_record *record = &meta->types[type];

		if (record->origin != NSMGR_ORIGIN_UNKNOWN)
			add_type(&text, type, record);
	}
	if (meta->cgroup.origin != NSMGR_ORIGIN_UNKNOWN)
		nsm_text_add(&text, "cgroup2 %s %llu %s\n", origin_names[meta->cgroup.origin],
			     (unsigned long long)meta->cgroup.ino, meta->cgroup.path);
	nsm_text_put(&text, "end\n");
	if (text.cut)
		return -EMSGSIZE;
	return nsm_write_new_at(dir, path, mode_exact, buf, text.len);
}

unsigned nsm_meta_types(const struct nsm_meta *meta)
{
	unsigned types = 0;

	for NSM_EACH_TYPE (type)
		if (meta->types[type].origin != NSMGR_ORIGIN_UNKNOWN)
			types |= NSMGR_MASK(type);
	return types;
}

unsigned nsm_meta_made(const struct nsm_meta *meta)
{
	unsigned made = 0;

	for NSM_EACH_TYPE (type)
		if (meta->types[type].origin == NSMGR_MADE)
			made |= NSMGR_MASK(type);
	return made;
}
