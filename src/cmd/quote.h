/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_QUOTE_H
#define NSM_CMD_QUOTE_H

#include "base/macro.h"

#include <stdio.h>

/* Text in the syntax of others, so that it stays one word there, whatever is in it (LESSONS security 2). */

/* A word of sh(1): as it is where nothing in it is special, else between single quotes. */
void quote_shell(FILE *file, const char *text);

/* A string of JSON, with its quotes. The text has to be UTF-8: text_is_utf8(). */
void quote_json(FILE *file, const char *text);

/* The same of any text: what is not UTF-8 is shown as nsm_escape() does it. */
void quote_json_bytes(FILE *file, const char *text);

/* A path as the value of a unit's setting, where % introduces what is replaced: systemd.unit(5). It has to be without control
 * characters: text_is_printable(). */
void quote_unit(FILE *file, const char *text);

bool text_is_utf8(const char *text);

/* Whether it has a character beyond ASCII that a terminal obeys: C1, U+0080 to U+009F, or one that turns the direction. */
bool text_has_hidden(const char *text);
bool text_is_printable(const char *text);

#endif
