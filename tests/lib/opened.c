/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "opened.h"

#include "fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void close_set(struct nsmgr_set **set)
{
	nsmgr_set_close(*set);
	*set = NULL;
}

static const char *link_of(pid_t pid, unsigned type, char *buf, size_t size)
{
	char path[64];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, nsmgr_type_name((enum nsmgr_type)type));
	len = readlink(path, buf, size - 1);
	ck_assert_msg(len > 0, "%s: %s", path, strerror(errno));
	buf[len] = '\0';
	return buf;
}

void assert_is_of(const struct nsmgr_set *set, pid_t pid, unsigned types)
{
	ck_assert_uint_eq(nsmgr_set_types(set), types);
	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++) {
		enum nsmgr_type type = (enum nsmgr_type)t;
		char text[NSMGR_ID_TEXT_SIZE], expected[64], path[64];
		struct nsmgr_id id;
		struct stat st;

		if (!(types & NSMGR_MASK(t))) {
			ck_assert_int_eq(nsmgr_set_fd(set, type), -ENOENT);
			ck_assert_int_eq(nsmgr_set_id(set, type, &id), -ENOENT);
			continue;
		}
		ck_assert_int_eq(nsmgr_set_id(set, type, &id), 0);
		ck_assert_ptr_eq(nsmgr_id_text(type, &id, text), text);
		ck_assert_str_eq(text, link_of(pid, t, expected, sizeof(expected)));
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, nsmgr_type_name(type));
		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert(id.dev == st.st_dev && id.ino == st.st_ino);
		ck_assert_int_eq(fcntl(nsmgr_set_fd(set, type), F_GETFD), FD_CLOEXEC);
	}
}
