/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "maps.h"

#include "fixture.h"

#include "base/fd.h"

#include <fcntl.h>
#include <stdio.h>

const char *read_file(pid_t pid, const char *file)
{
	static char text[32768];
	char path[64], *to = text;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	ck_assert_int_ge(nsm_read_text_at(AT_FDCWD, path, text, sizeof(text)), 0);
	for (const char *p = text; *p; p++)
		if ((*p != ' ' && *p != '\t') || (to > text && to[-1] != ' ' && to[-1] != '\n'))
			*to++ = *p == '\t' ? ' ' : *p;
	*to = '\0';
	return text;
}

int write_one(pid_t pid, enum nsmgr_id_kind kind, uint32_t inner, uint32_t outer, uint32_t count)
{
	const struct nsmgr_extent extent = { inner, outer, count };

	return nsmgr_write_map(fixture.ctx, pid, kind, &extent, 1);
}
