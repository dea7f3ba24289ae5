/* SPDX-License-Identifier: MIT */
#include <xen/kernel.h>
#include <xen/lib/sort.h>
#include <xen/lib/string.h>
#include <asm/e820.h>

struct e820_map e820;

static int cmp_addr(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Type at @addr by the entries of @m: the highest number of those that cover it; 0: a hole. */
static uint32_t type_at(const struct e820_map *m, uint64_t addr)
{
    uint32_t type = 0;

    for (unsigned int i = 0; i < m->nr; i++) {
        const struct e820_entry *e = &m->map[i];

        if (addr >= e->addr && addr - e->addr < e->size)
            type = max_t(uint32_t, type, e->type);
    }
    return type;
}

static void append(struct e820_map *m, uint64_t start, uint64_t end, uint32_t type)
{
    struct e820_entry *last = m->nr ? &m->map[m->nr - 1] : NULL;

    if (last && last->type == type && last->addr + last->size == start)
        last->size += end - start;
    else if (m->nr < E820_MAX)
        m->map[m->nr++] = (struct e820_entry){.addr = start, .size = end - start, .type = type};
}

static void drop_bad(struct e820_map *m)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < m->nr; i++) {
        const struct e820_entry *e = &m->map[i];

        if (e->size && e->type && e->addr + e->size > e->addr)
            m->map[n++] = *e;
    }
    m->nr = n;
}

void e820_sanitise(struct e820_map *m)
{
    static uint64_t edge[2 * E820_MAX];
    static struct e820_map out;
    unsigned int n = 0;

    drop_bad(m);
    for (unsigned int i = 0; i < m->nr; i++) {
        edge[n++] = m->map[i].addr;
        edge[n++] = m->map[i].addr + m->map[i].size;
    }
    sort(edge, n, sizeof(edge[0]), cmp_addr);
    out.nr = 0;
    for (unsigned int i = 0; i + 1 < n; i++) {
        uint32_t type;

        if (edge[i] != edge[i + 1] && (type = type_at(m, edge[i])))
            append(&out, edge[i], edge[i + 1], type);
    }
    *m = out;
}

/* Cut the entry that reaches over @at in two there. False: no room. */
static bool split_at(struct e820_map *m, uint64_t at)
{
    for (unsigned int i = 0; i < m->nr; i++) {
        struct e820_entry *e = &m->map[i];

        if (at <= e->addr || at - e->addr >= e->size)
            continue;
        if (m->nr == E820_MAX)
            return false;
        memmove(e + 1, e, (m->nr - i) * sizeof(*e));
        m->nr++;
        e[0].size = at - e[0].addr;
        e[1].size -= at - e[1].addr;
        e[1].addr = at;
        return true;
    }
    return true;
}

bool e820_change(struct e820_map *m, uint64_t start, uint64_t end, uint32_t from, uint32_t to)
{
    if (!split_at(m, start) || !split_at(m, end))
        return false;
    for (unsigned int i = 0; i < m->nr; i++) {
        struct e820_entry *e = &m->map[i];

        if (e->type == from && e->addr >= start && e->addr + e->size <= end)
            e->type = to;
    }
    return true;
}

static const char *type_name(uint32_t type)
{
    static const char *const names[] = {"hole",      "usable",   "reserved",
                                        "ACPI data", "ACPI NVS", "unusable"};

    return type < ARRAY_SIZE(names) ? names[type] : "reserved";
}

void e820_print(const struct e820_map *m, const char *title)
{
    printk("%s RAM map:\n", title);
    for (unsigned int i = 0; i < m->nr; i++)
        printk(" [%016lx, %016lx] (%s)\n", m->map[i].addr, m->map[i].addr + m->map[i].size - 1,
               type_name(m->map[i].type));
}

uint64_t e820_ram_bytes(const struct e820_map *m)
{
    uint64_t bytes = 0;

    for (unsigned int i = 0; i < m->nr; i++) {
        if (m->map[i].type == E820_RAM)
            bytes += m->map[i].size;
    }
    return bytes;
}

uint64_t e820_ram_end(const struct e820_map *m)
{
    uint64_t end = 0;

    for (unsigned int i = 0; i < m->nr; i++) {
        if (m->map[i].type == E820_RAM)
            end = max(end, m->map[i].addr + m->map[i].size);
    }
    return end;
}
