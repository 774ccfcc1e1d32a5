/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_BASE_MACRO_H
#define NSM_BASE_MACRO_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define NSM_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define nsm_printf_like(fmt, args) __attribute__((format(printf, fmt, args)))

/* For what is seldom gone through and needs much stack: its frame is not a part of its only caller's, where each page that lies
 * between costs every process a fault. */
#define nsm_own_frame __attribute__((noinline))

/* Scope-bound ownership: the destructor gets the variable's address. */
#define nsm_cleanup(destructor) __attribute__((cleanup(destructor)))

/* Moves a value out of its owner, which is left empty for its destructor. */
#define take_fd(fd)                                                                                \
	({                                                                                         \
		int *nsm_fdp_ = &(fd);                                                             \
		int nsm_fd_ = *nsm_fdp_;                                                           \
		*nsm_fdp_ = -EBADF;                                                                \
		nsm_fd_;                                                                           \
	})

#define take_ptr(ptr)                                                                              \
	({                                                                                         \
		__typeof__(ptr) *nsm_ptrp_ = &(ptr);                                               \
		__typeof__(ptr) nsm_ptr_ = *nsm_ptrp_;                                             \
		*nsm_ptrp_ = NULL;                                                                 \
		nsm_ptr_;                                                                          \
	})

static inline bool nsm_streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* The text behind `prefix`, or NULL when `text` does not start with it. */
static inline const char *nsm_after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

static inline void nsm_free_ptr(void *ptr)
{
	void **owner = ptr;

	free(*owner);
	*owner = NULL;
}

#define nsm_autofree nsm_cleanup(nsm_free_ptr)

#endif
