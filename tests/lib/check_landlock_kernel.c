/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* ---- A kernel of another age ---- */

#define LANDLOCK_CREATE_RULESET 444
#define LANDLOCK_ADD_RULE 445

/* What landlock_create_ruleset(2) says of its version: an errno below 0, 0 for the truth; and what each version takes. */
static int pretended;
static int refused; /* what it says to a rule */
static const uint64_t known_fs[] = { 0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff, 0xffff };

static long pretend(const uint64_t *handled, unsigned flags, bool *ret_done)
{
	*ret_done = true;
	errno = pretended < 0 ? -pretended : EINVAL;
	if (flags || pretended < 0)
		return pretended < 0 ? -1 : pretended;
	*ret_done = (handled[0] & ~known_fs[pretended]) || (handled[1] && pretended < 4) || (handled[2] && pretended < 6);
	return -1;
}

/* Instead of the C library's, for the library that is tested. As all of them are numbers, it is called alike. */
long any_syscall(long number, long a, long b, long c, long d, long e, long f) __asm__("syscall");

long any_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	static long (*real)(long, ...);
	bool done = false;
	long r = 0;

	if (number == LANDLOCK_CREATE_RULESET && pretended)
		r = pretend((const uint64_t *)a, (unsigned)c, &done);
	if (number == LANDLOCK_ADD_RULE && refused) {
		errno = refused;
		return -1;
	}
	if (done)
		return r;
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	return real(number, a, b, c, d, e, f);
}

static void make(void)
{
	command_make();
	/* What is not found now would be looked for in a child. */
	ck_assert_int_ne(any_syscall(LANDLOCK_CREATE_RULESET, 0, 0, 1, 0, 0, 0), 0);
}

/* ---- What is logged ---- */

static char said[1024];

static void keep(void *data, const char *line)
{
	(void)data;
	strncat(said, line, sizeof(said) - strlen(said) - 1);
	strncat(said, "\n", sizeof(said) - strlen(said) - 1);
}

/* ---- The tests ---- */

static void allow_reading(void)
{
	ck_assert_int_eq(nsmgr_command_landlock_path(command, "/", NSMGR_LANDLOCK_RX), 0);
}

static void allow_ports(void)
{
	ck_assert_int_eq(nsmgr_command_landlock_port(command, NSMGR_LANDLOCK_BIND, 80, 80), 0);
}

static void confine_signals(void)
{
	ck_assert_int_eq(nsmgr_command_landlock_scope(command, NSMGR_LANDLOCK_SIGNAL), 0);
}

static const struct {
	int version;
	void (*ask)(void);
	const char *needed; /* NULL: it is enough */
} kernels[] = {
	{ -ENOSYS, allow_reading, "Linux 5.13" }, { -EOPNOTSUPP, allow_reading, "Linux 5.13" }, { -ENOSYS, allow_ports, "Linux 6.7" },
	{ 1, allow_reading, "Linux 5.19" },	  { 2, allow_reading, "Linux 6.2" },		{ 3, allow_reading, "Linux 6.10" },
	{ 4, allow_reading, "Linux 6.10" },	  { 5, allow_reading, NULL },			{ 3, allow_ports, "Linux 6.7" },
	{ 4, allow_ports, NULL },		  { 5, confine_signals, "Linux 6.12" },		{ 6, confine_signals, NULL },
};

static bool is_there(void)
{
	pretended = 0;
	if (any_syscall(LANDLOCK_CREATE_RULESET, 0, 0, 1, 0, 0, 0) >= 6)
		return true;
	ck_assert_msg(!getenv("NSMGR_MUST_WORK"), "no Landlock as of Linux 6.12");
	fprintf(stderr, "SKIPPED: no Landlock as of Linux 6.12\n");
	return false;
}

START_TEST(what_a_kernel_cannot_enforce_is_a_failure)
{
	const bool there = is_there();

	kernels[_i].ask();
	pretended = kernels[_i].version;
	if (kernels[_i].needed) {
		assert_start_fails(NULL, "/bin/true", EOPNOTSUPP, "landlock", NSMGR_TYPE_NONE);
		ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->text, kernels[_i].needed));
	} else if (there) {
		ck_assert_int_eq(status_of(start_shell(NULL, "exit 7")), 7);
	}
}
END_TEST

START_TEST(best_effort_goes_on_and_logs_what_is_left_out)
{
	const bool there = is_there();

	said[0] = '\0';
	nsmgr_set_log(fixture.ctx, keep, NULL);
	nsmgr_command_landlock_best_effort(command);
	kernels[_i].ask();
	pretended = kernels[_i].version;
	if (pretended < 0 || there)
		ck_assert_int_eq(status_of(start_shell(NULL, "exit 7")), 7);
	if (kernels[_i].needed)
		ck_assert_ptr_nonnull(strstr(said, kernels[_i].needed));
	else if (there)
		ck_assert_str_eq(said, "");
	nsmgr_set_log(fixture.ctx, NULL, NULL);
}
END_TEST

START_TEST(what_is_left_is_enforced)
{
	static const char *const argv[] = { "/bin/true", NULL };
	struct nsmgr_child *child;

	if (!is_there())
		return;
	pretended = 1;
	nsmgr_command_landlock_best_effort(command);
	allow_ports();
	confine_signals();
	ck_assert_int_eq(nsmgr_command_landlock_path(command, "/", NSMGR_LANDLOCK_RO), 0);
	assert_start_fails(NULL, "/bin/true", EACCES, "exec", NSMGR_TYPE_NONE);
	/* Another failure of the kernel's than not to have it is one. */
	pretended = -EPERM;
	ck_assert_int_eq(nsmgr_command_start(command, NULL, argv, &child), -EPERM);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->step, "landlock");
}
END_TEST

/* As kernels before 6.18 say of the handles of namespaces. */
START_TEST(a_file_system_without_rules_is_a_failure)
{
	if (!is_there())
		return;
	allow_reading();
	refused = EBADFD;
	assert_start_fails(NULL, "/bin/true", EINVAL, "landlock", NSMGR_TYPE_NONE);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->path, "/");
	refused = 0;
}
END_TEST

START_TEST(nonsense_is_refused)
{
	ck_assert_int_eq(nsmgr_command_landlock_path(command, "/", (enum nsmgr_landlock_access)3), -EINVAL);
	ck_assert_int_eq(nsmgr_command_landlock_port(command, (enum nsmgr_landlock_port)2, 1, 2), -EINVAL);
	ck_assert_int_eq(nsmgr_command_landlock_scope(command, 0), -EINVAL);
	ck_assert_int_eq(nsmgr_command_landlock_scope(command, 4), -EINVAL);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->step, "landlock");
	/* It changes nothing. */
	pretended = -ENOSYS;
	ck_assert_int_eq(status_of(start_shell(NULL, "grep -q 'NoNewPrivs:.0' /proc/self/status")), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("landlock_kernel");
	TCase *tcase = suite_case(suite, "landlock of other kernels");

	tcase_add_checked_fixture(tcase, make, command_drop);
	tcase_add_loop_test(tcase, what_a_kernel_cannot_enforce_is_a_failure, 0, NSM_ARRAY_SIZE(kernels));
	tcase_add_loop_test(tcase, best_effort_goes_on_and_logs_what_is_left_out, 0, NSM_ARRAY_SIZE(kernels));
	tcase_add_test(tcase, what_is_left_is_enforced);
	tcase_add_test(tcase, a_file_system_without_rules_is_a_failure);
	tcase_add_test(tcase, nonsense_is_refused);
	return suite_run(suite, NEED_ROOT);
}
