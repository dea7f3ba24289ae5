/* SPDX-License-Identifier: MIT */
/* System registers and their fields. Source: Arm ARM (DDI 0487), part D. */
#ifndef ASM_SYSREGS_H
#define ASM_SYSREGS_H

#ifdef __ASSEMBLY__
#define BIT64(n) (1 << (n))
#else
#include <xen/types.h>
#define BIT64(n) (UINT64_C(1) << (n))

#define SYSREG_STR(x) #x
/* @name is a register's name, or a macro of the form S3_0_C12_C12_5. */
#define read_sysreg(name)                                                                          \
    ({                                                                                             \
        uint64_t v_;                                                                               \
        __asm__ volatile("mrs %0, " SYSREG_STR(name) : "=r"(v_));                                  \
        v_;                                                                                        \
    })
#define write_sysreg(v, name)                                                                      \
    __asm__ volatile("msr " SYSREG_STR(name) ", %x0" ::"rZ"((uint64_t)(v)) : "memory")
#endif

/* SCTLR_EL2 */
#define SCTLR_M        BIT64(0)
#define SCTLR_A        BIT64(1)
#define SCTLR_C        BIT64(2)
#define SCTLR_SA       BIT64(3)
#define SCTLR_I        BIT64(12)
#define SCTLR_WXN      BIT64(19)
#define SCTLR_EL2_RES1 0x30c50830

/* HCR_EL2 */
#define HCR_VM     BIT64(0)
#define HCR_SWIO   BIT64(1)
#define HCR_PTW    BIT64(2)
#define HCR_FMO    BIT64(3)
#define HCR_IMO    BIT64(4)
#define HCR_AMO    BIT64(5)
#define HCR_VF     BIT64(6)
#define HCR_VI     BIT64(7)
#define HCR_VSE    BIT64(8)
#define HCR_FB     BIT64(9)
#define HCR_BSU_IS BIT64(10)
#define HCR_DC     BIT64(12)
#define HCR_TWI    BIT64(13)
#define HCR_TWE    BIT64(14)
#define HCR_TID0   BIT64(15)
#define HCR_TID1   BIT64(16)
#define HCR_TID2   BIT64(17)
#define HCR_TID3   BIT64(18)
#define HCR_TSC    BIT64(19)
#define HCR_TIDCP  BIT64(20)
#define HCR_TACR   BIT64(21)
#define HCR_TSW    BIT64(22)
#define HCR_TVM    BIT64(26)
#define HCR_TGE    BIT64(27)
#define HCR_HCD    BIT64(29)
#define HCR_TRVM   BIT64(30)
#define HCR_RW     BIT64(31)
#define HCR_E2H    BIT64(34)

/* CPTR_EL2 (E2H = 0) */
#define CPTR_RES1  0x32ff
#define CPTR_TZ    BIT64(8)
#define CPTR_TFP   BIT64(10)
#define CPTR_TTA   BIT64(20)
#define CPTR_TAM   BIT64(30)
#define CPTR_TCPAC BIT64(31)

/* MDCR_EL2 */
#define MDCR_HPMN  0x1f
#define MDCR_TPMCR BIT64(5)
#define MDCR_TPM   BIT64(6)
#define MDCR_TDE   BIT64(8)
#define MDCR_TDA   BIT64(9)
#define MDCR_TDOSA BIT64(10)
#define MDCR_TDRA  BIT64(11)
#define MDCR_TPMS  BIT64(14)
#define MDCR_TTRF  BIT64(19)

/* ESR_EL2 */
#define ESR_EC(esr)   (((esr) >> 26) & 0x3f)
#define ESR_IL        BIT64(25)
#define ESR_ISS(esr)  ((esr)&0x1ffffff)
#define EC_UNKNOWN    0x00
#define EC_WFX        0x01
#define EC_CP15_32    0x03
#define EC_CP15_64    0x04
#define EC_CP14_32    0x05
#define EC_CP14_DBG   0x06
#define EC_FP_ACCESS  0x07
#define EC_CP10       0x08
#define EC_CP14_64    0x0c
#define EC_ILLEGAL    0x0e
#define EC_SVC32      0x11
#define EC_HVC32      0x12
#define EC_SMC32      0x13
#define EC_SVC64      0x15
#define EC_HVC64      0x16
#define EC_SMC64      0x17
#define EC_SYSREG     0x18
#define EC_SVE        0x19
#define EC_IABT_LOWER 0x20
#define EC_IABT_SAME  0x21
#define EC_PC_ALIGN   0x22
#define EC_DABT_LOWER 0x24
#define EC_DABT_SAME  0x25
#define EC_SP_ALIGN   0x26
#define EC_FP32       0x28
#define EC_FP64       0x2c
#define EC_SERROR     0x2f
#define EC_BRK        0x3c

/* ISS of aborts */
#define ISS_FSC(esr)  ((esr)&0x3f)
#define ISS_WNR       BIT64(6) /* data: a write */
#define ISS_S1PTW     BIT64(7)
#define ISS_CM        BIT64(8) /* data: cache maintenance */
#define ISS_EA        BIT64(9)
#define ISS_FNV       BIT64(10)
#define ISS_SF        BIT64(15)
#define ISS_SRT(esr)  (((esr) >> 16) & 0x1f)
#define ISS_SSE       BIT64(21)
#define ISS_SAS(esr)  (((esr) >> 22) & 3)
#define ISS_ISV       BIT64(24)
/* Fault status without its level */
#define FSC_TYPE(esr) ((esr)&0x3c)
#define FSC_ADDR_SIZE 0x00
#define FSC_TRANS     0x04
#define FSC_ACCESS    0x08
#define FSC_PERM      0x0c

/* ISR_EL1 */
#define ISR_A BIT64(8)

/* PAR_EL1 */
#define PAR_F  BIT64(0)
#define PAR_PA 0x0000fffffffff000

#endif
