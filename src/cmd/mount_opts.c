/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/mount_opts.h"

#include "base/text.h"
#include "cmd/sys_mount.h"

#include <libmount.h>
#include <sys/mount.h>

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256
#endif

/* mount(2) has flags of mounts, of file systems and of what is to be done in one word. */
static const struct {
	unsigned long flag;
	unsigned attr;
} attrs[] = {
	{ MS_RDONLY, SYS_ATTR_RDONLY },	      { MS_NOSUID, SYS_ATTR_NOSUID },
	{ MS_NODEV, SYS_ATTR_NODEV },	      { MS_NOEXEC, SYS_ATTR_NOEXEC },
	{ MS_NOATIME, SYS_ATTR_NOATIME },     { MS_STRICTATIME, SYS_ATTR_STRICTATIME },
	{ MS_NODIRATIME, SYS_ATTR_NODIRATIME }, { MS_NOSYMFOLLOW, SYS_ATTR_NOSYMFOLLOW },
};

static const struct {
	unsigned long flag;
	const char *name;
} sb_flags[] = {
	{ MS_SYNCHRONOUS, "sync" }, { MS_DIRSYNC, "dirsync" }, { MS_MANDLOCK, "mand" }, { MS_LAZYTIME, "lazytime" },
};

#define PROPAGATION (MS_SHARED | MS_SLAVE | MS_PRIVATE | MS_UNBINDABLE)
#define OTHERS (PROPAGATION | MS_BIND | MS_REC | MS_RELATIME)

static unsigned to_attrs(unsigned long flags)
{
	unsigned to = 0;

	for (size_t i = 0; i < NSM_ARRAY_SIZE(attrs); i++)
		if (flags & attrs[i].flag)
			to |= attrs[i].attr;
	return to;
}

static int refuse(char *why, size_t size, const char *what, const char *option, size_t len)
{
	struct nsm_text text = { .buf = why, .size = size };

	nsm_text_add(&text, "'%.*s' %s", (int)len, option, what);
	return -EINVAL;
}

static int parse_mode(const char *value, size_t len, mode_t *ret)
{
	mode_t mode = 0;

	for (size_t i = 0; i < len; i++) {
		if (value[i] < '0' || value[i] > '7' || mode > 07777)
			return -EINVAL;
		mode = mode * 8 + (mode_t)(value[i] - '0');
	}
	if (len == 0 || mode > 07777)
		return -EINVAL;
	*ret = mode;
	return 0;
}

/* Those that mount(8) itself has to do with, of which few make sense here. */
static int take_user_options(char *list, struct mount_opts *ret, char *why, size_t size)
{
	char *name, *value;
	size_t len, value_len;

	while (list && mnt_optstr_next_option(&list, &name, &len, &value, &value_len) == 0) {
		if (len == strlen("X-mount.mkdir") && strncmp(name, "X-mount.mkdir", len) == 0) {
			ret->mkdir = true;
			ret->mkdir_mode = 0755;
			if (value && parse_mode(value, value_len, &ret->mkdir_mode) < 0)
				return refuse(why, size, "is no mode", value, value_len);
		} else if (len > 2 && strncmp(name, "x-", 2) == 0) {
			continue; /* a remark */
		} else {
			return refuse(why, size, "means nothing here", name, len);
		}
	}
	return 0;
}

static void take_flags(unsigned long on, unsigned long off, struct mount_opts *ret)
{
	size_t count = 0;

	ret->told_off = to_attrs(off);
	ret->told_atime = (on | off) & (MS_NOATIME | MS_STRICTATIME | MS_RELATIME);
	ret->set = (ret->set & ~ret->told_off) | to_attrs(on);
	ret->propagation = on & PROPAGATION ? on & (PROPAGATION | MS_REC) : 0;
	ret->alone = (on & MS_BIND) && !(on & MS_REC);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(sb_flags); i++)
		if (on & sb_flags[i].flag)
			ret->sb[count++] = sb_flags[i].name;
}

static bool is_known(unsigned long flags)
{
	for (size_t i = 0; i < NSM_ARRAY_SIZE(attrs); i++)
		flags &= ~attrs[i].flag;
	for (size_t i = 0; i < NSM_ARRAY_SIZE(sb_flags); i++)
		flags &= ~sb_flags[i].flag;
	return !(flags & ~(unsigned long)OTHERS);
}

static bool has_several(unsigned long flags)
{
	return flags & (flags - 1);
}

int mount_opts_parse(const char *list, struct mount_opts *ret, char *why, size_t size)
{
	const struct libmnt_optmap *map = mnt_get_builtin_optmap(MNT_LINUX_MAP);
	unsigned long on = 0, left = ~0ul;
	char *user = NULL, *flags = NULL;
	int r;

	if (!list || !*list)
		return 0;
	/* Once over nothing and once over everything: what it sets, and what it takes away. */
	if (mnt_optstr_get_flags(list, &on, map) != 0 || mnt_optstr_get_flags(list, &left, map) != 0 ||
	    mnt_split_optstr(list, &user, &flags, &ret->data, 0, 0) != 0)
		return refuse(why, size, "is no list of options", list, strlen(list));
	take_flags(on, ~left, ret);
	/* "remount", "move", and what only some file systems know. */
	if (!is_known(on))
		r = refuse(why, size, "has an option that means nothing here", flags, strlen(flags));
	else if (has_several(ret->propagation & PROPAGATION))
		r = refuse(why, size, "has more than one of shared, slave, private and unbindable", flags, strlen(flags));
	else
		r = take_user_options(user, ret, why, size);
	free(user);
	free(flags);
	return r;
}

void mount_opts_free(struct mount_opts *opts)
{
	free(opts->data);
	opts->data = NULL;
}

bool mount_opts_next(const char **cursor, char *buf, size_t size, const char **ret_value, bool *ret_cut)
{
	char *name, *value, *list = (char *)(uintptr_t)*cursor;
	size_t len, value_len;

	*ret_cut = false;
	if (!list || mnt_optstr_next_option(&list, &name, &len, &value, &value_len) != 0)
		return false;
	*cursor = list;
	*ret_cut = len + (value ? value_len : 0) + 2 > size;
	if (*ret_cut)
		return false;
	memcpy(buf, name, len);
	buf[len] = '\0';
	*ret_value = NULL;
	if (value) {
		memcpy(buf + len + 1, value, value_len);
		buf[len + 1 + value_len] = '\0';
		*ret_value = buf + len + 1;
	}
	return true;
}
