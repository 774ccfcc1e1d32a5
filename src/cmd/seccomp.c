/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/seccomp.h"

#include "base/fd.h"
#include "base/macro.h"

#include <ctype.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct filter {
	scmp_filter_ctx context;
	uint32_t action;
};

/* ---- Names ---- */

enum action_kind filter_action(const char *name, unsigned error, uint32_t *ret_action)
{
	static const struct {
		const char *name;
		uint32_t action;
	} actions[] = {
		{ "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW },
		{ "SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD }, /* as libseccomp and the runtimes have it */
		{ "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS },
		{ "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD },
		{ "SCMP_ACT_LOG", SCMP_ACT_LOG },
		{ "SCMP_ACT_TRAP", SCMP_ACT_TRAP },
	};

	if (nsm_streq(name, "SCMP_ACT_TRACE") || nsm_streq(name, "SCMP_ACT_NOTIFY"))
		return ACTION_SUPERVISED;
	if (nsm_streq(name, "SCMP_ACT_ERRNO")) {
		*ret_action = SCMP_ACT_ERRNO(error);
		return ACTION_ERRNO;
	}
	for (size_t i = 0; i < NSM_ARRAY_SIZE(actions); i++)
		if (nsm_streq(name, actions[i].name)) {
			*ret_action = actions[i].action;
			return ACTION_PLAIN;
		}
	return ACTION_UNKNOWN;
}

bool filter_operator(const char *name, int *ret_operator)
{
	static const struct {
		const char *name;
		enum scmp_compare operator;
	} operators[] = {
		{ "SCMP_CMP_NE", SCMP_CMP_NE }, { "SCMP_CMP_LT", SCMP_CMP_LT }, { "SCMP_CMP_LE", SCMP_CMP_LE },
		{ "SCMP_CMP_EQ", SCMP_CMP_EQ }, { "SCMP_CMP_GE", SCMP_CMP_GE }, { "SCMP_CMP_GT", SCMP_CMP_GT },
		{ "SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ },
	};

	for (size_t i = 0; i < NSM_ARRAY_SIZE(operators); i++)
		if (nsm_streq(name, operators[i].name)) {
			*ret_operator = (int)operators[i].operator;
			return true;
		}
	return false;
}

const struct architecture *filter_native(void)
{
	static const struct {
		uint32_t token;
		struct architecture names;
	} architectures[] = {
		{ SCMP_ARCH_X86_64, { "SCMP_ARCH_X86_64", "amd64" } }, { SCMP_ARCH_AARCH64, { "SCMP_ARCH_AARCH64", "arm64" } },
		{ SCMP_ARCH_X86, { "SCMP_ARCH_X86", "x86" } },	       { SCMP_ARCH_ARM, { "SCMP_ARCH_ARM", "arm" } },
		{ SCMP_ARCH_RISCV64, { "SCMP_ARCH_RISCV64", "riscv64" } }, { SCMP_ARCH_S390X, { "SCMP_ARCH_S390X", "s390x" } },
		{ SCMP_ARCH_PPC64LE, { "SCMP_ARCH_PPC64LE", "ppc64le" } }, { SCMP_ARCH_MIPSEL64, { "SCMP_ARCH_MIPSEL64", "mips64le" } },
	};
	static const struct architecture unknown = { "", "" };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(architectures); i++)
		if (architectures[i].token == seccomp_arch_native())
			return &architectures[i].names;
	return &unknown;
}

/* libseccomp has them in small letters: "x86_64". */
static uint32_t architecture_token(const char *name)
{
	const char *rest = nsm_after(name, "SCMP_ARCH_");
	char small[24];
	size_t len = rest ? strlen(rest) : sizeof(small);

	if (len >= sizeof(small))
		return 0;
	for (size_t i = 0; i <= len; i++)
		small[i] = (char)tolower((unsigned char)rest[i]);
	return seccomp_arch_resolve_name(small);
}

/* ---- A filter ---- */

int filter_new(uint32_t action, struct filter **ret_filter)
{
	struct filter *filter = calloc(1, sizeof(*filter));

	if (!filter)
		return -ENOMEM;
	filter->action = action;
	filter->context = seccomp_init(action);
	if (!filter->context) {
		free(filter);
		return -ENOMEM;
	}
	*ret_filter = filter;
	return 0;
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	seccomp_release(filter->context);
	free(filter);
}

int filter_add_architecture(struct filter *filter, const char *name)
{
	uint32_t token = architecture_token(name);
	int r;

	if (!token)
		return -EINVAL;
	if (!filter)
		return 0;
	r = seccomp_arch_add(filter->context, token);
	return r == -EEXIST ? 0 : r;
}

int filter_add(struct filter *filter, const char *call, uint32_t action, const struct condition *conditions, size_t count)
{
	struct scmp_arg_cmp compared[CONDITION_COUNT];
	int number = seccomp_syscall_resolve_name(call);

	if (number == __NR_SCMP_ERROR)
		return -ENOENT;
	/* It is so anyway, and libseccomp would not have it said. */
	if (action == filter->action)
		return 0;
	for (size_t i = 0; i < count; i++)
		compared[i] = (struct scmp_arg_cmp){ .arg = conditions[i].index,
						     .op = (enum scmp_compare)conditions[i].operator,
						     .datum_a = conditions[i].value,
						     .datum_b = conditions[i].value_two };
	return seccomp_rule_add_array(filter->context, action, number, (unsigned)count, compared);
}

/* libseccomp writes to descriptors alone, before version 2.6. */
int filter_export(const struct filter *filter, void **ret_program, size_t *ret_size)
{
	nsm_autoclose int fd = memfd_create("filter", MFD_CLOEXEC);
	nsm_autofree void *program = NULL;
	struct stat st;
	int r = fd < 0 ? -errno : seccomp_export_bpf(filter->context, fd);

	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return -errno;
	program = malloc((size_t)st.st_size + 1);
	if (!program)
		return -ENOMEM;
	if (pread(fd, program, (size_t)st.st_size, 0) != (ssize_t)st.st_size)
		return -EIO;
	*ret_program = take_ptr(program);
	*ret_size = (size_t)st.st_size;
	return 0;
}
