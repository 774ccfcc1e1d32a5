/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/targets.h"

#include "base/fd.h"
#include "cmd/select.h"
#include "cmd/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void targets_free(struct targets *targets)
{
	free(targets->keepers);
}

void add_types(struct nsm_text *text, unsigned types)
{
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		if (types & NSMGR_MASK(type))
			nsm_text_add(text, "%s%s", text->len ? " " : "", nsmgr_type_name((enum nsmgr_type)type));
}

void add_types_json(struct nsm_text *text, unsigned types)
{
	const char *separator = "";

	nsm_text_add(text, "[");
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		if (types & NSMGR_MASK(type)) {
			nsm_text_add(text, "%s\"%s\"", separator, nsmgr_type_name((enum nsmgr_type)type));
			separator = ",";
		}
	nsm_text_add(text, "]");
}

static bool lacks_pidfd_open(void)
{
	nsm_autoclose int own = sys_pidfd_open(getpid(), false);

	return own == -ENOSYS;
}

/* A handle behind which no namespace is to be found from here. */
static int check_state(const struct targets *targets, const struct nsmgr_handle *handle)
{
	const char *type = nsmgr_type_name(handle->type);

	switch (handle->state) {
	case NSMGR_LIVE:
	case NSMGR_DEAD:
		return STATUS_DONE;
	case NSMGR_UNKNOWN:
		if (lacks_pidfd_open())
			return say_plain(targets->app, "'%s': %s: its processes cannot be seen without pidfd_open(2): it needs Linux 5.10",
					 targets->name, type);
		return say_plain(targets->app, "'%s': %s: its processes cannot be seen from here (cure: look from where it was made)",
				 targets->name, type);
	case NSMGR_ELSEWHERE:
		return say_plain(targets->app, "'%s': %s: mounted in another mount namespace (nsenter -t 1 -m nsmgr ...)",
				 targets->name, type);
	case NSMGR_STALE:
	case NSMGR_FOREIGN:
		break;
	}
	return say_plain(targets->app, "'%s': %s: a handle that is %s", targets->name, type,
			 nsmgr_state_name(handle->state));
}

/* Process 1 enters nothing, so what it is in everybody is in who was not put elsewhere. Where it may not be looked at,
 * what we are in has to do. */
static ino_t common_inode(enum nsmgr_type type)
{
	const char *name = nsmgr_type_name(type);
	ino_t ino = ns_inode("1", name);

	return ino ? ino : ns_inode("self", name);
}

static unsigned usual_types(unsigned present, unsigned common)
{
	unsigned apart = present & ~common;

	if (!apart)
		apart = present;
	return apart & NSMGR_MASK(NSMGR_PID) ? NSMGR_MASK(NSMGR_PID) : apart;
}

static void begin(const struct app *app, const char *name, struct targets *targets)
{
	*targets = (struct targets){ .app = app, .name = name, .own_pid = ns_inode("self", "pid") };
}

/* Gives what types there are by now. */
static unsigned add_handle(struct targets *targets, const struct nsmgr_handle *handle, unsigned present)
{
	targets->handles[handle->type] = *handle;
	if (handle->ino == common_inode(handle->type))
		targets->common |= NSMGR_MASK(handle->type);
	return present | NSMGR_MASK(handle->type);
}

/* The cgroup that the set made; one that was there before may have anybody in it. */
static int find_cgroup(struct targets *targets)
{
	struct nsmgr_cgroup cgroup;
	int r = nsmgr_cgroup_open(targets->app->ctx, targets->name, &cgroup);

	if (r < 0)
		return r;
	if (cgroup.origin == NSMGR_MADE && cgroup.fd >= 0)
		nsm_copy(targets->cgroup, sizeof(targets->cgroup), cgroup.path);
	nsmgr_cgroup_close(&cgroup);
	return 0;
}

static bool is_gone(int r)
{
	return r == -ESRCH || r == -ENOENT;
}

int targets_has_in_cgroup(const struct targets *targets, const struct process *process)
{
	char lines[8192];
	const char *path, *rest;
	int r = *targets->cgroup ? (int)nsm_read_text_at(process->dir, "cgroup", lines, sizeof(lines)) : -ENOENT;

	if (r < 0)
		return is_gone(r) ? 0 : r;
	path = process_cgroup(lines);
	rest = path ? nsm_after(path, targets->cgroup) : NULL;
	return rest && (!*rest || *rest == '/');
}

static void choose(struct targets *targets, unsigned types)
{
	/* Namespaces that everybody is in tell nothing about who is in the set. */
	if (targets->common && *targets->cgroup)
		types &= ~targets->common;
	targets->types = types;
	targets->common &= types;
}

int targets_open(struct app *app, const char *name, unsigned types, struct targets *targets)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	unsigned present = 0;
	int count = 0, status = select_set(app, name, handles, &count);

	begin(app, name, targets);
	if (status != STATUS_DONE)
		return status;
	for (int i = 0; i < count; i++)
		present = add_handle(targets, &handles[i], present);
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		if (types & ~present & NSMGR_MASK(type))
			return say_plain(app, "'%s' has no %s namespace", name, nsmgr_type_name((enum nsmgr_type)type));
	if (!types && find_cgroup(targets) < 0)
		return say_failure(app, name);
	choose(targets, types ? types : usual_types(present, targets->common));
	for (int i = 0; i < count && status == STATUS_DONE; i++)
		if (targets->types & NSMGR_MASK(handles[i].type))
			status = check_state(targets, &handles[i]);
	return status;
}

void targets_of_handles(const struct app *app, const char *name, const struct nsmgr_handle handles[], int count,
			struct targets *targets)
{
	unsigned present = 0;

	begin(app, name, targets);
	for (int i = 0; i < count; i++)
		if (handles[i].state == NSMGR_LIVE || handles[i].state == NSMGR_DEAD)
			present = add_handle(targets, &handles[i], present);
	if (find_cgroup(targets) < 0)
		targets->cgroup[0] = '\0';
	choose(targets, present ? usual_types(present, targets->common) : 0);
}

/* Whether the namespace lies below another one. */
static int is_below(int dir, ino_t ino)
{
	nsm_autoclose int ns = openat(dir, "ns/pid", O_RDONLY | O_CLOEXEC);

	if (ns < 0)
		return errno == ESRCH || errno == ENOENT || errno == EACCES || errno == EPERM ? 0 : -errno;
	while (ns >= 0) {
		int parent = sys_ns_parent(ns);
		struct stat st;

		nsm_close(&ns);
		ns = parent;
		if (ns >= 0 && fstat(ns, &st) < 0)
			return -errno;
		if (ns >= 0 && st.st_ino == ino)
			return 1;
	}
	/* EPERM: the top, or outside what we may see. */
	return ns == -EPERM ? 0 : ns;
}

int targets_types_of(const struct targets *targets, const struct process *process, unsigned *ret_types)
{
	unsigned types = 0;
	int r = 0;

	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		if (targets->types & NSMGR_MASK(type) && process->ns[type] &&
		    process->ns[type] == targets->handles[type].ino)
			types |= NSMGR_MASK(type);
	/* What is in our own is below nothing that we could see, and most are. */
	if (targets->types & ~types & NSMGR_MASK(NSMGR_PID) && process->ns[NSMGR_PID] &&
	    process->ns[NSMGR_PID] != targets->own_pid)
		r = is_below(process->dir, targets->handles[NSMGR_PID].ino);
	if (r > 0)
		types |= NSMGR_MASK(NSMGR_PID);
	*ret_types = types;
	return r < 0 ? r : 0;
}

int targets_have(const struct targets *targets, const struct process *process)
{
	unsigned types;
	int r = targets_types_of(targets, process, &types);

	if (r == 0)
		r = types ? 1 : targets_has_in_cgroup(targets, process);
	return r == 0 ? process->hidden : r;
}

static int find_keepers(struct targets *targets)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_list *list;
	const char *name;
	size_t count;
	int r = nsmgr_list_new(targets->app->ctx, NSMGR_LIST_ALL, &list);

	if (r < 0)
		return r;
	nsmgr_list_names(list, &count);
	targets->keepers = calloc(count + 1, sizeof(*targets->keepers));
	while (targets->keepers && nsmgr_list_next(list, &name) == 0) {
		int found = nsmgr_list_handles(list, name, handles);

		for (int i = 0; i < found; i++)
			if (handles[i].keeper && targets->keeper_count < count)
				targets->keepers[targets->keeper_count++] = handles[i].keeper;
	}
	nsmgr_list_free(list);
	return targets->keepers ? 0 : -ENOMEM;
}

int targets_is_keeper(struct targets *targets, pid_t pid, const struct process_details *details)
{
	/* Its own, as a rule: of a large store the others are looked at only where somebody else has such a name. Any process may call
	 * itself so; a keeper always does. */
	if (targets->handles[NSMGR_PID].keeper == pid)
		return true;
	if (details->command_error < 0 && !is_gone(details->command_error))
		return details->command_error;
	if (!nsm_after(details->command, "nsmgr: "))
		return false;
	if (!targets->has_keepers) {
		int r = find_keepers(targets);

		if (r < 0)
			return r;
		targets->has_keepers = true;
	}
	for (size_t i = 0; i < targets->keeper_count; i++)
		if (targets->keepers[i] == pid)
			return true;
	return false;
}

bool targets_may_have(const struct targets *targets, const struct process *process)
{
	return process->hidden && (process->pid != 1 || targets->common);
}
