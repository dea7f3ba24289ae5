/* SPDX-License-Identifier: MIT */
/* System registers of GICv3 (IHI 0069H, 12.2), by encoding: assemblers know not all names. */
#ifndef ASM_GIC_SYSREGS_H
#define ASM_GIC_SYSREGS_H

#include <asm/sysregs.h>

#define ICC_PMR_EL1     S3_0_C4_C6_0
#define ICC_DIR_EL1     S3_0_C12_C11_1
#define ICC_SGI1R_EL1   S3_0_C12_C11_5
#define ICC_IAR1_EL1    S3_0_C12_C12_0
#define ICC_EOIR1_EL1   S3_0_C12_C12_1
#define ICC_BPR1_EL1    S3_0_C12_C12_3
#define ICC_CTLR_EL1    S3_0_C12_C12_4
#define ICC_SRE_EL1     S3_0_C12_C12_5
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7
#define ICC_SRE_EL2     S3_4_C12_C9_5
#define ICH_AP0R0_EL2   S3_4_C12_C8_0
#define ICH_AP0R1_EL2   S3_4_C12_C8_1
#define ICH_AP0R2_EL2   S3_4_C12_C8_2
#define ICH_AP0R3_EL2   S3_4_C12_C8_3
#define ICH_AP1R0_EL2   S3_4_C12_C9_0
#define ICH_AP1R1_EL2   S3_4_C12_C9_1
#define ICH_AP1R2_EL2   S3_4_C12_C9_2
#define ICH_AP1R3_EL2   S3_4_C12_C9_3
#define ICH_HCR_EL2     S3_4_C12_C11_0
#define ICH_VTR_EL2     S3_4_C12_C11_1
#define ICH_EISR_EL2    S3_4_C12_C11_3
#define ICH_ELRSR_EL2   S3_4_C12_C11_5
#define ICH_VMCR_EL2    S3_4_C12_C11_7

#define ICH_VMCR_VENG1 (1U << 1)

/* clang-format off */
#define ICH_LR_CASES(DO)                                                                           \
    DO(0, S3_4_C12_C12_0) DO(1, S3_4_C12_C12_1) DO(2, S3_4_C12_C12_2) DO(3, S3_4_C12_C12_3)        \
    DO(4, S3_4_C12_C12_4) DO(5, S3_4_C12_C12_5) DO(6, S3_4_C12_C12_6) DO(7, S3_4_C12_C12_7)        \
    DO(8, S3_4_C12_C13_0) DO(9, S3_4_C12_C13_1) DO(10, S3_4_C12_C13_2) DO(11, S3_4_C12_C13_3)      \
    DO(12, S3_4_C12_C13_4) DO(13, S3_4_C12_C13_5) DO(14, S3_4_C12_C13_6) DO(15, S3_4_C12_C13_7)
/* clang-format on */

/* List register @lr, below 16. */
static inline uint64_t ich_lr_read(unsigned int lr)
{
    switch (lr) {
#define ICH_LR_READ(n, reg)                                                                        \
    case n:                                                                                        \
        return read_sysreg(reg);
        ICH_LR_CASES(ICH_LR_READ)
#undef ICH_LR_READ
    }
    return 0;
}
static inline void ich_lr_write(unsigned int lr, uint64_t v)
{
    switch (lr) {
#define ICH_LR_WRITE(n, reg)                                                                       \
    case n:                                                                                        \
        write_sysreg(v, reg);                                                                      \
        break;
        ICH_LR_CASES(ICH_LR_WRITE)
#undef ICH_LR_WRITE
    }
}

/* Active priorities beyond the first 32 levels: @nr is 2 or 4 registers of each group. */
static inline void ich_apr_save_more(uint32_t *ap0r, uint32_t *ap1r, unsigned int nr)
{
    ap0r[1] = (uint32_t)read_sysreg(ICH_AP0R1_EL2);
    ap1r[1] = (uint32_t)read_sysreg(ICH_AP1R1_EL2);
    if (nr < 4)
        return;
    ap0r[2] = (uint32_t)read_sysreg(ICH_AP0R2_EL2);
    ap1r[2] = (uint32_t)read_sysreg(ICH_AP1R2_EL2);
    ap0r[3] = (uint32_t)read_sysreg(ICH_AP0R3_EL2);
    ap1r[3] = (uint32_t)read_sysreg(ICH_AP1R3_EL2);
}
static inline void ich_apr_load_more(const uint32_t *ap0r, const uint32_t *ap1r, unsigned int nr)
{
    write_sysreg(ap0r[1], ICH_AP0R1_EL2);
    write_sysreg(ap1r[1], ICH_AP1R1_EL2);
    if (nr < 4)
        return;
    write_sysreg(ap0r[2], ICH_AP0R2_EL2);
    write_sysreg(ap1r[2], ICH_AP1R2_EL2);
    write_sysreg(ap0r[3], ICH_AP0R3_EL2);
    write_sysreg(ap1r[3], ICH_AP1R3_EL2);
}

#endif
