/* SPDX-License-Identifier: MIT */
/* Debug key 'q': domains and their vCPUs. */
#include <xen/console.h>
#include <xen/evtchn.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/port/domain.h>
#include <xen/time.h>

static void dump_vcpu(struct vcpu *v)
{
    printk("    VCPU%u: CPU%u [has=%c] poll=%d upcall_pend=%02x upcall_mask=%02x \n", v->vcpu_id,
           v->processor, v->is_running ? 'T' : 'F', v->poll_evtchn,
           v->vcpu_info->evtchn_upcall_pending, vcpu_info_masked(v->vcpu_info));
    printk("    pause_count=%d pause_flags=%x\n", v->pause_count, v->pause_flags);
    port_dump_vcpu(v);
}

#define SOME_PAGES 16

/* What keeps a dying domain: the first pages that others still hold. */
static void dump_pages(struct domain *d)
{
    const struct page_info *pg;
    unsigned int nr = 0;

    spin_lock(&d->page_lock);
    for (pg = page_list_first(&d->page_list); pg && nr < SOME_PAGES; pg = page_list_next(pg), nr++)
        printk("    page %lx: count %016lx type %016lx\n", page_to_mfn(pg).nr, pg->count_info,
               pg->type_info);
    spin_unlock(&d->page_lock);
}

static void dump_domain(struct domain *d)
{
    struct vcpu *v;

    printk("General information for domain %u:\n", d->domain_id);
    printk("    refcnt=%u dying=%u pause_count=%d\n", d->refcnt, d->is_dying, d->pause_count);
    printk("    nr_pages=%lu xenheap_pages=%lu max_pages=%lu\n", d->tot_pages, d->xenheap_pages,
           d->max_pages);
    printk("    vm_assist=%08lx\n", d->vm_assist);
    port_dump_domain(d);
    if (d->is_dying)
        dump_pages(d);
    printk("VCPU information and callbacks for domain %u:\n", d->domain_id);
    for_each_vcpu (d, v)
        dump_vcpu(v);
}

static void dump_domains(unsigned char key)
{
    struct domain *d;

    printk("'%c' pressed -> dumping domain info (now = %ld ns)\n", key, NOW());
    rcu_read_lock();
    for_each_domain (d)
        dump_domain(d);
    rcu_read_unlock();
}

static int dump_keys_init(void)
{
    keyhandler_register('q', dump_domains, "dump domain (and guest debug) info");
    return 0;
}
INITCALL(dump_keys_init);
