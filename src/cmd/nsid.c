/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/nsid.h"

#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

int nsid_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	return fd < 0 ? -errno : fd;
}

static int ask(int socket, int ns)
{
	struct {
		struct nlmsghdr header;
		struct rtgenmsg message;
		char padding[NLMSG_ALIGN(sizeof(struct rtgenmsg)) - sizeof(struct rtgenmsg)];
		struct rtattr attribute;
		int32_t fd;
	} request = {
		.header = { .nlmsg_len = sizeof(request), .nlmsg_type = RTM_GETNSID, .nlmsg_flags = NLM_F_REQUEST },
		.attribute = { .rta_len = RTA_LENGTH(sizeof(int32_t)), .rta_type = NETNSA_FD },
		.fd = ns,
	};

	return send(socket, &request, sizeof(request), 0) == (ssize_t)sizeof(request) ? 0 : -errno;
}

static int find_id(struct nlmsghdr *header, int32_t *ret_id)
{
	struct rtattr *attribute = (struct rtattr *)((char *)NLMSG_DATA(header) + NLMSG_ALIGN(sizeof(struct rtgenmsg)));
	int left = (int)NLMSG_PAYLOAD(header, NLMSG_ALIGN(sizeof(struct rtgenmsg)));

	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
		if (attribute->rta_type == NETNSA_NSID && RTA_PAYLOAD(attribute) >= sizeof(*ret_id)) {
			memcpy(ret_id, RTA_DATA(attribute), sizeof(*ret_id));
			return *ret_id == NETNSA_NSID_NOT_ASSIGNED ? -ENOENT : 0;
		}
	return -ENOENT;
}

int nsid_get(int socket, int ns, int32_t *ret_id)
{
	union {
		struct nlmsghdr header;
		char bytes[4096];
	} answer;
	ssize_t len;
	int r = ask(socket, ns);

	if (r < 0)
		return r;
	do
		len = recv(socket, &answer, sizeof(answer), 0);
	while (len < 0 && errno == EINTR);
	if (len < 0)
		return -errno;
	if (!NLMSG_OK(&answer.header, (size_t)len))
		return -EBADMSG;
	if (answer.header.nlmsg_type == NLMSG_ERROR)
		return ((struct nlmsgerr *)NLMSG_DATA(&answer.header))->error ?: -ENOENT;
	return find_id(&answer.header, ret_id);
}
