/* SPDX-License-Identifier: MIT */
/* The first vCPU of an HVM or PVH guest: 32-bit protected mode without paging. */
#include "dom.h"

#include <xen/hvm/save.h>

/* Attributes as in segment descriptors, bits 8 to 15 and 20 to 23: SDM vol 3A 3.4.5. */
#define SEG_CODE32 0xc9bu
#define SEG_DATA32 0xc93u
#define SEG_TSS32  0x08bu
#define CR0_PE     0x1u
#define CR0_ET     0x10u
#define MTRR_WB    0x6u
#define MTRR_ON    0x800u

/* The record in @buf of @len bytes, or NULL. */
static const void *record_find(const uint8_t *buf, size_t len, uint16_t type, size_t want)
{
    struct hvm_save_descriptor d;

    for (size_t at = 0; len - at >= sizeof(d);) {
        memcpy(&d, buf + at, sizeof(d));
        at += sizeof(d);
        if (d.length > len - at || d.typecode == HVM_SAVE_CODE(END))
            break;
        if (d.typecode == type && !d.instance)
            return d.length == want ? buf + at : NULL;
        at += d.length;
    }
    return NULL;
}

static size_t record_put(uint8_t *buf, size_t at, uint16_t type, const void *body, size_t len)
{
    struct hvm_save_descriptor d = {.typecode = type, .length = (uint32_t)len};

    memcpy(buf + at, &d, sizeof(d));
    if (len)
        memcpy(buf + at + sizeof(d), body, len);
    return at + sizeof(d) + len;
}

static void cpu_fill(const struct xc_dom_image *dom, HVM_SAVE_TYPE(CPU) * cpu)
{
    memset(cpu, 0, sizeof(*cpu));
    cpu->rip = dom->parms->virt_entry;
    cpu->rbx = dom->start_info_seg.vstart;
    cpu->rflags = 2;
    cpu->cr0 = CR0_PE | CR0_ET;
    cpu->dr6 = 0xffff0ff0;
    cpu->dr7 = 0x400;
    cpu->cs_limit = cpu->ds_limit = cpu->es_limit = cpu->ss_limit = 0xffffffff;
    cpu->cs_arbytes = SEG_CODE32;
    cpu->ds_arbytes = cpu->es_arbytes = cpu->ss_arbytes = SEG_DATA32;
    cpu->tr_limit = 0x67;
    cpu->tr_arbytes = SEG_TSS32;
}

/* All that the hypervisor has for a new guest; *@len is its size. */
static uint8_t *context_get(struct xc_dom_image *dom, size_t *len)
{
    int size = xc_domain_hvm_getcontext(dom->xch, dom->guest_domid, NULL, 0);
    uint8_t *buf = size > 0 ? calloc(1, (size_t)size) : NULL;

    if (buf)
        size = xc_domain_hvm_getcontext(dom->xch, dom->guest_domid, buf, (uint32_t)size);
    if (!buf || size < 0) {
        dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot get the state of the new vCPU");
        free(buf);
        return NULL;
    }
    *len = (size_t)size;
    return buf;
}

/* Without firmware nobody else makes memory cacheable. */
static size_t mtrr_put(uint8_t *out, size_t at, const uint8_t *old, size_t len)
{
    const HVM_SAVE_TYPE(MTRR) *was =
        (const void *)record_find(old, len, HVM_SAVE_CODE(MTRR), HVM_SAVE_LENGTH(MTRR));
    HVM_SAVE_TYPE(MTRR) mtrr;

    if (!was)
        return at;
    memcpy(&mtrr, was, sizeof(mtrr));
    mtrr.msr_mtrr_def_type = MTRR_WB | MTRR_ON;
    return record_put(out, at, HVM_SAVE_CODE(MTRR), &mtrr, sizeof(mtrr));
}

static int context_set(struct xc_dom_image *dom, const uint8_t *old, size_t len)
{
    const void *header = record_find(old, len, HVM_SAVE_CODE(HEADER), HVM_SAVE_LENGTH(HEADER));
    uint8_t out[4 * sizeof(struct hvm_save_descriptor) + HVM_SAVE_LENGTH(HEADER) +
                HVM_SAVE_LENGTH(CPU) + HVM_SAVE_LENGTH(MTRR)];
    HVM_SAVE_TYPE(CPU) cpu;
    size_t at;

    if (!header)
        return dom_fail(dom, XC_INTERNAL_ERROR, EINVAL, "the new vCPU's state has no header");
    cpu_fill(dom, &cpu);
    at = record_put(out, 0, HVM_SAVE_CODE(HEADER), header, HVM_SAVE_LENGTH(HEADER));
    at = record_put(out, at, HVM_SAVE_CODE(CPU), &cpu, sizeof(cpu));
    if (!dom->device_model)
        at = mtrr_put(out, at, old, len);
    at = record_put(out, at, HVM_SAVE_CODE(END), NULL, 0);
    if (xc_domain_hvm_setcontext(dom->xch, dom->guest_domid, out, (uint32_t)at))
        return dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot set the first vCPU");
    return 0;
}

int dom_hvm_vcpu(struct xc_dom_image *dom)
{
    size_t len = 0;
    uint8_t *old = context_get(dom, &len);
    int rc = -1;

    if (old)
        rc = context_set(dom, old, len);
    free(old);
    return rc;
}

struct xc_dom_arch dom_arch_hvm = {
    .guest_type = "hvm-3.0-x86_32",
    .native_protocol = "x86_32-abi",
    .page_shift = XC_PAGE_SHIFT,
    .sizeof_pfn = 4,
    .alloc_magic_pages = dom_hvm_special_pages,
    .start_info = dom_hvm_start_info,
    .vcpu = dom_hvm_vcpu,
    .meminit = dom_hvm_meminit,
};
