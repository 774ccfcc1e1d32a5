/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

/* What others see of labels that change. */

#define UTS NSMGR_MASK(NSMGR_UTS)

static int put(const char *key, const char *value)
{
	return nsmgr_label_set(fixture.ctx, "web", &(struct nsmgr_label){ key, value }, 1);
}

START_TEST(nothing_is_written_where_nothing_changes)
{
	ino_t before;

	set_make("web", UTS);
	ck_assert_int_eq(put("a", "1"), 0);
	before = inode_of(in_root("web/.labels"));
	ck_assert_int_eq(put("a", "1"), 0);
	ck_assert_int_eq(put("b", NULL), 0);
	ck_assert(inode_of(in_root("web/.labels")) == before);
	ck_assert_int_eq(put("a", "2"), 0);
	ck_assert(inode_of(in_root("web/.labels")) != before);
	set_drop("web");
}
END_TEST

/* Also when the last label goes. */
START_TEST(a_watch_sees_one_event_a_change)
{
	_Alignas(struct inotify_event) char events[512];
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	const struct inotify_event *event = (const struct inotify_event *)(const void *)events;

	set_make("web", UTS);
	ck_assert_int_ge(inotify_add_watch(fd, in_root("web"), IN_CREATE | IN_DELETE | IN_MODIFY | IN_MOVE), 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(put("a", i ? NULL : "1"), 0);
		ck_assert_int_eq(read(fd, events, sizeof(events)), (ssize_t)(sizeof(*event) + event->len));
		ck_assert_uint_eq(event->mask, IN_MOVED_TO);
		ck_assert_str_eq(event->name, ".labels");
	}
	close(fd);
	set_drop("web");
}
END_TEST

#define WRITERS 4
#define ROUNDS 25

/* Each writer keeps two labels the same, and counts in one of its own. */
static int write_labels(int number)
{
	struct nsmgr_ctx *ctx;
	char key[8], value[8];

	CHILD_NEEDS(nsmgr_new(&ctx) == 0 && nsmgr_set_root(ctx, fixture.root) == 0);
	snprintf(key, sizeof(key), "own%d", number);
	for (int round = 1; round <= ROUNDS; round++) {
		const struct nsmgr_label changes[] = { { "x", value }, { key, value }, { "y", value } };

		snprintf(value, sizeof(value), "%d.%d", number, round);
		CHILD_NEEDS(nsmgr_label_set(ctx, "web", changes, 3) == 0);
	}
	nsmgr_unref(ctx);
	return 0;
}

static void look_at_labels(void)
{
	struct nsmgr_labels *labels;
	const char *x, *y;

	ck_assert_int_eq(nsmgr_labels_new(fixture.ctx, "web", &labels), 0);
	x = nsmgr_labels_value(labels, "x");
	y = nsmgr_labels_value(labels, "y");
	ck_assert(!x == !y && (!x || nsm_streq(x, y)));
	nsmgr_labels_free(labels);
}

START_TEST(of_several_writers_none_is_lost_and_readers_see_whole_changes)
{
	pid_t pids[WRITERS];
	char key[8], want[8];
	int status, left = WRITERS;
	struct nsmgr_labels *labels;

	set_make("web", UTS);
	for (int i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(write_labels(i));
	}
	while (left > 0) {
		look_at_labels();
		if (waitpid(-1, &status, WNOHANG) > 0) {
			ck_assert_int_eq(status, 0);
			left--;
		}
	}
	ck_assert_int_eq(nsmgr_labels_new(fixture.ctx, "web", &labels), 0);
	for (int i = 0; i < WRITERS; i++) {
		snprintf(key, sizeof(key), "own%d", i);
		snprintf(want, sizeof(want), "%d.%d", i, ROUNDS);
		ck_assert_str_eq(nsmgr_labels_value(labels, key), want);
	}
	nsmgr_labels_free(labels);
	set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("label writers");
	TCase *tcase = suite_case(suite, "label writers");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, nothing_is_written_where_nothing_changes);
	tcase_add_test(tcase, a_watch_sees_one_event_a_change);
	tcase_add_test(tcase, of_several_writers_none_is_lost_and_readers_see_whole_changes);
	return suite_run(suite, NEED_ROOT);
}
