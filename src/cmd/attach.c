/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "base/parse.h"
#include "base/text.h"

#include <unistd.h>

/* Ids below NSMGR_TYPE_COUNT are types. */
enum { OPT_ALL = NSMGR_TYPE_COUNT, OPT_EXIST_OK, OPT_IP_NETNS };

static const struct opt options[] = {
	{ "cgroup", 'C', NULL, NSMGR_CGROUP, "pin the cgroup namespace" },
	{ "ipc", 'i', NULL, NSMGR_IPC, "pin the ipc namespace" },
	{ "mnt", 'm', NULL, NSMGR_MNT, "pin the mount namespace" },
	{ "mount", 0, NULL, NSMGR_MNT, "the same as --mnt" },
	{ "net", 'n', NULL, NSMGR_NET, "pin the network namespace" },
	{ "pid", 'p', NULL, NSMGR_PID, "pin the pid namespace" },
	{ "time", 'T', NULL, NSMGR_TIME, "pin the time namespace" },
	{ "user", 'U', NULL, NSMGR_USER, "pin the user namespace" },
	{ "uts", 'u', NULL, NSMGR_UTS, "pin the uts namespace" },
	{ "all", 'a', NULL, OPT_ALL, "pin all of them (without TYPES too)" },
	{ "exist-ok", 0, NULL, OPT_EXIST_OK, "a set of that name with exactly these types is a success" },
	{ "ip-netns", 0, "[=NETNS]", OPT_IP_NETNS,
	  "without a source: /run/netns/NETNS (or NAME); with one: the network namespace is /run/netns/NAME as well" },
	COMMON_OPTIONS,
};

struct job {
	struct app *app;
	struct nsmgr_config *config;
	const char *operands[2]; /* NAME, SOURCE */
	size_t count;
	unsigned types, flags;
	bool ip_netns;
	const char *netns; /* another name than the set's */
};

static void free_job(struct job *job)
{
	nsmgr_config_free(job->config);
}

static int pin(struct job *job, const char *source)
{
	uint32_t pid;

	if (nsm_streq(source, "self"))
		return nsmgr_config_pin_process(job->config, job->types, getpid());
	if (!nsm_is_digits(source))
		return nsmgr_config_pin_path(job->config, job->types, source);
	if (nsm_parse_u32(source, &pid) < 0 || pid > INT32_MAX)
		pid = 0; /* nobody's */
	return nsmgr_config_pin_process(job->config, job->types, (pid_t)pid);
}

/* What ip netns has under a name, which is a network namespace and nothing else. */
static int pin_ip_netns(struct job *job)
{
	const char *name = job->netns ? job->netns : job->operands[0];
	char path[sizeof(NSMGR_IP_NETNS_DIR) + 256];
	struct nsm_text text = NSM_TEXT(path);

	nsm_text_add(&text, NSMGR_IP_NETNS_DIR "/%s", name);
	return nsmgr_config_pin(job->config, NSMGR_NET, path);
}

static int check_ip_netns(const struct job *job)
{
	bool has_source = job->count > 1;

	if (job->netns && has_source)
		return say_usage(job->app, "--ip-netns=%s is a source: no other goes with it", job->netns);
	if (job->netns && (!*job->netns || strchr(job->netns, '/') || nsm_streq(job->netns, ".") ||
			   nsm_streq(job->netns, "..") || strlen(job->netns) > 255))
		return say_usage(job->app, "--ip-netns: '%s' is no name below " NSMGR_IP_NETNS_DIR, job->netns);
	if (!has_source && job->types & ~NSMGR_MASK(NSMGR_NET))
		return say_usage(job->app, "--ip-netns: only a network namespace is there");
	return STATUS_DONE;
}

static int check(struct job *job)
{
	if (job->count < 1 || (job->count < 2 && !job->ip_netns))
		return say_usage(job->app, "NAME and a PID, PATH or self are needed");
	if (nsmgr_check_name(job->app->ctx, job->operands[0]) < 0)
		return say_refusal(job->app, job->operands[0]);
	return job->ip_netns ? check_ip_netns(job) : STATUS_DONE;
}

static int act(struct job *job)
{
	struct app *app = job->app;
	int status = check(job);

	if (status != STATUS_DONE)
		return status;
	if (!job->types)
		job->types = NSMGR_MASK_ALL;
	if (app->verbose)
		nsmgr_set_log(app->ctx, say_remark, NULL);
	if (nsmgr_config_new(app->ctx, &job->config) < 0)
		return say_failure(app, job->operands[0]);
	if ((job->count > 1 ? pin(job, job->operands[1]) : pin_ip_netns(job)) < 0)
		return say_refusal(app, job->operands[0]);
	nsmgr_config_ip_netns(job->config, job->ip_netns && job->count > 1);
	if (nsmgr_config_check(job->config) < 0)
		return say_refusal(app, job->operands[0]);
	return nsmgr_create(app->ctx, job->operands[0], job->config, job->flags) < 0
		       ? say_failure(app, job->operands[0])
		       : STATUS_DONE;
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = { .app = app };
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND) {
			if (job.count == NSM_ARRAY_SIZE(job.operands))
				return say_usage(app, "too many operands: '%s'", value);
			job.operands[job.count++] = value;
		} else if (id == OPT_ALL) {
			job.types = NSMGR_MASK_ALL;
		} else if (id == OPT_EXIST_OK) {
			job.flags |= NSMGR_CREATE_EXIST_OK;
		} else if (id == OPT_IP_NETNS) {
			job.ip_netns = true;
			job.netns = value;
		} else if (id >= 0) {
			job.types |= NSMGR_MASK(id);
		} else if (opt_common(app, id, &status)) {
			return status;
		}
	}
	return act(&job);
}

const struct verb verb_attach = {
	.name = "attach",
	.synopsis = "NAME [PID|PATH|self] [TYPES]",
	.summary = "pin the namespaces that a process lives in",
	.opts = options,
	.run = run,
};
