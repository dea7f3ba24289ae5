/* SPDX-License-Identifier: MIT */
/* What is done by a guest's device model: display, CD drives, monitor. */
#include <getopt.h>

#include "xl.h"

int main_vncviewer(int argc, char **argv)
{
    static const struct option longopts[] = {{"autopass", 0, NULL, 'a'},
                                             {"vncviewer-autopass", 0, NULL, 'a'},
                                             {"help", 0, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};
    bool password = false;
    uint32_t domid;
    int opt;

    while ((opt = command_getopt(argc, argv, "ah", longopts, "vncviewer", 1)) != -1)
        password = password || opt == 'a';
    domid = find_domain(argv[optind]);
    libxl_vncviewer_exec(ctx, domid, password);
    fprintf(stderr, "Unable to start VNC viewer\n");
    return EXIT_BAD;
}

/* @target "": nothing is in the drive. */
static int cd_change(const char *domain, const char *vdev, const char *target)
{
    char *spec = must_alloc(malloc(strlen(vdev) + strlen(target) + 32));
    const char *specs[] = {spec};
    libxl_device_disk disk;
    XLU_Config *cfg;
    uint32_t domid = find_domain(domain);
    int rc;

    sprintf(spec, "vdev=%s,access=r,devtype=cdrom,target=%s", vdev, target);
    cfg = must_alloc(xlu_cfg_init(stderr, "command line"));
    libxl_device_disk_init(&disk);
    if (xlu_disk_parse(cfg, 1, specs, &disk))
        exit(EXIT_BAD);
    xlu_cfg_destroy(cfg);
    free(spec);
    disk.backend_domid = 0;
    if (settings.dry_run)
        rc = show_device("disk", libxl_device_disk_to_json(ctx, &disk));
    else
        rc = libxl_cdrom_insert(ctx, domid, &disk, NULL) ? EXIT_BAD : EXIT_OK;
    libxl_device_disk_dispose(&disk);
    return rc;
}

int main_cd_eject(int argc, char **argv)
{
    no_options(argc, argv, "cd-eject", 2);
    return cd_change(argv[optind], argv[optind + 1], "");
}

int main_cd_insert(int argc, char **argv)
{
    no_options(argc, argv, "cd-insert", 3);
    return cd_change(argv[optind], argv[optind + 1], argv[optind + 2]);
}

int main_qemu_monitor_command(int argc, char **argv)
{
    char *output = NULL;
    uint32_t domid;
    int rc;

    no_options(argc, argv, "qemu-monitor-command", 2);
    domid = find_domain(argv[optind]);
    if (argc - optind > 2) {
        fprintf(stderr, "Invalid arguments.\n");
        return EXIT_BAD;
    }
    rc = libxl_qemu_monitor_command(ctx, domid, argv[optind + 1], &output, NULL);
    if (!rc && output)
        printf("%s\n", output);
    free(output);
    return rc ? EXIT_BAD : EXIT_OK;
}
