/* SPDX-License-Identifier: MIT */
/* What is asked of the hypervisor. Errors are negative ABI errnos. */
#ifndef HVMLOADER_HYPERCALL_H
#define HVMLOADER_HYPERCALL_H

#include <stddef.h>
#include <stdint.h>

/* Find the hypervisor by CPUID and have it fill our page. Without it nothing else works. */
void hypercall_init(void);

/* HVM_PARAM_*; 0 where there is none. */
uint64_t hvm_param_get(uint32_t idx);
int hvm_param_set(uint32_t idx, uint64_t value);

/* New memory at @gfn. */
int memory_populate(uint32_t gfn);
/* The page at @from is at @to from now on, and no longer at @from. */
int memory_move(uint64_t from, uint64_t to);
int memory_map_shared_info(uint32_t gfn);
int memory_unmap(uint32_t gfn);

/* As xen_memory_map: fills @entries, of room for @nr. Returns how many there are. */
struct e820_entry;
int memory_get_map(struct e820_entry *entries, unsigned int nr);

/* vNUMA, as the builder described it. */
struct xen_vnuma_topology_info;
int memory_get_vnuma(struct xen_vnuma_topology_info *info);

void evtchn_notify(uint32_t port);
/* Sleep until @port is pending. */
void evtchn_poll(uint32_t port);

/* The version of the hypervisor, from "4.17.7" to what its vendor adds. */
void version_text(char *text, size_t size);
/* When it was compiled: "" or, mostly, "Tue Nov  4 12:08:32 UTC 2026". */
void version_date(char *text, size_t size);
void version_uuid(uint8_t uuid[16]);

/* Ends the domain. */
void hypercall_crash(void) __attribute__((noreturn));

#endif
