/* SPDX-License-Identifier: MIT */
/* xentop: domains and what they use, again and again. */
#include <ctype.h>
#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "xentop.h"

#define HOST_LINES 3

static const char usage_text[] =
    "usage: xentop [OPTION...]\n"
    "Shows the domains of this host and what they use, until q is pressed.\n"
    "  -h, --help           this help\n"
    "  -V, --version        the program's version\n"
    "  -d, --delay=SECONDS  the time between two updates (3)\n"
    "  -i, --iterations=N   end after N updates\n"
    "  -b, --batch          print to standard output, take no keys\n"
    "  -n, --networks       network cards below each domain\n"
    "  -x, --vbds           disks below each domain\n"
    "  -v, --vcpus          vCPUs below each domain\n"
    "  -r, --repeat-header  a header above each domain\n"
    "  -f, --full-name      names in full length\n";

static const struct option longopts[] = {
    {"help", 0, NULL, 'h'},
    {"version", 0, NULL, 'V'},
    {"networks", 0, NULL, 'n'},
    {"vbds", 0, NULL, 'x'},
    {"repeat-header", 0, NULL, 'r'},
    {"vcpus", 0, NULL, 'v'},
    {"delay", 1, NULL, 'd'},
    {"batch", 0, NULL, 'b'},
    {"iterations", 1, NULL, 'i'},
    {"full-name", 0, NULL, 'f'},
    {NULL, 0, NULL, 0},
};

static xenstat_handle *handle;
static struct options opt = {.delay_s = 3, .sort = COL_NAME};
static unsigned long left = 0; /* pictures to be shown; 0: no end */

static unsigned int number(const char *what, const char *s)
{
    char *end;
    unsigned long n = strtoul(s, &end, 10);

    if (isdigit((unsigned char)*s) && !*end && n <= 1000000000)
        return (unsigned int)n;
    fprintf(stderr, "xentop: %s: '%s' is no number\n", what, s);
    exit(EXIT_FAILURE);
}

static void parse(int argc, char **argv)
{
    int c;

    while ((c = getopt_long(argc, argv, "hVnxrvd:bi:f", longopts, NULL)) != -1) {
        switch (c) {
        case 'h':
            fputs(usage_text, stdout);
            exit(EXIT_SUCCESS);
        case 'V':
            printf("xentop 1.0\n");
            exit(EXIT_SUCCESS);
        case 'n':
            opt.networks = true;
            break;
        case 'x':
            opt.vbds = true;
            break;
        case 'r':
            opt.repeat_header = true;
            break;
        case 'v':
            opt.vcpus = true;
            break;
        case 'd':
            opt.delay_s = number("delay", optarg);
            break;
        case 'b':
            opt.batch = true;
            break;
        case 'i':
            left = number("iterations", optarg);
            break;
        case 'f':
            opt.full_name = true;
            break;
        default:
            fputs(usage_text, stderr);
            exit(EXIT_FAILURE);
        }
    }
}

static unsigned long long now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (unsigned long long)t.tv_sec * 1000000 + (unsigned long long)t.tv_nsec / 1000;
}

/* The last picture becomes the old one. */
static void take_picture(struct pictures *p)
{
    static unsigned long long last_us;
    unsigned long long us;
    xenstat_node *node = xenstat_get_node(handle, XENSTAT_ALL);

    if (!node) {
        fprintf(stderr, "Failed to retrieve statistics from libxenstat\n");
        exit(EXIT_FAILURE);
    }
    us = now_us();
    xenstat_free_node(p->old);
    *p = (struct pictures){.now = node, .old = p->now, .elapsed_us = us - last_us};
    last_us = us;
}

static void show(const struct pictures *p, unsigned int *first)
{
    char *text = NULL, *keys = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    if (f) {
        show_host(f, p);
        show_domains(f, p, &opt);
        fclose(f);
    }
    f = open_memstream(&keys, &len);
    if (f) {
        show_keys(f, &opt);
        fclose(f);
    }
    if (text && keys)
        screen_show(text, HOST_LINES + !opt.repeat_header, first, keys);
    free(text);
    free(keys);
}

static void ask_delay(void)
{
    char line[16] = "";

    screen_close();
    printf("Seconds between updates: ");
    fflush(stdout);
    if (fgets(line, sizeof(line), stdin) && atoi(line) > 0)
        opt.delay_s = (unsigned int)atoi(line);
    if (screen_open())
        exit(EXIT_FAILURE);
}

/* False: enough. */
static bool take_key(int key, unsigned int *first)
{
    switch (key < 256 ? tolower(key) : key) {
    case 'q':
    case KEY_ESC:
        return false;
    case 'n':
        opt.networks = !opt.networks;
        break;
    case 'b':
        opt.vbds = !opt.vbds;
        break;
    case 'v':
        opt.vcpus = !opt.vcpus;
        break;
    case 'r':
        opt.repeat_header = !opt.repeat_header;
        break;
    case 's':
        opt.sort = (opt.sort + 1) % NR_COLUMNS;
        break;
    case 'd':
        ask_delay();
        break;
    case KEY_UP:
        *first -= *first > 0;
        break;
    case KEY_DOWN:
        ++*first;
        break;
    }
    return true;
}

static void run_batch(struct pictures *p)
{
    for (;;) {
        take_picture(p);
        show_domains(stdout, p, &opt);
        if (fflush(stdout) || (left && !--left))
            return;
        sleep(opt.delay_s);
    }
}

/* Until the next picture is due. False: enough. */
static bool attend(const struct pictures *p, unsigned int *first)
{
    unsigned long long due = now_us() + opt.delay_s * 1000000ull, us = now_us();

    for (; us < due; us = now_us()) {
        int key = screen_key((int)((due - us) / 1000 + 1));

        if (key == KEY_NONE)
            continue;
        if (!take_key(key, first))
            return false;
        show(p, first);
    }
    return true;
}

static void run_screen(struct pictures *p)
{
    unsigned int first = 0;

    if (screen_open()) {
        fprintf(stderr, "xentop: this is no terminal; use -b\n");
        exit(EXIT_FAILURE);
    }
    do {
        take_picture(p);
        show(p, &first);
        if (left && !--left)
            break;
    } while (attend(p, &first));
    screen_close();
}

int main(int argc, char **argv)
{
    struct pictures p = {0};

    parse(argc, argv);
    handle = xenstat_init();
    if (!handle) {
        fprintf(stderr, "Failed to initialize xenstat library\n");
        return EXIT_FAILURE;
    }
    if (opt.batch)
        run_batch(&p);
    else
        run_screen(&p);
    xenstat_free_node(p.old);
    xenstat_free_node(p.now);
    xenstat_uninit(handle);
    return EXIT_SUCCESS;
}
