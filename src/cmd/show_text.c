/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/facts.h"

#include "cmd/table.h"
#include "cmd/view.h"
#include "cmd/words.h"

#include <stdarg.h>
#include <stdio.h>

/* One fact a line, what it is called on the left; further lines of the same without that. */
static void say(const char *what, const char *fmt, ...) nsm_printf_like(2, 3);

static void say(const char *what, const char *fmt, ...)
{
	char said[VIEW_CELL_SIZE], escaped[4 * VIEW_CELL_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	printf("%-10s  %s\n", what, nsm_escape(said, escaped, sizeof(escaped)));
}

static void print_labels(const struct facts *facts)
{
	const char *what = "Labels";
	struct nsmgr_label label;

	while (facts->labels && nsmgr_labels_next(facts->labels, &label) == 0) {
		say(what, "%s=%s", label.key, label.value);
		what = "";
	}
}

/* What it was told, and what its commands have as defaults. */
static void print_profile(const struct facts *facts)
{
	static const char *const titles[] = { "Profile", "Command" };
	char line[VIEW_CELL_SIZE];
	bool of_command;

	if (facts_applied(facts, line, sizeof(line)))
		say("Applied", "%s", line);
	for (int want = 0; facts->profile && want < 2; want++) {
		const char *cursor = facts->profile, *what = titles[want];

		while (facts_next_line(&cursor, &of_command, line, sizeof(line))) {
			if (of_command != (want == 1))
				continue;
			say(what, "%s", line);
			what = "";
		}
	}
}

static void print_maps(const struct facts *facts)
{
	static const char *const kinds[] = { "Users", "Groups", "Projects" };
	struct nsmgr_extent extent;

	for (size_t i = 0; i < NSM_ARRAY_SIZE(kinds); i++) {
		const char *what = kinds[i], *cursor = facts->inside->maps[i];

		while (facts_next_extent(&cursor, &extent)) {
			say(what, "%u is %u outside, %u of them", extent.inner, extent.outer, extent.count);
			what = "";
		}
	}
	say("Setgroups", "%.*s", (int)strcspn(facts->inside->setgroups, "\n"), facts->inside->setgroups);
}

static void print_keeper(const struct facts *facts)
{
	if (facts->keeper_state == KEEPER_ALIVE)
		say("Keeper", "%ld, alive", (long)facts->keeper);
	else if (facts->keeper_state == KEEPER_DEAD)
		say("Keeper", "dead");
}

static void print_own_cgroup(const struct facts *facts)
{
	if (facts->own_cgroup == NSMGR_ORIGIN_UNKNOWN)
		return;
	say("Lives in", "%s (%s%s)", facts->own_path, facts->own_cgroup == NSMGR_MADE ? "made" : "pinned",
	    facts->own_gone ? ", gone" : facts->frozen ? ", frozen" : "");
	for (size_t i = 0; i < facts->limit_count; i++)
		say(i ? "" : "Limits", "%s %s", facts->limits[i].file, facts->limits[i].value);
}

static void print_facts(const struct facts *facts)
{
	char buf[32];

	say("Name", "%s", facts->name);
	say("Path", "%s/%s", nsmgr_get_root(facts->app->ctx), facts->name);
	if (facts->count && *format_time(&facts->handles[0].created, buf))
		say("Created", "%s", buf);
	print_labels(facts);
	print_profile(facts);
	if (facts->seen & NSMGR_MASK(NSMGR_UTS)) {
		say("Host name", "%s", facts->inside->hostname);
		say("Domain", "%s", facts->inside->domainname);
	}
	if (facts_offset(facts, "monotonic", buf, sizeof(buf)))
		say("Monotonic", "%s s", buf);
	if (facts_offset(facts, "boottime", buf, sizeof(buf)))
		say("Boottime", "%s s", buf);
	if (facts->seen & NSMGR_MASK(NSMGR_USER))
		print_maps(facts);
	print_keeper(facts);
	if (facts->has_helper)
		say("Helper", "%s, %ld, %s", facts->helper.kind, (long)facts->helper.pid, facts->helper.alive ? "alive" : "dead");
	if (*facts->cgroup)
		say("Cgroup", "%s", facts->cgroup);
	print_own_cgroup(facts);
	for (size_t i = 0; i < facts->unseen_count; i++)
		say("Not seen", "%s: %s", facts->unseen[i].what, facts->unseen[i].why);
}

/* ---- tables ---- */

static int begin_table(const struct column *columns, size_t count, struct table **ret)
{
	int r;

	putchar('\n');
	fflush(stdout);
	r = table_new(&(const struct table_style){ .name = "" }, ret);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = table_add_column(*ret, &columns[i]);
	return r;
}

static int set_number(struct table *table, size_t column, uint64_t number)
{
	char buf[32];
	struct nsm_text text = NSM_TEXT(buf);

	nsm_text_add(&text, "%llu", (unsigned long long)number);
	return number ? table_set(table, column, buf) : 0;
}

static int print_handles(const struct facts *facts)
{
	static const struct column columns[] = {
		{ "TYPE", CELL_TEXT, NULL }, { "INODE", CELL_NUMBER, NULL }, { "ID", CELL_NUMBER, NULL },
		{ "STATE", CELL_TEXT, NULL }, { "ORIGIN", CELL_TEXT, NULL }, { "OWNER", CELL_NUMBER, NULL },
		{ "PARENT", CELL_NUMBER, NULL },
	};
	autotable struct table *table = NULL;
	int r = begin_table(columns, NSM_ARRAY_SIZE(columns), &table);

	for (int i = 0; r == 0 && i < facts->count; i++) {
		const struct nsmgr_handle *handle = &facts->handles[i];

		r = table_add_row(table, NULL);
		if (r < 0)
			break;
		r = table_set(table, 0, nsmgr_type_name(handle->type));
		r = r ? r : set_number(table, 1, handle->ino);
		r = r ? r : set_number(table, 2, handle->id);
		r = r ? r : table_set(table, 3, nsmgr_state_name(handle->state));
		r = r ? r : table_set(table, 4, origin_name(handle->origin));
		r = r ? r : set_number(table, 5, handle->owner);
		r = r ? r : set_number(table, 6, facts->parents[i]);
	}
	return r < 0 ? r : table_print(table);
}

static int add_device(struct table *table, const struct inside *inside, const struct device *device)
{
	char buf[1024];
	struct nsm_text text = NSM_TEXT(buf);
	int r = table_add_row(table, NULL);

	buf[0] = '\0';
	for (size_t i = 0; i < inside->address_count; i++)
		if (inside->addresses[i].device == device->index)
			nsm_text_add(&text, "%s%s", text.len ? " " : "", inside->addresses[i].text);
	if (text.cut) {
		text = (struct nsm_text)NSM_TEXT(buf);
		nsm_text_add(&text, "many: see --json");
	}
	r = r ? r : table_set(table, 0, device->name);
	r = r ? r : table_set(table, 1, device_state(device));
	r = r ? r : table_set(table, 2, device->address);
	return r ? r : table_set(table, 3, buf);
}

static int print_devices(const struct facts *facts)
{
	static const struct column columns[] = {
		{ "DEVICE", CELL_TEXT, NULL }, { "STATE", CELL_TEXT, NULL }, { "LINK", CELL_TEXT, NULL },
		{ "ADDRESSES", CELL_TEXT, NULL },
	};
	autotable struct table *table = NULL;
	int r;

	if (!facts->inside->device_count)
		return 0;
	r = begin_table(columns, NSM_ARRAY_SIZE(columns), &table);
	for (size_t i = 0; r == 0 && i < facts->inside->device_count; i++)
		r = add_device(table, facts->inside, &facts->inside->devices[i]);
	return r < 0 ? r : table_print(table);
}

static int print_processes(const struct facts *facts)
{
	static const struct column columns[] = {
		{ "PID", CELL_NUMBER, NULL }, { "TID", CELL_NUMBER, NULL }, { "USER", CELL_TEXT, NULL }, { "TYPES", CELL_TEXT, NULL },
		{ "COMMAND", CELL_TEXT, NULL },
	};
	autotable struct table *table = NULL;
	int r;

	if (!facts->process_count)
		return 0;
	r = begin_table(columns, NSM_ARRAY_SIZE(columns), &table);
	for (size_t i = 0; r == 0 && i < facts->process_count; i++) {
		const struct fact_process *process = &facts->processes[i];
		char types[64] = "", user[64];
		struct nsm_text text = NSM_TEXT(types);

		add_types(&text, process->types);
		r = table_add_row(table, NULL);
		r = r ? r : set_number(table, 0, (uint64_t)process->pid);
		r = r ? r : set_number(table, 1, (uint64_t)process->tid);
		r = r ? r : table_set(table, 2, user_name(process->uid, user));
		r = r ? r : table_set(table, 3, types);
		r = r ? r : table_set(table, 4, process->command);
	}
	return r < 0 ? r : table_print(table);
}

int facts_print_text(const struct facts *facts)
{
	int r;

	print_facts(facts);
	r = facts->count ? print_handles(facts) : 0;
	r = r < 0 ? r : print_devices(facts);
	r = r < 0 ? r : facts_print_mounts(facts);
	return r < 0 ? r : print_processes(facts);
}
