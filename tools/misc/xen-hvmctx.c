/* SPDX-License-Identifier: MIT */
/* xen-hvmctx DOMID: the state of an HVM guest's vCPUs and platform devices, as text. */
#include <inttypes.h>

#include "hvmrecord.h"

#define HEX16 "0x%16.16" PRIx64

static void show_header(const void *contents)
{
    const struct hvm_save_header *h = contents;

    printf("     Header: magic %#x, version %u\n"
           "             Xen changeset %" PRIx64 "\n"
           "             CPUID[0][%%eax] 0x%.8x\n"
           "             gtsc_khz %u\n",
           h->magic, h->version, h->changeset, h->cpuid, h->gtsc_khz);
}

/* An image of FXSAVE: Intel SDM vol 1, 10.5.1. */
struct fxsave {
    uint16_t fcw, fsw;
    uint8_t ftw, ftw_reserved;
    uint16_t fop;
    uint64_t fpuip, fpudp;
    uint32_t mxcsr, mxcsr_mask;
    struct {
        uint64_t mantissa;
        uint16_t exponent, reserved[3];
    } mm[8];
    uint64_t xmm[16][2];
    uint64_t rest[6][2];
};

static void show_fpu(const uint8_t *image)
{
    struct fxsave f;

    memcpy(&f, image, sizeof(f));
    printf("    FPU:    fcw 0x%4.4x fsw 0x%4.4x\n"
           "            ftw 0x%2.2x (0x%2.2x) fop 0x%4.4x\n"
           "          fpuip " HEX16 " fpudp " HEX16 "\n"
           "          mxcsr 0x%8.8x mask 0x%8.8x\n",
           f.fcw, f.fsw, f.ftw, f.ftw_reserved, f.fop, f.fpuip, f.fpudp, f.mxcsr, f.mxcsr_mask);
    for (int i = 0; i < 8; i++)
        printf("            mm%i 0x%4.4x%16.16" PRIx64 " (0x%4.4x%4.4x%4.4x)\n", i,
               f.mm[i].exponent, f.mm[i].mantissa, f.mm[i].reserved[2], f.mm[i].reserved[1],
               f.mm[i].reserved[0]);
    for (int i = 0; i < 16; i++)
        printf("          xmm%2.2i " HEX16 "%16.16" PRIx64 "\n", i, f.xmm[i][1], f.xmm[i][0]);
    for (int i = 0; i < 6; i++)
        printf("               (" HEX16 "%16.16" PRIx64 ")\n", f.rest[i][1], f.rest[i][0]);
}

/* Two registers in a line. */
static void pair(const char *first, uint64_t a, const char *second, uint64_t b)
{
    printf("            %3s " HEX16 "  %6s " HEX16 "\n", first, a, second, b);
}

static void show_registers(const struct hvm_hw_cpu *c)
{
    printf("    CPU:    rax " HEX16 "     rbx " HEX16 "\n", c->rax, c->rbx);
    pair("rcx", c->rcx, "rdx", c->rdx);
    pair("rbp", c->rbp, "rsi", c->rsi);
    pair("rdi", c->rdi, "rsp", c->rsp);
    pair("r8", c->r8, "r9", c->r9);
    pair("r10", c->r10, "r11", c->r11);
    pair("r12", c->r12, "r13", c->r13);
    pair("r14", c->r14, "r15", c->r15);
    pair("rip", c->rip, "rflags", c->rflags);
    pair("cr0", c->cr0, "cr2", c->cr2);
    pair("cr3", c->cr3, "cr4", c->cr4);
    pair("dr0", c->dr0, "dr1", c->dr1);
    pair("dr2", c->dr2, "dr3", c->dr3);
    pair("dr6", c->dr6, "dr7", c->dr7);
}

#define SEGMENT(name)                                                                              \
    printf("%15s %#6.4x (%#18.8" PRIx64 " + %#10.8x / %#7.4x)\n", #name, c->name##_sel,            \
           c->name##_base, c->name##_limit, c->name##_arbytes)
#define SYSTEM_SEGMENT(name)                                                                       \
    printf("%15s %#6.4x (%#18.8" PRIx64 " + %#10.4x / %#7.4x)\n", #name, c->name##_sel,            \
           c->name##_base, c->name##_limit, c->name##_arbytes)

static void show_segments(const struct hvm_hw_cpu *c)
{
    SEGMENT(cs);
    SEGMENT(es);
    SEGMENT(ds);
    SEGMENT(fs);
    SEGMENT(gs);
    SEGMENT(ss);
    SYSTEM_SEGMENT(tr);
    SYSTEM_SEGMENT(ldtr);
    printf("           idtr        (%#18.8" PRIx64 " + %#10.4x)\n", c->idtr_base, c->idtr_limit);
    printf("           gdtr        (%#18.8" PRIx64 " + %#10.4x)\n", c->gdtr_base, c->gdtr_limit);
}

static void show_cpu(const void *contents)
{
    const struct hvm_hw_cpu *c = contents;

    show_registers(c);
    show_segments(c);
    printf("    sysenter cs 0x%8.8" PRIx64 "  eip " HEX16 "  esp " HEX16 "\n"
           "      shadow gs %#18.16" PRIx64 "   efer %#18.8" PRIx64 "\n"
           "          lstar %#18.16" PRIx64 "  cstar %#18.16" PRIx64 "\n"
           "           star %#18.16" PRIx64 " sfmask %#18.8" PRIx64 "\n"
           "            tsc " HEX16 "\n"
           "          event 0x%8.8x error 0x%8.8x\n",
           c->sysenter_cs, c->sysenter_eip, c->sysenter_esp, c->shadow_gs, c->msr_efer,
           c->msr_lstar, c->msr_cstar, c->msr_star, c->msr_syscall_mask, c->tsc, c->pending_event,
           c->error_code);
    if (c->flags & XEN_X86_FPU_INITIALISED)
        show_fpu(c->fpu_regs);
}

static void show_pic(const void *contents)
{
    const struct hvm_hw_vpic *p = contents;

    printf("    PIC: IRQ base %#x, irr %#x, imr %#x, isr %#x\n"
           "         init_state %u, priority_add %u, readsel_isr %u, poll %u\n"
           "         auto_eoi %u, rotate_on_auto_eoi %u\n"
           "         special_fully_nested_mode %u, special_mask_mode %u\n"
           "         is_master %u, elcr %#x, int_output %#x\n",
           p->irq_base, p->irr, p->imr, p->isr, p->init_state, p->priority_add, p->readsel_isr,
           p->poll, p->auto_eoi, p->rotate_on_auto_eoi, p->special_fully_nested_mode,
           p->special_mask_mode, p->is_master, p->elcr, p->int_output);
}

static void show_ioapic(const void *contents)
{
    const struct hvm_hw_vioapic *p = contents;

    printf("    IOAPIC: base_address %#" PRIx64 ", ioregsel %#x id %#x\n", p->base_address,
           p->ioregsel, p->id);
    for (int i = 0; i < VIOAPIC_NUM_PINS; i++)
        printf("            pin %.2i: 0x%.16" PRIx64 "\n", i, p->redirtbl[i].bits);
}

static void show_lapic(const void *contents)
{
    const struct hvm_hw_lapic *p = contents;

    printf("    LAPIC: base_msr %#" PRIx64 ", disabled %#x, timer_divisor %#x\n", p->apic_base_msr,
           p->disabled, p->timer_divisor);
}

/* A register in the first four of each 16 bytes. */
static void show_lapic_regs(const void *contents)
{
    const uint8_t *data = contents;

    printf("    LAPIC registers:\n");
    for (unsigned int i = 0; i < sizeof(struct hvm_hw_lapic_regs); i += 32) {
        uint32_t first, second;

        memcpy(&first, data + i, sizeof(first));
        memcpy(&second, data + i + 16, sizeof(second));
        printf("          0x%03x: 0x%08x   0x%03x: 0x%08x\n", i, first, i + 16, second);
    }
}

static void show_pci_irqs(const void *contents)
{
    const struct hvm_hw_pci_irqs *p = contents;

    printf("    PCI IRQs: " HEX16 "%16.16" PRIx64 "\n", p->pad[0], p->pad[1]);
}

static void show_isa_irqs(const void *contents)
{
    const struct hvm_hw_isa_irqs *p = contents;

    printf("    ISA IRQs: 0x%4.4" PRIx64 "\n", p->pad[0]);
}

static void show_pci_link(const void *contents)
{
    const uint8_t *route = ((const struct hvm_hw_pci_link *)contents)->route;

    printf("    PCI LINK: %u %u %u %u\n", route[0], route[1], route[2], route[3]);
}

static void show_pit(const void *contents)
{
    const struct hvm_hw_pit *p = contents;

    printf("    PIT: speaker %s\n", p->speaker_data_on ? "on" : "off");
    for (int i = 0; i < 3; i++)
        printf("         ch %1i: count %#x, latched_count %#x, count_latched %u\n"
               "               status %#x, status_latched %#x\n"
               "               rd_state %#x, wr_state %#x, wr_latch %#x, rw_mode %#x\n"
               "               mode %#x, bcd %#x, gate %#x\n",
               i, p->channels[i].count, p->channels[i].latched_count, p->channels[i].count_latched,
               p->channels[i].status, p->channels[i].status_latched, p->channels[i].read_state,
               p->channels[i].write_state, p->channels[i].write_latch, p->channels[i].rw_mode,
               p->channels[i].mode, p->channels[i].bcd, p->channels[i].gate);
}

static void show_rtc(const void *contents)
{
    const struct hvm_hw_rtc *p = contents;

    printf("    RTC: regs");
    for (int i = 0; i < RTC_CMOS_SIZE; i++)
        printf("%s 0x%2.2x", i == 8 ? "\n             " : "", p->cmos_data[i]);
    printf(", index 0x%2.2x\n", p->cmos_index);
}

static void show_hpet(const void *contents)
{
    const struct hvm_hw_hpet *p = contents;

    printf("    HPET: capability %#" PRIx64 " config %#" PRIx64 "\n"
           "          isr %#" PRIx64 " counter %#" PRIx64 "\n",
           p->capability, p->config, p->isr, p->mc64);
    for (int i = 0; i < HPET_TIMER_NUM; i++)
        printf("          timer%i config %#18.16" PRIx64 " cmp %#18.8" PRIx64 "\n"
               "          timer%i period %#18.8" PRIx64 " fsb %#18.8" PRIx64 "\n",
               i, p->timers[i].config, p->timers[i].cmp, i, p->period[i], p->timers[i].fsb);
}

static void show_pmtimer(const void *contents)
{
    const struct hvm_hw_pmtimer *p = contents;

    printf("    ACPI PM: TMR_VAL 0x%x, PM1a_STS 0x%x, PM1a_EN 0x%x\n", p->tmr_val, p->pm1a_sts,
           p->pm1a_en);
}

static void show_mtrr(const void *contents)
{
    const struct hvm_hw_mtrr *p = contents;

    printf("    MTRR: PAT %#" PRIx64 ", cap %#" PRIx64 ", default %#" PRIx64 "\n", p->msr_pat_cr,
           p->msr_mtrr_cap, p->msr_mtrr_def_type);
    for (int i = 0; i < MTRR_VCNT; i++)
        printf("          var %i %#18.13" PRIx64 " %#18.13" PRIx64 "\n", i, p->msr_mtrr_var[2 * i],
               p->msr_mtrr_var[2 * i + 1]);
    for (int i = 0; i < NUM_FIXED_MSR; i++)
        printf("          fixed %02x %#18.16" PRIx64 "\n", (unsigned int)i, p->msr_mtrr_fixed[i]);
}

static void show_viridian_domain(const void *contents)
{
    const struct hvm_viridian_domain_context *p = contents;

    printf("    VIRIDIAN_DOMAIN: hypercall gpa 0x%" PRIx64 ", guest_os_id 0x%" PRIx64 "\n",
           p->hypercall_gpa, p->guest_os_id);
}

static void show_viridian_vcpu(const void *contents)
{
    const struct hvm_viridian_vcpu_context *p = contents;

    printf("    VIRIDIAN_VCPU: vp_assist_msr 0x%" PRIx64 ", apic_assist_pending %s\n",
           p->vp_assist_msr, p->apic_assist_pending ? "true" : "false");
}

static void show_vmce(const void *contents)
{
    const struct hvm_vmce_vcpu *p = contents;

    printf("    VMCE_VCPU: caps %" PRIx64 "\n"
           "    VMCE_VCPU: bank0 mci_ctl2 %" PRIx64 "\n"
           "    VMCE_VCPU: bank1 mci_ctl2 %" PRIx64 "\n",
           p->caps, p->mci_ctl2_bank0, p->mci_ctl2_bank1);
}

static void show_tsc_adjust(const void *contents)
{
    printf("    TSC_ADJUST: tsc_adjust %" PRIx64 "\n",
           ((const struct hvm_tsc_adjust *)contents)->tsc_adjust);
}

/* By type; an older hypervisor's contents can be shorter than ours. */
static const struct kind {
    void (*show)(const void *contents);
    uint32_t length;
} kinds[] = {
#define KIND(name, show) [HVM_SAVE_CODE(name)] = {show, HVM_SAVE_LENGTH(name)}
    KIND(HEADER, show_header),
    KIND(CPU, show_cpu),
    KIND(PIC, show_pic),
    KIND(IOAPIC, show_ioapic),
    KIND(LAPIC, show_lapic),
    KIND(LAPIC_REGS, show_lapic_regs),
    KIND(PCI_IRQ, show_pci_irqs),
    KIND(ISA_IRQ, show_isa_irqs),
    KIND(PCI_LINK, show_pci_link),
    KIND(PIT, show_pit),
    KIND(RTC, show_rtc),
    KIND(HPET, show_hpet),
    KIND(PMTIMER, show_pmtimer),
    KIND(MTRR, show_mtrr),
    KIND(VIRIDIAN_DOMAIN, show_viridian_domain),
    KIND(VIRIDIAN_VCPU, show_viridian_vcpu),
    KIND(VMCE_VCPU, show_vmce),
    KIND(TSC_ADJUST, show_tsc_adjust),
};

static int show_contents(const struct hvm_save_descriptor *desc, const void *contents)
{
    const struct kind *k =
        &kinds[desc->typecode < sizeof(kinds) / sizeof(kinds[0]) ? desc->typecode : 0];
    void *whole;

    if (!k->show) {
        printf(" ** Don't understand type %u: skipping\n", desc->typecode);
        return 0;
    }
    whole = calloc(1, k->length); /* aligned */
    if (!whole)
        return failed("xen-hvmctx", "memory");
    memcpy(whole, contents, desc->length < k->length ? desc->length : k->length);
    k->show(whole);
    free(whole);
    return 0;
}

static int show(const struct hvm_record *r)
{
    struct hvm_save_descriptor desc;
    uint32_t at = 0;

    for (unsigned int entry = 0;; entry++) {
        const void *contents = record_next(r, &at, &desc);

        if (!contents) {
            fprintf(stderr, "xen-hvmctx: cut off after %u bytes\n", r->size);
            return 1;
        }
        printf("Entry %u: type %u instance %u, length %u\n", entry, desc.typecode, desc.instance,
               desc.length);
        if (desc.typecode == HVM_SAVE_CODE(END))
            return 0;
        if (show_contents(&desc, contents))
            return 1;
    }
}

int main(int argc, char **argv)
{
    struct hvm_record record;
    unsigned long domid;
    xc_interface *xch;
    int status;

    if (argc != 2 || !parse_number(argv[1], DOMID_FIRST_RESERVED - 1, &domid)) {
        fputs("usage: xen-hvmctx DOMID\n", stderr);
        return 1;
    }
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("xen-hvmctx", "the hypervisor");
    status = record_get(xch, (uint32_t)domid, "xen-hvmctx", &record);
    if (!status) {
        printf("HVM save record for domain %lu\n", domid);
        status = show(&record);
        free(record.data);
    }
    xc_interface_close(xch);
    return status;
}
