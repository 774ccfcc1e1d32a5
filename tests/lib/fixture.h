/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_FIXTURE_H
#define NSM_TESTS_FIXTURE_H

/* What every suite of the library stands on: a private store for each test, and a look around after it: no
 * descriptor, child, mount, set or stage may be left, and the process has to be what it was. Uses nothing of the
 * library but nsmgr.h. */

#include "base/macro.h"
#include "nsmgr.h"

#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct fixture {
	char dir[64];  /* a directory of this test's own */
	char root[80]; /* its store, which is not there yet */
	struct nsmgr_ctx *ctx;
};

extern struct fixture fixture;

/* A test case of which each test begins and ends as said above. */
TCase *suite_case(Suite *suite, const char *name);

/* What some tests need of the place that the suite runs in, which a user namespace may not give; NSMGR_LACKS names what a place
 * is known to lack, by the words that tests/cmd/needs.sh has. Without it the kernel is asked. */
enum place_need {
	NEED_IDS,     /* "ids": other users and groups than root */
	NEED_ALL,     /* "all": namespaces of every type that belong to this user namespace */
	NEED_MACHINE, /* "machine": capabilities in the initial user namespace */
};

/* Adds a test, or says that it is skipped. */
#define add_test_needing(need, tcase, test)                                                        \
	do                                                                                         \
		if (place_gives(need, #test))                                                      \
			tcase_add_test(tcase, test);                                               \
	while (0)
#define add_loop_test_needing(need, tcase, test, start, end)                                       \
	do                                                                                         \
		if (place_gives(need, #test))                                                      \
			tcase_add_loop_test(tcase, test, start, end);                              \
	while (0)

/* ThreadSanitizer has a thread of its own in whatever was forked: nothing is alone there that makes or enters a user namespace, enters
 * a time namespace, or a mount namespace whose root its threads would share. */
#ifdef __SANITIZE_THREAD__
#define FORKED_ALONE 0
#define FORKED_MASK (NSMGR_MASK_ALL & ~(NSMGR_MASK(NSMGR_USER) | NSMGR_MASK(NSMGR_TIME) | NSMGR_MASK(NSMGR_MNT)))
#else
#define FORKED_ALONE 1
#define FORKED_MASK NSMGR_MASK_ALL
#endif

/* ---- needs.c ---- */

bool place_gives(enum place_need need, const char *test);
unsigned tests_skipped(void);

/* ---- fixture.c ---- */

enum need {
	NEED_NOTHING,
	NEED_ROOT, /* CAP_SYS_ADMIN over the mount namespace; without it the suite is skipped, loudly */
};

/* Runs a suite and gives the program's exit status: 77 when it was skipped, which NSMGR_MUST_WORK=1 makes a
 * failure; so it does with tests that are skipped for a lack that NSMGR_LACKS does not name. Also looks for processes that a test left to others. */
int suite_run(Suite *suite, enum need need);

/* ---- paths.c ---- */

/* A path below the test's directory, in one of a few static buffers. */
const char *in_dir(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
const char *in_root(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void put_bytes(const char *path, const void *data, size_t size);
void put_text(const char *path, const char *text);
void make_dir(const char *path, mode_t mode);
bool path_exists(const char *path);
ino_t inode_of(const char *path);

/* The number of mounts at or below a path. */
int mounts_below(const char *path);

/* Detaches and deletes everything at or below a path; ends the init of a pid namespace that is pinned there. */
void clear_away(const char *path);

/* ---- portrait.c ---- */

/* What a call may not change about a process, as text: namespaces, descriptors, root and present directory, ids,
 * capabilities, signals, umask, dumpable. */
void portrait_take(char *buf, size_t size);

#define PORTRAIT_SIZE 16384

/* Neither running nor unreaped children, those without exit signal included. */
bool has_no_children(void);

/* ---- child.c ---- */

/* Code that changes its process runs in a child, which gives 0 when all was well. */
typedef int child_fn(void *data);

/* The wait status of a child that ran it. */
int child_status(child_fn *run, void *data);

/* The same, with what it wrote to its standard output. */
int child_output(child_fn *run, void *data, char *buf, size_t size);

#define ck_assert_child(run, data) ck_assert_int_eq(child_status(run, data), 0)

/* For a child: ck_assert would speak for the parent. */
#define CHILD_NEEDS(condition)                                                                     \
	do                                                                                         \
		if (!(condition))                                                                  \
			return child_complain(__FILE__, __LINE__, #condition);                     \
	while (0)

int child_complain(const char *file, int line, const char *condition);

/* A process that lives in the namespaces that `enter` (which may be NULL) took its parent to, until it is ended. */
struct resident {
	pid_t pid;
	pid_t outer; /* its parent, which is our child and reaps it */
	int leash;
};

struct resident resident_start(child_fn *enter, void *data);
void resident_end(struct resident *resident);

/* A pidfd, or -1; and whether its process ends within so many seconds, whoever reaps it. */
int pidfd_of(pid_t pid);
bool has_ended_within(int pidfd, int seconds);

/* ---- sets.c ---- */

void set_make(const char *name, unsigned types);
void set_drop(const char *name);

/* The inode of one of its handles, which has to be live. */
ino_t set_inode(const char *name, enum nsmgr_type type);

/* The state of one of its handles, or -ENOENT. */
int set_state(const char *name, enum nsmgr_type type);

/* One in memory, of all that it has. */
struct nsmgr_set *set_open(const char *name);

/* The last failure of the test's context. */
void assert_failure(int error, const char *step, enum nsmgr_type type);

/* Nothing in the store but what belongs to the store itself. */
void assert_store_is_empty(void);

/* What has to be there after a create that failed: nothing but the store itself. */
void assert_nothing_is_left(void);

#endif
