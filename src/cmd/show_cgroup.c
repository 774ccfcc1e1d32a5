/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/facts.h"

#include "cmd/quote.h"
#include "cmd/words.h"

#include <stdio.h>

/* The set's own cgroup, as JSON. */

void facts_print_own_cgroup_json(const struct facts *facts)
{
	if (facts->own_cgroup == NSMGR_ORIGIN_UNKNOWN) {
		fputs("null", stdout);
		return;
	}
	fputs("{\"path\": ", stdout);
	quote_json_bytes(stdout, facts->own_path);
	printf(", \"origin\": \"%s\", \"gone\": %s, \"frozen\": %s, \"files\": {", origin_name(facts->own_cgroup),
	       facts->own_gone ? "true" : "false", facts->frozen ? "true" : "false");
	for (size_t i = 0; i < facts->limit_count; i++) {
		fputs(i ? ", " : "", stdout);
		quote_json_bytes(stdout, facts->limits[i].file);
		fputs(": ", stdout);
		quote_json_bytes(stdout, facts->limits[i].value);
	}
	fputs("}}", stdout);
}
