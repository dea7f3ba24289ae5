/* SPDX-License-Identifier: MIT */
/*
 * xenpmd: tells guests of the host's battery, through the store: /pm/bif has what it is, /pm/bst
 * what its state is; a guest asks for the latter anew by writing to /pm/events. The contents are
 * those of ACPI's _BIF and _BST (ACPI 6.4, 10.2.2), each number as the eight hexadecimal digits of
 * its bytes, low first, each string behind the two digits of its length.
 */
#include <ctype.h>
#include <dirent.h>
#include <unistd.h>

#include <xenstore.h>

#include "misc.h"

#ifndef SYS_POWER
#define SYS_POWER "/sys/class/power_supply"
#endif

#define UNKNOWN 0xffffffffu

enum { DISCHARGING = 1, CHARGING = 2, CRITICAL = 4 }; /* of _BST */

/* A file of the battery's, without the end of the line; false: there is none. */
static bool read_text(const char *battery, const char *name, char *text, int size)
{
    char path[256];
    FILE *f;
    bool ok;

    snprintf(path, sizeof(path), SYS_POWER "/%s/%s", battery, name);
    text[0] = 0;
    f = fopen(path, "r");
    if (!f)
        return false;
    ok = fgets(text, size, f) != NULL;
    fclose(f);
    text[strcspn(text, "\n")] = 0;
    return ok;
}

/* In thousandths of what the kernel has, which is micros. */
static uint32_t read_milli(const char *battery, const char *name)
{
    char text[32];
    long long n;

    if (!read_text(battery, name, text, sizeof(text)))
        return UNKNOWN;
    n = strtoll(text, NULL, 10) / 1000;
    if (n < 0)
        n = -n; /* a current out of the battery */
    return n > UINT32_MAX - 1 ? UNKNOWN : (uint32_t)n;
}

static bool is_battery(const char *name)
{
    char text[32];

    return name[0] != '.' && read_text(name, "type", text, sizeof(text)) &&
           !strcmp(text, "Battery") &&
           (!read_text(name, "scope", text, sizeof(text)) || strcmp(text, "Device")) &&
           (!read_text(name, "present", text, sizeof(text)) || strcmp(text, "0"));
}

/* The first battery that is the host's. */
static bool find_battery(char *found, size_t size)
{
    DIR *dir = opendir(SYS_POWER);
    struct dirent *e;
    bool ok = false;

    while (dir && !ok && (e = readdir(dir)))
        if (strlen(e->d_name) < size && is_battery(e->d_name)) {
            strcpy(found, e->d_name);
            ok = true;
        }
    if (dir)
        closedir(dir);
    return ok;
}

/* Whether capacities are charges (mAh, mA), not energies (mWh, mW). */
static bool is_charge(const char *battery)
{
    return read_milli(battery, "charge_full") != UNKNOWN;
}

static char *put_number(char *p, uint32_t n)
{
    return p + sprintf(p, "%02x%02x%02x%02x", n & 0xff, n >> 8 & 0xff, n >> 16 & 0xff, n >> 24);
}

static char *put_string(char *p, const char *battery, const char *name)
{
    char text[40];

    read_text(battery, name, text, sizeof(text) - 1);
    strcat(text, "\n");
    return p + sprintf(p, "%02x%s", (unsigned int)strlen(text), text);
}

static void write_bif(struct xs_handle *xsh, const char *battery)
{
    bool charge = is_charge(battery);
    char body[300], whole[320], *p = body, technology[16];
    uint32_t full = read_milli(battery, charge ? "charge_full" : "energy_full");

    read_text(battery, "technology", technology, sizeof(technology));
    p = put_number(p, charge);
    p = put_number(p, read_milli(battery, charge ? "charge_full_design" : "energy_full_design"));
    p = put_number(p, full);
    p = put_number(p, 1); /* rechargeable */
    p = put_number(p, read_milli(battery, "voltage_min_design"));
    p = put_number(p, full == UNKNOWN ? 0 : full / 10); /* warning, as the kernel has none */
    p = put_number(p, full == UNKNOWN ? 0 : full / 25); /* low */
    p = put_number(p, 1);
    p = put_number(p, 1);
    p = put_string(p, battery, "model_name");
    p = put_string(p, battery, "serial_number");
    p = put_string(p, battery, "technology");
    put_string(p, battery, "manufacturer");
    /* The length counts a number as its four bytes. */
    snprintf(whole, sizeof(whole), "%02x%s", (unsigned int)(strlen(body) - 9 * 4 - 4), body);
    xs_write(xsh, XBT_NULL, "/pm/bif", whole, (unsigned int)strlen(whole));
}

static uint32_t read_state(const char *battery)
{
    char text[32];
    uint32_t state = 0;

    read_text(battery, "status", text, sizeof(text));
    if (!strcmp(text, "Discharging"))
        state = DISCHARGING;
    else if (!strcmp(text, "Charging"))
        state = CHARGING;
    read_text(battery, "capacity_level", text, sizeof(text));
    return state | (strcmp(text, "Critical") ? 0 : CRITICAL);
}

static void write_bst(struct xs_handle *xsh, const char *battery)
{
    bool charge = is_charge(battery);
    char text[2 + 4 * 8 + 1], *p = text + sprintf(text, "%02x", 4 * 4);

    p = put_number(p, read_state(battery));
    p = put_number(p, read_milli(battery, charge ? "current_now" : "power_now"));
    p = put_number(p, read_milli(battery, charge ? "charge_now" : "energy_now"));
    put_number(p, read_milli(battery, "voltage_now"));
    xs_write(xsh, XBT_NULL, "/pm/bst", text, (unsigned int)strlen(text));
}

static int serve(struct xs_handle *xsh)
{
    char battery[64];
    unsigned int nr;
    char **event;

    if (find_battery(battery, sizeof(battery))) {
        xs_mkdir(xsh, XBT_NULL, "/pm");
        write_bif(xsh, battery);
        write_bst(xsh, battery);
    }
    if (!xs_watch(xsh, "/pm/events", "refreshbatterystatus"))
        return failed("xenpmd", "/pm/events");
    while ((event = xs_read_watch(xsh, &nr))) {
        free(event);
        if (find_battery(battery, sizeof(battery)))
            write_bst(xsh, battery);
    }
    return failed("xenpmd", "the store");
}

/* Nothing is done on a host without a battery. */
int main(void)
{
    char battery[64];
    struct xs_handle *xsh;
    int status;

    if (!find_battery(battery, sizeof(battery)))
        return 0;
    if (daemon(0, 1))
        return failed("xenpmd", "fork");
    xsh = xs_open(0);
    if (!xsh)
        return failed("xenpmd", "the store");
    status = serve(xsh);
    xs_close(xsh);
    return status;
}
