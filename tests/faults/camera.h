/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_CAMERA_H
#define NSM_FAULTS_CAMERA_H

#include "picture.h"

#define MAX_KEEPERS 16

/* A picture in the making. */
struct camera {
	struct picture *picture;
	long keepers[MAX_KEEPERS]; /* that belong to sets */
	size_t keeper_count;
	char *mounts; /* ours, once somebody has asked */
};

/* Adds a line to a part: as it is, and with "#" for each number. */
__attribute__((format(printf, 2, 3))) void note(struct part *part, const char *fmt, ...);

/* The same, where numbers are what it is about. */
__attribute__((format(printf, 2, 3))) void note_exactly(struct part *part, const char *fmt, ...);

struct part *add_part(struct picture *picture, const char *prefix, const char *name);

typedef void look_fn(struct camera *camera, const char *dir, const char *name, struct part *part);

/* Calls for each entry but dots, in the order of names. */
void each_entry(struct camera *camera, const char *dir, look_fn *look, struct part *part);

/* A file of a set: a look_fn. */
void look_at_file(struct camera *camera, const char *dir, const char *name, struct part *part);

/* What is seen only from inside of a set: its host name, its mounts that are not ours, what its layout has made. */
void look_inside(struct camera *camera, const char *set, struct part *part);

/* The id that we have for the network namespace at a path. */
void look_at_nsid(struct part *part, const char *path);

/* What else the kernel has: cgroups, loop devices; and what a command has seen. */
void look_at_kernel(struct camera *camera);

/* What is beside the store: mounts, processes, names in /run/netns. False when there is no such place to look at. */
bool look_around(struct camera *camera);

#endif
