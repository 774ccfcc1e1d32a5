/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/config.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/nstype.h"
#include "lib/offset.h"
#include "lib/sysctl.h"

int nsmgr_config_new(struct nsmgr_ctx *ctx, struct nsmgr_config **ret_config)
{
	struct nsmgr_config *config = calloc(1, sizeof(*config));

	if (!config)
		return nsm_fail(ctx, -ENOMEM, "configuration", NSMGR_TYPE_NONE, NULL);
	config->ctx = nsmgr_ref(ctx);
	for NSM_EACH_TYPE (type)
		config->source[type] = config->base[type] = -EBADF;
	*ret_config = config;
	return 0;
}

void nsmgr_config_free(struct nsmgr_config *config)
{
	if (!config)
		return;
	for NSM_EACH_TYPE (type) {
		nsm_close(&config->source[type]);
		nsm_close(&config->base[type]);
	}
	for (size_t i = 0; i < config->sysctl_count; i++) {
		free(config->sysctls[i].key);
		free(config->sysctls[i].value);
	}
	free(config->maps[NSMGR_UID]);
	free(config->maps[NSMGR_GID]);
	free(config->maps[NSMGR_PROJID]);
	free(config->labels);
	nsm_config_free_cgroup(config);
	nsm_handed_close(&config->handed);
	free(config->profile);
	nsmgr_unref(config->ctx);
	free(config);
}

void nsmgr_config_make(struct nsmgr_config *config, enum nsmgr_type type)
{
	if (nsmgr_type_name(type))
		config->make |= NSMGR_MASK(type);
}

void nsmgr_config_make_rest(struct nsmgr_config *config)
{
	config->make_rest = true;
}

unsigned nsmgr_config_types(const struct nsmgr_config *config)
{
	return config->make | config->pin;
}

int nsmgr_config_offset(struct nsmgr_config *config, clockid_t clock, const struct timespec *offset)
{
	int r = nsm_offset_check(config->ctx, clock, offset);

	if (r < 0)
		return r;
	config->asked[NSMGR_TIME]++;
	*(clock == CLOCK_MONOTONIC ? &config->monotonic : &config->boottime) =
		(struct nsm_offset){ .set = true, .value = *offset };
	return 0;
}

static int set_uts_name(struct nsmgr_config *config, struct nsm_uts_name *name, const char *what, const char *text)
{
	config->asked[NSMGR_UTS]++;
	if (!nsm_copy(name->text, sizeof(name->text), text))
		return nsm_fail_text(config->ctx, -ENAMETOOLONG, what, NSMGR_UTS, NULL, "has at most %d bytes",
				     NSM_HOSTNAME_SIZE - 1);
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return nsm_fail_text(config->ctx, -EINVAL, what, NSMGR_UTS, NULL,
					     "has neither blanks nor control characters");
	name->set = true;
	return 0;
}

int nsmgr_config_hostname(struct nsmgr_config *config, const char *name)
{
	return set_uts_name(config, &config->hostname, "hostname", name);
}

int nsmgr_config_domainname(struct nsmgr_config *config, const char *name)
{
	return set_uts_name(config, &config->domainname, "domainname", name);
}

void nsmgr_config_loopback(struct nsmgr_config *config, bool up)
{
	config->asked[NSMGR_NET]++;
	config->no_loopback = !up;
}

void nsmgr_config_propagation(struct nsmgr_config *config, enum nsmgr_propagation propagation)
{
	if (propagation < NSMGR_PRIVATE || propagation > NSMGR_UNCHANGED)
		return;
	config->asked[NSMGR_MNT]++;
	config->propagation = propagation;
}

void nsmgr_config_proc(struct nsmgr_config *config, bool mount)
{
	config->asked[NSMGR_MNT]++;
	config->no_proc = !mount;
}

void nsmgr_config_keeper_stays(struct nsmgr_config *config, bool stays)
{
	config->asked[NSMGR_PID]++;
	config->keeper_stays = stays;
}

void nsmgr_config_ip_netns(struct nsmgr_config *config, bool wanted)
{
	config->ip_netns = wanted;
}

int nsmgr_config_sysctl(struct nsmgr_config *config, const char *key, const char *value)
{
	const struct nsm_sysctl_rule *rule = nsm_sysctl_find(key);
	struct nsm_sysctl *sysctl = &config->sysctls[config->sysctl_count];
	char path[256];

	if (nsm_sysctl_path(key, path, sizeof(path)) < 0)
		return nsm_fail_text(config->ctx, -EINVAL, "sysctl", NSMGR_TYPE_NONE, key, "malformed key");
	if (!rule)
		return nsm_fail_text(config->ctx, -EINVAL, "sysctl", NSMGR_TYPE_NONE, key,
				     "not a key of a namespace that a set can have%s",
				     nsm_after(key, "kernel.hostname") || nsm_after(key, "kernel.domainname")
					     ? " (use --hostname, --domainname)"
					     : "");
	if (!*value || strchr(value, '\n'))
		return nsm_fail_text(config->ctx, -EINVAL, "sysctl", rule->type, key,
				     "a value is not empty, and has no newline");
	if (config->sysctl_count == NSM_SYSCTL_COUNT)
		return nsm_fail_text(config->ctx, -E2BIG, "sysctl", rule->type, key, "at most %d sysctls",
				     NSM_SYSCTL_COUNT);
	sysctl->key = strdup(key);
	sysctl->value = strdup(value);
	if (!sysctl->key || !sysctl->value) {
		free(sysctl->key);
		free(sysctl->value);
		return nsm_fail(config->ctx, -ENOMEM, "sysctl", rule->type, key);
	}
	config->sysctl_count++;
	config->asked[rule->type]++;
	return 0;
}

int nsmgr_config_check(struct nsmgr_config *config)
{
	unsigned both = config->make & config->pin;

	if (config->make_rest)
		config->make |= NSMGR_MASK_ALL & ~config->pin;
	/* What is asked of a clock or a host name says itself which type it means. */
	for NSM_EACH_TYPE (type)
		if (config->asked[type] && (type == NSMGR_TIME || type == NSMGR_UTS) &&
		    !(config->pin & NSMGR_MASK(type)))
			config->make |= NSMGR_MASK(type);
	nsm_config_take_base(config);
	for NSM_EACH_TYPE (type) {
		if (both & NSMGR_MASK(type))
			return nsm_fail_text(config->ctx, -EINVAL, "configuration", type, NULL,
					     "asked to be both new and an existing one");
		if (config->asked[type] && !(config->make & NSMGR_MASK(type)))
			return nsm_fail_text(config->ctx, -EINVAL, "configuration", type, NULL,
					     config->pin & NSMGR_MASK(type)
						     ? "set-up is only for a namespace that the set makes, not for a pinned one"
						     : "set-up needs --%s",
					     nsm_nstypes[type].name);
	}
	if (!nsmgr_config_types(config))
		return nsm_fail_text(config->ctx, -EINVAL, "configuration", NSMGR_TYPE_NONE, NULL,
				     "no type is asked for: give --net, --uts ... or --all");
	if (config->ip_netns && !(nsmgr_config_types(config) & NSMGR_MASK(NSMGR_NET)))
		return nsm_fail_text(config->ctx, -EINVAL, "configuration", NSMGR_NET, NULL,
				     "a name for ip netns needs a network namespace");
	return nsm_config_check_cgroup(config);
}
