/* SPDX-License-Identifier: MIT */
#ifndef XENTOP_H
#define XENTOP_H

#include <stdbool.h>
#include <stdio.h>

#include <xenstat.h>

enum column {
    COL_NAME,
    COL_STATE,
    COL_CPU_S,
    COL_CPU_PCT,
    COL_MEM,
    COL_MEM_PCT,
    COL_MAXMEM,
    COL_MAXMEM_PCT,
    COL_VCPUS,
    COL_NETS,
    COL_NET_TX,
    COL_NET_RX,
    COL_VBDS,
    COL_VBD_OO,
    COL_VBD_RD,
    COL_VBD_WR,
    COL_VBD_RSECT,
    COL_VBD_WSECT,
    COL_SSID,
    NR_COLUMNS,
};

struct options {
    bool networks, vbds, vcpus, repeat_header, full_name, batch;
    unsigned int delay_s;
    enum column sort;
};

/* Two pictures, @elapsed_us apart; @old NULL: there is only one. */
struct pictures {
    xenstat_node *now, *old;
    unsigned long long elapsed_us;
};

const char *column_title(enum column c);
/* The table: a header and the domains, and what the options ask for below each. */
void show_domains(FILE *out, const struct pictures *p, const struct options *o);
/* The lines above it, for the screen. */
void show_host(FILE *out, const struct pictures *p);
void show_keys(FILE *out, const struct options *o);

/* The terminal: raw, on its other screen, until screen_close(), also at exit and on signals. */
int screen_open(void);
void screen_close(void);
/* Of @text the lines from *@first on that fit; *@first is brought into its range. */
void screen_show(const char *text, unsigned int head_lines, unsigned int *first,
                 const char *last_line);
/* A key within @ms, KEY_UP, KEY_DOWN, or KEY_NONE. */
enum { KEY_NONE = 0, KEY_UP = 256, KEY_DOWN, KEY_ESC };
int screen_key(int ms);

#endif
