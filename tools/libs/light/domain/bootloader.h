/* SPDX-License-Identifier: MIT */
/*
 * A bootloader takes the kernel out of a guest's disk before the guest is built. It is a program of
 * the host, called as
 *
 *   PROGRAM --output=FILE --output-format=simple0 --output-directory=DIR [--args=CMDLINE]
 *           [ARGUMENTS of the configuration] DISK
 *
 * where DISK is the first disk of the configuration as a block device or a raw image of this
 * domain, with a terminal, which is the guest's console meanwhile. It puts files into DIR and
 * writes strings into FILE, with a zero byte (or a newline) after each: "kernel PATH", "ramdisk
 * PATH", "args CMDLINE". What it shows goes to bootloader.DOMID.log, too.
 */
#ifndef LIBXL_DOMAIN_BOOTLOADER_H
#define LIBXL_DOMAIN_BOOTLOADER_H

#include "domain/domain.h"
#include "domain/local_disk.h"

#define BOOTLOADER_OUTPUT_MAX 65536

/* Bytes that go from one terminal to another, as far as there is room. */
struct relay {
    struct ev_fd from;
    int to, log;
};

struct bootloader {
    /* Set by the caller: */
    struct scope *sc;
    uint32_t domid;
    libxl_domain_config *config; /* kernel, ramdisk and cmdline are set on success */
    void (*done)(libxl_ctx *ctx, struct bootloader *b, int rc);
    /* Private: */
    struct local_disk disk;
    int rc;
    int program_end, console_end; /* master sides of two terminals */
    int program_tty, console_tty; /* slave sides */
    int log;
    struct relay to_console, to_program;
    struct ev_fd output;
    struct ev_child child;
    char *text; /* what it has written; scope memory */
    size_t len;
};

/* done comes in any case, perhaps before the function returns. */
void bootloader_start(struct bootloader *b);
void bootloader_kill(struct bootloader *b);
/* The files of the last one go. */
void bootloader_clean(struct scope *sc, uint32_t domid);

/* A bootloader's @text into @b. ERROR_FAIL: it names no kernel. */
int bootloader_take(struct scope *sc, const char *text, size_t len, libxl_domain_build_info *b);

#endif
