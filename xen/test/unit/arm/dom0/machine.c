/* SPDX-License-Identifier: MIT */
/* What the builder of dom0's device tree asks of the hypervisor: a domain of three vCPUs. */
#include <asm/domain.h>
#include <asm/its.h>
#include <asm/platform.h>
#include <asm/time.h>
#include <asm/uart.h>
#include <xen/domain.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include "../../../../arch/arm/domain_build/build.h"

long make_dom0_tree(const void *host, const char *uart, unsigned int gic_version, void *out,
                    size_t size);

const void *host_fdt;
struct dt_boot dt_boot;
int uart_dt_node;
struct timer_info timer_info;
struct its_info its_info = {.regs = {0x8080000, 0x20000}, .phandle = 0x1234};

static uint64_t heap[(64 << 10) / 8];

void *xenheap_alloc_pages(unsigned int order, unsigned int memflags)
{
    return (PAGE_SIZE << order) <= sizeof(heap) ? heap : NULL;
}
void xenheap_free_pages(void *va, unsigned int order)
{
}
int snprintf(char *buf, size_t size, const char *fmt, ...);

static struct domain domain;
static struct vcpu vcpus[3], *vcpu_list[3];

static void make_domain(unsigned int gic_version)
{
    struct arch_domain *a = &domain.arch;

    for (unsigned int i = 0; i < 3; i++) {
        vcpus[i].arch.vmpidr = 0x80000000 | i;
        vcpu_list[i] = &vcpus[i];
    }
    domain.vcpu = vcpu_list;
    domain.max_vcpus = 3;
    a->evtchn_irq = 17;
    a->vtimer = (struct vtimer_domain){.phys_s_irq = 29, .phys_irq = 30, .virt_irq = 27};
    a->vgic.version = (uint8_t)gic_version;
    a->vgic.dist = (struct gic_region){0x8000000, 0x10000};
    a->vgic.cpu = (struct gic_region){0x8010000, 0x2000};
    a->vgic.rdist[0] = (struct gic_region){0x80a0000, 0xf60000};
    a->vgic.nr_rdists = 1;
    a->vgic.rdist_stride = 0x20000;
    a->vgic.its = gic_version == 3 ? (struct vits *)&its_info : NULL; /* there is one */
}

long make_dom0_tree(const void *host, const char *uart, unsigned int gic_version, void *out,
                    size_t size)
{
    struct build b = {.d = &domain, .cmdline = "console=hvc0", .nr_vcpus = 3};
    struct fdt_writer w;
    long len;

    host_fdt = host;
    uart_dt_node = dt_find(host, uart);
    make_domain(gic_version);
    b.initrd = 0x68200000;
    b.initrd_len = 0x1000;
    b.gnttab = (struct dt_range){0x40200000, 0x40000};
    b.gic_phandle = 0x8003;
    if (dt_ranges_add(&b.ram, 0x60000000, 0x40000000) ||
        dt_ranges_add(&b.ram, 0x880000000, 0x10000000) ||
        dt_ranges_add(&b.extended, 0xa0000000, 0x20000000))
        return -1;
    len = dom0_fdt_build(&w, &b);
    if (len > 0 && (size_t)len <= size)
        memcpy(out, w.buf, (size_t)len);
    return len;
}
