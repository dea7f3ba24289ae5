/* SPDX-License-Identifier: MIT */
/* xenctx: what its parts tell each other. */
#ifndef XENCTX_H
#define XENCTX_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define XC_WANT_COMPAT_MAP_FOREIGN_API
#include <xenctrl.h>

struct ctx_options {
    bool frame_pointers, stack_trace, all_registers, all_vcpus, ascii, tag;
    uint64_t kernel_start;     /* above it is the kernel's */
    unsigned int pages;        /* of the stack, that are looked at */
    unsigned int line_bytes;   /* of a line of it */
    unsigned int lines;        /* of it; UINT32_MAX: all */
    bool has_memory, has_dump; /* only show this */
    uint64_t memory, dump;
};

/* A vCPU's registers, of PV and HVM guests alike. */
struct registers {
    unsigned int width; /* bytes of a word */
    uint64_t rip, rsp, rflags, rax, rbx, rcx, rdx, rsi, rdi, rbp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint32_t cs, ss, ds, es, fs, gs;
    uint64_t fs_base, gs_base, gs_shadow;
    uint64_t cr[5], dr[8]; /* cr0, 2, 3, 4; dr0 to 3, 6 and 7 */
};

struct guest {
    xc_interface *xch;
    uint32_t domid;
    unsigned int vcpu;
    struct registers regs;
    uint64_t page_va; /* of the frame that is mapped */
    uint8_t *page;    /* NULL: none */
};

/* 0, or 1 after a message. */
int symbols_read(const char *path);
bool symbols_known(void);
/* " NAME+OFFSET" after an address of the kernel's, if there are symbols. */
void symbol_print(uint64_t address, const struct ctx_options *o);
/* Whether the kernel's code may be there: between its symbols, or else above @o->kernel_start. */
bool symbol_is_code(uint64_t address, const struct ctx_options *o);

/* Registers of the vCPU, as text, and its code. */
int registers_get(struct guest *g, bool hvm);
void registers_print(const struct guest *g, const struct ctx_options *o);

/* @len bytes from @va on, which do not leave its page; false: nothing is mapped there. */
bool guest_read(struct guest *g, uint64_t va, void *to, unsigned int len);
void guest_forget(struct guest *g); /* what is mapped */

/* Code, stack and trace of the vCPU; memory. */
void show_code(struct guest *g);
void show_stack(struct guest *g, const struct ctx_options *o, uint64_t from);
void show_trace(struct guest *g, const struct ctx_options *o, uint64_t from, bool with_ip);
void show_memory(struct guest *g, const struct ctx_options *o, uint64_t from);

#endif
