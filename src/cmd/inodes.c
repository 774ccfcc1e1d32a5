/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/inodes.h"

void inodes_free(struct inodes *inodes)
{
	free(inodes->slots);
	*inodes = (struct inodes){ 0 };
}

/* The slot that has the number, or is free for it. The size is a power of two, and never full. */
static size_t find(const struct inodes *inodes, uint64_t number)
{
	size_t at = (size_t)((number * 0x9e3779b97f4a7c15u) >> 20) & (inodes->size - 1);

	while (inodes->slots[at] && inodes->slots[at] != number)
		at = (at + 1) & (inodes->size - 1);
	return at;
}

static int grow(struct inodes *inodes)
{
	struct inodes bigger = { .size = inodes->size ? inodes->size * 2 : 256, .count = inodes->count };

	bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < inodes->size; i++)
		if (inodes->slots[i])
			bigger.slots[find(&bigger, inodes->slots[i])] = inodes->slots[i];
	free(inodes->slots);
	*inodes = bigger;
	return 0;
}

bool inodes_have(const struct inodes *inodes, uint64_t number)
{
	return inodes->size && inodes->slots[find(inodes, number)];
}

int inodes_add(struct inodes *inodes, uint64_t number)
{
	size_t at;
	int r = inodes->count * 2 >= inodes->size ? grow(inodes) : 0;

	if (r < 0)
		return r;
	at = find(inodes, number);
	if (inodes->slots[at])
		return 0;
	inodes->slots[at] = number;
	inodes->count++;
	return 1;
}
