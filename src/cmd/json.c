/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/json.h"

#include "base/fd.h"
#include "base/text.h"

#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define SIZE_LIMIT (1u << 20)
#define DEPTH_LIMIT 16

/* ---- What is wrong ---- */

/* Where and what, in printable characters: the file may be anybody's. */
static void nsm_printf_like(2, 0) compose(const struct json *at, const char *fmt, va_list args, char *line, size_t size)
{
	char said[512], name[512], where[512], what[800];
	struct nsm_text text = { .buf = line, .size = size };

	vsnprintf(said, sizeof(said), fmt, args);
	nsm_text_add(&text, "'%s': %s%s%s", nsm_escape(at->name, name, sizeof(name)),
		     nsm_escape(at->where, where, sizeof(where)), *at->where ? ": " : "",
		     nsm_escape(said, what, sizeof(what)));
}

int json_complain(const struct json *at, const char *fmt, ...)
{
	char line[1000];
	va_list args;

	va_start(args, fmt);
	compose(at, fmt, args, line, sizeof(line));
	va_end(args);
	return say_plain(at->app, "%s", line);
}

void json_remark(const struct json *at, const char *fmt, ...)
{
	char said[512], line[900];
	struct nsm_text text = NSM_TEXT(line);
	va_list args;

	if (!at->app->verbose)
		return;
	va_start(args, fmt);
	vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	/* say_remark() escapes it. */
	nsm_text_add(&text, "'%s': %s%s%s", at->name, at->where, *at->where ? ": " : "", said);
	say_remark(NULL, line);
}

/* ---- Reading ---- */

static int read_file(const struct json *root, char **ret_text, size_t *ret_len)
{
	nsm_autoclose int fd = open(root->name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	nsm_autofree char *text = malloc(SIZE_LIMIT + 1);
	ssize_t n = fd < 0 ? -errno : text ? nsm_read_text(fd, text, SIZE_LIMIT + 1) : -ENOMEM;

	if (n == -EFBIG)
		return json_complain(root, "it has more than %u bytes", SIZE_LIMIT);
	if (n < 0)
		return json_complain(root, "cannot be read: %s", strerror((int)-n));
	*ret_len = (size_t)n;
	*ret_text = take_ptr(text);
	return STATUS_DONE;
}

static void free_tokener(struct json_tokener **tokener)
{
	if (*tokener)
		json_tokener_free(*tokener);
}

static size_t line_of(const char *text, size_t at)
{
	size_t line = 1;

	while (at--)
		line += text[at] == '\n';
	return line;
}

/* Where a number is that does not fit, for which json-c takes the largest one that does; NULL: nowhere. */
static const char *large_number(const char *text)
{
	static const char largest[] = "18446744073709551615";
	bool quoted = false;

	for (size_t digits; *text; text += digits ? digits : 1) {
		digits = quoted ? 0 : strspn(text, "0123456789");
		if (digits >= sizeof(largest) || (digits == sizeof(largest) - 1 && strncmp(text, largest, digits) > 0))
			return text;
		if (quoted && *text == '\\' && text[1])
			text++;
		else if (*text == '"')
			quoted = !quoted;
	}
	return NULL;
}

static int parse(struct json *root, const char *text, size_t len)
{
	nsm_cleanup(free_tokener) struct json_tokener *tokener = json_tokener_new_ex(DEPTH_LIMIT);
	const char *large = large_number(text);
	size_t end;

	if (!tokener)
		return json_complain(root, "out of memory");
	if (strlen(text) != len)
		return json_complain(root, "line %zu: a byte of zero", line_of(text, strlen(text)));
	if (large)
		return json_complain(root, "line %zu: a number is too large", line_of(text, (size_t)(large - text)));
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* The closing NUL is what tells it that there is no more. */
	root->value = json_tokener_parse_ex(tokener, text, (int)len + 1);
	end = json_tokener_get_parse_end(tokener);
	if (json_tokener_get_error(tokener) != json_tokener_success)
		return json_complain(root, "line %zu: %s", line_of(text, end < len ? end : len),
				     json_tokener_error_desc(json_tokener_get_error(tokener)));
	if (end < len && text[end + strspn(text + end, " \t\r\n")])
		return json_complain(root, "line %zu: there is more behind the end", line_of(text, end));
	return STATUS_DONE;
}

int json_open(const struct app *app, const char *name, const char *text, struct json *ret_root)
{
	struct json root = { .app = app, .name = name };
	nsm_autofree char *read = NULL;
	size_t len = text ? strlen(text) : 0;
	int status = text ? STATUS_DONE : read_file(&root, &read, &len);

	if (status == STATUS_DONE)
		status = parse(&root, text ? text : read, len);
	nsm_copy(root.where, sizeof(root.where), "$");
	if (status == STATUS_DONE && !json_object_is_type(root.value, json_type_object))
		status = json_complain(&root, "it is no object");
	if (status == STATUS_DONE)
		*ret_root = root;
	else
		json_close(&root);
	return status;
}

void json_close(struct json *root)
{
	json_object_put(root->value);
	root->value = NULL;
}

/* ---- Looking ---- */

static int check_type(const struct json *at, enum json_type type, const char *what)
{
	if (json_object_is_type(at->value, type))
		return STATUS_DONE;
	return json_complain(at, "it has to be %s, and is %s", what, json_type_to_name(json_object_get_type(at->value)));
}

int json_check_keys(const struct json *object, const char *const known[])
{
	struct json_object_iterator at, end;
	int status = check_type(object, json_type_object, "an object");

	if (status != STATUS_DONE)
		return status;
	at = json_object_iter_begin(object->value);
	end = json_object_iter_end(object->value);
	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		const char *key = json_object_iter_peek_name(&at);
		size_t i = 0;

		while (known[i] && !nsm_streq(known[i], key))
			i++;
		if (!known[i])
			return json_complain(object, "unknown key '%.100s'", key);
	}
	return STATUS_DONE;
}

/* One step further on the way. */
static void enter(const struct json *from, struct json_object *value, struct json *ret)
{
	*ret = *from;
	ret->value = value;
}

bool json_get(const struct json *object, const char *key, struct json *ret)
{
	struct nsm_text text;
	struct json_object *value;

	if (!json_object_object_get_ex(object->value, key, &value) || !value)
		return false;
	enter(object, value, ret);
	text = (struct nsm_text){ .buf = ret->where, .size = sizeof(ret->where), .len = strlen(ret->where) };
	nsm_text_add(&text, ".%s", key);
	return true;
}

int json_need(const struct json *object, const char *key, struct json *ret)
{
	return json_get(object, key, ret) ? STATUS_DONE : json_complain(object, "'%s' is missing", key);
}

int json_count(const struct json *array, size_t *ret)
{
	int status = check_type(array, json_type_array, "an array");

	if (status == STATUS_DONE)
		*ret = json_object_array_length(array->value);
	return status;
}

void json_item(const struct json *array, size_t number, struct json *ret)
{
	struct nsm_text text;

	enter(array, json_object_array_get_idx(array->value, number), ret);
	text = (struct nsm_text){ .buf = ret->where, .size = sizeof(ret->where), .len = strlen(ret->where) };
	nsm_text_add(&text, "[%zu]", number);
}

int json_string(const struct json *at, const char **ret)
{
	int status = check_type(at, json_type_string, "a string");

	if (status != STATUS_DONE)
		return status;
	*ret = json_object_get_string(at->value);
	/* What is compared would not be what is shown. */
	if (strlen(*ret) != (size_t)json_object_get_string_len(at->value))
		return json_complain(at, "it has a character of zero");
	return STATUS_DONE;
}

int json_number(const struct json *at, uint64_t max, uint64_t *ret)
{
	int status = check_type(at, json_type_int, "a whole number");

	if (status != STATUS_DONE)
		return status;
	*ret = json_object_get_uint64(at->value);
	if (json_object_get_int64(at->value) < 0 || *ret > max)
		return json_complain(at, "it is not from 0 to %" PRIu64, max);
	return STATUS_DONE;
}
