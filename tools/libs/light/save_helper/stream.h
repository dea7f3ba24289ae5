/* SPDX-License-Identifier: MIT */
/* libxl's stream, as the helper reads and writes it. 0, or -1 with errno; what is wrong is told. */
#ifndef LIBXL_SAVE_HELPER_STREAM_H
#define LIBXL_SAVE_HELPER_STREAM_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "save_helper/protocol.h"

/* To libxl's log. The test has one of its own. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* An early end is EPIPE. @fd: HELPER_STREAM_FD, or a file. */
int stream_get(int fd, void *to, size_t len);
int stream_put(int fd, const void *from, size_t len);

int put_header(int fd);
int get_header(int fd);
/* A record without contents. */
int put_record(int fd, uint32_t type);
int get_record(int fd, uint32_t wanted);

/* The state of the device model, which is in @file. */
int put_emulator(int fd, const char *file);
/*
 * Records of the device model, up to and with an empty one of type @end. Its state is in @file
 * after success; @file "" : there is no device model, and such records are an error. Without a
 * record @file is as it was before.
 */
int get_emulator(int fd, const char *file, uint32_t end);

#endif
