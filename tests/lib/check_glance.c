/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/fd.h"
#include "lib/glance.h"
#include "lib/set.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define NET NSMGR_MASK(NSMGR_NET)
#define UTS NSMGR_MASK(NSMGR_UTS)
#define PID NSMGR_MASK(NSMGR_PID)

static struct nsmgr_handle handles[NSMGR_TYPE_COUNT];

/* Only there do directories tell how many entries they have. */
static void begin(void)
{
	ck_assert_int_eq(mount("none", fixture.dir, "tmpfs", 0, "mode=755"), 0);
}

static void end(const char *name)
{
	if (name)
		set_drop(name);
	ck_assert_int_eq(umount2(fixture.root, MNT_DETACH), 0);
	ck_assert_int_eq(umount2(fixture.dir, MNT_DETACH), 0);
}

static int glance(const char *name)
{
	struct nsm_store store = NSM_STORE_INIT;
	int count;

	memset(handles, 0, sizeof(handles));
	ck_assert_int_eq(nsm_store_open(fixture.ctx, &store), 0);
	count = nsm_glance(&store, name, handles);
	ck_assert(store.counts == NSM_COUNTS);
	nsm_store_close(&store);
	return count;
}

/* How many of the set's namespaces a glance is enough to open; what it opened is closed again. */
static int opened(const char *name, unsigned types)
{
	int fds[NSMGR_TYPE_COUNT] = NSM_NO_FDS, count = 0;
	struct nsm_store store = NSM_STORE_INIT;
	struct nsm_setdir set;
	bool sure;

	ck_assert_int_eq(nsm_store_open(fixture.ctx, &store), 0);
	sure = nsm_glance_record(&store, name, &set) && nsm_glance_open(&set, types, fds);
	for NSM_EACH_TYPE (type)
		if (fds[type] >= 0) {
			ck_assert(nsm_nsfd_is(fds[type], &set.meta.types[type].id));
			nsm_close(&fds[type]);
			count++;
		}
	ck_assert(sure == (count > 0));
	nsm_store_close(&store);
	return count;
}

/* What the list says, which looks again where a glance is not enough. */
static int listed(const char *name, enum nsmgr_type type)
{
	struct nsmgr_list *list;
	int count, state = -1;

	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, NSMGR_LIST_ALL, &list), 0);
	count = nsmgr_list_handles(list, name, handles);
	nsmgr_list_free(list);
	for (int i = 0; i < count; i++)
		if (handles[i].type == type)
			state = handles[i].state;
	return state;
}

static void bind_own_net(const char *path)
{
	ck_assert_int_eq(mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL), 0);
}

START_TEST(a_set_as_it_was_made_is_described_whole)
{
	struct nsmgr_handle seen[2];
	struct nsmgr_list *list;
	struct stat st;

	begin();
	set_make("web", NET | UTS);
	ck_assert_int_eq(glance("web"), 2);
	ck_assert_int_eq(opened("web", ~0u), 2);
	ck_assert_int_eq(opened("web", NET), 1);
	ck_assert_int_eq(opened("web", NSMGR_MASK(NSMGR_IPC)), 0);
	memcpy(seen, handles, sizeof(seen));
	ck_assert_int_eq(stat(in_root("web/net"), &st), 0);
	ck_assert_uint_eq(seen[0].ino, st.st_ino);
	ck_assert_uint_eq(seen[0].dev, st.st_dev);
	/* All that a look with the handles open gives, but for the owner. */
	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, NSMGR_LIST_OWNERS, &list), 0);
	ck_assert_int_eq(nsmgr_list_handles(list, "web", handles), 2);
	nsmgr_list_free(list);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(seen[i].type, handles[i].type);
		ck_assert_int_eq(seen[i].state, NSMGR_LIVE);
		ck_assert_int_eq(seen[i].origin, NSMGR_MADE);
		ck_assert_uint_eq(seen[i].ino, handles[i].ino);
		ck_assert_uint_eq(seen[i].dev, handles[i].dev);
		ck_assert_uint_eq(seen[i].id, handles[i].id);
		ck_assert_int_eq(seen[i].created.tv_sec, handles[i].created.tv_sec);
		ck_assert_int_eq(seen[i].created.tv_nsec, handles[i].created.tv_nsec);
	}
	end("web");
}
END_TEST

START_TEST(it_is_sure_of_a_renamed_one_too)
{
	begin();
	set_make("web", UTS);
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "web", "other"), 0);
	ck_assert_int_eq(glance("web"), 0);
	ck_assert_int_eq(glance("other"), 1);
	end("other");
}
END_TEST

/* LESSONS pain 2 and 4: what is not as it was made is looked at, and told. */
START_TEST(it_is_not_sure_of_what_was_changed)
{
	begin();
	set_make("web", NET | UTS);
	bind_own_net(in_root("web/net"));
	ck_assert_int_eq(glance("web"), 0);
	ck_assert_int_eq(opened("web", ~0u), 0);
	ck_assert_int_eq(opened("web", UTS), 1);
	ck_assert_int_eq(listed("web", NSMGR_NET), NSMGR_FOREIGN);
	ck_assert_int_eq(listed("web", NSMGR_UTS), NSMGR_LIVE);
	ck_assert_int_eq(umount2(in_root("web/net"), MNT_DETACH), 0);
	ck_assert_int_eq(glance("web"), 2);
	ck_assert_int_eq(umount2(in_root("web/net"), MNT_DETACH), 0);
	ck_assert_int_eq(glance("web"), 0);
	ck_assert_int_eq(listed("web", NSMGR_NET), NSMGR_STALE);
	end("web");
}
END_TEST

/* The same namespace, bound anew by somebody, is still that one: it takes a look to know. */
START_TEST(it_is_not_sure_of_another_mount_of_the_same)
{
	begin();
	set_make("web", UTS);
	ck_assert_int_eq(mount(in_root("web/uts"), in_root("web/uts"), NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(glance("web"), 0);
	ck_assert_int_eq(listed("web", NSMGR_UTS), NSMGR_LIVE);
	end("web");
}
END_TEST

START_TEST(it_is_not_sure_where_something_was_added_or_taken_away)
{
	begin();
	set_make("web", UTS);
	put_text(in_root("web/net"), "");
	ck_assert_int_eq(glance("web"), 0);
	ck_assert_int_eq(opened("web", ~0u), 0);
	ck_assert_int_eq(listed("web", NSMGR_NET), NSMGR_STALE);
	bind_own_net(in_root("web/net"));
	ck_assert_int_eq(glance("web"), 0);
	ck_assert_int_eq(listed("web", NSMGR_NET), NSMGR_LIVE);
	/* As many entries as before, and still not those of the record. */
	ck_assert_int_eq(umount2(in_root("web/uts"), MNT_DETACH), 0);
	ck_assert_int_eq(unlink(in_root("web/uts")), 0);
	ck_assert_int_eq(glance("web"), 0);
	ck_assert_int_eq(opened("web", ~0u), 0);
	ck_assert_int_eq(listed("web", NSMGR_UTS), -1);
	ck_assert_int_eq(listed("web", NSMGR_NET), NSMGR_LIVE);
	/* uts is gone, net is in its place: not even if one of the two is asked for with another that there is not. */
	ck_assert_int_eq(opened("web", UTS | NET), 0);
	ck_assert_int_eq(opened("web", NET), 0);
	ck_assert_int_eq(unlink(in_root("web/.set")), 0);
	ck_assert_int_eq(glance("web"), 0);
	ck_assert_int_eq(listed("web", NSMGR_NET), NSMGR_LIVE);
	end("web");
}
END_TEST

START_TEST(a_pid_namespace_labels_and_links_take_a_look)
{
	begin();
	set_make("web", PID);
	ck_assert_int_eq(glance("web"), 0);
	ck_assert_int_eq(listed("web", NSMGR_PID), NSMGR_LIVE);
	set_drop("web");
	set_make("web", UTS);
	ck_assert_int_eq(symlink("web", in_root("link")), 0);
	ck_assert_int_eq(glance("link"), 0);
	ck_assert_int_eq(opened("link", ~0u), 0);
	ck_assert_int_eq(glance("none"), 0);
	make_dir(in_root("web/.labels"), 0755);
	ck_assert_int_eq(glance("web"), 0);
	ck_assert_int_eq(rmdir(in_root("web/.labels")), 0);
	put_text(in_root("web/.labels"), "");
	ck_assert_int_eq(glance("web"), 1);
	ck_assert_int_eq(opened("web", ~0u), 1);
	put_text(in_root("web/.profile"), "");
	ck_assert_int_eq(glance("web"), 0);
	ck_assert_int_eq(opened("web", ~0u), 0);
	ck_assert_int_eq(unlink(in_root("web/.labels")), 0);
	ck_assert_int_eq(glance("web"), 0);
	ck_assert_int_eq(opened("web", ~0u), 0);
	ck_assert_int_eq(listed("web", NSMGR_UTS), NSMGR_LIVE);
	ck_assert_int_eq(unlink(in_root("link")), 0);
	end("web");
}
END_TEST

/* Of three, one is gone, and one of another type in its place: asked for one that is there and the new one, which is not recorded. */
START_TEST(nothing_that_is_asked_for_is_passed_over)
{
	begin();
	set_make("web", NET | UTS);
	ck_assert_int_eq(umount2(in_root("web/uts"), MNT_DETACH), 0);
	ck_assert_int_eq(unlink(in_root("web/uts")), 0);
	put_text(in_root("web/ipc"), "");
	ck_assert_int_eq(mount("/proc/self/ns/ipc", in_root("web/ipc"), NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(opened("web", NET), 1);
	ck_assert_int_eq(opened("web", NET | NSMGR_MASK(NSMGR_IPC)), 0);
	ck_assert_int_eq(opened("web", ~UTS), 0);
	end("web");
}
END_TEST

/* What is recorded of a cgroup or of defaults is heeded, also where their files are gone. */
START_TEST(what_the_record_tells_of_takes_a_look)
{
	struct nsm_meta meta;
	int dir;

	begin();
	set_make("web", UTS);
	dir = open(in_root("web"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(nsm_meta_read(dir, &meta), 0);
	meta.defaults = 1;
	ck_assert_int_eq(unlink(in_root("web/.set")), 0);
	ck_assert_int_eq(nsm_meta_write(dir, ".set", false, &meta), 0);
	ck_assert_int_eq(glance("web"), 0);
	meta.defaults = 0;
	meta.cgroup = (struct nsm_cgroup){ .origin = NSMGR_MADE, .ino = 1, .path = "none" };
	ck_assert_int_eq(unlink(in_root("web/.set")), 0);
	ck_assert_int_eq(nsm_meta_write(dir, ".set", false, &meta), 0);
	ck_assert_int_eq(glance("web"), 0);
	ck_assert_int_eq(opened("web", ~0u), 0);
	meta.cgroup.origin = NSMGR_PINNED;
	ck_assert_int_eq(unlink(in_root("web/.set")), 0);
	ck_assert_int_eq(nsm_meta_write(dir, ".set", false, &meta), 0);
	ck_assert_int_eq(glance("web"), 1);
	close(dir);
	end("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("glance");
	TCase *test_case = suite_case(suite, "glance");

	tcase_add_test(test_case, a_set_as_it_was_made_is_described_whole);
	tcase_add_test(test_case, it_is_sure_of_a_renamed_one_too);
	tcase_add_test(test_case, it_is_not_sure_of_what_was_changed);
	tcase_add_test(test_case, it_is_not_sure_of_another_mount_of_the_same);
	tcase_add_test(test_case, it_is_not_sure_where_something_was_added_or_taken_away);
	tcase_add_test(test_case, a_pid_namespace_labels_and_links_take_a_look);
	tcase_add_test(test_case, nothing_that_is_asked_for_is_passed_over);
	tcase_add_test(test_case, what_the_record_tells_of_takes_a_look);
	return suite_run(suite, NEED_ROOT);
}
