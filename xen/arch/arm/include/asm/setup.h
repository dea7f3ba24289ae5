/* SPDX-License-Identifier: MIT */
/* What boot code tells the rest of the machine. */
#ifndef ASM_SETUP_H
#define ASM_SETUP_H

#include <xen/types.h>

extern char _start[], _end[], _stext[], _etext[], _srodata[], _erodata[], _sdata[], _edata[];
extern char _sinit[], _einit[], _sinittext[], _einittext[];

/* mm/init.c: map all RAM, make the frame table, hand free memory to the boot allocator. */
void mm_boot_init(void);
void heap_add_range(paddr_t start, paddr_t end);
/* End of boot: .init becomes free memory; CPUs can no longer be started. */
void mm_free_init(void);
void mm_drop_ident(void);

/* boot/smpboot.c */
void smp_enumerate(void);
void smp_boot_others(void);
void start_secondary(void) noreturn;
/* boot/cpu.c: traps, features and controls of this CPU. */
void cpu_setup_this(void);
void cpu_features_init(void); /* boot CPU */
/* Features that all CPUs have (ID registers of the boot CPU, sanitised by sysreg.c). */
struct cpu_features {
    uint64_t midr, pfr0, pfr1, dfr0, dfr1, isar0, isar1, mmfr0, mmfr1, mmfr2;
    unsigned int dcache_line; /* bytes, smallest */
    unsigned int icache_line;
};
extern struct cpu_features host_cpu;

#endif
