/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_BASE_FD_H
#define NSM_BASE_FD_H

#include "base/macro.h"

#include <sys/types.h>

/* Closes *fd if it is one, keeps errno, leaves -EBADF. */
void nsm_close(int *fd);

#define nsm_autoclose nsm_cleanup(nsm_close)

/* One more descriptor of the same file, close-on-exec, or -errno. It is no standard one, which a program that has closed
 * its own would write to. */
int nsm_dup(int fd);

/* Fills `buf` with what is left of a file and a closing NUL. Returns the length, -EFBIG when it does
 * not fit, or -errno. */
ssize_t nsm_read_text(int fd, char *buf, size_t size);

/* The same for a path below `dirfd` (symbolic links are followed; meant for /proc and /etc). */
ssize_t nsm_read_text_at(int dirfd, const char *path, char *buf, size_t size);

/* The same, but of lines that are longer than NSM_LINE_SIZE bytes only that much: in /proc/PID/status that of the groups may have any
 * length, and nobody asks for it. */
#define NSM_LINE_SIZE 256
ssize_t nsm_read_lines_at(int dirfd, const char *path, char *buf, size_t size);

/* Like nsm_read_text() with a single read(2), which is all of a regular file, and of a file of /proc that is one short value. */
ssize_t nsm_read_once(int fd, char *buf, size_t size);

/* Writes all of it with one write(2): proc files take a value whole or not at all. */
int nsm_write_once(int fd, const void *data, size_t size);

/* Makes a new file of mode 0644 below `dirfd`, which nobody else has, and writes all of it once. With `mode_exact` the umask is
 * known to be 0. */
int nsm_write_new_at(int dirfd, const char *path, bool mode_exact, const void *data, size_t size);

/* Opens `path` for writing, without creating it, and writes `text` once. */
int nsm_write_text_at(int dirfd, const char *path, const char *text);

#endif
