/* SPDX-License-Identifier: MIT */
/* The event loop as a program drives it, by its own hooks or by ours, without a hypervisor. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/loop_impl.h"
#include "domain/helper.h"

static libxl_ctx ctx;
static xentoollog_logger *logger;

/* A program's loop: one descriptor and one timeout at a time are enough here. */
static struct {
    int fd;
    short events;
    void *fd_for, *timeout_for;
    unsigned int nr_fds, nr_timeouts;
} app;

static int app_fd_register(void *user, int fd, void **app_out, short events, void *for_libxl)
{
    (void)user;
    app.fd = fd;
    app.events = events;
    app.fd_for = for_libxl;
    app.nr_fds++;
    *app_out = &app;
    return 0;
}

static int app_fd_modify(void *user, int fd, void **app_io, short events)
{
    (void)user;
    (void)fd;
    (void)app_io;
    app.events = events;
    return 0;
}

static void app_fd_deregister(void *user, int fd, void *of)
{
    (void)user;
    assert_int_equal(fd, app.fd);
    assert_ptr_equal(of, &app);
    app.nr_fds--;
}

static int app_timeout_register(void *user, void **app_out, struct timeval when, void *for_libxl)
{
    (void)user;
    (void)when;
    app.timeout_for = for_libxl;
    app.nr_timeouts++;
    *app_out = &app;
    return 0;
}

/* libxl asks for nothing else: the time has come. The program then calls back, sometime. */
static int app_timeout_modify(void *user, void **app_io, struct timeval when)
{
    (void)user;
    (void)app_io;
    assert_true(!when.tv_sec && !when.tv_usec);
    return 0;
}

static void app_timeout_deregister(void *user, void *of)
{
    (void)user;
    (void)of;
    fail_msg("libxl deregisters no timeout");
}

static const libxl_osevent_hooks app_hooks = {
    .fd_register = app_fd_register,
    .fd_modify = app_fd_modify,
    .fd_deregister = app_fd_deregister,
    .timeout_register = app_timeout_register,
    .timeout_modify = app_timeout_modify,
    .timeout_deregister = app_timeout_deregister,
};

static int setup(void **state)
{
    (void)state;
    memset(&ctx, 0, sizeof(ctx));
    memset(&app, 0, sizeof(app));
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&ctx.lock, &attr);
    pthread_mutexattr_destroy(&attr);
    logger = (xentoollog_logger *)xtl_createlogger_stdiostream(stderr, XTL_CRITICAL, 0);
    ctx.lg = logger;
    return logger && !loop_create(&ctx) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    loop_destroy(&ctx);
    pthread_mutex_destroy(&ctx.lock);
    xtl_logger_destroy(logger);
    return 0;
}

struct source {
    struct ev_fd ev;
    unsigned int calls;
    short revents;
};

static void source_ready(libxl_ctx *c, struct ev_fd *ev, short revents)
{
    struct source *s = CONTAINER_OF(ev, struct source, ev);

    (void)c;
    s->calls++;
    s->revents = revents;
}

/* What the program's poll says goes to libxl as it is. */
static void app_polls(void)
{
    struct pollfd p = {.fd = app.fd, .events = app.events};

    assert_int_equal(poll(&p, 1, 1000), 1);
    libxl_osevent_occurred_fd(&ctx, app.fd_for, app.fd, app.events, p.revents);
}

static void a_closed_pipe_reaches_who_waits_to_read_it(void **state)
{
    struct source s = {.calls = 0};
    int pipes[2];

    (void)state;
    libxl_osevent_register_hooks(&ctx, &app_hooks, NULL);
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(ev_fd_start(&ctx, &s.ev, pipes[0], POLLIN, source_ready), 0);
    assert_int_equal(app.nr_fds, 1);
    close(pipes[1]);
    app_polls();
    assert_int_equal(s.calls, 1);
    assert_int_equal(s.revents, POLLHUP);
    ev_fd_stop(&ctx, &s.ev);
    assert_int_equal(app.nr_fds, 0);
    /* The program may still come with what it saw before. */
    libxl_osevent_occurred_fd(&ctx, app.fd_for, pipes[0], POLLIN, POLLHUP);
    assert_int_equal(s.calls, 1);
    close(pipes[0]);
}

static void what_another_thread_has_served_is_not_served_again(void **state)
{
    struct pollfd seen[4];
    struct source s = {.calls = 0};
    struct timeval now = {0, 0};
    int pipes[2], nfds = 4, timeout = -1;
    char c = 1;

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(ev_fd_start(&ctx, &s.ev, pipes[0], POLLIN, source_ready), 0);
    assert_int_equal(libxl_osevent_beforepoll(&ctx, &nfds, seen, &timeout, now), 0);
    assert_int_equal(write(pipes[1], &c, 1), 1);
    assert_int_equal(poll(seen, (nfds_t)nfds, 1000), 1);
    assert_int_equal(read(pipes[0], &c, 1), 1); /* the other thread */
    libxl_osevent_afterpoll(&ctx, nfds, seen, now);
    assert_int_equal(s.calls, 0);
    assert_int_equal(write(pipes[1], &c, 1), 1);
    libxl_osevent_afterpoll(&ctx, nfds, seen, now);
    assert_int_equal(s.calls, 1);
    ev_fd_stop(&ctx, &s.ev);
    close(pipes[0]);
    close(pipes[1]);
}

struct alarm {
    struct ev_timer ev;
    unsigned int calls;
};

static void alarm_due(libxl_ctx *c, struct ev_timer *ev)
{
    (void)c;
    CONTAINER_OF(ev, struct alarm, ev)->calls++;
}

static void a_stopped_timeout_is_let_go_by_the_program(void **state)
{
    struct alarm a = {.calls = 0};

    (void)state;
    libxl_osevent_register_hooks(&ctx, &app_hooks, NULL);
    assert_int_equal(ev_timer_start(&ctx, &a.ev, 1000, alarm_due), 0);
    ev_timer_stop(&ctx, &a.ev);
    /* The program's callback after that frees the hook and runs nothing. */
    libxl_osevent_occurred_timeout(&ctx, app.timeout_for);
    assert_int_equal(a.calls, 0);
    assert_int_equal(ev_timer_start(&ctx, &a.ev, 1000, alarm_due), 0);
    libxl_osevent_occurred_timeout(&ctx, app.timeout_for);
    assert_int_equal(a.calls, 1);
    assert_int_equal(app.nr_timeouts, 2);
}

struct job {
    struct ev_child child;
    bool ended;
    int status;
};

static void job_ended(libxl_ctx *c, struct ev_child *child, int status)
{
    struct job *j = CONTAINER_OF(child, struct job, child);

    (void)c;
    j->ended = true;
    j->status = status;
}

static void a_child_is_reaped_through_the_programs_loop(void **state)
{
    static const libxl_childproc_hooks selective = {
        .chldowner = libxl_sigchld_owner_libxl_always_selective_reap,
    };
    struct scope sc = {.ctx = &ctx, .domid = 1};
    char *argv[] = {"/bin/sh", "-c", "exit 7", NULL}, *env[] = {NULL};
    struct job j = {.ended = false};

    (void)state;
    libxl_osevent_register_hooks(&ctx, &app_hooks, NULL);
    libxl_childproc_setmode(&ctx, &selective, NULL);
    assert_int_equal(ev_child_spawn(&sc, &j.child, argv, env, job_ended), 0);
    app_polls();
    assert_true(j.ended);
    assert_int_equal(WEXITSTATUS(j.status), 7);
    assert_int_equal(app.nr_fds, 0);
}

/* A helper that is none: it tells whether its stream blocks, by what it ends with. */
static char fake_helper[] = "/tmp/libxl-test-XXXXXX";

static void helper_over(libxl_ctx *c, struct helper *h, int errnoval)
{
    (void)c;
    (void)h;
    assert_int_not_equal(errnoval, 0); /* it has said nothing */
}

static void a_stream_blocks_while_the_helper_runs(void **state)
{
    static const char script[] = "#!/bin/sh\ncat <&4 >/dev/null || exit 9\n";
    const char *args[] = {NULL};
    struct scope sc = {.ctx = &ctx, .domid = 1};
    struct helper h = {.sc = &sc, .ended = helper_over};
    int pipes[2], fd = mkostemp(fake_helper, O_CLOEXEC);

    (void)state;
    assert_int_equal(write(fd, script, sizeof(script) - 1), sizeof(script) - 1);
    assert_int_equal(fchmod(fd, 0700), 0);
    close(fd);
    setenv("LIBXL_SAVE_HELPER", fake_helper, 1);
    assert_int_equal(pipe2(pipes, O_NONBLOCK | O_CLOEXEC), 0);
    assert_int_equal(helper_start(&h, args, pipes[0]), 0);
    assert_false(fcntl(pipes[0], F_GETFL) & O_NONBLOCK);
    close(pipes[1]);
    while (h.child.active)
        assert_int_equal(loop_once(&ctx), 0);
    assert_true(fcntl(pipes[0], F_GETFL) & O_NONBLOCK);
    assert_int_equal(helper_start(&h, args, -1), ERROR_INVAL);
    close(pipes[0]);
    unlink(fake_helper);
    scope_free(&sc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_closed_pipe_reaches_who_waits_to_read_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_another_thread_has_served_is_not_served_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_stopped_timeout_is_let_go_by_the_program, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_child_is_reaped_through_the_programs_loop, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_stream_blocks_while_the_helper_runs, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
