/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/passwd.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file that may belong to somebody hostile: lines of bounded length, one at a time; longer ones are passed over. */
#define FILE_LIMIT ((size_t)64 << 20)

struct lines {
	int fd;
	size_t len, pos, total;
	char buf[65536];
};

static int open_lines(struct lines *lines, const char *path)
{
	struct stat st;

	lines->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	lines->len = lines->pos = lines->total = 0;
	if (lines->fd < 0)
		return -errno;
	if (fstat(lines->fd, &st) == 0 && S_ISREG(st.st_mode))
		return 0;
	nsm_close(&lines->fd); /* a device would never end */
	return -EBADMSG;
}

static char *next_line(struct lines *lines)
{
	for (bool skip = false;;) {
		char *start = lines->buf + lines->pos;
		char *end = memchr(start, '\n', lines->len - lines->pos);
		ssize_t n;

		if (end) {
			*end = '\0';
			lines->pos = (size_t)(end + 1 - lines->buf);
			if (!skip)
				return start;
			skip = false;
			continue;
		}
		if (lines->pos == 0 && lines->len == sizeof(lines->buf) - 1) {
			skip = true;
			lines->len = 0;
		}
		memmove(lines->buf, lines->buf + lines->pos, lines->len - lines->pos);
		lines->len -= lines->pos;
		lines->pos = 0;
		n = read(lines->fd, lines->buf + lines->len, sizeof(lines->buf) - 1 - lines->len);
		if (n > 0 && (lines->total += (size_t)n) > FILE_LIMIT)
			return NULL;
		if (n > 0) {
			lines->len += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (lines->len == 0 || skip)
			return NULL;
		/* A last line without its newline gets one. */
		lines->buf[lines->len++] = '\n';
	}
}

/* name:password:uid:gid:... */
static bool parse_user(char *line, struct nsm_user *ret)
{
	const char *name = nsm_token(&line, ':');

	if (!name || !nsm_copy(ret->name, sizeof(ret->name), name))
		return false;
	nsm_token(&line, ':');
	const char *uid = nsm_token(&line, ':');
	const char *gid = nsm_token(&line, ':');

	return uid && gid && nsm_parse_id(uid, &ret->uid) == 0 && nsm_parse_id(gid, &ret->gid) == 0;
}

int nsm_passwd_find(const char *who, struct nsm_user *ret)
{
	struct lines lines;
	struct nsm_user user;
	uint32_t number = UINT32_MAX;
	int r = open_lines(&lines, "/etc/passwd");
	char *line;

	nsm_parse_id(who, &number);
	if (r == 0)
		r = -ENOENT;
	while (r == -ENOENT && lines.fd >= 0 && (line = next_line(&lines)))
		if (parse_user(line, &user) && (nsm_streq(user.name, who) || user.uid == number)) {
			*ret = user;
			r = 0;
		}
	nsm_close(&lines.fd);
	return r;
}

int nsm_passwd_name(uint32_t uid, char *ret, size_t size)
{
	char number[16];
	struct nsm_text text = NSM_TEXT(number);
	struct nsm_user user;
	int r;

	nsm_text_add(&text, "%u", uid);
	r = nsm_passwd_find(number, &user);
	if (r < 0)
		return r;
	return nsm_copy(ret, size, user.name) ? 0 : -ENAMETOOLONG;
}

/* name:password:gid:member,member. *ret_members points into the line. */
static bool parse_group(char *line, const char **ret_name, uint32_t *ret_gid, char **ret_members)
{
	const char *gid;

	*ret_name = nsm_token(&line, ':');
	nsm_token(&line, ':');
	gid = nsm_token(&line, ':');
	*ret_members = line;
	return *ret_name && gid && nsm_parse_id(gid, ret_gid) == 0;
}

int nsm_group_find(const char *who, uint32_t *ret_gid)
{
	struct lines lines;
	int r = open_lines(&lines, "/etc/group");
	char *line, *members;
	const char *name;
	uint32_t gid;

	if (r == 0)
		r = -ENOENT;
	while (r == -ENOENT && lines.fd >= 0 && (line = next_line(&lines)))
		if (parse_group(line, &name, &gid, &members) && nsm_streq(name, who)) {
			*ret_gid = gid;
			r = 0;
		}
	nsm_close(&lines.fd);
	return r;
}

static bool is_member(char *members, const char *user)
{
	const char *member;

	while ((member = nsm_token(&members, ',')))
		if (nsm_streq(member, user))
			return true;
	return false;
}

int nsm_group_list(const char *user, uint32_t gid, uint32_t *ret_gids, size_t size)
{
	struct lines lines;
	size_t count = 0;
	int r = open_lines(&lines, "/etc/group");
	char *line, *members;
	const char *name;
	uint32_t other;

	if (size == 0)
		return -E2BIG;
	ret_gids[count++] = gid;
	if (r < 0)
		return r == -ENOENT ? (int)count : r;
	while ((line = next_line(&lines))) {
		if (!parse_group(line, &name, &other, &members) || other == gid || !is_member(members, user))
			continue;
		if (count == size) {
			r = -E2BIG;
			break;
		}
		ret_gids[count++] = other;
	}
	nsm_close(&lines.fd);
	return r < 0 ? r : (int)count;
}
