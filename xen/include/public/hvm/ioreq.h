/* SPDX-License-Identifier: MIT */
/* Pages shared with a device model: accesses it has to emulate. */
#ifndef _IOREQ_H_
#define _IOREQ_H_

#define IOREQ_WRITE 0 /* dir */
#define IOREQ_READ  1

/* state; the hypervisor makes it READY, the device model the two that follow */
#define STATE_IOREQ_NONE      0
#define STATE_IOREQ_READY     1
#define STATE_IOREQ_INPROCESS 2
#define STATE_IORESP_READY    3

#define IOREQ_TYPE_PIO        0 /* addr: port */
#define IOREQ_TYPE_COPY       1 /* addr: guest-physical */
#define IOREQ_TYPE_PCI_CONFIG 2 /* addr: sbdf in 63:32, register in 31:0 */
#define IOREQ_TYPE_TIMEOFFSET 7 /* data: new offset of the RTC, s */
#define IOREQ_TYPE_INVALIDATE 8 /* forget mappings of guest memory */

typedef struct ioreq {
    uint64_t addr;
    uint64_t data;     /* value, or guest-physical address of the values */
    uint32_t count;    /* repetitions */
    uint32_t size;     /* bytes of each */
    uint32_t vp_eport; /* event channel of the vCPU */
    uint16_t _pad0;
    uint8_t state : 4; /* STATE_* */
    uint8_t data_is_ptr : 1;
    uint8_t dir : 1; /* IOREQ_READ or IOREQ_WRITE */
    uint8_t df : 1;  /* addresses go down */
    uint8_t _pad1 : 1;
    uint8_t type; /* IOREQ_TYPE_* */
} ioreq_t;

/* Indexed by vCPU. */
typedef struct shared_iopage {
    struct ioreq vcpu_ioreq[1];
} shared_iopage_t;

/* Writes that need no answer. Eight bytes take two slots. */
typedef struct buf_ioreq {
    uint8_t type; /* IOREQ_TYPE_* */
    uint8_t pad : 1;
    uint8_t dir : 1;
    uint8_t size : 2;   /* log2 of the bytes */
    uint32_t addr : 20; /* low bits */
    uint32_t data;
} buf_ioreq_t;

#define IOREQ_BUFFER_SLOT_NUM 511

/* A ring; the pointers run free. The hypervisor may read both at once. */
typedef struct buffered_iopage {
#ifndef __XEN__
    uint32_t read_pointer, write_pointer;
#else
    union bufioreq_pointers {
        uint64_t full;
        struct {
            uint32_t read_pointer, write_pointer;
        };
    } ptrs;
#endif
    buf_ioreq_t buf_ioreq[IOREQ_BUFFER_SLOT_NUM];
} buffered_iopage_t;

/* I/O ports of the ACPI registers, by HVM_PARAM_ACPI_IOPORTS_LOCATION; LEN in bytes. */
#define ACPI_PM1A_EVT_BLK_ADDRESS_V0 0x1f40
#define ACPI_PM1A_CNT_BLK_ADDRESS_V0 (0x04 + ACPI_PM1A_EVT_BLK_ADDRESS_V0)
#define ACPI_PM_TMR_BLK_ADDRESS_V0   (0x08 + ACPI_PM1A_EVT_BLK_ADDRESS_V0)
#define ACPI_GPE0_BLK_ADDRESS_V0     (0x20 + ACPI_PM_TMR_BLK_ADDRESS_V0)
#define ACPI_GPE0_BLK_LEN_V0         0x08

#define ACPI_PM1A_EVT_BLK_ADDRESS_V1 0xb000
#define ACPI_PM1A_CNT_BLK_ADDRESS_V1 (0x04 + ACPI_PM1A_EVT_BLK_ADDRESS_V1)
#define ACPI_PM_TMR_BLK_ADDRESS_V1   (0x08 + ACPI_PM1A_EVT_BLK_ADDRESS_V1)
#define ACPI_GPE0_BLK_ADDRESS_V1     0xafe0
#define ACPI_GPE0_BLK_LEN_V1         0x04

#define ACPI_PM1A_EVT_BLK_ADDRESS ACPI_PM1A_EVT_BLK_ADDRESS_V0
#define ACPI_PM1A_CNT_BLK_ADDRESS ACPI_PM1A_CNT_BLK_ADDRESS_V0
#define ACPI_PM_TMR_BLK_ADDRESS   ACPI_PM_TMR_BLK_ADDRESS_V0
#define ACPI_GPE0_BLK_ADDRESS     ACPI_GPE0_BLK_ADDRESS_V0
#define ACPI_GPE0_BLK_LEN         ACPI_GPE0_BLK_LEN_V0

#endif /* _IOREQ_H_ */
