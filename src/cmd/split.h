/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_SPLIT_H
#define NSM_CMD_SPLIT_H

/* Splits a text into words, as the value of an option that is a command. Blanks separate; what stands in '' is taken as it is; a
 * backslash, also in "", takes the character behind it as it is. Nothing else has a meaning: there is no shell. Gives an array ended
 * by NULL, to be freed by split_free(), or NULL with errno: EINVAL, of a text whose quote has no end or that ends with a backslash;
 * ENODATA, of one without a word; ENOMEM. */
char **split_words(const char *text);
void split_free(char **words);

#endif
