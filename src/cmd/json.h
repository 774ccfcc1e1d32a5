/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_JSON_H
#define NSM_CMD_JSON_H

#include "cmd/app.h"

#include <stdint.h>

struct json_object;

/* A value in a JSON text, and the way to it, for messages: "$.syscalls[3].action". */
struct json {
	const struct app *app;
	const char *name; /* of the text: a file */
	struct json_object *value;
	char where[160];
};

/* All here that gives an int: STATUS_DONE, or the verb's status of a failure, after having said what is wrong and where. */

/* Reads a file, or `text` where that is not NULL, which is strict JSON and one object; `name` is borrowed. */
int json_open(const struct app *app, const char *name, const char *text, struct json *ret_root);
void json_close(struct json *root); /* one that is all 0 is fine */

/* It is an object, and has no other keys than these. The list ends with NULL. */
int json_check_keys(const struct json *object, const char *const known[]);

/* What an object has under a key: false where that is not there, or null. */
bool json_get(const struct json *object, const char *key, struct json *ret);

/* The same where it has to be. */
int json_need(const struct json *object, const char *key, struct json *ret);

/* The number of values in an array, and one of these. */
int json_count(const struct json *array, size_t *ret);
void json_item(const struct json *array, size_t number, struct json *ret);

int json_string(const struct json *at, const char **ret);
int json_number(const struct json *at, uint64_t max, uint64_t *ret);

/* "FILE: WHERE: ..." as a failure, or with -v as a remark. */
int json_complain(const struct json *at, const char *fmt, ...) nsm_printf_like(2, 3);
void json_remark(const struct json *at, const char *fmt, ...) nsm_printf_like(2, 3);

#endif
