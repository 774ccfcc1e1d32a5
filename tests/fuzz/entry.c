/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where a fuzzer comes in. */

#include "fuzz.h"

#include <stdbool.h>

/* AFL++ goes on in children of the process that initializes, which are forked when the first input comes: who has shut
 * himself in can have none. What it reads and writes is in another process, so that nothing of the outside is needed
 * here. */
#ifdef __AFL_COMPILER
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

static void begin_once(void)
{
	static bool begun;

	if (!begun)
		target_begin(1, (char *[]){(char[]){""}, NULL});
	begun = true;
}
#else
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	target_begin(*argc, *argv);
	return 0;
}

static void begin_once(void)
{
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	begin_once();
	target_input(data, size);
	return 0;
}
