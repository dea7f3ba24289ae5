/* SPDX-License-Identifier: MIT */
/* GDT, LDT, segment bases. */
#include <smoke/smoke.h>

#define DATA3  0x00cff2000000ffffUL /* 32-bit data, ring 3, 4 GiB */
#define DATA0  0x00cf92000000ffffUL
#define CODE64 0x00affa000000ffffUL
#define TSS64  0x000089000000ffffUL
#define CALLG  0x0000ec0000000000UL /* call gate, ring 3 */

static void load_fs(void *sel)
{
    __asm__ volatile("mov %w0, %%fs" ::"r"(sel));
}

static long limit_of(unsigned long sel)
{
    unsigned long lim = 0;
    uint8_t zf;

    __asm__ volatile("lsl %2, %0; setz %1" : "+r"(lim), "=q"(zf) : "r"(sel) : "cc");
    return zf ? (long)lim : -1;
}

static void gdt(void)
{
    uint64_t *g = page_alloc();
    unsigned long mfn = virt_to_mfn(g), bad = 0x100;
    uint64_t ma = mfn << PAGE_SHIFT;

    g[1] = DATA3;
    g[2] = CODE64;
    REFUSED("a GDT of a writable page", hcall2(__HYPERVISOR_set_gdt, &mfn, 512));
    make_readonly(g);
    WANT("set_gdt", hcall2(__HYPERVISOR_set_gdt, &mfn, 512), 0);
    WANT("load a selector of it", trap_try(load_fs, (void *)(1 * 8 + 3)), -1);
    WANT("lsl", limit_of(1 * 8 + 3), 0xffffffffL);
    WANT("a null descriptor", trap_try(load_fs, (void *)(5 * 8 + 3)), 13);
    WANT("beyond the table", trap_try(load_fs, (void *)(600 * 8 + 3)), 13);
    REFUSED("a writable map of the GDT", make_writable(g));
    WANT("update_descriptor", hcall2(__HYPERVISOR_update_descriptor, ma + 5 * 8, DATA3), 0);
    WANT("load it", trap_try(load_fs, (void *)(5 * 8 + 3)), -1);
    REFUSED("a TSS", hcall2(__HYPERVISOR_update_descriptor, ma + 6 * 8, TSS64));
    REFUSED("an LDT", hcall2(__HYPERVISOR_update_descriptor, ma + 6 * 8, 0x000082000000ffffUL));
    if (!hcall2(__HYPERVISOR_update_descriptor, ma + 6 * 8, DATA0))
        WANT_TRUE("ring 0 becomes ring 3 or less", (g[6] >> 45 & 3) != 0);
    if (!hcall2(__HYPERVISOR_update_descriptor, ma + 7 * 8, CALLG))
        skipped("a null call gate is taken", 0);
    REFUSED("a descriptor in a data page",
            hcall2(__HYPERVISOR_update_descriptor, virt_to_mfn(pool[300]) << PAGE_SHIFT, TSS64));
    REFUSED("an odd address", hcall2(__HYPERVISOR_update_descriptor, ma + 3, DATA3));
    load_fs(0);
    REFUSED("a GDT in a foreign frame", hcall2(__HYPERVISOR_set_gdt, &bad, 512));
    REFUSED("too many entries", hcall2(__HYPERVISOR_set_gdt, &mfn, 8000));
    WANT("no GDT", hcall2(__HYPERVISOR_set_gdt, NULL, 0), 0);
    WANT("a data page again", make_writable(g), 0);
}

static void bad_gdt(void)
{
    uint64_t *g = page_alloc();
    unsigned long mfn = virt_to_mfn(g);

    g[3] = TSS64;
    make_readonly(g);
    REFUSED("a GDT with a TSS", hcall2(__HYPERVISOR_set_gdt, &mfn, 512));
    WANT("a data page again", make_writable(g), 0);
}

static void read_word(void *va)
{
    *(volatile uint64_t *)va;
}

static void ldt(void)
{
    /* Where the processor finds the first vCPU's. */
    void *at = (void *)(HYPERVISOR_VIRT_START + (4UL << 39) + 0x10008);
    uint64_t *l = page_alloc();

    l[1] = DATA3;
    l[2] = DATA3 & ~(1UL << 47);
    make_readonly(l);
    WANT("set LDT", mmuext(MMUEXT_SET_LDT, (unsigned long)l, 512), 0);
    WANT("load a selector of it", trap_try(load_fs, (void *)(1 * 8 + 7)), -1);
    WANT("a segment that is not present", trap_try(load_fs, (void *)(2 * 8 + 7)), 11);
    WANT("error code", trap_regs.error, 2 * 8 + 4);
    WANT("beyond the table", trap_try(load_fs, (void *)(700 * 8 + 7)), 13);
    REFUSED("a writable map of the LDT", make_writable(l));
    WANT("a look at it behind the hypervisor's back", trap_try(read_word, at), 14);
    WANT("the fault's address", trap_cr2, (unsigned long)at);
    load_fs(0);
    WANT("no LDT", mmuext(MMUEXT_SET_LDT, 0, 0), 0);
    WANT("none there", trap_try(load_fs, (void *)(1 * 8 + 7)), 13);
    WANT("a data page again", make_writable(l), 0);
}

static void bases(void)
{
    static uint64_t word = 0x1122334455667788;
    uint64_t v;

    WANT("set FS base", hcall2(__HYPERVISOR_set_segment_base, SEGBASE_FS, &word), 0);
    __asm__ volatile("mov %%fs:0, %0" : "=r"(v));
    WANT("FS base", v, word);
    WANT("set GS base", hcall2(__HYPERVISOR_set_segment_base, SEGBASE_GS_KERNEL, &word), 0);
    __asm__ volatile("mov %%gs:0, %0" : "=r"(v));
    WANT("GS base", v, word);
    WANT("set user's GS base", hcall2(__HYPERVISOR_set_segment_base, SEGBASE_GS_USER, 0x1000), 0);
    REFUSED("a wild base", hcall2(__HYPERVISOR_set_segment_base, SEGBASE_FS, 1UL << 63));
    REFUSED("base 9", hcall2(__HYPERVISOR_set_segment_base, 9, 0));
    sched_op(SCHEDOP_yield, NULL);
    __asm__ volatile("mov %%fs:0, %0" : "=r"(v));
    WANT("FS base after a yield", v, word);
}

void test_segments(void)
{
    gdt();
    bad_gdt();
    ldt();
    bases();
}
