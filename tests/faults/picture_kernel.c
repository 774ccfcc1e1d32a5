/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "camera.h"

#include "place.h"
#include "props.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool read_file(const char *path, char *ret, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, ret, size - 1);

	if (fd >= 0)
		close(fd);
	ret[n > 0 ? n : 0] = '\0';
	return n >= 0;
}

/* ---- cgroups ---- */

/* The directory that those of sets are in may stay: there is one for all. */
static void look_at_cgroup(struct camera *camera, const char *dir, const char *name, struct part *part)
{
	char path[512], file[600], events[256];

	snprintf(path, sizeof(path), "%.250s/%.250s", dir, name);
	snprintf(file, sizeof(file), "%s/cgroup.events", path);
	if (!read_file(file, events, sizeof(events)))
		return;
	for (size_t i = 1; strcmp(dir, CGROUPS "/nsmgr") == 0 && i < camera->picture->count; i++)
		if (strcmp(camera->picture->parts[i].name, name) == 0)
			part = &camera->picture->parts[i];
	if (strcmp(path, CGROUPS "/nsmgr") != 0)
		note(part, "cgroup %s%s%s", path + strlen(CGROUPS), strstr(events, "populated 1") ? ", with processes" : "",
		     strstr(events, "frozen 1") ? ", frozen" : "");
	each_entry(camera, path, look_at_cgroup, part);
}

/* ---- ids of network namespaces ---- */

void look_at_nsid(struct part *part, const char *path)
{
	struct {
		struct nlmsghdr head;
		struct rtgenmsg message;
		struct rtattr attribute __attribute__((aligned(NLMSG_ALIGNTO)));
		int fd;
	} ask = {
		.head = { .nlmsg_len = sizeof(ask), .nlmsg_type = RTM_GETNSID, .nlmsg_flags = NLM_F_REQUEST },
		.attribute = { .rta_len = RTA_LENGTH(sizeof(int)), .rta_type = NETNSA_FD },
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), id = NETNSA_NSID_NOT_ASSIGNED;
	char answer[512] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *head = (const struct nlmsghdr *)(const void *)answer;
	const struct rtattr *attribute = (const struct rtattr *)(const void *)(answer + NLMSG_SPACE(sizeof(struct rtgenmsg)));

	ask.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && ask.fd >= 0 && send(fd, &ask, sizeof(ask), 0) == sizeof(ask) &&
	    recv(fd, answer, sizeof(answer), 0) > 0 && head->nlmsg_type == RTM_NEWNSID && attribute->rta_type == NETNSA_NSID)
		memcpy(&id, (const char *)attribute + RTA_LENGTH(0), sizeof(id));
	if (id != NETNSA_NSID_NOT_ASSIGNED)
		note(part, "net has id %d", id); /* the next that is free */
	if (ask.fd >= 0)
		close(ask.fd);
	if (fd >= 0)
		close(fd);
}

/* ---- what a command has found itself in ---- */

static void look_at_testimony(struct part *part)
{
	char text[4096], *rest;

	if (!read_file(TESTIMONY, text, sizeof(text)))
		return;
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		note_exactly(part, "command: %.500s", line);
}

void look_at_kernel(struct camera *camera)
{
	struct part *rest = &camera->picture->parts[0];

	look_at_testimony(rest);
	if (!place_lacks(NEED_CGROUP))
		each_entry(camera, CGROUPS, look_at_cgroup, rest);
	if (place_has_loop())
		note(rest, "a loop device has the image");
}
