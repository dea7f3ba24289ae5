/* SPDX-License-Identifier: MIT */
/*
 * The devices of an HVM guest: QEMU's PC with the i440FX, PIIX3 and PIIX4, as the hypervisor and
 * Xen's machine type of it wire them. Parts that repeat are in repeated.asl, which mkasl makes.
 * Source: ACPI 6.4; Intel 82371AB; QEMU, docs/specs/acpi_pci_hotplug and acpi_cpu_hotplug.
 */
DefinitionBlock ("dsdt.aml", "DSDT", 2, "Xen", "HVM", 0)
{
    Name (\_S5, Package () { 0, 0, 0, 0 })
    Name (\APIC, 0) /* does the guest use I/O APICs? */
    Method (\_PIC, 1) { \APIC = Arg0 }

    /* struct acpi_info of acpi.h */
    OperationRegion (INFO, SystemMemory, 0xfc000000, 0x20)
    Field (INFO, AnyAcc, NoLock, Preserve)
    {
        COMA, 8, COMB, 8, LPTA, 8, HPEA, 8,
        GENA, 32,
        MSTA, 32, MLEN, 32,
        HSTA, 64, HLEN, 64
    }

    Scope (\_SB)
    {
        Device (PCI0)
        {
            Name (_HID, EisaId ("PNP0A03"))
            Name (_UID, 0)
            Name (_BBN, 0)

            Name (LOWR, ResourceTemplate ()
            {
                WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0xff, 0, 0x100)
                IO (Decode16, 0xcf8, 0xcf8, 1, 8)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange, 0, 0, 0xcf7, 0, 0xcf8)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange, 0, 0xd00, 0xffff, 0, 0xf300)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xa0000, 0xbffff, 0, 0x20000)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0xf0000000, 0xfbffffff, 0, 0xc000000, , , MEML)
            })
            Name (HIGR, ResourceTemplate ()
            {
                QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0x100000000, 0x1ffffffff, 0, 0x100000000, , , MEMH)
            })
            Method (_CRS, 0, Serialized)
            {
                CreateDWordField (LOWR, \_SB.PCI0.MEML._MIN, LMIN)
                CreateDWordField (LOWR, \_SB.PCI0.MEML._MAX, LMAX)
                CreateDWordField (LOWR, \_SB.PCI0.MEML._LEN, LLEN)
                LMIN = \MSTA
                LLEN = \MLEN
                LMAX = \MSTA + \MLEN - 1
                If (\HLEN == 0)
                {
                    Return (LOWR)
                }
                CreateQWordField (HIGR, \_SB.PCI0.MEMH._MIN, HMIN)
                CreateQWordField (HIGR, \_SB.PCI0.MEMH._MAX, HMAX)
                CreateQWordField (HIGR, \_SB.PCI0.MEMH._LEN, QLEN)
                HMIN = \HSTA
                QLEN = \HLEN
                HMAX = \HSTA + \HLEN - 1
                Return (ConcatenateResTemplate (LOWR, HIGR))
            }

            Method (_PRT, 0)
            {
                If (\APIC)
                {
                    Return (PRTA)
                }
                Return (PRTL)
            }

            /* Slots that have been plugged and those asked to be free; a write ejects. */
            OperationRegion (PCST, SystemIO, 0xae00, 0x0c)
            Field (PCST, DWordAcc, NoLock, WriteAsZeros)
            {
                PCIU, 32, PCID, 32, PCIE, 32
            }

            Device (ISA)
            {
                Name (_ADR, 0x00010000)

                /* The interrupt of each link between PCI and ISA; bit 7: none. */
                OperationRegion (PIRQ, PCI_Config, 0x60, 4)
                Field (PIRQ, ByteAcc, NoLock, Preserve)
                {
                    PIRA, 8, PIRB, 8, PIRC, 8, PIRD, 8
                }

                Device (PIC)
                {
                    Name (_HID, EisaId ("PNP0000"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x20, 0x20, 0, 2)
                        IO (Decode16, 0xa0, 0xa0, 0, 2)
                        IO (Decode16, 0x4d0, 0x4d0, 0, 2)
                        IRQNoFlags () { 2 }
                    })
                }
                Device (DMA)
                {
                    Name (_HID, EisaId ("PNP0200"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        DMA (Compatibility, BusMaster, Transfer8) { 4 }
                        IO (Decode16, 0, 0, 0, 0x10)
                        IO (Decode16, 0x81, 0x81, 0, 3)
                        IO (Decode16, 0x87, 0x87, 0, 1)
                        IO (Decode16, 0x89, 0x89, 0, 3)
                        IO (Decode16, 0x8f, 0x8f, 0, 1)
                        IO (Decode16, 0xc0, 0xc0, 0, 0x20)
                    })
                }
                Device (TMR)
                {
                    Name (_HID, EisaId ("PNP0100"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x40, 0x40, 0, 4)
                        IRQNoFlags () { 0 }
                    })
                }
                Device (RTC)
                {
                    Name (_HID, EisaId ("PNP0B00"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x70, 0x70, 0, 2)
                        IRQNoFlags () { 8 }
                    })
                }
                Device (SPKR)
                {
                    Name (_HID, EisaId ("PNP0800"))
                    Name (_CRS, ResourceTemplate () { IO (Decode16, 0x61, 0x61, 0, 1) })
                }
                Device (FPU)
                {
                    Name (_HID, EisaId ("PNP0C04"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0xf0, 0xf0, 0, 0x10)
                        IRQNoFlags () { 13 }
                    })
                }
                Device (KBD)
                {
                    Name (_HID, EisaId ("PNP0303"))
                    Name (_CID, EisaId ("PNP030B"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x60, 0x60, 0, 1)
                        IO (Decode16, 0x64, 0x64, 0, 1)
                        IRQNoFlags () { 1 }
                    })
                }
                Device (MOU)
                {
                    Name (_HID, EisaId ("PNP0F13"))
                    Name (_CID, EisaId ("PNP0F13"))
                    Name (_CRS, ResourceTemplate () { IRQNoFlags () { 12 } })
                }
                Device (FDC)
                {
                    Name (_HID, EisaId ("PNP0700"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x3f0, 0x3f0, 0, 6)
                        IO (Decode16, 0x3f7, 0x3f7, 0, 1)
                        IRQNoFlags () { 6 }
                        DMA (Compatibility, NotBusMaster, Transfer8) { 2 }
                    })
                }
                Device (COM1)
                {
                    Name (_HID, EisaId ("PNP0501"))
                    Name (_UID, 1)
                    Method (_STA) { If (\COMA) { Return (0xf) } Return (0) }
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x3f8, 0x3f8, 8, 8)
                        IRQNoFlags () { 4 }
                    })
                }
                Device (COM2)
                {
                    Name (_HID, EisaId ("PNP0501"))
                    Name (_UID, 2)
                    Method (_STA) { If (\COMB) { Return (0xf) } Return (0) }
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x2f8, 0x2f8, 8, 8)
                        IRQNoFlags () { 3 }
                    })
                }
                Device (LPT1)
                {
                    Name (_HID, EisaId ("PNP0400"))
                    Name (_UID, 1)
                    Method (_STA) { If (\LPTA) { Return (0xf) } Return (0) }
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x378, 0x378, 8, 8)
                        IRQNoFlags () { 7 }
                    })
                }
                /* Ports that no other device may be given: of power management and of plugging. */
                Device (RSVD)
                {
                    Name (_HID, EisaId ("PNP0C02"))
                    Name (_UID, 1)
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x10, 0x10, 0, 0x10)
                        IO (Decode16, 0xae00, 0xae00, 0, 0x18)
                        IO (Decode16, 0xaf00, 0xaf00, 0, 0x20)
                        IO (Decode16, 0xafe0, 0xafe0, 0, 4)
                        IO (Decode16, 0xb000, 0xb000, 0, 0x40)
                        IO (Decode16, 0xb100, 0xb100, 0, 0x10)
                    })
                }
            }
        }

        Device (HPET)
        {
            Name (_HID, EisaId ("PNP0103"))
            Name (_UID, 0)
            Method (_STA) { If (\HPEA) { Return (0xf) } Return (0) }
            Name (_CRS, ResourceTemplate () { Memory32Fixed (ReadOnly, 0xfed00000, 0x400) })
        }

        /* Source: "Virtual Machine Generation ID", Microsoft, 2012 */
        Device (VGEN)
        {
            Name (_HID, "XEN0000")
            Name (_CID, "VM_Gen_Counter")
            Name (_DDN, "VM_Gen_Counter")
            Method (_STA) { If (\GENA) { Return (0xf) } Return (0) }
            Name (ADDP, Package (2) { 0, 0 })
            Method (ADDR, 0, Serialized)
            {
                ADDP [0] = \GENA
                Return (ADDP)
            }
        }

        /* A bit for each vCPU that is plugged. */
        OperationRegion (CPST, SystemIO, 0xaf00, 0x20)
        Field (CPST, ByteAcc, NoLock, Preserve)
        {
            CPUS, 256
        }
        /* As it was at last: each byte that is read goes to the device model. */
        Name (CPUW, Buffer (32) {})
        Method (_INI)
        {
            CPUW = CPUS
        }
        Method (CSTA, 1) /* of vCPU Arg0 */
        {
            If ((DerefOf (CPUW [Arg0 >> 3]) >> (Arg0 & 7)) & 1)
            {
                Return (0xf)
            }
            Return (0)
        }
        Method (CMAT, 1) /* its entry of the MADT */
        {
            Local0 = Buffer (8) { 0, 8, 0, 0, 0, 0, 0, 0 }
            Local0 [2] = Arg0
            Local0 [3] = Arg0 * 2
            Local0 [4] = (CSTA (Arg0) & 1)
            Return (Local0)
        }
        Method (CSCN, 0, Serialized) /* tell of those that have come or are to go */
        {
            Local4 = CPUW
            Local0 = CPUS
            CPUW = Local0 /* before anybody asks for a state */
            Local1 = 0
            While (Local1 < 128)
            {
                Local2 = (DerefOf (Local0 [Local1 >> 3]) >> (Local1 & 7)) & 1
                Local3 = (DerefOf (Local4 [Local1 >> 3]) >> (Local1 & 7)) & 1
                If (Local2 != Local3)
                {
                    If (Local2) { CNOT (Local1, 1) } Else { CNOT (Local1, 3) }
                }
                Local1++
            }
        }
    }

    Include ("repeated.asl")

    Scope (\_GPE)
    {
        Method (_E01) { \_SB.PCI0.PSCN () }
        Method (_E02) { \_SB.CSCN () }
        Method (_E03) { Notify (\_SB.VGEN, 0x80) }
    }
}
