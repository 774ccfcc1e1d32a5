/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static void make(void)
{
	static const char *const names[] = { "ro", "rw", "other" };

	command_make();
	for (size_t i = 0; i < NSM_ARRAY_SIZE(names); i++) {
		make_dir(in_dir("%s", names[i]), 0755);
		put_text(in_dir("%s/file", names[i]), "text\n");
	}
	put_text(in_dir("file"), "text\n");
	put_text(in_dir("file2"), "text\n");
}

static void allow(const char *path, enum nsmgr_landlock_access access)
{
	ck_assert_int_eq(nsmgr_command_landlock_path(command, path, access), 0);
}

/* What a shell needs. */
static void allow_programs(void)
{
	static const char *const paths[] = { "/bin", "/lib", "/lib32", "/lib64", "/sbin", "/usr" };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(paths); i++)
		if (access(paths[i], F_OK) == 0)
			allow(paths[i], NSMGR_LANDLOCK_RX);
}

static int shell(const char *what)
{
	char line[512];

	snprintf(line, sizeof(line), "cd %s && { %s; } 2>&-", fixture.dir, what);
	return status_of(start_shell(NULL, line));
}

static bool is_there(void)
{
	if (syscall(444 /* landlock_create_ruleset */, NULL, 0, 1) >= 6)
		return true;
	ck_assert_msg(!getenv("NSMGR_MUST_WORK"), "no Landlock as of Linux 6.12");
	fprintf(stderr, "SKIPPED: no Landlock as of Linux 6.12\n");
	return false;
}

/* ---- Files ---- */

START_TEST(files_can_be_used_as_they_were_allowed)
{
	if (!is_there())
		return;
	allow_programs();
	allow(in_dir("ro"), NSMGR_LANDLOCK_RO);
	allow(in_dir("rw"), NSMGR_LANDLOCK_RW);
	ck_assert_int_eq(shell("cat ro/file && ls ro && cat rw/file && echo x >rw/new && mkdir rw/dir && rm rw/new"), 0);
	ck_assert_int_ne(shell("cat other/file"), 0);
	ck_assert_int_ne(shell("ls ."), 0);
	ck_assert_int_ne(shell("echo x >>ro/file"), 0);
	ck_assert_int_ne(shell(": >ro/file"), 0);
	ck_assert_int_ne(shell("truncate -s 0 ro/file"), 0);
	ck_assert_int_ne(shell("rm -f ro/file && test ! -e ro/file"), 0);
	ck_assert_int_ne(shell("mkdir ro/dir"), 0);
	/* Who may make a disk could read it. */
	ck_assert_int_ne(shell("mknod rw/disk b 8 0"), 0);
	ck_assert_int_ne(shell("cp /bin/true rw/true && rw/true"), 0);
	allow(in_dir("rw"), NSMGR_LANDLOCK_RX);
	ck_assert_int_eq(shell("cp /bin/true rw/true && rw/true"), 0);
	ck_assert_int_eq(shell("cat /proc/self/status && exit 9; exit 0"), 0);
}
END_TEST

START_TEST(renaming_to_another_directory_needs_both)
{
	if (!is_there())
		return;
	allow_programs();
	allow(in_dir("ro"), NSMGR_LANDLOCK_RO);
	allow(in_dir("rw"), NSMGR_LANDLOCK_RW);
	ck_assert_int_ne(shell("mv rw/file other/new || ln rw/file ro/new"), 0);
	allow(in_dir("other"), NSMGR_LANDLOCK_RW);
	ck_assert_int_eq(shell("ln rw/file other/link && mv rw/file other/new && test -e other/new"), 0);
}
END_TEST

START_TEST(a_plain_file_can_be_allowed_alone)
{
	if (!is_there())
		return;
	allow_programs();
	allow(in_dir("file"), NSMGR_LANDLOCK_RW);
	allow("/dev/null", NSMGR_LANDLOCK_RW);
	ck_assert_int_eq(shell("echo x >file && cat file && cat /dev/null"), 0);
	ck_assert_int_ne(shell("cat file2"), 0);
	ck_assert_int_ne(shell("rm -f file && test ! -e file"), 0);
}
END_TEST

START_TEST(a_program_that_is_not_allowed_is_not_executed)
{
	if (!is_there())
		return;
	if (_i == 0)
		allow("/", NSMGR_LANDLOCK_RO);
	else
		allow(NULL, NSMGR_LANDLOCK_RO);
	assert_start_fails(NULL, "/bin/true", EACCES, "exec", NSMGR_TYPE_NONE);
}
END_TEST

START_TEST(a_path_that_cannot_be_allowed_is_a_failure)
{
	if (!is_there())
		return;
	allow("/", NSMGR_LANDLOCK_RX);
	allow(_i == 0 ? in_dir("none") : "/proc/self/fd/0", NSMGR_LANDLOCK_RO);
	assert_start_fails(NULL, "/bin/true", _i == 0 ? ENOENT : ELOOP, "landlock", NSMGR_TYPE_NONE);
	ck_assert_str_ne(nsmgr_get_failure(fixture.ctx)->path, "");
}
END_TEST

START_TEST(paths_are_those_of_the_command)
{
	struct nsmgr_set *set;

	if (!is_there())
		return;
	set_make("web", NSMGR_MASK(NSMGR_MNT) | NSMGR_MASK(NSMGR_PID));
	set = set_open("web");
	ck_assert_int_eq(status_of(start_shell(set, "mount -t tmpfs none /mnt && echo inner >/mnt/file")), 0);
	allow_programs();
	nsmgr_command_cwd(command, "/mnt");
	allow("file", NSMGR_LANDLOCK_RO);
	ck_assert_str_eq(output_of(set, "cat /mnt/file; ls /mnt 2>/dev/null || :"), "inner\n");
	assert_start_fails(NULL, "/bin/true", ENOENT, "landlock", NSMGR_TYPE_NONE);
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

/* ---- Ports and scopes ---- */

static struct sockaddr_in address = { .sin_family = AF_INET };

static int bind_there(void *port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_port = htons(*(uint16_t *)port);
	return bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
}

static int connect_there(void *port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_port = htons(*(uint16_t *)port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* Nobody listens there. */
	return connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 && errno != ECONNREFUSED ? -errno : 0;
}

static int result_of(struct nsmgr_set *set, nsmgr_exec_fn *hook, void *data)
{
	static const char *const argv[] = { "/bin/true", NULL };
	struct nsmgr_child *child;
	int r;

	nsmgr_command_hook(command, hook, data);
	r = nsmgr_command_start(command, set, argv, &child);
	if (r < 0)
		ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->step, "hook");
	else
		ck_assert_int_eq(status_of(child), 0);
	return r;
}

START_TEST(ports_are_those_that_were_allowed)
{
	static const struct {
		uint16_t port;
		bool bind, connect;
	} cases[] = { { 79, false, false }, { 80, true, false }, { 82, true, false }, { 83, false, false }, { 90, false, true } };
	struct nsmgr_set *set;

	if (!is_there())
		return;
	set_make("web", NSMGR_MASK(NSMGR_NET));
	set = set_open("web");
	ck_assert_int_eq(nsmgr_command_landlock_port(command, NSMGR_LANDLOCK_BIND, 80, 82), 0);
	ck_assert_int_eq(result_of(set, connect_there, &(uint16_t){ 79 }), 0);
	ck_assert_int_eq(nsmgr_command_landlock_port(command, NSMGR_LANDLOCK_CONNECT, 90, 90), 0);
	ck_assert_int_eq(nsmgr_command_landlock_port(command, NSMGR_LANDLOCK_CONNECT, 1, 0), 0);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(cases); i++) {
		uint16_t port = cases[i].port;

		ck_assert_int_eq(result_of(set, bind_there, &port), cases[i].bind ? 0 : -EACCES);
		ck_assert_int_eq(result_of(set, connect_there, &port), cases[i].connect ? 0 : -EACCES);
	}
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

static int signal_there(void *pid)
{
	return kill(*(pid_t *)pid, 0) < 0 ? -errno : 0;
}

static int talk_there(void *data)
{
	const struct sockaddr_un *there = data;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return connect(fd, (const struct sockaddr *)there, sizeof(*there)) < 0 ? -errno : 0;
}

START_TEST(scopes_keep_it_from_others)
{
	struct sockaddr_un here = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t pid = getpid();

	if (!is_there())
		return;
	snprintf(here.sun_path + 1, sizeof(here.sun_path) - 1, "nsmgr-check-%ld", (long)pid);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	ck_assert_int_eq(listen(fd, 9), 0);
	ck_assert_int_eq(nsmgr_command_landlock_scope(command, NSMGR_LANDLOCK_SIGNAL), 0);
	ck_assert_int_eq(result_of(NULL, signal_there, &pid), -EPERM);
	ck_assert_int_eq(result_of(NULL, talk_there, &here), 0);
	ck_assert_int_eq(nsmgr_command_landlock_scope(command, NSMGR_LANDLOCK_ABSTRACT_UNIX_SOCKET), 0);
	ck_assert_int_eq(result_of(NULL, signal_there, &pid), -EPERM);
	ck_assert_int_eq(result_of(NULL, talk_there, &here), -EPERM);
	nsmgr_command_hook(command, NULL, NULL);
	ck_assert_int_eq(shell("kill -0 $$"), 0);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("landlock");
	TCase *tcase = suite_case(suite, "landlock");

	tcase_add_checked_fixture(tcase, make, command_drop);
	tcase_add_test(tcase, files_can_be_used_as_they_were_allowed);
	tcase_add_test(tcase, renaming_to_another_directory_needs_both);
	tcase_add_test(tcase, a_plain_file_can_be_allowed_alone);
	tcase_add_loop_test(tcase, a_program_that_is_not_allowed_is_not_executed, 0, 2);
	tcase_add_loop_test(tcase, a_path_that_cannot_be_allowed_is_a_failure, 0, 2);
	tcase_add_test(tcase, paths_are_those_of_the_command);
	tcase_add_test(tcase, ports_are_those_that_were_allowed);
	tcase_add_test(tcase, scopes_keep_it_from_others);
	return suite_run(suite, NEED_ROOT);
}
