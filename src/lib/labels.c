/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/labels.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/own.h"

#include <sys/stat.h>

/* Each byte as \xHH at worst. */
#define FILE_SIZE (4 * NSMGR_LABELS_SIZE)

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* With a word at its end, "KEY-" on a command line can mean only one thing; and no key looks like an option or a file name
 * that goes somewhere. */
static const char *key_fault(const char *key, size_t len)
{
	if (len == 0)
		return "a key is empty";
	if (!is_word(key[0]) || !is_word(key[len - 1]))
		return "a key begins and ends with a letter or a digit";
	for (const char *p = key; *p; p++)
		if (!is_word(*p) && !strchr("._-/", *p))
			return "a key has only letters, digits and '.', '_', '-', '/'";
	return NULL;
}

const char *nsm_label_fault(const struct nsmgr_label *label, int *ret_error)
{
	size_t len = strlen(label->key);
	const char *fault = key_fault(label->key, len);

	*ret_error = fault ? -EINVAL : -E2BIG;
	if (!fault && len > NSMGR_LABEL_KEY_SIZE)
		fault = "a key has at most 128 bytes";
	if (!fault && label->value && strlen(label->value) > NSMGR_LABEL_VALUE_SIZE)
		fault = "a value has at most 1024 bytes";
	return fault;
}

bool nsm_labels_next(const struct nsm_labels *labels, struct nsmgr_label *label)
{
	const char *at = label->key ? label->value + strlen(label->value) + 1 : labels->text;

	if (at == labels->text + labels->len)
		return false;
	label->key = at;
	label->value = at + strlen(at) + 1;
	return true;
}

/* Where the key is, or would be, and how many bytes its label has now. */
static char *find(struct nsm_labels *labels, const char *key, size_t *ret_size)
{
	struct nsmgr_label label = { NULL, NULL };

	*ret_size = 0;
	while (nsm_labels_next(labels, &label)) {
		int order = strcmp(label.key, key);

		if (order == 0)
			*ret_size = (size_t)(label.value - label.key) + strlen(label.value) + 1;
		if (order >= 0)
			return labels->text + (label.key - labels->text);
	}
	return labels->text + labels->len;
}

int nsm_labels_put(struct nsm_labels *labels, const struct nsmgr_label *label)
{
	size_t key_size = strlen(label->key) + 1, value_size = label->value ? strlen(label->value) + 1 : 0;
	size_t size = label->value ? key_size + value_size : 0, old;
	char *at = find(labels, label->key, &old);

	if (labels->len - old + size > sizeof(labels->text) || (size && !old && labels->count == NSMGR_LABELS_COUNT))
		return -E2BIG;
	memmove(at + size, at + old, (size_t)(labels->text + labels->len - (at + old)));
	if (size) {
		memcpy(at, label->key, key_size);
		memcpy(at + key_size, label->value, value_size);
	}
	labels->len = labels->len - old + size;
	labels->count = labels->count - (old > 0) + (size > 0);
	return 0;
}

static int parse_line(struct nsm_labels *labels, char *line)
{
	char *value = strchr(line, '=');
	struct nsmgr_label label = { line, value ? value + 1 : NULL };
	int error;

	if (!value)
		return -EBADMSG;
	*value++ = '\0';
	if (!nsm_unescape(value) || nsm_label_fault(&label, &error) || nsm_labels_put(labels, &label) < 0)
		return -EBADMSG;
	return 0;
}

int nsm_labels_read(int setdir, struct nsm_labels *ret)
{
	char text[FILE_SIZE], *cursor = text, *line;
	struct nsm_labels labels = { 0 };
	nsm_autoclose int fd = nsm_own_file(setdir, NSM_LABELS_FILE);
	struct stat st;
	ssize_t len;

	if (fd < 0 && fd != -ENOENT)
		return fd;
	if (fd >= 0) {
		/* A FIFO that nobody writes to would read as empty. */
		if (fstat(fd, &st) < 0)
			return -errno;
		if (!S_ISREG(st.st_mode))
			return -EBADMSG;
		len = nsm_read_text(fd, text, sizeof(text));
		if (len == -EFBIG || len == -EISDIR || (len >= 0 && strlen(text) != (size_t)len))
			return -EBADMSG;
		if (len < 0)
			return (int)len;
		while ((line = nsm_token(&cursor, '\n')))
			if (parse_line(&labels, line) < 0)
				return -EBADMSG;
	}
	*ret = labels;
	return 0;
}

int nsm_labels_write(int dir, const char *path, bool mode_exact, const struct nsm_labels *labels)
{
	char buf[FILE_SIZE], value[4 * NSMGR_LABEL_VALUE_SIZE + 1];
	struct nsm_text text = NSM_TEXT(buf);
	struct nsmgr_label label = { NULL, NULL };

	while (nsm_labels_next(labels, &label))
		nsm_text_add(&text, "%s=%s\n", label.key, nsm_escape(label.value, value, sizeof(value)));
	if (text.cut)
		return -EMSGSIZE;
	return nsm_write_new_at(dir, path, mode_exact, buf, text.len);
}
