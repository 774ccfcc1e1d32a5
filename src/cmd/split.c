/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/split.h"

#include "base/macro.h"

#define BLANKS " \t\n"

/* Copies the word at *text without its quotes, and moves *text behind it. false: it has no end. */
static bool take_word(const char **text, char *to)
{
	const char *p = *text;
	char quote = '\0';

	for (; *p && (quote || !strchr(BLANKS, *p)); p++) {
		if (*p == '\\' && quote != '\'') {
			if (!*++p)
				return false;
			*to++ = *p;
		} else if (quote ? *p == quote : *p == '\'' || *p == '"') {
			quote = quote ? '\0' : *p;
		} else {
			*to++ = *p;
		}
	}
	*to = '\0';
	*text = p;
	return !quote;
}

char **split_words(const char *text)
{
	/* A word and the blank behind it have two bytes at least, and its copy is no longer than itself. */
	size_t len = strlen(text), count = 0;
	char **words = malloc((len / 2 + 2) * sizeof(*words) + len + 1);
	char *to = words ? (char *)(words + len / 2 + 2) : NULL;

	if (!words) {
		errno = ENOMEM;
		return NULL;
	}
	for (text += strspn(text, BLANKS); *text; text += strspn(text, BLANKS)) {
		words[count++] = to;
		if (!take_word(&text, to)) {
			free(words);
			errno = EINVAL;
			return NULL;
		}
		to += strlen(to) + 1;
	}
	words[count] = NULL;
	if (count)
		return words;
	free(words);
	errno = ENODATA;
	return NULL;
}

void split_free(char **words)
{
	free(words);
}
