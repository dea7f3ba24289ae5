/* SPDX-License-Identifier: MIT */
/*
 * A guest's disk as one of the toolstack's own domain for a while, which gives its contents as a
 * block device whatever its format and wherever its backend is. A raw image or a block device of
 * this domain is that already.
 *
 * The names are those from the first one given on, by default xvda, that nobody has. A disk that
 * QEMU serves needs the QEMU of domain 0.
 */
#ifndef LIBXL_DOMAIN_LOCAL_DISK_H
#define LIBXL_DOMAIN_LOCAL_DISK_H

#include "device/device.h"

/* The tests have it elsewhere. */
#ifndef DEV_DIR
#define DEV_DIR "/dev"
#endif

struct local_disk {
    /* Set by the caller: */
    struct scope *sc;
    const libxl_device_disk *disk; /* with its defaults */
    const char *first;             /* a name such as "xvda"; NULL: that */
    void (*done)(libxl_ctx *ctx, struct local_disk *l, int rc);
    /* The result: */
    const char *path;
    /* Private: */
    bool attached;
    int rc;
    const char *name;
    unsigned int tried;
    struct device_op op;
    char *state_path;
    struct ev_watch state;
    struct ev_timer timeout, look;
    struct cancel cancel;
};

/* Each ends with done, perhaps before it returns. One that fails leaves nothing. */
void local_disk_attach(struct local_disk *l);
void local_disk_detach(struct local_disk *l);

#endif
