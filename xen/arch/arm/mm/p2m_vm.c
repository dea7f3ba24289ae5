/* SPDX-License-Identifier: MIT */
/*
 * Stage 2 but for its tables: width of addresses, VMIDs, TLBs.
 * Source: Arm ARM D8.2 (table levels), D17.2.157 (VTCR_EL2), D17.2.158 (VTTBR_EL2).
 */
#include <xen/domain.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/bitmap.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/setup.h>

#include "p2m_private.h"

#define NR_VMIDS    65536
#define VTCR_BASE   0x80003500UL /* res1, 4K, inner shareable, write-back walks */
#define VTCR_VMID16 (1UL << 19)
#define POOL_START  16 /* pages of a new domain, as stock tools expect them; they ask for more */

unsigned int p2m_ipa_bits __ro_after_init;
unsigned int p2m_root_level __ro_after_init;
unsigned int p2m_root_entries __ro_after_init;
static unsigned int root_order __ro_after_init;
static unsigned int nr_vmids __ro_after_init;
static uint64_t vtcr __ro_after_init;

/* VMID 0 is nobody's. [vmid_lock] */
static DECLARE_BITMAP(vmid_used, NR_VMIDS);
static DEFINE_SPINLOCK(vmid_lock, RANK_NONE);

void __init p2m_boot_init(void)
{
    static const uint8_t pa_bits[] = {32, 36, 40, 42, 44, 48};
    unsigned int range = host_cpu.mmfr0 & 0xf;

    range = min(range, (unsigned int)ARRAY_SIZE(pa_bits) - 1);
    p2m_ipa_bits = pa_bits[range];
    /* From level 1 with up to 16 tables side by side, or from level 0. */
    p2m_root_level = p2m_ipa_bits <= 43 ? 1 : 0;
    root_order = p2m_root_level && p2m_ipa_bits > 39 ? p2m_ipa_bits - 39 : 0;
    p2m_root_entries = PT_ENTRIES << root_order;
    nr_vmids = (host_cpu.mmfr1 >> 4 & 0xf) == 2 ? NR_VMIDS : 256;
    vtcr = VTCR_BASE | (64 - p2m_ipa_bits) | (p2m_root_level ? 1UL << 6 : 2UL << 6) |
           (uint64_t)range << 16;
    if (nr_vmids > 256)
        vtcr |= VTCR_VMID16;
    __set_bit(0, vmid_used);
    printk("P2M: %u-bit IPA with %u-bit VMID, root at level %u, order %u\n", p2m_ipa_bits,
           nr_vmids > 256 ? 16 : 8, p2m_root_level, root_order);
    p2m_cpu_init();
}

void p2m_cpu_init(void)
{
    write_sysreg(vtcr, vtcr_el2);
    write_sysreg(0, vttbr_el2);
    isb();
    __asm__ volatile("tlbi alle1" ::: "memory");
    dsb(nsh);
    isb();
}

void p2m_flush(const struct p2m *p2m)
{
    unsigned long flags;
    uint64_t old;

    local_irq_save(flags);
    old = read_sysreg(vttbr_el2);
    if (old != p2m->vttbr) {
        write_sysreg(p2m->vttbr, vttbr_el2);
        isb();
    }
    dsb(ishst);
    __asm__ volatile("tlbi vmalls12e1is" ::: "memory");
    dsb(ish);
    isb();
    if (old != p2m->vttbr) {
        write_sysreg(old, vttbr_el2);
        isb();
    }
    local_irq_restore(flags);
}

void p2m_load(struct vcpu *v)
{
    struct p2m *p2m = &v->domain->arch.p2m;
    uint32_t *last = &p2m->last_vcpu[smp_processor_id()];

    write_sysreg(p2m->vttbr, vttbr_el2);
    /* Two vCPUs of a domain may use an ASID for different things. */
    if (*last != v->vcpu_id) {
        isb();
        if (*last != ~0U) {
            __asm__ volatile("tlbi vmalle1" ::: "memory");
            dsb(nsh);
        }
        *last = v->vcpu_id;
    }
}

static int vmid_alloc(uint16_t *out)
{
    unsigned int id;

    spin_lock(&vmid_lock);
    id = find_next_zero_bit(vmid_used, nr_vmids, 0);
    if (id < nr_vmids)
        __set_bit(id, vmid_used);
    spin_unlock(&vmid_lock);
    *out = (uint16_t)id;
    return id < nr_vmids ? 0 : -ENOSPC;
}

static void vmid_free(uint16_t id)
{
    spin_lock(&vmid_lock);
    __clear_bit(id, vmid_used);
    spin_unlock(&vmid_lock);
}

static pte_t *root_alloc(void)
{
    struct page_info *pg = heap_alloc_pages(root_order, MEMF_no_scrub);

    if (!pg)
        return NULL;
    memset(page_to_virt(pg), 0, PAGE_SIZE << root_order);
    return page_to_virt(pg);
}

int p2m_domain_init(struct domain *d)
{
    struct p2m *p2m = &d->arch.p2m;
    int rc;

    rwlock_init(&p2m->lock, RANK_P2M);
    page_list_init(&p2m->tables);
    page_list_init(&p2m->pool);
    rc = vmid_alloc(&p2m->vmid);
    if (rc)
        return rc;
    rc = -ENOMEM;
    p2m->last_vcpu = xmalloc_array(uint32_t, nr_cpu_ids);
    p2m->root = root_alloc();
    if (!p2m->last_vcpu || !p2m->root)
        goto fail;
    for (unsigned int i = 0; i < nr_cpu_ids; i++)
        p2m->last_vcpu[i] = ~0U;
    p2m->vttbr = virt_to_maddr(p2m->root) | (uint64_t)p2m->vmid << 48;
    for (unsigned int i = 0; !d->is_privileged && i < POOL_START; i++) {
        rc = p2m_pool_grow(p2m);
        if (rc)
            goto fail;
    }
    p2m_flush(p2m);
    return 0;
fail:
    p2m_domain_destroy(d);
    return rc;
}

void p2m_domain_destroy(struct domain *d)
{
    struct p2m *p2m = &d->arch.p2m;

    if (!p2m->vmid)
        return;
    if (p2m->root)
        p2m_flush(p2m);
    while (p2m_release_tables(p2m))
        continue;
    if (p2m->root)
        heap_free_pages(virt_to_page(p2m->root), root_order);
    xfree(p2m->last_vcpu);
    vmid_free(p2m->vmid);
    p2m->root = NULL;
    p2m->last_vcpu = NULL;
    p2m->vmid = 0;
}
