/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/signals.h"

#include <sys/syscall.h>
#include <unistd.h>

/* As the kernel counts them: 64, or 128 on MIPS. */
#define MASK_SIZE ((_NSIG - 1 + 7) / 8)

void nsm_signal_mask(int how, const sigset_t *set, sigset_t *ret_before)
{
	if (ret_before)
		sigemptyset(ret_before);
	syscall(SYS_rt_sigprocmask, how, set, ret_before, (size_t)MASK_SIZE);
}
