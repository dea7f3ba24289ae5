/* SPDX-License-Identifier: MIT */
#include "arm/partial.h"

#include <libfdt.h>

#define PASSTHROUGH "/passthrough"

int arm_partial_check(const void *blob, size_t size)
{
    int e = fdt_check_full(blob, size);

    if (e)
        return e;
    e = fdt_path_offset(blob, PASSTHROUGH);
    return e < 0 ? e : 0;
}

static int copy_tag(const void *from, int at, uint32_t tag, void *to, unsigned int *depth)
{
    const char *name;
    const void *value;
    int len;

    switch (tag) {
    case FDT_BEGIN_NODE:
        name = fdt_get_name(from, at, &len);
        ++*depth;
        return name ? fdt_begin_node(to, name) : len;
    case FDT_END_NODE:
        --*depth;
        return fdt_end_node(to);
    case FDT_PROP:
        value = fdt_getprop_by_offset(from, at, &name, &len);
        return value ? fdt_property(to, name, value, len) : len;
    default:
        return tag == FDT_NOP ? 0 : -FDT_ERR_BADSTRUCTURE;
    }
}

/* The node at @at with all that is below it, of whatever depth. */
static int copy_node(const void *from, int at, void *to)
{
    unsigned int depth = 0;
    int e, next;

    do {
        e = copy_tag(from, at, fdt_next_tag(from, at, &next), to, &depth);
        at = next;
    } while (!e && depth);
    return e;
}

int arm_partial_copy(const void *blob, void *to)
{
    int at = fdt_path_offset(blob, PASSTHROUGH), e = at;

    if (at >= 0)
        e = copy_node(blob, at, to);
    if (e)
        return e;
    at = fdt_path_offset(blob, "/aliases");
    if (at == -FDT_ERR_NOTFOUND)
        return 0;
    return at < 0 ? at : copy_node(blob, at, to);
}
