/* SPDX-License-Identifier: MIT */
/* Code, stack and memory of a guest as its vCPU sees them. */
#include <inttypes.h>
#include <sys/mman.h>

#include "misc.h"
#include "xenctx.h"

#define CODE_BEFORE  21u /* bytes in front of the instruction */
#define CODE_BYTES   32u
#define MEMORY_LINES 5u

void guest_forget(struct guest *g)
{
    if (g->page)
        munmap(g->page, XC_PAGE_SIZE);
    g->page = NULL;
}

bool guest_read(struct guest *g, uint64_t va, void *to, unsigned int len)
{
    uint64_t page_va = va & ~(uint64_t)(XC_PAGE_SIZE - 1);
    unsigned long frame;

    if (!g->page || g->page_va != page_va) {
        guest_forget(g);
        frame = xc_translate_foreign_address(g->xch, g->domid, (int)g->vcpu, va);
        if (frame)
            g->page = xc_map_foreign_range(g->xch, g->domid, XC_PAGE_SIZE, PROT_READ, frame);
        g->page_va = page_va;
    }
    if (!g->page)
        return false;
    memcpy(to, g->page + (va - page_va), len);
    return true;
}

/* A word of the guest's. Words at @va do not leave their page where va is aligned. */
static bool read_word(struct guest *g, uint64_t va, uint64_t *word)
{
    *word = 0;
    return guest_read(g, va, word, g->regs.width);
}

static bool say_unmapped(uint64_t va)
{
    printf("failed to map page for %08" PRIx64 ".\n", va);
    return false;
}

static void print_word(const struct guest *g, uint64_t word)
{
    printf("%0*" PRIx64, (int)(2 * g->regs.width), word);
}

void show_code(struct guest *g)
{
    uint64_t ip = g->regs.rip, va = ip - CODE_BEFORE;
    uint8_t byte;

    printf("Code (instr addr %08" PRIx64 ")\n", ip);
    for (unsigned int i = 0; i < CODE_BYTES; i++, va++) {
        if (!guest_read(g, va, &byte, 1)) {
            say_unmapped(va);
            break;
        }
        printf(va == ip ? "<%02x> " : "%02x ", byte);
    }
    printf("\n\n\n");
}

static void print_ascii(const uint8_t *bytes, unsigned int len)
{
    printf("  ");
    for (unsigned int i = 0; i < len; i++)
        putchar(bytes[i] >= 32 && bytes[i] < 127 ? bytes[i] : '.');
}

/* A line of words from @va on, up to @end. */
static bool dump_line(struct guest *g, const struct ctx_options *o, uint64_t va, uint64_t end)
{
    uint8_t bytes[128];
    unsigned int width = g->regs.width, done = 0;
    uint64_t word;

    if (o->tag) {
        print_word(g, va);
        putchar(':');
    }
    for (; done + width <= o->line_bytes && va + done < end; done += width) {
        if (!read_word(g, va + done, &word)) {
            putchar('\n');
            return say_unmapped(va + done);
        }
        memcpy(bytes + done, &word, width);
        putchar(' ');
        print_word(g, word);
    }
    if (o->ascii)
        print_ascii(bytes, done);
    putchar('\n');
    return true;
}

static void dump(struct guest *g, const struct ctx_options *o, uint64_t from, uint64_t end,
                 unsigned int lines)
{
    for (uint64_t va = from; lines && va < end && va >= from; va += o->line_bytes, lines--)
        if (!dump_line(g, o, va, end))
            return;
}

/* The end of the pages of the stack that are looked at. */
static uint64_t stack_end(const struct ctx_options *o, uint64_t from)
{
    return (from & ~(uint64_t)(XC_PAGE_SIZE - 1)) + (uint64_t)o->pages * XC_PAGE_SIZE;
}

static uint64_t aligned(const struct guest *g, uint64_t va)
{
    return va & ~(uint64_t)(g->regs.width - 1);
}

void show_stack(struct guest *g, const struct ctx_options *o, uint64_t from)
{
    if (!o->lines)
        return;
    printf("Stack:\n");
    from = aligned(g, from);
    dump(g, o, from, stack_end(o, from), o->lines);
    putchar('\n');
}

void show_memory(struct guest *g, const struct ctx_options *o, uint64_t from)
{
    printf("Memory (address %08" PRIx64 "):\n", from);
    dump(g, o, aligned(g, from), UINT64_MAX, o->lines == UINT32_MAX ? MEMORY_LINES : o->lines);
    putchar('\n');
}

/* A place in the stack whose word is an address of code. */
static void print_code_word(const struct guest *g, const struct ctx_options *o, uint64_t va,
                            const char *mark, uint64_t word)
{
    print_word(g, va);
    printf(": %s [<", mark);
    print_word(g, word);
    printf(">]");
    if (symbol_is_code(word, o))
        symbol_print(word, o);
    putchar('\n');
}

static void print_other_word(const struct guest *g, uint64_t va, const char *mark, uint64_t word)
{
    print_word(g, va);
    printf(": %s ", mark);
    print_word(g, word);
    putchar('\n');
}

/* All words; those that may be addresses of code as such, which is all there is in a short trace.
 */
static void trace_words(struct guest *g, const struct ctx_options *o, uint64_t va, uint64_t end)
{
    uint64_t word;

    for (; va < end; va += g->regs.width) {
        if (!read_word(g, va, &word)) {
            say_unmapped(va);
            return;
        }
        if (symbol_is_code(word, o))
            print_code_word(g, o, va, " ", word);
        else if (o->stack_trace)
            print_other_word(g, va, "   ", word);
    }
}

/*
 * Along the frame pointers: at each the next one, and behind it the address to which the function
 * returns. They must rise.
 */
static void trace_frames(struct guest *g, const struct ctx_options *o, uint64_t va, uint64_t end)
{
    uint64_t frame = g->regs.rbp, word, next;
    unsigned int width = g->regs.width;

    while (frame >= va && frame < end && frame % width == 0) {
        for (; o->stack_trace && va < frame; va += width) {
            if (!read_word(g, va, &word)) {
                say_unmapped(va);
                return;
            }
            print_other_word(g, va, "|  ", word);
        }
        if (!read_word(g, frame, &next)) {
            say_unmapped(frame);
            return;
        }
        if (o->stack_trace)
            print_other_word(g, frame, "|--", next);
        va = frame + width;
        if (va >= end || !read_word(g, va, &word))
            return;
        print_code_word(g, o, va, o->stack_trace ? "|" : " ", word);
        va += width;
        frame = next;
    }
    for (; o->stack_trace && va < end && read_word(g, va, &word); va += width)
        print_other_word(g, va, "|  ", word);
}

void show_trace(struct guest *g, const struct ctx_options *o, uint64_t from, bool with_ip)
{
    uint64_t end = stack_end(o, from);

    printf(o->stack_trace ? "Stack Trace:\n" : "Call Trace:\n");
    if (with_ip) {
        printf("%*s  %c [<", (int)(2 * g->regs.width), "", o->stack_trace ? '*' : ' ');
        print_word(g, g->regs.rip);
        printf(">]");
        symbol_print(g->regs.rip, o);
        printf(" <--\n");
    }
    if (o->frame_pointers)
        trace_frames(g, o, aligned(g, from), end);
    else
        trace_words(g, o, aligned(g, from), end);
}
