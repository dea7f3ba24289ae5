/* SPDX-License-Identifier: MIT */
#ifndef LIBXL_TEST_FAKE_XC_H
#define LIBXL_TEST_FAKE_XC_H

#include <stdbool.h>

#include <xenctrl.h>

#define GUEST     5
#define FAKE_PORT 1

struct fake_guest {
    bool exists, suspended, hvm, iommu;
    xen_domain_handle_t handle;
    int rights;   /* to ranges and interrupts: given minus taken */
    int assigned; /* devices */
    uint32_t assign_flags, iommu_opts;
    unsigned int max_vcpus;
    int resets; /* soft ones */
    int ports;  /* allocated: from FAKE_PORT on */
};
extern struct fake_guest guest;
/* A dump of the guest: of so many pieces, 0 of ever more, a millisecond each. */
#define FAKE_DUMP_PIECE 4096
struct fake_dump {
    unsigned int pieces;
};
extern struct fake_dump fake_dump;
extern bool fake_no_iommu, fake_shares; /* of the machine: IOMMUs use the guests' own tables */

#endif
