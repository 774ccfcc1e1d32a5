/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_EDGE_H
#define NSM_LIB_EDGE_H

#include "lib/ctx.h"

/* The edge of the library: which errors its functions give. One that passes on what the kernel says ends with
 *
 *	return nsm_edge(ctx, NSM_EDGE_set_open, r);
 *
 * and whatever is not listed here for it becomes -EIO, with the kernel's word as the failure's text. A function all of whose errors
 * stand in its own code (most that set something) just gives them: its row is for the page that is compared with it. The
 * pages of man/ have the same lists, and tests/docs.sh compares them. */

/* Those that all may give. */
#define NSM_EDGE_USUAL EACCES, EIO, EMFILE, ENFILE, ENOMEM, ENOSYS, EPERM

/* What walking to a file gives, and to a store, which has no symbolic link in its path. */
#define NSM_EDGE_PATH ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR
#define NSM_EDGE_STORE EINVAL, ENAMETOOLONG, ENOTDIR
/* Opening the namespaces of a named set. */
#define NSM_EDGE_OPEN NSM_EDGE_STORE, ENOENT, ESRCH, ESTALE, EXDEV
/* Making namespaces: ENOSPC is a limit, EAGAIN one of processes; ECHILD and EPROTO tell of a creator that was killed, ERANGE of a
 * clock, EROFS and EOPNOTSUPP of a sysctl. */
#define NSM_EDGE_UNSHARE E2BIG, EAGAIN, EBUSY, ECHILD, EINVAL, ENODEV, ENOENT, ENOSPC, EOPNOTSUPP, EPROTO, ERANGE, EROFS, ESRCH
/* Changing a store. */
#define NSM_EDGE_CHANGE NSM_EDGE_STORE, EBUSY, ENOENT, ENOSPC, EROFS, EXDEV
#define NSM_EDGE_CREATE NSM_EDGE_UNSHARE, NSM_EDGE_CHANGE, EEXIST, EINTR, ELOOP, ESTALE
#define NSM_EDGE_REMOVE NSM_EDGE_CHANGE, EAGAIN, ENOTEMPTY, ETIMEDOUT
/* Entering, and what comes after it. */
#define NSM_EDGE_ENTER EINVAL, ENOENT
#define NSM_EDGE_RUN NSM_EDGE_ENTER, NSM_EDGE_PATH, E2BIG, EAGAIN, EBADF, ENOEXEC, EOPNOTSUPP, ETXTBSY

#define NSM_EDGE_TABLE(X)										\
	X(call, NSM_EDGE_ENTER, EAGAIN, ECHILD)								\
	X(cgroup_freeze, NSM_EDGE_STORE, ENOENT, EOPNOTSUPP, ESTALE, ETIMEDOUT)				\
	X(cgroup_open, NSM_EDGE_STORE, ENOENT)								\
	X(check, NSM_EDGE_STORE)									\
	X(check_name, EINVAL)										\
	X(child_kill)											\
	X(child_output, ECHILD, EFBIG)									\
	X(child_pipe, ENOENT)										\
	X(child_signal, EINVAL, ESRCH)									\
	X(child_try_wait, ECHILD)									\
	X(child_wait, ECHILD)										\
	X(command_as, EINVAL)										\
	X(command_cover, E2BIG)										\
	X(command_enter, NSM_EDGE_ENTER, NSM_EDGE_PATH, E2BIG, EBADF, EBUSY, ENOSPC)			\
	X(command_env, EINVAL)										\
	X(command_env_pid, EINVAL)									\
	X(command_exec, NSM_EDGE_RUN, EBUSY)								\
	X(command_fork, EAGAIN)										\
	X(command_give_fd, E2BIG, EBADF)								\
	X(command_ids, E2BIG, EINVAL)									\
	X(command_landlock_path, EINVAL)								\
	X(command_landlock_port, EINVAL)								\
	X(command_landlock_scope, EINVAL)								\
	X(command_new)											\
	X(command_preserve_fd, E2BIG, EBADF)								\
	X(command_process_group, EINVAL)								\
	X(command_seccomp, E2BIG, EINVAL)								\
	X(command_limit, EINVAL)									\
	X(command_securebits, EINVAL)									\
	X(command_signal, EINVAL)									\
	X(command_start, NSM_EDGE_RUN, EBUSY, ECHILD, ENOSPC)						\
	X(command_stdio, EINVAL)									\
	X(config_base, NSM_EDGE_OPEN)									\
	X(config_base_caller, ENOENT)									\
	X(config_base_set, ENOENT)									\
	X(config_cgroup_path, EINVAL, ENAMETOOLONG)							\
	X(config_cgroup_set, E2BIG, EINVAL)								\
	X(config_check, EINVAL)										\
	X(config_domainname, EINVAL, ENAMETOOLONG)							\
	X(config_hand_fd, E2BIG, EBADF, EINVAL)								\
	X(config_handed_fd, EBADF)									\
	X(config_helper, EEXIST, EINVAL, ENOSPC, EROFS, ESRCH)						\
	X(config_hostname, EINVAL, ENAMETOOLONG)							\
	X(config_label, E2BIG, EINVAL)									\
	X(config_map, E2BIG, EINVAL)									\
	X(config_map_auto)										\
	X(config_map_current, E2BIG, EINVAL)								\
	X(config_map_root, E2BIG, EINVAL)								\
	X(config_new)											\
	X(config_offset, EINVAL)									\
	X(config_pin, NSM_EDGE_OPEN, ELOOP)								\
	X(config_pin_path, NSM_EDGE_PATH, EINVAL, ESRCH)						\
	X(config_pin_process, ENOENT, ESRCH, EINVAL)							\
	X(config_profile, E2BIG, EINVAL)								\
	X(config_sysctl, E2BIG, EINVAL)									\
	X(create, NSM_EDGE_CREATE)									\
	X(create_many, NSM_EDGE_CREATE)									\
	X(enter_fd, EBADF, EINVAL)									\
	X(enter_pid, NSM_EDGE_ENTER, ESRCH)								\
	X(helper_get, NSM_EDGE_STORE, EBADMSG, ENOENT)							\
	X(ip_netns_add, NSM_EDGE_CHANGE, EEXIST, ELOOP, ESTALE)						\
	X(ip_netns_remove, NSM_EDGE_CHANGE, ELOOP)							\
	X(label_check, E2BIG, EINVAL)									\
	X(label_set, NSM_EDGE_STORE, E2BIG, EBADMSG, ENOENT, ENOSPC, EROFS, EXDEV)			\
	X(labels_new, NSM_EDGE_STORE, EBADMSG, ENOENT)							\
	X(list_handles, ENAMETOOLONG, ENOENT, ENOTDIR)							\
	X(list_labels, EBADMSG, ENAMETOOLONG, ENOENT, ENOTDIR)						\
	X(list_new, NSM_EDGE_STORE)									\
	X(new)												\
	X(pool_fill, NSM_EDGE_UNSHARE, EINTR)								\
	X(pool_get, NSM_EDGE_UNSHARE, EINTR)								\
	X(pool_new, EINVAL)										\
	X(pool_start, EAGAIN, EALREADY)									\
	X(remove, NSM_EDGE_REMOVE)									\
	X(remove_many, NSM_EDGE_REMOVE)									\
	X(rename, NSM_EDGE_CHANGE, EEXIST)								\
	X(set_add, EBADF, EEXIST, EINVAL)								\
	X(set_defaults, EBADMSG, ENODATA)								\
	X(set_dup, ENOENT)										\
	X(set_enter, NSM_EDGE_ENTER)									\
	X(set_fd, ENOENT)										\
	X(set_from_caller, ENOENT)									\
	X(set_from_dir, NSM_EDGE_PATH, EINVAL, ESRCH)							\
	X(set_from_pid, ENOENT, ESRCH)									\
	X(set_from_pidfd, EBADF, ENOENT, ESRCH)								\
	X(set_id, ENOENT)										\
	X(set_mount, NSM_EDGE_PATH, EEXIST, EINVAL, EISDIR, ENOSPC, EROFS)				\
	X(set_mount_one, NSM_EDGE_PATH, EEXIST, EINVAL, EISDIR, ENOSPC, EROFS)				\
	X(set_new)											\
	X(set_open, NSM_EDGE_OPEN)									\
	X(set_profile, NSM_EDGE_STORE, EBADMSG, ENODATA, ENOENT)					\
	X(set_root, EINVAL, ENAMETOOLONG, ENOENT)							\
	X(set_take_fd, ENOENT)										\
	X(store_drain, NSM_EDGE_REMOVE, E2BIG)								\
	X(store_fill, NSM_EDGE_UNSHARE, NSM_EDGE_CHANGE, EEXIST, EINTR, ELOOP)				\
	X(store_pools, NSM_EDGE_STORE)									\
	X(unshare, NSM_EDGE_UNSHARE, EINTR)								\
	X(watch_new, NSM_EDGE_STORE, EAGAIN, ENOSPC)							\
	X(watch_next, NSM_EDGE_STORE, EAGAIN, ENOSPC)							\
	X(write_map, E2BIG, EINVAL, ESRCH)								\
	X(write_offset, EINVAL, ERANGE, ESRCH)								\
	X(write_setgroups, ESRCH)

#define NSM_EDGE_ID(function, ...) NSM_EDGE_##function,
enum nsm_edge { NSM_EDGE_TABLE(NSM_EDGE_ID) NSM_EDGE_COUNT };
#undef NSM_EDGE_ID

/* Gives `r` back where the function may give it, else -EIO. 0 and above pass. `ctx` is where the failure was recorded; it may
 * be NULL where nothing is. */
int nsm_edge(struct nsmgr_ctx *ctx, enum nsm_edge function, int r);

#endif
