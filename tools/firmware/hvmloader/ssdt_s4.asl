/* SPDX-License-Identifier: MIT */
/* Sleep with memory on disk; the value is that of QEMU's PIIX4. */
DefinitionBlock ("ssdt_s4.aml", "SSDT", 2, "Xen", "HVM", 0)
{
    Name (\_S4, Package () { 2, 2, 0, 0 })
}
