/* SPDX-License-Identifier: MIT */
/* The checks of the smoke guest: each prints a line if it fails, and the guest goes on. */
#ifndef SMOKE_H
#define SMOKE_H

#include <lib/guest.h>

/* Note a failure, printed with @what and the value that was not wanted. */
void failed(const char *what, long got, long wanted);
/* Say why a part was left out. */
void skipped(const char *what, long rc);

#define WANT(what, got, wanted)                                                                    \
    do {                                                                                           \
        long got_ = (long)(got), wanted_ = (long)(wanted);                                         \
        if (got_ != wanted_)                                                                       \
            failed(what, got_, wanted_);                                                           \
    } while (0)
#define WANT_TRUE(what, cond) WANT(what, !!(cond), 1)
/* Any error will do. */
#define REFUSED(what, call)                                                                        \
    do {                                                                                           \
        long got_ = (call);                                                                        \
        if (got_ >= 0)                                                                             \
            failed(what " is not refused", got_, -1);                                              \
    } while (0)

/* A page of ours that may be mapped, unmapped and granted. */
void test_calls(void);
void test_traps(void);
void test_privileged(void);
void test_events(void);
void test_time(void);
void test_tables(void);
void test_pins(void);
void test_segments(void);
void test_user(void);
void test_debug(void);
void test_grants(void);
void test_memory(void);
void test_smp(void);
void test_vcpu_info(void);

#endif
