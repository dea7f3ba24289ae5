/* SPDX-License-Identifier: MIT */
/*
 * Where operations of the library are tried: the store is the real daemon, the hypervisor has one
 * guest and does as it is told. The world (the kernel's backends, the console daemon, the guest)
 * moves between the library's steps.
 */
#ifndef LIBXL_TEST_STAGE_H
#define LIBXL_TEST_STAGE_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/internal.h"
#include "fake_xc.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

extern libxl_ctx *ctx;
extern struct xs_handle *world;

/* The tests of a program, on the stage. Its exit status. */
int stage_run(const struct CMUnitTest *tests, size_t nr);

/* A node of the store, to be freed, or NULL; writing one. */
char *get(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void put(const char *value, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void write_file(const char *path, const char *text, mode_t mode);

/* The disk of domain 0, once there is one: its number and its name. */
#define LOCAL_DISK      51728
#define LOCAL_DISK_NAME "xvdb"

/* An operation in progress: started with this, it sets these at its end. */
extern const libxl_asyncop_how how;
extern bool over;
extern int result;
void step(void);   /* one more */
int finish(void);  /* its end; returns result */
void settle(void); /* until nothing moves any more */

#define DO(call)                                                                                   \
    do {                                                                                           \
        over = false;                                                                              \
        assert_int_equal(call, 0);                                                                 \
        assert_int_equal(finish(), 0);                                                             \
    } while (0)

struct scenario {
    void (*before)(void);
    int (*start)(void);
    void (*after)(int rc); /* undoes what has succeeded, repeats what has not */
    bool runs_on;          /* it cannot be stopped */
};

/* Stopped after none, one, two ... of its steps it leaves nothing behind, and nor does it done. */
void at_each_step(const struct scenario *s);

/* The guest, with what it is made of. */
extern libxl_domain_config config;
extern uint32_t domid;
void make_disk(libxl_device_disk *d);
void make_nic(libxl_device_nic *n);
void make_config(bool devices);
/* An HVM guest, whose device model is this program: it is run with -xen-domid, and has to stay. */
void make_hvm_config(void);
/* With its end of QMP (fake_qmp.h). */
void hvm_present(void);
void hvm_absent(void);
_Noreturn void stage_device_model(void);
void model_has(const char *devices); /* else the test fails */
void guest_present(void);
void guest_create(void); /* by the configuration as it is */
void guest_absent(void);

#endif
