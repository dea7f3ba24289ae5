/* SPDX-License-Identifier: MIT */
/*
 * Where things lie in the guest's physical memory while we run, and what stays there.
 *
 *   0x00001000  what the BIOS is told, with its lists      struct bios_info; free once it has run
 *   0x00006000  code for real mode                         free afterwards
 *   0x0009f800  the builder's table                        struct hvm_info_table
 *   0x000ea020  OVMF only: RSDP, and SMBIOS at 0x000eb000  where OVMF looks for them
 *   ........... BIOS, up to 0x00100000
 *   0x00100000  this program and, behind it, its modules; free afterwards
 *   0xfc000000  what the DSDT reads, then tables           stays; see area.h
 *   0xfee00000  local APICs
 *   ........... OVMF, up to 4 GiB
 */
#ifndef HVMLOADER_LAYOUT_H
#define HVMLOADER_LAYOUT_H

#define BIOS_INFO_ADDR  0x00001000u
#define BIOS_INFO_END   0x00006000u
#define REAL_MODE_ADDR  0x00006000
#define VGA_START       0x000a0000u
#define ROM_START       0x000c0000u
#define OVMF_RSDP_ADDR  0x000ea020u /* EDK2, OvmfPkg/AcpiPlatformDxe */
#define OVMF_SMBIOS     0x000eb000u /* EDK2, OvmfPkg/SmbiosPlatformDxe */
#define OVMF_MIRROR     0x000f0000u
#define LOW_END         0x00100000u
#define PCI_WINDOW      0xf0000000u /* where it begins at first; it grows down */
#define PCI_WINDOW_MIN  0x80000000u
#define AREA_ADDR       0xfc000000u
#define AREA_END        0xfd000000u
#define SHARED_INFO_GFN 0xfe700u /* mapped for as long as we talk to the store */
#define IOAPIC_ADDR     0xfec00000u
#define HPET_ADDR       0xfed00000u
#define TPM_ADDR        0xfed40000u
#define LAPIC_ADDR      0xfee00000u
#define FOUR_GIB        (1ull << 32)

#define REAL_MODE_SEGMENT (REAL_MODE_ADDR >> 4)
#define REAL_MODE_VECTOR  (REAL_MODE_ADDR >> 12) /* of a start-up IPI */

/* Selectors of the descriptor table in start.S. */
#define SEL_CODE32 0x08
#define SEL_DATA32 0x10
#define SEL_CODE16 0x18
#define SEL_DATA16 0x20

#endif
