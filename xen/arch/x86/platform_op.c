/* SPDX-License-Identifier: MIT */
/* What the control domain does to the machine as a whole. */
#include <public/platform.h>
#include <xen/domain.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/port/cpu.h>
#include <xen/port/platform.h>
#include <xen/sched.h>
#include <xen/symbols.h>
#include <xen/time.h>
#include <xen/xsm.h>
#include <asm/acpi.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/layout.h>
#include <asm/setup.h>
#include <asm/smpboot.h>

#define MSR_TSC          0x10
#define MSR_MTRR_CAP     0xfe
#define MSR_MTRR_BASE(n) (0x200U + 2 * (n))
#define MSR_MTRR_MASK(n) (0x201U + 2 * (n))
#define MTRR_VALID       (1UL << 11)

#define BDA_SHIFT_FLAGS  0x417 /* BIOS data area, keyboard flags */
#define PM1_SLEEP_ENABLE (1U << 13)
#define RESOURCE_MAX     32

static long op_read_memtype(struct xen_platform_op *op)
{
    struct xenpf_read_memtype *m = &op->u.read_memtype;
    uint64_t cap, base, mask, frames = (1UL << (host_phys_bits - PAGE_SHIFT)) - 1;

    if (rdmsr_safe(MSR_MTRR_CAP, &cap) || m->reg >= (cap & 0xff))
        return -EINVAL;
    base = rdmsr(MSR_MTRR_BASE(m->reg));
    mask = rdmsr(MSR_MTRR_MASK(m->reg));
    m->type = base & 0xff;
    m->mfn = base >> PAGE_SHIFT & frames;
    /* The mask's lowest bit is the size. */
    mask = mask & MTRR_VALID ? mask >> PAGE_SHIFT & frames : 0;
    m->nr_mfns = mask & -mask;
    return 0;
}

/* Routes are written whole, index and data, and move only when vCPUs do: nothing to switch. */
static long op_quirk(struct xen_platform_op *op)
{
    uint32_t id = op->u.platform_quirk.quirk_id;

    return id >= QUIRK_NOIRQBALANCING && id <= QUIRK_IOAPIC_GOOD_REGSEL ? 0 : -EINVAL;
}

/* No real-mode calls were made at boot, and there is no EFI; the BIOS's data area is there. */
static long op_firmware_info(struct xen_platform_op *op)
{
    struct xenpf_firmware_info *f = &op->u.firmware_info;

    switch (f->type) {
    case XEN_FW_DISK_INFO:
    case XEN_FW_DISK_MBR_SIGNATURE:
    case XEN_FW_VBEDDC_INFO:
    case XEN_FW_EFI_INFO:
        return -ENOENT;
    case XEN_FW_KBD_SHIFT_FLAGS:
        if (f->index)
            return -ENOENT;
        f->u.kbd_shift_flags = *(const volatile uint8_t *)maddr_to_virt(BDA_SHIFT_FLAGS);
        return 0;
    default:
        return -EINVAL;
    }
}

static void write_pm1(uint16_t port, uint16_t value)
{
    if (port)
        outw(value | PM1_SLEEP_ENABLE, port);
}

/* Power off. Comes back only where the machine did not obey. */
static long op_sleep(struct xen_platform_op *op)
{
    const struct xenpf_enter_acpi_sleep *s = &op->u.enter_acpi_sleep;
    s_time_t end;

    if (s->flags & ~XENPF_ACPI_SLEEP_EXTENDED)
        return -EINVAL;
    if (s->sleep_state > 5)
        return -EINVAL;
    if ((s->flags & XENPF_ACPI_SLEEP_EXTENDED) || s->sleep_state != 5 || !acpi_info.pm1a_cnt)
        return -EOPNOTSUPP;
    printk("Entering ACPI S5 state.\n");
    wbinvd();
    write_pm1(acpi_info.pm1a_cnt, s->val_a);
    write_pm1(acpi_info.pm1b_cnt, s->val_b);
    end = NOW() + SECONDS(2);
    while (NOW() < end)
        cpu_relax();
    return -EIO;
}

/* One byte of the map: clear CPUs that are not there, report the others. */
static long idle_of_byte(const struct xenpf_getidletime *g, unsigned int byte)
{
    uint8_t bits;

    if (copy_from_guest(&bits, g->cpumap_bitmap, byte, 1))
        return -EFAULT;
    for (unsigned int i = 0; i < 8; i++) {
        unsigned int cpu = byte * 8 + i;
        bool there = cpu < nr_cpu_ids && cpumask_test(cpu, &cpu_present_map);
        uint64_t idle;

        if (cpu >= g->cpumap_nr_cpus || !(bits & (1U << i)))
            continue;
        idle = there ? (uint64_t)cpu_idle_time(cpu) : 0;
        if (!there)
            bits &= (uint8_t) ~(1U << i);
        if (copy_to_guest(g->idletime, cpu, &idle, 1))
            return -EFAULT;
    }
    return copy_to_guest(g->cpumap_bitmap, byte, &bits, 1);
}

static long op_getidletime(struct xen_platform_op *op)
{
    struct xenpf_getidletime *g = &op->u.getidletime;
    long rc = 0;

    if (g->cpumap_nr_cpus > 8 * 1024)
        return -EINVAL;
    for (unsigned int byte = 0; !rc && byte < (g->cpumap_nr_cpus + 7) / 8; byte++)
        rc = idle_of_byte(g, byte);
    g->now = (uint64_t)NOW();
    return rc;
}

/* CPUs idle by HLT and keep their frequency: tables of C- and P-states find no use. */
static long op_pminfo(struct xen_platform_op *op)
{
    return op->u.set_pminfo.type <= XEN_PM_PDC ? -ENOSYS : -EINVAL;
}

static uint32_t max_present(void)
{
    return find_last_bit(cpu_present_map.bits, nr_cpu_ids);
}

static bool cpu_is_present(uint32_t cpu)
{
    return cpu < nr_cpu_ids && cpumask_test(cpu, &cpu_present_map);
}

static long op_cpuinfo(struct xen_platform_op *op)
{
    struct xenpf_pcpuinfo *i = &op->u.pcpu_info;

    i->max_present = max_present();
    if (!cpu_is_present(i->xen_cpuid)) {
        i->flags = XEN_PCPU_FLAGS_INVALID;
        return 0;
    }
    i->apic_id = cpu_to_apicid[i->xen_cpuid];
    i->acpi_id = cpu_to_acpi_id[i->xen_cpuid];
    i->flags = cpu_online(i->xen_cpuid) ? XEN_PCPU_FLAGS_ONLINE : 0;
    return 0;
}

static long op_cpu_version(struct xen_platform_op *op)
{
    struct xenpf_pcpu_version *v = &op->u.pcpu_version;

    v->max_present = max_present();
    memset(v->vendor_id, 0, sizeof(v->vendor_id));
    v->family = v->model = v->stepping = 0;
    if (!cpu_is_present(v->xen_cpuid) || !cpu_online(v->xen_cpuid))
        return 0;
    memcpy(v->vendor_id, boot_cpu.vendor, sizeof(v->vendor_id));
    v->family = boot_cpu.family;
    v->model = boot_cpu.model;
    v->stepping = boot_cpu.stepping;
    return 0;
}

static long op_cpu_online(struct xen_platform_op *op)
{
    uint32_t cpu = op->u.cpu_ol.cpuid;

    if (!cpu_is_present(cpu))
        return -EINVAL;
    return cpu_online(cpu) ? 0 : port_cpu_up(cpu);
}

static long op_cpu_offline(struct xen_platform_op *op)
{
    uint32_t cpu = op->u.cpu_ol.cpuid;

    if (cpu == 0)
        return -EOPNOTSUPP;
    if (!cpu_is_present(cpu))
        return -EINVAL;
    return cpu_online(cpu) ? port_cpu_down(cpu) : 0;
}

/* Only system time is on the list. */
static int access_resource(struct xenpf_resource_entry *e)
{
    if (e->rsvd)
        return -EINVAL;
    if (e->u.cmd > XEN_RESOURCE_OP_MSR_WRITE)
        return -EOPNOTSUPP;
    if (e->idx != MSR_TSC || e->u.cmd != XEN_RESOURCE_OP_MSR_READ)
        return -EPERM;
    e->val = (uint64_t)NOW();
    return 0;
}

/* The number of entries that succeeded; the one after them has its error. */
static long op_resource(struct xen_platform_op *op)
{
    const struct xenpf_resource_op *r = &op->u.resource_op;
    struct xenpf_resource_entry e;
    unsigned int done;
    int rc = 0;

    if (r->nr_entries > RESOURCE_MAX)
        return -E2BIG;
    if (r->cpu >= nr_cpu_ids || !cpu_online(r->cpu))
        return -ENODEV;
    for (done = 0; !rc && done < r->nr_entries; done += rc == 0) {
        if (copy_from_guest(&e, r->entries, done, 1))
            return -EFAULT;
        rc = access_resource(&e);
        e.u.ret = rc;
        if (copy_to_guest(r->entries, done, &e, 1))
            return -EFAULT;
    }
    return done;
}

static long op_symbol(struct xen_platform_op *op)
{
    struct xenpf_symdata *s = &op->u.symdata;
    uint32_t room = s->namelen, len;
    unsigned long addr;
    const char *name;

    /* The end: the number stays as it is. */
    if (symbols_get(s->symnum, &addr, &name, &s->type))
        return 0;
    len = (uint32_t)strlen(name);
    if (room && !guest_handle_is_null(s->name) &&
        copy_to_guest(s->name, 0, name, min(room, len + 1)))
        return -EFAULT;
    s->namelen = len;
    s->address = addr;
    s->symnum++;
    return 0;
}

static long op_unsupported(struct xen_platform_op *op)
{
    return -EOPNOTSUPP;
}

static const struct {
    long (*fn)(struct xen_platform_op *op);
    bool out; /* the argument goes back on success */
} ops[] = {
    [XENPF_add_memtype] = {op_unsupported, false},
    [XENPF_del_memtype] = {op_unsupported, false},
    [XENPF_read_memtype] = {op_read_memtype, true},
    [XENPF_microcode_update] = {op_unsupported, false},
    [XENPF_platform_quirk] = {op_quirk, false},
    [XENPF_efi_runtime_call] = {op_unsupported, false},
    [XENPF_firmware_info] = {op_firmware_info, true},
    [XENPF_enter_acpi_sleep] = {op_sleep, false},
    [XENPF_change_freq] = {op_unsupported, false},
    [XENPF_getidletime] = {op_getidletime, true},
    [XENPF_set_processor_pminfo] = {op_pminfo, false},
    [XENPF_get_cpuinfo] = {op_cpuinfo, true},
    [XENPF_get_cpu_version] = {op_cpu_version, true},
    [XENPF_cpu_online] = {op_cpu_online, false},
    [XENPF_cpu_offline] = {op_cpu_offline, false},
    [XENPF_cpu_hotadd] = {op_unsupported, false},
    [XENPF_mem_hotadd] = {op_unsupported, false},
    [XENPF_core_parking] = {op_unsupported, false},
    [XENPF_resource_op] = {op_resource, false},
    [XENPF_get_symbol] = {op_symbol, true},
};

long port_platform_op(struct xen_platform_op *op, bool *copyback)
{
    if (op->cmd >= ARRAY_SIZE(ops) || !ops[op->cmd].fn)
        return -ENOSYS;
    *copyback = ops[op->cmd].out;
    return ops[op->cmd].fn(op);
}
