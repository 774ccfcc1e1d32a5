/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sysctl.h"

#include "base/fd.h"

#include <fcntl.h>

/* Everything that belongs to a namespace and to nobody else: CVE-2022-0811 came from a key that did not. */
static const struct nsm_sysctl_rule rules[] = {
	{ "net.*", NSMGR_NET, NSM_WRITER_CREATOR },
	{ "kernel.msg_next_id", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.msgmax", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.msgmnb", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.msgmni", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.sem", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.sem_next_id", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.shm_next_id", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.shm_rmid_forced", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.shmall", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.shmmax", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.shmmni", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "fs.mqueue.*", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.pid_max", NSMGR_PID, NSM_WRITER_KEEPER },
	{ "user.max_*_namespaces", NSMGR_USER, NSM_WRITER_CREATOR },
};

/* A key fits a rule that equals it, or whose one '*' stands for something. */
static bool rule_fits(const struct nsm_sysctl_rule *rule, const char *key)
{
	size_t before = strcspn(rule->key, "*"), len = strlen(key);
	const char *star = rule->key + before;
	size_t behind = *star ? strlen(star + 1) : 0;

	if (!*star)
		return nsm_streq(rule->key, key);
	return len > before + behind && strncmp(rule->key, key, before) == 0 &&
	       nsm_streq(key + len - behind, star + 1);
}

const struct nsm_sysctl_rule *nsm_sysctl_find(const char *key)
{
	for (size_t i = 0; i < NSM_ARRAY_SIZE(rules); i++)
		if (rule_fits(&rules[i], key))
			return &rules[i];
	return NULL;
}

static char swapped(char c)
{
	return c == '.' ? '/' : c == '/' ? '.' : c;
}

int nsm_sysctl_path(const char *key, char *ret, size_t size)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./";
	size_t len = strlen(key);
	char path[256];

	if (len == 0 || len >= sizeof(path) || len >= size || strspn(key, allowed) != len)
		return -EINVAL;
	for (size_t i = 0; i <= len; i++)
		path[i] = swapped(key[i]);
	for (const char *p = path; *p;) {
		size_t part = strcspn(p, "/");

		if (part == 0 || (part == 1 && *p == '.') || (part == 2 && p[0] == '.' && p[1] == '.'))
			return -EINVAL;
		p += part;
		if (*p == '/' && !*++p)
			return -EINVAL;
	}
	memcpy(ret, path, len + 1);
	return 0;
}

int nsm_sysctl_write(struct nsmgr_ctx *ctx, const char *key, const char *value)
{
	const struct nsm_sysctl_rule *rule = nsm_sysctl_find(key);
	char path[300] = "/proc/sys/";
	size_t prefix = strlen(path);
	int r;

	if (!rule)
		return nsm_fail(ctx, -EPERM, "sysctl", NSMGR_TYPE_NONE, key);
	r = nsm_sysctl_path(key, path + prefix, sizeof(path) - prefix);
	if (r == 0)
		r = nsm_write_text_at(AT_FDCWD, path, value);
	return r < 0 ? nsm_fail(ctx, r, "sysctl", rule->type, key) : 0;
}
