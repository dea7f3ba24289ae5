/* SPDX-License-Identifier: MIT */
/* The firmware that starts in an HVM guest: it makes a PC of the machine and enters the BIOS. */
#include <stddef.h>
#include <stdint.h>

#include <xen/arch-x86/hvm/start_info.h>
#include <xen/event_channel.h>
#include <xen/hvm/hvm_xs_strings.h>
#include <xen/hvm/params.h>
#include <xen/io/xs_wire.h>
#include <xen/sched.h>
#include <xen/xen.h>

#include "acpi.h"
#include "area.h"
#include "bios.h"
#include "console.h"
#include "cpu.h"
#include "e820.h"
#include "hypercall.h"
#include "io.h"
#include "layout.h"
#include "memory.h"
#include "mptable.h"
#include "pci.h"
#include "pci_links.h"
#include "pir.h"
#include "smbios.h"
#include "start.h"
#include "store.h"
#include <xen/lib/printf.h>
#include <xen/lib/string.h>

#define NR_GIVEN_MAX 128
#define BIOS_MODULE  "firmware" /* the module's command line, as builders write it */

#define VM86_TSS_SIZE 0x2100u /* with bitmaps of interrupts and of all ports: SDM vol 3B, 20.5 */

static struct e820_entry given[NR_GIVEN_MAX];
static struct e820_map map;

/* The store. */

static struct shared_info *const shared = (void *)(SHARED_INFO_GFN << 12);

static void store_notify(struct store *s)
{
    evtchn_notify(s->port);
}

static void store_wait(struct store *s)
{
    const unsigned int bits = sizeof(shared->evtchn_pending[0]) * 8;

    evtchn_poll(s->port);
    __atomic_fetch_and(&shared->evtchn_pending[s->port / bits],
                       ~((xen_ulong_t)1 << (s->port % bits)), __ATOMIC_SEQ_CST);
}

static void store_init(struct store *s)
{
    uint64_t pfn = hvm_param_get(HVM_PARAM_STORE_PFN);
    uint64_t port = hvm_param_get(HVM_PARAM_STORE_EVTCHN);

    if (!pfn || pfn >= FOUR_GIB >> 12 || !port || port >= EVTCHN_2L_NR_CHANNELS)
        fail("no ring of the store: page %#llx, event channel %llu", pfn, port);
    if (memory_map_shared_info(SHARED_INFO_GFN))
        fail("cannot map the shared info");
    s->ring = (struct xenstore_domain_interface *)((uint32_t)pfn << 12);
    s->port = (uint32_t)port;
    s->notify = store_notify;
    s->wait = store_wait;
}

/* The image of the BIOS. */

static const struct hvm_modlist_entry *find_module(const struct hvm_start_info *info)
{
    const struct hvm_modlist_entry *m = (const void *)(uint32_t)info->modlist_paddr;

    if (info->magic != XEN_HVM_START_MAGIC_VALUE)
        fail("no start info");
    for (uint32_t i = 0; i < info->nr_modules; i++) {
        const char *cmdline = (const char *)(uint32_t)m[i].cmdline_paddr;

        if (cmdline && !strcmp(cmdline, BIOS_MODULE) && m[i].paddr < memory.low_end &&
            m[i].size <= memory.low_end - m[i].paddr)
            return &m[i];
    }
    fail("the builder has loaded no BIOS");
}

static const struct bios *choose_bios(struct store *s)
{
    char name[16];
    const struct bios *b;

    store_read(s, HVM_XS_BIOS, name, sizeof(name));
    b = bios_find(name);
    if (!b)
        fail("BIOS \"%s\" is not known here", name);
    say("the BIOS is to be %s", b->title);
    return b;
}

/* Tables that are not ACPI's. */

static void smbios_read_machine(struct smbios_machine *m, struct store *s)
{
    struct cpuid_regs vendor = cpuid(0), one = cpuid(1);
    uint64_t at = store_read_number(s, HVM_XS_SMBIOS_PT_ADDRESS, 0);
    uint64_t len = store_read_number(s, HVM_XS_SMBIOS_PT_LENGTH, 0);

    version_text(m->version, sizeof(m->version));
    version_date(m->date, sizeof(m->date));
    version_uuid(m->uuid);
    m->nr_vcpus = memory.nr_vcpus;
    m->mhz = cpu_mhz(shared);
    m->cpu_signature = one.a;
    m->cpu_features = one.d;
    memcpy(m->cpu_vendor, &vendor.b, 4);
    memcpy(m->cpu_vendor + 4, &vendor.d, 4);
    memcpy(m->cpu_vendor + 8, &vendor.c, 4);
    m->memory_mb = (memory.low_end + memory.high_end - FOUR_GIB + 0xfffff) >> 20;
    if (at && at < memory.low_end && len <= memory.low_end - at) {
        m->given = (const uint8_t *)(uint32_t)at;
        m->given_len = (size_t)len;
    }
}

static uint32_t put_smbios(struct store *s)
{
    static uint8_t buf[SMBIOS_SIZE_MAX];
    static struct smbios_machine m;
    unsigned int nr, longest;
    uint8_t *entry;
    void *table;
    size_t len;

    smbios_read_machine(&m, s);
    len = smbios_build(&m, s, buf, sizeof(buf), &nr, &longest);
    if (!len) {
        say("SMBIOS tables are too long: there will be none");
        return 0;
    }
    table = memcpy(area_alloc(len, 16), buf, len);
    entry = area_alloc(SMBIOS_ENTRY_SIZE, 16);
    smbios_entry(entry, (uint32_t)table, len, nr, longest);
    say("SMBIOS: %u structures, %zu bytes, %u MHz", nr, len, m.mhz);
    return (uint32_t)entry;
}

static uint32_t put_mptable(void)
{
    struct cpuid_regs one = cpuid(1);
    struct mp_machine m = {.nr_vcpus = memory.nr_vcpus,
                           .online = memory.online,
                           .signature = one.a,
                           .features = one.d,
                           .level = pci_level_irqs()};
    uint8_t *p = area_alloc(MPTABLE_SIZE_MAX, 16);

    mptable_build(p, (uint32_t)p, &m);
    return (uint32_t)p;
}

static uint32_t put_pir(void)
{
    uint8_t *p = area_alloc(PIR_SIZE_MAX, 16);

    pir_build(p, pci_slots_with_pins);
    return (uint32_t)p;
}

/* Real mode on Intel CPUs that cannot enter it in a guest. Source: hvm/params.h. */
static void put_vm86_tss(void)
{
    uint32_t addr = (uint32_t)area_alloc(VM86_TSS_SIZE, 0x80);

    hvm_param_set(HVM_PARAM_VM86_TSS_SIZED, (uint64_t)VM86_TSS_SIZE << 32 | addr);
}

static void put_tables(struct bios_tables *t, struct store *s)
{
    acpi_reserve_info();
    if (store_read_number(s, "platform/acpi", 1))
        t->rsdp = acpi_build(s);
    t->smbios = put_smbios(s);
    if (memory.apics)
        t->mptable = put_mptable();
    t->pir = put_pir();
    put_vm86_tss();
}

static void make_map(const struct bios *bios, unsigned int nr_given)
{
    struct e820_shape shape = {
        .low_end = memory.low_end,
        .high_end = memory.high_end,
        .rom_start = bios->rom_start,
        .nvs_end = area_end(),
        .given = given,
        .nr_given = nr_given,
    };

    e820_build(&map, &shape);
    for (unsigned int i = 0; i < map.nr; i++)
        say("e820: %#llx to %#llx, type %u", map.entry[i].addr,
            map.entry[i].addr + map.entry[i].size, map.entry[i].type);
}

static unsigned int read_given(void)
{
    int nr = memory_get_map(given, NR_GIVEN_MAX);

    if (nr < 0)
        say("the hypervisor has no map of memory: %d", nr);
    return nr < 0 ? 0 : (unsigned int)nr;
}

void hvmloader_main(const struct hvm_start_info *info)
{
    const struct hvm_modlist_entry *image;
    struct bios_tables tables = {0};
    const struct bios *bios;
    struct store store = {0};
    unsigned int nr_given;

    hypercall_init();
    memory_init();
    store_init(&store);
    image = find_module(info);
    bios = choose_bios(&store);
    nr_given = read_given();
    cpu_set_apics();
    pci_setup(store_read_number(&store, HVM_XS_ALLOW_MEMORY_RELOCATE, 1), given, nr_given);
    cpu_set_mtrrs();
    cpu_start_others();
    put_tables(&tables, &store);
    bios->load((const void *)(uint32_t)image->paddr, (size_t)image->size);
    make_map(bios, nr_given);
    bios->inform(&tables, &map);
    memory_tell();
    memory_unmap(SHARED_INFO_GFN);
    say("entering %s", bios->title);
    memcpy((void *)REAL_MODE_ADDR, bios_start, (size_t)(bios_start_end - bios_start));
    enter_real_mode();
}
