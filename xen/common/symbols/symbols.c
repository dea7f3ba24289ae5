/* SPDX-License-Identifier: MIT */
#include <xen/kernel.h>
#include <xen/symbols.h>

/* Written by xen/tools/symbols. Text of a symbol: one character of type, then the name. */
extern const uint32_t symbols_nr, symbols_offset[], symbols_name[];
extern const char symbols_text[];
extern char _start[], _stext[], _etext[], _sinittext[], _einittext[];

static bool is_text(unsigned long addr)
{
    return (addr >= (unsigned long)_stext && addr < (unsigned long)_etext) ||
           (addr >= (unsigned long)_sinittext && addr < (unsigned long)_einittext);
}

/* Index of the last symbol at or below @offset; symbols_nr where there is none. */
static uint32_t find_index(uint32_t offset)
{
    uint32_t lo = 0, hi = symbols_nr;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (symbols_offset[mid] <= offset)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo ? lo - 1 : symbols_nr;
}

static uint32_t end_of(uint32_t idx)
{
    for (uint32_t i = idx + 1; i < symbols_nr; i++) {
        if (symbols_offset[i] != symbols_offset[idx])
            return symbols_offset[i];
    }
    return (uint32_t)(_einittext - _start);
}

const char *symbols_lookup(unsigned long addr, unsigned long *offset, unsigned long *size)
{
    uint32_t at = (uint32_t)(addr - (unsigned long)_start);
    uint32_t idx;

    if (!is_text(addr) || (idx = find_index(at)) == symbols_nr)
        return NULL;
    if (offset)
        *offset = at - symbols_offset[idx];
    if (size)
        *size = end_of(idx) - symbols_offset[idx];
    return symbols_text + symbols_name[idx] + 1;
}

int symbols_get(unsigned int idx, unsigned long *addr, const char **name, char *type)
{
    if (idx >= symbols_nr)
        return -ERANGE;
    *addr = (unsigned long)_start + symbols_offset[idx];
    *name = symbols_text + symbols_name[idx] + 1;
    *type = symbols_text[symbols_name[idx]];
    return 0;
}
