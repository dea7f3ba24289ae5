/* SPDX-License-Identifier: MIT */
/* Calls of the firmware. Source: DEN0028, 2.6 (registers of the 64-bit convention). */
#include <asm/psci.h>

#define SMCCC_CALL(insn, in, out)                                                                  \
    do {                                                                                           \
        register uint64_t x0 __asm__("x0") = (in)[0];                                              \
        register uint64_t x1 __asm__("x1") = (in)[1];                                              \
        register uint64_t x2 __asm__("x2") = (in)[2];                                              \
        register uint64_t x3 __asm__("x3") = (in)[3];                                              \
        register uint64_t x4 __asm__("x4") = (in)[4];                                              \
        register uint64_t x5 __asm__("x5") = (in)[5];                                              \
        register uint64_t x6 __asm__("x6") = (in)[6];                                              \
        register uint64_t x7 __asm__("x7") = (in)[7];                                              \
                                                                                                   \
        __asm__ volatile(                                                                          \
            insn " #0"                                                                             \
            : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6), "+r"(x7)       \
            :                                                                                      \
            : "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");       \
        (out)->a[0] = x0;                                                                          \
        (out)->a[1] = x1;                                                                          \
        (out)->a[2] = x2;                                                                          \
        (out)->a[3] = x3;                                                                          \
    } while (0)

void smccc_smc(const uint64_t in[8], struct smccc_res *out)
{
    SMCCC_CALL("smc", in, out);
}

void smccc_hvc(const uint64_t in[8], struct smccc_res *out)
{
    SMCCC_CALL("hvc", in, out);
}
