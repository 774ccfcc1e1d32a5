/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#if defined(__x86_64__)

bool can_inject(void) { return true; }

static bool get(pid_t pid, struct user_regs_struct *regs)
{
	return ptrace(PTRACE_GETREGS, pid, NULL, regs) == 0;
}

bool skip_call(pid_t pid)
{
	struct user_regs_struct regs;

	if (!get(pid, &regs))
		return false;
	regs.orig_rax = ~0ull;
	return ptrace(PTRACE_SETREGS, pid, NULL, &regs) == 0;
}

static bool set_first(pid_t pid, unsigned long long value, unsigned long long *ret_old)
{
	struct user_regs_struct regs;

	if (!get(pid, &regs))
		return false;
	*ret_old = regs.rdi;
	regs.rdi = value;
	return ptrace(PTRACE_SETREGS, pid, NULL, &regs) == 0;
}

bool clear_first_argument(pid_t pid, unsigned long long *ret_old) { return set_first(pid, 0, ret_old); }

bool restore_first_argument(pid_t pid, unsigned long long old) { return set_first(pid, old, &old); }

bool set_result(pid_t pid, int error)
{
	struct user_regs_struct regs;

	if (!get(pid, &regs))
		return false;
	regs.rax = (unsigned long long)-(long long)error;
	return ptrace(PTRACE_SETREGS, pid, NULL, &regs) == 0;
}

#elif defined(__aarch64__)

#ifndef NT_ARM_SYSTEM_CALL
#define NT_ARM_SYSTEM_CALL 0x404
#endif

bool can_inject(void) { return true; }

bool skip_call(pid_t pid)
{
	int none = -1;
	struct iovec part = { &none, sizeof(none) };

	return ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &part) == 0;
}

static bool set_first(pid_t pid, unsigned long long value)
{
	struct user_regs_struct regs;
	struct iovec part = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &part) < 0)
		return false;
	regs.regs[0] = value;
	return ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &part) == 0;
}

bool clear_first_argument(pid_t pid, unsigned long long *ret_old) { *ret_old = 0; return set_first(pid, 0); }

/* It is the register of the result. */
bool restore_first_argument(pid_t pid, unsigned long long old) { (void)pid; (void)old; return true; }

bool set_result(pid_t pid, int error) { return set_first(pid, (unsigned long long)-(long long)error); }

#else

bool can_inject(void) { return false; }

bool skip_call(pid_t pid) { (void)pid; return false; }

bool clear_first_argument(pid_t pid, unsigned long long *ret_old) { (void)pid; *ret_old = 0; return false; }

bool restore_first_argument(pid_t pid, unsigned long long old) { (void)pid; (void)old; return false; }

bool set_result(pid_t pid, int error) { (void)pid; (void)error; return false; }

#endif
