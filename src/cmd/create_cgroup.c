/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/create_opts.h"

#include "base/parse.h"
#include "base/text.h"

/* Options of a set's cgroup: those with a unit of their own become what the kernel's files take. cgroups(7) */

#define CPU_PERIOD 100000 /* microseconds: the kernel's own */
#define CPU_LEAST 1000	  /* that it takes as a quota */

static int refuse(const struct app *app, const char *option, const char *value, const char *want)
{
	return say_usage(app, "--%s: '%s' is not %s", option, value, want);
}

static int set(const struct app *app, struct nsmgr_config *config, const char *file, const char *value)
{
	return nsmgr_config_cgroup_set(config, file, value) < 0 ? say_refusal(app, NULL) : STATUS_DONE;
}

static int set_number(const struct app *app, struct nsmgr_config *config, const char *file, uint64_t number)
{
	char buf[32];
	struct nsm_text text = NSM_TEXT(buf);

	nsm_text_add(&text, "%llu", (unsigned long long)number);
	return set(app, config, file, buf);
}

/* 1.5 processors are 150 ms of each 100 ms. */
static int set_cpu(const struct app *app, struct nsmgr_config *config, const char *value)
{
	struct timespec cpus;
	uint64_t quota;
	char buf[64];
	struct nsm_text text = NSM_TEXT(buf);

	if (nsm_streq(value, "max"))
		return set(app, config, "cpu.max", value);
	if (nsm_parse_duration(value, &cpus) < 0 || cpus.tv_sec > 1000000)
		return refuse(app, "cpu", value, "a number of processors, as 2 or 0.5, or max");
	quota = (uint64_t)cpus.tv_sec * CPU_PERIOD + (uint64_t)cpus.tv_nsec / (1000000000 / CPU_PERIOD);
	if (quota < CPU_LEAST)
		return refuse(app, "cpu", value, "at least 0.01");
	nsm_text_add(&text, "%llu %d", (unsigned long long)quota, CPU_PERIOD);
	return set(app, config, "cpu.max", buf);
}

static int set_memory(const struct app *app, struct nsmgr_config *config, const char *value)
{
	const char *p = value;
	uint64_t size;

	if (nsm_streq(value, "max"))
		return set(app, config, "memory.max", value);
	if (nsm_parse_size_prefix(&p, &size) == 0 && !*p && size && size <= INT64_MAX)
		return set_number(app, config, "memory.max", size);
	return refuse(app, "memory", value, "a size in bytes, or with K, M, G or T behind it, or max");
}

static int set_pids(const struct app *app, struct nsmgr_config *config, const char *value)
{
	uint32_t count;

	if (nsm_streq(value, "max"))
		return set(app, config, "pids.max", value);
	if (nsm_parse_u32(value, &count) < 0 || count == 0)
		return refuse(app, "pids", value, "a number of processes, or max");
	return set_number(app, config, "pids.max", count);
}

static int set_file(const struct app *app, struct nsmgr_config *config, const char *value)
{
	const char *equals = strchr(value, '=');
	char file[256];

	if (!equals || equals == value || (size_t)(equals - value) >= sizeof(file))
		return refuse(app, "cgroup-set", value, "FILE=VALUE");
	memcpy(file, value, (size_t)(equals - value));
	file[equals - value] = '\0';
	return set(app, config, file, equals + 1);
}

int create_cgroup_option(const struct app *app, struct nsmgr_config *config, int id, const char *value)
{
	switch (id) {
	case CREATE_CGROUP_PATH:
		return nsmgr_config_cgroup_path(config, value) < 0 ? say_refusal(app, NULL) : STATUS_DONE;
	case CREATE_CGROUP_NEW:
		nsmgr_config_cgroup_new(config);
		return STATUS_DONE;
	case CREATE_CGROUP_OPTIONAL:
		nsmgr_config_cgroup_optional(config, true);
		return STATUS_DONE;
	case CREATE_CPU:
		return set_cpu(app, config, value);
	case CREATE_MEMORY:
		return set_memory(app, config, value);
	case CREATE_PIDS:
		return set_pids(app, config, value);
	default:
		return set_file(app, config, value);
	}
}
