/* SPDX-License-Identifier: MIT */
/*
 * Parses kernels without a hypervisor: domparse [-n ROUNDS] FILE...
 * Prints what libxenguest finds in each, and with -n parses damaged copies of the head of it too,
 * which must fail or succeed but not crash (build with sanitizers). Status 0 if all FILEs parse.
 */
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>

#include <xenguest.h>

#define HEAD 4096u

static int parse(xc_interface *xch, const void *mem, size_t size, bool show)
{
    struct xc_dom_image *dom = xc_dom_allocate(xch, NULL, NULL);
    int rc;

    if (!dom)
        return -1;
    rc = xc_dom_kernel_mem(dom, mem, size) || xc_dom_parse_image(dom);
    if (!rc && show)
        printf("os \"%s\", base %#lx, entry %#lx, hypercall page %#lx, kernel %#lx to %#lx\n",
               xc_dom_guest_os(dom), (unsigned long)xc_dom_virt_base(dom),
               (unsigned long)xc_dom_virt_entry(dom), (unsigned long)xc_dom_virt_hypercall(dom),
               (unsigned long)dom->kernel_seg.vstart, (unsigned long)dom->kernel_seg.vend);
    xc_dom_release(dom);
    return rc;
}

static void damage(xc_interface *xch, const char *mem, size_t size, unsigned int rounds)
{
    size_t len = size < 64 * HEAD ? size : 64 * HEAD;
    char *copy = malloc(len);

    for (unsigned int i = 0; copy && i < rounds; i++) {
        memcpy(copy, mem, len);
        for (unsigned int j = 0; j < 1 + i % 8; j++)
            copy[(unsigned int)random() % (len < HEAD ? len : HEAD)] = (char)random();
        parse(xch, copy, len, false);
    }
    free(copy);
}

static char *slurp(const char *name, size_t *size)
{
    FILE *f = fopen(name, "rb");
    char *mem = NULL;

    if (!f)
        return NULL;
    if (!fseek(f, 0, SEEK_END)) {
        *size = (size_t)ftell(f);
        rewind(f);
        mem = malloc(*size);
        if (mem && fread(mem, 1, *size, f) != *size) {
            free(mem);
            mem = NULL;
        }
    }
    fclose(f);
    return mem;
}

int main(int argc, char **argv)
{
    xentoollog_logger_stdiostream *quiet = xtl_createlogger_stdiostream(stderr, XTL_CRITICAL, 0);
    xentoollog_logger_stdiostream *loud = xtl_createlogger_stdiostream(stderr, XTL_ERROR, 0);
    xc_interface *xch = xc_interface_open((xentoollog_logger *)loud, NULL, XC_OPENFLAG_DUMMY);
    xc_interface *hush = xc_interface_open((xentoollog_logger *)quiet, NULL, XC_OPENFLAG_DUMMY);
    unsigned int rounds = 0;
    int failed = 0, c;

    while ((c = getopt(argc, argv, "n:")) != -1)
        rounds = c == 'n' ? (unsigned int)atoi(optarg) : 0;
    for (int i = optind; i < argc; i++) {
        size_t size = 0;
        char *mem = slurp(argv[i], &size);

        printf("%s: ", argv[i]);
        fflush(stdout);
        if (!mem || parse(xch, mem, size, true)) {
            printf("FAILED\n");
            failed = 1;
        }
        if (mem)
            damage(hush, mem, size, rounds);
        free(mem);
    }
    xc_interface_close(hush);
    xc_interface_close(xch);
    xtl_logger_destroy((xentoollog_logger *)quiet);
    xtl_logger_destroy((xentoollog_logger *)loud);
    return failed;
}
