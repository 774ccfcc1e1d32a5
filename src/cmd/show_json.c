/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/facts.h"

#include "cmd/label.h"
#include "cmd/quote.h"
#include "cmd/view.h"
#include "cmd/words.h"

#include <stdio.h>

/* JSON by hand: libsmartcols has tables, and this is none. What is unknown is null; "unseen" has the reasons. */

static void put_text(const char *text)
{
	quote_json_bytes(stdout, text);
}

static void put_text_or_null(const char *text)
{
	if (*text)
		put_text(text);
	else
		fputs("null", stdout);
}

static void put_key(const char *key)
{
	printf(",\n   \"%s\": ", key);
}

static void put_number(const char *separator, const char *key, uint64_t number)
{
	printf("%s\"%s\": ", separator, key);
	if (number)
		printf("%llu", (unsigned long long)number);
	else
		fputs("null", stdout);
}

static void print_labels(const struct facts *facts)
{
	put_key("labels");
	if (facts->labels)
		print_labels_json(facts->labels);
	else
		fputs("null", stdout);
}

/* The lines of one kind as an array; null where nothing was recorded. */
static void print_lines(const struct facts *facts, const char *key, bool of_command)
{
	const char *cursor = facts->profile, *separator = "";
	char line[VIEW_CELL_SIZE];
	bool is;

	put_key(key);
	if (!cursor) {
		fputs("null", stdout);
		return;
	}
	putchar('[');
	while (facts_next_line(&cursor, &is, line, sizeof(line))) {
		if (is != of_command)
			continue;
		fputs(separator, stdout);
		put_text(line);
		separator = ", ";
	}
	putchar(']');
}

static void print_handle(const struct facts *facts, int at)
{
	const struct nsmgr_handle *handle = &facts->handles[at];
	char path[VIEW_CELL_SIZE];
	struct nsm_text text = NSM_TEXT(path);

	nsm_text_add(&text, "%s/%s/%s", nsmgr_get_root(facts->app->ctx), facts->name, nsmgr_type_name(handle->type));
	printf("{\"type\": \"%s\", \"state\": \"%s\", \"origin\": ", nsmgr_type_name(handle->type),
	       nsmgr_state_name(handle->state));
	put_text_or_null(origin_name(handle->origin));
	fputs(", \"path\": ", stdout);
	put_text(path);
	put_number(", ", "inode", handle->ino);
	put_number(", ", "id", handle->id);
	put_number(", ", "owner", handle->owner);
	put_number(", ", "parent", facts->parents[at]);
	putchar('}');
}

static void print_handles(const struct facts *facts)
{
	put_key("handles");
	putchar('[');
	for (int i = 0; i < facts->count; i++) {
		fputs(i ? ",\n      " : "\n      ", stdout);
		print_handle(facts, i);
	}
	fputs("\n   ]", stdout);
}

static void print_map(const char *key, const char *map)
{
	const char *separator = "";
	struct nsmgr_extent extent;

	printf("\n      \"%s\": [", key);
	while (facts_next_extent(&map, &extent)) {
		printf("%s{\"inner\": %u, \"outer\": %u, \"count\": %u}", separator, extent.inner, extent.outer, extent.count);
		separator = ", ";
	}
	putchar(']');
}

static void print_maps(const struct facts *facts)
{
	const struct inside *inside = facts->inside;

	put_key("maps");
	if (!(facts->seen & NSMGR_MASK(NSMGR_USER))) {
		fputs("null", stdout);
		return;
	}
	putchar('{');
	print_map("users", inside->maps[NSMGR_UID]);
	putchar(',');
	print_map("groups", inside->maps[NSMGR_GID]);
	putchar(',');
	print_map("projects", inside->maps[NSMGR_PROJID]);
	printf(",\n      \"setgroups\": \"%.*s\"\n   }", (int)strcspn(inside->setgroups, "\n"), inside->setgroups);
}

static void print_clocks(const struct facts *facts)
{
	char monotonic[32], boottime[32];

	put_key("clocks");
	if (facts_offset(facts, "monotonic", monotonic, sizeof(monotonic)) &&
	    facts_offset(facts, "boottime", boottime, sizeof(boottime)))
		printf("{\"monotonic\": %s, \"boottime\": %s}", monotonic, boottime);
	else
		fputs("null", stdout);
}

static void print_addresses(const struct inside *inside, const struct device *device)
{
	const char *separator = "";

	fputs(", \"addresses\": [", stdout);
	for (size_t i = 0; i < inside->address_count; i++) {
		if (inside->addresses[i].device != device->index)
			continue;
		printf("%s\"%s\"", separator, inside->addresses[i].text);
		separator = ", ";
	}
	fputs("]}", stdout);
}

static void print_devices(const struct facts *facts)
{
	const struct inside *inside = facts->inside;

	put_key("devices");
	if (!(facts->seen & NSMGR_MASK(NSMGR_NET))) {
		fputs("null", stdout);
		return;
	}
	putchar('[');
	for (size_t i = 0; i < inside->device_count; i++) {
		const struct device *device = &inside->devices[i];

		printf("%s\n      {\"index\": %u, \"name\": ", i ? "," : "", device->index);
		put_text(device->name);
		printf(", \"state\": \"%s\", \"link\": ", device_state(device));
		put_text_or_null(device->address);
		print_addresses(inside, device);
	}
	fputs("\n   ]", stdout);
}

static void print_keeper(const struct facts *facts)
{
	put_key("keeper");
	if (facts->keeper_state == KEEPER_ALIVE)
		printf("{\"pid\": %ld, \"alive\": true}", (long)facts->keeper);
	else if (facts->keeper_state == KEEPER_DEAD)
		fputs("{\"pid\": null, \"alive\": false}", stdout);
	else
		fputs("null", stdout);
}

static void print_helper(const struct facts *facts)
{
	put_key("helper");
	if (facts->has_helper)
		printf("{\"kind\": \"%s\", \"pid\": %ld, \"alive\": %s}", facts->helper.kind, (long)facts->helper.pid,
		       facts->helper.alive ? "true" : "false");
	else
		fputs("null", stdout);
}

static void print_types(unsigned types)
{
	char buf[TYPES_JSON_SIZE];
	struct nsm_text text = NSM_TEXT(buf);

	add_types_json(&text, types);
	printf(", \"types\": %s}", buf);
}

static void print_processes(const struct facts *facts)
{
	put_key("processes");
	if (!facts->has_processes) {
		fputs("null", stdout);
		return;
	}
	putchar('[');
	for (size_t i = 0; i < facts->process_count; i++) {
		const struct fact_process *process = &facts->processes[i];
		char user[64];

		printf("%s\n      {\"pid\": %ld", i ? "," : "", (long)process->pid);
		put_number(", ", "tid", (uint64_t)process->tid);
		printf(", \"uid\": %lu, \"user\": ", (unsigned long)process->uid);
		put_text(user_name(process->uid, user));
		fputs(", \"command\": ", stdout);
		put_text(process->command);
		print_types(process->types);
	}
	fputs(facts->process_count ? "\n   ]" : "]", stdout);
}

static void print_unseen(const struct facts *facts)
{
	put_key("unseen");
	putchar('[');
	for (size_t i = 0; i < facts->unseen_count; i++) {
		printf("%s\n      {\"what\": \"%s\", \"why\": ", i ? "," : "", facts->unseen[i].what);
		put_text(facts->unseen[i].why);
		putchar('}');
	}
	fputs(facts->unseen_count ? "\n   ]" : "]", stdout);
}

int facts_print_json(const struct facts *facts)
{
	bool has_names = facts->seen & NSMGR_MASK(NSMGR_UTS);
	char created[32] = "", applied[256];
	int r;

	fputs("{\n   \"name\": ", stdout);
	put_text(facts->name);
	put_key("created");
	put_text_or_null(facts->count ? format_time(&facts->handles[0].created, created) : "");
	print_labels(facts);
	put_key("applied");
	put_text_or_null(facts_applied(facts, applied, sizeof(applied)) ? applied : "");
	print_lines(facts, "profile", false);
	print_lines(facts, "defaults", true);
	print_handles(facts);
	put_key("hostname");
	fputs(has_names ? "" : "null", stdout);
	if (has_names)
		put_text(facts->inside->hostname);
	put_key("domainname");
	fputs(has_names ? "" : "null", stdout);
	if (has_names)
		put_text(facts->inside->domainname);
	print_clocks(facts);
	print_maps(facts);
	print_devices(facts);
	put_key("mounts");
	r = facts_print_mounts_json(facts);
	print_keeper(facts);
	print_helper(facts);
	put_key("cgroup");
	put_text_or_null(facts->cgroup);
	put_key("own_cgroup");
	facts_print_own_cgroup_json(facts);
	print_processes(facts);
	print_unseen(facts);
	puts("\n}");
	return r;
}
