/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/sysctls.h"

#include "base/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

int sysctls_new(struct sysctls **ret)
{
	const int flags = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE;
	struct sysctls *sysctls = mmap(NULL, sizeof(*sysctls), PROT_READ | PROT_WRITE, flags, -1, 0);

	if (sysctls == MAP_FAILED)
		return -errno;
	*ret = sysctls;
	return 0;
}

void sysctls_free(struct sysctls **sysctls)
{
	if (*sysctls)
		munmap(*sysctls, sizeof(**sysctls));
	*sysctls = NULL;
}

/* '.' and '/' change places, as in sysctl(8). */
bool sysctls_add(struct sysctls *sysctls, const char *told, size_t key)
{
	struct sysctl *sysctl = &sysctls->array[sysctls->count];
	int before;

	if (sysctls->count == SYSCTLS_COUNT)
		return false;
	before = snprintf(sysctl->path, sizeof(sysctl->path), "/proc/sys/%.*s", (int)key, told);
	if (before < 0 || (size_t)before >= sizeof(sysctl->path))
		return false;
	for (char *p = sysctl->path + sizeof("/proc/sys/") - 1; *p; p++)
		*p = *p == '.' ? '/' : *p == '/' ? '.' : *p;
	sysctl->told = told;
	sysctls->count++;
	return true;
}

/* In the child, which has our mounts: the kernel shows those of the namespaces that the reader is in, whatever /proc it is. */
static int read_all(void *data)
{
	struct sysctls *sysctls = data;

	for (size_t i = 0; i < sysctls->count; i++) {
		struct sysctl *sysctl = &sysctls->array[i];

		sysctl->read = nsm_read_text_at(AT_FDCWD, sysctl->path, sysctl->value, sizeof(sysctl->value)) >= 0;
	}
	return 0;
}

int sysctls_read(struct nsmgr_ctx *ctx, const char *name, struct sysctls *sysctls)
{
	const unsigned types = NSMGR_MASK(NSMGR_NET) | NSMGR_MASK(NSMGR_IPC) | NSMGR_MASK(NSMGR_PID) | NSMGR_MASK(NSMGR_USER);
	struct nsmgr_status status;
	struct nsmgr_set *set;
	int r = nsmgr_set_open(ctx, name, types, 0, &set);

	if (r < 0)
		return r;
	r = nsmgr_call(set, types, read_all, sysctls, &status);
	nsmgr_set_close(set);
	return r;
}
