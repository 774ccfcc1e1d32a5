/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_TRIM_H
#define NSM_LIB_TRIM_H

/* Gives back the memory of a process that does nothing any more: the pages of its program, which can be read again, and
 * the stack below the caller's frame. A keeper needs half a dozen pages of code out of some thirty. */
void nsm_trim_memory(void);

#endif
