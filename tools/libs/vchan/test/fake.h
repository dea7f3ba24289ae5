/* SPDX-License-Identifier: MIT */
/* Two domains in one process: grants are numbers of pages, events are pipes, the store is a list.
 */
#ifndef VCHAN_TEST_FAKE_H
#define VCHAN_TEST_FAKE_H

#include <stddef.h>

/* What is left behind: pages shared or mapped, handles, nodes. */
int fake_left(void);
/* The number in a node of the store, or -1. */
int fake_node(const char *path);
/* Calls that make something fail from the @n-th on; -1: none does. */
void fake_fail_at(int n);

#endif
