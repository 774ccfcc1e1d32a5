/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "base/parse.h"
#include "base/text.h"
#include "lib/passwd.h"
#include "lib/sys.h"

#include <unistd.h>

struct identity {
	uint32_t uid, gid;
	size_t group_count;
	uint32_t groups[NSM_GROUP_COUNT];
};

static int failed(struct nsmgr_command *command, int r, const char *step)
{
	return nsm_fail(command->ctx, r, step, NSMGR_TYPE_NONE, NULL);
}

static int refuse(struct nsmgr_command *command, int r, const char *what, const char *who)
{
	return nsm_fail_text(command->ctx, r, "credentials", NSMGR_TYPE_NONE, NULL, "%s '%s'", what, who);
}

/* A file that could not be read for want of something says nothing about who is in it. */
static bool is_lack(int r)
{
	return r == -EMFILE || r == -ENFILE || r == -ENOMEM;
}

static int find_group(struct nsmgr_command *command, const char *who, uint32_t *ret)
{
	int r;

	if (nsm_is_digits(who))
		return nsm_parse_id(who, ret) < 0 ? refuse(command, -EINVAL, "bad group id", who) : 0;
	r = nsm_group_find(who, ret);
	if (is_lack(r))
		return failed(command, r, "credentials");
	return r < 0 ? refuse(command, -ENOENT, "no such group inside:", who) : 0;
}

/* USER alone: its own group, and those that list it. A number that has no name inside has no group either but itself
 * for a gid. */
static int resolve_user(struct nsmgr_command *command, const char *who, bool with_groups, struct identity *ret)
{
	struct nsm_user user;
	int n = nsm_passwd_find(who, &user);

	if (is_lack(n))
		return failed(command, n, "credentials");
	if (n < 0) {
		if (!nsm_is_digits(who))
			return refuse(command, -ENOENT, "no such user inside:", who);
		if (nsm_parse_id(who, &ret->uid) < 0)
			return refuse(command, -EINVAL, "bad user id", who);
		ret->gid = ret->uid;
		ret->groups[0] = ret->gid;
		ret->group_count = with_groups;
		return 0;
	}
	ret->uid = user.uid;
	ret->gid = user.gid;
	if (!with_groups)
		return 0;
	n = nsm_group_list(user.name, user.gid, ret->groups, NSM_GROUP_COUNT);
	if (is_lack(n))
		return failed(command, n, "credentials");
	if (n < 0)
		return refuse(command, n, "cannot list the groups of", who);
	ret->group_count = (size_t)n;
	return 0;
}

static int resolve(struct nsmgr_command *command, struct identity *ret)
{
	char spec[1024];
	char *cursor = spec, *groups;
	const char *group;
	int r;

	if (!nsm_copy(spec, sizeof(spec), command->user))
		return refuse(command, -E2BIG, "too many groups in", "--as");
	groups = strchr(spec, ':');
	if (groups)
		*groups++ = '\0';
	r = resolve_user(command, cursor, !groups, ret);
	if (r < 0 || !groups)
		return r;
	/* The first is the primary group; with it the list is what was asked for and nothing else. */
	while ((group = nsm_token(&groups, ','))) {
		if (ret->group_count == NSM_GROUP_COUNT)
			return refuse(command, -E2BIG, "too many groups in", "--as");
		r = find_group(command, group, &ret->groups[ret->group_count]);
		if (r < 0)
			return r;
		ret->group_count++;
	}
	ret->gid = ret->groups[0];
	return 0;
}

/* With the capability it is the user namespace that denies it, for good, to everybody in it (KERNEL R21): then those that we
 * have stay, unless a list was asked for; none at all are what an empty list asks for. */
static int set_groups(struct nsmgr_command *command, const struct identity *identity, bool *ret_set)
{
	bool by_list = command->credentials == NSM_CREDENTIALS_IDS || strchr(command->user, ':');
	int r = nsm_sys_setgroups(identity->group_count, identity->groups);

	if (r == -EPERM && by_list && identity->group_count == 0 && getgroups(0, NULL) == 0)
		r = 0;
	if (r == -EPERM && !by_list && nsm_sys_is_capable(NSM_CAP_SETGID)) {
		nsm_log(command->ctx, "setgroups is denied in this user namespace: supplementary groups stay");
		*ret_set = false;
		return 0;
	}
	*ret_set = true;
	return r < 0 ? failed(command, r, "setgroups") : 0;
}

static bool has_uid(uid_t uid)
{
	uid_t real, effective, saved;

	return getresuid(&real, &effective, &saved) == 0 && real == uid && effective == uid && saved == uid;
}

static bool has_gid(gid_t gid)
{
	gid_t real, effective, saved;

	return getresgid(&real, &effective, &saved) == 0 && real == gid && effective == gid && saved == gid;
}

/* Whether the supplementary groups are these: the kernel has them in another order, and others could be as many. */
static bool has_groups(const struct identity *identity)
{
	gid_t groups[NSM_GROUP_COUNT];
	size_t found = 0;

	if (identity->group_count != (size_t)getgroups(NSM_GROUP_COUNT, groups))
		return false;
	for (size_t i = 0; i < identity->group_count; i++)
		for (size_t j = 0; j < identity->group_count; j++)
			if (groups[j] == identity->groups[i]) {
				found++;
				break;
			}
	return found == identity->group_count;
}

static int differ(struct nsmgr_command *command)
{
	return nsm_fail_text(command->ctx, -EPERM, "credentials", NSMGR_TYPE_NONE, NULL, "the ids are not those that were set");
}

static int become(struct nsmgr_command *command, const struct identity *identity)
{
	bool groups_set;
	int r = set_groups(command, identity, &groups_set);

	if (r < 0)
		return r;
	r = nsm_sys_setresgid(identity->gid);
	if (r < 0)
		return failed(command, r, "setresgid");
	r = nsm_sys_setresuid(identity->uid);
	if (r < 0)
		return failed(command, r, "setresuid");
	/* What a sparing kernel leaves behind a change of ids (securebits), and what never goes by itself
	 * (CVE-2022-27650). */
	r = nsm_privileges_are_usual(command) ? nsm_sys_clear_capabilities(identity->uid != 0) : 0;
	if (r < 0)
		return failed(command, r, "capabilities");
	if (!has_gid(identity->gid) || !has_uid(identity->uid) || (groups_set && !has_groups(identity)))
		return differ(command);
	return 0;
}

/* Root of the user namespace, where there is one: without it a command would run as 65534 and lose every capability
 * at the exec (KERNEL section 9). */
static int become_inside_root(struct nsmgr_command *command)
{
	bool is_group;
	int r;

	/* EPERM where setgroups is denied for good, EINVAL where no group is mapped: then those there are stay. */
	r = nsm_sys_setgroups(0, NULL);
	if (r < 0 && r != -EPERM && r != -EINVAL)
		return failed(command, r, "setgroups");
	r = nsm_sys_setresgid(0);
	if (r < 0 && r != -EINVAL)
		return failed(command, r, "setresgid");
	is_group = r == 0;
	r = nsm_sys_setresuid(0);
	if (r < 0 && r != -EINVAL)
		return failed(command, r, "setresuid");
	return (is_group && !has_gid(0)) || (r == 0 && !has_uid(0)) ? differ(command) : 0;
}

static nsm_own_frame int become_asked(struct nsmgr_command *command)
{
	struct identity identity = { 0 };
	int r = 0;

	if (command->credentials == NSM_CREDENTIALS_USER) {
		r = resolve(command, &identity);
	} else {
		identity.uid = command->uid;
		identity.gid = command->gid;
		identity.group_count = command->group_count;
		if (command->group_count)
			memcpy(identity.groups, command->groups, command->group_count * sizeof(*command->groups));
	}
	return r < 0 ? r : become(command, &identity);
}

static int change_ids(struct nsmgr_command *command)
{
	switch (command->credentials) {
	case NSM_CREDENTIALS_DEFAULT:
		return command->entered_user ? become_inside_root(command) : 0;
	case NSM_CREDENTIALS_PRESERVE:
		return 0;
	case NSM_CREDENTIALS_IDS:
	case NSM_CREDENTIALS_USER:
		break;
	}
	return become_asked(command);
}

int nsm_credentials_apply(struct nsmgr_command *command)
{
	int r = nsm_privileges_prepare(command);

	if (r == 0)
		r = change_ids(command);
	return r < 0 ? r : nsm_privileges_apply(command);
}
