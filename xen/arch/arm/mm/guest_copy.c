/* SPDX-License-Identifier: MIT */
/*
 * Guest memory. By virtual address of current: the CPU itself translates through both stages, as
 * at EL1 ("AT S12E1"), so the guest's own permissions hold; what it says is then checked to be a
 * page of the guest's, and held during the copy.
 * Source: Arm ARM C5.5 (address translation), D17.2.105 (PAR_EL1).
 */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/port/guest_copy.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/p2m.h>

enum way { FROM_GUEST, TO_GUEST, CLEAR };

/* PAR_EL1 after AT @op. The register is the guest's too, and no interrupt must come between. */
#define translate(op, va)                                                                          \
    ({                                                                                             \
        unsigned long flags_;                                                                      \
        uint64_t saved_, par_;                                                                     \
        local_irq_save(flags_);                                                                    \
        saved_ = read_sysreg(par_el1);                                                             \
        __asm__ volatile("at " op ", %0" ::"r"((uint64_t)(va)) : "memory");                        \
        isb();                                                                                     \
        par_ = read_sysreg(par_el1);                                                               \
        write_sysreg(saved_, par_el1);                                                             \
        local_irq_restore(flags_);                                                                 \
        par_;                                                                                      \
    })

static struct page_info *page_at(uint64_t va, bool write)
{
    uint64_t par = write ? translate("s12e1w", va) : translate("s12e1r", va);

    return par & PAR_F ? NULL : page_get_from_mfn(maddr_to_mfn(par & PAR_PA), current->domain);
}

struct page_info *port_get_area_page(const void *guest)
{
    return page_at((uint64_t)guest, true);
}

static void move(char *page, void *ours, size_t n, enum way way)
{
    if (way == FROM_GUEST)
        memcpy(ours, page, n);
    else if (way == TO_GUEST)
        memcpy(page, ours, n);
    else
        memset(page, 0, n);
}

static size_t transfer(uint64_t va, void *ours, size_t len, enum way way)
{
    while (len) {
        size_t off = va & ~PAGE_MASK, n = min(len, (size_t)PAGE_SIZE - off);
        struct page_info *pg = page_at(va, way != FROM_GUEST);

        if (!pg)
            return len;
        move((char *)page_to_virt(pg) + off, ours, n, way);
        page_put(pg);
        va += n;
        ours = (char *)ours + n;
        len -= n;
    }
    return 0;
}

size_t port_copy_from_guest(void *to, const void *from_guest, size_t len)
{
    return transfer((uint64_t)from_guest, to, len, FROM_GUEST);
}

size_t port_copy_to_guest(void *to_guest, const void *from, size_t len)
{
    return transfer((uint64_t)to_guest, (void *)from, len, TO_GUEST);
}

size_t port_clear_guest(void *to_guest, size_t len)
{
    return transfer((uint64_t)to_guest, NULL, len, CLEAR);
}

/* The hypervisor is in no guest's address space. */
bool port_guest_range_ok(const void *guest, size_t nr, size_t size)
{
    size_t len;

    return !__builtin_mul_overflow(nr, size, &len);
}

bool guest_va_to_gpa(uint64_t gva, bool write, paddr_t *gpa)
{
    uint64_t par = write ? translate("s1e1w", gva) : translate("s1e1r", gva);

    *gpa = (par & PAR_PA) | (gva & ~PAGE_MASK);
    return !(par & PAR_F);
}

static int phys_transfer(struct domain *d, paddr_t gpa, void *ours, size_t len, enum way way,
                         bool clean)
{
    while (len) {
        size_t off = gpa & ~PAGE_MASK, n = min(len, (size_t)PAGE_SIZE - off);
        enum p2m_type t;
        struct page_info *pg = p2m_get_page(d, mk_gfn(gpa >> PAGE_SHIFT), &t);
        char *at;

        if (!pg)
            return -EFAULT;
        if (way != FROM_GUEST && (t == p2m_ram_ro || t == p2m_foreign_ro)) {
            page_put(pg);
            return -EFAULT;
        }
        at = (char *)page_to_virt(pg) + off;
        move(at, ours, n, way);
        if (clean)
            dcache_clean_invalidate(at, n);
        page_put(pg);
        gpa += n;
        ours = (char *)ours + n;
        len -= n;
    }
    return 0;
}

int guest_phys_write(struct domain *d, paddr_t gpa, const void *from, size_t len)
{
    return phys_transfer(d, gpa, (void *)from, len, TO_GUEST, false);
}

int guest_phys_read(struct domain *d, paddr_t gpa, void *to, size_t len)
{
    return phys_transfer(d, gpa, to, len, FROM_GUEST, false);
}

int guest_phys_load(struct domain *d, paddr_t gpa, const void *from, size_t len)
{
    return phys_transfer(d, gpa, (void *)from, len, TO_GUEST, true);
}
