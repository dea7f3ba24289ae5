/* SPDX-License-Identifier: MIT */
/* I/O ports of ACPI CPU hotplug in HVM guests; a bit per vCPU that is there. */
#ifndef __XEN_PUBLIC_ARCH_X86_GUEST_ACPI_H__
#define __XEN_PUBLIC_ARCH_X86_GUEST_ACPI_H__

#ifdef __XEN_TOOLS__
#define XEN_ACPI_CPU_MAP        0xaf00
#define XEN_ACPI_CPU_MAP_LEN    ((7 + HVM_MAX_VCPUS) / 8) /* bytes */
#define XEN_ACPI_GPE0_CPUHP_BIT 2
#endif

#endif /* __XEN_PUBLIC_ARCH_X86_GUEST_ACPI_H__ */
