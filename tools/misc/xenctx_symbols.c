/* SPDX-License-Identifier: MIT */
/* The symbols of a guest's kernel: lines of address, kind and name, as in Linux' System.map. */
#include <ctype.h>
#include <inttypes.h>

#include "misc.h"
#include "xenctx.h"

struct symbol {
    uint64_t address;
    char *name;
};

static struct symbol *symbols;
static size_t nr, room;
static uint64_t text[2], init_text[2]; /* from and to; 0: not known */

static int add(uint64_t address, const char *name)
{
    if (nr == room) {
        size_t more = room ? 2 * room : 1024;
        struct symbol *grown = realloc(symbols, more * sizeof(*grown));

        if (!grown)
            return -1;
        symbols = grown;
        room = more;
    }
    symbols[nr].address = address;
    symbols[nr].name = strdup(name);
    return symbols[nr++].name ? 0 : -1;
}

static int by_address(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;

    return x->address < y->address ? -1 : x->address > y->address;
}

static void note_bound(uint64_t address, const char *name)
{
    static const struct {
        const char *name;
        uint64_t *bound;
    } bounds[] = {
        {"_stext", &text[0]},
        {"_etext", &text[1]},
        {"_sinittext", &init_text[0]},
        {"_einittext", &init_text[1]},
    };

    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
        if (!strcmp(name, bounds[i].name))
            *bounds[i].bound = address;
}

int symbols_read(const char *path)
{
    FILE *f = fopen(path, "r");
    char line[512], name[256], kind;
    uint64_t address;

    if (!f) {
        fprintf(stderr, "failed to open symbol table %s\n", path);
        return 1;
    }
    while (fgets(line, sizeof(line), f)) {
        if (sscanf(line, "%" SCNx64 " %c %255s", &address, &kind, name) != 3)
            continue;
        note_bound(address, name);
        if (tolower((unsigned char)kind) != 'a' && add(address, name)) {
            fclose(f);
            return failed("xenctx", "memory");
        }
    }
    fclose(f);
    qsort(symbols, nr, sizeof(*symbols), by_address);
    return 0;
}

bool symbols_known(void)
{
    return nr > 0;
}

void symbol_print(uint64_t address, const struct ctx_options *o)
{
    size_t from = 0, to = nr;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (symbols[middle].address <= address)
            from = middle + 1;
        else
            to = middle;
    }
    if (address < o->kernel_start || !from)
        return;
    if (symbols[from - 1].address == address)
        printf(" %s", symbols[from - 1].name);
    else
        printf(" %s+%#" PRIx64, symbols[from - 1].name, address - symbols[from - 1].address);
}

bool symbol_is_code(uint64_t address, const struct ctx_options *o)
{
    if (!text[1])
        return address > o->kernel_start;
    return (address >= text[0] && address <= text[1]) ||
           (init_text[1] && address >= init_text[0] && address <= init_text[1]);
}
