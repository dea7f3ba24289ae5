/* SPDX-License-Identifier: MIT */
/* Sleep with memory kept; the value is that of QEMU's PIIX4. */
DefinitionBlock ("ssdt_s3.aml", "SSDT", 2, "Xen", "HVM", 0)
{
    Name (\_S3, Package () { 1, 1, 0, 0 })
}
