/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/seccomp_profile.h"

#include "cmd/seccomp.h"

/* What is done with a system call. */

#define ERRNO_LIMIT 4095 /* MAX_ERRNO of the kernel: more would be taken for a result */

/* Those that profiles are seen to use. */
static const struct {
	const char *name;
	unsigned number;
} errors[] = {
	{ "E2BIG", E2BIG }, { "EACCES", EACCES }, { "EAFNOSUPPORT", EAFNOSUPPORT }, { "EAGAIN", EAGAIN }, { "EBADF", EBADF },
	{ "EBUSY", EBUSY }, { "ECONNREFUSED", ECONNREFUSED }, { "EEXIST", EEXIST }, { "EFAULT", EFAULT }, { "EINTR", EINTR },
	{ "EINVAL", EINVAL }, { "EIO", EIO }, { "EMFILE", EMFILE }, { "ENODEV", ENODEV }, { "ENOENT", ENOENT }, { "ENOMEM", ENOMEM },
	{ "ENOSPC", ENOSPC }, { "ENOSYS", ENOSYS }, { "ENOTSUP", ENOTSUP }, { "ENOTTY", ENOTTY }, { "ENXIO", ENXIO },
	{ "EOPNOTSUPP", EOPNOTSUPP }, { "EPERM", EPERM }, { "EPROTONOSUPPORT", EPROTONOSUPPORT }, { "EROFS", EROFS },
	{ "ESRCH", ESRCH },
};

/* Both forms in one object say the same. */
static int read_error(const struct json *object, const char *key, const char *name_key, uint64_t *error, bool *ret_given)
{
	struct json at;
	const char *name;
	bool by_number = json_get(object, key, &at);
	int status = by_number ? json_number(&at, ERRNO_LIMIT, error) : STATUS_DONE;

	*ret_given = by_number;
	if (status != STATUS_DONE || !json_get(object, name_key, &at))
		return status;
	status = json_string(&at, &name);
	for (size_t i = 0; status == STATUS_DONE && i < NSM_ARRAY_SIZE(errors); i++) {
		if (!nsm_streq(name, errors[i].name))
			continue;
		if (by_number && *error != errors[i].number)
			return json_complain(&at, "%s is %u here, and '%s' another", name, errors[i].number, key);
		*error = errors[i].number;
		*ret_given = true;
		return STATUS_DONE;
	}
	return status != STATUS_DONE ? status : json_complain(&at, "'%.40s' is no errno that is known here; give its number", name);
}

int profile_action(const struct json *object, const char *key, const char *errno_key, const char *name_key, uint32_t *ret_action)
{
	struct json at;
	const char *name;
	uint64_t error = EPERM;
	bool given;
	int status = json_need(object, key, &at);

	if (status == STATUS_DONE)
		status = json_string(&at, &name);
	if (status == STATUS_DONE)
		status = read_error(object, errno_key, name_key, &error, &given);
	if (status != STATUS_DONE)
		return status;
	switch (filter_action(name, (unsigned)error, ret_action)) {
	case ACTION_SUPERVISED:
		return json_complain(&at, "%s needs a supervisor that decides, and there is none", name);
	case ACTION_UNKNOWN:
		return json_complain(&at, "'%.60s' is no action", name);
	case ACTION_PLAIN:
		/* The specification has it an error, for who wrote it meant something else. */
		return given ? json_complain(&at, "%s gives no errno, and one is given", name) : STATUS_DONE;
	default:
		return STATUS_DONE;
	}
}
