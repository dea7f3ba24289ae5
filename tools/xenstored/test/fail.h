/* SPDX-License-Identifier: MIT */
/* Allocations that fail: link with -Wl,--wrap=malloc and the others in fail.c. */
#ifndef STORE_TEST_FAIL_H
#define STORE_TEST_FAIL_H

extern long until_failure; /* allocations that still succeed before one fails; negative: all */

#endif
