/* SPDX-License-Identifier: MIT */
/* Three domains without anything, and the policy that refuses. */
#ifndef TEST_UNIT_RIGHTS_MACHINE_H
#define TEST_UNIT_RIGHTS_MACHINE_H

/* What is wrong with path @i; NULL: nothing. *name: NULL: there are no more. */
const char *machine_check(unsigned int i, const char **name);

#endif
