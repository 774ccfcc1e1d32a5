/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

void nsm_text_add(struct nsm_text *text, const char *fmt, ...)
{
	size_t room = text->size - text->len;
	va_list args;
	int n;

	if (text->cut)
		return;
	va_start(args, fmt);
	n = vsnprintf(text->buf + text->len, room, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room) {
		text->buf[text->len] = '\0';
		text->cut = true;
		return;
	}
	text->len += (size_t)n;
}

void nsm_text_put(struct nsm_text *text, const char *string)
{
	size_t len = strlen(string);

	if (text->cut)
		return;
	if (len >= text->size - text->len) {
		text->cut = true;
		return;
	}
	memcpy(text->buf + text->len, string, len + 1);
	text->len += len;
}

void nsm_text_put_number(struct nsm_text *text, uint64_t number)
{
	char digits[24], *p = digits + sizeof(digits) - 1;

	*p = '\0';
	do
		*--p = (char)('0' + number % 10);
	while (number /= 10);
	nsm_text_put(text, p);
}

bool nsm_copy(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);
	bool fits = len < size;

	if (!fits)
		len = size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
	return fits;
}

char *nsm_token(char **cursor, char separator)
{
	char *start = *cursor;
	char *end;

	if (!start || !*start)
		return NULL;
	end = strchr(start, separator);
	if (end)
		*end++ = '\0';
	*cursor = end;
	return start;
}

const char *nsm_escape(const char *in, char *out, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t len = 0;

	for (; *in; in++) {
		unsigned char c = (unsigned char)*in;
		const char coded[] = { '\\', 'x', digits[c >> 4], digits[c & 0xf] };
		bool plain = c >= ' ' && c < 0x7f && c != '\\';
		size_t add = plain ? 1 : sizeof(coded);

		if (len + add >= size)
			break;
		memcpy(out + len, plain ? in : coded, add);
		len += add;
	}
	out[len] = '\0';
	return out;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool nsm_unescape(char *text)
{
	char *out = text;

	for (const char *in = text; *in; in++) {
		int high, low;

		if (*in != '\\') {
			*out++ = *in;
			continue;
		}
		high = in[1] == 'x' ? hex_digit(in[2]) : -1;
		low = high >= 0 ? hex_digit(in[3]) : -1;
		if (low < 0 || high + low == 0)
			return false;
		*out++ = (char)(high << 4 | low);
		in += 3;
	}
	*out = '\0';
	return true;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

void nsm_unescape_octal(char *text)
{
	char *to = text;

	for (const char *p = text; *p;) {
		if (p[0] == '\\' && p[1] >= '0' && p[1] <= '3' && is_octal(p[2]) && is_octal(p[3])) {
			*to++ = (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0'));
			p += 4;
		} else {
			*to++ = *p++;
		}
	}
	*to = '\0';
}
