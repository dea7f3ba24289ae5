/* SPDX-License-Identifier: MIT */
#ifndef CONSOLE_PRIVATE_H
#define CONSOLE_PRIVATE_H

#include <xen/console.h>

/* The console lock, interrupts off; not taken once console_start_sync() was called. */
unsigned long console_lock_save(void);
void console_unlock_restore(unsigned long flags);
/* To all sinks, and (where @to_ring) to the ring. Console lock held. */
void console_emit(const char *s, size_t len, bool to_ring);
bool console_is_sync(void);

/* ring.c; lock held. */
void ring_put(const char *s, size_t len);
/* Show each piece of what the ring holds to fn. */
void ring_replay(void (*fn)(const char *s, size_t len));
void ring_grow(void);

/* printk.c */
void printk_announce_levels(void);
/* May a line of guest output of level debug be shown now? Lock held. */
bool printk_guest_line_allowed(void);

/* input.c */
void input_init(void);

#endif
