/* SPDX-License-Identifier: MIT */
/* What start.S has for C, and what it calls. */
#ifndef HVMLOADER_START_H
#define HVMLOADER_START_H

#include <stdint.h>

struct hvm_start_info;

/* Code for real mode, which runs at REAL_MODE_ADDR once it was copied there. */
extern const char ap_start[], ap_start_end[];     /* a vCPU's, which goes on in ap_main() */
extern const char bios_start[], bios_start_end[]; /* the first one's, which enters the BIOS */

/* In 32-bit protected mode with flat segments and without paging. */
void hvmloader_main(const struct hvm_start_info *info);
void ap_main(void);

/* Into bios_start, at REAL_MODE_ADDR. */
void enter_real_mode(void) __attribute__((noreturn));

#endif
