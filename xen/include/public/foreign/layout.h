/* SPDX-License-Identifier: MIT */
/*
 * Template of x86_32.h and x86_64.h: FOREIGN(name) names a type, FOREIGN_WORD is the guest's
 * unsigned long and FOREIGN_BITS its width. The members are explained at the native structures
 * (../xen.h, ../arch-x86/xen.h). Included more than once.
 */
#if FOREIGN_BITS == 64
#define FOREIGN_U64 uint64_t __attribute__((aligned(8)))
#define FOREIGN_R(n)                                                                               \
    union {                                                                                        \
        uint64_t r##n, e##n;                                                                       \
    }
#define FOREIGN_PAD 3
#else
#define FOREIGN_U64  uint64_t __attribute__((aligned(4)))
#define FOREIGN_R(n) uint32_t e##n
#define FOREIGN_PAD  1
#endif

struct FOREIGN(start_info) {
    char magic[32];
    FOREIGN_WORD nr_pages, shared_info;
    uint32_t flags;
    FOREIGN_WORD store_mfn;
    uint32_t store_evtchn;
    union {
        struct {
            FOREIGN_WORD mfn;
            uint32_t evtchn;
        } domU;
        struct {
            uint32_t info_off, info_size;
        } dom0;
    } console;
    FOREIGN_WORD pt_base, nr_pt_frames, mfn_list, mod_start, mod_len;
    int8_t cmd_line[1024];
    FOREIGN_WORD first_p2m_pfn, nr_p2m_frames;
};
struct FOREIGN(trap_info) {
    uint8_t vector, flags;
    uint16_t cs;
    FOREIGN_WORD address;
};

struct FOREIGN(cpu_user_regs) {
#if FOREIGN_BITS == 64
    uint64_t r15, r14, r13, r12;
    FOREIGN_R(bp);
    FOREIGN_R(bx);
    uint64_t r11, r10, r9, r8;
    FOREIGN_R(ax);
    FOREIGN_R(cx);
    FOREIGN_R(dx);
    FOREIGN_R(si);
    FOREIGN_R(di);
    uint32_t error_code, entry_vector;
#else
    uint32_t ebx, ecx, edx, esi, edi, ebp, eax;
    uint16_t error_code, entry_vector;
#endif
    FOREIGN_R(ip);
    uint16_t cs;
#if FOREIGN_BITS == 64
    uint16_t _pad0[1];
    uint8_t saved_upcall_mask, _pad1[3];
#else
    uint8_t saved_upcall_mask, _pad0;
#endif
    FOREIGN_R(flags);
    FOREIGN_R(sp);
    uint16_t ss, _pad2[FOREIGN_PAD];
    uint16_t es, _pad3[FOREIGN_PAD];
    uint16_t ds, _pad4[FOREIGN_PAD];
    uint16_t fs, _pad5[FOREIGN_PAD];
    uint16_t gs, _pad6[FOREIGN_PAD];
};

struct FOREIGN(vcpu_guest_context) {
    struct {
        char x[512];
    } fpu_ctxt;
    FOREIGN_WORD flags;
    struct FOREIGN(cpu_user_regs) user_regs;
    struct FOREIGN(trap_info) trap_ctxt[256];
    FOREIGN_WORD ldt_base, ldt_ents;
    FOREIGN_WORD gdt_frames[16], gdt_ents;
    FOREIGN_WORD kernel_ss, kernel_sp;
    FOREIGN_WORD ctrlreg[8], debugreg[8];
#if FOREIGN_BITS == 32
    FOREIGN_WORD event_callback_cs, event_callback_eip;
    FOREIGN_WORD failsafe_callback_cs, failsafe_callback_eip;
#else
    FOREIGN_WORD event_callback_eip, failsafe_callback_eip, syscall_callback_eip;
#endif
    FOREIGN_WORD vm_assist;
#if FOREIGN_BITS == 64
    uint64_t fs_base, gs_base_kernel, gs_base_user;
#endif
};

struct FOREIGN(arch_vcpu_info) {
    FOREIGN_WORD cr2;
#if FOREIGN_BITS == 32
    FOREIGN_WORD pad[5];
#else
    FOREIGN_WORD pad;
#endif
};

struct FOREIGN(vcpu_time_info) {
    uint32_t version, pad0;
    FOREIGN_U64 tsc_timestamp;
    FOREIGN_U64 system_time;
    uint32_t tsc_to_system_mul;
    int8_t tsc_shift;
    uint8_t flags, pad1[2];
};

struct FOREIGN(vcpu_info) {
    uint8_t evtchn_upcall_pending, evtchn_upcall_mask;
    FOREIGN_WORD evtchn_pending_sel;
    struct FOREIGN(arch_vcpu_info) arch;
    struct FOREIGN(vcpu_time_info) time;
};

struct FOREIGN(arch_shared_info) {
    FOREIGN_WORD max_pfn, pfn_to_mfn_frame_list_list, nmi_reason;
    FOREIGN_WORD p2m_cr3, p2m_vaddr, p2m_generation;
#if FOREIGN_BITS == 32
    uint32_t wc_sec_hi;
#endif
};

struct FOREIGN(shared_info) {
    struct FOREIGN(vcpu_info) vcpu_info[32];
    FOREIGN_WORD evtchn_pending[FOREIGN_BITS], evtchn_mask[FOREIGN_BITS];
    uint32_t wc_version, wc_sec, wc_nsec;
#if FOREIGN_BITS == 64
    uint32_t wc_sec_hi;
#endif
    struct FOREIGN(arch_shared_info) arch;
};

#undef FOREIGN_U64
#undef FOREIGN_R
#undef FOREIGN_PAD
