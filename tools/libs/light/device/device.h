/* SPDX-License-Identifier: MIT */
/*
 * Split devices: a frontend and a backend directory in xenstore, a record of both below /libxl,
 * and for some kinds a hotplug script which connects the backend to something on the host.
 *
 * Adding:   write all three at once -> the backend says InitWait -> script -> done
 *           a single device that cannot be added, or shall not any more, is removed again
 * Removing: backend offline and Closing -> it says Closed -> script -> remove all three
 */
#ifndef LIBXL_DEVICE_DEVICE_H
#define LIBXL_DEVICE_DEVICE_H

#include "core/loop.h"
#include "core/store.h"

#define TOOLSTACK_DOMID 0

/* The character device of QEMU that is behind a channel, with the channel's number. */
#define CHANNEL_CHARDEV "libxl-channel"

/* Numbers of xen/io/xenbus.h. */
enum xenbus_state {
    XENBUS_UNKNOWN,
    XENBUS_INITIALISING,
    XENBUS_INIT_WAIT,
    XENBUS_INITIALISED,
    XENBUS_CONNECTED,
    XENBUS_CLOSING,
    XENBUS_CLOSED,
};

struct device {
    uint32_t domid, backend_domid;
    const char *kind; /* both ends: "vbd", "vif", "console" */
    int devid;
    const char *back_kind; /* where the backend's end has another name: "qdisk" */
};

char *device_front_path(struct scope *sc, const struct device *d);
char *device_back_path(struct scope *sc, const struct device *d);
char *device_libxl_path(struct scope *sc, const struct device *d);

/* Nodes to write into a directory, in order. */
#define NODES_MAX 256
struct nodes {
    unsigned int nr;
    struct {
        const char *key, *value;
        bool fixed; /* of a frontend: the guest cannot change it */
    } node[NODES_MAX];
};

void nodes_add(struct nodes *n, const char *key, const char *value); /* NULL: left out */
void nodes_addf(struct scope *sc, struct nodes *n, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

void nodes_fix(struct nodes *n); /* the last one that was added */

/* Into @dir; those that are fixed @reader may read, and not write. */
int nodes_write(struct scope *sc, xs_transaction_t t, const char *dir, const struct nodes *n,
                uint32_t reader);

/* The three directories of a device, in the caller's transaction. The nodes hold what is
 * particular to the kind. */
int device_write(struct scope *sc, xs_transaction_t t, const struct device *d,
                 const struct nodes *front, const struct nodes *back);

struct device_batch;
struct config_kind;

struct device_op {
    /* Set by the caller: */
    struct scope *sc;
    struct device dev;
    struct nodes front, back; /* adding */
    bool force;               /* removing: do not wait for the guest to let go */
    bool runs_on;             /* it is not called off */
    bool unwaited;            /* no kernel driver serves this kind */
    /* It is in the guest's emulated machine: there is only the toolstack's record, of op->back. */
    bool emulated;
    void (*done)(libxl_ctx *ctx, struct device_op *op, int rc);
    /* Of an operation by itself, at its end: on success changes the stored configuration. */
    int (*commit)(struct scope *sc, struct device_op *op, int rc);
    const struct config_kind *kind;
    void *device; /* a copy, for commit */

    /* Private: */
    bool adding;
    char *back_path;
    int rc;
    struct device_batch *batch;
    struct ao *ao;
    struct ev_watch state;
    struct ev_timer timeout;
    struct ev_child script;
    unsigned int nr_scripts;
    struct cancel cancel;
    bool written, undoing; /* adding: there is something to take back; it is being taken back */
    int failed;            /* why */
};

/* A new operation to add @dev, with the nodes that both ends of any device have. */
void device_op_describe(struct scope *sc, const struct device *dev, struct device_op *op);

void device_add(struct device_op *op);
void device_remove(struct device_op *op);
/* For op->done of a single device, which is not left half there: false if it is now taken back, and
 * op->done comes again; else @rc is the operation's result. */
bool device_op_settled(struct device_op *op, int *rc);

/* What a kind's hotplug script is run with; argv[0] NULL: nothing to run. */
struct hotplug {
    char *argv[4];
    char *env[64];
};

/*
 * device/hotplug.c: for the device whose backend is at @back_path. @nr counts the runs: the second
 * one is for the tap device of an emulated network card.
 */
void hotplug_prepare(struct scope *sc, const struct device *d, const char *back_path, bool adding,
                     unsigned int nr, struct hotplug *out);

/* The same for a @script that is known; @tap: of an emulated network card. */
void hotplug_arguments(struct scope *sc, const struct device *d, const char *back_path,
                       char *script, bool adding, bool tap, struct hotplug *out);

/* A list of operations, all at once. */
struct device_batch {
    unsigned int pending;
    int rc; /* the first error */
    void (*done)(libxl_ctx *ctx, struct device_batch *b, int rc);
    struct device_op *ops;
    unsigned int nr;
};

/* All the devices recorded for a domain, as operations ready to be removed. */
int device_batch_of_domain(struct scope *sc, uint32_t domid, struct device_batch *b);
/* Start them all; done is called even if there are none. */
void device_batch_run(libxl_ctx *ctx, struct device_batch *b, void (*start)(struct device_op *));

/* The numbers recorded for a kind, scope memory. */
unsigned int device_ids(struct scope *sc, uint32_t domid, const char *kind, int **ids);
/* The lowest unused number. */
int device_free_id(struct scope *sc, uint32_t domid, const char *kind);
/* A domain id or the name of a driver domain; @domid is left alone if there is no name. */
int device_backend_domid(struct scope *sc, const char *name, uint32_t *domid);

/* Number and backend, which may have a name, of a device that is to come. */
int device_place(struct scope *sc, uint32_t domid, const char *kind, const char *backend,
                 int *devid, uint32_t *backend_domid);

/* What the toolstack has recorded of a device, scope memory; NULL: nothing. */
char *device_recorded(struct scope *sc, uint32_t domid, const char *kind, int devid,
                      const char *key);
int device_recorded_backend(struct scope *sc, uint32_t domid, const char *kind, int devid,
                            uint32_t *backend_domid);
/* A number that the guest has written; negative: none. */
int device_front_number(struct scope *sc, const struct device *dev, const char *key);

/* The rest of an operation for one device given by the program, which ends @ao. */
void device_op_begin(struct ao *ao, struct device_op *op, bool adding);
int device_op_run(struct ao *ao, struct device_op *op, bool adding);

/* The whole of removing @device, which is of @kind; the stored configuration follows. */
int device_take_away(libxl_ctx *ctx, const struct device *dev, const struct config_kind *kind,
                     const void *device, const libxl_asyncop_how *how, bool force);

/* Kinds: fill in defaults for a device of @domid; then describe it. */
int disk_defaults(struct scope *sc, uint32_t domid, bool hvm, libxl_device_disk *disk);
int disk_device(struct scope *sc, uint32_t domid, const libxl_device_disk *disk,
                struct device *dev);
int disk_describe(struct scope *sc, uint32_t domid, const libxl_device_disk *disk,
                  struct device_op *op);
/* A disk that is there from now on, or another medium in it. */
int disk_config_add(struct scope *sc, uint32_t domid, const libxl_device_disk *disk);
int nic_defaults(struct scope *sc, uint32_t domid, bool hvm, libxl_device_nic *nic);
int nic_describe(struct scope *sc, uint32_t domid, const libxl_device_nic *nic,
                 struct device_op *op);
int vfb_defaults(struct scope *sc, uint32_t domid, libxl_device_vfb *vfb);
int vfb_describe(struct scope *sc, uint32_t domid, const libxl_device_vfb *vfb,
                 struct device_op *op);
int vkb_defaults(struct scope *sc, uint32_t domid, libxl_device_vkb *vkb);
int vkb_describe(struct scope *sc, uint32_t domid, const libxl_device_vkb *vkb,
                 struct device_op *op);
int vsnd_defaults(struct scope *sc, uint32_t domid, libxl_device_vsnd *d);
int vsnd_describe(struct scope *sc, uint32_t domid, const libxl_device_vsnd *d,
                  struct device_op *op);
/* device/kinds.c: the kinds without a file of their own, as the configuration has them. */
unsigned int kinds_count(const libxl_domain_config *c);
int kinds_defaults(struct scope *sc, libxl_domain_config *c);
/* Numbers, and what else was chosen, go back into the program's configuration. */
void kinds_keep(libxl_domain_config *to, const libxl_domain_config *from);
/* Into as many of @op as there are. */
int kinds_describe(struct scope *sc, uint32_t domid, const libxl_domain_config *c,
                   struct device_op *op);
/* The first console, in the domain's own creation transaction. */
int console_write(struct scope *sc, xs_transaction_t t, uint32_t domid);
/* The emulated UART of an Arm guest, by the ring and port between hypervisor and console daemon. */
int vuart_write(struct scope *sc, xs_transaction_t t, uint32_t domid, unsigned long frame,
                unsigned int port);
/* Number of a virtual disk name by xen-vbd-interface(7), or -1; the parts may be NULL. */
int disk_number(const char *vdev, int *disk, int *partition);

#endif
