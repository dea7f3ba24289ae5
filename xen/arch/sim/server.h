/* SPDX-License-Identifier: MIT */
/*
 * Server mode: other processes are dom0. What Linux does for them there (privcmd, evtchn and
 * gntdev) the server does, by hypercalls of dom0's one vCPU.
 */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include <xen/domain.h>
#include <asm/server.h>

/* Frames of a guest that a client has mapped: a reference each. */
struct client_map {
    struct client_map *next;
    uint64_t addr; /* the client's */
    unsigned int nr;
    bool writable;
    uint32_t frame[]; /* NOT_MAPPED: none */
};
#define NOT_MAPPED (~0U)

/* Grants mapped at once: pages of dom0's window from @slot on. */
struct client_grants {
    struct client_grants *next;
    unsigned int slot, nr;
    bool clear_byte, send_event;
    uint32_t clear_at, port; /* offset in the first page of the set */
    uint32_t handle[];
};

struct client {
    bool open;
    uint32_t device; /* enum sim_device */
    uint32_t pid;    /* of who speaks now */
    struct client_map *maps;
    struct client_grants *grants;
};
#define ENOTTY 25 /* Linux: no such ioctl; the ABI of hypercalls has not got it */
struct client *server_client(unsigned int nr); /* never NULL */

/* server.c: dom0 makes a hypercall whose pointers are of process @pid, or 0: the server's own. */
long server_call(uint32_t pid, unsigned int nr, const unsigned long args[6]);
#define server_kernel_call(nr, ...) server_call(0, nr, (const unsigned long[6]){__VA_ARGS__})
/* 0 or -EFAULT. */
int server_get(uint32_t pid, void *to, uint64_t addr, size_t len);
int server_put(uint32_t pid, uint64_t addr, const void *from, size_t len);

/* server_map.c: privcmd. */
long privcmd_ioctl(struct client *c, uint64_t request, uint64_t arg, uint64_t frames);
void privcmd_unmap(struct client *c, uint64_t addr, uint64_t len);
void privcmd_close(struct client *c);
void privcmd_mark_mapped(struct domain *d);

/* server_evtchn.c */
long evtchn_ioctl(unsigned int client, uint64_t request, uint64_t arg);
void evtchn_unmask(unsigned int client, uint32_t port);
void evtchn_close(unsigned int client);
void evtchn_deliver(void);
int evtchn_notify_port(uint32_t port);

/* server_grant.c */
long gntdev_ioctl(struct client *c, uint64_t request, uint64_t arg);
long gntdev_mmap(struct client *c, uint64_t index, uint64_t count, uint64_t frames);
void gntdev_close(struct client *c);

#endif
