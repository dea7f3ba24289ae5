/* SPDX-License-Identifier: MIT */
/*
 * Between xen-sim as a server and the test build of the libraries (tools/tests/sim): a connection
 * per open device, SOCK_SEQPACKET, a reply per message. The server reads and writes the caller's
 * memory itself, as a kernel does in ioctl(); mappings are of the machine's memory file.
 */
#ifndef SIM_SERVER_ABI_H
#define SIM_SERVER_ABI_H

#include <stdint.h>

enum sim_message_kind {
    SIM_OPEN,     /* a: enum sim_device. The reply brings a descriptor: the machine's memory, or
                     for event channels a stream of ports, read for pending, written to unmask */
    SIM_IOCTL,    /* a: request, b: address of its argument, c: address for frame numbers where the
                     request maps any, uint64_t each. Result as of ioctl() */
    SIM_GNT_MMAP, /* a: index, b: count, c: address for frame numbers */
    SIM_MUNMAP,   /* a: address, b: bytes: foreign frames mapped there are not any more */
};
enum sim_device { SIM_PRIVCMD, SIM_EVTCHN, SIM_GNTDEV, SIM_DEVICES };

struct sim_message {
    uint32_t kind;
    uint32_t pid; /* whose memory the addresses are of */
    uint64_t a, b, c;
};
struct sim_reply {
    int64_t result; /* or a negative errno */
};

#endif
