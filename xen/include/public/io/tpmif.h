/* SPDX-License-Identifier: MIT */
/* Virtual TPM: commands and responses of the TPM in a shared page. */
#ifndef __XEN_PUBLIC_IO_TPMIF_H__
#define __XEN_PUBLIC_IO_TPMIF_H__

#include "../grant_table.h"

/* Version 2. The frontend makes it SUBMIT or CANCEL, the backend IDLE or FINISH. */
enum tpmif_state {
    TPMIF_STATE_IDLE,   /* no command, and the buffer has nothing */
    TPMIF_STATE_SUBMIT, /* a command is there */
    TPMIF_STATE_FINISH, /* a response is there */
    TPMIF_STATE_CANCEL, /* stop if possible */
};

/* The buffer begins behind extra_pages, and goes on in these. */
typedef struct tpmif_shared_page {
    uint32_t length; /* bytes of the command or response */
    uint8_t state;   /* enum tpmif_state */
    uint8_t locality, pad;
    uint8_t nr_extra_pages;
    uint32_t extra_pages[0]; /* grants */
} tpmif_shared_page_t;

/* Version 1 */
#define TPMIF_TX_RING_SIZE 1

typedef uint32_t TPMIF_RING_IDX;

typedef struct tpmif_tx_request {
    unsigned long addr; /* machine address */
    grant_ref_t ref;
    uint16_t unused;
    uint16_t size; /* bytes */
} tpmif_tx_request_t;

typedef struct tpmif_ring {
    struct tpmif_tx_request req;
} tpmif_ring_t;

typedef struct tpmif_tx_interface {
    struct tpmif_ring ring[TPMIF_TX_RING_SIZE];
} tpmif_tx_interface_t;

#endif /* __XEN_PUBLIC_IO_TPMIF_H__ */
