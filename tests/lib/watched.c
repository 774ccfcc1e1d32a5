/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "watched.h"

#include "fixture.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

void account_begin(struct account *account, unsigned flags)
{
	*account = (struct account){ 0 };
	ck_assert_msg(nsmgr_watch_new(fixture.ctx, flags, &account->watch) == 0, "watch: %s",
		      nsmgr_get_failure(fixture.ctx)->text);
}

void account_end(struct account *account)
{
	nsmgr_watch_free(account->watch);
	free(account->names);
}

static size_t place_of(const struct account *account, const char *name)
{
	size_t i = 0;

	while (i < account->count && strcmp(account->names[i], name) != 0)
		i++;
	return i;
}

static void add(struct account *account, const char *name)
{
	ck_assert_msg(place_of(account, name) == account->count, "%s is there already", name);
	if (account->count == account->size) {
		account->size += 256;
		account->names = realloc(account->names, account->size * sizeof(*account->names));
		ck_assert_ptr_nonnull(account->names);
	}
	strcpy(account->names[account->count++], name);
}

static void take_away(struct account *account, const char *name)
{
	size_t place = place_of(account, name);

	ck_assert_msg(place < account->count, "%s is not there", name);
	memcpy(account->names[place], account->names[--account->count], sizeof(*account->names));
}

static void replay(struct account *account, const struct nsmgr_event *event)
{
	ck_assert_int_eq(event->kind == NSMGR_EVENT_RENAMED, event->old_name != NULL);
	ck_assert_int_gt(event->time.tv_sec, 0);
	switch (event->kind) {
	case NSMGR_EVENT_PRESENT:
	case NSMGR_EVENT_CREATED:
	case NSMGR_EVENT_ATTACHED:
		add(account, event->name);
		break;
	case NSMGR_EVENT_RENAMED:
		take_away(account, event->old_name);
		add(account, event->name);
		break;
	case NSMGR_EVENT_REMOVED:
		take_away(account, event->name);
		break;
	case NSMGR_EVENT_DIED:
	case NSMGR_EVENT_LABELLED:
		ck_assert_uint_lt(place_of(account, event->name), account->count);
		break;
	}
}

const char *account_read(struct account *account)
{
	struct nsmgr_event event;
	size_t len = 0;
	int r;

	account->told[0] = '\0';
	while ((r = nsmgr_watch_next(account->watch, &event)) > 0) {
		int n = snprintf(account->told + len, sizeof(account->told) - len, "%s%s %s%s%s", len ? ", " : "",
				 nsmgr_event_kind_name(event.kind), event.old_name ? event.old_name : "",
				 event.old_name ? " " : "", event.name);

		replay(account, &event);
		len += (size_t)n < sizeof(account->told) - len ? (size_t)n : 0;
		account->counts[event.kind]++;
		account->last = event;
	}
	ck_assert_msg(r == 0, "watch: %s: %s", nsmgr_get_failure(fixture.ctx)->step, nsmgr_get_failure(fixture.ctx)->text);
	return account->told;
}

bool account_is_ready(const struct account *account)
{
	struct pollfd fd = { .fd = nsmgr_watch_fd(account->watch), .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

const char *account_await(struct account *account)
{
	struct pollfd fd = { .fd = nsmgr_watch_fd(account->watch), .events = POLLIN };

	/* What wakes us may be nothing to tell. */
	for (int i = 0; i < 50 && !*account_read(account); i++)
		ck_assert_msg(poll(&fd, 1, 5000) == 1, "nothing is told");
	return account->told;
}

void assert_account_is_right(struct account *account)
{
	struct nsmgr_list *list;
	const char *name;
	size_t count;

	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, 0, &list), 0);
	nsmgr_list_names(list, &count);
	ck_assert_uint_eq(account->count, count);
	while (nsmgr_list_next(list, &name) == 0)
		ck_assert_msg(place_of(account, name) < count, "%s was not told of", name);
	nsmgr_list_free(list);
}
