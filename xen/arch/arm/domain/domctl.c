/* SPDX-License-Identifier: MIT */
/* Domctls of Arm. Each handler has @d and our copy of the arguments; results go back in it. */
#include <asm/current.h>
#include <asm/domain.h>
#include <asm/irq.h>
#include <asm/vpl011.h>
#include <public/domctl.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/domain.h>

#define MAX_MAPPING 1024U /* frames in one call */

static bool frames_wrap(uint64_t first, uint64_t nr)
{
    return first > BIT64(52) || nr > BIT64(52) - first;
}

/* What is left of a preempted call goes back to the caller, who comes with it again. */
static long cacheflush(struct domain *d, struct xen_domctl_cacheflush *op, bool *copyback)
{
    gfn_t first = mk_gfn(op->start_pfn);
    int rc;

    if (frames_wrap(op->start_pfn, op->nr_pfns) || op->nr_pfns > 1UL << MAX_ORDER)
        return -EINVAL;
    rc = p2m_cache_flush(d, &first, op->nr_pfns);
    if (rc == -ERESTART) {
        op->nr_pfns -= first.nr - op->start_pfn;
        op->start_pfn = first.nr;
        *copyback = true;
    }
    return rc;
}

static long memory_mapping(struct domain *d, const struct xen_domctl_memory_mapping *op)
{
    gfn_t gfn = mk_gfn(op->first_gfn);
    mfn_t mfn = mk_mfn(op->first_mfn);
    uint64_t last = op->first_mfn + op->nr_mfns - 1;

    if (!op->nr_mfns || frames_wrap(op->first_gfn, op->nr_mfns) ||
        frames_wrap(op->first_mfn, op->nr_mfns))
        return -EINVAL;
    if (op->nr_mfns > MAX_MAPPING)
        return -E2BIG;
    /* Nobody can hand on what it has not got. */
    if (!iomem_access_permitted(current->domain, op->first_mfn, last) ||
        !iomem_access_permitted(d, op->first_mfn, last))
        return -EPERM;
    if (op->add_mapping)
        return p2m_map_mmio(d, gfn, op->nr_mfns, mfn, p2m_mmio_dev);
    return p2m_unmap(d, gfn, op->nr_mfns, mfn);
}

/* A guest sees an interrupt of the machine under the same number. */
static bool spi_ok(const struct xen_domctl_bind_pt_irq *op)
{
    return op->irq_type == PT_IRQ_TYPE_SPI && op->machine_irq == op->u.spi.spi &&
           op->u.spi.spi >= GIC_FIRST_SPI;
}

static long bind_irq(struct domain *d, const struct xen_domctl_bind_pt_irq *op)
{
    unsigned int spi = op->u.spi.spi;
    int rc;

    if (op->irq_type != PT_IRQ_TYPE_SPI)
        return -EOPNOTSUPP;
    if (!spi_ok(op))
        return -EINVAL;
    /* The tools bind it first, and give the guest the right to it afterwards. */
    if (!irq_access_permitted(current->domain, spi))
        return -EPERM;
    if (!vgic_reserve(d, spi))
        return -EBUSY;
    rc = irq_route_to_guest(d, spi, spi, "guest");
    if (rc)
        vgic_unreserve(d, spi);
    return rc;
}

static long unbind_irq(struct domain *d, const struct xen_domctl_bind_pt_irq *op)
{
    unsigned int spi = op->u.spi.spi;
    int rc;

    if (!spi_ok(op))
        return -EINVAL;
    if (!irq_access_permitted(current->domain, spi))
        return -EPERM;
    rc = irq_release_guest(d, spi);
    if (!rc)
        vgic_unreserve(d, spi);
    return rc;
}

static long vuart_op(struct domain *d, struct xen_domctl_vuart_op *op, bool *copyback)
{
    uint32_t port;
    int rc;

    if (op->cmd != XEN_DOMCTL_VUART_OP_INIT)
        return -EINVAL;
    if (op->type != XEN_DOMCTL_VUART_TYPE_VPL011)
        return -EOPNOTSUPP;
    if (d->is_initialised)
        return -EPERM;
    rc = vpl011_init(d, GUEST_PL011_BASE, GUEST_VPL011_SPI, mk_gfn(op->gfn), op->console_domid,
                     &port);
    if (rc)
        return rc;
    op->evtchn = port;
    *copyback = true;
    return 0;
}

static long set_mempool(struct domain *d, const struct xen_domctl_paging_mempool *op)
{
    if (is_hardware_domain(d) || (op->size & ~PAGE_MASK) || op->size >> 52)
        return -EINVAL;
    return p2m_set_pool(d, op->size >> PAGE_SHIFT);
}

static long get_mempool(struct domain *d, struct xen_domctl_paging_mempool *op)
{
    if (is_hardware_domain(d))
        return -EINVAL;
    op->size = (d->arch.p2m.nr_pool + d->arch.p2m.nr_tables) << PAGE_SHIFT;
    return 0;
}

long port_do_domctl(struct xen_domctl *op, struct domain *d, bool *copyback)
{
    switch (op->cmd) {
    case XEN_DOMCTL_set_address_size: /* of the kernel: 64 bits is all there is */
        return op->u.address_size.size == 64 ? 0 : -EINVAL;
    case XEN_DOMCTL_get_address_size:
        op->u.address_size.size = 64;
        *copyback = true;
        return 0;
    case XEN_DOMCTL_cacheflush:
        return cacheflush(d, &op->u.cacheflush, copyback);
    case XEN_DOMCTL_memory_mapping:
        return memory_mapping(d, &op->u.memory_mapping);
    case XEN_DOMCTL_bind_pt_irq:
        return bind_irq(d, &op->u.bind_pt_irq);
    case XEN_DOMCTL_unbind_pt_irq:
        return unbind_irq(d, &op->u.bind_pt_irq);
    case XEN_DOMCTL_vuart_op:
        return vuart_op(d, &op->u.vuart_op, copyback);
    case XEN_DOMCTL_get_paging_mempool_size:
        *copyback = true;
        return get_mempool(d, &op->u.paging_mempool);
    case XEN_DOMCTL_set_paging_mempool_size:
        return set_mempool(d, &op->u.paging_mempool);
    default:
        return -ENOSYS;
    }
}
