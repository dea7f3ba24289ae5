/* SPDX-License-Identifier: MIT */
/* A guest's copy of its vCPU's times by state: VCPUOP_register_runstate_memory_area. */
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/guest_copy.h>
#include <xen/sched.h>
#include <asm/current.h>

#include "private.h"

#define AREA_SIZE sizeof(struct vcpu_runstate_info)

/* Both pages stay NULL unless all of the area can be held. */
static void hold_pages(uint64_t va, struct page_info *pages[2])
{
    pages[0] = port_get_area_page((const void *)va);
    if (pages[0] == NULL || (va & ~PAGE_MASK) + AREA_SIZE <= PAGE_SIZE)
        return;
    pages[1] = port_get_area_page((const void *)((va & PAGE_MASK) + PAGE_SIZE));
    if (pages[1])
        return;
    page_put(pages[0]);
    pages[0] = NULL;
}

/* The references of @pages become the area's; those of the one before are dropped. */
static void set_area(struct vcpu *v, uint64_t va, struct page_info *const pages[2])
{
    struct page_info *old[2];
    unsigned long flags;

    spin_lock_irqsave(&v->runstate_lock, flags);
    for (unsigned int i = 0; i < ARRAY_SIZE(old); i++) {
        old[i] = v->runstate_page[i];
        WRITE_ONCE(v->runstate_page[i], pages[i]);
    }
    WRITE_ONCE(v->runstate_guest, va);
    spin_unlock_irqrestore(&v->runstate_lock, flags);
    for (unsigned int i = 0; i < ARRAY_SIZE(old); i++)
        if (old[i])
            page_put(old[i]);
}

static void write_held(struct vcpu *v, size_t offset, const char *from, size_t len)
{
    size_t at = (v->runstate_guest & ~PAGE_MASK) + offset;

    while (len) {
        size_t off = at & ~PAGE_MASK, n = min(len, (size_t)PAGE_SIZE - off);

        memcpy((char *)page_to_virt(v->runstate_page[at >> PAGE_SHIFT]) + off, from, n);
        at += n;
        from += n;
        len -= n;
    }
}

/* By address it is best effort: a guest that unmaps its area goes without. */
static bool write_part(struct vcpu *v, size_t offset, const void *from, size_t len)
{
    uint64_t va = READ_ONCE(v->runstate_guest);

    if (v->runstate_page[0] == NULL)
        return va && !copy_to_guest_bytes((void *)(va + offset), from, len);
    write_held(v, offset, from, len);
    return true;
}

static void write_area(struct vcpu *v)
{
    const size_t entry = offsetof(struct vcpu_runstate_info, state_entry_time);
    bool flag = READ_ONCE(v->domain->vm_assist) & (1UL << VMASST_TYPE_runstate_update_flag);
    struct vcpu_runstate_info copy = v->runstate;

    if (flag) {
        copy.state_entry_time |= XEN_RUNSTATE_UPDATE;
        if (!write_part(v, entry, &copy.state_entry_time, sizeof(copy.state_entry_time)))
            return;
        smp_wmb();
    }
    if (!write_part(v, 0, &copy, sizeof(copy)) || !flag)
        return;
    smp_wmb();
    copy.state_entry_time &= ~XEN_RUNSTATE_UPDATE;
    (void)write_part(v, entry, &copy.state_entry_time, sizeof(copy.state_entry_time));
}

void vcpu_update_runstate_area(struct vcpu *v)
{
    unsigned long flags;

    if (READ_ONCE(v->runstate_guest) == 0)
        return;
    if (READ_ONCE(v->runstate_page[0]) == NULL) {
        write_area(v);
        return;
    }
    spin_lock_irqsave(&v->runstate_lock, flags);
    if (v->runstate_page[0])
        write_area(v);
    spin_unlock_irqrestore(&v->runstate_lock, flags);
}

long vcpu_register_runstate(struct vcpu *v, void *arg)
{
    struct vcpu_register_runstate_memory_area area;
    struct page_info *pages[2] = {NULL, NULL};
    struct vcpu_runstate_info info;

    if (copy_from_guest_bytes(&area, arg, sizeof(area)))
        return -EFAULT;
    if (!port_guest_range_ok(area.addr.h.p, 1, AREA_SIZE))
        return -EFAULT;
    if (area.addr.p)
        hold_pages(area.addr.p, pages);
    set_area(v, area.addr.p, pages);
    vcpu_runstate_get(v, &info);
    if (v == current)
        vcpu_update_runstate_area(v);
    else if (copy_to_guest_bytes(area.addr.h.p, &info, sizeof(info)))
        return 0; /* it is filled when that vCPU runs */
    return 0;
}

void vcpu_drop_runstate_area(struct vcpu *v)
{
    static struct page_info *const none[2];

    set_area(v, 0, none);
}
