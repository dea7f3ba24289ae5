/* SPDX-License-Identifier: MIT */
/* Descriptor of a guest buffer by physical addresses, of ports which are gone. */
#ifndef _XEN_XENCOMM_H_
#define _XEN_XENCOMM_H_

#define XENCOMM_MAGIC   0x58434F4D
#define XENCOMM_INVALID (~0UL) /* address of an entry that is not in use */

struct xencomm_desc {
    uint32_t magic, nr_addrs;
    uint64_t address[0];
};

#endif /* _XEN_XENCOMM_H_ */
