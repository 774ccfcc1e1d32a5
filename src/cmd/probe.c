/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/probe.h"

#include "base/text.h"

#include <blkid.h>

static void free_probe(blkid_probe *probe)
{
	if (*probe)
		blkid_free_probe(*probe);
}

static const char *look_up(blkid_probe probe, const char *name)
{
	const char *value;

	return blkid_probe_lookup_value(probe, name, &value, NULL) == 0 ? value : NULL;
}

static int judge(blkid_probe probe, char ret_type[PROBE_TYPE_SIZE])
{
	const char *type = look_up(probe, "TYPE"), *usage = look_up(probe, "USAGE"), *table = look_up(probe, "PTTYPE");

	if (!type && table) {
		nsm_copy(ret_type, PROBE_TYPE_SIZE, table);
		return PROBE_OTHER;
	}
	if (!type)
		return PROBE_NOTHING;
	nsm_copy(ret_type, PROBE_TYPE_SIZE, type);
	return usage && !nsm_streq(usage, "filesystem") ? PROBE_OTHER : PROBE_FOUND;
}

int probe_type(int fd, uint64_t offset, uint64_t size, char ret_type[PROBE_TYPE_SIZE])
{
	nsm_cleanup(free_probe) blkid_probe probe = blkid_new_probe();

	if (!probe)
		return -ENOMEM;
	errno = 0;
	if (blkid_probe_set_device(probe, fd, (blkid_loff_t)offset, (blkid_loff_t)size) != 0)
		return errno ? -errno : -EINVAL;
	blkid_probe_enable_superblocks(probe, true);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE);
	blkid_probe_enable_partitions(probe, true);
	switch (blkid_do_safeprobe(probe)) {
	case 0:
		return judge(probe, ret_type);
	case 1:
		return PROBE_NOTHING;
	case -2:
		return PROBE_AMBIGUOUS;
	default:
		return errno ? -errno : -EIO;
	}
}

bool probe_is_tag(const char *source)
{
	static const char *const tags[] = { "LABEL=", "UUID=", "PARTLABEL=", "PARTUUID=" };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(tags); i++)
		if (nsm_after(source, tags[i]))
			return true;
	return false;
}

int probe_find(const char *source, char **ret_device)
{
	nsm_autofree char *tag = NULL, *value = NULL;
	blkid_cache cache = NULL;
	char *device;

	if (blkid_parse_tag_string(source, &tag, &value) != 0 || !value)
		return -EINVAL;
	/* A cache of its own: the usual file may tell of yesterday's devices, and would be written to. */
	if (blkid_get_cache(&cache, "/dev/null") != 0)
		return -ENOMEM;
	device = blkid_get_devname(cache, tag, value);
	blkid_put_cache(cache);
	if (!device)
		return -ENOENT;
	*ret_device = device;
	return 0;
}

char *probe_device_path(uint64_t device)
{
	return blkid_devno_to_devname((dev_t)device);
}
