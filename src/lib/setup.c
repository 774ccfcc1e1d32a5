/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/setup.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/nstype.h"
#include "lib/offset.h"
#include "lib/sys.h"
#include "lib/sysctl.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define PID_MAX_PATH "/proc/sys/kernel/pid_max"

int nsm_setup_owner(struct nsmgr_config *config)
{
	int r;

	if (!config->has_owner)
		return 0;
	/* Groups first, while that is allowed; each must work (CVE-2022-2989). */
	r = nsm_sys_setgroups(0, NULL);
	if (r == 0)
		r = nsm_sys_setresgid(config->owner_gid);
	if (r == 0)
		r = nsm_sys_setresuid(config->owner_uid);
	return r < 0 ? nsm_fail(config->ctx, r, "owner", NSMGR_USER, NULL) : 0;
}

void nsm_setup_become_root(void)
{
	/* EINVAL where 0 is not mapped: then the ids stay, and so do the capabilities. */
	(void)nsm_sys_setresgid(0);
	(void)nsm_sys_setresuid(0);
}

int nsm_setup_unshare(struct nsmgr_config *config)
{
	for NSM_EACH_TYPE (type)
		if (type != NSMGR_USER && nsm_config_makes(config, type) && unshare(nsm_nstypes[type].flag) < 0)
			return nsm_fail(config->ctx, -errno, "unshare", type, NULL);
	return 0;
}

int nsm_setup_offsets(struct nsmgr_config *config, int proc)
{
	char buf[128];
	struct nsm_text text = NSM_TEXT(buf);

	if (config->monotonic.set)
		nsm_offset_add(&text, CLOCK_MONOTONIC, &config->monotonic.value);
	if (config->boottime.set)
		nsm_offset_add(&text, CLOCK_BOOTTIME, &config->boottime.value);
	return text.len ? nsm_offset_write(config->ctx, proc, &text) : 0;
}

static int set_propagation(struct nsmgr_config *config)
{
	static const unsigned long flags[] = {
		[NSMGR_PRIVATE] = MS_PRIVATE,
		[NSMGR_SLAVE] = MS_SLAVE,
		[NSMGR_SHARED] = MS_SHARED,
	};

	if (!nsm_config_makes(config, NSMGR_MNT) || config->propagation == NSMGR_UNCHANGED)
		return 0;
	if (mount(NULL, "/", NULL, MS_REC | flags[config->propagation], NULL) < 0)
		return nsm_fail(config->ctx, -errno, "propagation", NSMGR_MNT, NULL);
	return 0;
}

static int set_names(struct nsmgr_config *config)
{
	const char *host = config->hostname.text, *domain = config->domainname.text;

	if (config->hostname.set && sethostname(host, strlen(host)) < 0)
		return nsm_fail(config->ctx, -errno, "hostname", NSMGR_UTS, NULL);
	if (config->domainname.set && setdomainname(domain, strlen(domain)) < 0)
		return nsm_fail(config->ctx, -errno, "domainname", NSMGR_UTS, NULL);
	return 0;
}

static int set_loopback(struct nsmgr_config *config)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	nsm_autoclose int fd = -EBADF;

	if (!nsm_config_makes(config, NSMGR_NET) || config->no_loopback)
		return 0;
	/* The family does not matter: the kernel hands these requests of any socket to its network namespace. */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return nsm_fail(config->ctx, -errno, "loopback", NSMGR_NET, NULL);
	return 0;
}

static int write_sysctls(struct nsmgr_config *config, bool keeper)
{
	for (size_t i = 0; i < config->sysctl_count; i++) {
		const struct nsm_sysctl *sysctl = &config->sysctls[i];
		int r;

		if ((nsm_sysctl_find(sysctl->key)->writer == NSM_WRITER_KEEPER) != keeper)
			continue;
		r = nsm_sysctl_write(config->ctx, sysctl->key, sysctl->value);
		if (r < 0)
			return r;
	}
	return 0;
}

int nsm_setup_inside(struct nsmgr_config *config)
{
	int r = set_propagation(config);

	if (r == 0)
		r = nsm_setup_cgroup(config);
	if (r == 0)
		r = set_names(config);
	if (r == 0)
		r = set_loopback(config);
	if (r == 0)
		r = write_sysctls(config, false);
	return r;
}

ino_t nsm_setup_pid_max_ino(void)
{
	struct stat st;

	return stat(PID_MAX_PATH, &st) == 0 ? st.st_ino : 0;
}

/* Whether our pid namespace has a pid_max of its own, since Linux 6.14: it is then another file than outside. Before, the
 * same file would change the host's. */
static int check_pid_max(struct nsmgr_config *config, ino_t outside)
{
	for (size_t i = 0; i < config->sysctl_count; i++)
		if (nsm_sysctl_find(config->sysctls[i].key)->writer == NSM_WRITER_KEEPER &&
		    nsm_setup_pid_max_ino() == outside)
			return nsm_fail_text(config->ctx, -EOPNOTSUPP, "sysctl", NSMGR_PID, config->sysctls[i].key,
					     "belongs to the whole host before Linux 6.14");
	return 0;
}

/* The /proc of the new pid namespace. The old one is made private first: with a shared / the new mount would
 * cover the host's (KERNEL section 9). */
static int mount_proc(struct nsmgr_config *config)
{
	if (!nsm_config_makes(config, NSMGR_MNT) || config->no_proc)
		return 0;
	if (mount(NULL, "/proc", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return nsm_fail(config->ctx, -errno, "mount /proc", NSMGR_MNT, NULL);
	return 0;
}

int nsm_setup_keeper(struct nsmgr_config *config, ino_t pid_max_ino)
{
	int r = check_pid_max(config, pid_max_ino);

	if (r == 0)
		r = write_sysctls(config, true);
	return r < 0 ? r : mount_proc(config);
}

void nsm_setup_outdo_id(uint64_t floor)
{
	cpu_set_t here;
	int cpu = sched_getcpu();

	/* Ids come from batches of 4096 a CPU, which all types share: on this CPU they rise. */
	if (cpu >= 0) {
		CPU_ZERO(&here);
		CPU_SET((unsigned)cpu, &here);
		sched_setaffinity(0, sizeof(here), &here);
	}
	for (int round = 0; round < 3 * 4096; round++) {
		nsm_autoclose int fd = -EBADF;

		if (unshare(CLONE_NEWUTS) < 0)
			return; /* the unshare that matters will say why */
		fd = nsm_nsfd_open(AT_FDCWD, NSM_PROC_SELF "/ns/uts", false);
		if (fd < 0 || nsm_nsfd_id64(fd) > floor)
			return;
	}
}
