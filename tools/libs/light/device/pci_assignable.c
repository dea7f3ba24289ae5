/* SPDX-License-Identifier: MIT */
/* PCI devices of the host that no driver of it holds, so that guests can have them. */
#include <dirent.h>
#include <stdio.h>

#include "core/store.h"

#define PCIBACK_DIR "/sys/bus/pci/drivers/pciback"

/* "0000:00:1f.2" */
static bool parse_bdf(const char *s, libxl_device_pci *pci)
{
    unsigned int dom, bus, dev, func;
    int used = 0;

    if (sscanf(s, "%x:%x:%x.%x%n", &dom, &bus, &dev, &func, &used) != 4 || s[used] || dev > 31 ||
        func > 7 || bus > 255)
        return false;
    pci->domain = (int)dom;
    pci->bus = (uint8_t)bus;
    pci->dev = (uint8_t)dev;
    pci->func = (uint8_t)func;
    return true;
}

static char *name_of(struct scope *sc, const libxl_device_pci *pci)
{
    return store_readf(sc, XBT_NULL, "/libxl/pciback/%04x-%02x-%02x-%x/name",
                       (unsigned int)pci->domain, pci->bus, pci->dev, pci->func);
}

libxl_device_pci *libxl_device_pci_assignable_list(libxl_ctx *ctx, int *num)
{
    libxl_device_pci *list = NULL, pci;
    DIR *d = opendir(PCIBACK_DIR);
    struct dirent *e;
    int n = 0;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    if (!d)
        LOG_ERROR(sc, "the kernel's pciback driver is not loaded");
    while (d && (e = readdir(d))) {
        char *name;

        libxl_device_pci_init(&pci);
        if (!parse_bdf(e->d_name, &pci))
            continue;
        name = name_of(sc, &pci);
        pci.name = name ? xstrdup(name) : NULL;
        list = xrealloc(list, (size_t)(n + 1) * sizeof(*list));
        list[n++] = pci;
    }
    if (d)
        closedir(d);
    *num = n;
    API_LEAVE;
    return list;
}

void libxl_device_pci_assignable_list_free(libxl_device_pci *list, int num)
{
    for (int i = 0; i < num; i++)
        libxl_device_pci_dispose(&list[i]);
    free(list);
}
