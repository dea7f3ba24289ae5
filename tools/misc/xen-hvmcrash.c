/* SPDX-License-Identifier: MIT */
/* xen-hvmcrash DOMID: crashes an HVM guest, whose vCPUs all go on where there is no code. */
#include <stddef.h>

#include "hvmrecord.h"

#define NOWHERE 0xf001

/* Sets the instruction pointer of each vCPU in the record. */
static int misdirect(const struct hvm_record *r)
{
    static const uint64_t nowhere = NOWHERE;
    struct hvm_save_descriptor desc;
    uint32_t at = 0;
    uint64_t rip;

    for (;;) {
        uint8_t *contents = record_next(r, &at, &desc);

        if (!contents) {
            fputs("xen-hvmcrash: the guest's state is cut off\n", stderr);
            return 1;
        }
        if (desc.typecode == HVM_SAVE_CODE(END))
            return 0;
        if (desc.typecode != HVM_SAVE_CODE(CPU) ||
            desc.length < offsetof(struct hvm_hw_cpu, rflags))
            continue;
        contents += offsetof(struct hvm_hw_cpu, rip);
        memcpy(&rip, contents, sizeof(rip));
        printf("CPU[%u]: RIP = %lx\n", desc.instance, (unsigned long)rip);
        memcpy(contents, &nowhere, sizeof(nowhere));
    }
}

static int crash(xc_interface *xch, uint32_t domid)
{
    struct hvm_record record;
    xc_dominfo_t info;
    int status, nr = xc_domain_getinfo(xch, domid, 1, &info);

    if (nr < 0)
        return failed("xen-hvmcrash", "the domain");
    if (nr != 1 || info.domid != domid || !info.hvm) {
        fprintf(stderr, "domain %u is not HVM\n", domid);
        return 1;
    }
    if (xc_domain_pause(xch, domid) < 0)
        return failed("xen-hvmcrash", "pause");
    status = record_get(xch, domid, "xen-hvmcrash", &record);
    if (!status) {
        status = misdirect(&record);
        if (!status && xc_domain_hvm_setcontext(xch, domid, record.data, record.size) < 0)
            status = failed("xen-hvmcrash", "the guest's new state");
        free(record.data);
    }
    if (xc_domain_unpause(xch, domid) < 0)
        status = failed("xen-hvmcrash", "unpause");
    return status;
}

int main(int argc, char **argv)
{
    unsigned long domid;
    xc_interface *xch;
    int status;

    if (argc != 2 || !parse_number(argv[1], DOMID_FIRST_RESERVED - 1, &domid)) {
        fputs("usage: xen-hvmcrash DOMID\n", stderr);
        return 1;
    }
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("xen-hvmcrash", "the hypervisor");
    status = crash(xch, (uint32_t)domid);
    xc_interface_close(xch);
    return status;
}
