/* SPDX-License-Identifier: MIT */
/* Creation and destruction, in the pieces that other operations share. */
#ifndef LIBXL_DOMAIN_DOMAIN_H
#define LIBXL_DOMAIN_DOMAIN_H

#include "core/domains.h"
#include "device/device.h"
#include "dm/dm.h"

#define MAXMEM_SLACK_KB 1024 /* above a guest's own memory, for what Xen counts to it */

/* What building a guest's memory yields. */
struct build_result {
    unsigned int store_port, console_port;
    unsigned long store_frame, console_frame;
    char *os; /* scope memory */
    /* Arm, known since the creation: the guest's interrupt controller, and the rate of its clock if
     * the firmware tells it, in Hz, or 0. */
    bool gic_v3;
    uint32_t clock_hz;
    const void *partial_tree; /* Arm: of the administrator's; NULL: none. In scope memory. */
    bool has_uart;            /* Arm: an emulated one, and its ring */
    unsigned long uart_frame;
    unsigned int uart_port;
};

/* Fill in what the program left open, refuse what cannot be. */
int create_defaults(struct scope *sc, libxl_domain_config *config);
/* Is the IOMMU to keep the guest's devices to the guest? */
bool create_wants_iommu(const libxl_domain_config *config);
/* How, once all devices are known: neither "default" nor "enabled" is left. */
int create_choose_passthrough(struct scope *sc, libxl_domain_config *config);
int defaults_hvm(struct scope *sc, libxl_domain_build_info *b);
int defaults_pvh(struct scope *sc, libxl_domain_build_info *b);
/* Put the guest's memory, kernel or firmware, and vCPUs in place. */
int build_domain(struct scope *sc, uint32_t domid, const libxl_domain_config *config,
                 struct build_result *out);
/* In place of build_domain(), before memory and vCPUs come out of a stream. Sets the ports. */
int build_for_restore(struct scope *sc, uint32_t domid, const libxl_domain_config *config,
                      struct build_result *out);
/* In place of build_domain(), after a soft reset: the rings are where they were. @old_console: the
 * port that the console had. */
int build_after_reset(struct scope *sc, uint32_t domid, unsigned int old_console,
                      struct build_result *out);
/* Limits, affinity, scheduling: before the memory is built. */
int build_prepare(struct scope *sc, uint32_t domid, const libxl_domain_config *config);

/* The domain's own nodes, all in one transaction. */
struct store_create {
    uint32_t domid;
    const libxl_domain_config *config;
};
int domain_store_create(struct scope *sc, xs_transaction_t t, void *arg);
int domain_store_booted(struct scope *sc, uint32_t domid, const libxl_domain_config *config,
                        const struct build_result *b);

/* Take a domain down with everything that is known of it. */
struct domain_destroy {
    /* Set by the caller: */
    struct scope *sc;
    uint32_t domid;
    void (*done)(libxl_ctx *ctx, struct domain_destroy *d, int rc);
    /* Private: */
    int rc;
    struct dm_stop dm;
    struct device_batch devices;
    struct ev_work work;
    struct ao *ao;
};
void domain_destroy_start(struct domain_destroy *d);

#endif
