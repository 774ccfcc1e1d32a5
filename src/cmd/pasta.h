/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_PASTA_H
#define NSM_CMD_PASTA_H

#include "cmd/network.h"
#include "cmd/program.h"

/* A pasta that is being started. */
struct pasta {
	struct recipe_full *full;
	struct running running;
	struct program program;
	const char *name; /* NULL: a set in memory */
	const char *place;
	pid_t pid; /* of who is in the namespaces */
	bool has_user;
	char lines[4096]; /* what it said, behind the name of the set */
	size_t used;
	bool said_usage; /* what follows is its help */
	char fifo[64], net[64], user[64];
	char **argv;
	int report; /* where a watcher tells its pid, before it runs; or negative */
};

/* Says why it is not; gives `r`. */
int pasta_fail(struct pasta *pasta, int r, const char *why);

/* Starts it as a child of ours, and waits until it is ready. 0, or what pasta_fail() gave. */
int pasta_start(struct pasta *pasta);

/* By a watcher: tells whom it stands for of the child that is to become it. 0 or -errno. pasta_watch.c */
int pasta_report(const struct pasta *pasta, pid_t pid);

/* Ends it, unless it was released. */
void pasta_free(struct pasta *pasta);

/* The same behind a child of ours that ends it with us: for a set in memory. pasta_watch.c */
int pasta_start_watched(struct pasta *pasta);

#endif
