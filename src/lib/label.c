/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/config.h"
#include "lib/edge.h"
#include "lib/handle.h"
#include "lib/labels.h"
#include "lib/list.h"
#include "lib/stage.h"
#include "lib/sys.h"

int nsmgr_label_check(struct nsmgr_ctx *ctx, const struct nsmgr_label *label)
{
	int error;
	const char *fault = nsm_label_fault(label, &error);

	return fault ? nsm_fail_text(ctx, error, "label", NSMGR_TYPE_NONE, NULL, "'%.48s': %s", label->key, fault) : 0;
}

static int fail_size(struct nsmgr_ctx *ctx)
{
	return nsm_fail_text(ctx, -E2BIG, "label", NSMGR_TYPE_NONE, NULL,
			     "a set has at most %d labels, and %d bytes of them", NSMGR_LABELS_COUNT, NSMGR_LABELS_SIZE);
}

static int read_labels(const struct nsm_setdir *set, struct nsm_labels *ret)
{
	struct nsmgr_ctx *ctx = set->store->ctx;
	int r = nsm_labels_read(set->fd, ret);

	if (r == -EBADMSG)
		return nsm_fail_text(ctx, r, "label", NSMGR_TYPE_NONE, NULL,
				     "its file " NSM_LABELS_FILE " is damaged (cure: delete '%s/%s/" NSM_LABELS_FILE "')",
				     ctx->root, set->name);
	return r < 0 ? nsm_fail(ctx, r, "label", NSMGR_TYPE_NONE, NULL) : 0;
}

/* ---- changing ---- */

/* By a file made in a stage and one rename, so that no reader sees half of it, and a watch of the directory one event. Without
 * labels the file is empty, for that is an event too. */
static int put_in_place(struct nsm_store *store, const struct nsm_setdir *set, const struct nsm_labels *labels)
{
	nsm_autostage struct nsm_stage stage = NSM_STAGE_OF(store);
	int r = nsm_stage_begin(&stage);

	if (r == 0)
		r = nsm_stage_write_labels(&stage, labels);
	return r < 0 ? r : nsm_stage_move_labels(&stage, set->fd);
}

static int change(struct nsm_store *store, const char *name, const struct nsmgr_label changes[], size_t count)
{
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	struct nsm_labels before, after;
	int r = nsm_setdir_open(store, name, &set);

	if (r == 0)
		r = read_labels(&set, &before);
	if (r < 0)
		return r;
	after = before;
	for (size_t i = 0; i < count; i++)
		if (nsm_labels_put(&after, &changes[i]) < 0)
			return fail_size(store->ctx);
	if (before.len == after.len && memcmp(before.text, after.text, after.len) == 0)
		return 0;
	return put_in_place(store, &set, &after);
}

static int set_labels(struct nsmgr_ctx *ctx, const char *name, const struct nsmgr_label changes[], size_t count)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	sigset_t signals;
	int r = nsmgr_check_name(ctx, name);

	for (size_t i = 0; r == 0 && i < count; i++)
		r = nsmgr_label_check(ctx, &changes[i]);
	if (r < 0)
		return r;
	r = nsm_store_open_rw(ctx, false, false, &store);
	if (r == -ENOENT)
		return nsm_fail_text(ctx, r, "open", NSMGR_TYPE_NONE, NULL, "no such set");
	if (r == 0)
		r = nsm_store_begin_changes(&store);
	/* Held from before they are read: of two writers the second sees what the first wrote. */
	if (r == 0)
		r = nsm_store_lock(&store, true);
	if (r < 0)
		return r;
	nsm_sys_block_signals(&signals);
	r = change(&store, name, changes, count);
	nsm_sys_restore_signals(&signals);
	return r;
}

int nsmgr_label_set(struct nsmgr_ctx *ctx, const char *name, const struct nsmgr_label changes[], size_t count)
{
	return nsm_edge(ctx, NSM_EDGE_label_set, set_labels(ctx, name, changes, count));
}

/* ---- reading ---- */

struct nsmgr_labels {
	struct nsm_labels labels;
	struct nsmgr_label at;
};

static int read_set(struct nsm_store *store, const char *name, struct nsmgr_labels **ret_labels)
{
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	nsm_autofree struct nsmgr_labels *labels = NULL;
	int r = nsm_setdir_open(store, name, &set);

	if (r < 0)
		return r;
	labels = calloc(1, sizeof(*labels));
	if (!labels)
		return nsm_fail(store->ctx, -ENOMEM, "label", NSMGR_TYPE_NONE, NULL);
	r = read_labels(&set, &labels->labels);
	if (r == 0)
		*ret_labels = take_ptr(labels);
	return r;
}

static int read_named(struct nsmgr_ctx *ctx, const char *name, struct nsmgr_labels **ret_labels)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	int r = nsm_store_open_for(ctx, name, &store);

	return r < 0 ? r : read_set(&store, name, ret_labels);
}

int nsmgr_labels_new(struct nsmgr_ctx *ctx, const char *name, struct nsmgr_labels **ret_labels)
{
	return nsm_edge(ctx, NSM_EDGE_labels_new, read_named(ctx, name, ret_labels));
}

int nsmgr_list_labels(struct nsmgr_list *list, const char *name, struct nsmgr_labels **ret_labels)
{
	struct nsm_store *store = nsm_list_store(list);
	int r = store->root < 0 ? nsm_fail_text(store->ctx, -ENOENT, "open", NSMGR_TYPE_NONE, NULL, "no such set")
				: read_set(store, name, ret_labels);

	return nsm_edge(store->ctx, NSM_EDGE_list_labels, r);
}

void nsmgr_labels_free(struct nsmgr_labels *labels)
{
	free(labels);
}

int nsmgr_labels_next(struct nsmgr_labels *labels, struct nsmgr_label *ret_label)
{
	if (!nsm_labels_next(&labels->labels, &labels->at)) {
		labels->at = (struct nsmgr_label){ NULL, NULL };
		return 1;
	}
	*ret_label = labels->at;
	return 0;
}

const char *nsmgr_labels_value(const struct nsmgr_labels *labels, const char *key)
{
	struct nsmgr_label label = { NULL, NULL };

	while (nsm_labels_next(&labels->labels, &label))
		if (nsm_streq(label.key, key))
			return label.value;
	return NULL;
}

/* ---- for sets to be made ---- */

int nsmgr_config_label(struct nsmgr_config *config, const char *key, const char *value)
{
	const struct nsmgr_label label = { key, value };
	int r = nsmgr_label_check(config->ctx, &label);

	if (r < 0)
		return r;
	if (!value)
		return nsm_fail_text(config->ctx, -EINVAL, "label", NSMGR_TYPE_NONE, NULL, "'%.48s': has no value", key);
	if (!config->labels)
		config->labels = calloc(1, sizeof(*config->labels));
	if (!config->labels)
		return nsm_fail(config->ctx, -ENOMEM, "label", NSMGR_TYPE_NONE, NULL);
	return nsm_labels_put(config->labels, &label) < 0 ? fail_size(config->ctx) : 0;
}

int nsm_config_refuse_labels(struct nsmgr_config *config)
{
	return config->labels ? nsm_fail_text(config->ctx, -EINVAL, "label", NSMGR_TYPE_NONE, NULL,
					      "a set without a name has no labels")
			      : 0;
}
