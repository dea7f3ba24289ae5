/* SPDX-License-Identifier: MIT */
/*
 * "nm -n" on standard input to an assembly file on standard output: the table that
 * common/symbols reads. For each text symbol, rising: offset from _start, type and name.
 * The size of the output depends on the number and the names of symbols only, so that the second
 * link finds every address where the table of the first one says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sym {
    unsigned long long addr;
    char type;
    char *name;
};

static struct sym *syms;
static size_t nr, room;
static unsigned long long start;

static void add(unsigned long long addr, char type, const char *name)
{
    if (nr == room) {
        room = room ? room * 2 : 4096;
        syms = realloc(syms, room * sizeof(*syms));
        if (!syms) {
            perror("symbols");
            exit(1);
        }
    }
    syms[nr++] = (struct sym){addr, type, strdup(name)};
}

/* Labels of the assembler and bounds of sections are of no help in a backtrace. */
static int wanted(char type, const char *name)
{
    static const char *const bounds[] = {"_start",     "_stext", "_etext", "_sinittext",
                                         "_einittext", "_sinit", "_einit"};

    if (!strchr("tTwW", type) || name[0] == '.')
        return 0;
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
        if (!strcmp(name, bounds[i]))
            return 0;
    }
    return 1;
}

static void read_all(void)
{
    char line[1024], name[512], type;
    unsigned long long addr;

    while (fgets(line, sizeof(line), stdin)) {
        if (sscanf(line, "%llx %c %511s", &addr, &type, name) != 3)
            continue;
        if (!strcmp(name, "_start"))
            start = addr;
        if (wanted(type, name))
            add(addr, type, name);
    }
}

static void write_all(void)
{
    size_t at = 0;

    printf("\t.section .rodata.symbols, \"a\"\n\t.globl symbols_nr, symbols_offset, symbols_name, "
           "symbols_text\n\t.balign 8\nsymbols_nr:\n\t.long %zu\nsymbols_offset:\n",
           nr);
    for (size_t i = 0; i < nr; i++)
        printf("\t.long %#llx\n", syms[i].addr - start);
    printf("symbols_name:\n");
    for (size_t i = 0; i < nr; i++) {
        printf("\t.long %zu\n", at);
        at += strlen(syms[i].name) + 2;
    }
    printf("symbols_text:\n");
    for (size_t i = 0; i < nr; i++)
        printf("\t.asciz \"%c%s\"\n", syms[i].type, syms[i].name);
    printf("\t.section .note.GNU-stack, \"\", @progbits\n");
}

int main(void)
{
    read_all();
    write_all();
    return 0;
}
