/* SPDX-License-Identifier: MIT */
#ifndef LIBXL_TEST_FAKE_XC_H
#define LIBXL_TEST_FAKE_XC_H

#include <stdbool.h>

#include <xenctrl.h>

#define GUEST 5

struct fake_guest {
    bool exists, suspended;
    xen_domain_handle_t handle;
};
extern struct fake_guest guest;

#endif
