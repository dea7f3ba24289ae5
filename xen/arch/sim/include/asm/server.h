/* SPDX-License-Identifier: MIT */
/* Server mode's sockets, which Linux has; server_io.c. Clients are small numbers. */
#ifndef ASM_SERVER_H
#define ASM_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERVER_MAX_CLIENTS 16384U

struct server_event {
    enum { EVENT_MESSAGE, EVENT_UNMASK, EVENT_CLOSED } kind;
    unsigned int client;
    uint32_t port; /* EVENT_UNMASK */
    uint32_t message_kind, pid;
    uint64_t a, b, c;
};

/* False, with a message on stderr: cannot. */
bool server_listen(const char *path);
/* Wait for at most @timeout_ns. Up to @room events; 0: nothing, or a signal to end. */
unsigned int server_wait(uint64_t timeout_ns, struct server_event *ev, unsigned int room);
bool server_stopping(void); /* SIGTERM or SIGINT came */
/* The reply to the message of @client; with the machine's memory, or a new stream of ports. */
enum server_gift { GIFT_NONE, GIFT_MEMORY, GIFT_STREAM };
void server_reply(unsigned int client, int64_t result, enum server_gift gift);
/* Put @port on the client's stream. False: it is full, try later. */
bool server_push(unsigned int client, uint32_t port);
/* Bytes copied from or to another process's memory. */
size_t server_peer_read(uint32_t pid, void *to, uint64_t addr, size_t len);
size_t server_peer_write(uint32_t pid, uint64_t addr, const void *from, size_t len);
int host_ram_fd(void); /* the machine's memory */

#endif
