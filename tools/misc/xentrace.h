/* SPDX-License-Identifier: MIT */
/* xentrace: what its parts tell each other. */
#ifndef XENTRACE_H
#define XENTRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_options {
    const char *file; /* "-": standard output */
    uint32_t evt_mask;
    bool has_evt_mask;
    const char *cpus;      /* NULL: those that are traced already */
    unsigned long poll_ms; /* between two looks */
    unsigned long pages;   /* of each buffer */
    uint64_t reserve;      /* bytes to be left free on the disk; 0: no matter */
    unsigned long seconds; /* 0: until a signal */
    uint64_t memory;       /* bytes to be kept in memory until the end; 0: all is written at once */
    bool discard, keep_enabled, start_disabled;
};

/* Ends the program when it is told to, or has nothing to do. */
void options_parse(int argc, char **argv, struct trace_options *o);

/*
 * Where records go: a file, or memory in which the oldest give way. trace_out_window() has the
 * records of a CPU that came between two looks, in up to two pieces; 0, or -1 after a message.
 */
struct piece {
    const void *data;
    size_t len;
};
int trace_out_open(const struct trace_options *o);
int trace_out_window(uint32_t cpu, const struct piece pieces[2]);
int trace_out_close(void);

#endif
