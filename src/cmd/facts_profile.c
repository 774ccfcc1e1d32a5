/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/facts.h"

#include "cmd/told.h"

#include <stdio.h>
#include <sys/utsname.h>

/* A set as a profile (nsmgr.conf(5)) that makes one like it. What was recorded when it was made is that, with the labels that it has
 * now. A set without a record has nothing that cannot be seen of it. */

struct writer {
	const struct facts *facts;
	FILE *out;
	int status;
};

static void put(const struct writer *writer, const char *name, const char *value)
{
	size_t size = 0;
	nsm_autofree char *line = NULL;

	told_write(NULL, &size, "", name, value);
	line = malloc(size);
	if (!line)
		return;
	size = 0;
	told_write(line, &size, "", name, value);
	fwrite(line, 1, size, writer->out);
}

/* A remark in the place of what is not known, and no success. */
static void put_unknown(struct writer *writer, const char *what, const char *why)
{
	fprintf(writer->out, "# %s: %s\n", what, why);
	say_plain(writer->facts->app, "the profile of '%s' is not whole: %s: %s", writer->facts->name, what, why);
	writer->status = STATUS_FAILED;
}

/* Another set of the store that made this very namespace: which of them it was pinned from makes no difference. */
static bool find_maker(const struct facts *facts, const struct nsmgr_handle *handle, char *ret, size_t size)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_list *list;
	const char *name;
	bool found = false;

	if (nsmgr_list_new(facts->app->ctx, 0, &list) < 0)
		return false;
	while (!found && nsmgr_list_next(list, &name) == 0) {
		int count = nsm_streq(name, facts->name) ? 0 : nsmgr_list_handles(list, name, handles);

		for (int i = 0; i < count; i++)
			found |= handles[i].type == handle->type && handles[i].origin == NSMGR_MADE && handle->ino &&
				 handles[i].ino == handle->ino && handles[i].id == handle->id;
		if (found)
			found = nsm_copy(ret, size, "@") && nsm_copy(ret + 1, size - 1, name);
	}
	nsmgr_list_free(list);
	return found;
}

static void put_type(struct writer *writer, const struct nsmgr_handle *handle)
{
	const char *type = nsmgr_type_name(handle->type);
	char source[80];

	if (handle->origin == NSMGR_MADE)
		put(writer, type, NULL);
	else if (find_maker(writer->facts, handle, source, sizeof(source)))
		put(writer, type, source);
	else
		put_unknown(writer, type, "it was pinned, and no set of the store has made it: give it as TYPE=SOURCE");
}

static bool is_seen(struct writer *writer, enum nsmgr_type type, const char *what)
{
	const struct facts *facts = writer->facts;

	for (int i = 0; i < facts->count; i++) {
		if (facts->handles[i].type != type || facts->handles[i].origin != NSMGR_MADE)
			continue;
		if (!(facts->seen & NSMGR_MASK(type)))
			put_unknown(writer, what, "not to be seen from here");
		return facts->seen & NSMGR_MASK(type);
	}
	return false;
}

static void put_names(struct writer *writer)
{
	const struct inside *inside = writer->facts->inside;
	struct utsname ours;

	if (!is_seen(writer, NSMGR_UTS, "host name") || uname(&ours) < 0)
		return;
	if (!nsm_streq(inside->hostname, ours.nodename))
		put(writer, "hostname", inside->hostname);
	if (!nsm_streq(inside->domainname, ours.domainname))
		put(writer, "domainname", inside->domainname);
}

static void put_clocks(struct writer *writer)
{
	static const char *const clocks[] = { "monotonic", "boottime" };
	char offset[32];

	if (!is_seen(writer, NSMGR_TIME, "clocks"))
		return;
	for (size_t i = 0; i < NSM_ARRAY_SIZE(clocks); i++)
		if (facts_offset(writer->facts, clocks[i], offset, sizeof(offset)) && strtod(offset, NULL) != 0)
			put(writer, clocks[i], offset);
}

/* All ids as they are is what a set gets by itself where we have all of them. */
static bool is_identity(const char *map)
{
	struct nsmgr_extent extent;

	return facts_next_extent(&map, &extent) && extent.inner == 0 && extent.outer == 0 && extent.count == UINT32_MAX;
}

static void put_maps(struct writer *writer)
{
	static const char *const options[] = { "map-users", "map-groups", "map-projects" };
	const struct inside *inside = writer->facts->inside;

	if (!is_seen(writer, NSMGR_USER, "id maps"))
		return;
	for (size_t i = 0; i < NSM_ARRAY_SIZE(options); i++) {
		const char *map = inside->maps[i];
		struct nsmgr_extent extent;
		char value[48];

		while (!is_identity(inside->maps[i]) && facts_next_extent(&map, &extent)) {
			snprintf(value, sizeof(value), "%u:%u:%u", extent.inner, extent.outer, extent.count);
			put(writer, options[i], value);
		}
	}
	if (nsm_after(inside->setgroups, "deny"))
		put(writer, "setgroups", "deny");
}

static void put_loopback(struct writer *writer)
{
	const struct inside *inside = writer->facts->inside;

	if (!is_seen(writer, NSMGR_NET, "devices"))
		return;
	for (size_t i = 0; i < inside->device_count; i++)
		if (nsm_streq(inside->devices[i].name, "lo") && !(inside->devices[i].flags & IFF_UP))
			put(writer, "no-loopback", NULL);
}

static void put_labels(const struct writer *writer)
{
	struct nsmgr_label label;
	char line[NSMGR_LABEL_KEY_SIZE + NSMGR_LABEL_VALUE_SIZE + 2];

	while (writer->facts->labels && nsmgr_labels_next(writer->facts->labels, &label) == 0) {
		snprintf(line, sizeof(line), "%s=%s", label.key, label.value);
		put(writer, "label", line);
	}
}

/* The handle that a line took from a process: its number may be another's by now. NULL: it did not. */
static const struct nsmgr_handle *of_process(const struct facts *facts, const char *line, size_t len)
{
	for (int i = 0; i < facts->count; i++) {
		const char *type = nsmgr_type_name(facts->handles[i].type);
		size_t name = strlen(type) + 1;

		if (len > name && strncmp(line, type, name - 1) == 0 && line[name - 1] == '=' &&
		    strspn(line + name, "0123456789") == len - name)
			return &facts->handles[i];
	}
	return NULL;
}

/* As create wrote it nothing in it is a control character; what somebody else wrote means the same in this form. */
static void put_line(struct writer *writer, const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		fprintf(writer->out, c < ' ' || c == 0x7f ? "\\x%02x" : "%c", c);
	}
	fputc('\n', writer->out);
}

static void put_record(struct writer *writer)
{
	for (const char *line = writer->facts->profile; *line;) {
		size_t len = strcspn(line, "\n");
		const struct nsmgr_handle *handle = of_process(writer->facts, line, len);

		if (handle)
			put_type(writer, handle);
		else
			put_line(writer, line, len);
		line += len;
		line += *line == '\n';
	}
}

int facts_write_profile(const struct facts *facts, FILE *out)
{
	struct writer writer = { facts, out, STATUS_DONE };

	if (facts->profile) {
		put_record(&writer);
	} else {
		for (int i = 0; i < facts->count; i++)
			put_type(&writer, &facts->handles[i]);
		put_names(&writer);
		put_clocks(&writer);
		put_maps(&writer);
		put_loopback(&writer);
	}
	put_labels(&writer);
	return writer.status;
}
