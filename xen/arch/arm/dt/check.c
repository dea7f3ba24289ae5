/* SPDX-License-Identifier: MIT */
/*
 * Is it a tree at all? Every length in it is tested here, once, before libfdt sees it: the
 * library's own check adds lengths without a look at overflow (seen with 1.6.1).
 */
#include <asm/dt.h>
#include <libfdt.h>
#include <xen/kernel.h>

/* A stretch of the tree: what is left of it. */
struct block {
    const char *at;
    size_t left;
};

static bool block_of(const void *fdt, size_t total, uint32_t offset, uint32_t size,
                     struct block *out)
{
    if (offset > total || size > total - offset)
        return false;
    *out = (struct block){(const char *)fdt + offset, size};
    return true;
}

static bool skip(struct block *b, size_t len)
{
    if (len > b->left)
        return false;
    b->at += len;
    b->left -= len;
    return true;
}

static bool take_u32(struct block *b, uint32_t *out)
{
    const char *at = b->at;

    if (!skip(b, sizeof(*out)))
        return false;
    memcpy(out, at, sizeof(*out));
    *out = fdt32_to_cpu(*out);
    return true;
}

static bool skip_padded(struct block *b, size_t len)
{
    return len <= b->left && skip(b, min(ROUNDUP(len, sizeof(uint32_t)), b->left));
}

static bool check_reservations(const void *fdt, size_t total)
{
    struct block b;
    uint64_t entry[2];

    if (!block_of(fdt, total, fdt_off_mem_rsvmap(fdt), 0, &b) ||
        fdt_off_mem_rsvmap(fdt) % sizeof(uint64_t))
        return false;
    b.left = total - fdt_off_mem_rsvmap(fdt);
    do {
        const char *at = b.at;

        if (!skip(&b, sizeof(entry)))
            return false;
        memcpy(entry, at, sizeof(entry));
    } while (entry[0] || entry[1]);
    return true;
}

static bool check_property(struct block *b, const struct block *strings)
{
    uint32_t len, name;

    return take_u32(b, &len) && take_u32(b, &name) && name < strings->left &&
           memchr(strings->at + name, '\0', strings->left - name) && len <= DT_MAX_SIZE &&
           skip_padded(b, len);
}

static bool check_name(struct block *b)
{
    const char *end = memchr(b->at, '\0', b->left);

    return end && skip_padded(b, (size_t)(end - b->at) + 1);
}

/* Nodes nest, there is one root, and properties come before child nodes. */
static bool check_structure(struct block b, const struct block *strings)
{
    unsigned int depth = 0;
    bool props_allowed = false, had_root = false;
    uint32_t tag;

    while (take_u32(&b, &tag)) {
        switch (tag) {
        case FDT_NOP:
            break;
        case FDT_BEGIN_NODE:
            if (!check_name(&b) || (!depth && had_root))
                return false;
            depth++;
            had_root = props_allowed = true;
            break;
        case FDT_END_NODE:
            if (!depth--)
                return false;
            props_allowed = false;
            break;
        case FDT_PROP:
            if (!props_allowed || !check_property(&b, strings))
                return false;
            break;
        case FDT_END:
            return had_root && !depth;
        default:
            return false;
        }
    }
    return false;
}

int dt_check(const void *fdt, size_t limit)
{
    struct block structure, strings;
    size_t total;

    if ((uintptr_t)fdt % sizeof(uint64_t) || limit < sizeof(struct fdt_header) ||
        fdt_magic(fdt) != FDT_MAGIC || fdt_version(fdt) < 17 || fdt_last_comp_version(fdt) > 17)
        return -EINVAL;
    total = fdt_totalsize(fdt);
    if (total > limit || total > DT_MAX_SIZE || fdt_off_dt_struct(fdt) % sizeof(uint32_t) ||
        !block_of(fdt, total, fdt_off_dt_struct(fdt), fdt_size_dt_struct(fdt), &structure) ||
        !block_of(fdt, total, fdt_off_dt_strings(fdt), fdt_size_dt_strings(fdt), &strings) ||
        !check_reservations(fdt, total) || !check_structure(structure, &strings))
        return -EINVAL;
    return fdt_check_header(fdt) ? -EINVAL : 0;
}
