/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "packet.h"

#define INTERRUPT  3
#define ESCAPE     '}' /* the next byte is meant with ESCAPE_BIT the other way round */
#define ESCAPE_BIT 0x20

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

void hex_encode(char *hex, const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = bytes;

    for (; len; len--, from++) {
        *hex++ = digits[*from >> 4];
        *hex++ = digits[*from & 15];
    }
    *hex = '\0';
}

bool hex_decode(void *bytes, const char *hex, size_t len)
{
    uint8_t *to = bytes;

    for (; len; len--, hex += 2) {
        if (digit(hex[0]) < 0 || digit(hex[1]) < 0)
            return false;
        *to++ = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
    }
    return true;
}

bool hex_number(const char **text, uint64_t *number)
{
    const char *first = *text;

    for (*number = 0; digit(**text) >= 0; ++*text) {
        if (*number >> 60)
            return false;
        *number = *number << 4 | (uint64_t)digit(**text);
    }
    return *text != first;
}

bool packet_is_buffered(const struct connection *c)
{
    return c->start < c->end;
}

/* The next byte, or -1: the end. */
static int next_byte(struct connection *c)
{
    ssize_t n;

    if (c->start == c->end) {
        do
            n = read(c->fd, c->in, sizeof(c->in));
        while (n < 0 && errno == EINTR);
        if (n <= 0)
            return -1;
        c->start = 0;
        c->end = (size_t)n;
    }
    return (unsigned char)c->in[c->start++];
}

static int write_all(struct connection *c, const char *data, size_t len)
{
    ssize_t n;

    for (; len; data += n, len -= (size_t)n) {
        do
            n = write(c->fd, data, len);
        while (n < 0 && errno == EINTR);
        if (n < 0)
            return -1;
    }
    return 0;
}

/* The data of a packet up to its '#'. False: the end; *bad: it is not to be used. */
static bool read_data(struct connection *c, uint8_t *sum, bool *bad)
{
    bool escaped = false;
    int byte;

    c->len = 0;
    *sum = 0;
    *bad = false;
    while ((byte = next_byte(c)) != '#') {
        if (byte < 0)
            return false;
        *sum = (uint8_t)(*sum + byte);
        if (byte == ESCAPE && !escaped) {
            escaped = true;
            continue;
        }
        if (c->len == PACKET_MAX)
            *bad = true;
        else
            c->data[c->len++] = (char)(escaped ? byte ^ ESCAPE_BIT : byte);
        escaped = false;
    }
    c->data[c->len] = '\0';
    return true;
}

static enum received read_packet(struct connection *c)
{
    uint8_t sum, sent;
    char digits[2];
    bool bad;
    int byte;

    if (!read_data(c, &sum, &bad))
        return RECEIVED_END;
    for (unsigned int i = 0; i < 2; i++) {
        byte = next_byte(c);
        if (byte < 0)
            return RECEIVED_END;
        digits[i] = (char)byte;
    }
    if (!c->no_ack) {
        bad = bad || !hex_decode(&sent, digits, 1) || sent != sum;
        if (write_all(c, bad ? "-" : "+", 1))
            return RECEIVED_END;
    }
    if (bad)
        return RECEIVED_NOTHING;
    if (c->debug)
        fprintf(stderr, "gdbsx: < %s\n", c->data);
    return RECEIVED_PACKET;
}

enum received packet_receive(struct connection *c)
{
    switch (next_byte(c)) {
    case '$':
        return read_packet(c);
    case INTERRUPT:
        return RECEIVED_INTERRUPT;
    case -1:
        return RECEIVED_END;
    default:
        return RECEIVED_NOTHING;
    }
}

int packet_send(struct connection *c, const char *data)
{
    size_t len = strlen(data);
    char end[4];
    uint8_t sum = 0;

    for (size_t i = 0; i < len; i++)
        sum = (uint8_t)(sum + (unsigned char)data[i]);
    end[0] = '#';
    hex_encode(end + 1, &sum, 1);
    if (c->debug)
        fprintf(stderr, "gdbsx: > %s\n", data);
    if (write_all(c, "$", 1) || write_all(c, data, len) || write_all(c, end, 3))
        return -1;
    return 0;
}
