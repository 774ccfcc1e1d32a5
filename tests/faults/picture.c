/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture.h"

#include "camera.h"
#include "world.h"

#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_line(struct part *part, const char *line, const char *alike)
{
	char *exact_text, *alike_text;

	if (asprintf(&exact_text, "%s%s\n", part->exact ? part->exact : "", line) < 0 ||
	    asprintf(&alike_text, "%s%s\n", part->alike ? part->alike : "", alike) < 0)
		abort();
	free(part->exact);
	free(part->alike);
	part->exact = exact_text;
	part->alike = alike_text;
}

void note(struct part *part, const char *fmt, ...)
{
	char line[1200], alike[1200];
	size_t len = 0;
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	for (const char *p = line; *p; p++) {
		bool is_number = isxdigit((unsigned char)*p) && isdigit((unsigned char)p[strspn(p, "abcdef")]);

		if (!is_number) {
			alike[len++] = *p;
			continue;
		}
		alike[len++] = '#';
		p += strspn(p, "0123456789abcdef-") - 1;
	}
	alike[len] = '\0';
	add_line(part, line, alike);
}

void note_exactly(struct part *part, const char *fmt, ...)
{
	char line[1200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	add_line(part, line, line);
}

struct part *add_part(struct picture *picture, const char *prefix, const char *name)
{
	struct part *part = &picture->parts[picture->count++];

	if (picture->count > MAX_PARTS || asprintf(&part->name, "%s%s", prefix, name) < 0)
		abort();
	return part;
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_no_dot(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

void each_entry(struct camera *camera, const char *dir, look_fn *look, struct part *part)
{
	struct dirent **entries = NULL;
	int count = scandir(dir, &entries, is_no_dot, compare_names);

	for (int i = 0; i < count; i++) {
		look(camera, dir, entries[i]->d_name, part);
		free(entries[i]);
	}
	free(entries);
}

static void look_at_set(struct camera *camera, const char *path, struct part *part)
{
	each_entry(camera, path, look_at_file, part);
	look_inside(camera, path, part);
}

static void look_at_ready_set(struct camera *camera, const char *dir, const char *name, struct part *part)
{
	char path[512];

	if (strcmp(name, ".config.new") == 0)
		camera->picture->drafts++;
	else if (*name == '.' && strcmp(name, ".config") != 0)
		note(part, "odd file %s", name);
	if (*name == '.')
		return;
	snprintf(path, sizeof(path), "%.250s/%.250s", dir, name);
	look_at_set(camera, path, add_part(camera->picture, "pool/", name));
}

static void look_at_pool(struct camera *camera, const char *dir, const char *name, struct part *part)
{
	char path[512];

	snprintf(path, sizeof(path), "%.250s/%.250s", dir, name);
	each_entry(camera, path, look_at_ready_set, part);
}

static void look_at_stage(struct camera *camera, const char *dir, const char *name, struct part *part)
{
	char path[512];
	DIR *stage;
	unsigned count = 0;

	(void)camera;
	snprintf(path, sizeof(path), "%.250s/%.250s", dir, name);
	stage = opendir(path);
	for (const struct dirent *entry; stage && (entry = readdir(stage));)
		count++;
	if (stage)
		closedir(stage);
	/* It alone is hidden from who compares, if the verb is none the worse for it. */
	if (count == 2)
		camera->picture->empty_stages++;
	else
		note(part, "a stage is left: %s", name);
}

static void look_at_entry(struct camera *camera, const char *dir, const char *name, struct part *part)
{
	char path[512];

	snprintf(path, sizeof(path), "%.250s/%.250s", dir, name);
	if (strcmp(name, ".lock") == 0 || strcmp(name, ".store") == 0)
		return;
	if (strcmp(name, ".stage") == 0)
		each_entry(camera, path, look_at_stage, part);
	else if (strcmp(name, ".pool") == 0)
		each_entry(camera, path, look_at_pool, part);
	else if (*name == '.')
		note(part, "odd file %s", name);
	else
		look_at_set(camera, path, add_part(camera->picture, "", name));
}

bool picture_take(struct picture *ret)
{
	struct camera camera = { .picture = ret };
	struct part *rest;

	world_settle();
	*ret = (struct picture){ 0 };
	rest = add_part(ret, "", "");
	each_entry(&camera, STORE, look_at_entry, rest);
	look_at_kernel(&camera);
	free(camera.mounts);
	return look_around(&camera);
}

void picture_free(struct picture *picture)
{
	for (size_t i = 0; i < picture->count; i++) {
		free(picture->parts[i].name);
		free(picture->parts[i].exact);
		free(picture->parts[i].alike);
	}
	*picture = (struct picture){ 0 };
}
