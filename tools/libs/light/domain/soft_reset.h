/* SPDX-License-Identifier: MIT */
/*
 * The first half of a soft reset: a guest that has shut down to go on by another kernel, which it
 * has in its memory, keeps memory and vCPUs and loses all else: its device model, devices, event
 * channels, its places in other domains. It is paused afterwards, and ready to be equipped again.
 */
#ifndef LIBXL_DOMAIN_SOFT_RESET_H
#define LIBXL_DOMAIN_SOFT_RESET_H

#include "domain/domain.h"

struct soft_reset {
    /* Set by the caller: */
    struct scope *sc;
    uint32_t domid;
    const libxl_domain_config *config;
    /* If @r->has_state, the emulated machine as it was is at dm_resume_path(). */
    void (*done)(libxl_ctx *ctx, struct soft_reset *r, int rc);
    bool has_state;
    /* What the console daemon keeps: its terminal and, until it hears of another, the port. */
    const char *tty; /* NULL: there is none */
    unsigned int console_port;
    /* Private: */
    struct dm_task save;
    struct dm_stop stop;
    struct device_batch devices;
};

/* 0, ERROR_DOMAIN_NOTFOUND or ERROR_INVAL: it is no such guest, or has not shut down. */
int soft_reset_check(struct scope *sc, uint32_t domid, const libxl_domain_config *config);
/* done comes in any case, perhaps before the function returns. */
void soft_reset_start(struct soft_reset *r);

#endif
