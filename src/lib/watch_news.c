/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/watch.h"

#include "base/text.h"

bool nsm_watch_tell(struct nsmgr_watch *watch, const struct nsm_news **ret)
{
	if (watch->news_first == watch->news_count) {
		watch->news_first = watch->news_count = 0;
		return false;
	}
	watch->told = watch->news[watch->news_first++];
	*ret = &watch->told;
	return true;
}

static int make_room(struct nsmgr_watch *watch)
{
	size_t size = watch->news_size ? watch->news_size * 2 : 64;
	struct nsm_news *news;

	if (watch->news_count < watch->news_size)
		return 0;
	news = realloc(watch->news, size * sizeof(*news));
	if (!news)
		return nsm_fail(watch->own, -ENOMEM, "watch", NSMGR_TYPE_NONE, watch->own->root);
	watch->news = news;
	watch->news_size = size;
	return 0;
}

int nsm_watch_news(struct nsmgr_watch *watch, enum nsmgr_event_kind kind, const struct nsm_watched *set, const char *old_name)
{
	bool appears = kind == NSMGR_EVENT_CREATED || kind == NSMGR_EVENT_ATTACHED || kind == NSMGR_EVENT_PRESENT;
	struct nsm_news *news;
	int r;

	if (watch->silent)
		return 0;
	r = make_room(watch);
	if (r < 0)
		return r;
	news = &watch->news[watch->news_count++];
	*news = (struct nsm_news){ .kind = kind, .types = appears ? set->types : 0 };
	if (kind == NSMGR_EVENT_DIED)
		news->init = set->init;
	nsm_copy(news->name, sizeof(news->name), set->name);
	nsm_copy(news->old_name, sizeof(news->old_name), old_name ? old_name : "");
	clock_gettime(CLOCK_REALTIME, &news->time);
	return 0;
}
