/* SPDX-License-Identifier: MIT */
#include <stdarg.h>

#include "console.h"
#include "hypercall.h"
#include "io.h"
#include <xen/lib/printf.h>

#define LOG_PORT 0xe9 /* Source: QEMU's "debugcon"; the hypervisor has the same */

static void put_line(const char *fmt, va_list args)
{
    char line[256];

    vsnprintf(line, sizeof(line), fmt, args);
    for (const char *p = line; *p; p++)
        outb(LOG_PORT, (uint8_t)*p);
    outb(LOG_PORT, '\n');
}

void say(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    put_line(fmt, args);
    va_end(args);
}

void fail(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    put_line(fmt, args);
    va_end(args);
    hypercall_crash();
}
