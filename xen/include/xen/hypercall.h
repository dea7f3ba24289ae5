/* SPDX-License-Identifier: MIT */
/* Dispatch of hypercalls and their continuation. */
#ifndef XEN_HYPERCALL_H
#define XEN_HYPERCALL_H

#include <public/xen.h>
#include <xen/domain.h>

typedef long hypercall_fn_t(unsigned long a1, unsigned long a2, unsigned long a3, unsigned long a4,
                            unsigned long a5, unsigned long a6);
#define NR_HYPERCALLS 64
struct hypercall_entry {
    hypercall_fn_t *fn; /* NULL: -ENOSYS */
    uint8_t nr_args;
};
/* Common entries stand in common/hypercall/table.c; a port adds its own at boot. */
extern struct hypercall_entry hypercall_table[NR_HYPERCALLS];
void hypercall_register(unsigned int nr, hypercall_fn_t *fn, unsigned int nr_args);
#define HYPERCALL(nr, fn, nr_args) hypercall_register(nr, (hypercall_fn_t *)(void *)(fn), nr_args)

/*
 * Go on later: the guest's registers (or its multicall entry) are set so that the same or
 * another hypercall is made again with @nr_args arguments, after events have had their turn.
 * Result: -ERESTART, to be returned as it is. The dispatcher (port) completes it.
 */
long hypercall_continue(unsigned int op, unsigned int nr_args, ...);
/* Handler call with the arguments of one multicall entry. */
long do_multicall(void *call_list, unsigned int nr_calls);

/* memory_op.c and friends: entries of the common table. */
long do_memory_op(unsigned long cmd, void *arg);
long do_xen_version(int cmd, void *arg);
long do_console_io(unsigned int cmd, unsigned int count, void *buffer);
long do_domctl(void *u_domctl);
long do_sysctl(void *u_sysctl);
long do_vm_assist(unsigned int cmd, unsigned int type);
long do_platform_op(void *u_op);
long do_physdev_op(int cmd, void *arg);
long do_xsm_op(void *arg);
long do_hypfs_op(unsigned int cmd, const char *arg1, unsigned long arg2, void *arg3,
                 unsigned long arg4);

#endif
