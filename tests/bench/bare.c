/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The command that is executed: as little as a process can be, so that what is measured is what led to it. */
int main(void)
{
	return 0;
}
