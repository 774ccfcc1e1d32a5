/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/apply_mounts.h"

#include "base/fd.h"
#include "base/parse.h"
#include "cmd/apply.h"
#include "cmd/recipe_full.h"
#include "cmd/sys_mount.h"

#include <fcntl.h>

struct comparison {
	struct mount_list inside, ours;
	struct places *places;
	struct nsm_text *reason;
};

static bool has_word(const char *options, const char *word)
{
	size_t len = strlen(word);

	for (; *options; options += *options == ',') {
		size_t here = strcspn(options, ",");

		if (here == len && strncmp(options, word, len) == 0)
			return true;
		options += here;
	}
	return false;
}

/* The mount that a bind is of now; NULL: unknown. */
static const struct mount_entry *source_of(const struct mount_list *ours, const struct source *source)
{
	char path[64], info[512];
	struct nsm_text text = NSM_TEXT(path);
	const char *id;
	uint64_t value;

	nsm_text_add(&text, "/proc/self/fdinfo/%d", source->fd);
	if (nsm_read_text_at(AT_FDCWD, path, info, sizeof(info)) < 0)
		return NULL;
	id = strstr(info, "mnt_id:\t");
	if (!id)
		return NULL;
	id += sizeof("mnt_id:\t") - 1;
	return nsm_parse_u64_prefix(&id, &value) == 0 && value <= INT_MAX ? mount_list_by_id(ours, (int)value) : NULL;
}

/* NULL: it may be of any. */
static const char *type_of(const struct entry *entry)
{
	switch (entry->kind) {
	case ENTRY_BIND:
		return NULL;
	case ENTRY_DEV:
		return "tmpfs";
	case ENTRY_FS:
		return image_type(entry->image);
	default:
		return entry_option(entry); /* has the name of the file system */
	}
}

static void compare_kind(const struct comparison *comparison, const struct entry *entry, const struct mount_entry *mount,
			 const struct mount_entry *source)
{
	const char *type = type_of(entry);

	if (type && !nsm_streq(type, mount->type))
		apply_differ(comparison->reason, "%s is %s instead of %s", entry->target, mount->type, type);
	else if (source && source->dev != mount->dev)
		apply_differ(comparison->reason, "%s is not of %s", entry->target, entry->source.path);
}

/* What is asked for has to be there. Anything more may be locked by the surroundings, but for who can write: a tmpfs of the set's own
 * begins so, and a bind as its source is. */
static void compare_attributes(const struct comparison *comparison, const struct entry *entry, const struct mount_entry *mount,
			       const struct mount_entry *source)
{
	static const struct {
		unsigned attribute;
		const char *word;
	} attributes[] = {
		{ SYS_ATTR_RDONLY, "ro" },
		{ SYS_ATTR_NOSUID, "nosuid" },
		{ SYS_ATTR_NODEV, "nodev" },
		{ SYS_ATTR_NOEXEC, "noexec" },
	};
	unsigned set = entry->image ? image_mount_opts(entry->image)->set : entry->opts.set;
	bool own = entry->kind == ENTRY_TMPFS || entry->kind == ENTRY_DEV;

	for (size_t i = 0; i < NSM_ARRAY_SIZE(attributes); i++)
		if ((set & attributes[i].attribute) && !has_word(mount->options, attributes[i].word))
			apply_differ(comparison->reason, "%s is not %s", entry->target, attributes[i].word);
	if (!(set & SYS_ATTR_RDONLY) && has_word(mount->options, "ro") && (own || (source && !has_word(source->options, "ro"))))
		apply_differ(comparison->reason, "%s is ro", entry->target);
}

static void compare(const struct comparison *comparison, const struct entry *entry, const char *place)
{
	const struct mount_entry *mount = mount_list_at(&comparison->inside, place);
	const struct mount_entry *source = entry->kind == ENTRY_BIND ? source_of(&comparison->ours, &entry->source) : NULL;

	if (!mount)
		return;
	if (!nsm_streq(mount->target, place)) {
		apply_differ(comparison->reason, "nothing is mounted at %s", entry->target);
		return;
	}
	compare_kind(comparison, entry, mount, source);
	compare_attributes(comparison, entry, mount, source);
}

static bool is_mount(const struct entry *entry)
{
	return entry->kind != ENTRY_FILE && entry->kind != ENTRY_DIR && entry->kind != ENTRY_SYMLINK && !entry->of_keeper;
}

/* Links can make two targets one place: what was mounted there last is seen. */
static bool is_covered(const struct comparison *comparison, size_t at)
{
	const struct layout *layout = comparison->places->layout;

	for (size_t i = at + 1; i < layout->count; i++)
		if (is_mount(&layout->entries[i]) && nsm_streq(comparison->places->paths[i], comparison->places->paths[at]))
			return true;
	return false;
}

static void compare_all(const struct comparison *comparison)
{
	const struct layout *layout = comparison->places->layout;

	for (size_t i = 0; i < layout->count; i++)
		if (is_mount(&layout->entries[i]) && comparison->places->paths[i][0] && !is_covered(comparison, i))
			compare(comparison, &layout->entries[i], comparison->places->paths[i]);
}

void apply_compare_mounts(const struct recipe *recipe, const struct facts *facts, struct nsm_text *reason)
{
	struct comparison comparison = { .reason = reason };

	if (!recipe->full || !recipe->full->layout.count || !(facts->seen & NSMGR_MASK(NSMGR_MNT)))
		return;
	comparison.places = places_find(facts, &recipe->full->layout);
	if (comparison.places && mount_list_read(facts->inside->mounts, &comparison.inside) == 0 &&
	    mount_list_read(NULL, &comparison.ours) == 0)
		compare_all(&comparison);
	places_free(&comparison.places);
	mount_list_free(&comparison.inside);
	mount_list_free(&comparison.ours);
}
