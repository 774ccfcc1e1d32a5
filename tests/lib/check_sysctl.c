/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/fd.h"
#include "lib/sysctl.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

struct path_case {
	const char *key, *path; /* NULL: refused */
};

static const struct path_case paths[] = {
	{ "net.ipv4.ip_forward", "net/ipv4/ip_forward" },
	{ "net.ipv4.conf.eth0/100.forwarding", "net/ipv4/conf/eth0.100/forwarding" },
	{ "kernel.msgmax", "kernel/msgmax" },
	{ "a", "a" },
	{ "net.ipv4.conf.a-b_C.x", "net/ipv4/conf/a-b_C/x" },
	/* Above, beside and out of /proc/sys (LESSONS security 1, CVE-2022-0811). */
	{ "", NULL },
	{ ".", NULL },
	{ "..", NULL },
	{ ".net.x", NULL },
	{ "net.x.", NULL },
	{ "net..x", NULL },
	{ "net.//.kernel.hostname", NULL },
	{ "net./.x", NULL },
	{ "//.x", NULL },
	{ "net.//", NULL },
	{ "net.ipv4.ip_forward=1+kernel.core_pattern", NULL },
	{ "net.ipv4.ip_forward\nkernel.x", NULL },
	{ "net.ipv4.ip forward", NULL },
	{ "net.ipv4.\xc3\xa4", NULL },
	{ "net.ipv4.*", NULL },
};

START_TEST(keys_become_paths_below_proc_sys_or_are_refused)
{
	const struct path_case *c = &paths[_i];
	char path[64] = "untouched";

	ck_assert_int_eq(nsm_sysctl_path(c->key, path, sizeof(path)), c->path ? 0 : -EINVAL);
	ck_assert_str_eq(path, c->path ? c->path : "untouched");
}
END_TEST

START_TEST(a_path_that_does_not_fit_is_refused)
{
	char path[300], key[300];

	memset(key, 'a', sizeof(key));
	key[255] = '\0';
	ck_assert_int_eq(nsm_sysctl_path(key, path, sizeof(path)), 0);
	ck_assert_str_eq(path, key);
	key[255] = 'a';
	key[256] = '\0';
	ck_assert_int_eq(nsm_sysctl_path(key, path, sizeof(path)), -EINVAL);
	ck_assert_int_eq(nsm_sysctl_path("abcd", path, 4), -EINVAL);
	ck_assert_int_eq(nsm_sysctl_path("abc", path, 4), 0);
}
END_TEST

struct rule_case {
	const char *key;
	enum nsmgr_type type;
	enum nsm_sysctl_writer writer;
};

static const struct rule_case allowed[] = {
	{ "net.ipv4.ip_forward", NSMGR_NET, NSM_WRITER_CREATOR },
	{ "net.x", NSMGR_NET, NSM_WRITER_CREATOR },
	{ "kernel.msgmax", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.msgmnb", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.msgmni", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.sem", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.shmall", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.shmmax", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.shmmni", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "kernel.shm_rmid_forced", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	{ "fs.mqueue.msg_max", NSMGR_IPC, NSM_WRITER_INSIDE_ROOT },
	/* KERNEL section 9: by anybody else it would change the host's. */
	{ "kernel.pid_max", NSMGR_PID, NSM_WRITER_KEEPER },
	{ "user.max_net_namespaces", NSMGR_USER, NSM_WRITER_CREATOR },
};

START_TEST(a_listed_key_has_its_type_and_its_writer)
{
	const struct nsm_sysctl_rule *rule = nsm_sysctl_find(allowed[_i].key);

	ck_assert_ptr_nonnull(rule);
	ck_assert_int_eq(rule->type, allowed[_i].type);
	ck_assert_int_eq(rule->writer, allowed[_i].writer);
}
END_TEST

/* What belongs to the whole host, or is a prefix of a rule and no key. */
static const char *const denied[] = {
	"kernel.hostname",   "kernel.domainname", "kernel.core_pattern", "kernel.ns_last_pid", "kernel.panic",
	"kernel.pid_maximum", "kernel.msgmaxx",	  "kernel.shm",		 "kernel.",	       "vm.swappiness",
	"fs.file-max",	     "fs.mqueue",	  "fs.mqueue.",		 "net",		       "net.",
	"net/ipv4/ip_forward", "xnet.ipv4",	  "Net.ipv4",		 "user.max_",	       "user.x",
	"user.",	     "",		  "kernel/msgmax",	 "dev.x",
};

START_TEST(a_key_that_is_not_listed_has_no_rule_and_is_never_written)
{
	ck_assert_ptr_null(nsm_sysctl_find(denied[_i]));
	ck_assert_int_eq(nsm_sysctl_write(fixture.ctx, denied[_i], "1"), -EPERM);
	assert_failure(EPERM, "sysctl", NSMGR_TYPE_NONE);
}
END_TEST

static int write_inside(void *data)
{
	char value[32];

	(void)data;
	CHILD_NEEDS(unshare(CLONE_NEWIPC) == 0);
	CHILD_NEEDS(nsm_sysctl_write(fixture.ctx, "kernel.msgmax", "4321") == 0);
	CHILD_NEEDS(nsm_read_text_at(AT_FDCWD, "/proc/sys/kernel/msgmax", value, sizeof(value)) > 0);
	CHILD_NEEDS(strcmp(value, "4321\n") == 0);
	CHILD_NEEDS(nsm_sysctl_write(fixture.ctx, "kernel.msgmax", "4321x") == -EINVAL);
	CHILD_NEEDS(nsm_sysctl_write(fixture.ctx, "net.no.such.key", "1") == -ENOENT);
	CHILD_NEEDS(nsmgr_get_failure(fixture.ctx)->type == NSMGR_NET);
	CHILD_NEEDS(strcmp(nsmgr_get_failure(fixture.ctx)->path, "net.no.such.key") == 0);
	CHILD_NEEDS(strstr(nsmgr_get_failure(fixture.ctx)->hint, "does not have it"));
	return 0;
}

START_TEST(a_value_goes_to_the_namespace_of_the_writer_alone)
{
	char before[32], after[32];

	ck_assert_int_gt(nsm_read_text_at(AT_FDCWD, "/proc/sys/kernel/msgmax", before, sizeof(before)), 0);
	ck_assert_child(write_inside, NULL);
	ck_assert_int_gt(nsm_read_text_at(AT_FDCWD, "/proc/sys/kernel/msgmax", after, sizeof(after)), 0);
	ck_assert_str_eq(before, after);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sysctl");
	TCase *tcase = suite_case(suite, "sysctl");

	tcase_add_loop_test(tcase, keys_become_paths_below_proc_sys_or_are_refused, 0, (int)NSM_ARRAY_SIZE(paths));
	tcase_add_test(tcase, a_path_that_does_not_fit_is_refused);
	tcase_add_loop_test(tcase, a_listed_key_has_its_type_and_its_writer, 0, (int)NSM_ARRAY_SIZE(allowed));
	tcase_add_loop_test(tcase, a_key_that_is_not_listed_has_no_rule_and_is_never_written, 0,
			    (int)NSM_ARRAY_SIZE(denied));
	tcase_add_test(tcase, a_value_goes_to_the_namespace_of_the_writer_alone);
	return suite_run(suite, NEED_ROOT);
}
