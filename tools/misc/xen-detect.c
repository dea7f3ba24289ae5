/* SPDX-License-Identifier: MIT */
/*
 * xen-detect [-q] [-P|-H|-N]: says whether the system below is Xen, and what kind of guest this is.
 * The kernel tells; one that does not leaves the CPU's word (public/arch-x86/cpuid.h).
 */
#include <getopt.h>
#include <setjmp.h>
#include <signal.h>

#include "misc.h"

#ifndef SYS_HYPERVISOR
#define SYS_HYPERVISOR "/sys/hypervisor"
#endif

struct found {
    char type[8]; /* PV, HVM or PVH; empty: not Xen */
    unsigned long major, minor;
};

/* One line without its end. */
static bool read_file(const char *path, char *text, int size)
{
    FILE *f = fopen(path, "re");
    bool good = f && fgets(text, size, f);

    if (f)
        fclose(f);
    if (good)
        text[strcspn(text, "\n")] = 0;
    return good;
}

static bool ask_kernel(struct found *found)
{
    char kind[8], major[16], minor[16];

    return read_file(SYS_HYPERVISOR "/type", kind, sizeof(kind)) && !strcmp(kind, "xen") &&
           read_file(SYS_HYPERVISOR "/guest_type", found->type, sizeof(found->type)) &&
           read_file(SYS_HYPERVISOR "/version/major", major, sizeof(major)) &&
           read_file(SYS_HYPERVISOR "/version/minor", minor, sizeof(minor)) &&
           parse_number(major, UINT16_MAX, &found->major) &&
           parse_number(minor, UINT16_MAX, &found->minor);
}

#if defined(__x86_64__) || defined(__i386__)
struct leaf {
    uint32_t a, b, c, d;
};

static sigjmp_buf no_instruction;

static void on_sigill(int number)
{
    (void)number;
    siglongjmp(no_instruction, 1);
}

/* A PV guest's CPUID is the machine's own, but for this prefix. */
static struct leaf cpuid(uint32_t number, bool pv)
{
    struct leaf l = {.a = number};

    if (pv)
        asm volatile(".byte 0x0f, 0x0b, 0x78, 0x65, 0x6e; cpuid"
                     : "+a"(l.a), "=b"(l.b), "+c"(l.c), "=d"(l.d));
    else
        asm volatile("cpuid" : "+a"(l.a), "=b"(l.b), "+c"(l.c), "=d"(l.d));
    return l;
}

/* The hypervisor's leaves begin at a multiple of 0x100, after those of other interfaces. */
static bool find_leaves(struct found *found, bool pv)
{
    for (uint32_t base = 0x40000000; base < 0x40010000; base += 0x100) {
        struct leaf l = cpuid(base, pv);

        if (memcmp(&l.b, "XenVMMXenVMM", 12) || l.a < base + 1)
            continue;
        l = cpuid(base + 1, pv);
        found->major = l.a >> 16;
        found->minor = l.a & 0xffff;
        strcpy(found->type, pv ? "PV" : "HVM");
        return true;
    }
    return false;
}

static bool ask_cpu(struct found *found)
{
    bool pv = false;

    if (find_leaves(found, false))
        return true;
    signal(SIGILL, on_sigill);
    if (!sigsetjmp(no_instruction, 1))
        pv = find_leaves(found, true);
    signal(SIGILL, SIG_DFL);
    return pv;
}
#else
static bool ask_cpu(struct found *found)
{
    (void)found;
    return false;
}
#endif

static int usage(int status)
{
    fputs(
        "usage: xen-detect [-q|--quiet] [-P|--pv] [-H|--hvm] [-N|--none]\n"
        "The exit status is 1 unless this is what is asked for: a PV guest, an HVM or PVH guest,\n"
        "not Xen.\n",
        status ? stderr : stdout);
    return status;
}

/* Is @found what the letter asks for? */
static bool is_wanted(int wanted, const char *type)
{
    switch (wanted) {
    case 'P':
        return !strcmp(type, "PV");
    case 'H':
        return *type && strcmp(type, "PV");
    case 'N':
        return !*type;
    default:
        return true;
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"help", 0, NULL, 'h'}, {"quiet", 0, NULL, 'q'}, {"pv", 0, NULL, 'P'},
        {"hvm", 0, NULL, 'H'},  {"none", 0, NULL, 'N'},  {0},
    };
    struct found found = {0};
    bool quiet = false;
    int wanted = 0, c;

    while ((c = getopt_long(argc, argv, "hqPHN", options, NULL)) != -1) {
        if (c == 'h' || c == '?')
            return usage(c == '?');
        if (c == 'q')
            quiet = true;
        else
            wanted = c;
    }
    if (!ask_kernel(&found)) {
        found.type[0] = 0;
        ask_cpu(&found);
    }
    if (!quiet && !found.type[0])
        puts("Not running on Xen.");
    else if (!quiet)
        printf("Running in %s context on Xen V%lu.%lu.\n", found.type, found.major, found.minor);
    return is_wanted(wanted, found.type) ? 0 : 1;
}
