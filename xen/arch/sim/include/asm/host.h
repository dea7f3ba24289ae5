/* SPDX-License-Identifier: MIT */
/* What the port asks of Linux. Apart, because the C library's headers and ours do not mix. */
#ifndef ASM_HOST_H
#define ASM_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/compiler.h>

/* Address space of @bytes with inaccessible pages around it. Ends the process on failure. */
void *host_reserve(size_t bytes);
/* Make [at, at + bytes) of reserved space readable and writable, zeroed. */
void host_make_private(void *at, size_t bytes);
/* The same for the machine's memory, so that its pages can be mapped a second time. */
void host_make_ram(void *at, size_t bytes);
/* Map @nr pages at @at: page i is the one of the machine's memory at frame[i]. */
bool host_map_frame(void *at, uint64_t frame);
void host_unmap(void *at, size_t bytes);

void host_write(const char *s, size_t len); /* to stdout */
void host_log(const char *s, size_t len);   /* shown only by host_die() */
/* Free ordinary memory, zeroed, that no leak check looks at. */
void *host_alloc(size_t bytes);
/* The C library's, zeroed; NULL: no memory. */
void *host_malloc(size_t bytes);
void host_free(void *p);
void host_flush(void);     /* what host_write() has kept */
void host_yield(void);     /* to the process's other threads */
void host_nap(void);       /* a little longer */
uint64_t host_clock(void); /* ns that pass by themselves */
/* Run fn(0) to fn(nr - 1) at once; @meanwhile runs here, then all are waited for. */
void host_run_threads(unsigned int nr, void (*fn)(unsigned int), void (*meanwhile)(void));
void host_sleep_ms(unsigned int ms);
void host_die(const char *why) noreturn; /* with a core or a sanitizer's report */

#endif
