/* SPDX-License-Identifier: MIT */
/* The record of an HVM guest's state: descriptors (hvm/save.h), each with its contents behind it.
 */
#ifndef HVMRECORD_H
#define HVMRECORD_H

#include <xenctrl.h>
#include <xen/hvm/save.h>

#include "misc.h"

struct hvm_record {
    uint8_t *data;
    uint32_t size;
};

/* 0, or 1 after a message of @program. @r->data is to be freed. */
static inline int record_get(xc_interface *xch, uint32_t domid, const char *program,
                             struct hvm_record *r)
{
    int size = xc_domain_hvm_getcontext(xch, domid, NULL, 0);

    *r = (struct hvm_record){NULL, 0};
    if (size <= 0)
        return failed(program, "the size of the guest's state");
    r->data = malloc((size_t)size);
    if (!r->data)
        return failed(program, "memory");
    size = xc_domain_hvm_getcontext(xch, domid, r->data, (uint32_t)size);
    if (size > 0) {
        r->size = (uint32_t)size;
        return 0;
    }
    free(r->data);
    return failed(program, "the guest's state");
}

/* The contents of the descriptor at *@at, which moves behind them; NULL: it is cut off. */
static inline void *record_next(const struct hvm_record *r, uint32_t *at,
                                struct hvm_save_descriptor *desc)
{
    void *contents = r->data + *at + sizeof(*desc);

    if (r->size - *at < sizeof(*desc))
        return NULL;
    memcpy(desc, r->data + *at, sizeof(*desc));
    if (r->size - *at - sizeof(*desc) < desc->length)
        return NULL;
    *at += (uint32_t)sizeof(*desc) + desc->length;
    return contents;
}

#endif
