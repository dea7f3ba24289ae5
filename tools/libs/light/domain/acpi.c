/* SPDX-License-Identifier: MIT */
/*
 * ACPI tables of a PVH guest: as much as a kernel needs to find its CPUs on a machine without
 * firmware, timers and interrupt controllers other than local APICs ("hardware-reduced").
 * Source: ACPI Specification 6.4, chapter 5.2.
 */
#include "domain/build.h"

#include "../../../firmware/acpi/tables.h"

#define OEM_ID       "anew  "
#define OEM_TABLE_ID "pvhguest"
#define CREATOR_ID   "anew"

#define XSDT_MAX 4
struct xsdt {
    struct acpi_header h;
    uint64_t entry[XSDT_MAX];
} __attribute__((packed));

#define SLIT_NODES_MAX 64 /* SLIT has a page of distances then */

#define LAPIC_ADDR 0xfee00000u

/* Scope (\_SB) {}; ACPI 20.2.5.1 */
static const uint8_t dsdt_code[] = {0x10, 0x05, '_', 'S', 'B', '_'};

static uint8_t checksum(const void *p, size_t len)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < len; i++)
        sum = (uint8_t)(sum + ((const uint8_t *)p)[i]);
    return (uint8_t)-sum;
}

/* What is made, and where the next table goes. */
struct area {
    uint8_t *bytes;
    uint32_t used, size;
};

static void *place(struct area *a, size_t len, uint64_t *addr)
{
    void *p = a->bytes + a->used;

    *addr = ACPI_BASE + a->used;
    a->used += (uint32_t)((len + 15) & ~(size_t)15);
    if (a->used > a->size)
        abort();
    return p;
}

static void finish(struct acpi_header *h, const char *signature, uint8_t revision, size_t len)
{
    memcpy(h->signature, signature, sizeof(h->signature));
    h->length = (uint32_t)len;
    h->revision = revision;
    memcpy(h->oem_id, OEM_ID, sizeof(h->oem_id));
    memcpy(h->oem_table_id, OEM_TABLE_ID, sizeof(h->oem_table_id));
    memcpy(h->creator_id, CREATOR_ID, sizeof(h->creator_id));
    h->creator_revision = 1;
    h->checksum = checksum(h, len);
}

static uint64_t put_dsdt(struct area *a)
{
    size_t len = sizeof(struct acpi_header) + sizeof(dsdt_code);
    uint64_t addr;
    struct acpi_header *h = place(a, len, &addr);

    memcpy(h + 1, dsdt_code, sizeof(dsdt_code));
    finish(h, "DSDT", 2, len);
    return addr;
}

static uint64_t put_fadt(struct area *a, uint64_t dsdt)
{
    uint64_t addr;
    struct acpi_fadt *f = place(a, sizeof(*f), &addr);

    f->iapc_boot_arch = ACPI_BOOT_NO_VGA | ACPI_BOOT_NO_CMOS;
    f->flags = ACPI_FADT_WBINVD | ACPI_FADT_HW_REDUCED;
    f->minor = 4;
    f->x_dsdt = dsdt;
    finish(&f->h, "FACP", 6, sizeof(*f));
    return addr;
}

/* As the hypervisor has them. */
static uint8_t apic_id(int vcpu)
{
    return (uint8_t)(vcpu * 2);
}

static uint64_t put_madt(struct area *a, unsigned int nr_vcpus)
{
    size_t len = sizeof(struct acpi_madt) + nr_vcpus * sizeof(struct acpi_madt_lapic);
    uint64_t addr;
    struct acpi_madt *m = place(a, len, &addr);
    struct acpi_madt_lapic *cpu = (struct acpi_madt_lapic *)(void *)(m + 1);

    m->lapic_addr = LAPIC_ADDR;
    /* Those that are not to run at first too: a CPU that is not enabled here can never be. */
    for (unsigned int i = 0; i < nr_vcpus; i++)
        cpu[i] = (struct acpi_madt_lapic){.length = sizeof(*cpu),
                                          .uid = (uint8_t)i,
                                          .apic_id = apic_id((int)i),
                                          .flags = ACPI_LAPIC_ENABLED};
    finish(&m->h, "APIC", 5, len);
    return addr;
}

static uint64_t put_srat(struct area *a, const libxl_domain_build_info *b,
                         const struct xc_dom_image *dom)
{
    size_t nr_vcpus = (size_t)b->max_vcpus;
    size_t len = sizeof(struct acpi_srat) + nr_vcpus * sizeof(struct acpi_srat_lapic) +
                 dom->nr_vmemranges * sizeof(struct acpi_srat_memory);
    uint64_t addr;
    struct acpi_srat *s = place(a, len, &addr);
    struct acpi_srat_lapic *cpu = (struct acpi_srat_lapic *)(void *)(s + 1);
    struct acpi_srat_memory *mem = (struct acpi_srat_memory *)(void *)(cpu + nr_vcpus);

    s->one = 1;
    for (int i = 0; i < b->max_vcpus; i++)
        cpu[i] = (struct acpi_srat_lapic){.length = sizeof(*cpu),
                                          .node = (uint8_t)vnuma_node_of_vcpu(b, i),
                                          .apic_id = apic_id(i),
                                          .flags = ACPI_SRAT_ENABLED};
    for (unsigned int i = 0; i < dom->nr_vmemranges; i++) {
        const xen_vmemrange_t *r = &dom->vmemranges[i];

        mem[i] = (struct acpi_srat_memory){.type = ACPI_SRAT_MEMORY,
                                           .length = sizeof(*mem),
                                           .node = r->nid,
                                           .start = r->start,
                                           .bytes = r->end - r->start,
                                           .flags = ACPI_SRAT_ENABLED};
    }
    finish(&s->h, "SRAT", 3, len);
    return addr;
}

static uint64_t put_slit(struct area *a, const libxl_domain_build_info *b)
{
    size_t nr = (size_t)b->num_vnuma_nodes, len = sizeof(struct acpi_slit) + nr * nr;
    uint64_t addr;
    struct acpi_slit *s = place(a, len, &addr);

    s->nr = nr;
    for (size_t i = 0; i < nr * nr; i++) {
        uint32_t d = b->vnuma_nodes[i / nr].distances[i % nr];

        s->distance[i] = d < UINT8_MAX ? (uint8_t)d : UINT8_MAX; /* 255: not to be reached */
    }
    finish(&s->h, "SLIT", 1, len);
    return addr;
}

static uint64_t put_xsdt(struct area *a, const uint64_t *tables, unsigned int nr)
{
    size_t len = offsetof(struct xsdt, entry) + nr * sizeof(*tables);
    uint64_t addr;
    struct xsdt *x = place(a, sizeof(*x), &addr);

    memcpy(x->entry, tables, nr * sizeof(*tables));
    finish(&x->h, "XSDT", 1, len);
    return addr;
}

static void fill_rsdp(struct acpi_rsdp *r, uint64_t xsdt)
{
    memcpy(r->signature, "RSD PTR ", sizeof(r->signature));
    memcpy(r->oem_id, OEM_ID, sizeof(r->oem_id));
    r->revision = 2;
    r->length = sizeof(*r);
    r->xsdt = xsdt;
    r->checksum = checksum(r, offsetof(struct acpi_rsdp, length));
    r->extended_checksum = checksum(r, sizeof(*r));
}

int acpi_build(struct scope *sc, const libxl_domain_build_info *b, const struct xc_dom_image *dom,
               uint8_t **out, uint32_t *len)
{
    struct area a = {.size = 4 * XC_PAGE_SIZE};
    uint64_t addr, tables[XSDT_MAX];
    unsigned int nr = 0;
    struct acpi_rsdp *rsdp;

    if (b->max_vcpus > 128 || b->num_vnuma_nodes > SLIT_NODES_MAX) {
        LOG_ERROR(sc, "no more than 128 vCPUs and %d nodes can be described by ACPI tables",
                  SLIT_NODES_MAX);
        return ERROR_INVAL;
    }
    a.bytes = scope_alloc(sc, a.size);
    rsdp = place(&a, sizeof(*rsdp), &addr);
    tables[nr++] = put_fadt(&a, put_dsdt(&a));
    tables[nr++] = put_madt(&a, (unsigned int)b->max_vcpus);
    if (b->num_vnuma_nodes) {
        tables[nr++] = put_srat(&a, b, dom);
        tables[nr++] = put_slit(&a, b);
    }
    fill_rsdp(rsdp, put_xsdt(&a, tables, nr));
    *out = a.bytes;
    *len = a.used;
    return 0;
}
