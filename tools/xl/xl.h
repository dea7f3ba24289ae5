/* SPDX-License-Identifier: MIT */
/* What the command families share. */
#ifndef XL_H
#define XL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <libxl_utils.h>
#include <libxlutil.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define NO_DOMAIN     ((uint32_t)INVALID_DOMID)

/* Exit codes; main_* functions return one. */
enum { EXIT_OK = 0, EXIT_BAD = 1, EXIT_USAGE = 2, EXIT_LIBXL = 3, EXIT_MINUS_ONE = 255 };

/* Some commands end with libxl's own number, which is negative. */
static inline int exit_code(int rc)
{
    return rc & 0xff;
}

struct command {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the name; getopt starts anew */
    bool can_dry_run, modifies;
    const char *summary, *args, *options; /* options may be NULL */
};

extern const struct command commands[];
extern const unsigned int nr_commands;
const struct command *command_find(const char *name); /* unique beginnings count */
void command_help(const char *name);

/* Everything that the global options and xl.conf say. */
struct settings {
    bool dry_run, force, progress_cr, timestamps;
    int verbosity;
    int autoballoon; /* -1: by the hypervisor's command line */
    bool run_hotplug_scripts;
    bool claim_mode;
    char *lockfile, *vif_script, *vif_bridge, *vif_backend, *vif_gatewaydev;
    uint32_t max_grant_frames, max_maptrack_frames;
    int max_grant_version;
    bool domid_random, sxp;
    char *cpumask, *pv_cpumask, *hvm_cpumask;
    char *blkdev_start, *netbuf_script, *proxy_script;
};
extern struct settings settings;
void settings_load(const char *file); /* ends the program if the file is wrong */

extern libxl_ctx *ctx;
extern xentoollog_logger_stdiostream *logger;
void ctx_open(void); /* ends the program on failure */
void ctx_reopen_after_fork(void);

/* The domain's id by name or number; ends the program with a message if there is none. */
uint32_t find_domain(const char *name);
/* Options as getopt_long does, with the errors and -h as all commands have them. Returns -1 at
 * the end; ends the program for -h and what is unknown, and if fewer than @min_args follow. */
struct option;
int command_getopt(int argc, char **argv, const char *opts, const struct option *longopts,
                   const char *name, int min_args);
/* For commands with no options but -h. */
void no_options(int argc, char **argv, const char *name, int min_args);
/* With --dryrun: the device that would be attached; frees @json. EXIT_OK. */
int show_device(const char *kind, char *json);
/* A call's result as an exit code; a failure is told. */
int told(const char *call, int rc);
/* The lists: @print for each of the domains named, from optind on; exit status. */
int each_named_domain(int argc, char **argv, void (*print)(uint32_t domid));

void *must_alloc(void *p);
/* Decimal MB unless a unit follows; KiB, or -1. */
int64_t parse_mem_kb(const char *s);
bool parse_ulong(const char *s, unsigned long *out);
bool parse_number(const char *s, int base, unsigned long *out); /* base 0: as C has it */
/* "0-3,^2,node:1,all"; 0 or an error with a message printed. @map has its size already. */
int parse_cpus(const char *s, libxl_bitmap *map);
/* "0-3,5" or "all" or "none" of the first @nr bits. */
void print_bitmap(const uint8_t *map, int nr, FILE *f);
char *domain_name_or_id(uint32_t domid); /* to be freed */
void print_state(FILE *f, const libxl_dominfo *info);

/* cpumask.c: takes from @map, or from all vCPUs of @d, the CPUs that xl.conf takes from guests.
 * ERROR_INVAL with a message if none is left. */
int cpumask_apply(libxl_domain_type type, libxl_bitmap *map);
int cpumask_apply_config(libxl_domain_config *d);

/* config.c: from a parsed file to libxl's structure. Ends the program with a message on errors. */
struct config_source {
    const char *name; /* for messages */
    char *text;
    int len;
};
void config_parse(const struct config_source *src, libxl_domain_config *out);
/* device_config.c */
/* What is not known, or no address or kind, is said and passed over, and if not @lenient ends it:
 * ERROR_INVAL. Ends the program where a number is none. */
int parse_vif(const char *spec, XLU_Config *cfg, libxl_device_nic *nic, bool lenient);
void vif_defaults(libxl_device_nic *nic);
/* @take for each "KEY=VALUE" of a list with commas, until one fails. */
int each_pair(const char *spec, int (*take)(const char *key, const char *value, void *arg),
              void *arg);
int unknown_key(const char *key); /* the message, and ERROR_INVAL */
void replace(char **to, const char *value);
/* A device that is given by words with pairs as in the list @key of xl.cfg; says what is wrong. */
int config_parse_device(const char *key, char **words, int nr, void *device);
/* For each_pair(), with a libxl_device_vkb; then the look at the whole. */
int take_vkb(const char *key, const char *value, void *arg);
int check_vkb(const libxl_device_vkb *vkb);
/* config_vsnd.c: "CARD, ...", "PCM, ..." or "STREAM, ...", which belongs to what came before it. */
int vsnd_take_item(const char *item, libxl_device_vsnd *d);

/* create.c */
struct create_options {
    const char *file;
    char *extra; /* lines that override those of the file */
    bool console, foreground, no_monitor, paused, quiet, debug, ignore_masks, vnc, vnc_password;
    /* From a stream of libxl's, not from a kernel. */
    bool restoring;
    int restore_fd, checkpointed; /* LIBXL_CHECKPOINTED_STREAM_* */
};
int create_domain(const struct create_options *o);
/* The domain made, and running unless it shall not; an error of libxl. */
int bring_up(const struct create_options *o, libxl_domain_config *d, uint32_t *domid);
void print_config(FILE *f, const libxl_domain_config *d); /* as output_format of xl.conf says */
/* sxp.c; @domid is NO_DOMAIN where there is no domain yet. */
void print_sxp(FILE *f, uint32_t domid, const libxl_domain_config *d);
/* A viewer of the domain's screen, as a process of its own. */
void viewer_start(uint32_t domid, bool password);
int console_wait(void); /* for the end of the console that bring_up() has opened */

/* save_file.c: what stands before libxl's stream in a file or a pipe. End the program on errors. */
/* With the configuration of @domid, or from @config_file; @keep_domid: with its number. */
void save_header_write(int fd, const char *name, uint32_t domid, const char *config_file,
                       bool keep_domid);
/* @config_file, if not NULL, takes the place of the configuration in the stream. */
void save_header_read(int fd, const char *name, const char *config_file, libxl_domain_config *d);
int source_read(struct config_source *src, const char *file, const char *extra);

/* monitor.c: follow a domain until it is gone for good. Returns an exit code. */
struct monitor {
    uint32_t domid;
    libxl_domain_config config;
    bool daemon;
};
int monitor_run(struct monitor *m);
int monitor_daemonize(struct monitor *m); /* in the parent 1, in the child 0 */
int daemonize(const char *log_name);      /* the same; the log is in /var/log/xen */

#define COMMAND(name) int main_##name(int argc, char **argv)
COMMAND(create);
COMMAND(config_update);
COMMAND(list);
COMMAND(vm_list);
COMMAND(destroy);
COMMAND(shutdown);
COMMAND(reboot);
COMMAND(pause);
COMMAND(unpause);
COMMAND(console);
COMMAND(rename);
COMMAND(save);
COMMAND(restore);
COMMAND(migrate);
COMMAND(migrate_receive);
COMMAND(remus);
COMMAND(domid);
COMMAND(domname);
COMMAND(trigger);
COMMAND(sysrq);
COMMAND(button_press);
COMMAND(dump_core);
COMMAND(info);
COMMAND(dmesg);
COMMAND(debug_keys);
COMMAND(uptime);
COMMAND(devd);
COMMAND(claims);
COMMAND(sharing);
COMMAND(mem_set);
COMMAND(mem_max);
COMMAND(vcpu_list);
COMMAND(vcpu_pin);
COMMAND(vcpu_set);
COMMAND(block_attach);
COMMAND(block_detach);
COMMAND(block_list);
COMMAND(network_attach);
COMMAND(network_detach);
COMMAND(network_list);
COMMAND(channel_list);
COMMAND(sched_credit);
COMMAND(sched_credit2);
COMMAND(cpupool_create);
COMMAND(cpupool_list);
COMMAND(cpupool_destroy);
COMMAND(cpupool_rename);
COMMAND(cpupool_cpu_add);
COMMAND(cpupool_cpu_remove);
COMMAND(cpupool_migrate);
COMMAND(getenforce);
COMMAND(setenforce);
COMMAND(loadpolicy);
COMMAND(top);
COMMAND(vncviewer);
COMMAND(cd_insert);
COMMAND(cd_eject);
COMMAND(qemu_monitor_command);
COMMAND(vkb_attach);
COMMAND(vkb_list);
COMMAND(vkb_detach);
COMMAND(vtpm_attach);
COMMAND(vtpm_list);
COMMAND(vtpm_detach);
COMMAND(vdispl_attach);
COMMAND(vdispl_list);
COMMAND(vdispl_detach);
COMMAND(vsnd_attach);
COMMAND(vsnd_list);
COMMAND(vsnd_detach);
COMMAND(usbctrl_attach);
COMMAND(usbctrl_detach);
COMMAND(usbdev_attach);
COMMAND(usbdev_detach);
COMMAND(usb_list);
COMMAND(pci_attach);
COMMAND(pci_detach);
COMMAND(pci_list);
COMMAND(pci_assignable_add);
COMMAND(pci_assignable_remove);
COMMAND(pci_assignable_list);
COMMAND(psr_hwinfo);
COMMAND(psr_cmt_attach);
COMMAND(psr_cmt_detach);
COMMAND(psr_cmt_show);
COMMAND(psr_cat_set);
COMMAND(psr_cat_show);
COMMAND(psr_mba_set);
COMMAND(psr_mba_show);
COMMAND(set_parameters);
COMMAND(sched_rtds);
COMMAND(cpupool_numa_split);

#endif
