/* SPDX-License-Identifier: MIT */
/* xenconsole: the terminal side of a domain's console. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenstore.h>

#define ESCAPE_CHAR 0x1d /* ^] */
#define TTY_WAIT_S  5
#define CHUNK       512

enum console_type { TYPE_DEFAULT, TYPE_PV, TYPE_SERIAL, TYPE_VUART };

static struct termios saved;
static bool saved_valid;

static void restore_terminal(void)
{
    if (saved_valid)
        tcsetattr(STDIN_FILENO, TCSANOW, &saved);
    saved_valid = false;
}

/* To be told to end is no failure. */
static void on_signal(int sig)
{
    (void)sig;
    restore_terminal();
    _exit(0);
}

static void raw_terminal(void)
{
    struct termios t;

    signal(SIGTERM, on_signal);
    signal(SIGHUP, on_signal);
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &saved) != 0)
        return;
    saved_valid = true;
    atexit(restore_terminal);
    t = saved;
    cfmakeraw(&t);
    tcsetattr(STDIN_FILENO, TCSANOW, &t);
}

static void usage(const char *prog)
{
    printf("Usage: %s [OPTION] DOMID\n"
           "Attaches to a virtual domain console\n"
           "\n"
           "  -h, --help       display this help and exit\n"
           "  -n, --num N      use console number N\n"
           "  --type TYPE      console type. must be 'pv', 'serial' or 'vuart'\n"
           "  --start-notify-fd N file descriptor used to notify parent\n",
           prog);
}

static void __attribute__((noreturn)) bad_usage(const char *prog)
{
    fprintf(stderr, "Try `%s --help' for more information.\n", prog);
    exit(EINVAL);
}

static enum console_type parse_type(const char *text)
{
    if (strcmp(text, "serial") == 0)
        return TYPE_SERIAL;
    if (strcmp(text, "pv") == 0)
        return TYPE_PV;
    if (strcmp(text, "vuart") == 0)
        return TYPE_VUART;
    fprintf(stderr, "Invalid type argument\n"
                    "Console types supported are: serial, pv, vuart\n");
    exit(EINVAL);
}

struct target {
    unsigned int domid;
    unsigned int num;
    enum console_type type;
    int notify_fd;
};

static void parse(int argc, char **argv, struct target *t)
{
    static const struct option longopts[] = {
        {"type", required_argument, NULL, 't'},  {"num", required_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},        {"start-notify-fd", required_argument, NULL, 's'},
        {"interactive", no_argument, NULL, 'i'}, {0},
    };
    char *end;
    int opt;

    while ((opt = getopt_long(argc, argv, "hn:t:", longopts, NULL)) != -1) {
        if (opt == 'h') {
            usage(argv[0]);
            exit(0);
        } else if (opt == 'n') {
            t->num = (unsigned int)atoi(optarg);
        } else if (opt == 't') {
            t->type = parse_type(optarg);
        } else if (opt == 's') {
            t->notify_fd = atoi(optarg);
        } else if (opt != 'i') {
            fprintf(stderr, "Invalid argument\n");
            bad_usage(argv[0]);
        }
    }
    if (optind >= argc) {
        fprintf(stderr, "DOMID should be specified\n");
        bad_usage(argv[0]);
    }
    t->domid = (unsigned int)strtoul(argv[optind], &end, 10);
    if (*end || end == argv[optind]) {
        fprintf(stderr, "Invalid DOMID `%s'\n", argv[optind]);
        bad_usage(argv[0]);
    }
}

/* Without a given type an HVM guest has a serial port, others a PV console. */
static void choose_type(struct target *t)
{
    xc_interface *xch = xc_interface_open(NULL, NULL, 0);
    xc_dominfo_t info;
    char path[64], *kind;
    struct xs_handle *xs;

    if (!xch)
        err(errno, "Could not open xc interface");
    if (xc_domain_getinfo(xch, t->domid, 1, &info) != 1 || info.domid != t->domid) {
        errno = ESRCH;
        err(ESRCH, "Failed to get domain information");
    }
    xc_interface_close(xch);
    if (t->type != TYPE_DEFAULT)
        return;
    t->type = TYPE_PV;
    xs = info.hvm ? xs_open(0) : NULL;
    if (!xs)
        return;
    snprintf(path, sizeof(path), "/libxl/%u/type", t->domid);
    kind = xs_read(xs, XBT_NULL, path, NULL);
    if (!kind || strcmp(kind, "pvh") != 0)
        t->type = TYPE_SERIAL;
    free(kind);
    xs_close(xs);
}

static void tty_node(const struct target *t, char *path, size_t room)
{
    static const char base[] = "/local/domain/";

    if (t->type == TYPE_SERIAL)
        snprintf(path, room, "%s%u/serial/%u/tty", base, t->domid, t->num);
    else if (t->type == TYPE_VUART)
        snprintf(path, room, "%s%u/vuart/0/tty", base, t->domid);
    else if (t->num)
        snprintf(path, room, "%s%u/device/console/%u/tty", base, t->domid, t->num);
    else
        snprintf(path, room, "%s%u/console/tty", base, t->domid);
}

static int try_open_tty(struct xs_handle *xs, const char *node, int *error)
{
    char *name = xs_read(xs, XBT_NULL, node, NULL);
    struct termios t;
    int fd = -1;

    if (name && name[0] == '/')
        fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    else
        errno = ENOENT;
    *error = errno;
    free(name);
    if (fd >= 0 && tcgetattr(fd, &t) == 0) {
        cfmakeraw(&t);
        tcsetattr(fd, TCSANOW, &t);
    }
    return fd;
}

/* The daemon may be about to make it. */
static int open_tty(struct xs_handle *xs, const char *node, int *error)
{
    struct pollfd p = {.events = POLLIN};
    time_t end = time(NULL) + TTY_WAIT_S;
    int fd;

    if (!xs_watch(xs, node, ""))
        err(errno, "Can't set watch for console pty");
    p.fd = xs_fileno(xs);
    for (;;) {
        char **event;

        while ((event = xs_check_watch(xs)))
            free(event);
        fd = try_open_tty(xs, node, error);
        if (fd >= 0 || time(NULL) >= end)
            break;
        (void)poll(&p, 1, 1000);
    }
    xs_unwatch(xs, node, "");
    return fd;
}

/* Moves what there is. False: the source has ended. */
static bool copy(int from, int to, bool typed, bool *escape)
{
    char buf[CHUNK];
    ssize_t n = read(from, buf, sizeof(buf));

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return true;
    if (n <= 0)
        return false;
    if (typed) {
        char *e = memchr(buf, ESCAPE_CHAR, (size_t)n);

        if (e) {
            *escape = true;
            n = e - buf;
        }
    }
    while (n > 0 && !xs_write_all(to, buf, (unsigned int)n)) {
        struct pollfd p = {.fd = to, .events = POLLOUT};

        if (errno != EAGAIN)
            return false;
        (void)poll(&p, 1, 1000);
    }
    return true;
}

static void talk(int tty)
{
    struct pollfd p[2] = {
        {.fd = tty, .events = POLLIN},
        {.fd = STDIN_FILENO, .events = POLLIN},
    };
    bool escape = false;

    while (!escape) {
        if (poll(p, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            break;
        }
        if (p[0].revents && !copy(tty, STDOUT_FILENO, false, &escape))
            break;
        if (p[1].revents && !copy(STDIN_FILENO, tty, true, &escape))
            p[1].fd = -1; /* no more input; output goes on */
    }
}

int main(int argc, char **argv)
{
    struct target t = {.notify_fd = -1};
    struct xs_handle *xs;
    char node[96];
    int tty, error;

    parse(argc, argv, &t);
    choose_type(&t);
    xs = xs_open(0);
    if (!xs)
        err(errno, "Could not contact XenStore");
    tty_node(&t, node, sizeof(node));
    tty = open_tty(xs, node, &error);
    xs_close(xs);
    if (tty < 0) {
        errno = error;
        err(error, "Could not read tty from store");
    }
    raw_terminal();
    if (t.notify_fd >= 0) {
        (void)!write(t.notify_fd, "", 1);
        close(t.notify_fd);
    }
    talk(tty);
    restore_terminal();
    close(tty);
    return 0;
}
