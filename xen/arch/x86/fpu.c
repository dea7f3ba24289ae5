/* SPDX-License-Identifier: MIT */
/* FPU and vector state. AMD APM vol 2, 11; Intel SDM vol 1, 13. */
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/percpu.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/extable.h>
#include <asm/fpu.h>

#define XSTATE_WANTED                                                                              \
    (XSTATE_FP_SSE | XSTATE_YMM | XSTATE_OPMASK | XSTATE_ZMM | XSTATE_HI_ZMM | XSTATE_PKRU)
#define XSTATE_AVX512 (XSTATE_OPMASK | XSTATE_ZMM | XSTATE_HI_ZMM)

#define FCW_INIT          0x037f
#define MXCSR_INIT        0x1f80
#define FXSAVE_SIZE       512
#define MXCSR_OFFSET      24
#define MXCSR_MASK_OFFSET 28

uint64_t xfeature_mask;
unsigned int xsave_size = FXSAVE_SIZE;
static uint32_t mxcsr_mask = 0xffbf;
static bool have_xsaveopt;
static unsigned int xstate_offset[63], xstate_len[63];

/* A valid image for whoever's own was refused; and XRSTOR's source of nothing. */
static uint8_t init_image[XSAVE_MIN_SIZE] __aligned(64);

static DEFINE_PER_CPU(uint64_t, loaded_xcr0);

static void set_xcr0(uint64_t v)
{
    if (this_cpu(loaded_xcr0) == v)
        return;
    this_cpu(loaded_xcr0) = v;
    __asm__ volatile("xsetbv" ::"c"(0), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)));
}

static void image_init(uint8_t *p)
{
    uint16_t fcw = FCW_INIT;
    uint32_t mxcsr = MXCSR_INIT;

    memset(p, 0, xsave_size);
    memcpy(p, &fcw, sizeof(fcw));
    memcpy(p + MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
}

static void find_mxcsr_mask(void)
{
    uint32_t mask;

    __asm__ volatile("fninit; fxsave64 %0" : "=m"(init_image));
    memcpy(&mask, init_image + MXCSR_MASK_OFFSET, sizeof(mask));
    if (mask)
        mxcsr_mask = mask;
}

static void init_globals(void)
{
    struct cpuid_leaf l;

    find_mxcsr_mask();
    if (cpu_has(XEN_X86_FEATURE_XSAVE)) {
        l = cpuid_count(0xd, 0);
        xfeature_mask = ((uint64_t)l.d << 32 | l.a) & XSTATE_WANTED;
        if ((xfeature_mask & XSTATE_AVX512) != XSTATE_AVX512)
            xfeature_mask &= ~XSTATE_AVX512;
        have_xsaveopt = cpuid_count(0xd, 1).a & 1;
        for (unsigned int i = 2; i < 63; i++) {
            if (!(xfeature_mask & (1UL << i)))
                continue;
            l = cpuid_count(0xd, i);
            xstate_len[i] = l.a;
            xstate_offset[i] = l.b;
        }
        xsave_size = xstate_size(xfeature_mask);
    }
    memset(init_image, 0, sizeof(init_image));
    init_image[0] = FCW_INIT & 0xff;
    init_image[1] = FCW_INIT >> 8;
    init_image[MXCSR_OFFSET] = MXCSR_INIT & 0xff;
    init_image[MXCSR_OFFSET + 1] = MXCSR_INIT >> 8;
}

void fpu_cpu_init(void)
{
    static bool once;

    write_cr0((read_cr0() & ~(CR0_EM | CR0_TS)) | CR0_MP | CR0_NE);
    write_cr4(read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT |
              (cpu_has(XEN_X86_FEATURE_XSAVE) ? CR4_OSXSAVE : 0));
    get_cpu_info()->cr4 = read_cr4();
    if (!once) {
        once = true;
        init_globals();
    }
    if (xfeature_mask)
        set_xcr0(xfeature_mask);
    write_cr0(read_cr0() | CR0_TS);
}

unsigned int xstate_size(uint64_t mask)
{
    unsigned int size = XSAVE_MIN_SIZE;

    for (unsigned int i = 2; i < 63; i++) {
        if (mask & (1UL << i))
            size = max(size, xstate_offset[i] + xstate_len[i]);
    }
    return size;
}

int fpu_vcpu_init(struct vcpu *v)
{
    /* xmalloc aligns for no more than a pointer: the area needs 64 bytes. */
    v->arch.fpu_ctxt = xenheap_alloc_pages(order_from_bytes(xsave_size), 0);
    if (!v->arch.fpu_ctxt)
        return -ENOMEM;
    fpu_reset(v);
    return 0;
}

void fpu_vcpu_destroy(struct vcpu *v)
{
    if (v->arch.fpu_ctxt)
        xenheap_free_pages(v->arch.fpu_ctxt, order_from_bytes(xsave_size));
    v->arch.fpu_ctxt = NULL;
}

void fpu_reset(struct vcpu *v)
{
    image_init(v->arch.fpu_ctxt);
    v->arch.xcr0 = xfeature_mask ? XSTATE_FP : 0;
    v->arch.xcr0_accum = xfeature_mask ? XSTATE_FP_SSE : 0;
    v->fpu_dirtied = false;
    v->fpu_initialised = 0;
}

void fpu_save(struct vcpu *v)
{
    void *p = v->arch.fpu_ctxt;

    if (!v->fpu_dirtied)
        return;
    clts();
    if (!xfeature_mask) {
        __asm__ volatile("fxsave64 (%0)" ::"r"(p) : "memory");
    } else {
        set_xcr0(v->arch.xcr0_accum);
        if (have_xsaveopt)
            __asm__ volatile("xsaveopt64 (%0)" ::"r"(p), "a"(~0U), "d"(~0U) : "memory");
        else
            __asm__ volatile("xsave64 (%0)" ::"r"(p), "a"(~0U), "d"(~0U) : "memory");
    }
    v->fpu_dirtied = false;
    write_cr0(read_cr0() | CR0_TS);
}

/* A state that the CPU refuses (it came from the tools) is replaced by the initial one. */
static void restore(const void *p)
{
    bool failed = false;

    if (xfeature_mask)
        __asm__ volatile("1: xrstor64 (%1)\n"
                         "2:\n"
                         ".pushsection .text.fixup, \"ax\"\n"
                         "3: movb $1, %0; jmp 2b\n"
                         ".popsection\n" ASM_EXTABLE("1b", "3b")
                         : "+qm"(failed)
                         : "r"(p), "a"(~0U), "d"(~0U)
                         : "memory");
    else
        __asm__ volatile("1: fxrstor64 (%1)\n"
                         "2:\n"
                         ".pushsection .text.fixup, \"ax\"\n"
                         "3: movb $1, %0; jmp 2b\n"
                         ".popsection\n" ASM_EXTABLE("1b", "3b")
                         : "+qm"(failed)
                         : "r"(p)
                         : "memory");
    if (failed && p != init_image)
        restore(init_image);
}

void fpu_load(struct vcpu *v)
{
    clts();
    if (v->fpu_dirtied)
        return;
    if (!xfeature_mask) {
        restore(v->arch.fpu_ctxt);
    } else {
        set_xcr0(v->arch.xcr0_accum);
        restore(v->arch.fpu_ctxt);
        set_xcr0(v->arch.xcr0);
    }
    v->fpu_dirtied = true;
    v->fpu_initialised = 1;
}

void fpu_enter(const struct vcpu *v)
{
    if (xfeature_mask)
        set_xcr0(v->arch.xcr0);
}

void fpu_get_fxsave(const struct vcpu *v, void *image512)
{
    memcpy(image512, v->arch.fpu_ctxt, FXSAVE_SIZE);
}

void fpu_set_fxsave(struct vcpu *v, const void *image512)
{
    uint8_t *p = v->arch.fpu_ctxt;
    uint64_t bv = XSTATE_FP_SSE;
    uint32_t mxcsr;

    memset(p, 0, xsave_size);
    memcpy(p, image512, FXSAVE_SIZE);
    memcpy(&mxcsr, p + MXCSR_OFFSET, sizeof(mxcsr));
    mxcsr &= mxcsr_mask;
    memcpy(p + MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
    if (xfeature_mask)
        memcpy(p + XSAVE_HDR_OFFSET, &bv, sizeof(bv));
    v->fpu_initialised = 1;
}

bool xcr0_valid(uint64_t xcr0)
{
    if ((xcr0 & ~xfeature_mask) || !(xcr0 & XSTATE_FP))
        return false;
    if ((xcr0 & XSTATE_YMM) && !(xcr0 & XSTATE_SSE))
        return false;
    if (xcr0 & XSTATE_AVX512)
        return (xcr0 & XSTATE_AVX512) == XSTATE_AVX512 && (xcr0 & XSTATE_YMM);
    return true;
}

int fpu_set_xcr0(struct vcpu *v, uint64_t xcr0)
{
    if (!xcr0_valid(xcr0))
        return -EINVAL;
    /* New components are in the registers as somebody else left them: load anew. */
    if (xcr0 & ~v->arch.xcr0_accum)
        fpu_save(v);
    v->arch.xcr0 = xcr0;
    v->arch.xcr0_accum |= xcr0;
    set_xcr0(xcr0);
    return 0;
}
