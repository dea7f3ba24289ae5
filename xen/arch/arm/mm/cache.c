/* SPDX-License-Identifier: MIT */
/* Cache maintenance by address. Source: Arm ARM B2.4, D7.5.9. */
#include <asm/cpu.h>
#include <asm/page.h>
#include <asm/setup.h>

#define FOR_EACH_LINE(va, len, line, insn)                                                         \
    do {                                                                                           \
        unsigned long line_ = (line), end_ = (unsigned long)(va) + (len);                          \
                                                                                                   \
        for (unsigned long a_ = (unsigned long)(va) & ~(line_ - 1); a_ < end_; a_ += line_)        \
            __asm__ volatile(insn ", %0" ::"r"(a_) : "memory");                                    \
        dsb(sy);                                                                                   \
    } while (0)

void dcache_clean(const void *va, size_t len)
{
    FOR_EACH_LINE(va, len, host_cpu.dcache_line, "dc cvac");
}

void dcache_clean_invalidate(const void *va, size_t len)
{
    FOR_EACH_LINE(va, len, host_cpu.dcache_line, "dc civac");
}

void dcache_invalidate(const void *va, size_t len)
{
    /* A line that is shared with others must not lose what they have written. */
    FOR_EACH_LINE(va, len, host_cpu.dcache_line, "dc civac");
}

void icache_sync(const void *va, size_t len)
{
    FOR_EACH_LINE(va, len, host_cpu.dcache_line, "dc cvau");
    __asm__ volatile("ic ialluis" ::: "memory");
    dsb(ish);
    isb();
}
