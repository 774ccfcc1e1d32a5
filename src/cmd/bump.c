/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An allocator for the static front, which lives for some ten microseconds before it becomes another program: memory is
 * handed out from one block after the other and never taken back. musl's own begins with four to five system calls, a
 * fifth of all that exec makes. One thread; not for a library, nor under a sanitizer. */

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGNMENT _Alignof(max_align_t)
#define BLOCK_SIZE ((size_t)1 << 20)

/* front.ld, where the linker takes it, has it begin in the page of .data that is written anyway: what exec needs lies there whole. */
static _Alignas(max_align_t) char first_block[16384];
static char *next = first_block;
static size_t room = sizeof(first_block);

/* Each piece is preceded by its size, for realloc. */
struct piece {
	_Alignas(max_align_t) size_t size;
};

static int add_block(size_t size)
{
	size_t block = size > BLOCK_SIZE ? (size + 4095) & ~(size_t)4095 : BLOCK_SIZE;
	void *memory = mmap(NULL, block, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -1;
	next = memory;
	room = block;
	return 0;
}

void *malloc(size_t size)
{
	struct piece *piece;
	size_t whole;

	if (size > PTRDIFF_MAX - 2 * BLOCK_SIZE) {
		errno = ENOMEM;
		return NULL;
	}
	whole = sizeof(*piece) + ((size + ALIGNMENT - 1) & ~(ALIGNMENT - 1));
	if (whole > room && add_block(whole) < 0) {
		errno = ENOMEM;
		return NULL;
	}
	piece = (struct piece *)(void *)next;
	piece->size = size;
	next += whole;
	room -= whole;
	return piece + 1;
}

void free(void *memory)
{
	(void)memory;
}

void *calloc(size_t count, size_t size)
{
	size_t whole;

	if (__builtin_mul_overflow(count, size, &whole)) {
		errno = ENOMEM;
		return NULL;
	}
	/* Fresh from the kernel, or zeroed from the start: front.ld. */
	return malloc(whole);
}

void *realloc(void *memory, size_t size)
{
	size_t old = memory ? ((struct piece *)memory - 1)->size : 0;
	void *moved;

	if (memory && size <= old)
		return memory;
	moved = malloc(size);
	if (moved && old)
		memcpy(moved, memory, old);
	return moved;
}
