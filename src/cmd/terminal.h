/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_TERMINAL_H
#define NSM_CMD_TERMINAL_H

#include <stdbool.h>

/* The terminal that is our standard input, if that is one. Signals are blocked meanwhile, as by supervise_begin(). */

/* Keys come as they are, without an echo. In the background we stop before, until we are not. false: it is not to be read, for
 * we stay there. */
bool terminal_make_raw(void);

/* As it was; nothing where it is not raw. */
void terminal_restore(void);

/* Also when a fault of ours ends us. */
void terminal_catch_faults(void);

bool terminal_is_in_background(void);

/* Lets a signal that stops do so, the terminal as it was, as if we had no part in it: where nobody could continue us, the kernel
 * goes on with us. */
void terminal_suspend(int signal);

#endif
