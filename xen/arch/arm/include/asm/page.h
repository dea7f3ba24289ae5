/* SPDX-License-Identifier: MIT */
/* Translation tables: 4K granule, long descriptors. Source: Arm ARM, D8.3. */
#ifndef ASM_PAGE_H
#define ASM_PAGE_H

#include <xen/types.h>

typedef struct {
    uint64_t e;
} pte_t;

#define PT_ENTRIES       512
/* Levels as the architecture counts: 0 is the root of 48 bits, 3 the last. */
#define PT_SHIFT(lvl)    (12 + 9 * (3 - (lvl)))
#define pt_index(a, lvl) (((a) >> PT_SHIFT(lvl)) & (PT_ENTRIES - 1))

#define PTE_VALID    1UL
#define PTE_TABLE    2UL /* levels 0 to 2: a table, not a block; level 3: always set */
#define PTE_ADDR     0x0000fffffffff000UL
#define PTE_AF       (1UL << 10)
#define PTE_SH_OUTER (2UL << 8)
#define PTE_SH_INNER (3UL << 8)

/* Stage 1 of EL2 */
#define PTE_ATTR(i)    ((uint64_t)(i) << 2)
#define PTE_AP1        (1UL << 6) /* res1 at EL2 */
#define PTE_RO         (1UL << 7)
#define PTE_XN         (1UL << 54)
#define MAIR_NORMAL    0 /* write-back */
#define MAIR_DEVICE    1 /* nGnRE */
#define MAIR_NC        2 /* normal, not cached */
#define MAIR_EL2_VALUE 0x4404ff

#define PAGE_BITS_          (PTE_VALID | PTE_AF | PTE_AP1 | PTE_SH_INNER)
#define PAGE_HYPERVISOR_RW  (PAGE_BITS_ | PTE_ATTR(MAIR_NORMAL) | PTE_XN)
#define PAGE_HYPERVISOR_RO  (PAGE_BITS_ | PTE_ATTR(MAIR_NORMAL) | PTE_XN | PTE_RO)
#define PAGE_HYPERVISOR_RX  (PAGE_BITS_ | PTE_ATTR(MAIR_NORMAL) | PTE_RO)
#define PAGE_HYPERVISOR_DEV (PAGE_BITS_ | PTE_ATTR(MAIR_DEVICE) | PTE_XN)
#define PAGE_HYPERVISOR_NC  (PAGE_BITS_ | PTE_ATTR(MAIR_NC) | PTE_XN)

static inline pte_t pte_make(mfn_t mfn, uint64_t flags)
{
    return (pte_t){mfn_to_maddr(mfn) | flags};
}
static inline mfn_t pte_mfn(pte_t e)
{
    return maddr_to_mfn(e.e & PTE_ADDR);
}

/* Registers of a device (nGnRE); any alignment. NULL: no memory. From mm_boot_init() on. */
void *ioremap(paddr_t addr, size_t len);
/* Memory: cacheable, writable. */
void *ioremap_cache(paddr_t addr, size_t len);
void iounmap(void *va);

/* Cache maintenance to the point of coherency, by address; the last: data written as code. */
void dcache_clean(const void *va, size_t len);
void dcache_clean_invalidate(const void *va, size_t len);
void dcache_invalidate(const void *va, size_t len); /* whole lines: clean at the edges */
void icache_sync(const void *va, size_t len);

#endif
