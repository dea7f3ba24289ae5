/* SPDX-License-Identifier: MIT */
/* A machine that can be a laptop or a slate. Source: "GPIO laptop/slate indicator", Microsoft */
DefinitionBlock ("ssdt_slate.aml", "SSDT", 2, "Xen", "HVM", 0)
{
    Scope (\_SB)
    {
        Device (CIND)
        {
            Name (_HID, EisaId ("PNP0C60"))
            Method (_STA) { Return (0xf) }
        }
    }
}
