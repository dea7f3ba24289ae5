/* SPDX-License-Identifier: MIT */
#warning xs_lib.h is an old name; include xenstore_lib.h
#include <xenstore_lib.h>
