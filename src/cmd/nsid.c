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

union answer {
	struct nlmsghdr header;
	char bytes[4096];
};

struct number {
	struct rtattr attribute;
	int32_t value;
};

#define NUMBER(of_type, of_value)                                                              \
	{ .attribute = { .rta_len = RTA_LENGTH(sizeof(int32_t)), .rta_type = (of_type) }, .value = (of_value) }

/* Sends a question about the namespace, or the order to give it an id, and takes the answer: its length. A
 * message of an error is whole. */
static ssize_t ask(int socket, uint16_t type, int ns, int32_t id, union answer *ret)
{
	struct {
		struct nlmsghdr header;
		struct rtgenmsg message;
		char padding[NLMSG_ALIGN(sizeof(struct rtgenmsg)) - sizeof(struct rtgenmsg)];
		struct number ns, id;
	} request = {
		.header = { .nlmsg_len = sizeof(request), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST },
		.ns = NUMBER(NETNSA_FD, ns),
		.id = NUMBER(NETNSA_NSID, id),
	};
	ssize_t len;

	if (type == RTM_GETNSID)
		request.header.nlmsg_len = offsetof(typeof(request), id);
	else
		request.header.nlmsg_flags |= NLM_F_ACK;
	if (send(socket, &request, request.header.nlmsg_len, 0) != (ssize_t)request.header.nlmsg_len)
		return -errno;
	do
		len = recv(socket, ret, sizeof(*ret), 0);
	while (len < 0 && errno == EINTR);
	if (len < 0)
		return -errno;
	if (!NLMSG_OK(&ret->header, (size_t)len))
		return -EBADMSG;
	if (ret->header.nlmsg_type == NLMSG_ERROR && ret->header.nlmsg_len < NLMSG_LENGTH(sizeof(struct nlmsgerr)))
		return -EBADMSG;
	return len;
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
	const size_t before = NLMSG_SPACE(sizeof(struct rtgenmsg));
	union answer answer;
	ssize_t len = ask(socket, RTM_GETNSID, ns, 0, &answer);

	if (len < 0)
		return (int)len;
	if (answer.header.nlmsg_type == NLMSG_ERROR)
		return ((struct nlmsgerr *)NLMSG_DATA(&answer.header))->error ?: -ENOENT;
	if (answer.header.nlmsg_len < before)
		return -EBADMSG;
	return find_id(answer.bytes + before, answer.header.nlmsg_len - before, ret_id);
}

int nsid_set(int socket, int ns, int32_t id)
{
	union answer answer;
	ssize_t len = ask(socket, RTM_NEWNSID, ns, id, &answer);

	if (len < 0)
		return (int)len;
	return answer.header.nlmsg_type == NLMSG_ERROR ? ((struct nlmsgerr *)NLMSG_DATA(&answer.header))->error : -EBADMSG;
}
