/* SPDX-License-Identifier: MIT */
/* Devices of the rarer kinds: keyboards, TPMs, displays, sound, USB, PCI. */
#include <getopt.h>
#include <limits.h>

#include "xl.h"

static void print_vkbs(uint32_t domid)
{
    int nr;
    libxl_device_vkb *list = libxl_device_vkb_list(ctx, domid, &nr);

    for (int i = 0; i < nr; i++) {
        libxl_vkbinfo info;

        libxl_vkbinfo_init(&info);
        if (!libxl_device_vkb_getinfo(ctx, domid, &list[i], &info))
            printf("%-3d %-2u %6d %5d %6d %6d %-10s %-10s %-30s\n", i, info.backend_id, info.devid,
                   info.state, info.evtch, info.rref, list[i].unique_id ? list[i].unique_id : "",
                   libxl_vkb_backend_to_string(list[i].backend_type), info.backend);
        libxl_vkbinfo_dispose(&info);
    }
    libxl_device_vkb_list_free(list, nr);
}

int main_vkb_list(int argc, char **argv)
{
    no_options(argc, argv, "vkb-list", 1);
    printf("%-3s %-2s %-6s %-5s %-6s %6s %-10s %-10s %-30s\n", "Idx", "BE", "handle", "state",
           "evt-ch", "ref", "ID", "BE-type", "BE-path");
    return each_named_domain(argc, argv, print_vkbs);
}

/* Taking one away by its number; @missing is the status if it is not there. */
#define DETACH(kind, command, missing)                                                             \
    int main_##kind##_detach(int argc, char **argv)                                                \
    {                                                                                              \
        libxl_device_##kind d;                                                                     \
        uint32_t domid;                                                                            \
        int rc;                                                                                    \
                                                                                                   \
        no_options(argc, argv, command, 2);                                                        \
        domid = find_domain(argv[optind]);                                                         \
        libxl_device_##kind##_init(&d);                                                            \
        if (libxl_devid_to_device_##kind(ctx, domid, atoi(argv[optind + 1]), &d)) {                \
            fprintf(stderr, "Error: Device %s not connected.\n", argv[optind + 1]);                \
            return missing;                                                                        \
        }                                                                                          \
        rc = told("libxl_device_" #kind "_remove",                                                 \
                  libxl_device_##kind##_remove(ctx, domid, &d, NULL));                             \
        libxl_device_##kind##_dispose(&d);                                                         \
        return rc;                                                                                 \
    }
DETACH(vkb, "vkb-detach", exit_code(ERROR_FAIL))
DETACH(vdispl, "vdispl-detach", exit_code(ERROR_FAIL))
DETACH(vsnd, "vsnd-detach", exit_code(ERROR_FAIL))
DETACH(usbctrl, "usbctrl-detach", EXIT_BAD)

int main_vtpm_detach(int argc, char **argv)
{
    libxl_device_vtpm d;
    libxl_uuid uuid;
    uint32_t domid;
    int rc;

    no_options(argc, argv, "vtpm-detach", 2);
    domid = find_domain(argv[optind]);
    libxl_device_vtpm_init(&d);
    if (libxl_uuid_from_string(&uuid, argv[optind + 1]))
        rc = libxl_devid_to_device_vtpm(ctx, domid, atoi(argv[optind + 1]), &d);
    else
        rc = libxl_uuid_to_device_vtpm(ctx, domid, &uuid, &d);
    if (rc) {
        fprintf(stderr, "Error: Device %s not connected.\n", argv[optind + 1]);
        return EXIT_BAD;
    }
    rc = told("libxl_device_vtpm_remove", libxl_device_vtpm_remove(ctx, domid, &d, NULL));
    libxl_device_vtpm_dispose(&d);
    return rc;
}

/*
 * Attaching one. NAME_words() reads the words after the domain; EXIT_OK, or why not. @failed is the
 * status if libxl does not, and may look at its rc.
 */
#define ATTACH(kind, command, args, failed)                                                        \
    int main_##kind##_attach(int argc, char **argv)                                                \
    {                                                                                              \
        libxl_device_##kind d;                                                                     \
        uint32_t domid;                                                                            \
        int rc;                                                                                    \
                                                                                                   \
        no_options(argc, argv, command, args);                                                     \
        domid = find_domain(argv[optind]);                                                         \
        libxl_device_##kind##_init(&d);                                                            \
        rc = kind##_words(argv + optind + 1, argc - optind - 1, &d);                               \
        if (rc == EXIT_OK && settings.dry_run)                                                     \
            rc = show_device(#kind, libxl_device_##kind##_to_json(ctx, &d));                       \
        else if (rc == EXIT_OK && (rc = libxl_device_##kind##_add(ctx, domid, &d, NULL))) {        \
            (void)told("libxl_device_" #kind "_add", rc);                                          \
            rc = failed;                                                                           \
        }                                                                                          \
        libxl_device_##kind##_dispose(&d);                                                         \
        return rc;                                                                                 \
    }

/* Most have the pairs of their list in xl.cfg. */
#define LISTED(kind, bad)                                                                          \
    static int kind##_words(char **words, int nr, libxl_device_##kind *d)                          \
    {                                                                                              \
        return config_parse_device(#kind, words, nr, d) ? bad : EXIT_OK;                           \
    }
LISTED(vtpm, EXIT_BAD)
LISTED(vdispl, EXIT_USAGE)
LISTED(usbctrl, EXIT_USAGE)
LISTED(usbdev, EXIT_USAGE)

static int vkb_words(char **words, int nr, libxl_device_vkb *vkb)
{
    for (int i = 0; i < nr; i++)
        if (each_pair(words[i], take_vkb, vkb))
            return EXIT_MINUS_ONE;
    return check_vkb(vkb) ? EXIT_BAD : EXIT_OK;
}

static int vsnd_words(char **words, int nr, libxl_device_vsnd *d)
{
    for (int i = 0; i < nr; i++)
        if (vsnd_take_item(words[i], d))
            return EXIT_MINUS_ONE;
    return EXIT_OK;
}

ATTACH(vkb, "vkb-attach", 2, exit_code(rc))
ATTACH(vtpm, "vtpm-attach", 1, EXIT_BAD)
ATTACH(vdispl, "vdispl-attach", 1, exit_code(rc))
ATTACH(usbctrl, "usbctrl-attach", 1, EXIT_BAD)
ATTACH(usbdev, "usbdev-attach", 2, EXIT_BAD)
ATTACH(vsnd, "vsnd-attach", 2, exit_code(rc))

/* "KEY=NUMBER", or the number alone. */
static int keyed_number(const char *word, const char *key)
{
    size_t len = strlen(key);
    unsigned long n;

    if (!strncmp(word, key, len) && word[len] == '=')
        word += len + 1;
    if (parse_ulong(word, &n) && n <= INT_MAX)
        return (int)n;
    fprintf(stderr, "xl: %s is a number, not \"%s\"\n", key, word);
    exit(EXIT_BAD);
}

int main_usbdev_detach(int argc, char **argv)
{
    libxl_device_usbdev d;
    uint32_t domid;
    int rc, ctrl, port;

    no_options(argc, argv, "usbdev-detach", 3);
    domid = find_domain(argv[optind]);
    ctrl = keyed_number(argv[optind + 1], "controller");
    port = keyed_number(argv[optind + 2], "port");
    libxl_device_usbdev_init(&d);
    if (libxl_ctrlport_to_device_usbdev(ctx, domid, ctrl, port, &d)) {
        fprintf(stderr, "Error: device at controller %d, port %d not connected.\n", ctrl, port);
        return EXIT_BAD;
    }
    rc = told("libxl_device_usbdev_remove", libxl_device_usbdev_remove(ctx, domid, &d, NULL));
    libxl_device_usbdev_dispose(&d);
    return rc;
}

static void print_vtpms(uint32_t domid)
{
    int nr;
    libxl_device_vtpm *list = libxl_device_vtpm_list(ctx, domid, &nr);

    for (int i = 0; i < nr; i++) {
        libxl_vtpminfo info;

        libxl_vtpminfo_init(&info);
        if (!libxl_device_vtpm_getinfo(ctx, domid, &list[i], &info))
            printf("%-3d %-2u " LIBXL_UUID_FMT " %6d %5d %6d %8d %-30s\n", info.devid,
                   info.backend_id, LIBXL_UUID_BYTES(info.uuid), info.devid, info.state, info.evtch,
                   info.rref, info.backend);
        libxl_vtpminfo_dispose(&info);
    }
    libxl_device_vtpm_list_free(list, nr);
}

int main_vtpm_list(int argc, char **argv)
{
    no_options(argc, argv, "vtpm-list", 1);
    printf("%-3s %-2s %-36s %-6s %-5s %-6s %-8s %-10s\n", "Idx", "BE", "Uuid", "handle", "state",
           "evt-ch", "ring-ref", "BE-path");
    (void)each_named_domain(argc, argv, print_vtpms);
    return EXIT_OK;
}

static void print_connector(int nr, const libxl_connectorinfo *c)
{
    printf("\tConnector: %d, id: %s, width: %u, height: %u, req-rref: %d, req-evtch: %d, "
           "evt-rref: %d, evt-evtch: %d\n",
           nr, c->unique_id ? c->unique_id : "", c->width, c->height, c->req_rref, c->req_evtch,
           c->evt_rref, c->evt_evtch);
}

static void print_vdispls(uint32_t domid)
{
    int nr;
    libxl_device_vdispl *list = libxl_device_vdispl_list(ctx, domid, &nr);

    for (int i = 0; i < nr; i++) {
        libxl_vdisplinfo info;

        libxl_vdisplinfo_init(&info);
        if (!libxl_device_vdispl_getinfo(ctx, domid, &list[i], &info)) {
            printf("DevId: %d, BE: %u, handle: %u, state: %d, be-alloc: %d, BE-path: %s, "
                   "FE-path: %s\n",
                   info.devid, info.backend_id, info.frontend_id, info.state, info.be_alloc,
                   info.backend, info.frontend);
            for (int j = 0; j < info.num_connectors; j++)
                print_connector(j, &info.connectors[j]);
        }
        libxl_vdisplinfo_dispose(&info);
    }
    libxl_device_vdispl_list_free(list, nr);
}

int main_vdispl_list(int argc, char **argv)
{
    no_options(argc, argv, "vdispl-list", 1);
    (void)each_named_domain(argc, argv, print_vdispls);
    return EXIT_OK;
}

/* As the stock command shows what is not there. */
static const char *said(const char *s)
{
    return s ? s : "(null)";
}

static void print_pcm(int nr, const libxl_vsnd_pcm *pcm, const libxl_pcminfo *info)
{
    printf("\tpcm: %d, name: \"%s\"\n", nr, said(pcm->name));
    for (int i = 0; i < pcm->num_vsnd_streams && i < info->num_vsnd_streams; i++) {
        const libxl_vsnd_stream *s = &pcm->streams[i];

        printf(
            "\t\tstream: %d, unique-id: \"%s\", type: %s\n\t\t\tevent-channel: %d, ring-ref: %d\n",
            i, said(s->unique_id), s->type == LIBXL_VSND_STREAM_TYPE_C ? "c" : "p",
            info->streams[i].req_evtch, info->streams[i].req_rref);
    }
}

static void print_vsnds(uint32_t domid)
{
    int nr;
    libxl_device_vsnd *list = libxl_device_vsnd_list(ctx, domid, &nr);

    for (int i = 0; i < nr; i++) {
        libxl_vsndinfo info;

        libxl_vsndinfo_init(&info);
        if (!libxl_device_vsnd_getinfo(ctx, domid, &list[i], &info)) {
            printf("\ndevid: %d, be-domid: %u, handle: %u, state: %d, be-path: %s, fe-path: %s\n",
                   info.devid, info.backend_id, info.frontend_id, info.state, info.backend,
                   info.frontend);
            printf("short-name: \"%s\", long-name: \"%s\"\n", said(list[i].short_name),
                   said(list[i].long_name));
            for (int j = 0; j < list[i].num_vsnd_pcms && j < info.num_vsnd_pcms; j++)
                print_pcm(j, &list[i].pcms[j], &info.pcms[j]);
        }
        libxl_vsndinfo_dispose(&info);
    }
    libxl_device_vsnd_list_free(list, nr);
}

int main_vsnd_list(int argc, char **argv)
{
    no_options(argc, argv, "vsnd-list", 1);
    (void)each_named_domain(argc, argv, print_vsnds);
    return EXIT_OK;
}

static void print_ports(uint32_t domid, int ctrl, int nr)
{
    for (int port = 1; port <= nr; port++) {
        libxl_device_usbdev d;

        libxl_device_usbdev_init(&d);
        printf("  Port %d:", port);
        if (!libxl_ctrlport_to_device_usbdev(ctx, domid, ctrl, port, &d))
            printf(" Bus %03u Device %03u", d.u.hostdev.hostbus, d.u.hostdev.hostaddr);
        printf("\n");
        libxl_device_usbdev_dispose(&d);
    }
}

static void print_usb(uint32_t domid)
{
    int nr;
    libxl_device_usbctrl *list = libxl_device_usbctrl_list(ctx, domid, &nr);

    for (int i = 0; i < nr; i++) {
        libxl_usbctrlinfo info;

        printf("%-6s %-12s %-3s %-5s %-7s %-5s\n", "Devid", "Type", "BE", "state", "usb-ver",
               "ports");
        libxl_usbctrlinfo_init(&info);
        if (!libxl_device_usbctrl_getinfo(ctx, domid, &list[i], &info)) {
            printf("%-6d %-12s %-3u %-5d %-7d %-5d\n", info.devid,
                   libxl_usbctrl_type_to_string(info.type), info.backend_id, info.state,
                   info.version, info.ports);
            print_ports(domid, info.devid, info.ports);
        }
        libxl_usbctrlinfo_dispose(&info);
    }
    libxl_device_usbctrl_list_free(list, nr);
}

int main_usb_list(int argc, char **argv)
{
    no_options(argc, argv, "usb-list", 1);
    return each_named_domain(argc, argv, print_usb);
}

/* PCI. */

static void pci_spec(const char *command, const char *what, const char *spec, libxl_device_pci *pci)
{
    XLU_Config *cfg = must_alloc(xlu_cfg_init(stderr, "command line"));

    libxl_device_pci_init(pci);
    if (xlu_pci_parse_spec_string(cfg, pci, spec)) {
        fprintf(stderr, "%s: malformed %s \"%s\"\n", command, what, spec);
        exit(EXIT_USAGE);
    }
    xlu_cfg_destroy(cfg);
}

int main_pci_attach(int argc, char **argv)
{
    libxl_device_pci pci;
    uint32_t domid;
    int rc;

    no_options(argc, argv, "pci-attach", 2);
    domid = find_domain(argv[optind]);
    pci_spec("pci-attach", "PCI_SPEC_STRING", argv[optind + 1], &pci);
    rc = libxl_device_pci_add(ctx, domid, &pci, NULL) ? EXIT_BAD : EXIT_OK;
    libxl_device_pci_dispose(&pci);
    return rc;
}

int main_pci_detach(int argc, char **argv)
{
    libxl_device_pci pci;
    bool force = false;
    uint32_t domid;
    int opt, rc;

    while ((opt = command_getopt(argc, argv, "hf", NULL, "pci-detach", 2)) != -1)
        force = force || opt == 'f';
    domid = find_domain(argv[optind]);
    pci_spec("pci-detach", "PCI_SPEC_STRING", argv[optind + 1], &pci);
    rc = force ? libxl_device_pci_destroy(ctx, domid, &pci, NULL)
               : libxl_device_pci_remove(ctx, domid, &pci, NULL);
    libxl_device_pci_dispose(&pci);
    return rc ? EXIT_BAD : EXIT_OK;
}

static void print_bdf(const libxl_device_pci *pci)
{
    printf("%04x:%02x:%02x.%x", (unsigned int)pci->domain, pci->bus, pci->dev, pci->func);
}

int main_pci_list(int argc, char **argv)
{
    libxl_device_pci *list;
    uint32_t domid;
    int nr;

    no_options(argc, argv, "pci-list", 1);
    domid = find_domain(argv[optind]);
    list = libxl_device_pci_list(ctx, domid, &nr);
    if (nr)
        printf("Vdev Device\n");
    for (int i = 0; i < nr; i++) {
        printf("%02x.%01x ", (list[i].vdevfn >> 3) & 0x1f, list[i].vdevfn & 7);
        print_bdf(&list[i]);
        printf("\n");
    }
    libxl_device_pci_list_free(list, nr);
    return EXIT_OK;
}

int main_pci_assignable_list(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"show-names", 0, NULL, 'n'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    libxl_device_pci *list;
    bool names = false;
    int nr, opt;

    while ((opt = command_getopt(argc, argv, "hn", longopts, "pci-assignable-list", 0)) != -1)
        names = names || opt == 'n';
    list = libxl_device_pci_assignable_list(ctx, &nr);
    for (int i = 0; i < nr; i++) {
        print_bdf(&list[i]);
        if (names && list[i].name)
            printf(" %s", list[i].name);
        printf("\n");
    }
    libxl_device_pci_assignable_list_free(list, nr);
    return EXIT_OK;
}

int main_pci_assignable_add(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"name", 1, NULL, 'n'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *name = NULL;
    libxl_device_pci pci;
    int opt, rc;

    while ((opt = command_getopt(argc, argv, "hn:", longopts, "pci-assignable-add", 1)) != -1)
        if (opt == 'n')
            name = optarg;
    pci_spec("pci-assignable-add", "BDF", argv[optind], &pci);
    if (name)
        replace(&pci.name, name);
    rc = libxl_device_pci_assignable_add(ctx, &pci, 1);
    libxl_device_pci_dispose(&pci);
    return rc ? EXIT_BAD : EXIT_OK;
}

/* The name that a device was given when it was made assignable. */
static bool is_pci_name(const char *s)
{
    int nr;
    libxl_device_pci *list = libxl_device_pci_assignable_list(ctx, &nr);
    bool found = false;

    for (int i = 0; i < nr && !found; i++)
        found = list[i].name && !strcmp(list[i].name, s);
    libxl_device_pci_assignable_list_free(list, nr);
    return found;
}

int main_pci_assignable_remove(int argc, char **argv)
{
    libxl_device_pci pci;
    bool rebind = false;
    int opt, rc;

    while ((opt = command_getopt(argc, argv, "hr", NULL, "pci-assignable-remove", 1)) != -1)
        rebind = rebind || opt == 'r';
    if (is_pci_name(argv[optind])) {
        libxl_device_pci_init(&pci);
        replace(&pci.name, argv[optind]);
    } else {
        pci_spec("pci-assignable-remove", "BDF", argv[optind], &pci);
    }
    rc = libxl_device_pci_assignable_remove(ctx, &pci, rebind);
    libxl_device_pci_dispose(&pci);
    return rc ? EXIT_BAD : EXIT_OK;
}
