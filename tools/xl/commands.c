/* SPDX-License-Identifier: MIT */
/* All sub-commands, in the order in which "xl help" shows them. */
#include "xl.h"

/* clang-format off */
const struct command commands[] = {
    { "create", main_create, true, true,
      "Start a domain described by a configuration file",
      "<ConfigFile> [options] [vars]",
      "-h                       Show this text.\n"
      "-f FILE, --defconfig=FILE\n"
      "                         Read this configuration file.\n"
      "-n, --dryrun             Only show what the configuration comes to (as the global -N).\n"
      "-p                       Do not let the new domain run yet.\n"
      "-c                       Attach to the new domain's console.\n"
      "-F                       Stay in the foreground while the domain lives.\n"
      "-e                       Leave nobody behind to act when the domain ends.\n"
      "-q, --quiet              Say nothing unless something goes wrong.\n"
      "-d                       Show the configuration as well.\n"
      "-V, --vncviewer          Open a viewer on the domain's display.\n"
      "-A, --vncviewer-autopass The same, giving the viewer the password.\n"
      "--ignore-global-affinity-masks\n"
      "                         Do without the CPU masks of xl.conf." },
    { "config-update", main_config_update, true, true,
      "Replace the configuration that a domain restarts with",
      "<Domain> <ConfigFile> [options] [vars]",
      "-h                       Show this text.\n"
      "-f FILE, --defconfig=FILE\n"
      "                         Read this configuration file.\n"
      "-d                       Show the configuration as well." },
    { "list", main_list, false, false,
      "Show domains and their state",
      "[options] [Domain]",
      "-l, --long               The whole configuration, as JSON.\n"
      "-v, --verbose            UUIDs, reasons of shutdown and security labels too.\n"
      "-Z, --context            Security labels too.\n"
      "-c, --cpupool            CPU pools too.\n"
      "-n, --numa               NUMA node affinity too." },
    { "destroy", main_destroy, false, true,
      "End a domain at once, without asking it",
      "[options] <Domain>",
      "-f                       Accept domain 0, which works only for a toolstack that does not\n"
      "                         run in it and where it does not own the hardware." },
    { "shutdown", main_shutdown, false, true,
      "Ask a domain to power off",
      "[options] <-a|Domain>",
      "-a, --all                Ask all guests.\n"
      "-h                       Show this text.\n"
      "-F                       Press the ACPI power button of guests without PV drivers.\n"
      "-w, --wait               Return when they are down." },
    { "reboot", main_reboot, false, true,
      "Ask a domain to restart itself",
      "[options] <-a|Domain>",
      "-a, --all                Ask all guests.\n"
      "-h                       Show this text.\n"
      "-F                       Reset guests without PV drivers.\n"
      "-w, --wait               Return when they have gone down." },
    { "pause", main_pause, false, true,
      "Stop a domain from running",
      "<Domain>",
      NULL },
    { "unpause", main_unpause, false, true,
      "Let a paused domain run again",
      "<Domain>",
      NULL },
    { "console", main_console, false, false,
      "Attach to a console of a domain",
      "[options] <Domain>",
      "-t TYPE                  pv, serial or vuart.\n"
      "-n NUMBER                Which of its consoles." },
#ifndef LIBXL_HAVE_NO_SUSPEND_RESUME
    { "save", main_save, false, true,
      "Write a domain's state to a file, from which it can go on later",
      "[options] <Domain> <CheckpointFile> [<ConfigFile>]",
      "-h                       Show this text.\n"
      "-c                       Let the domain run on afterwards.\n"
      "-p                       Leave the domain paused afterwards.\n"
      "-D                       Keep the domain's number with its configuration." },
    { "migrate", main_migrate, false, true,
      "Move a domain to another host while it runs",
      "[options] <Domain> <host>",
      "-h                       Show this text.\n"
      "-C CONFIG                Send this configuration, not the domain's own.\n"
      "-s SSHCOMMAND            Run this through sh in place of ssh. If it is empty, run <host>\n"
      "                         itself, in place of\n"
      "                         \"<sshcommand> <host> xl migrate-receive [-d -e]\".\n"
      "-e                       Leave nobody behind, there, to act when the domain ends.\n"
      "--debug                  Send all memory twice and compare.\n"
      "-p                       Do not let the domain run there.\n"
      "-D                       Keep the domain's number.\n"
      "--finish                 End a migration that was cut and has left the domain suspended:\n"
      "                         <host> tells whether it runs there. If so, destroy it here; if\n"
      "                         not, resume it.\n"
      "--patience=SECONDS       How long to ask that of a host that is not reached (60)." },
    { "restore", main_restore, false, true,
      "Make a domain from a file that \"save\" has written",
      "[options] [<ConfigFile>] <CheckpointFile>",
      "-h                       Show this text.\n"
      "-p                       Do not let the domain run yet.\n"
      "-c                       Attach to the domain's console.\n"
      "-F                       Stay in the foreground while the domain lives.\n"
      "-e                       Leave nobody behind to act when the domain ends.\n"
      "-d                       Show the configuration as well.\n"
      "-V, --vncviewer          Open a viewer on the domain's display.\n"
      "-A, --vncviewer-autopass The same, giving the viewer the password." },
    { "migrate-receive", main_migrate_receive, false, true,
      "Take a domain from another host; \"migrate\" there runs it",
      "- for internal use only",
      NULL },
#endif
    { "dump-core", main_dump_core, false, true,
      "Write a domain's memory to a file",
      "<Domain> <filename>",
      NULL },
    { "mem-max", main_mem_max, false, true,
      "Change how much memory a domain may have",
      "<Domain> <MemMB['b'[bytes]|'k'[KB]|'m'[MB]|'g'[GB]|'t'[TB]]>",
      NULL },
    { "mem-set", main_mem_set, false, true,
      "Change how much memory a domain has now",
      "<Domain> <MemMB['b'[bytes]|'k'[KB]|'m'[MB]|'g'[GB]|'t'[TB]]>",
      NULL },
    { "button-press", main_button_press, false, true,
      "Press an ACPI button of a domain",
      "<Domain> <Button>",
      "The button is 'power' or 'sleep'." },
    { "vcpu-list", main_vcpu_list, false, false,
      "Show virtual CPUs",
      "[Domain, ...]",
      NULL },
    { "vcpu-pin", main_vcpu_pin, true, true,
      "Choose the CPUs on which a virtual CPU may and should run",
      "[option] <Domain> <VCPU|all> <Hard affinity|-|all> <Soft affinity|-|all>",
      "-f, --force              Override a pinning by the guest's kernel.\n"
      "--ignore-global-affinity-masks\n"
      "                         Do without the CPU masks of xl.conf." },
    { "vcpu-set", main_vcpu_set, false, true,
      "Change how many virtual CPUs a domain uses",
      "[option] <Domain> <vCPUs>",
      "-i, --ignore-host        There may be more than the host has CPUs." },
    { "vm-list", main_vm_list, false, false,
      "Show guests with their UUIDs",
      "",
      NULL },
    { "info", main_info, false, false,
      "Show what this host and its hypervisor are",
      "-n, --numa         List host NUMA topology information",
      NULL },
    { "pci-attach", main_pci_attach, false, true,
      "Give a running guest a PCI device of the host",
      "<Domain> <PCI_SPEC_STRING>",
      NULL },
    { "pci-detach", main_pci_detach, false, true,
      "Take a PCI device from a guest",
      "[options] <Domain> <PCI_SPEC_STRING>",
      "-f                       Do not wait for the guest." },
    { "pci-list", main_pci_list, false, false,
      "List the PCI devices of a guest",
      "<Domain>",
      NULL },
    { "pci-assignable-add", main_pci_assignable_add, false, true,
      "Make a PCI device ready to be given to guests",
      "[options] <BDF>",
      "-n NAME, --name=NAME     What it shall be called." },
    { "pci-assignable-remove", main_pci_assignable_remove, false, true,
      "Give a PCI device back to the host",
      "[options] <BDF>|NAME",
      "-r                       Bind it to its former driver." },
    { "pci-assignable-list", main_pci_assignable_list, false, false,
      "List the PCI devices that guests can have",
      "[options]",
      "-n, --show-names         With their names." },
    { "sharing", main_sharing, false, false,
      "Show memory that domains share",
      "[Domain]",
      NULL },
    { "sched-credit", main_sched_credit, false, true,
      "Show or change settings of the credit scheduler",
      "[-d <Domain> [-w[=WEIGHT]|-c[=CAP]]] [-s [-t TSLICE] [-r RATELIMIT]] [-p CPUPOOL]",
      "-d, --domain=DOMAIN      Of this domain.\n"
      "-w, --weight=NUMBER      Its share relative to others.\n"
      "-c, --cap=PERCENT        At most this much of a CPU, 0 for no limit.\n"
      "-s, --schedparam         Of a whole pool.\n"
      "-t, --tslice_ms=MS       Time slice.\n"
      "-r, --ratelimit_us=US    Least time before a switch.\n"
      "-m, --migration_delay_us=US\n"
      "                         How long caches are taken to be warm.\n"
      "-p, --cpupool=POOL       Of this pool only." },
    { "sched-credit2", main_sched_credit2, false, true,
      "Show or change settings of the credit2 scheduler",
      "[-d <Domain> [-w[=WEIGHT]]] [-p CPUPOOL]",
      "-d, --domain=DOMAIN      Of this domain.\n"
      "-w, --weight=NUMBER      Its share relative to others.\n"
      "-c, --cap=PERCENT        At most this much of a CPU, 0 for no limit.\n"
      "-s, --schedparam         Of a whole pool.\n"
      "-r, --ratelimit_us=US    Least time before a switch.\n"
      "-p, --cpupool=POOL       Of this pool only." },
    { "sched-rtds", main_sched_rtds, false, true,
      "Show or change periods and budgets of the real-time scheduler",
      "[-d <Domain> [-v[=VCPUID/all]] [-p[=PERIOD]] [-b[=BUDGET]] [-e[=EXTRATIME]]]",
      "-d DOMAIN, --domain=DOMAIN\n"
      "                         Of this domain.\n"
      "-v VCPUID/all, --vcpuid=VCPUID/all\n"
      "                         Of this vCPU, or of each one.\n"
      "-p PERIOD, --period=PERIOD\n"
      "                         In microseconds.\n"
      "-b BUDGET, --budget=BUDGET\n"
      "                         In microseconds of each period.\n"
      "-e EXTRATIME, --extratime=EXTRATIME\n"
      "                         1: idle time may be used beyond the budget.\n"
      "-c POOL, --cpupool=POOL  List the domains of this CPU pool only." },
    { "domid", main_domid, false, false,
      "Show the number of a domain by its name",
      "<DomainName>",
      NULL },
    { "domname", main_domname, false, false,
      "Show the name of a domain by its number",
      "<DomainId>",
      NULL },
    { "rename", main_rename, false, true,
      "Give a domain another name",
      "<Domain> <NewDomainName>",
      NULL },
    { "vncviewer", main_vncviewer, false, false,
      "Open a viewer on a domain's display",
      "[options] <Domain>",
      "--autopass               Give the viewer the password.\n"
      "--vncviewer-autopass     The same." },
    { "trigger", main_trigger, false, true,
      "Raise an event in a domain",
      "<Domain> <nmi|reset|init|power|sleep|s3resume> [<VCPU>]",
      NULL },
    { "sysrq", main_sysrq, false, true,
      "Press a magic SysRq key of a domain",
      "<Domain> <letter>",
      NULL },
    { "debug-keys", main_debug_keys, false, true,
      "Press debug keys of the hypervisor",
      "<Keys>",
      NULL },
    { "set-parameters", main_set_parameters, false, true,
      "Change options of the running hypervisor",
      "<Params>",
      NULL },
    { "dmesg", main_dmesg, false, false,
      "Show the hypervisor's messages",
      "[-c]",
      "  -c, --clear            Discard them afterwards." },
    { "top", main_top, false, false,
      "Watch all domains as they run",
      "",
      NULL },
    { "cd-insert", main_cd_insert, true, true,
      "Put a medium into a CD drive of an HVM guest",
      "<Domain> <VirtualDevice> <Target>",
      NULL },
    { "cd-eject", main_cd_eject, true, true,
      "Take the medium out of a CD drive of an HVM guest",
      "<Domain> <VirtualDevice>",
      NULL },
    { "network-attach", main_network_attach, true, true,
      "Give a domain another network card",
      "<Domain> [type=<type>] [mac=<mac>] [bridge=<bridge>] [ip=<ip>] [script=<script>] [backend=<BackDomain>] [vifname=<name>] [rate=<rate>] [model=<model>] [accel=<accel>] [mtu=<mtu>]",
      NULL },
    { "network-list", main_network_list, false, false,
      "Show network cards of domains",
      "<Domain(s)>",
      NULL },
    { "network-detach", main_network_detach, false, true,
      "Take a network card from a domain",
      "<Domain> <DevId|mac>",
      NULL },
    { "channel-list", main_channel_list, false, false,
      "Show channels of domains",
      "<Domain(s)>",
      NULL },
    { "block-attach", main_block_attach, true, true,
      "Give a domain another disk",
      "<Domain> <disk-spec-component(s)>...",
      NULL },
    { "block-list", main_block_list, false, false,
      "Show disks of domains",
      "<Domain(s)>",
      NULL },
    { "block-detach", main_block_detach, false, true,
      "Take a disk from a domain",
      "[option] <Domain> <DevId>",
      "-f, --force              Even if the guest does not let go of it." },
    { "vtpm-attach", main_vtpm_attach, true, true,
      "Give a running guest a TPM",
      "<Domain> [uuid=<uuid>] [backend=<BackDomain>]",
      NULL },
    { "vtpm-list", main_vtpm_list, false, false,
      "List the TPMs of guests",
      "<Domain(s)>",
      NULL },
    { "vtpm-detach", main_vtpm_detach, false, true,
      "Take a TPM from a guest",
      "<Domain> <DevId|uuid>",
      NULL },
    { "vkb-attach", main_vkb_attach, true, true,
      "Give a running guest a keyboard",
      "<Domain> <vkb-spec-component(s)>...",
      NULL },
    { "vkb-list", main_vkb_list, false, false,
      "List the keyboards of guests",
      "<Domain(s)>",
      NULL },
    { "vkb-detach", main_vkb_detach, false, true,
      "Take a keyboard from a guest",
      "<Domain> <DevId>",
      NULL },
    { "vdispl-attach", main_vdispl_attach, true, true,
      "Give a running guest a display",
      "<Domain> [backend=<BackDomain>] [be-alloc=<BackAlloc>] [connectors='<Connectors>']",
      NULL },
    { "vdispl-list", main_vdispl_list, false, false,
      "List the displays of guests",
      "<Domain(s)>",
      NULL },
    { "vdispl-detach", main_vdispl_detach, false, true,
      "Take a display from a guest",
      "<Domain> <DevId>",
      NULL },
    { "vsnd-attach", main_vsnd_attach, true, true,
      "Give a running guest a sound card",
      "<Domain> <vsnd-spec-component(s)>...",
      NULL },
    { "vsnd-list", main_vsnd_list, false, false,
      "List the sound cards of guests",
      "<Domain(s)>",
      NULL },
    { "vsnd-detach", main_vsnd_detach, false, true,
      "Take a sound card from a guest",
      "<Domain> <DevId>",
      NULL },
    { "devd", main_devd, false, true,
      "Run the hotplug scripts of a driver domain",
      "[options]",
      "-F                      Stay in the foreground.\n"
      "-p, --pidfile=FILE      Write the number of the process there." },
    { "uptime", main_uptime, false, false,
      "Show since when domains run",
      "[-s] [Domain]",
      NULL },
    { "claims", main_claims, false, false,
      "Show memory set aside for domains",
      "",
      NULL },
#ifndef LIBXL_HAVE_NO_SUSPEND_RESUME
    { "remus", main_remus, false, true,
      "Keep a copy of a running domain on another host, ready to take over",
      "[options] <Domain> [<host>]",
      "-i MS                    Time between two checkpoints (200).\n"
      "-u                       Do not compress them.\n"
      "-s SSHCOMMAND            Run this through sh in place of ssh. If it is empty, run <host>\n"
      "                         itself, in place of\n"
      "                         \"<sshcommand> <host> xl migrate-receive -r [-e]\".\n"
      "-e                       Leave nobody behind, there, to act when the domain ends.\n"
      "-N SCRIPT                Set up network buffering by this script.\n"
      "-F                       Allow what is not safe: the options below.\n"
      "-b                       Send the checkpoints to /dev/null.\n"
      "-n                       Do not buffer the network.\n"
      "-d                       Do not replicate disks.\n"
      "-c                       Enable COLO.\n"
      "-p                       With COLO, use its proxy in user space." },
#endif
    { "cpupool-create", main_cpupool_create, true, true,
      "Make a CPU pool",
      "[options] [<ConfigFile>] [Variable=value ...]",
      "-h, --help               Show this text.\n"
      "-f, --defconfig=FILE     Read this configuration file.\n"
      "-n, --dryrun             Only show what would be made (as the global -N).\n"
      "\n"
      "xlcpupool.cfg(5) describes the file." },
    { "cpupool-list", main_cpupool_list, false, false,
      "Show CPU pools",
      "[-c|--cpus] [<CPU Pool>]",
      "-c, --cpus               Their CPUs, not their schedulers." },
    { "cpupool-destroy", main_cpupool_destroy, false, true,
      "Dissolve an empty CPU pool",
      "<CPU Pool>",
      NULL },
    { "cpupool-rename", main_cpupool_rename, false, true,
      "Give a CPU pool another name",
      "<CPU Pool> <new name>",
      NULL },
    { "cpupool-cpu-add", main_cpupool_cpu_add, false, true,
      "Put free CPUs into a pool",
      "<CPU Pool> <CPU nr>|node:<node nr>",
      NULL },
    { "cpupool-cpu-remove", main_cpupool_cpu_remove, false, true,
      "Take CPUs out of a pool",
      "<CPU Pool> <CPU nr>|node:<node nr>",
      NULL },
    { "cpupool-migrate", main_cpupool_migrate, false, true,
      "Move a domain to another CPU pool",
      "<Domain> <CPU Pool>",
      NULL },
    { "cpupool-numa-split", main_cpupool_numa_split, false, true,
      "Make a CPU pool of each NUMA node",
      "",
      NULL },
    { "qemu-monitor-command", main_qemu_monitor_command, false, true,
      "Give a command to the monitor of a domain's device model",
      "<Domain> <Command>",
      NULL },
    { "getenforce", main_getenforce, false, false,
      "Show whether the security policy is enforced",
      "",
      NULL },
    { "setenforce", main_setenforce, false, true,
      "Choose whether the security policy is enforced",
      "<1|0|Enforcing|Permissive>",
      NULL },
    { "loadpolicy", main_loadpolicy, false, true,
      "Load a security policy",
      "<policy file>",
      NULL },
#ifdef LIBXL_HAVE_PSR_GENERIC
    { "psr-hwinfo", main_psr_hwinfo, false, true,
      "Tell which caches and bandwidth the host can share out",
      "[options]",
      "-m, --cmt                Monitoring only.\n"
      "-a, --cat                Allocation of caches only.\n"
      "-b, --mba                Allocation of bandwidth only." },
    { "psr-cmt-attach", main_psr_cmt_attach, false, true,
      "Begin to monitor a domain's share",
      "<Domain>",
      NULL },
    { "psr-cmt-detach", main_psr_cmt_detach, false, true,
      "Monitor a domain's share no longer",
      "<Domain>",
      NULL },
    { "psr-cmt-show", main_psr_cmt_show, false, true,
      "Show what is monitored",
      "<PSR-CMT-Type> <Domain>",
      "cache-occupancy          Of the L3 cache, in KB.\n"
      "total-mem-bandwidth      To all memory, in KB/s.\n"
      "local-mem-bandwidth      To memory of the same node, in KB/s." },
    { "psr-cat-set", main_psr_cat_set, false, true,
      "Set a domain's part of a cache",
      "[options] <Domain> <CBM>",
      "-s SOCKET, --socket=SOCKET\n"
      "                         This socket only.\n"
      "-l LEVEL, --level=LEVEL  2 or 3, which is the default.\n"
      "-c, --code               For code, where the cache tells it from data.\n"
      "-d, --data               For data." },
    { "psr-cat-show", main_psr_cat_show, false, true,
      "Show domains' parts of a cache",
      "[options] <Domain>",
      "-l LEVEL, --level=LEVEL  2 or 3, which is the default." },
    { "psr-mba-set", main_psr_mba_set, false, true,
      "Throttle a domain's memory bandwidth",
      "[options] <Domain> <THRTL>",
      "-s SOCKET, --socket=SOCKET\n"
      "                         This socket only." },
    { "psr-mba-show", main_psr_mba_show, false, true,
      "Show how domains' memory bandwidth is throttled",
      "<Domain>",
      NULL },
#endif
    { "usbctrl-attach", main_usbctrl_attach, false, true,
      "Give a running guest a USB controller",
      "<Domain> [type=<type>] [version=<version>] [ports=<number>]",
      NULL },
    { "usbctrl-detach", main_usbctrl_detach, false, true,
      "Take a USB controller from a guest",
      "<Domain> <DevId>",
      NULL },
    { "usbdev-attach", main_usbdev_attach, false, true,
      "Give a running guest a USB device of the host",
      "<Domain> hostbus=<busnum> hostaddr=<devaddr> [controller=<DevId> [port=<portnum>]]",
      NULL },
    { "usbdev-detach", main_usbdev_detach, false, true,
      "Take a USB device from a guest",
      "<Domain> <controller=devid> <port=number>",
      NULL },
    { "usb-list", main_usb_list, false, false,
      "List the USB controllers and devices of guests",
      "<Domain(s)>",
      NULL },
};
/* clang-format on */
const unsigned int nr_commands = ARRAY_SIZE(commands);
