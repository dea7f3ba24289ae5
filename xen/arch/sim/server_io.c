/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <asm/host.h>
#include <asm/server.h>

#include "server_abi.h"

/* What epoll says of a descriptor: its client, and which of the two it is. */
#define TAG_STREAM   (UINT64_C(1) << 32)
#define TAG_LISTENER UINT64_MAX

static int epoll_fd = -1, listen_fd = -1;
static volatile sig_atomic_t stopping;
static struct {
    int fd, stream; /* -1: none */
    bool used;
} clients[SERVER_MAX_CLIENTS];

static void on_signal(int sig)
{
    (void)sig;
    stopping = 1;
}

bool server_stopping(void)
{
    return stopping;
}

static bool watch(int fd, uint64_t tag)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.u64 = tag};

    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0;
}

/* SIGTERM and SIGINT come only while waiting. */
static void set_signals(void)
{
    struct sigaction sa = {.sa_handler = on_signal};
    sigset_t set;

    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGINT, &sa, NULL);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static void raise_limits(void)
{
    struct rlimit r;

    if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
        r.rlim_cur = r.rlim_max;
        setrlimit(RLIMIT_NOFILE, &r);
    }
}

bool server_listen(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof(at.sun_path)) {
        fprintf(stderr, "xen-sim: %s is too long for a socket\n", path);
        return false;
    }
    strcpy(at.sun_path, path);
    unlink(path);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    listen_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (epoll_fd < 0 || listen_fd < 0 || bind(listen_fd, (struct sockaddr *)&at, sizeof(at)) ||
        listen(listen_fd, 128) || !watch(listen_fd, TAG_LISTENER)) {
        fprintf(stderr, "xen-sim: %s: %s\n", path, strerror(errno));
        return false;
    }
    set_signals();
    raise_limits();
    return true;
}

static void accept_one(void)
{
    static unsigned int next;
    int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);

    for (unsigned int i = 0; fd >= 0 && i < SERVER_MAX_CLIENTS; i++) {
        unsigned int c = next++ % SERVER_MAX_CLIENTS;

        if (clients[c].used)
            continue;
        if (!watch(fd, c))
            break;
        clients[c].used = true;
        clients[c].fd = fd;
        clients[c].stream = -1;
        return;
    }
    if (fd >= 0)
        close(fd);
}

static void forget(unsigned int c)
{
    close(clients[c].fd);
    if (clients[c].stream >= 0)
        close(clients[c].stream);
    clients[c].used = false;
}

static bool take_message(unsigned int c, struct server_event *ev)
{
    struct sim_message m;
    ssize_t n = recv(clients[c].fd, &m, sizeof(m), MSG_DONTWAIT);

    *ev = (struct server_event){.kind = EVENT_MESSAGE, .client = c};
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n != sizeof(m)) {
        forget(c);
        ev->kind = EVENT_CLOSED;
        return true;
    }
    ev->message_kind = m.kind;
    ev->pid = m.pid;
    ev->a = m.a;
    ev->b = m.b;
    ev->c = m.c;
    return true;
}

/* The client closes its end where it goes away; the connection says so. */
static bool take_unmask(unsigned int c, struct server_event *ev)
{
    ssize_t n = recv(clients[c].stream, &ev->port, sizeof(ev->port), MSG_DONTWAIT);

    ev->kind = EVENT_UNMASK;
    ev->client = c;
    if (n == sizeof(ev->port))
        return true;
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close(clients[c].stream);
        clients[c].stream = -1;
    }
    return false;
}

unsigned int server_wait(uint64_t timeout_ns, struct server_event *ev, unsigned int room)
{
    struct epoll_event found[32];
    struct timespec ts = {(time_t)(timeout_ns / 1000000000), (long)(timeout_ns % 1000000000)};
    sigset_t none;
    unsigned int nr = 0;
    int n;

    sigemptyset(&none);
    n = epoll_pwait2(epoll_fd, found, room < 32 ? (int)room : 32, &ts, &none);
    if (n < 0 && errno == ENOSYS) /* valgrind does not know it */
        n = epoll_pwait(epoll_fd, found, room < 32 ? (int)room : 32,
                        (int)((timeout_ns + 999999) / 1000000), &none);
    for (int i = 0; i < n; i++) {
        uint64_t tag = found[i].data.u64;
        unsigned int c = (unsigned int)tag;

        if (tag == TAG_LISTENER)
            accept_one();
        else if (!clients[c].used)
            continue;
        else if (tag & TAG_STREAM)
            nr += clients[c].stream >= 0 && take_unmask(c, &ev[nr]);
        else
            nr += take_message(c, &ev[nr]);
    }
    return nr;
}

static int new_stream(unsigned int c)
{
    int pair[2];

    if (clients[c].stream >= 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
        return -1;
    if (!watch(pair[0], c | TAG_STREAM)) {
        close(pair[0]);
        close(pair[1]);
        return -1;
    }
    clients[c].stream = pair[0];
    return pair[1];
}

static void add_fd(struct msghdr *msg, void *room, size_t size, int fd)
{
    struct cmsghdr *cm;

    msg->msg_control = room;
    msg->msg_controllen = size;
    cm = CMSG_FIRSTHDR(msg);
    cm->cmsg_level = SOL_SOCKET;
    cm->cmsg_type = SCM_RIGHTS;
    cm->cmsg_len = CMSG_LEN(sizeof(fd));
    memcpy(CMSG_DATA(cm), &fd, sizeof(fd));
}

void server_reply(unsigned int client, int64_t result, enum server_gift gift)
{
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {.room = {0}};
    struct sim_reply reply = {.result = result};
    struct iovec iov = {&reply, sizeof(reply)};
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
    int stream = -1;

    if (gift == GIFT_MEMORY) {
        add_fd(&msg, &control, sizeof(control), host_ram_fd());
    } else if (gift == GIFT_STREAM) {
        stream = new_stream(client);
        if (stream >= 0)
            add_fd(&msg, &control, sizeof(control), stream);
        else
            reply.result = -ENFILE;
    }
    /* Who is gone is noticed when its connection is read. */
    (void)sendmsg(clients[client].fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (stream >= 0)
        close(stream);
}

bool server_push(unsigned int client, uint32_t port)
{
    int fd = clients[client].used ? clients[client].stream : -1;

    if (fd < 0)
        return true;
    return send(fd, &port, sizeof(port), MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof(port) ||
           errno != EAGAIN;
}

size_t server_peer_read(uint32_t pid, void *to, uint64_t addr, size_t len)
{
    struct iovec own = {to, len}, other = {(void *)(uintptr_t)addr, len};
    ssize_t n = process_vm_readv((pid_t)pid, &own, 1, &other, 1, 0);

    return n < 0 ? 0 : (size_t)n;
}

size_t server_peer_write(uint32_t pid, uint64_t addr, const void *from, size_t len)
{
    struct iovec own = {(void *)(uintptr_t)from, len}, other = {(void *)(uintptr_t)addr, len};
    ssize_t n = process_vm_writev((pid_t)pid, &own, 1, &other, 1, 0);

    return n < 0 ? 0 : (size_t)n;
}
