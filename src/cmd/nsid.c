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

/* Among the attributes behind the message; copied, as they need not be aligned as the compiler would have it. */
static int find_id(const char *at, size_t left, int32_t *ret_id)
{
	struct rtattr attribute;
	int32_t id;

	while (left >= sizeof(attribute)) {
		memcpy(&attribute, at, sizeof(attribute));
		if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > left)
			return -EBADMSG;
		if (attribute.rta_type == NETNSA_NSID && attribute.rta_len >= RTA_LENGTH(sizeof(id))) {
			memcpy(&id, at + RTA_LENGTH(0), sizeof(id));
			if (id == NETNSA_NSID_NOT_ASSIGNED)
				return -ENOENT;
			*ret_id = id;
			return 0;
		}
		if (RTA_ALIGN(attribute.rta_len) >= left)
			break;
		at += RTA_ALIGN(attribute.rta_len);
		left -= RTA_ALIGN(attribute.rta_len);
	}
	return -ENOENT;
}

int nsid_get(int socket, int ns, int32_t *ret_id)
{
	union {
		struct nlmsghdr header;
		char bytes[4096];
	} answer;
	const size_t before = NLMSG_SPACE(sizeof(struct rtgenmsg));
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
	if (answer.header.nlmsg_len < before)
		return -EBADMSG;
	return find_id(answer.bytes + before, answer.header.nlmsg_len - before, ret_id);
}
