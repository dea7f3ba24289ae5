/* SPDX-License-Identifier: MIT */
/* The hardware domain's control of the host: HYPERVISOR_platform_op(struct xen_platform_op *). */
#ifndef __XEN_PUBLIC_PLATFORM_H__
#define __XEN_PUBLIC_PLATFORM_H__

#include "xen.h"

#define XENPF_INTERFACE_VERSION 0x03000001

#define XENPF_settime32            17
#define XENPF_add_memtype          31
#define XENPF_del_memtype          32
#define XENPF_read_memtype         33
#define XENPF_microcode_update     35
#define XENPF_platform_quirk       39
#define XENPF_get_cpu_version      48
#define XENPF_efi_runtime_call     49
#define XENPF_firmware_info        50
#define XENPF_enter_acpi_sleep     51
#define XENPF_change_freq          52
#define XENPF_getidletime          53
#define XENPF_set_processor_pminfo 54
#define XENPF_get_cpuinfo          55
#define XENPF_cpu_online           56
#define XENPF_cpu_offline          57
#define XENPF_cpu_hotadd           58
#define XENPF_mem_hotadd           59
#define XENPF_core_parking         60
#define XENPF_resource_op          61
#define XENPF_settime64            62
#define XENPF_get_symbol           63

/*
 * Wall clock: UTC when the system time (ns since boot) was system_time.
 */
typedef struct xenpf_settime32 {
    uint32_t secs, nsecs;
    uint64_t system_time;
} xenpf_settime32_t;

typedef struct xenpf_settime64 {
    uint64_t secs;
    uint32_t nsecs, mbz;
    uint64_t system_time;
} xenpf_settime64_t;

#if __XEN_INTERFACE_VERSION__ >= 0x00040600
#define XENPF_settime XENPF_settime64
#define xenpf_settime xenpf_settime64
#else
#define XENPF_settime XENPF_settime32
#define xenpf_settime xenpf_settime32
#endif
typedef struct xenpf_settime xenpf_settime_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_settime_t);

/*
 * Variable MTRRs. type is the architectural memory type.
 */
typedef struct xenpf_add_memtype {
    xen_pfn_t mfn; /* in */
    uint64_t nr_mfns;
    uint32_t type;
    uint32_t handle, reg; /* out */
} xenpf_add_memtype_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_add_memtype_t);

typedef struct xenpf_del_memtype {
    uint32_t handle, reg;
} xenpf_del_memtype_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_del_memtype_t);

typedef struct xenpf_read_memtype {
    uint32_t reg;  /* in */
    xen_pfn_t mfn; /* out */
    uint64_t nr_mfns;
    uint32_t type;
} xenpf_read_memtype_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_read_memtype_t);

typedef struct xenpf_microcode_update {
    XEN_GUEST_HANDLE(const_void) data;
    uint32_t length; /* bytes */
} xenpf_microcode_update_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_microcode_update_t);

#define QUIRK_NOIRQBALANCING     1 /* IRQs must not move between CPUs */
#define QUIRK_IOAPIC_BAD_REGSEL  2 /* the IO-APIC forgets its register selector */
#define QUIRK_IOAPIC_GOOD_REGSEL 3 /* it does not */

typedef struct xenpf_platform_quirk {
    uint32_t quirk_id;
} xenpf_platform_quirk_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_platform_quirk_t);

/*
 * EFI runtime services; parameters as in the UEFI specification.
 */
#define XEN_EFI_get_time                      1
#define XEN_EFI_set_time                      2
#define XEN_EFI_get_wakeup_time               3
#define XEN_EFI_set_wakeup_time               4
#define XEN_EFI_get_next_high_monotonic_count 5
#define XEN_EFI_get_variable                  6
#define XEN_EFI_set_variable                  7
#define XEN_EFI_get_next_variable_name        8
#define XEN_EFI_query_variable_info           9
#define XEN_EFI_query_capsule_capabilities    10
#define XEN_EFI_update_capsule                11

/* xenpf_efi_runtime_call.misc, by function */
#define XEN_EFI_GET_TIME_SET_CLEARS_NS      0x00000001
#define XEN_EFI_GET_WAKEUP_TIME_ENABLED     0x00000001
#define XEN_EFI_GET_WAKEUP_TIME_PENDING     0x00000002
#define XEN_EFI_SET_WAKEUP_TIME_ENABLE      0x00000001
#define XEN_EFI_SET_WAKEUP_TIME_ENABLE_ONLY 0x00000002
#define XEN_EFI_VARIABLE_NON_VOLATILE       0x00000001
#define XEN_EFI_VARIABLE_BOOTSERVICE_ACCESS 0x00000002
#define XEN_EFI_VARIABLE_RUNTIME_ACCESS     0x00000004
#define XEN_EFI_VARINFO_BOOT_SNAPSHOT       0x00000001

struct xenpf_efi_time {
    uint16_t year;
    uint8_t month, day, hour, min, sec;
    uint32_t ns;
    int16_t tz; /* minutes from UTC; 0x7ff: unspecified */
    uint8_t daylight;
};

struct xenpf_efi_guid {
    uint32_t data1;
    uint16_t data2, data3;
    uint8_t data4[8];
};

typedef struct xenpf_efi_runtime_call {
    uint32_t function;  /* XEN_EFI_* */
    uint32_t misc;      /* in and out: flags, attributes, the high count */
    xen_ulong_t status; /* out: EFI_STATUS */
    union {
        struct {
            struct xenpf_efi_time time;
            uint32_t resolution, accuracy;
        } get_time;
        struct xenpf_efi_time set_time, get_wakeup_time, set_wakeup_time;
        struct {
            XEN_GUEST_HANDLE(void) name; /* UCS-2 */
            xen_ulong_t size;            /* bytes of data */
            XEN_GUEST_HANDLE(void) data;
            struct xenpf_efi_guid vendor_guid;
        } get_variable, set_variable;
        struct {
            xen_ulong_t size; /* bytes of name */
            XEN_GUEST_HANDLE(void) name;
            struct xenpf_efi_guid vendor_guid;
        } get_next_variable_name;
        struct {
            uint32_t attr;
            uint64_t max_store_size, remain_store_size, max_size; /* bytes */
        } query_variable_info;
        struct {
            XEN_GUEST_HANDLE(void) capsule_header_array;
            xen_ulong_t capsule_count;
            uint64_t max_capsule_size;
            uint32_t reset_type;
        } query_capsule_capabilities;
        struct {
            XEN_GUEST_HANDLE(void) capsule_header_array;
            xen_ulong_t capsule_count;
            uint64_t sg_list; /* machine address */
        } update_capsule;
    } u;
} xenpf_efi_runtime_call_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_efi_runtime_call_t);

/*
 * What the firmware told at boot.
 */
#define XEN_FW_DISK_INFO          1 /* BIOS int 13h ah=48h, by index */
#define XEN_FW_DISK_MBR_SIGNATURE 2 /* by index */
#define XEN_FW_VBEDDC_INFO        3 /* int 10h ax=4f15h */
#define XEN_FW_EFI_INFO           4 /* index: XEN_FW_EFI_* */
#define XEN_FW_KBD_SHIFT_FLAGS    5 /* int 16h ah=02h */

#define XEN_FW_EFI_VERSION          0
#define XEN_FW_EFI_CONFIG_TABLE     1
#define XEN_FW_EFI_VENDOR           2
#define XEN_FW_EFI_MEM_INFO         3 /* in: mem.addr and size */
#define XEN_FW_EFI_RT_VERSION       4
#define XEN_FW_EFI_PCI_ROM          5 /* in: device */
#define XEN_FW_EFI_APPLE_PROPERTIES 6

typedef struct xenpf_firmware_info {
    uint32_t type, index;
    union {
        struct {
            uint8_t device, version;
            uint16_t interface_support, legacy_max_cylinder;
            uint8_t legacy_max_head, legacy_sectors_per_track;
            XEN_GUEST_HANDLE(void) edd_params; /* its first word: size in bytes */
        } disk_info;
        struct {
            uint8_t device;
            uint32_t mbr_signature;
        } disk_mbr_signature;
        struct {
            uint8_t capabilities;
            uint8_t edid_transfer_time;   /* s */
            XEN_GUEST_HANDLE(uint8) edid; /* 128 bytes */
        } vbeddc_info;
        union xenpf_efi_info {
            uint32_t version; /* also of the runtime services */
            struct {
                uint64_t addr; /* machine address of EFI_CONFIGURATION_TABLE[nent] */
                uint32_t nent;
            } cfg;
            struct {
                uint32_t revision;
                uint32_t bufsz; /* bytes */
                XEN_GUEST_HANDLE(void) name;
            } vendor;
            struct {
                uint64_t addr, size; /* bytes */
                uint64_t attr;
                uint32_t type;
            } mem;
            struct {
                uint16_t segment;
                uint8_t bus, devfn;
                uint16_t vendor, devid;
                uint64_t address; /* out: machine address and bytes */
                xen_ulong_t size;
            } pci_rom;
            struct {
                uint64_t address;
                xen_ulong_t size;
            } apple_properties;
        } efi_info;
        uint8_t kbd_shift_flags;
    } u;
} xenpf_firmware_info_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_firmware_info_t);

/*
 * Power.
 */
#define XENPF_ACPI_SLEEP_EXTENDED 0x00000001 /* values are for the HW-reduced registers */

typedef struct xenpf_enter_acpi_sleep {
#if __XEN_INTERFACE_VERSION__ >= 0x00040300
    uint16_t val_a, val_b; /* PM1a and PM1b control, or sleep control and status */
#else
    uint16_t pm1a_cnt_val, pm1b_cnt_val;
#endif
    uint32_t sleep_state; /* n of Sn */
    uint32_t flags;
} xenpf_enter_acpi_sleep_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_enter_acpi_sleep_t);

/* Tells that dom0 changed the TSC rate of a CPU. */
typedef struct xenpf_change_freq {
    uint32_t flags; /* 0 */
    uint32_t cpu;
    uint64_t freq; /* Hz */
} xenpf_change_freq_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_change_freq_t);

typedef struct xenpf_getidletime {
    XEN_GUEST_HANDLE(uint8) cpumap_bitmap; /* in: which; out: which exist */
    uint32_t cpumap_nr_cpus;
    XEN_GUEST_HANDLE(uint64) idletime; /* out: ns, indexed by CPU */
    uint64_t now;                      /* out: ns of system time */
} xenpf_getidletime_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_getidletime_t);

/* What dom0 reads in the ACPI namespace about a CPU's power states. */
#define XEN_PROCESSOR_PM_CX 1 /* SIF_PM_MASK bits: who manages what */
#define XEN_PROCESSOR_PM_PX 2
#define XEN_PROCESSOR_PM_TX 4

#define XEN_PM_CX  0 /* xenpf_set_processor_pminfo.type */
#define XEN_PM_PX  1
#define XEN_PM_TX  2
#define XEN_PM_PDC 3

#define XEN_PX_PCT 1 /* xen_processor_performance.flags: which parts are given */
#define XEN_PX_PSS 2
#define XEN_PX_PPC 4
#define XEN_PX_PSD 8

#define XEN_CPUPERF_SHARED_TYPE_HW  1 /* shared_type */
#define XEN_CPUPERF_SHARED_TYPE_ALL 2
#define XEN_CPUPERF_SHARED_TYPE_ANY 3

/* ACPI generic address. */
struct xen_power_register {
    uint32_t space_id, bit_width, bit_offset, access_size;
    uint64_t address;
};

/* An entry of _CSD. */
typedef struct xen_processor_csd {
    uint32_t domain, coord_type, num;
} xen_processor_csd_t;
DEFINE_XEN_GUEST_HANDLE(xen_processor_csd_t);

/* A C-state of _CST. */
typedef struct xen_processor_cx {
    struct xen_power_register reg;
    uint8_t type;     /* 1 to 3 */
    uint32_t latency; /* us */
    uint32_t power;   /* mW */
    uint32_t dpcnt;   /* entries of dp */
    XEN_GUEST_HANDLE(xen_processor_csd_t) dp;
} xen_processor_cx_t;
DEFINE_XEN_GUEST_HANDLE(xen_processor_cx_t);

struct xen_processor_flags {
    uint32_t bm_control : 1, bm_check : 1, has_cst : 1, power_setup_done : 1, bm_rld_set : 1;
};

struct xen_processor_power {
    uint32_t count; /* entries of states */
    struct xen_processor_flags flags;
    XEN_GUEST_HANDLE(xen_processor_cx_t) states;
};

/* A register of _PCT. */
struct xen_pct_register {
    uint8_t descriptor;
    uint16_t length;
    uint8_t space_id, bit_width, bit_offset, reserved;
    uint64_t address;
};

/* A P-state of _PSS; MHz, mW, us. */
typedef struct xen_processor_px {
    uint64_t core_frequency, power;
    uint64_t transition_latency, bus_master_latency;
    uint64_t control, status;
} xen_processor_px_t;
DEFINE_XEN_GUEST_HANDLE(xen_processor_px_t);

struct xen_psd_package {
    uint64_t num_entries, revision, domain, coord_type, num_processors;
};

typedef struct xen_processor_performance {
    uint32_t flags;          /* XEN_PX_* */
    uint32_t platform_limit; /* _PPC */
    struct xen_pct_register control_register, status_register;
    uint32_t state_count; /* entries of states */
    XEN_GUEST_HANDLE(xen_processor_px_t) states;
    struct xen_psd_package domain_info;
    uint32_t shared_type; /* XEN_CPUPERF_SHARED_TYPE_* */
} xen_processor_performance_t;
DEFINE_XEN_GUEST_HANDLE(xen_processor_performance_t);

typedef struct xenpf_set_processor_pminfo {
    uint32_t id;   /* ACPI id of the CPU */
    uint32_t type; /* XEN_PM_* */
    union {
        XEN_GUEST_HANDLE(uint32) pdc; /* the _PDC buffer, which gets our bits */
        struct xen_processor_performance perf;
        struct xen_processor_power power;
    } u;
} xenpf_set_processor_pminfo_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_set_processor_pminfo_t);

/*
 * Physical CPUs and memory.
 */
#define XEN_PCPU_FLAGS_ONLINE  1
#define XEN_PCPU_FLAGS_INVALID 2 /* there is no such CPU */

typedef struct xenpf_pcpuinfo {
    uint32_t xen_cpuid;   /* in */
    uint32_t max_present; /* out: highest CPU number */
    uint32_t flags;       /* out: XEN_PCPU_FLAGS_* */
    uint32_t apic_id, acpi_id;
} xenpf_pcpuinfo_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_pcpuinfo_t);

typedef struct xenpf_pcpu_version {
    uint32_t xen_cpuid;   /* in */
    uint32_t max_present; /* out: highest CPU number */
    char vendor_id[12];
    uint32_t family, model, stepping;
} xenpf_pcpu_version_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_pcpu_version_t);

/* XENPF_cpu_online, XENPF_cpu_offline */
typedef struct xenpf_cpu_ol {
    uint32_t cpuid;
} xenpf_cpu_ol_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_cpu_ol_t);

typedef struct xenpf_cpu_hotadd {
    uint32_t apic_id, acpi_id, pxm;
} xenpf_cpu_hotadd_t;

/* Frames [spfn, epfn). */
typedef struct xenpf_mem_hotadd {
    uint64_t spfn, epfn;
    uint32_t pxm, flags;
} xenpf_mem_hotadd_t;

#define XEN_CORE_PARKING_SET 1
#define XEN_CORE_PARKING_GET 2

typedef struct xenpf_core_parking {
    uint32_t type;
    uint32_t idle_nums; /* CPUs; out for GET */
} xenpf_core_parking_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_core_parking_t);

/* Accesses to the MSRs of cache monitoring, done in one go on one CPU. */
#define XEN_RESOURCE_OP_MSR_READ  0
#define XEN_RESOURCE_OP_MSR_WRITE 1

typedef struct xenpf_resource_entry {
    union {
        uint32_t cmd; /* in: XEN_RESOURCE_OP_* */
        int32_t ret;  /* out: 0 or -errno */
    } u;
    uint32_t rsvd;
    uint64_t idx, val;
} xenpf_resource_entry_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_resource_entry_t);

typedef struct xenpf_resource_op {
    uint32_t nr_entries, cpu;
    XEN_GUEST_HANDLE(xenpf_resource_entry_t) entries;
} xenpf_resource_op_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_resource_op_t);

/* The hypervisor's symbol table, symbol by symbol. */
typedef struct xenpf_symdata {
    uint32_t namelen; /* in: room; out: bytes with the NUL */
    uint32_t symnum;  /* in: index; out: the next one, the same at the end */
    XEN_GUEST_HANDLE(char) name;
    uint64_t address; /* out */
    char type;        /* out: letter as in nm(1) */
} xenpf_symdata_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_symdata_t);

typedef struct xen_platform_op {
    uint32_t cmd;               /* XENPF_* */
    uint32_t interface_version; /* XENPF_INTERFACE_VERSION */
    union {
        xenpf_settime_t settime;
        xenpf_settime32_t settime32;
        xenpf_settime64_t settime64;
        xenpf_add_memtype_t add_memtype;
        xenpf_del_memtype_t del_memtype;
        xenpf_read_memtype_t read_memtype;
        xenpf_microcode_update_t microcode;
        xenpf_platform_quirk_t platform_quirk;
        xenpf_efi_runtime_call_t efi_runtime_call;
        xenpf_firmware_info_t firmware_info;
        xenpf_enter_acpi_sleep_t enter_acpi_sleep;
        xenpf_change_freq_t change_freq;
        xenpf_getidletime_t getidletime;
        xenpf_set_processor_pminfo_t set_pminfo;
        xenpf_pcpuinfo_t pcpu_info;
        xenpf_pcpu_version_t pcpu_version;
        xenpf_cpu_ol_t cpu_ol;
        xenpf_cpu_hotadd_t cpu_add;
        xenpf_mem_hotadd_t mem_add;
        xenpf_core_parking_t core_parking;
        xenpf_resource_op_t resource_op;
        xenpf_symdata_t symdata;
        uint8_t pad[128];
    } u;
} xen_platform_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_platform_op_t);

#endif /* __XEN_PUBLIC_PLATFORM_H__ */
