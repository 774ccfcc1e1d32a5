/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void nsm_close(int *fd)
{
	if (*fd >= 0) {
		int saved = errno;

		close(*fd);
		errno = saved;
	}
	*fd = -EBADF;
}

int nsm_dup(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	/* EINVAL: not even that number is below the limit. */
	if (copy < 0)
		return errno == EINVAL ? -EMFILE : -errno;
	return copy;
}

ssize_t nsm_read_text(int fd, char *buf, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, buf + len, size - len);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		len += (size_t)n;
		if (n == 0)
			break;
	}
	if (len == size)
		return -EFBIG;
	buf[len] = '\0';
	return (ssize_t)len;
}

ssize_t nsm_read_once(int fd, char *buf, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buf, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if ((size_t)n == size)
		return -EFBIG;
	buf[n] = '\0';
	return n;
}

ssize_t nsm_read_text_at(int dirfd, const char *path, char *buf, size_t size)
{
	nsm_autoclose int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return nsm_read_text(fd, buf, size);
}

ssize_t nsm_read_lines_at(int dirfd, const char *path, char *buf, size_t size)
{
	nsm_autoclose int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	size_t len = 0, column = 0;
	char part[4096];
	ssize_t n;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, part, sizeof(part))) > 0 || (n < 0 && errno == EINTR)) {
		for (ssize_t i = 0; i < n; i++) {
			column = part[i] == '\n' ? 0 : column + 1;
			if (column > NSM_LINE_SIZE)
				continue;
			if (len + 1 >= size)
				return -EFBIG;
			buf[len++] = part[i];
		}
	}
	if (n < 0)
		return -errno;
	buf[len] = '\0';
	return (ssize_t)len;
}

int nsm_write_once(int fd, const void *data, size_t size)
{
	ssize_t n;

	do
		n = write(fd, data, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == size ? 0 : -EIO;
}

int nsm_write_new_at(int dirfd, const char *path, bool mode_exact, const void *data, size_t size)
{
	nsm_autoclose int fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0 || (!mode_exact && fchmod(fd, 0644) < 0))
		return -errno;
	return nsm_write_once(fd, data, size);
}

int nsm_write_text_at(int dirfd, const char *path, const char *text)
{
	nsm_autoclose int fd = openat(dirfd, path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return nsm_write_once(fd, text, strlen(text));
}
