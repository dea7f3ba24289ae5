/* SPDX-License-Identifier: MIT */
/* A device tree of arbitrary bytes, asked all that boot asks of the host's. */
#include <libfdt.h>
#include <xen/types.h>
#include "../../../arch/arm/include/asm/dt.h"
#include "../../../arch/arm/include/asm/platform.h"

void *malloc(size_t size);
void free(void *p);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_NODES   32U /* looked at: each lookup walks the tree */
#define MAX_ENTRIES 2U

static void check_ranges(const struct dt_ranges *rs)
{
    for (unsigned int i = 0; i < rs->nr; i++) {
        const struct dt_range *r = &rs->r[i];

        if (!r->size || r->start + r->size < r->start ||
            (i && rs->r[i - 1].start + rs->r[i - 1].size >= r->start))
            __builtin_trap();
    }
}

static void check_boot(const struct dt_boot *b)
{
    struct dt_ranges free_ranges = b->memory;

    check_ranges(&b->memory);
    check_ranges(&b->reserved);
    check_ranges(&b->no_map);
    for (unsigned int i = 0; i < b->reserved.nr; i++)
        (void)dt_ranges_sub(&free_ranges, b->reserved.r[i].start, b->reserved.r[i].size);
    for (unsigned int i = 0; i < b->nr_modules; i++) {
        const struct dt_module *m = &b->module[i];

        if (!m->at.size || m->at.start + m->at.size < m->at.start ||
            strlen(m->cmdline) > DT_MAX_SIZE)
            __builtin_trap();
        (void)dt_ranges_sub(&free_ranges, m->at.start, m->at.size);
    }
    check_ranges(&free_ranges);
    if (strlen(b->xen_cmdline) + strlen(b->dom0_cmdline) > 2 * DT_MAX_SIZE)
        __builtin_trap();
}

static void ask_node(const void *fdt, int node)
{
    static const char *const list[] = {"simple-bus", "xen,domain", NULL};
    struct dt_range r;
    struct dt_irq irq;
    char path[64];
    uint64_t number;

    for (unsigned int i = 0; i < MAX_ENTRIES; i++) {
        if (!dt_reg(fdt, node, i, &r) && (!r.size || r.start + r.size < r.start))
            __builtin_trap();
        (void)dt_pci_window(fdt, node, i, &r);
        if (!dt_irq(fdt, node, i, &irq) && (irq.irq < 16 || irq.irq > 1019))
            __builtin_trap();
        if (!dt_irq_map(fdt, node, i, &irq) && (irq.irq < 16 || irq.irq > 1019))
            __builtin_trap();
    }
    (void)dt_path(fdt, node, path, sizeof(path));
    (void)dt_compatible(fdt, node, list);
    (void)dt_available(fdt, node);
    (void)dt_u64(fdt, node, "memory", &number);
}

static void ask(const void *fdt)
{
    static struct dt_boot boot;
    struct dt_cpu cpus[8];
    struct dt_psci psci;
    unsigned int nr = 0;

    if (!dt_scan(fdt, &boot))
        check_boot(&boot);
    (void)dt_cpus(fdt, cpus, 8);
    dt_psci(fdt, &psci);
    (void)dt_gic_node(fdt);
    (void)dt_console_node(fdt, "");
    (void)dt_console_node(fdt, "serial0/a//b@1:x");
    if (!platform_match(fdt))
        __builtin_trap();
    for (int n = 0; n >= 0 && nr < MAX_NODES; n = fdt_next_node(fdt, n, NULL), nr++)
        ask_node(fdt, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *copy = malloc(size ? size : 1);

    memcpy(copy, data, size);
    if (!dt_check(copy, size))
        ask(copy);
    free(copy);
    return 0;
}
