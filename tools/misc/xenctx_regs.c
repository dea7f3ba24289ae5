/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stddef.h>

#include "misc.h"
#include "xenctx.h"

#include <xen/hvm/save.h>

#define CR0_PE   1u /* AMD APM vol 2, 3.1.1 */
#define EFER_LMA (1u << 10)
#define CS_LONG  (1u << 9) /* in the attributes of hvm/save.h */

#define COPY(from, name) r->name = (from)->name

#define COPY_GENERAL(from)                                                                         \
    do {                                                                                           \
        COPY(from, rip), COPY(from, rsp), COPY(from, rflags);                                      \
        COPY(from, rax), COPY(from, rbx), COPY(from, rcx), COPY(from, rdx);                        \
        COPY(from, rsi), COPY(from, rdi), COPY(from, rbp);                                         \
        COPY(from, r8), COPY(from, r9), COPY(from, r10), COPY(from, r11);                          \
        COPY(from, r12), COPY(from, r13), COPY(from, r14), COPY(from, r15);                        \
    } while (0)

static int get_pv(struct guest *g)
{
    struct registers *r = &g->regs;
    vcpu_guest_context_any_t any;
    const vcpu_guest_context_t *c = &any.c;

    if (xc_domain_get_guest_width(g->xch, g->domid, &r->width))
        return failed("xenctx", "the guest's width");
    if (r->width != 8) {
        fputs("xenctx: 32-bit PV guests are not supported\n", stderr);
        return 1;
    }
    if (xc_vcpu_getcontext(g->xch, g->domid, g->vcpu, &any))
        return failed("xenctx", "registers");
    COPY_GENERAL(&c->user_regs);
    r->cs = c->user_regs.cs;
    r->ss = c->user_regs.ss;
    r->ds = c->user_regs.ds;
    r->es = c->user_regs.es;
    r->fs = c->user_regs.fs;
    r->gs = c->user_regs.gs;
    r->fs_base = c->fs_base;
    r->gs_base = c->gs_base_kernel;
    r->gs_shadow = c->gs_base_user;
    for (unsigned int i = 0; i < 5; i++)
        r->cr[i] = c->ctrlreg[i];
    for (unsigned int i = 0; i < 8; i++)
        r->dr[i] = c->debugreg[i];
    return 0;
}

static int get_hvm(struct guest *g)
{
    struct registers *r = &g->regs;
    struct hvm_hw_cpu c;

    if (xc_domain_hvm_getcontext_partial(g->xch, g->domid, HVM_SAVE_CODE(CPU), (uint16_t)g->vcpu,
                                         &c, sizeof(c)))
        return failed("xenctx", "registers");
    r->width = (c.cr0 & CR0_PE) && (c.msr_efer & EFER_LMA) && (c.cs_arbytes & CS_LONG) ? 8 : 4;
    COPY_GENERAL(&c);
    r->cs = c.cs_sel;
    r->ss = c.ss_sel;
    r->ds = c.ds_sel;
    r->es = c.es_sel;
    r->fs = c.fs_sel;
    r->gs = c.gs_sel;
    r->fs_base = c.fs_base;
    r->gs_base = c.gs_base;
    r->gs_shadow = c.shadow_gs;
    memcpy(r->cr, (uint64_t[]){c.cr0, 0, c.cr2, c.cr3, c.cr4}, sizeof(r->cr));
    memcpy(r->dr, (uint64_t[]){c.dr0, c.dr1, c.dr2, c.dr3, 0, 0, c.dr6, c.dr7}, sizeof(r->dr));
    return 0;
}

int registers_get(struct guest *g, bool hvm)
{
    memset(&g->regs, 0, sizeof(g->regs));
    return hvm ? get_hvm(g) : get_pv(g);
}

static void print_flags(uint64_t flags)
{
    static const struct {
        unsigned int bit;
        const char *name;
    } names[] = {
        {21, "cid"}, {20, "vip"}, {19, "vif"}, {18, "ac"}, {17, "v86"}, {16, "rf"},
        {14, "nt"},  {11, "o"},   {10, "d=b"}, {9, "i"},   {8, "tf"},   {7, "s"},
        {6, "z"},    {4, "a"},    {2, "p"},    {0, "c"},
    };

    printf("flags: %08" PRIx64, flags);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (flags >> names[i].bit & 1)
            printf(" %s", names[i].name);
    putchar('\n');
}

static void print32(const struct registers *r, const struct ctx_options *o)
{
    printf("cs:eip: %04x:%08x", r->cs, (uint32_t)r->rip);
    symbol_print(r->rip, o);
    putchar('\n');
    print_flags(r->rflags);
    printf("ss:esp: %04x:%08x\n", r->ss, (uint32_t)r->rsp);
    printf("eax: %08x\tebx: %08x\tecx: %08x\tedx: %08x\n", (uint32_t)r->rax, (uint32_t)r->rbx,
           (uint32_t)r->rcx, (uint32_t)r->rdx);
    printf("esi: %08x\tedi: %08x\tebp: %08x\n", (uint32_t)r->rsi, (uint32_t)r->rdi,
           (uint32_t)r->rbp);
    printf(" ds:     %04x\t es:     %04x\t fs:     %04x\t gs:     %04x\n", r->ds, r->es, r->fs,
           r->gs);
}

static void print64(const struct registers *r, const struct ctx_options *o)
{
    printf("rip: %016" PRIx64, r->rip);
    symbol_print(r->rip, o);
    putchar('\n');
    print_flags(r->rflags);
    printf("rsp: %016" PRIx64 "\n", r->rsp);
    printf("rax: %016" PRIx64 "\trcx: %016" PRIx64 "\trdx: %016" PRIx64 "\n", r->rax, r->rcx,
           r->rdx);
    printf("rbx: %016" PRIx64 "\trsi: %016" PRIx64 "\trdi: %016" PRIx64 "\n", r->rbx, r->rsi,
           r->rdi);
    printf("rbp: %016" PRIx64 "\t r8: %016" PRIx64 "\t r9: %016" PRIx64 "\n", r->rbp, r->r8, r->r9);
    printf("r10: %016" PRIx64 "\tr11: %016" PRIx64 "\tr12: %016" PRIx64 "\n", r->r10, r->r11,
           r->r12);
    printf("r13: %016" PRIx64 "\tr14: %016" PRIx64 "\tr15: %016" PRIx64 "\n", r->r13, r->r14,
           r->r15);
    printf(" cs: %04x\t ss: %04x\t ds: %04x\t es: %04x\n", r->cs, r->ss, r->ds, r->es);
    printf(" fs: %04x @ %016" PRIx64, r->fs, r->fs_base);
    symbol_print(r->fs_base, o);
    printf("\n gs: %04x @ %016" PRIx64 "/%016" PRIx64, r->gs, r->gs_base, r->gs_shadow);
    symbol_print(r->gs_base, o);
    if (symbols_known())
        putchar('/');
    symbol_print(r->gs_shadow, o);
    putchar('\n');
}

static void print_numbered(const char *name, const uint64_t *values, const char *numbers,
                           unsigned int width)
{
    putchar('\n');
    for (; *numbers; numbers++)
        printf("%s%c: %0*" PRIx64 "\n", name, *numbers, (int)(2 * width), values[*numbers - '0']);
}

void registers_print(const struct guest *g, const struct ctx_options *o)
{
    const struct registers *r = &g->regs;

    if (r->width == 8)
        print64(r, o);
    else
        print32(r, o);
    if (o->all_registers) {
        print_numbered("cr", r->cr, "0234", r->width);
        print_numbered("dr", r->dr, "012367", r->width);
    }
}
