/* SPDX-License-Identifier: MIT */
/* What stands behind %ps, %pv and %pd in formats. */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/lib/printf.h>
#include <xen/symbols.h>

static const char *domain_text(char *buf, const struct domain *d)
{
    static const struct {
        domid_t id;
        const char *name;
    } special[] = {
        {DOMID_IDLE, "d[IDLE]"}, {DOMID_IO, "d[IO]"}, {DOMID_XEN, "d[XEN]"}, {DOMID_COW, "d[COW]"}};

    if (!d)
        return "d[NULL]";
    for (unsigned int i = 0; i < ARRAY_SIZE(special); i++) {
        if (d->domain_id == special[i].id)
            return special[i].name;
    }
    snprintf(buf, POINTER_EXT_SIZE, "d%u", d->domain_id);
    return buf;
}

static const char *vcpu_text(char *buf, const struct vcpu *v)
{
    char dom[POINTER_EXT_SIZE];

    if (!v)
        return "d[NULL]v?";
    snprintf(buf, POINTER_EXT_SIZE, "%.32sv%u", domain_text(dom, v->domain), v->vcpu_id);
    return buf;
}

static const char *symbol_text(char *buf, unsigned long addr)
{
    unsigned long offset, size;
    const char *name = symbols_lookup(addr, &offset, &size);

    if (!name)
        snprintf(buf, POINTER_EXT_SIZE, "%016lx", addr);
    else
        snprintf(buf, POINTER_EXT_SIZE, "%.40s+%#lx/%#lx", name, offset, size);
    return buf;
}

const char *pointer_ext(char buf[POINTER_EXT_SIZE], char kind, const void *ptr)
{
    switch (kind) {
    case 's':
        return symbol_text(buf, (unsigned long)ptr);
    case 'v':
        return vcpu_text(buf, ptr);
    case 'd':
        return domain_text(buf, ptr);
    }
    return NULL;
}
