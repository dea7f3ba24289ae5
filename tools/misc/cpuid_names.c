/* SPDX-License-Identifier: MIT */
/*
 * Features by their place in a feature set: word and bit. The names are those of the processors'
 * manuals, in the forms that xen-cpuid has always shown.
 */
#include "cpuid_names.h"

const struct feature_word feature_words[] = {
    {"1d", "CPUID 0x00000001.edx",
     "fpu vme de pse tsc msr pae mce cx8 apic - sysenter mtrr pge mca cmov pat pse36 psn "
     "clflush - ds acpi mmx fxsr sse sse2 ss htt tm ia64 pbe"},
    {"1c", "CPUID 0x00000001.ecx",
     "sse3 pclmulqdq dtes64 monitor ds-cpl vmx smx est tm2 ssse3 cntx-id sdgb fma cx16 "
     "xtpr pdcm - pcid dca sse41 sse42 x2apic movebe popcnt tsc-dl aesni xsave osxsave avx "
     "f16c rdrnd hyper"},
    {"e1d", "CPUID 0x80000001.edx",
     "fpu vme de pse tsc msr pae mce cx8 apic - syscall mtrr pge mca cmov fcmov pse36 - mp "
     "nx - mmx+ mmx fxsr fxsr+ pg1g rdtscp - lm 3dnow+ 3dnow"},
    {"e1c", "CPUID 0x80000001.ecx",
     "lahf-lm cmp svm extapic cr8d lzcnt sse4a msse 3dnowpf osvw ibs xop skinit wdt - lwp "
     "fma4 tce - nodeid - tbm topoext perfctr-core perfctr-nb - dbx perftsc pcx-l2i "
     "monitorx"},
    {"Da1", "CPUID 0x0000000d:1.eax", "xsaveopt xsavec xgetbv1 xsaves"},
    {"7b0", "CPUID 0x00000007:0.ebx",
     "fsgsbase tsc-adj sgx bmi1 hle avx2 fdp-exn smep bmi2 erms invpcid rtm pqm depfpp mpx "
     "pqe avx512f avx512dq rdseed adx smap avx512-ifma pcommit clflushopt clwb proc-trace "
     "avx512pf avx512er avx512cd sha avx512bw avx512vl"},
    {"7c0", "CPUID 0x00000007:0.ecx",
     "prefetchwt1 avx512-vbmi umip pku ospke waitpkg avx512-vbmi2 cet-ss gfni vaes "
     "vpclmulqdq avx512-vnni avx512-bitalg - avx512-vpopcntdq - - - - - - - rdpid - - "
     "cldemote - movdiri movdir64b enqcmd sgx-lc"},
    {"e7d", "CPUID 0x80000007.edx", "- - - - - - - hw-pstate itsc cpb efro"},
    {"e8b", "CPUID 0x80000008.ebx",
     "clzero - rstr-fp-err-ptrs - - - - - - wbnoinvd - - ibpb - ibrs amd-stibp ibrs-always "
     "stibp-always ibrs-fast ibrs-same-mode no-lmsl - - ppin amd-ssbd virt-ssbd ssb-no - "
     "psfd btc-no ibpb-ret"},
    {"7d0", "CPUID 0x00000007:0.edx",
     "- - avx512-4vnniw avx512-4fmaps fsrm - - - avx512-vp2intersect srbds-ctrl md-clear "
     "rtm-always-abort - tsx-force-abort serialize hybrid tsxldtrk - pconfig - cet-ibt - - "
     "avx512-fp16 - - ibrsb stibp l1d-flush arch-caps core-caps ssbd"},
    {"7a1", "CPUID 0x00000007:1.eax", "- - - - avx-vnni avx512-bf16 - - - - fzrm fsrs fsrcs"},
    {"e21a", "CPUID 0x80000021.eax",
     "- - lfence+ - - verw-clear nscb - auto-ibrs - - - - - - - - - - - - - - - - - - sbpb "
     "ibpb-brtype srso-no srso-us-no srso-msr-fix"},
    {"7b1", "CPUID 0x00000007:1.ebx", "ppin"},
    {"7d2", "CPUID 0x00000007:2.edx", "intel-psfd ipred-ctrl rrsba-ctrl - bhi-ctrl mcdt-no"},
    {"7c1", "CPUID 0x00000007:1.ecx", ""},
    {"7d1", "CPUID 0x00000007:1.edx", "- - - - - - - - - - - - - - - - - - cet-sss"},
    {"m10Al", "MSR_ARCH_CAPS.lo",
     "rdcl-no eibrs rsba skip-l1dfl intel-ssb-no mds-no if-pschange-mc-no tsx-ctrl taa-no "
     "mcu-ctrl misc-pkg-ctrl energy-ctrl doitm sbdr-ssdp-no fbsdp-no psdp-no - fb-clear "
     "fb-clear-ctrl rrsba bhi-no xapic-status - ovrclk-status pbrsb-no gds-ctrl gds-no "
     "rfds-no rfds-clear"},
    {"m10Ah", "MSR_ARCH_CAPS.hi",
     "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - its-no"},
    {"e21c", "CPUID 0x80000021.ecx", "- tsa-sq-no tsa-l1-no"},
};
const unsigned int nr_feature_words = sizeof(feature_words) / sizeof(feature_words[0]);
