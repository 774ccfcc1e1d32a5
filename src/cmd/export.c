/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "base/text.h"
#include "cmd/quote.h"

#include <inttypes.h>
#include <limits.h>

enum { OPT_FORMAT, OPT_TYPES, OPT_IP_NETNS, OPT_REMOVE };

static const struct opt options[] = {
	{ "format", 0, "FORMAT", OPT_FORMAT, "oci, systemd, nsenter, env or json" },
	{ "types", 't', "LIST", OPT_TYPES, "only these types" },
	{ "ip-netns", 0, NULL, OPT_IP_NETNS, "have the network namespace as /run/netns/NAME too, for ip(8)" },
	{ "remove", 0, NULL, OPT_REMOVE, "with --ip-netns: take it away from there" },
	COMMON_OPTIONS,
};

/* How others call a type. A NULL setting: systemd has none that takes a path. */
static const struct {
	const char *oci, *nsenter, *systemd, *variable;
} known_as[NSMGR_TYPE_COUNT] = {
	[NSMGR_CGROUP] = { "cgroup", "cgroup", NULL, "NSMGR_CGROUP" },
	[NSMGR_IPC] = { "ipc", "ipc", "IPCNamespacePath", "NSMGR_IPC" },
	[NSMGR_MNT] = { "mount", "mount", NULL, "NSMGR_MNT" },
	[NSMGR_NET] = { "network", "net", "NetworkNamespacePath", "NSMGR_NET" },
	[NSMGR_PID] = { "pid", "pid", NULL, "NSMGR_PID" },
	[NSMGR_TIME] = { "time", "time", NULL, "NSMGR_TIME" },
	[NSMGR_USER] = { "user", "user", NULL, "NSMGR_USER" },
	[NSMGR_UTS] = { "uts", "uts", NULL, "NSMGR_UTS" },
};

struct job;

struct format {
	const char *name;
	void (*print)(const struct job *job);
	bool (*can_tell)(const char *text); /* the syntax has a form for it; NULL: for everything */
	const char *cannot;
};

struct job {
	struct app *app;
	const char *name;
	const struct format *format;
	unsigned types;
	bool ip_netns, removes, has_types;
	struct nsmgr_set *set;
	char directory[PATH_MAX];
};

/* The next type of the set, in their order; begins with NSMGR_TYPE_NONE. */
static bool next_type(const struct job *job, enum nsmgr_type *type)
{
	int next = (int)*type;

	while (++next < NSMGR_TYPE_COUNT)
		if (nsmgr_set_types(job->set) & NSMGR_MASK(next)) {
			*type = (enum nsmgr_type)next;
			return true;
		}
	return false;
}

static const char *path_of(const struct job *job, enum nsmgr_type type, char path[PATH_MAX])
{
	struct nsm_text text = { .buf = path, .size = PATH_MAX };

	nsm_text_add(&text, "%s/%s", job->directory, nsmgr_type_name(type));
	return path;
}

/* ---- Formats ---- */

static void print_oci(const struct job *job)
{
	enum nsmgr_type type = NSMGR_TYPE_NONE;
	const char *separator = "";
	char path[PATH_MAX];

	putchar('[');
	while (next_type(job, &type)) {
		printf("%s\n   { \"type\": \"%s\", \"path\": ", separator, known_as[type].oci);
		quote_json(stdout, path_of(job, type, path));
		fputs(" }", stdout);
		separator = ",";
	}
	puts("\n]");
}

static void print_json(const struct job *job)
{
	enum nsmgr_type type = NSMGR_TYPE_NONE;
	const char *separator = "";
	char path[PATH_MAX];

	fputs("{\n   \"name\": ", stdout);
	quote_json(stdout, job->name);
	fputs(",\n   \"namespaces\": {", stdout);
	while (next_type(job, &type)) {
		struct nsmgr_id id = { 0 };

		nsmgr_set_id(job->set, type, &id);
		printf("%s\n      \"%s\": { \"path\": ", separator, nsmgr_type_name(type));
		quote_json(stdout, path_of(job, type, path));
		printf(", \"inode\": %" PRIuMAX ", \"id\": ", (uintmax_t)id.ino);
		/* Without an id it is unknown, as in ls. */
		if (id.id)
			printf("%" PRIu64 " }", id.id);
		else
			fputs("null }", stdout);
		separator = ",";
	}
	puts("\n   }\n}");
}

static void print_systemd(const struct job *job)
{
	enum nsmgr_type type = NSMGR_TYPE_NONE;
	char path[PATH_MAX];

	printf("# The namespaces of the nsmgr set %s, for a file UNIT.service.d/nsmgr.conf.\n[Service]\n", job->name);
	while (next_type(job, &type)) {
		if (!known_as[type].systemd) {
			printf("# %s: systemd has no setting for the path of one; 'nsmgr exec' in ExecStart= enters it\n",
			       nsmgr_type_name(type));
			continue;
		}
		printf("%s=", known_as[type].systemd);
		quote_unit(stdout, path_of(job, type, path));
		putchar('\n');
	}
}

static void print_nsenter(const struct job *job)
{
	enum nsmgr_type type = NSMGR_TYPE_NONE;
	char path[PATH_MAX];

	fputs("nsenter", stdout);
	while (next_type(job, &type)) {
		printf(" --%s=", known_as[type].nsenter);
		quote_shell(stdout, path_of(job, type, path));
	}
	putchar('\n');
}

static void print_env(const struct job *job)
{
	enum nsmgr_type type = NSMGR_TYPE_NONE;
	char path[PATH_MAX];

	fputs("NSMGR_STORE=", stdout);
	quote_shell(stdout, nsmgr_get_root(job->app->ctx));
	printf("\nNSMGR_NAME=%s\n", job->name);
	while (next_type(job, &type)) {
		printf("%s=", known_as[type].variable);
		quote_shell(stdout, path_of(job, type, path));
		putchar('\n');
	}
}

static const struct format formats[] = {
	{ "oci", print_oci, text_is_utf8, "is not UTF-8, and JSON knows nothing else" },
	{ "systemd", print_systemd, text_is_printable, "has control characters, for which units have no form" },
	{ "nsenter", print_nsenter, NULL, NULL },
	{ "env", print_env, NULL, NULL },
	{ "json", print_json, text_is_utf8, "is not UTF-8, and JSON knows nothing else" },
};

/* ---- The verb ---- */

static void free_job(struct job *job)
{
	nsmgr_set_close(job->set);
}

static int choose_format(struct job *job, const char *name)
{
	for (size_t i = 0; i < NSM_ARRAY_SIZE(formats); i++)
		if (nsm_streq(formats[i].name, name)) {
			job->format = &formats[i];
			return STATUS_DONE;
		}
	return say_usage(job->app, "--format: '%s' is none of oci, systemd, nsenter, env and json", name);
}

static int change_ip_netns(const struct job *job)
{
	struct nsmgr_ctx *ctx = job->app->ctx;
	int r = job->removes ? nsmgr_ip_netns_remove(ctx, job->name) : nsmgr_ip_netns_add(ctx, job->name);

	return r < 0 ? say_failure(job->app, job->name) : STATUS_DONE;
}

static int print(struct job *job)
{
	struct app *app = job->app;
	struct nsm_text text = NSM_TEXT(job->directory);

	/* What is handed over has to be what it says: each handle is verified. */
	if (nsmgr_set_open(app->ctx, job->name, job->types, 0, &job->set) < 0)
		return say_failure(app, job->name);
	nsm_text_add(&text, "%s/%s", nsmgr_get_root(app->ctx), job->name);
	if (text.cut || text.len + sizeof("/cgroup") > sizeof(job->directory))
		return say_plain(app, "the path of the store is too long");
	if (job->format->can_tell && !job->format->can_tell(job->directory))
		return say_plain(app, "the path of the store %s", job->format->cannot);
	job->format->print(job);
	return STATUS_DONE;
}

static int act(struct job *job)
{
	struct app *app = job->app;

	if (!job->name)
		return say_usage(app, "a NAME is missing");
	if (!job->format && !job->ip_netns)
		return say_usage(app, "--format or --ip-netns is missing");
	if (job->ip_netns && (job->format || job->has_types))
		return say_usage(app, "--ip-netns goes without --format and --types");
	if (job->removes && !job->ip_netns)
		return say_usage(app, "--remove goes with --ip-netns");
	if (nsmgr_check_name(app->ctx, job->name) < 0)
		return say_refusal(app, job->name);
	return job->ip_netns ? change_ip_netns(job) : print(job);
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = { .app = app, .types = NSMGR_MASK_ALL };
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status = STATUS_DONE;

	while (status == STATUS_DONE && (id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND && job.name)
			return say_usage(app, "too many operands: '%s'", value);
		if (id == OPT_OPERAND)
			job.name = value;
		else if (id == OPT_FORMAT)
			status = choose_format(&job, value);
		else if (id == OPT_TYPES) {
			job.has_types = true;
			status = parse_types(app, value, &job.types) ? STATUS_DONE : STATUS_USAGE;
		} else if (id == OPT_IP_NETNS)
			job.ip_netns = true;
		else if (id == OPT_REMOVE)
			job.removes = true;
		else if (opt_common(app, id, &status))
			return status;
	}
	return status == STATUS_DONE ? act(&job) : status;
}

const struct verb verb_export = {
	.name = "export",
	.synopsis = "NAME --format=FORMAT | --ip-netns [OPTIONS]",
	.summary = "tell other programs where the namespaces of a set are",
	.opts = options,
	.run = run,
};
