/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_APP_H
#define NSM_CMD_APP_H

#include "base/macro.h"
#include "nsmgr.h"

struct verb;

/* One run of the program. */
struct app {
	struct nsmgr_ctx *ctx;
	const struct verb *verb;
	const char *doing; /* what could not be done, in a message, where the verb's name does not tell */
	bool verbose;
	const char *file; /* the profile that a message is about, and the line in it; NULL: the command line */
	unsigned line;
	char **argv; /* the whole command line, as the other program would get it */
};

enum {
	STATUS_DONE = 0,
	STATUS_FAILED = 1, /* the kernel or the store refused */
	STATUS_USAGE = 2,  /* a bad option or name, nothing done */
	STATUS_TIMEOUT = 124, /* of wait: as timeout(1) gives it */
	/* of verbs that run a command, which has those below for itself */
	STATUS_NSMGR = 125,
	STATUS_NOT_EXECUTABLE = 126,
	STATUS_NOT_FOUND = 127,
	STATUS_SIGNAL = 128,
};

/* One option of a verb. A table ends with a row without a name. A name that ends with '-' stands before those of another table
 * (verb.behind), whose ids are added to its own. */
struct opt {
	const char *name;
	char letter;	   /* or 0 */
	/* What stands behind it; "[=...]" may be left out, and goes with the long form only. What ends with "..." adds, given again, to
	 * what was said, and does not take its place. */
	const char *value;
	int id;
	const char *help;
};

/* A verb describes itself: help and the front's knowledge of what it can do come from here. */
struct verb {
	const char *name;
	const char *const *aliases; /* ended by NULL; may be NULL */
	const char *synopsis;	    /* what stands behind the verb */
	const char *summary;
	const struct opt *opts;
	const struct opt *behind; /* the table behind a name that ends with '-', or NULL */
	bool runs_command; /* options end at the first operand; failures of ours are STATUS_NSMGR */
	int (*run)(struct app *app, int argc, char **argv);
};

extern const struct verb *const verbs[];

/* Options that every verb has. */
#define COMMON_OPTIONS                                                                             \
	{ "verbose", 'v', NULL, OPT_VERBOSE, "say more on standard error" },                       \
		{ "help", 'h', NULL, OPT_HELP, "show this help" },                                 \
		{ 0 }

enum { OPT_END = -1, OPT_OPERAND = -2, OPT_BAD = -3, OPT_HELP = -4, OPT_VERBOSE = -5 };

/* Walks a command line by a verb's table. Long options are spelled in full, with "=VALUE" or the next argument;
 * letters can be joined. Operands come in between, unless the verb runs a command. */
struct parser {
	const struct app *app;
	int argc;
	char **argv;
	int next;
	const char *letters; /* the rest of a joined group */
	bool operands_only;
};

/* The id of the next option with its value (or NULL), OPT_OPERAND with an operand, OPT_END, or OPT_BAD after having
 * said what is wrong. OPT_HELP and OPT_VERBOSE are for opt_common(). */
int opt_next(struct parser *parser, const char **ret_value);

/* The row of a name without dashes, or of an id; NULL: there is none. */
const struct opt *opt_find(const struct opt *opts, const char *name, size_t len);
const struct opt *opt_find_id(const struct opt *opts, int id);
bool opt_takes_no_value(const struct opt *opt);
bool opt_needs_value(const struct opt *opt);
bool opt_repeats(const struct opt *opt);

/* Deals with an option of COMMON_OPTIONS and with OPT_BAD: true when the verb is to return *ret_status. */
bool opt_common(struct app *app, int id, int *ret_status);

/* "nsmgr: VERB: ..." with a pointer to the help; gives the verb's status of a bad command line. */
int say_usage(const struct app *app, const char *fmt, ...) nsm_printf_like(2, 3);

/* "nsmgr: cannot VERB 'NAME': TYPE: STEP: REASON (HINT)" from the context's failure; name may be NULL. Gives
 * STATUS_FAILED, or the status of failures of a verb that runs a command. */
int say_failure(const struct app *app, const char *name);

/* The same for what was refused before anything was done. */
int say_refusal(const struct app *app, const char *name);

/* "nsmgr: VERB: ..." for what has nothing to do with how it was called; gives the verb's status of a failure. */
int say_plain(const struct app *app, const char *fmt, ...) nsm_printf_like(2, 3);

/* "nsmgr: cannot VERB 'NAME': no such set". */
void say_missing(const struct app *app, const char *name);

/* "2 processes could not be looked into, REASON", where there are any; `why` is the -errno of one of them. */
void say_hidden(const struct app *app, size_t count, const char *one, const char *many, int why);

/* That reason. */
const char *hidden_text(int why);

/* An nsmgr_log_fn: "nsmgr: LINE". */
void say_remark(void *data, const char *line);

/* Standard output that could not be written is a failure too. */
int finish_stdout(int status);

/* The front: becomes nsmgr-full with the same arguments, or ends. In nsmgr-full, which has nobody behind it, a
 * return and nothing else. */
void hand_over(const struct app *app);

int show_help(const struct app *app);
int show_version(const struct app *app);

/* A list "net,uts" as a mask of types. false after having said what is wrong. */
bool parse_types(const struct app *app, const char *list, unsigned *ret);

/* A growing array of names. */
struct names {
	const char **array;
	size_t count, size;
};

bool add_name(struct names *names, const char *name); /* borrows it; false: out of memory */
void free_names(struct names *names);

#endif
