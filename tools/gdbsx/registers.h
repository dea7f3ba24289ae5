/* SPDX-License-Identifier: MIT */
/* Registers in gdb's order and encoding: hexadecimal, each from its lowest byte on; x: not known.
 */
#ifndef GDBSX_REGISTERS_H
#define GDBSX_REGISTERS_H

#include <stdbool.h>

#include <xenctrl.h>

#define REGISTER_HEX_MAX  21  /* of one, with the end of the string */
#define REGISTERS_HEX_MAX 640 /* of all */
#define REGISTERS_XML_MAX 4096

/* All of them. @width 4 or 8, as in struct target. */
void registers_encode(const vcpu_guest_context_t *from, unsigned int width, char *hex);
/* The reverse; what is not known is skipped. False: the text is cut off, or no hex. */
bool registers_decode(vcpu_guest_context_t *to, unsigned int width, const char *hex);
/* One, by gdb's number. False: there is no such register, or the text is not its value. */
bool register_encode(const vcpu_guest_context_t *from, unsigned int width, unsigned long number,
                     char *hex);
bool register_decode(vcpu_guest_context_t *to, unsigned int width, unsigned long number,
                     const char *hex);
/*
 * gdb's description of these registers (its manual, appendix G), into @xml of REGISTERS_XML_MAX
 * bytes. Without it gdb takes a kernel for a program of Linux, and sets a register of its own.
 */
void registers_describe(unsigned int width, char *xml);

#endif
