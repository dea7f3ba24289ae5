/* SPDX-License-Identifier: MIT */
/* Console ring, its sinks, and input. */
#ifndef XEN_CONSOLE_H
#define XEN_CONSOLE_H

#include <public/xen.h>
#include <xen/types.h>

struct domain;
struct xen_sysctl_readconsole;

/* A place that console output goes to; drivers register. */
struct console_sink {
    const char *name; /* "com1", "vga": as in console= */
    void (*write)(const char *s, size_t len);
    void (*flush)(void); /* wait until it is out; may be NULL */
    bool enabled;
    struct console_sink *next;
};
void console_register(struct console_sink *sink);
void console_early_init(void); /* options are parsed: choose the sinks */
void console_init(void);       /* heap is up: ring of conring_size */
void console_end_boot(void);   /* dom0 starts: guest_loglvl in force, hand over VGA */
void console_start_sync(void); /* panic: write through, no locks */
/* Raw output of dom0 through CONSOLEIO_write and of other guests by line. */
void console_guest_write(struct domain *d, const char *s, size_t len);
/* Up to @max characters of input for dom0 (CONSOLEIO_read); none for other domains. */
size_t console_guest_read(struct domain *d, char *buf, size_t max);
/* Input of one character from a UART's interrupt. */
void console_rx(char c);
/* Give input to dom0 or to the hypervisor's keys. */
void console_switch_input(void);
/* Input may also go to domain @id, by @rx, in any context. 0, -ENOSPC (eight are there). */
int console_input_register(domid_t id, void (*rx)(struct domain *d, char c));
void console_input_unregister(domid_t id);
int console_read_ring(struct xen_sysctl_readconsole *op);
/* Lock out other CPUs' output for a multi-line dump. */
void console_lock_recursive(void);
void console_unlock_recursive(void);

/* keyhandler: debug keys of the console and of xl debug-keys. Handlers run in a tasklet. */
typedef void keyhandler_fn(unsigned char key);
void keyhandler_register(unsigned char key, keyhandler_fn *fn, const char *desc);
/* @in_irq: called from an interrupt. */
void keyhandler_handle(unsigned char key);

#endif
