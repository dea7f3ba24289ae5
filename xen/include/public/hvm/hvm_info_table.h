/* SPDX-License-Identifier: MIT */
/* What the domain builder tells hvmloader, at HVM_INFO_PADDR. */
#ifndef __XEN_PUBLIC_HVM_HVM_INFO_TABLE_H__
#define __XEN_PUBLIC_HVM_HVM_INFO_TABLE_H__

#define HVM_INFO_PFN    0x09F
#define HVM_INFO_OFFSET 0x800
#define HVM_INFO_PADDR  (HVM_INFO_OFFSET + (HVM_INFO_PFN << 12))

#define HVM_MAX_VCPUS 128

struct hvm_info_table {
    char signature[8]; /* "HVM INFO" */
    uint32_t length;   /* bytes */
    uint8_t checksum;  /* makes the sum of all bytes 0 */
    uint8_t apic_mode; /* boolean: the guest has an IO-APIC */
    uint32_t nr_vcpus;
    uint32_t low_mem_pgend;                       /* end of RAM below 4 GiB, as a frame number */
    uint32_t reserved_mem_pgstart;                /* from here to 4 GiB pages are the builder's */
    uint32_t high_mem_pgend;                      /* end of RAM above 4 GiB, or 0 */
    uint8_t vcpu_online[(7 + HVM_MAX_VCPUS) / 8]; /* a bit each */
};

#endif /* __XEN_PUBLIC_HVM_HVM_INFO_TABLE_H__ */
