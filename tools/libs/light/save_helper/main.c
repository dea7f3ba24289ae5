/* SPDX-License-Identifier: MIT */
/* The process that reads or writes a stream for libxl: see protocol.h. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <xenctrl.h>

#include <xenguest.h>

#include "save_helper/stream.h"

static struct helper_logger {
    xentoollog_logger vtable;
    xc_interface *xch;
} logger;

/* libxl is gone: so is the reason for all this. */
static void orphaned(void)
{
    _exit(EXIT_FAILURE);
}

static void tell(const struct helper_message *m)
{
    ssize_t r;

    do
        r = send(HELPER_CONTROL_FD, m, HELPER_HEAD_LEN + m->text_len, MSG_NOSIGNAL);
    while (r < 0 && errno == EINTR);
    if (r < 0)
        orphaned();
}

static int ask(enum helper_kind kind, int value)
{
    struct helper_message m = {.kind = kind, .value = value};
    ssize_t r;

    tell(&m);
    do
        r = recv(HELPER_CONTROL_FD, &m, sizeof(m), 0);
    while (r < 0 && errno == EINTR);
    if (r < (ssize_t)HELPER_HEAD_LEN || m.kind != HELPER_ANSWER)
        orphaned();
    return m.value;
}

/* The logger: everything goes to libxl. */

static void put_strings(struct helper_message *m, const char *first, const char *second)
{
    size_t room = sizeof(m->text), len;

    len = (size_t)snprintf(m->text, room / 2, "%s", first ? first : "");
    len = (len < room / 2 ? len : room / 2 - 1) + 1;
    room -= len;
    m->text_len = (uint32_t)len;
    len = (size_t)snprintf(m->text + m->text_len, room, "%s", second);
    m->text_len += (uint32_t)(len < room ? len : room - 1) + 1;
}

static void send_log(struct xentoollog_logger *lg, xentoollog_level level, int errnoval,
                     const char *context, const char *format, va_list al)
{
    struct helper_message m = {
        .kind = HELPER_LOG, .value = (int32_t)level, .a = (uint64_t)errnoval};
    char text[HELPER_TEXT_MAX / 2];
    int saved = errno;

    (void)lg;
    vsnprintf(text, sizeof(text), format, al);
    put_strings(&m, context, text);
    tell(&m);
    errno = saved;
}

static void send_progress(struct xentoollog_logger *lg, const char *context, const char *doing_what,
                          int percent, unsigned long done, unsigned long total)
{
    struct helper_message m = {.kind = HELPER_PROGRESS, .value = percent, .a = done, .b = total};

    (void)lg;
    put_strings(&m, context, doing_what);
    tell(&m);
}

static void logger_gone(struct xentoollog_logger *lg)
{
    (void)lg;
}

void complain(const char *fmt, ...)
{
    char text[256];
    va_list al;

    va_start(al, fmt);
    vsnprintf(text, sizeof(text), fmt, al);
    va_end(al);
    xtl_log(&logger.vtable, XTL_ERROR, -1, "libxl-save-helper", "%s", text);
}

/* Callbacks. */

static const char *emulator; /* the file with the device model's state; "": there is none */

static int save_suspend(void *data)
{
    (void)data;
    return ask(HELPER_SUSPEND, 0);
}

static int save_postcopy(void *data)
{
    (void)data;
    return ask(HELPER_POSTCOPY, 0);
}

static int save_log_dirty(uint32_t domid, unsigned int enable, void *data)
{
    (void)domid;
    (void)data;
    return ask(HELPER_LOG_DIRTY, enable ? 1 : 0) == 1 ? 0 : -1;
}

static int save_checkpoint(void *data)
{
    (void)data;
    if (*emulator && put_emulator(HELPER_STREAM_FD, emulator))
        return -1;
    if (put_record(HELPER_STREAM_FD, LIBXL_RECORD_CHECKPOINT_END))
        return -1;
    return ask(HELPER_CHECKPOINT, 0);
}

static int restore_static(unsigned int missing, void *data)
{
    (void)data;
    return ask(HELPER_STATIC, (int)missing);
}

static int restore_checkpoint(void *data)
{
    (void)data;
    /* A checkpoint whose end does not come is none; but libxc's part of it is there already. */
    if (get_emulator(HELPER_STREAM_FD, emulator, LIBXL_RECORD_CHECKPOINT_END))
        return errno == EPIPE ? XGR_CHECKPOINT_FAILOVER : XGR_CHECKPOINT_ERROR;
    return XGR_CHECKPOINT_SUCCESS;
}

static unsigned long number(const char *s)
{
    char *end;
    unsigned long n;

    errno = 0;
    n = strtoul(s, &end, 10);
    if (errno || !*s || *end) {
        fprintf(stderr, "libxl-save-helper: '%s' is no number\n", s);
        exit(EXIT_FAILURE);
    }
    return n;
}

static int save(char **arg)
{
    struct save_callbacks cb = {
        .suspend = save_suspend, .postcopy = save_postcopy, .checkpoint = save_checkpoint};
    uint32_t domid = (uint32_t)number(arg[0]), flags = (uint32_t)number(arg[1]);
    xc_stream_type_t type = (xc_stream_type_t)number(arg[2]);

    emulator = arg[3];
    if (*emulator)
        cb.switch_qemu_logdirty = save_log_dirty;
    if (put_header(HELPER_STREAM_FD) || put_record(HELPER_STREAM_FD, LIBXL_RECORD_LIBXC_CONTEXT))
        return -1;
    if (xc_domain_save(logger.xch, HELPER_STREAM_FD, domid, flags, &cb, type, -1))
        return -1;
    if (*emulator && put_emulator(HELPER_STREAM_FD, emulator))
        return -1;
    return put_record(HELPER_STREAM_FD, LIBXL_RECORD_END);
}

static bool failed_over;

static int restore_checkpoint_noted(void *data)
{
    int answer = restore_checkpoint(data);

    failed_over = true; /* unless the stream comes to its regular end, which then is read */
    return answer;
}

static int restore(char **arg)
{
    struct restore_callbacks cb = {.static_data_done = restore_static,
                                   .checkpoint = restore_checkpoint_noted};
    uint32_t domid = (uint32_t)number(arg[0]);
    xc_stream_type_t type = (xc_stream_type_t)number(arg[3]);
    struct helper_message m = {.kind = HELPER_RESULTS};
    unsigned long store, console;

    emulator = arg[4];
    if (get_header(HELPER_STREAM_FD) || get_record(HELPER_STREAM_FD, LIBXL_RECORD_LIBXC_CONTEXT))
        return -1;
    if (xc_domain_restore(logger.xch, HELPER_STREAM_FD, domid, (unsigned int)number(arg[1]), &store,
                          0, (unsigned int)number(arg[2]), &console, 0, type, &cb, -1))
        return -1;
    if (!failed_over && get_emulator(HELPER_STREAM_FD, emulator, LIBXL_RECORD_END))
        return -1;
    m.a = store;
    m.b = console;
    tell(&m);
    return 0;
}

int main(int argc, char **argv)
{
    struct helper_message m = {.kind = HELPER_DONE};
    int (*run)(char **) = NULL;

    logger.vtable = (xentoollog_logger){
        .vmessage = send_log, .progress = send_progress, .destroy = logger_gone};
    if (argc == 6 && !strcmp(argv[1], "save"))
        run = save;
    else if (argc == 7 && !strcmp(argv[1], "restore"))
        run = restore;
    if (!run) {
        fprintf(stderr, "libxl-save-helper: only for libxl\n");
        return EXIT_FAILURE;
    }
    signal(SIGPIPE, SIG_IGN);
    logger.xch = xc_interface_open(&logger.vtable, &logger.vtable, 0);
    if (!logger.xch) {
        complain("cannot talk to the hypervisor: %s", strerror(errno));
        m.value = -1;
    } else {
        m.value = run(argv + 2);
    }
    m.a = m.value ? (uint64_t)errno : 0;
    tell(&m);
    if (logger.xch)
        xc_interface_close(logger.xch);
    return m.value ? EXIT_FAILURE : EXIT_SUCCESS;
}
