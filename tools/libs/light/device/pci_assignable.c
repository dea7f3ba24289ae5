/* SPDX-License-Identifier: MIT */
/* PCI devices of the host that pciback holds, so that guests can have them:
 * xl-pci-configuration(5). */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "device/pci.h"

#define PCIBACK_DIR SYSFS_PCI "/drivers/pciback"
#define DEVICES_DIR SYSFS_PCI "/devices"

/* "0000:00:1f.2" */
bool pci_parse_bdf(const char *s, libxl_device_pci *pci)
{
    unsigned int dom, bus, dev, func;
    int used = 0;

    if (sscanf(s, "%x:%x:%x.%x%n", &dom, &bus, &dev, &func, &used) != 4 || s[used] || dev > 31 ||
        func > 7 || bus > 255 || dom > 0xffff)
        return false;
    pci->domain = (int)dom;
    pci->bus = (uint8_t)bus;
    pci->dev = (uint8_t)dev;
    pci->func = (uint8_t)func;
    return true;
}

/* What is remembered of an assignable device: its name, and the driver that it had. */
static char *record(struct scope *sc, const libxl_device_pci *pci, const char *key)
{
    return scope_printf(sc, "/libxl/pci/%04x-%02x-%02x-%x/%s", PCI_BDF(pci), key);
}

static char *name_of(struct scope *sc, const libxl_device_pci *pci)
{
    return store_read(sc, XBT_NULL, record(sc, pci, "name"));
}

/* Writes @pci's address to a file of sysfs. */
static int sysfs_write(struct scope *sc, const char *path, const libxl_device_pci *pci)
{
    char *bdf = scope_printf(sc, PCI_BDF_FMT, PCI_BDF(pci));
    int fd = open(path, O_WRONLY | O_CLOEXEC), rc = 0;

    if (fd < 0 || write(fd, bdf, strlen(bdf)) != (ssize_t)strlen(bdf)) {
        LOG_ERRNO(sc, "cannot write %s to %s", bdf, path);
        rc = ERROR_FAIL;
    }
    if (fd >= 0)
        close(fd);
    return rc;
}

int pciback_write(struct scope *sc, const char *attribute, const libxl_device_pci *pci)
{
    return sysfs_write(sc, scope_printf(sc, PCIBACK_DIR "/%s", attribute), pci);
}

bool pci_is_assignable(struct scope *sc, const libxl_device_pci *pci)
{
    return !access(scope_printf(sc, PCIBACK_DIR "/" PCI_BDF_FMT, PCI_BDF(pci)), F_OK);
}

/* The driver that has it, as a path; NULL if there is none. */
static char *driver_of(struct scope *sc, const libxl_device_pci *pci)
{
    char *link = scope_printf(sc, DEVICES_DIR "/" PCI_BDF_FMT "/driver", PCI_BDF(pci));
    char *path = realpath(link, NULL);

    return path ? scope_adopt(sc, path) : NULL;
}

static int check_present(struct scope *sc, const libxl_device_pci *pci)
{
    if (!access(scope_printf(sc, DEVICES_DIR "/" PCI_BDF_FMT, PCI_BDF(pci)), F_OK))
        return 0;
    LOG_ERROR(sc, "there is no PCI device " PCI_BDF_FMT, PCI_BDF(pci));
    return ERROR_INVAL;
}

static int check_pciback(struct scope *sc)
{
    if (!access(PCIBACK_DIR, F_OK))
        return 0;
    LOG_ERROR(sc, "the kernel's pciback driver is not loaded");
    return ERROR_FAIL;
}

static int find_by_name(struct scope *sc, libxl_device_pci *pci)
{
    unsigned int nr;
    char **dirs = store_list(sc, XBT_NULL, "/libxl/pci", &nr);

    for (unsigned int i = 0; i < nr; i++) {
        char *name = store_readf(sc, XBT_NULL, "/libxl/pci/%s/name", dirs[i]);
        unsigned int dom, bus, dev, func;

        if (!name || strcmp(name, pci->name) ||
            sscanf(dirs[i], "%x-%x-%x-%x", &dom, &bus, &dev, &func) != 4)
            continue;
        pci->domain = (int)dom;
        pci->bus = (uint8_t)bus;
        pci->dev = (uint8_t)dev;
        pci->func = (uint8_t)func;
        return 0;
    }
    LOG_ERROR(sc, "there is no assignable PCI device with the name \"%s\"", pci->name);
    return ERROR_INVAL;
}

int pci_find(struct scope *sc, libxl_device_pci *pci)
{
    bool placed = pci->domain || pci->bus || pci->dev || pci->func;
    int rc = pci->name && !placed ? find_by_name(sc, pci) : 0;

    return rc ? rc : check_present(sc, pci);
}

static int take_from_driver(struct scope *sc, const libxl_device_pci *pci, bool remember)
{
    char *driver = driver_of(sc, pci);
    int rc = 0;

    if (driver)
        rc = sysfs_write(sc, scope_printf(sc, "%s/unbind", driver), pci);
    else
        LOG_WARN(sc, PCI_BDF_FMT " has no driver that it could go back to", PCI_BDF(pci));
    if (!rc && driver && remember)
        rc = store_write(sc, XBT_NULL, record(sc, pci, "driver_path"), driver);
    return rc;
}

int pci_make_assignable(struct scope *sc, const libxl_device_pci *pci, bool remember_driver)
{
    int rc = check_pciback(sc);

    if (!rc)
        rc = check_present(sc, pci);
    if (rc)
        return rc;
    if (pci_is_assignable(sc, pci)) {
        LOG_WARN(sc, PCI_BDF_FMT " is assignable already", PCI_BDF(pci));
    } else {
        rc = take_from_driver(sc, pci, remember_driver);
        if (!rc)
            rc = pciback_write(sc, "new_slot", pci);
        if (!rc)
            rc = pciback_write(sc, "bind", pci);
        if (!rc)
            rc = pci_quarantine(sc, pci, true);
    }
    if (!rc && pci->name)
        rc = store_write(sc, XBT_NULL, record(sc, pci, "name"), pci->name);
    return rc;
}

int pci_take_back(struct scope *sc, const libxl_device_pci *pci, bool rebind)
{
    char *driver = store_read(sc, XBT_NULL, record(sc, pci, "driver_path"));
    int rc = 0;

    if (pci_is_assignable(sc, pci)) {
        rc = pci_quarantine(sc, pci, false);
        if (!rc)
            rc = pciback_write(sc, "unbind", pci);
        if (!rc)
            rc = pciback_write(sc, "remove_slot", pci);
    }
    if (!rc && rebind && driver)
        rc = sysfs_write(sc, scope_printf(sc, "%s/bind", driver), pci);
    else if (!rc && rebind)
        LOG_WARN(sc, "it is not known which driver " PCI_BDF_FMT " had", PCI_BDF(pci));
    if (!rc)
        rc = store_prune(sc, XBT_NULL, record(sc, pci, "name"), 0);
    return rc ? rc : store_prune(sc, XBT_NULL, record(sc, pci, "driver_path"), 2);
}

/* The interface. */

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
        if (!pci_parse_bdf(e->d_name, &pci))
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

int libxl_device_pci_assignable_add(libxl_ctx *ctx, libxl_device_pci *pci, int rebind)
{
    int rc;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    rc = pci_make_assignable(sc, pci, rebind);
    API_LEAVE;
    return rc;
}

int libxl_device_pci_assignable_remove(libxl_ctx *ctx, libxl_device_pci *pci, int rebind)
{
    int rc;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    rc = pci_find(sc, pci);
    if (!rc)
        rc = pci_take_back(sc, pci, rebind);
    API_LEAVE;
    return rc;
}
