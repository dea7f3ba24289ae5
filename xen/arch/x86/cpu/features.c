/* SPDX-License-Identifier: MIT */
/* What the boot CPU can do, and how each CPU is set up. */
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/setup.h>

uint32_t host_features[NR_FEATURE_WORDS] __ro_after_init;
unsigned int host_phys_bits __ro_after_init = 36;
struct boot_cpu boot_cpu __ro_after_init;
unsigned long xen_cr4 __ro_after_init = CR4_PAE;
bool opt_smap __ro_after_init = true;
bool opt_smep __ro_after_init = true;
static bool opt_umip __initdata = true;
static bool opt_fsgsbase __initdata = true;
static bool opt_xsave __initdata = true;

#define MSR_ARCH_CAPS 0x10a
/* WB WT UC- UC WC WP UC UC: the ABI of PV guests. public/arch-x86 guests read it as it is. */
#define XEN_PAT       0x0000050100070406UL

static int __init parse_smap(const char *s)
{
    int v = *s ? parse_bool(s, strlen(s)) : 1;

    if (!strcmp(s, "hvm"))
        v = 0;
    if (v < 0)
        return -EINVAL;
    opt_smap = v;
    return 0;
}
PARAM_FN("smap", parse_smap);

static int __init parse_smep(const char *s)
{
    int v = *s ? parse_bool(s, strlen(s)) : 1;

    if (!strcmp(s, "hvm"))
        v = 0;
    if (v < 0)
        return -EINVAL;
    opt_smep = v;
    return 0;
}
PARAM_FN("smep", parse_smep);
PARAM_BOOL("umip", opt_umip);
PARAM_BOOL("fsgsbase", opt_fsgsbase);
PARAM_BOOL("xsave", opt_xsave);
PARAM_IGNORED(cpuid, "cpuid");
PARAM_IGNORED(ucode, "ucode");
PARAM_IGNORED(spec_ctrl, "spec-ctrl");
PARAM_IGNORED(xpti, "xpti");
PARAM_IGNORED(pv_l1tf, "pv-l1tf");
PARAM_IGNORED(cet, "cet");
PARAM_IGNORED(mce, "mce");

static void __init drop_feature(unsigned int feature)
{
    host_features[feature / 32] &= ~(1U << (feature % 32));
}

static void __init read_words(void)
{
    uint32_t *f = host_features;
    struct cpuid_leaf l = cpuid(1);

    f[0] = l.d;
    f[1] = l.c;
    if (boot_cpu.max_leaf >= 7) {
        uint32_t max_sub;

        l = cpuid_count(7, 0);
        max_sub = l.a;
        f[5] = l.b;
        f[6] = l.c;
        f[9] = l.d;
        if (max_sub >= 1) {
            l = cpuid_count(7, 1);
            f[10] = l.a;
            f[12] = l.b;
            f[14] = l.c;
            f[15] = l.d;
        }
        if (max_sub >= 2)
            f[13] = cpuid_count(7, 2).d;
    }
    if (boot_cpu.max_leaf >= 0xd && (f[1] & (1U << 26)))
        f[4] = cpuid_count(0xd, 1).a;
}

static void __init read_ext_words(void)
{
    uint32_t *f = host_features;
    uint32_t max = boot_cpu.max_ext_leaf;
    uint64_t caps;

    if (max >= 0x80000001) {
        f[2] = cpuid(0x80000001).d;
        f[3] = cpuid(0x80000001).c;
    }
    if (max >= 0x80000007)
        f[7] = cpuid(0x80000007).d;
    if (max >= 0x80000008)
        f[8] = cpuid(0x80000008).b;
    if (max >= 0x80000021) {
        f[11] = cpuid(0x80000021).a;
        f[18] = cpuid(0x80000021).c;
    }
    /* ARCH_CAPABILITIES: 7:0.edx bit 29. */
    if ((f[9] & (1U << 29)) && !rdmsr_safe(MSR_ARCH_CAPS, &caps)) {
        f[16] = (uint32_t)caps;
        f[17] = (uint32_t)(caps >> 32);
    }
}

static void __init read_identity(void)
{
    struct cpuid_leaf l = cpuid(0);
    struct boot_cpu *c = &boot_cpu;

    c->max_leaf = l.a;
    memcpy(c->vendor, &l.b, 4);
    memcpy(c->vendor + 4, &l.d, 4);
    memcpy(c->vendor + 8, &l.c, 4);
    c->is_intel = !strcmp(c->vendor, "GenuineIntel");
    c->is_amd = !strcmp(c->vendor, "AuthenticAMD") || !strcmp(c->vendor, "HygonGenuine");

    c->signature = cpuid(1).a;
    c->family = (c->signature >> 8) & 15;
    c->model = (c->signature >> 4) & 15;
    c->stepping = c->signature & 15;
    if (c->family == 15)
        c->family = (uint8_t)(c->family + ((c->signature >> 20) & 0xff));
    if (c->family >= 15 || c->family == 6)
        c->model = (uint16_t)(c->model | ((c->signature >> 12) & 0xf0));

    c->max_ext_leaf = cpuid(0x80000000).a;
    c->phys_bits = 36;
    c->virt_bits = 48;
    if (c->max_ext_leaf >= 0x80000008) {
        c->phys_bits = (uint8_t)cpuid(0x80000008).a;
        c->virt_bits = (uint8_t)(cpuid(0x80000008).a >> 8);
    }
    for (uint32_t i = 0; c->max_ext_leaf >= 0x80000004 && i < 3; i++) {
        l = cpuid(0x80000002 + i);
        memcpy(c->model_name + 16 * i, &l, 16);
    }
    host_phys_bits = min_t(unsigned int, c->phys_bits, 52);
}

static const char *__init vendor_name(void)
{
    if (boot_cpu.is_intel)
        return "Intel";
    if (boot_cpu.is_amd)
        return "AMD";
    return boot_cpu.vendor;
}

void __init cpu_print_info(void)
{
    printk("CPU Vendor: %s, Family %u (%#x), Model %u (%#x), Stepping %u (raw %08x)\n",
           vendor_name(), boot_cpu.family, boot_cpu.family, boot_cpu.model, boot_cpu.model,
           boot_cpu.stepping, boot_cpu.signature);
}

static void __init choose_cr4(void)
{
    xen_cr4 = CR4_PAE | CR4_PSE | CR4_DE | CR4_OSFXSR | CR4_OSXMMEXCPT;
    if (cpu_has(XEN_X86_FEATURE_PGE))
        xen_cr4 |= CR4_PGE;
    if (cpu_has(XEN_X86_FEATURE_MCE))
        xen_cr4 |= CR4_MCE;
    if (cpu_has(XEN_X86_FEATURE_SMEP) && opt_smep)
        xen_cr4 |= CR4_SMEP;
    if (cpu_has(XEN_X86_FEATURE_SMAP) && opt_smap)
        xen_cr4 |= CR4_SMAP;
    if (cpu_has(XEN_X86_FEATURE_UMIP) && opt_umip)
        xen_cr4 |= CR4_UMIP;
    if (cpu_has(XEN_X86_FEATURE_FSGSBASE))
        xen_cr4 |= CR4_FSGSBASE;
    if (cpu_has(XEN_X86_FEATURE_XSAVE))
        xen_cr4 |= CR4_OSXSAVE;
    opt_smep = xen_cr4 & CR4_SMEP;
    opt_smap = xen_cr4 & CR4_SMAP;
}

void __init cpu_features_init(void)
{
    read_identity();
    read_words();
    read_ext_words();
    if (!opt_fsgsbase)
        drop_feature(XEN_X86_FEATURE_FSGSBASE);
    if (!opt_xsave)
        drop_feature(XEN_X86_FEATURE_XSAVE);
    choose_cr4();
}

static void set_cr4(unsigned long cr4)
{
    get_cpu_info()->cr4 = cr4;
    write_cr4(cr4);
}

void cpu_setup_this(void)
{
    uint64_t efer = rdmsr(MSR_EFER) | EFER_SCE;

    if (cpu_has(XEN_X86_FEATURE_NX))
        efer |= EFER_NXE;
    wrmsr(MSR_EFER, efer);
    write_cr0(CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE | (read_cr0() & CR0_TS));
    set_cr4(xen_cr4);
    if (cpu_has(XEN_X86_FEATURE_PAT))
        wrmsr(MSR_PAT, XEN_PAT);
    __asm__ volatile("mov %0, %%dr7" ::"r"(0UL));
    __asm__ volatile("fninit");
}
