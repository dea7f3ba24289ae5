/* SPDX-License-Identifier: MIT */
/*
 * xen-init-dom0: enters dom0 into the store as the toolstack expects a domain to be there, and
 * leaves the toolstack's description of it.
 *
 * usage: xen-init-dom0 [UUID]
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenstore.h>

#define USERDATA_DIR  "/var/lib/xen"
#define DOMID_HISTORY "/var/run/xen/domid-history"
#define NAME_NODE     "/local/domain/0/name"
#define DOMID_NODE    "/local/domain/0/domid"
#define UUID_CHARS    36

static bool parse_uuid(const char *text, xen_domain_handle_t out)
{
    unsigned int b[16];
    int used = 0;

    if (sscanf(text, "%2x%2x%2x%2x-%2x%2x-%2x%2x-%2x%2x-%2x%2x%2x%2x%2x%2x%n", &b[0], &b[1], &b[2],
               &b[3], &b[4], &b[5], &b[6], &b[7], &b[8], &b[9], &b[10], &b[11], &b[12], &b[13],
               &b[14], &b[15], &used) != 16 ||
        used != UUID_CHARS || text[used])
        return false;
    for (int i = 0; i < 16; i++)
        out[i] = (uint8_t)b[i];
    return true;
}

static void format_uuid(const xen_domain_handle_t h, char out[UUID_CHARS + 1])
{
    char *p = out;

    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        p += sprintf(p, "%02x", h[i]);
    }
}

static bool is_nil(const xen_domain_handle_t h)
{
    for (int i = 0; i < 16; i++) {
        if (h[i])
            return false;
    }
    return true;
}

/* A UUID given here counts; else the one that the hypervisor has already. */
static void settle_uuid(xc_interface *xch, const char *arg, xc_dominfo_t *info)
{
    xen_domain_handle_t wanted;

    if (xc_domain_getinfo(xch, 0, 1, info) != 1 || info->domid != 0)
        errx(1, "cannot get information about Dom0");
    if (!arg)
        return;
    if (!parse_uuid(arg, wanted))
        errx(1, "failed to parse UUID %s", arg);
    if (is_nil(wanted))
        return;
    if (xc_domain_sethandle(xch, 0, wanted) != 0)
        err(1, "failed to set Dom0 UUID");
    memcpy(info->handle, wanted, sizeof(wanted));
}

/* The least description that the toolstack accepts as a domain's configuration. */
static void write_description(const xc_dominfo_t *info)
{
    const char *type = info->hvm ? "pvh" : "pv";
    char uuid[UUID_CHARS + 1], path[128], tmp[136];
    int fd;

    format_uuid(info->handle, uuid);
    snprintf(path, sizeof(path), USERDATA_DIR "/userdata-d.0.%s.libxl-json", uuid);
    snprintf(tmp, sizeof(tmp), "%s.tmp", path);
    (void)mkdir(USERDATA_DIR, 0755);
    fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        err(1, "cannot store stub json config for domain %u", 0u);
    dprintf(fd,
            "{\n    \"c_info\": {\n        \"type\": \"%s\"\n    },\n    \"b_info\": {\n"
            "        \"sched_params\": {\n\n        },\n        \"type.%s\": {\n\n        },\n"
            "        \"arch_arm\": {\n\n        },\n        \"arch_x86\": {\n\n        }\n"
            "    }\n}\n%c",
            type, type, 0 /* the toolstack reads it as a string */);
    if (fsync(fd) != 0 || close(fd) != 0 || rename(tmp, path) != 0)
        err(1, "cannot store stub json config for domain %u", 0u);
}

static void write_node(struct xs_handle *xsh, const char *path, const char *value,
                       const char *error)
{
    if (!xs_write(xsh, XBT_NULL, path, value, (unsigned int)strlen(value)))
        err(1, "%s", error);
}

static void name_pools(xc_interface *xch, struct xs_handle *xsh)
{
    xc_cpupoolinfo_t *pool;
    uint32_t id = 0;

    while ((pool = xc_cpupool_getinfo(xch, id))) {
        char path[64], name[32];

        id = pool->cpupool_id;
        snprintf(path, sizeof(path), "/local/pool/%u/name", id);
        snprintf(name, sizeof(name), "Pool-%u", id);
        xc_cpupool_infofree(xch, pool);
        write_node(xsh, path, name, "cannot set pool name");
        id++;
    }
}

static bool is_set_up(struct xs_handle *xsh)
{
    char *domid = xs_read(xsh, XBT_NULL, DOMID_NODE, NULL);
    char *name = xs_read(xsh, XBT_NULL, NAME_NODE, NULL);
    bool yes = domid && name;

    free(domid);
    free(name);
    return yes;
}

int main(int argc, char **argv)
{
    struct xs_handle *xsh;
    xc_interface *xch;
    xc_dominfo_t info;

    if (argc > 2)
        errx(1, "too many arguments");
    xsh = xs_open(0);
    if (!xsh)
        err(1, "cannot open xenstore connection");
    if (is_set_up(xsh)) {
        printf("Dom0 is already set up\n");
        xs_close(xsh);
        return 0;
    }
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        err(1, "xc_interface_open() failed");
    settle_uuid(xch, argc > 1 ? argv[1] : NULL, &info);
    if (unlink(DOMID_HISTORY) != 0 && errno != ENOENT)
        warn("%s", DOMID_HISTORY);
    write_description(&info);
    write_node(xsh, DOMID_NODE, "0", "cannot set domid for Dom0");
    write_node(xsh, NAME_NODE, "Domain-0", "cannot set domain name for Dom0");
    name_pools(xch, xsh);
    xc_interface_close(xch);
    xs_close(xsh);
    printf("Done setting up Dom0\n");
    return 0;
}
