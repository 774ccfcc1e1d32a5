/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/facts.h"

#include "cmd/create_opts.h"

bool facts_next_extent(const char **cursor, struct nsmgr_extent *ret)
{
	char *end = NULL;

	ret->inner = (uint32_t)strtoul(*cursor, &end, 10);
	if (end == *cursor)
		return false;
	ret->outer = (uint32_t)strtoul(end, &end, 10);
	ret->count = (uint32_t)strtoul(end, &end, 10);
	*cursor = end;
	return true;
}

/* "monotonic  -2  500000000": seconds rounded down, and what is added to them. */
bool facts_offset(const struct facts *facts, const char *clock, char *buf, size_t size)
{
	struct nsm_text text = { .buf = buf, .size = size };
	const char *at = strstr(facts->inside->offsets, clock);
	long long seconds;
	long nanoseconds;
	char *end;

	if (!at)
		return false;
	seconds = strtoll(at + strlen(clock), &end, 10);
	nanoseconds = strtol(end, NULL, 10);
	if (seconds < 0 && nanoseconds) {
		seconds++;
		nanoseconds = 1000000000 - nanoseconds;
		nsm_text_add(&text, "%s", seconds == 0 ? "-" : "");
	}
	nsm_text_add(&text, "%lld.%09ld", seconds, nanoseconds);
	return true;
}

const char *facts_applied(const struct facts *facts, char *buf, size_t size)
{
	const char *name = facts->profile ? nsm_after(facts->profile, RECIPE_APPLIED) : NULL;
	size_t len = name ? strcspn(name, "\n") : 0;

	if (!len || len >= size)
		return NULL;
	memcpy(buf, name, len);
	buf[len] = '\0';
	return buf;
}

bool facts_next_line(const char **cursor, bool *ret_default, char *ret, size_t size)
{
	const char *line = *cursor, *of_exec;
	size_t len = strcspn(line, "\n");

	if (*line == '#') {
		*cursor = line + len + (line[len] == '\n');
		return facts_next_line(cursor, ret_default, ret, size);
	}
	if (!*line)
		return false;
	*cursor = line + len + (line[len] == '\n');
	of_exec = nsm_after(line, "exec-");
	*ret_default = of_exec;
	if (of_exec) {
		len -= (size_t)(of_exec - line);
		line = of_exec;
	}
	if (len >= size)
		len = size - 1;
	memcpy(ret, line, len);
	ret[len] = '\0';
	return true;
}

const char *device_state(const struct device *device)
{
	if (!(device->flags & IFF_UP))
		return "down";
	return device->flags & IFF_RUNNING ? "up" : "no-carrier";
}
