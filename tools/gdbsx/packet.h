/* SPDX-License-Identifier: MIT */
/* Packets of gdb's remote serial protocol: $DATA#SUM. Source: the manual of GDB, appendix E. */
#ifndef GDBSX_PACKET_H
#define GDBSX_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_MAX 0x2000 /* bytes of data */

struct connection {
    int fd;
    bool no_ack;
    bool debug; /* show the packets */
    char in[512];
    size_t start, end;         /* of what is in @in */
    char data[PACKET_MAX + 1]; /* the last packet; a zero follows */
    size_t len;
};

enum received {
    RECEIVED_PACKET,
    RECEIVED_INTERRUPT, /* byte 3 */
    RECEIVED_NOTHING,   /* an acknowledgement, or part of a line */
    RECEIVED_END,       /* of the connection */
};

/* Is there something that packet_receive() would not have to wait for? */
bool packet_is_buffered(const struct connection *c);
/* The next one; waits. What has a wrong sum or is too long is asked for again. */
enum received packet_receive(struct connection *c);
/* 0, or -1 with errno. */
int packet_send(struct connection *c, const char *data);

/* @len bytes as 2 * @len digits, with a zero at the end; and back: false where that is no hex. */
void hex_encode(char *hex, const void *bytes, size_t len);
bool hex_decode(void *bytes, const char *hex, size_t len);
/* A number in hexadecimal; *text goes behind it. False: there is none, or it is too large. */
bool hex_number(const char **text, uint64_t *number);

#endif
