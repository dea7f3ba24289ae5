/* SPDX-License-Identifier: MIT */
#warning xs.h is an old name; include xenstore.h
#include <xenstore.h>
