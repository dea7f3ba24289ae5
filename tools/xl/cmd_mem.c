/* SPDX-License-Identifier: MIT */
#include <getopt.h>

#include "xl.h"

static int64_t kb_or_exit(const char *s)
{
    int64_t kb = parse_mem_kb(s);

    if (kb >= 0)
        return kb;
    fprintf(stderr, "invalid memory size: %s\n", s);
    exit(EXIT_BAD);
}

int main_mem_set(int argc, char **argv)
{
    uint32_t domid;
    int64_t kb;

    no_options(argc, argv, "mem-set", 2);
    domid = find_domain(argv[optind]);
    kb = kb_or_exit(argv[optind + 1]);
    if (!libxl_set_memory_target(ctx, domid, kb, 0, 1))
        return EXIT_OK;
    fprintf(stderr, "cannot set domid %u dynamic max memory to : %s\n", domid, argv[optind + 1]);
    return EXIT_BAD;
}

int main_mem_max(int argc, char **argv)
{
    uint32_t domid;
    int64_t kb;

    no_options(argc, argv, "mem-max", 2);
    domid = find_domain(argv[optind]);
    kb = kb_or_exit(argv[optind + 1]);
    if (!libxl_domain_setmaxmem(ctx, domid, (uint64_t)kb))
        return EXIT_OK;
    fprintf(stderr, "cannot set domid %u static max memory to : %s\n", domid, argv[optind + 1]);
    return EXIT_BAD;
}
