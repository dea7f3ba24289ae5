/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "packet.h"
#include "registers.h"

struct slot {
    const char *name, *type;
    uint16_t offset; /* in vcpu_guest_context_t */
    uint8_t size;    /* there, bytes; 0: we do not know it */
    uint8_t wire;    /* for gdb, bytes */
};
#define FIELD(name, type, field, wire)                                                             \
    {                                                                                              \
        name, type, offsetof(vcpu_guest_context_t, field),                                         \
            sizeof(((vcpu_guest_context_t *)0)->field), wire                                       \
    }
#define W(reg)           FIELD(#reg, "int64", user_regs.reg, 8)
#define W_AS(type, reg)  FIELD(#reg, type, user_regs.reg, 8)
#define N(reg, from)     FIELD(#reg, "int32", user_regs.from, 4)
#define N_AS(type, r, f) FIELD(#r, type, user_regs.f, 4)
#define SEGMENT(reg)     FIELD(#reg, "int32", user_regs.reg, 4)
#define SEGMENTS         SEGMENT(cs), SEGMENT(ss), SEGMENT(ds), SEGMENT(es), SEGMENT(fs), SEGMENT(gs)
#define UNKNOWN(reg, type, wire)                                                                   \
    {                                                                                              \
#reg, type, 0, 0, wire                                                                     \
    }
#define ST(reg) UNKNOWN(reg, "i387_ext", 10)
#define F(reg)  UNKNOWN(reg, "int", 4)
/* gdb takes the feature only with them. */
#define FPU                                                                                        \
    ST(st0), ST(st1), ST(st2), ST(st3), ST(st4), ST(st5), ST(st6), ST(st7), F(fctrl), F(fstat),    \
        F(ftag), F(fiseg), F(fioff), F(foseg), F(fooff), F(fop)

static const struct slot wide[] = {
    W(rax),
    W(rbx),
    W(rcx),
    W(rdx),
    W(rsi),
    W(rdi),
    W_AS("data_ptr", rbp),
    W_AS("data_ptr", rsp),
    W(r8),
    W(r9),
    W(r10),
    W(r11),
    W(r12),
    W(r13),
    W(r14),
    W(r15),
    W_AS("code_ptr", rip),
    N(eflags, rflags),
    SEGMENTS,
    FPU,
    FIELD("fs_base", "int", fs_base, 8),
    FIELD("gs_base", "int", gs_base_kernel, 8),
};
static const struct slot narrow[] = {
    N(eax, rax),
    N(ecx, rcx),
    N(edx, rdx),
    N(ebx, rbx),
    N_AS("data_ptr", esp, rsp),
    N_AS("data_ptr", ebp, rbp),
    N(esi, rsi),
    N(edi, rdi),
    N_AS("code_ptr", eip, rip),
    N(eflags, rflags),
    SEGMENTS,
    FPU,
};
#define NR(array) (sizeof(array) / sizeof((array)[0]))

static const struct slot *slot_of(unsigned int width, unsigned long number)
{
    if (width == 8)
        return number < NR(wide) ? &wide[number] : NULL;
    return number < NR(narrow) ? &narrow[number] : NULL;
}

static void encode(const vcpu_guest_context_t *from, const struct slot *s, char *hex)
{
    uint8_t bytes[8] = {0};

    if (!s->size) {
        memset(hex, 'x', s->wire * 2U);
        hex[s->wire * 2] = '\0';
        return;
    }
    memcpy(bytes, (const char *)from + s->offset, s->size < s->wire ? s->size : s->wire);
    hex_encode(hex, bytes, s->wire);
}

static bool decode(vcpu_guest_context_t *to, const struct slot *s, const char *hex)
{
    uint8_t bytes[8] = {0};
    uint64_t value = 0;

    if (!hex_decode(bytes, hex, s->wire))
        return false;
    /* A 32-bit value is the whole register's. */
    memcpy(&value, bytes, s->wire);
    memcpy((char *)to + s->offset, &value, s->size);
    return true;
}

void registers_encode(const vcpu_guest_context_t *from, unsigned int width, char *hex)
{
    const struct slot *s;

    for (unsigned long i = 0; (s = slot_of(width, i)); i++, hex += s[0].wire * 2)
        encode(from, s, hex);
    *hex = '\0';
}

bool registers_decode(vcpu_guest_context_t *to, unsigned int width, const char *hex)
{
    vcpu_guest_context_t new = *to;
    size_t left = strlen(hex);
    const struct slot *s;

    for (unsigned long i = 0; (s = slot_of(width, i)); i++) {
        if (left < s->wire * 2U || (s->size && !decode(&new, s, hex)))
            return false;
        hex += s->wire * 2;
        left -= s->wire * 2U;
    }
    *to = new;
    return true;
}

bool register_encode(const vcpu_guest_context_t *from, unsigned int width, unsigned long number,
                     char *hex)
{
    const struct slot *s = slot_of(width, number);

    if (s)
        encode(from, s, hex);
    return s;
}

bool register_decode(vcpu_guest_context_t *to, unsigned int width, unsigned long number,
                     const char *hex)
{
    const struct slot *s = slot_of(width, number);

    return s && s->size && strlen(hex) == s->wire * 2U && decode(to, s, hex);
}

void registers_describe(unsigned int width, char *xml)
{
    char *at = xml;
    const struct slot *s;

    at += sprintf(at,
                  "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
                  "<architecture>%s</architecture><osabi>none</osabi>"
                  "<feature name=\"org.gnu.gdb.i386.core\">",
                  width == 8 ? "i386:x86-64" : "i386");
    for (unsigned long i = 0; (s = slot_of(width, i)); i++) {
        if (!strcmp(s->name, "fs_base"))
            at += sprintf(at, "</feature><feature name=\"org.gnu.gdb.i386.segments\">");
        at += sprintf(at, "<reg name=\"%s\" bitsize=\"%u\" type=\"%s\"/>", s->name, s->wire * 8U,
                      s->type);
    }
    sprintf(at, "</feature></target>");
}
