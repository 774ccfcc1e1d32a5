/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the program itself reads, beside its command line: profiles of sets and what is compared with them, filters,
 * text in the syntax of others, and the files of /proc. The first byte chooses which. */

#include "fuzz_program.h"

#include "cmd/apply.h"
#include "cmd/filter.h"
#include "cmd/json.h"
#include "cmd/ls_columns.h"
#include "cmd/quote.h"
#include "cmd/split.h"

#include <stdio.h>
#include <string.h>

struct app app;

static struct inside *inside;

/* ---- profiles ---- */

/* One option as a line, and back. */
static void write_again(const struct told *told)
{
	bool of_exec = told->id >= CREATE_EXEC;
	char *text;
	struct told_list again = { 0 };
	size_t size = 0;

	told_write(NULL, &size, of_exec ? "exec-" : "", recipe_find(told->id)->name, told->value);
	text = calloc(1, size + 1);
	MUST(text);
	size = 0;
	told_write(text, &size, of_exec ? "exec-" : "", recipe_find(told->id)->name, told->value);
	MUST(profile_parse(&app, text, "again", &again) == STATUS_DONE && again.count == 1 &&
	     again.array[0].id == told->id);
	MUST(!told->value == !again.array[0].value && (!told->value || strcmp(told->value, again.array[0].value) == 0));
	told_free(&again);
	free(text);
}

static void read_profile(const struct input *input)
{
	struct told_list told = { 0 }, over = { 0 };

	if (profile_parse(&app, input->strings[0], "in", &told) == STATUS_DONE) {
		for (size_t i = 0; i < told.count; i++) {
			MUST(!told_relative(recipe_find(told.array[i].id), told.array[i].value));
			write_again(&told.array[i]);
		}
		if (profile_parse(&app, input->strings[1], "over", &over) == STATUS_DONE)
			MUST(told_merge(&told, &over, recipe_find) && told.count >= over.count);
	}
	told_free(&over);
	told_free(&told);
}

/* ---- a set compared with its profile ---- */

static int make_recipe(struct recipe *recipe, char *text)
{
	struct told_list told = { 0 };
	int status = recipe_begin(recipe, &app);

	if (status == STATUS_DONE)
		status = profile_parse(&app, text, "in", &told);
	for (size_t i = 0; status == STATUS_DONE && i < told.count; i++)
		recipe_option(recipe, told.array[i].id, told.array[i].value, &status);
	told_free(&told);
	if (status == STATUS_DONE)
		status = recipe_ready(recipe);
	return status == STATUS_DONE ? recipe_check(recipe, "web") : status;
}

/* What is recorded of a set is a profile itself. */
static void check_record(const struct recipe *recipe)
{
	struct told_list told = { 0 };
	char *text = recipe_text(recipe);

	MUST(text && profile_parse(&app, text, "record", &told) == STATUS_DONE);
	told_free(&told);
	free(text);
}

static void fill_inside(struct facts *facts, const struct input *input)
{
	facts->inside = inside;
	facts->seen = NSMGR_MASK(NSMGR_USER) | NSMGR_MASK(NSMGR_TIME) | NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_MNT);
	nsm_copy(inside->hostname, sizeof(inside->hostname), "web");
	nsm_copy(inside->setgroups, sizeof(inside->setgroups), "deny\n");
	nsm_copy(inside->maps[NSMGR_UID], sizeof(inside->maps[NSMGR_UID]), input->strings[2]);
	nsm_copy(inside->offsets, sizeof(inside->offsets), input->strings[2]);
	nsm_copy(inside->mounts, sizeof(inside->mounts), input->strings[3]);
}

static void compare(const struct input *input)
{
	struct facts facts = { .app = &app, .name = "web", .profile = input->strings[1] };
	struct recipe recipe = { 0 };
	char reason[512] = "", name[65];
	struct nsm_text text = NSM_TEXT(reason);

	fill_inside(&facts, input);
	if (make_recipe(&recipe, input->strings[0]) == STATUS_DONE) {
		check_record(&recipe);
		apply_compare(&recipe, &facts, &text);
		MUST(text.len < sizeof(reason));
	}
	facts_applied(&facts, name, sizeof(name));
	recipe_free(&recipe);
}

/* ---- filters ---- */

static void give_cell(const void *row, size_t column, struct nsm_text *cell)
{
	MUST(column < LS_COLUMN_COUNT);
	nsm_text_add(cell, "%.24s", (const char *)row);
}

static bool give_label(const void *row, const char *key, const char **ret_value)
{
	*ret_value = *key == 'n' ? NULL : row;
	return true;
}

static void read_filter(const struct input *input)
{
	const struct view view = { .columns = ls_columns, .count = LS_COLUMN_COUNT};
	struct filters filters = { .label = give_label };
	bool passes;

	if (strlen(input->strings[1]) > 24 || filters_add(&app, &filters, &view, input->strings[0]) != STATUS_DONE)
		return;
	MUST(filters.count == 1);
	passes = filters_pass(&filters, give_cell, input->strings[1]);
	filters.array[0].inverted ^= true;
	MUST(filters_pass(&filters, give_cell, input->strings[1]) != passes);
}

/* ---- the syntax of others ---- */

static char *quoted(void (*quote)(FILE *file, const char *text), const char *before, const char *text,
		    const char *behind)
{
	char *ret = NULL;
	size_t size;
	FILE *file = open_memstream(&ret, &size);

	MUST(file);
	fputs(before, file);
	quote(file, text);
	fputs(behind, file);
	MUST(fclose(file) == 0);
	return ret;
}

static void read_as_json(void (*quote)(FILE *file, const char *text), const char *text, bool same)
{
	char *json = quoted(quote, "{\"a\":", text, "}");
	struct json root, at;
	const char *read;

	MUST(json_open(&app, "in", json, &root) == STATUS_DONE && json_need(&root, "a", &at) == STATUS_DONE);
	MUST(json_string(&at, &read) == STATUS_DONE && (!same || strcmp(read, text) == 0));
	json_close(&root);
	free(json);
}

static void quote(const struct input *input)
{
	const char *text = input->strings[0];
	char *shell = quoted(quote_shell, "", text, ""), **words = split_words(shell);

	MUST(words && words[0] && strcmp(words[0], text) == 0 && !words[1]);
	split_free(words);
	free(shell);
	words = split_words(text);
	split_free(words);
	read_as_json(quote_json_bytes, text, false);
	if (text_is_utf8(text))
		read_as_json(quote_json, text, true);
	text_has_hidden(text);
	if (text_is_printable(text))
		free(quoted(quote_unit, "", text, ""));
}

/* ---- */

static void (*const kinds[])(const struct input *input) = {
	read_profile, compare, read_filter, quote, read_stat,
	read_status, read_cmdline, read_own_cgroup, read_mountinfo, read_filesystems,
};

void target_begin(int argc, char **argv)
{
	static const struct verb verb = { .name = "apply" };

	sandbox_enter(argc, argv);
	sandbox_write_text("/in", "");
	begin_proc();
	app.verb = &verb;
	MUST(nsmgr_new(&app.ctx) == 0 && inside_new(&inside) == 0);
}

void target_input(const uint8_t *data, size_t size)
{
	struct input input = { .data = data + 1, .size = size - 1 };
	char *text;

	if (size < 1)
		return;
	for (size_t i = cut_strings(input.data, input.size, STRINGS, input.strings, &text); i < STRINGS; i++)
		input.strings[i] = text + input.size;
	kinds[choose(data[0], sizeof(kinds) / sizeof(kinds[0]))](&input);
	free(text);
}
