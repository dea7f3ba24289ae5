/* SPDX-License-Identifier: MIT */
/*
 * ACPI tables of a PVH guest: as much as a kernel needs to find its CPUs on a machine without
 * firmware, timers and interrupt controllers other than local APICs ("hardware-reduced").
 * Source: ACPI Specification 6.4, chapter 5.2.
 */
#include "domain/build.h"

#define OEM_ID       "anew  "
#define OEM_TABLE_ID "pvhguest"
#define CREATOR_ID   "anew"

struct rsdp {
    char signature[8];
    uint8_t checksum;
    char oem_id[6];
    uint8_t revision;
    uint32_t rsdt;
    uint32_t length;
    uint64_t xsdt;
    uint8_t extended_checksum;
    uint8_t reserved[3];
} __attribute__((packed));

struct header {
    char signature[4];
    uint32_t length;
    uint8_t revision;
    uint8_t checksum;
    char oem_id[6];
    char oem_table_id[8];
    uint32_t oem_revision;
    char creator_id[4];
    uint32_t creator_revision;
} __attribute__((packed));

struct xsdt {
    struct header h;
    uint64_t entry[2];
} __attribute__((packed));

/* Table 5.9; what is not named is zero and of no meaning on hardware-reduced machines. */
struct fadt {
    struct header h;
    uint8_t to_boot_arch[73]; /* offsets 36 to 108 */
    uint16_t iapc_boot_arch;
    uint8_t reserved;
    uint32_t flags;
    uint8_t to_minor[15]; /* reset register and value, Arm's boot flags */
    uint8_t minor;
    uint64_t x_firmware_ctrl;
    uint64_t x_dsdt;
    uint8_t blocks[10 * 12]; /* event, control and GPE blocks; sleep registers */
    uint64_t hypervisor_vendor;
} __attribute__((packed));

#define FADT_WBINVD     (1u << 0)
#define FADT_HW_REDUCED (1u << 20)
#define BOOT_NO_VGA     (1u << 2)
#define BOOT_NO_CMOS    (1u << 5)

struct madt {
    struct header h;
    uint32_t lapic_addr;
    uint32_t flags;
} __attribute__((packed));

struct madt_lapic {
    uint8_t type;
    uint8_t length;
    uint8_t uid;
    uint8_t apic_id;
    uint32_t flags;
} __attribute__((packed));

#define LAPIC_ADDR    0xfee00000u
#define LAPIC_ENABLED 1u

/* Scope (\_SB) {}; ACPI 20.2.5.1 */
static const uint8_t dsdt_code[] = {0x10, 0x05, '_', 'S', 'B', '_'};

_Static_assert(sizeof(struct rsdp) == 36, "RSDP");
_Static_assert(sizeof(struct header) == 36, "table header");
_Static_assert(sizeof(struct fadt) == 276, "FADT");
_Static_assert(offsetof(struct fadt, flags) == 112, "FADT flags");
_Static_assert(offsetof(struct fadt, x_dsdt) == 140, "FADT X_DSDT");

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

static void finish(struct header *h, const char *signature, uint8_t revision, size_t len)
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
    size_t len = sizeof(struct header) + sizeof(dsdt_code);
    uint64_t addr;
    struct header *h = place(a, len, &addr);

    memcpy(h + 1, dsdt_code, sizeof(dsdt_code));
    finish(h, "DSDT", 2, len);
    return addr;
}

static uint64_t put_fadt(struct area *a, uint64_t dsdt)
{
    uint64_t addr;
    struct fadt *f = place(a, sizeof(*f), &addr);

    f->iapc_boot_arch = BOOT_NO_VGA | BOOT_NO_CMOS;
    f->flags = FADT_WBINVD | FADT_HW_REDUCED;
    f->minor = 4;
    f->x_dsdt = dsdt;
    finish(&f->h, "FACP", 6, sizeof(*f));
    return addr;
}

static uint64_t put_madt(struct area *a, unsigned int nr_vcpus)
{
    size_t len = sizeof(struct madt) + nr_vcpus * sizeof(struct madt_lapic);
    uint64_t addr;
    struct madt *m = place(a, len, &addr);
    struct madt_lapic *cpu = (struct madt_lapic *)(void *)(m + 1);

    m->lapic_addr = LAPIC_ADDR;
    /* Those that are not to run at first too: a CPU that is not enabled here can never be. */
    for (unsigned int i = 0; i < nr_vcpus; i++)
        cpu[i] = (struct madt_lapic){.length = sizeof(*cpu),
                                     .uid = (uint8_t)i,
                                     .apic_id = (uint8_t)(i * 2), /* as the hypervisor has them */
                                     .flags = LAPIC_ENABLED};
    finish(&m->h, "APIC", 5, len);
    return addr;
}

static uint64_t put_xsdt(struct area *a, uint64_t fadt, uint64_t madt)
{
    uint64_t addr;
    struct xsdt *x = place(a, sizeof(*x), &addr);

    x->entry[0] = fadt;
    x->entry[1] = madt;
    finish(&x->h, "XSDT", 1, sizeof(*x));
    return addr;
}

static void fill_rsdp(struct rsdp *r, uint64_t xsdt)
{
    memcpy(r->signature, "RSD PTR ", sizeof(r->signature));
    memcpy(r->oem_id, OEM_ID, sizeof(r->oem_id));
    r->revision = 2;
    r->length = sizeof(*r);
    r->xsdt = xsdt;
    r->checksum = checksum(r, offsetof(struct rsdp, length));
    r->extended_checksum = checksum(r, sizeof(*r));
}

int acpi_build(struct scope *sc, unsigned int nr_vcpus, uint8_t **out, uint32_t *len)
{
    struct area a = {.size = XC_PAGE_SIZE};
    uint64_t addr, fadt, madt;
    struct rsdp *rsdp;

    if (nr_vcpus > 128) {
        LOG_ERROR(sc, "no more than 128 vCPUs can be described by ACPI tables");
        return ERROR_INVAL;
    }
    a.bytes = scope_alloc(sc, a.size);
    rsdp = place(&a, sizeof(*rsdp), &addr);
    fadt = put_fadt(&a, put_dsdt(&a));
    madt = put_madt(&a, nr_vcpus);
    fill_rsdp(rsdp, put_xsdt(&a, fadt, madt));
    *out = a.bytes;
    *len = a.used;
    return 0;
}
