/* SPDX-License-Identifier: MIT */
/* Block devices and network cards of running domains. */
#include <ctype.h>
#include <getopt.h>

#include "xl.h"

int show_device(const char *kind, char *json)
{
    printf("%s: %s\n", kind, json);
    free(json);
    return EXIT_OK;
}

int told(const char *call, int rc)
{
    if (!rc)
        return EXIT_OK;
    fprintf(stderr, "%s failed.\n", call);
    return EXIT_BAD;
}

int main_block_attach(int argc, char **argv)
{
    libxl_device_disk disk;
    XLU_Config *cfg;
    uint32_t domid;
    int rc;

    no_options(argc, argv, "block-attach", 2);
    domid = find_domain(argv[optind]);
    cfg = must_alloc(xlu_cfg_init(stderr, "command line"));
    libxl_device_disk_init(&disk);
    if (xlu_disk_parse(cfg, argc - optind - 1, (const char *const *)argv + optind + 1, &disk))
        return EXIT_BAD;
    xlu_cfg_destroy(cfg);
    if (settings.dry_run)
        rc = show_device("disk", libxl_device_disk_to_json(ctx, &disk));
    else
        rc = told("libxl_device_disk_add", libxl_device_disk_add(ctx, domid, &disk, NULL));
    libxl_device_disk_dispose(&disk);
    return rc;
}

int main_block_detach(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"force", 0, NULL, 'f'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    bool force = settings.force;
    libxl_device_disk disk;
    uint32_t domid;
    int opt, rc;

    while ((opt = command_getopt(argc, argv, "fh", longopts, "block-detach", 2)) != -1)
        force = force || opt == 'f';
    domid = find_domain(argv[optind]);
    libxl_device_disk_init(&disk);
    if (libxl_vdev_to_device_disk(ctx, domid, argv[optind + 1], &disk)) {
        fprintf(stderr, "Error: Device %s not connected.\n", argv[optind + 1]);
        return EXIT_BAD;
    }
    rc = force
             ? told("libxl_device_disk_destroy", libxl_device_disk_destroy(ctx, domid, &disk, NULL))
             : told("libxl_device_disk_safe_remove",
                    libxl_device_disk_safe_remove(ctx, domid, &disk, NULL));
    libxl_device_disk_dispose(&disk);
    return rc;
}

static void list_disks(uint32_t domid)
{
    int nr;
    libxl_device_disk *list = libxl_device_disk_list(ctx, domid, &nr);

    for (int i = 0; i < nr; i++) {
        libxl_diskinfo info;

        libxl_diskinfo_init(&info);
        if (!libxl_device_disk_getinfo(ctx, domid, &list[i], &info))
            printf("%-5d %-3u %-6u %-5d %-6d %-8d %-30s\n", info.devid, info.backend_id,
                   info.frontend_id, info.state, info.evtch, info.rref, info.backend);
        libxl_diskinfo_dispose(&info);
    }
    libxl_device_disk_list_free(list, nr);
}

int main_block_list(int argc, char **argv)
{
    no_options(argc, argv, "block-list", 1);
    printf("%-5s %-3s %-6s %-5s %-6s %-8s %-30s\n", "Vdev", "BE", "handle", "state", "evt-ch",
           "ring-ref", "BE-path");
    (void)each_named_domain(argc, argv, list_disks);
    return EXIT_OK;
}

int main_network_attach(int argc, char **argv)
{
    libxl_device_nic nic;
    XLU_Config *cfg;
    uint32_t domid;
    int rc = 0;

    no_options(argc, argv, "network-attach", 1);
    domid = find_domain(argv[optind]);
    cfg = must_alloc(xlu_cfg_init(stderr, "command line"));
    libxl_device_nic_init(&nic);
    vif_defaults(&nic);
    for (int i = optind + 1; i < argc && !rc; i++)
        rc = parse_vif(argv[i], cfg, &nic, false);
    xlu_cfg_destroy(cfg);
    if (rc)
        rc = EXIT_BAD;
    else if (settings.dry_run)
        rc = show_device("vif", libxl_device_nic_to_json(ctx, &nic));
    else
        rc = told("libxl_device_nic_add", libxl_device_nic_add(ctx, domid, &nic, NULL));
    libxl_device_nic_dispose(&nic);
    return rc;
}

static int find_nic(uint32_t domid, const char *s, libxl_device_nic *nic)
{
    unsigned long id;

    if (parse_ulong(s, &id)) {
        if (!libxl_devid_to_device_nic(ctx, domid, (int)id, nic))
            return 0;
        fprintf(stderr, "Unknown device %s.\n", s);
    } else {
        if (!libxl_mac_to_device_nic(ctx, domid, s, nic))
            return 0;
        fprintf(stderr, "Unknown device %s.\n", s);
    }
    return ERROR_INVAL;
}

int main_network_detach(int argc, char **argv)
{
    libxl_device_nic nic;
    uint32_t domid;
    int rc;

    no_options(argc, argv, "network-detach", 2);
    domid = find_domain(argv[optind]);
    libxl_device_nic_init(&nic);
    if (find_nic(domid, argv[optind + 1], &nic))
        return EXIT_BAD;
    rc = told("libxl_device_nic_del", libxl_device_nic_remove(ctx, domid, &nic, NULL));
    libxl_device_nic_dispose(&nic);
    return rc;
}

static void list_nics(uint32_t domid)
{
    int nr;
    libxl_device_nic *list = libxl_device_nic_list(ctx, domid, &nr);

    for (int i = 0; i < nr; i++) {
        libxl_nicinfo info;

        libxl_nicinfo_init(&info);
        if (!libxl_device_nic_getinfo(ctx, domid, &list[i], &info)) {
            printf("%-3d %-2u " LIBXL_MAC_FMT " %5d %5d %6d %5d/%-11d %-30s\n", info.devid,
                   info.backend_id, LIBXL_MAC_BYTES(list[i].mac), info.devid, info.state,
                   info.evtch, info.rref_tx, info.rref_rx, info.backend);
        }
        libxl_nicinfo_dispose(&info);
    }
    libxl_device_nic_list_free(list, nr);
}

int main_network_list(int argc, char **argv)
{
    no_options(argc, argv, "network-list", 1);
    printf("%-3s %-2s %-17s %-6s %-5s %-6s %5s/%-5s %-30s\n", "Idx", "BE", "Mac Addr.", "handle",
           "state", "evt-ch", "tx-", "rx-ring-ref", "BE-path");
    return each_named_domain(argc, argv, list_nics);
}

static void list_channels(uint32_t domid)
{
    int nr;
    libxl_device_channel *list = libxl_device_channel_list(ctx, domid, &nr);

    for (int i = 0; i < nr; i++) {
        libxl_channelinfo info;

        libxl_channelinfo_init(&info);
        if (!libxl_device_channel_getinfo(ctx, domid, &list[i], &info))
            printf("%-3d %-2d %-5d %-6d %8d %-10s %-30s\n", info.devid, info.backend_id, info.state,
                   info.evtch, info.rref, libxl_channel_connection_to_string(info.connection),
                   info.connection == LIBXL_CHANNEL_CONNECTION_PTY && info.u.pty.path
                       ? info.u.pty.path
                       : "");
        libxl_channelinfo_dispose(&info);
        libxl_device_channel_dispose(&list[i]);
    }
    free(list);
}

int main_channel_list(int argc, char **argv)
{
    no_options(argc, argv, "channel-list", 1);
    printf("%-3s %-2s %-5s %-6s %8s %-10s %-30s\n", "Idx", "BE", "state", "evt-ch", "ring-ref",
           "connection", "");
    return each_named_domain(argc, argv, list_channels);
}
