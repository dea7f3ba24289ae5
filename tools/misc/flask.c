/* SPDX-License-Identifier: MIT */
/*
 * flask-get-bool, flask-set-bool, flask-getenforce, flask-setenforce, flask-loadpolicy,
 * flask-label-pci: the hypervisor's security policy. One program that goes by its name.
 */
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xenctrl.h>

#include "misc.h"

#ifndef SYS_PCI
#define SYS_PCI "/sys/bus/pci/devices"
#endif

/* Exit statuses. */
#define REFUSED  2   /* of what labels and sets */
#define NO_STATE 255 /* of what is about the policy as a whole */

static const char *program;

static int refused(const char *what, int status)
{
    failed(program, what);
    return status;
}

static void print_bool(const char *name, int now, int then)
{
    if (now == then)
        printf("%s: %d\n", name, now);
    else
        printf("%s: %d (pending %d)\n", name, now, then);
}

static int get_bool(xc_interface *xch, char **args)
{
    char name[256];
    int now, then, id = 0;

    if (strcmp(args[0], "-a")) {
        if (xc_flask_getbool_byname(xch, args[0], &now, &then) < 0)
            return refused(args[0], REFUSED);
        print_bool(args[0], now, then);
        return 0;
    }
    while (xc_flask_getbool_byid(xch, id, name, sizeof(name), &now, &then) >= 0) {
        name[sizeof(name) - 1] = 0;
        print_bool(name, now, then);
        id++;
    }
    return errno == ENOENT ? 0 : refused("booleans", REFUSED);
}

/* The place of @text in @words, which end with NULL; or their number. */
static int word_index(const char *const *words, const char *text)
{
    int i = 0;

    while (words[i] && strcasecmp(words[i], text))
        i++;
    return i;
}

static int set_bool(xc_interface *xch, char **args)
{
    static const char *const words[] = {"0", "1", "disabled", "enabled", "off", "on", NULL};
    int i = word_index(words, args[1]);

    if (!words[i]) {
        fprintf(stderr, "%s: unknown value %s\n", program, args[1]);
        return 1;
    }
    return xc_flask_setbool(xch, args[0], i & 1, 1) < 0 ? refused(args[0], REFUSED) : 0;
}

/* The exit status says it too. */
static int get_enforce(xc_interface *xch, char **args)
{
    int on = xc_flask_getenforce(xch);

    (void)args;
    if (on < 0)
        return refused("enforcing mode", NO_STATE);
    puts(on ? "Enforcing" : "Permissive");
    return on;
}

static int set_enforce(xc_interface *xch, char **args)
{
    static const char *const words[] = {"0", "1", "permissive", "enforcing", NULL};
    int i = word_index(words, args[0]);

    if (!words[i])
        return -1;
    return xc_flask_setenforce(xch, i & 1) < 0 ? refused("enforcing mode", NO_STATE) : 0;
}

/* NULL: a message was printed. Else to be freed. */
static char *read_policy(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY);
    char *policy = NULL;
    struct stat st;

    if (fd < 0 || fstat(fd, &st)) {
        failed(program, path);
    } else if (st.st_size == 0 || st.st_size > INT32_MAX) {
        fprintf(stderr, "%s: %s: not a policy, by its size\n", program, path);
    } else {
        *size = (size_t)st.st_size;
        policy = malloc(*size);
        errno = 0;
        if (!policy || read(fd, policy, *size) != (ssize_t)*size) {
            failed(program, path);
            free(policy);
            policy = NULL;
        }
    }
    if (fd >= 0)
        close(fd);
    return policy;
}

static int load_policy(xc_interface *xch, char **args)
{
    size_t size = 0;
    char *policy = read_policy(args[0], &size);
    int rc;

    if (!policy)
        return NO_STATE;
    rc = xc_flask_load(xch, policy, (uint32_t)size);
    free(policy);
    if (rc < 0)
        return refused("the policy", NO_STATE);
    puts("Successfully loaded policy.");
    return 0;
}

/* A file below the device's folder. */
static FILE *open_device(const char *device, const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), SYS_PCI "/%s/%s", device, name);
    return fopen(path, "r");
}

#define IS_IO     0x100 /* in Linux' flags of a resource */
#define IS_MEMORY 0x200

static int label_resources(xc_interface *xch, FILE *f, char *label)
{
    unsigned long first, last, flags;
    int rc = 0;

    while (rc >= 0 && fscanf(f, "%lx %lx %lx", &first, &last, &flags) == 3) {
        if (flags & IS_IO)
            rc = xc_flask_add_ioport(xch, first, last, label);
        else if (flags & IS_MEMORY)
            rc = xc_flask_add_iomem(xch, first >> XC_PAGE_SHIFT, last >> XC_PAGE_SHIFT, label);
    }
    return rc;
}

static int label_irq(xc_interface *xch, const char *device, char *label)
{
    FILE *f = open_device(device, "irq");
    unsigned int irq;
    int rc = 0;

    if (f && fscanf(f, "%u", &irq) == 1 && irq)
        rc = xc_flask_add_pirq(xch, irq, label);
    if (f)
        fclose(f);
    return rc;
}

static int label_pci(xc_interface *xch, char **args)
{
    unsigned int segment, bus, slot, function;
    char device[32], end;
    FILE *f;
    int rc;

    if (sscanf(args[0], "%x:%x:%x.%u%c", &segment, &bus, &slot, &function, &end) != 4 ||
        segment > 0xffff || bus > 0xff || slot > 31 || function > 7) {
        fprintf(stderr, "%s: %s is no device\n", program, args[0]);
        return 1;
    }
    snprintf(device, sizeof(device), "%04x:%02x:%02x.%u", segment, bus, slot, function);
    f = open_device(device, "resource");
    if (!f)
        return failed(program, args[0]);
    rc = xc_flask_add_device(xch, segment << 16 | bus << 8 | slot << 3 | function, args[1]);
    if (rc >= 0)
        rc = label_resources(xch, f, args[1]);
    if (rc >= 0)
        rc = label_irq(xch, device, args[1]);
    fclose(f);
    return rc < 0 ? refused(args[0], REFUSED) : 0;
}

static const struct {
    const char *name, *arguments;
    int nr_args;
    int (*run)(xc_interface *xch, char **args); /* exit status; negative: wrong usage */
} programs[] = {
    {"flask-get-bool", "NAME|-a", 1, get_bool},
    {"flask-set-bool", "NAME 0|1|off|on|disabled|enabled", 2, set_bool},
    {"flask-getenforce", "", 0, get_enforce},
    {"flask-setenforce", "Permissive|0|Enforcing|1", 1, set_enforce},
    {"flask-loadpolicy", "FILE", 1, load_policy},
    {"flask-label-pci", "SEGMENT:BUS:SLOT.FUNCTION LABEL", 2, label_pci},
};
#define NR_PROGRAMS (sizeof(programs) / sizeof(programs[0]))

int main(int argc, char **argv)
{
    xc_interface *xch;
    int status = -1;
    size_t i = 0;

    program = program_invocation_short_name;
    while (i < NR_PROGRAMS && strcmp(programs[i].name, program))
        i++;
    if (i == NR_PROGRAMS) {
        fprintf(stderr, "%s: none of the programs that this can be\n", program);
        return 1;
    }
    if (argc == 1 + programs[i].nr_args) {
        xch = xc_interface_open(NULL, NULL, 0);
        if (!xch)
            return failed(program, "the hypervisor");
        status = programs[i].run(xch, argv + 1);
        xc_interface_close(xch);
    }
    if (status >= 0)
        return status;
    fprintf(stderr, "usage: %s %s\n", program, programs[i].arguments);
    return 1;
}
