/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/devices.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/nsid.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>

/* The kernel makes its answers no longer than this, and as long as we can take. */
#define ANSWER_SIZE 32768

/* One message, or attribute: what is behind its header. */
struct piece {
	unsigned type;
	const char *data;
	size_t size;
};

/* Copied, as they need not be aligned as the compiler would have it. */
static bool next_attribute(struct piece *rest, struct piece *ret)
{
	struct rtattr header;
	size_t step;

	if (rest->size < sizeof(header))
		return false;
	memcpy(&header, rest->data, sizeof(header));
	if (header.rta_len < RTA_LENGTH(0) || header.rta_len > rest->size)
		return false;
	*ret = (struct piece){ header.rta_type, rest->data + RTA_LENGTH(0), header.rta_len - RTA_LENGTH(0) };
	step = RTA_ALIGN(header.rta_len) < rest->size ? RTA_ALIGN(header.rta_len) : rest->size;
	rest->data += step;
	rest->size -= step;
	return true;
}

/* Takes the fixed part off a message; what is left are its attributes. */
static bool take_head(struct piece *message, void *ret, size_t size)
{
	size_t step = NLMSG_ALIGN(size) < message->size ? NLMSG_ALIGN(size) : message->size;

	if (message->size < size)
		return false;
	memcpy(ret, message->data, size);
	message->data += step;
	message->size -= step;
	return true;
}

static void format_link(const struct piece *address, char *buf, size_t size)
{
	struct nsm_text text = { .buf = buf, .size = size };

	for (size_t i = 0; i < address->size; i++)
		nsm_text_add(&text, "%s%02x", i ? ":" : "", (unsigned char)address->data[i]);
}

static int add_device(struct inside *inside, struct piece message)
{
	struct device *device = &inside->devices[inside->device_count];
	struct ifinfomsg head;
	struct piece attribute;

	if (message.type != RTM_NEWLINK || !take_head(&message, &head, sizeof(head)))
		return -EBADMSG;
	if (inside->device_count == INSIDE_DEVICES) {
		inside->cut = true;
		return 0;
	}
	*device = (struct device){ .index = (unsigned)head.ifi_index, .flags = head.ifi_flags };
	while (next_attribute(&message, &attribute)) {
		if (attribute.type == IFLA_IFNAME && attribute.size <= sizeof(device->name))
			memcpy(device->name, attribute.data, attribute.size);
		else if (attribute.type == IFLA_ADDRESS)
			format_link(&attribute, device->address, sizeof(device->address));
	}
	device->name[sizeof(device->name) - 1] = '\0';
	inside->device_count++;
	return 0;
}

static bool has_device(const struct inside *inside, unsigned index)
{
	for (size_t i = 0; i < inside->device_count; i++)
		if (inside->devices[i].index == index)
			return true;
	return false;
}

/* Where a device leads to one other, IFA_ADDRESS is that one's; where both are the same, IFA_LOCAL may be missing. */
static bool find_address(struct piece message, size_t size, struct piece *ret)
{
	struct piece attribute;
	bool found = false, local = false;

	while (next_attribute(&message, &attribute)) {
		if (attribute.size != size || local || (attribute.type != IFA_LOCAL && attribute.type != IFA_ADDRESS))
			continue;
		*ret = attribute;
		found = true;
		local = attribute.type == IFA_LOCAL;
	}
	return found;
}

/* -EAGAIN: of a device that came after the devices were listed. */
static int add_address(struct inside *inside, struct piece message)
{
	struct address *address = &inside->addresses[inside->address_count];
	struct nsm_text text = NSM_TEXT(address->text);
	char shown[INET6_ADDRSTRLEN];
	struct ifaddrmsg head;
	struct piece found;

	if (message.type != RTM_NEWADDR || !take_head(&message, &head, sizeof(head)))
		return -EBADMSG;
	if ((head.ifa_family != AF_INET && head.ifa_family != AF_INET6) ||
	    !find_address(message, head.ifa_family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr), &found))
		return 0;
	if (!has_device(inside, head.ifa_index))
		return inside->cut ? 0 : -EAGAIN;
	if (inside->address_count == INSIDE_ADDRESSES) {
		inside->cut = true;
		return 0;
	}
	address->device = head.ifa_index;
	inet_ntop(head.ifa_family, found.data, shown, sizeof(shown));
	nsm_text_add(&text, "%s/%u", shown, head.ifa_prefixlen);
	inside->address_count++;
	return 0;
}

/* ---- the conversation ---- */

typedef int piece_fn(struct inside *inside, struct piece message);

static int ask_for_all(int socket, uint16_t type)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg message; /* longer than the one for addresses, which is zero as well */
	} request = {
		.header = { .nlmsg_len = sizeof(request), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
	};

	return send(socket, &request, sizeof(request), 0) == (ssize_t)sizeof(request) ? 0 : -errno;
}

static int error_of(const struct nlmsghdr *header, const char *data)
{
	int error = 0;

	if (header->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
		memcpy(&error, data, sizeof(error));
	return error < 0 ? error : -EBADMSG;
}

/* The messages of one answer. 1: there are more to come. -EAGAIN: the list changed while it was read. */
static int take_answer(struct inside *inside, const char *at, size_t left, piece_fn *add)
{
	struct nlmsghdr header;
	int r = 0;

	while (r == 0 && left >= sizeof(header)) {
		const char *data = at + NLMSG_HDRLEN;
		size_t step;

		memcpy(&header, at, sizeof(header));
		if (header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > left)
			return -EBADMSG;
		if (header.nlmsg_flags & NLM_F_DUMP_INTR)
			return -EAGAIN;
		if (header.nlmsg_type == NLMSG_DONE)
			return 0;
		if (header.nlmsg_type == NLMSG_ERROR)
			return error_of(&header, data);
		r = add(inside, (struct piece){ header.nlmsg_type, data, header.nlmsg_len - NLMSG_HDRLEN });
		step = NLMSG_ALIGN(header.nlmsg_len) < left ? NLMSG_ALIGN(header.nlmsg_len) : left;
		at += step;
		left -= step;
	}
	return r < 0 ? r : 1;
}

static int list(int socket, uint16_t type, struct inside *inside, piece_fn *add)
{
	char answer[ANSWER_SIZE];
	int r = ask_for_all(socket, type);

	if (r < 0)
		return r;
	do {
		ssize_t len = recv(socket, answer, sizeof(answer), MSG_TRUNC);

		if (len < 0 && errno != EINTR)
			return -errno;
		if (len > (ssize_t)sizeof(answer))
			return -EMSGSIZE;
		r = len < 0 ? 1 : take_answer(inside, answer, (size_t)len, add);
	} while (r > 0);
	return r;
}

/* A socket of its own each time: the rest of an answer that was not wanted goes with it. */
static int look_once(struct inside *inside)
{
	nsm_autoclose int socket = nsid_open();
	int r;

	inside->device_count = inside->address_count = 0;
	inside->cut = false;
	r = socket < 0 ? socket : list(socket, RTM_GETLINK, inside, add_device);
	return r < 0 ? r : list(socket, RTM_GETADDR, inside, add_address);
}

int look_at_devices(struct inside *inside)
{
	int r, tries = 16;

	do
		r = look_once(inside);
	while (r == -EAGAIN && --tries);
	return r;
}
