/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/config.h"

#include "base/parse.h"
#include "base/text.h"
#include "lib/passwd.h"

#include <stdio.h>

/* NAME:START:COUNT */
static int parse_range(char *line, const char *name, const char *number, uint32_t *ret_start, uint32_t *ret_count)
{
	char *start = strchr(line, ':');
	char *count;

	if (!start)
		return -EINVAL;
	*start++ = '\0';
	count = strchr(start, ':');
	if (!count || (!nsm_streq(line, name) && !nsm_streq(line, number)))
		return -EINVAL;
	*count++ = '\0';
	count[strcspn(count, "\n")] = '\0';
	if (nsm_parse_id(start, ret_start) < 0 || nsm_parse_id(count, ret_count) < 0 || *ret_count == 0)
		return -EINVAL;
	return 0;
}

int nsm_subid_range(struct nsmgr_ctx *ctx, enum nsmgr_id_kind kind, uint32_t uid, uint32_t *ret_start,
		    uint32_t *ret_count)
{
	const char *path = kind == NSMGR_UID ? "/etc/subuid" : "/etc/subgid";
	nsm_autofree char *line = NULL;
	char number[16], name[NSM_USER_NAME_SIZE];
	struct nsm_text text = NSM_TEXT(number);
	size_t size = 0;
	FILE *file;
	int r = -ENOENT;

	nsm_text_add(&text, "%u", uid);
	if (nsm_passwd_name(uid, name, sizeof(name)) < 0)
		nsm_copy(name, sizeof(name), number);
	file = fopen(path, "re");
	if (!file)
		return nsm_fail(ctx, -errno, "map", NSMGR_USER, path);
	while (r < 0 && getline(&line, &size, file) > 0)
		r = parse_range(line, name, number, ret_start, ret_count);
	fclose(file);
	if (r < 0)
		return nsm_fail_text(ctx, -ENOENT, "map", NSMGR_USER, path, "no range for '%s' (cure: usermod --add-sub%ss)",
				     name, kind == NSMGR_UID ? "uid" : "gid");
	return 0;
}
