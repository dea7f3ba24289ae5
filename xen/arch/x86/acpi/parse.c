/* SPDX-License-Identifier: MIT */
/* The tables' contents. ACPI 6.4, 5.2.x as noted; each field at its offset. */
#include <xen/kernel.h>
#include <xen/lib/bytes.h>
#include <xen/lib/string.h>
#include <asm/acpi.h>

#define HEADER_SIZE 36 /* 5.2.6 */

bool acpi_checksum_ok(const void *p, size_t len)
{
    const uint8_t *b = p;
    uint8_t sum = 0;

    for (size_t i = 0; i < len; i++)
        sum = (uint8_t)(sum + b[i]);
    return sum == 0;
}

/* 5.2.5.3 */
uint64_t acpi_parse_rsdp(const void *rsdp, size_t len, unsigned int *entry_size)
{
    const uint8_t *p = rsdp;
    uint32_t size;

    if (len < 20 || memcmp(p, "RSD PTR ", 8) || !acpi_checksum_ok(p, 20))
        return 0;
    if (p[15] >= 2 && len >= 36) {
        size = get_le32(p + 20);
        if (size >= 33 && size <= len && acpi_checksum_ok(p, size) && get_le64(p + 24)) {
            *entry_size = 8;
            return get_le64(p + 24);
        }
    }
    *entry_size = 4;
    return get_le32(p + 16);
}

static void add_cpu(struct acpi_info *info, uint32_t apicid, uint32_t acpi_id, uint32_t flags)
{
    /* Bit 0: enabled; bit 1: may be enabled later. Neither: a place that stays empty. */
    if (!(flags & 3) || info->nr_cpus == NR_CPUS)
        return;
    for (unsigned int i = 0; i < info->nr_cpus; i++) {
        if (info->cpu[i].apicid == apicid)
            return;
    }
    info->cpu[info->nr_cpus++] =
        (struct acpi_cpu){.apicid = apicid, .acpi_id = acpi_id, .enabled = flags & 1};
}

static void add_ioapic(struct acpi_info *info, const uint8_t *e)
{
    if (info->nr_ioapics < ACPI_MAX_IOAPICS)
        info->ioapic[info->nr_ioapics++] =
            (struct acpi_ioapic){.id = e[2], .addr = get_le32(e + 4), .gsi_base = get_le32(e + 8)};
}

static void add_iso(struct acpi_info *info, const uint8_t *e)
{
    if (e[2] == 0 && info->nr_isos < ACPI_MAX_ISOS)
        info->iso[info->nr_isos++] =
            (struct acpi_iso){.source = e[3], .gsi = get_le32(e + 4), .flags = get_le16(e + 8)};
}

static void add_nmi(struct acpi_info *info, uint32_t acpi_id, uint16_t flags, uint8_t lint)
{
    if (info->nr_lapic_nmis < ARRAY_SIZE(info->lapic_nmi))
        info->lapic_nmi[info->nr_lapic_nmis++] =
            (struct acpi_lapic_nmi){.acpi_id = acpi_id, .flags = flags, .lint = lint};
}

/* 5.2.12. Result: the size an entry of @type has at least; 0: a type we do not read. */
static unsigned int madt_entry_size(uint8_t type)
{
    static const uint8_t sizes[] = {
        [0] = 8, [1] = 12, [2] = 10, [4] = 6, [5] = 12, [9] = 16, [10] = 12};

    return type < ARRAY_SIZE(sizes) ? sizes[type] : 0;
}

static void madt_entry(const uint8_t *e, struct acpi_info *info)
{
    switch (e[0]) {
    case 0: /* local APIC */
        add_cpu(info, e[3], e[2], get_le32(e + 4));
        break;
    case 1:
        add_ioapic(info, e);
        break;
    case 2: /* interrupt source override */
        add_iso(info, e);
        break;
    case 4: /* local APIC NMI */
        add_nmi(info, e[2], get_le16(e + 3), e[5]);
        break;
    case 5: /* local APIC address override */
        info->lapic_addr = get_le64(e + 4);
        break;
    case 9: /* local x2APIC */
        add_cpu(info, get_le32(e + 4), get_le32(e + 12), get_le32(e + 8));
        break;
    case 10: /* local x2APIC NMI */
        add_nmi(info, get_le32(e + 4), get_le16(e + 2), e[8]);
        break;
    }
}

int acpi_parse_madt(const void *table, size_t len, struct acpi_info *info)
{
    const uint8_t *t = table;

    if (len < HEADER_SIZE + 8)
        return -EINVAL;
    info->lapic_addr = get_le32(t + 36);
    info->pcat_compat = get_le32(t + 40) & 1;
    for (size_t at = HEADER_SIZE + 8; at < len; at += t[at + 1]) {
        if (len - at < 2 || t[at + 1] < 2 || t[at + 1] > len - at)
            return -EINVAL;
        if (t[at + 1] >= madt_entry_size(t[at]))
            madt_entry(t + at, info);
    }
    return 0;
}

/* IA-PC HPET specification 1.0a, 3.2.4 */
int acpi_parse_hpet(const void *table, size_t len, struct acpi_info *info)
{
    const uint8_t *t = table;

    if (len < 56 || t[40] != 0) /* address space: memory */
        return -EINVAL;
    info->hpet_id = get_le32(t + 36);
    info->hpet_addr = get_le64(t + 44);
    info->hpet_number = t[52];
    return 0;
}

static struct acpi_gas read_gas(const uint8_t *p)
{
    return (struct acpi_gas){.space = p[0],
                             .bit_width = p[1],
                             .bit_offset = p[2],
                             .access = p[3],
                             .addr = get_le64(p + 4)};
}

/* 5.2.9 */
int acpi_parse_fadt(const void *table, size_t len, struct acpi_info *info)
{
    const uint8_t *t = table;

    if (len < 116)
        return -EINVAL;
    info->facs = get_le32(t + 36);
    info->sci_int = get_le16(t + 46);
    info->smi_cmd = get_le32(t + 48);
    info->acpi_enable = t[52];
    info->acpi_disable = t[53];
    info->pm1a_evt = (uint16_t)get_le32(t + 56);
    info->pm1b_evt = (uint16_t)get_le32(t + 60);
    info->pm1a_cnt = (uint16_t)get_le32(t + 64);
    info->pm1b_cnt = (uint16_t)get_le32(t + 68);
    if (t[91] == 4) /* PM_TMR_LEN */
        info->pm_timer_port = (uint16_t)get_le32(t + 76);
    info->century_index = t[108];
    info->boot_arch_flags = get_le16(t + 109);
    info->fadt_flags = get_le32(t + 112);
    info->pm_timer_32bit = info->fadt_flags & (1U << 8);
    if (len >= 129) {
        info->reset_reg = read_gas(t + 116);
        info->reset_value = t[128];
    } else {
        info->fadt_flags &= ~FADT_RESET_REG;
    }
    if (len >= 220) { /* X_PM_TMR_BLK */
        struct acpi_gas g = read_gas(t + 208);

        if (g.space == 1 && g.addr && g.addr <= 0xfffc)
            info->pm_timer_port = (uint16_t)g.addr;
    }
    return 0;
}

/* PCI Firmware Specification 3.0, 4.1.2 */
int acpi_parse_mcfg(const void *table, size_t len, struct acpi_info *info)
{
    const uint8_t *t = table;

    if (len < HEADER_SIZE + 8)
        return -EINVAL;
    for (size_t at = HEADER_SIZE + 8; len - at >= 16; at += 16) {
        const struct acpi_mcfg_entry e = {.base = get_le64(t + at),
                                          .segment = get_le16(t + at + 8),
                                          .start_bus = t[at + 10],
                                          .end_bus = t[at + 11]};

        if (e.start_bus > e.end_bus)
            return -EINVAL;
        if (info->nr_mcfg < ACPI_MAX_MCFG)
            info->mcfg[info->nr_mcfg++] = e;
    }
    return 0;
}

/* Proximity domains in the order in which they appear; the last node takes what does not fit. */
static uint8_t node_of_domain(uint32_t *domains, struct acpi_info *info, uint32_t domain)
{
    for (unsigned int i = 0; i < info->nr_nodes; i++) {
        if (domains[i] == domain)
            return (uint8_t)i;
    }
    if (info->nr_nodes == ACPI_MAX_NODES)
        return ACPI_MAX_NODES - 1;
    domains[info->nr_nodes] = domain;
    return (uint8_t)info->nr_nodes++;
}

static void set_cpu_node(struct acpi_info *info, uint32_t apicid, uint8_t node)
{
    for (unsigned int i = 0; i < info->nr_cpus; i++) {
        if (info->cpu[i].apicid == apicid)
            info->cpu[i].node = node;
    }
}

static uint32_t domains[ACPI_MAX_NODES]; /* SRAT's number of each node, for SLIT */
static unsigned int nr_domains;

static void srat_entry(const uint8_t *e, unsigned int size, struct acpi_info *info)
{
    if (e[0] == 0 && size >= 16 && (get_le32(e + 4) & 1)) {
        uint32_t domain = e[2] | (get_le32(e + 8) & 0xffffff00);

        set_cpu_node(info, e[3], node_of_domain(domains, info, domain));
    } else if (e[0] == 2 && size >= 24 && (get_le32(e + 12) & 1)) {
        set_cpu_node(info, get_le32(e + 8), node_of_domain(domains, info, get_le32(e + 4)));
    } else if (e[0] == 1 && size >= 40 && (get_le32(e + 28) & 1) && get_le64(e + 16)) {
        if (info->nr_mem_aff < ACPI_MAX_MEM_AFF)
            info->mem_aff[info->nr_mem_aff++] = (struct acpi_mem_affinity){
                .base = get_le64(e + 8),
                .len = get_le64(e + 16),
                .node = node_of_domain(domains, info, get_le32(e + 2)),
                .hotplug = get_le32(e + 28) & 2,
            };
    }
}

/* 5.2.16 */
int acpi_parse_srat(const void *table, size_t len, struct acpi_info *info)
{
    const uint8_t *t = table;
    int rc = 0;

    if (len < HEADER_SIZE + 12)
        return -EINVAL;
    info->nr_nodes = 0;
    for (size_t at = HEADER_SIZE + 12; at < len; at += t[at + 1]) {
        if (len - at < 2 || t[at + 1] < 2 || t[at + 1] > len - at) {
            rc = -EINVAL;
            break;
        }
        srat_entry(t + at, t[at + 1], info);
    }
    nr_domains = info->nr_nodes;
    if (!info->nr_nodes)
        info->nr_nodes = 1;
    return rc;
}

/* 5.2.17. Its localities are SRAT's proximity domains. */
int acpi_parse_slit(const void *table, size_t len, struct acpi_info *info)
{
    const uint8_t *t = table;
    uint64_t n;

    if (len < HEADER_SIZE + 8)
        return -EINVAL;
    n = get_le64(t + 36);
    if (n > 0xffff || n * n > len - HEADER_SIZE - 8)
        return -EINVAL;
    for (unsigned int i = 0; i < nr_domains; i++) {
        for (unsigned int j = 0; j < nr_domains; j++) {
            if (domains[i] < n && domains[j] < n)
                info->node_distance[i][j] = t[HEADER_SIZE + 8 + domains[i] * n + domains[j]];
        }
    }
    return 0;
}
