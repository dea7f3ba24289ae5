/* SPDX-License-Identifier: MIT */
/*
 * xc_exchange_page(): exchange DOMID NR. Frames of a paused guest are exchanged until NR have been;
 * each must have its contents afterwards. What cannot be exchanged is refused. Exit status 0: all
 * is as it should be.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define XC_WANT_COMPAT_MAP_FOREIGN_API
#include <xenctrl.h>
#include <xenguest.h>

#define PAGE 4096u

static xc_interface *xch;
static uint32_t domid;
static struct xc_domain_meminfo info;

static _Noreturn void stop(const char *what)
{
    printf("exchange: %s (errno %d: %s)\n", what, errno, strerror(errno));
    xc_domain_unpause(xch, domid);
    exit(1);
}

static void read_page(xen_pfn_t mfn, void *to)
{
    void *p = xc_map_foreign_range(xch, domid, PAGE, PROT_READ, mfn);

    if (!p)
        stop("mapping a frame");
    memcpy(to, p, PAGE);
    munmap(p, PAGE);
}

static void refused(xen_pfn_t mfn, int with, const char *what)
{
    if (!xc_exchange_page(xch, domid, mfn) || errno != with)
        stop(what);
}

static unsigned int type_of(unsigned long pfn)
{
    return (unsigned int)(info.pfn_type[pfn] >> XEN_DOMCTL_PFINFO_LTAB_SHIFT);
}

static void find_and_refuse_table(void)
{
    for (unsigned long pfn = 0; pfn < info.p2m_size; pfn++) {
        if (type_of(pfn) >= 1 && type_of(pfn) <= 12) {
            refused(info.p2m_table[pfn], EINVAL, "a page table is exchanged");
            return;
        }
    }
    stop("there is no page table");
}

/* False: it is in use elsewhere, and as before. */
static bool exchange(unsigned long pfn)
{
    static unsigned char before[PAGE], after[PAGE];
    volatile xen_pfn_t *mfn = &info.p2m_table[pfn];
    xen_pfn_t old = *mfn;
    bool done;

    read_page(old, before);
    done = !xc_exchange_page(xch, domid, old);
    if (done == (*mfn == old))
        stop(done ? "the guest's list has the old frame" : "a refused frame is not the same");
    read_page(*mfn, after);
    if (memcmp(before, after, PAGE))
        stop("the contents are lost");
    return done;
}

int main(int argc, char **argv)
{
    unsigned int wanted, done = 0, busy = 0;
    unsigned long step;

    setlinebuf(stdout);
    if (argc != 3)
        return 2;
    xch = xc_interface_open(NULL, NULL, 0);
    domid = (uint32_t)atoi(argv[1]);
    wanted = (unsigned int)atoi(argv[2]);
    if (!xch || xc_map_domain_meminfo(xch, domid, &info))
        stop("the guest's memory");
    refused(info.p2m_table[0], EBUSY, "a running guest's frame is exchanged");
    if (xc_domain_pause(xch, domid))
        stop("pausing it");
    xc_unmap_domain_meminfo(xch, &info);
    if (xc_map_domain_meminfo(xch, domid, &info))
        stop("the guest's memory");
    refused(~0ul >> 12, EINVAL, "a frame that is not there is exchanged");
    find_and_refuse_table();
    step = info.p2m_size / (wanted * 2) + 1;
    for (unsigned long pfn = step / 2; pfn < info.p2m_size && done < wanted; pfn += step) {
        if (type_of(pfn))
            continue;
        if (exchange(pfn))
            done++;
        else
            busy++;
    }
    xc_unmap_domain_meminfo(xch, &info);
    if (xc_domain_unpause(xch, domid))
        stop("unpausing it");
    printf("exchanged %u frames, %u were refused\n", done, busy);
    return done < wanted;
}
