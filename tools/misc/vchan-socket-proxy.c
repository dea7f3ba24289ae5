/* SPDX-License-Identifier: MIT */
/* vchan-socket-proxy: joins a vchan to another domain with a Unix socket or with two files. */
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <xenctrl.h>

#include <libxenvchan.h>
#include <xenstore.h>

#include "misc.h"

#define BUFFER    (16u << 10)
#define RETRY_MS  1000
#define BACKLOG   5
#define RING_SIZE 4096

/* Bytes that are on their way. */
struct buffer {
    char data[BUFFER];
    size_t used;
};

static struct {
    bool server, verbose;
    const char *state_path, *node, *peer;
    uint32_t domid;
    xc_interface *xch;
    struct xs_handle *xs;
} proxy;

static int usage(void)
{
    fputs(
        "usage: vchan-socket-proxy [OPTION...] DOMID PATH SOCKET|FD|-\n"
        "PATH is where the store says where the vchan is.\n"
        "  -m, --mode=client|server  our side of the vchan (client)\n"
        "  -s, --state-path=PATH     write \"running\" there when all is ready\n"
        "  -v, --verbose             show what goes through\n"
        "A client listens at SOCKET, or at the socket FD, and connects to the vchan for each\n"
        "connection that comes there, one at a time. A server connects to SOCKET for each client\n"
        "of the vchan, or takes FD for one client. With - it is standard input and output,\n"
        "for one connection.\n",
        stderr);
    return 1;
}

/* Whether the other domain is there. */
static bool has_peer(void)
{
    xc_dominfo_t info;

    return xc_domain_getinfo(proxy.xch, proxy.domid, 1, &info) == 1 && info.domid == proxy.domid &&
           !info.dying;
}

/* Takes what the store has told. False: the other domain is gone. */
static bool take_store_events(void)
{
    char **event;

    while ((event = xs_check_watch(proxy.xs)))
        free(event);
    return has_peer();
}

/* NULL after a message. A client waits until there is a server. */
static struct libxenvchan *connect_client(void)
{
    struct libxenvchan *v;

    while (!(v = libxenvchan_client_init(NULL, (int)proxy.domid, proxy.node))) {
        struct pollfd p = {.fd = xs_fileno(proxy.xs), .events = POLLIN};

        if (errno != ENOENT && errno != EAGAIN && errno != ECONNREFUSED) {
            failed("vchan-socket-proxy", proxy.node);
            return NULL;
        }
        if (poll(&p, 1, RETRY_MS) < 0 && errno != EINTR)
            return NULL;
        if (!take_store_events()) {
            fprintf(stderr, "vchan-socket-proxy: domain %u is gone\n", proxy.domid);
            return NULL;
        }
    }
    return v;
}

static void say_running(void)
{
    static bool said;

    if (proxy.state_path && !said &&
        !xs_write(proxy.xs, XBT_NULL, proxy.state_path, "running", strlen("running")))
        failed("vchan-socket-proxy", proxy.state_path);
    said = true;
}

static struct libxenvchan *make_server(void)
{
    struct libxenvchan *v =
        libxenvchan_server_init(NULL, (int)proxy.domid, proxy.node, RING_SIZE, RING_SIZE);

    if (!v)
        failed("vchan-socket-proxy", proxy.node);
    else
        v->server_persist = 1; /* until a client came */
    return v;
}

/* Until a client has come; false after a message, or as the other domain is gone. */
static bool wait_for_client(struct libxenvchan *v)
{
    while (libxenvchan_is_open(v) == 2) {
        struct pollfd p[2] = {{.fd = libxenvchan_fd_for_select(v), .events = POLLIN},
                              {.fd = xs_fileno(proxy.xs), .events = POLLIN}};

        if (poll(p, 2, -1) < 0 && errno != EINTR) {
            failed("vchan-socket-proxy", "poll");
            return false;
        }
        if ((p[0].revents & POLLIN) && libxenvchan_wait(v))
            return false;
        if ((p[1].revents & POLLIN) && !take_store_events())
            return false;
    }
    v->server_persist = 0;
    return libxenvchan_is_open(v) == 1;
}

static void tell(const char *from, const char *data, size_t len)
{
    if (proxy.verbose)
        fprintf(stderr, "%s: %.*s\n", from, (int)len, data);
}

static void consume(struct buffer *b, size_t len)
{
    b->used -= len;
    memmove(b->data, b->data + len, b->used);
}

/* What the vchan takes of the buffer; -1: it is closed. */
static int to_vchan(struct libxenvchan *v, struct buffer *b)
{
    while (b->used) {
        int n = libxenvchan_write(v, b->data, b->used);

        if (n <= 0)
            return n;
        consume(b, (size_t)n);
    }
    return 0;
}

static int from_vchan(struct libxenvchan *v, struct buffer *b)
{
    while (b->used < BUFFER) {
        int n = libxenvchan_read(v, b->data + b->used, BUFFER - b->used);

        if (n <= 0)
            return n;
        tell("from-vchan", b->data + b->used, (size_t)n);
        b->used += (size_t)n;
    }
    return 0;
}

/* What there is, once; 0 at the end of the file, -1 for an error. */
static ssize_t from_file(int fd, struct buffer *b)
{
    ssize_t n = read(fd, b->data + b->used, BUFFER - b->used);

    if (n > 0) {
        tell("from-unix", b->data + b->used, (size_t)n);
        b->used += (size_t)n;
    }
    return n < 0 && (errno == EINTR || errno == EAGAIN) ? 1 : n;
}

static int to_file(int fd, struct buffer *b)
{
    ssize_t n = write(fd, b->data, b->used);

    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? 0 : -1;
    consume(b, (size_t)n);
    return 0;
}

/* All that is left for the file, as far as it takes it. */
static void drain(struct libxenvchan *v, int out, struct buffer *b)
{
    do {
        struct pollfd p = {.fd = out, .events = POLLOUT};

        from_vchan(v, b);
        if (!b->used || poll(&p, 1, -1) < 0 || to_file(out, b))
            return;
    } while (true);
}

/*
 * Moves bytes both ways until the vchan is closed, or a file has an error; at the end of @in too,
 * if it is a socket's.
 */
static void exchange(struct libxenvchan *v, int in, int out)
{
    static struct buffer up, down; /* to the vchan, and from it */
    bool ended = false;

    up.used = down.used = 0;
    while (libxenvchan_is_open(v) == 1) {
        struct pollfd p[] = {
            {.fd = libxenvchan_fd_for_select(v), .events = POLLIN},
            {.fd = xs_fileno(proxy.xs), .events = POLLIN},
            {.fd = ended || up.used == BUFFER ? -1 : in, .events = POLLIN},
            {.fd = down.used ? out : -1, .events = POLLOUT},
        };

        if (ended && in == out && !up.used)
            break;
        if (poll(p, 4, -1) < 0 && errno != EINTR)
            return;
        if ((p[0].revents & POLLIN) && libxenvchan_wait(v))
            return;
        if ((p[1].revents & POLLIN) && !take_store_events())
            return;
        if (p[2].revents) {
            ssize_t n = from_file(in, &up);

            if (n < 0)
                return;
            ended = n == 0;
        }
        if (p[3].revents && to_file(out, &down))
            return;
        if (to_vchan(v, &up) < 0 || from_vchan(v, &down) < 0)
            break;
    }
    drain(v, out, &down);
}

static int unix_address(const char *path, struct sockaddr_un *a)
{
    *a = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) < sizeof(a->sun_path)) {
        strcpy(a->sun_path, path);
        return 0;
    }
    fprintf(stderr, "UNIX socket path \"%s\" too long (%zu >= %zu)\n", path, strlen(path),
            sizeof(a->sun_path));
    return -1;
}

static int connect_socket(const char *path)
{
    struct sockaddr_un a;
    int fd = unix_address(path, &a) ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a))) {
        failed("vchan-socket-proxy", path);
        close(fd);
        fd = -1;
    }
    return fd;
}

/* What an earlier run has left there gives way. */
static int listen_socket(const char *path)
{
    struct sockaddr_un a;
    struct stat st;
    int fd;

    if (unix_address(path, &a))
        return -1;
    if (!lstat(path, &st) && S_ISSOCK(st.st_mode))
        unlink(path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, BACKLOG)) {
        failed("vchan-socket-proxy", path);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

/* "-" is 0; a number is itself; else -1: a path. */
static int given_fd(void)
{
    unsigned long fd;

    if (!strcmp(proxy.peer, "-"))
        return STDIN_FILENO;
    return parse_number(proxy.peer, INT32_MAX, &fd) ? (int)fd : -1;
}

static int run_server(void)
{
    bool std = !strcmp(proxy.peer, "-");
    int fd = given_fd();

    for (;;) {
        struct libxenvchan *v = make_server();
        int in = fd;

        if (!v)
            return 1;
        say_running();
        if (!wait_for_client(v)) {
            libxenvchan_close(v);
            return 1;
        }
        if (fd < 0)
            in = connect_socket(proxy.peer);
        if (in >= 0)
            exchange(v, in, std ? STDOUT_FILENO : in);
        libxenvchan_close(v);
        if (fd >= 0)
            return 0;
        if (in >= 0)
            close(in);
    }
}

/* One connection. */
static int run_client_once(int in, int out)
{
    struct libxenvchan *v = connect_client();

    if (!v)
        return 1;
    exchange(v, in, out);
    libxenvchan_close(v);
    return 0;
}

static int run_client(void)
{
    int fd = given_fd(), in, status = 0;

    if (!strcmp(proxy.peer, "-")) {
        say_running();
        return run_client_once(STDIN_FILENO, STDOUT_FILENO);
    }
    if (fd < 0)
        fd = listen_socket(proxy.peer);
    if (fd < 0)
        return 1;
    say_running();
    while (!status) {
        in = accept(fd, NULL, NULL);
        if (in < 0 && errno != EINTR && errno != ECONNABORTED)
            return failed("vchan-socket-proxy", "accept");
        if (in < 0)
            continue;
        status = run_client_once(in, in);
        close(in);
    }
    return status;
}

static int parse(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"mode", 1, NULL, 'm'},
        {"state-path", 1, NULL, 's'},
        {"verbose", 0, NULL, 'v'},
        {NULL, 0, NULL, 0},
    };
    unsigned long domid;
    int opt;

    while ((opt = getopt_long(argc, argv, "m:s:v", longopts, NULL)) != -1) {
        switch (opt) {
        case 'm':
            proxy.server = !strcmp(optarg, "server");
            if (proxy.server || !strcmp(optarg, "client"))
                break;
            fprintf(stderr, "invalid argument for --mode: %s\n", optarg);
            return usage();
        case 's':
            proxy.state_path = optarg;
            break;
        case 'v':
            proxy.verbose = true;
            break;
        default:
            return usage();
        }
    }
    if (argc - optind != 3 || !parse_number(argv[optind], DOMID_FIRST_RESERVED - 1, &domid))
        return usage();
    proxy.domid = (uint32_t)domid;
    proxy.node = argv[optind + 1];
    proxy.peer = argv[optind + 2];
    return 0;
}

int main(int argc, char **argv)
{
    if (parse(argc, argv))
        return 1;
    signal(SIGPIPE, SIG_IGN); /* the error is enough */
    proxy.xch = xc_interface_open(NULL, NULL, 0);
    if (!proxy.xch)
        return failed("vchan-socket-proxy", "the hypervisor");
    proxy.xs = xs_open(0);
    if (!proxy.xs)
        return failed("vchan-socket-proxy", "the store");
    if (!xs_watch(proxy.xs, "@releaseDomain", "released") ||
        (!proxy.server && !xs_watch(proxy.xs, proxy.node, "vchan")))
        return failed("vchan-socket-proxy", "a watch");
    return proxy.server ? run_server() : run_client();
}
