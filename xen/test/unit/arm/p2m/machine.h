/* SPDX-License-Identifier: MIT */
/* A domain's memory map on a host: what mm/p2m.c needs around it. Plain types, for both sides. */
#ifndef TEST_UNIT_ARM_P2M_MACHINE_H
#define TEST_UNIT_ARM_P2M_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* As enum p2m_type has them. */
enum {
    T_NONE,
    T_RAM,
    T_RAM_RO,
    T_DEV,
    T_DEV_NC,
    T_DEV_C,
    T_XEN,
    T_FOREIGN,
    T_FOREIGN_RO,
    T_GRANT,
    T_GRANT_RO
};

/* A new domain; root tables of @level (0: 44-bit addresses, 1: 40-bit), @pool pages for tables. */
void machine_start(unsigned int level, unsigned int pool);
void machine_stop(void);
int m_map(uint64_t gfn, uint64_t nr, uint64_t mfn, int type);
int m_unmap(uint64_t gfn, uint64_t nr, uint64_t mfn); /* ~0: whatever */
/* What is at @gfn: its frame and type, ~0 and T_NONE; the entry's order. */
uint64_t m_lookup(uint64_t gfn, int *type, unsigned int *order);
int m_grant_set(uint64_t gfn, uint64_t mfn, bool readonly);
int m_grant_clear(uint64_t gfn, uint64_t mfn, bool readonly);
bool m_may(uint64_t gfn, bool write, bool exec); /* p2m_resolve_fault() */
/* What the entry lets the hardware do: 1 read, 2 write, 4 execute; and its memory type. */
unsigned int m_hw_access(uint64_t gfn);
unsigned int m_hw_memory(uint64_t gfn);
int m_relinquish(void);
unsigned int m_tables(void);
/* Pages that the domain has from the heap, but for the root. */
int64_t m_heap_pages(void);
int m_set_pool(uint64_t pages);
unsigned int m_flushes(void);
int64_t m_refs(uint64_t mfn); /* put by the p2m */
void m_preempt(unsigned int every);

#endif
