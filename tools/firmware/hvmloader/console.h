/* SPDX-License-Identifier: MIT */
/* Text in the hypervisor's log. */
#ifndef HVMLOADER_CONSOLE_H
#define HVMLOADER_CONSOLE_H

/* A line, whose end say() adds. Lines of more than 255 characters are cut. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, then the domain ends as crashed: nothing could boot. */
void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
