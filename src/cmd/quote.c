/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/quote.h"

#include <stdint.h>

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+:@%,"

void quote_shell(FILE *file, const char *text)
{
	if (*text && text[strspn(text, PLAIN)] == '\0') {
		fputs(text, file);
		return;
	}
	putc('\'', file);
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", file);
		else
			putc(*text, file);
	putc('\'', file);
}

/* The character of those of text_has_hidden() that begins here, or 0. */
static uint32_t hidden_char(const char *text, size_t *ret_len)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t c;

	if (p[0] == 0x7f) {
		*ret_len = 1;
		return p[0];
	}
	if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
		*ret_len = 2;
		return p[1];
	}
	if (p[0] != 0xe2 || (p[1] != 0x80 && p[1] != 0x81) || (p[2] & 0xc0) != 0x80)
		return 0;
	*ret_len = 3;
	c = 0x2000 | (p[1] & 0x3fU) << 6 | (p[2] & 0x3fU);
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ? c : 0;
}

bool text_has_hidden(const char *text)
{
	size_t len;

	while (*text && !hidden_char(text, &len))
		text++;
	return *text;
}

void quote_json(FILE *file, const char *text)
{
	putc('"', file);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		size_t len;
		uint32_t hidden = hidden_char(text, &len);

		if (hidden) {
			fprintf(file, "\\u%04x", hidden);
			text += len - 1;
			continue;
		}
		if (c < ' ' || c == 0x7f)
			fprintf(file, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			fprintf(file, "\\%c", c);
		else
			putc(c, file);
	}
	putc('"', file);
}

void quote_json_bytes(FILE *file, const char *text)
{
	if (text_is_utf8(text)) {
		quote_json(file, text);
		return;
	}
	putc('"', file);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		/* The backslash of an escape is one of JSON's as well. */
		if (c < ' ' || c >= 0x7f || c == '\\')
			fprintf(file, "\\\\x%02x", c);
		else if (c == '"')
			fputs("\\\"", file);
		else
			putc(c, file);
	}
	putc('"', file);
}

void quote_unit(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text == '%')
			putc('%', file);
		putc(*text, file);
	}
}

/* The bytes of the character that begins here, by its first one; 0 for what begins none. RFC 3629 */
static size_t utf8_length(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c < 0xe0)
		return 2;
	if (c >= 0xe0 && c < 0xf0)
		return 3;
	return c >= 0xf0 && c < 0xf5 ? 4 : 0;
}

/* Longer than needed, a surrogate, or behind the last character there is. */
static bool is_out_of_range(unsigned char first, unsigned char second)
{
	return (first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) || (first == 0xf0 && second < 0x90) ||
	       (first == 0xf4 && second >= 0x90);
}

bool text_is_utf8(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		size_t len = utf8_length(*p);

		if (!len || is_out_of_range(p[0], p[1]))
			return false;
		for (size_t i = 1; i < len; i++)
			if ((p[i] & 0xc0) != 0x80)
				return false;
		p += len;
	}
	return true;
}

bool text_is_printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}
