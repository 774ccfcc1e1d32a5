/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trial.h"

#include "calls.h"

#include <errno.h>
#include <string.h>

/* What is said instead of the errno. Whatever else names another cause than the one there was. */
static const struct {
	int error; /* 0: any */
	const char *text;
} others[] = {
	/* A process that could not tell why, as its descriptor, its channel or its call was what failed: nobody knows more. */
	{ 0, "it ended unexpectedly" },
	{ 0, "the new process ended before its execve" },
	{ 0, "the keeper has ended" },
	{ 0, "keeper: Connection reset by peer" },
	{ 0, "keeper: Broken pipe" },
	{ 0, "creator: Broken pipe" },
	{ 0, "its watcher ended" },
	{ 0, "ns/pid_for_children': No such file or directory" },
	{ 0, "net: pasta: No such process" },
	{ 0, "the init of the pid namespace has ended" },
	{ 0, "it ended with status " },
	{ 0, "(status unknown)" },
	{ 0, "worker: it was interrupted" },
	{ 0, "its processes cannot be seen from here" },
	/* What it is to make possible fails then, or is looked at again and found as it was: the kernel's own answer, or newuidmap's,
	 * which are asked where we may not write ourselves. */
	{ 0, "a mount namespace can be pinned only from an older one" },
	{ 0, "are not those that were set" },
	{ 0, "id range [" },
	/* libseccomp's, whatever failed: seccomp_export_bpf(3). */
	{ 0, "Operation canceled" },
	/* Our own words for just this. */
	{ EPERM, "needs CAP_NET_ADMIN" },
	{ EPERM, "only CAP_SYS_RESOURCE" },
	{ EPERM, "only root shows it a namespace" },
	{ EPERM, "does not let this user namespace mount" },
	{ EPERM, "belongs to others" },
	{ EPERM, "for lack of privilege" },
	{ EACCES, "for lack of privilege" },
	{ EACCES, "not ours to write, or somebody has entered" },
	/* A layout asks before it does something; an answer that does not come is taken for no. */
	{ 0, "nothing is made in a file system of the host's" },
	{ 0, "the source became another one meanwhile" },
	{ EACCES, "may not search the way to the source" },
	/* nsm_edge(): what no page of the library has is an error of input and output. */
	{ EINTR, "Input/output error" },
	{ EINVAL, "does not know one of the options" },
	{ ENODEV, "the kernel has no file system" },
	{ EBUSY, "it is mounted elsewhere as" },
	{ EBUSY, "processes are still in it" },
	{ ENOSYS, "it needs Linux 5.13" },
	/* nsm_own_judge(): EPERM is its own word for what belongs to others. */
	{ EPERM, "Input/output error" },
	{ EPERM, "I/O error" },
	/* json-c's, whatever the read gave. */
	{ 0, "$: Input/output error" },
};

bool has_cause(struct trial *trial)
{
	int error = trial->fault->error;
	const char *said = trial->run.said;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if ((!others[i].error || others[i].error == error) && strstr(said, others[i].text))
			return true;
	return errno_is_told(error, said) || bad(trial, "this is another cause: %.300s", said);
}
