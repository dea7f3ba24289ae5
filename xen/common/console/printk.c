/* SPDX-License-Identifier: MIT */
/* Lines of the hypervisor: level, rate, time stamp, prefix. */
#include <xen/kernel.h>
#include <xen/lib/printf.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include <xen/time.h>
#include "private.h"

#define NR_LEVELS     4
#define LEVEL_DEFAULT 1 /* a message that names none: as important as a warning */
#define LEVEL_ALL     16

/* Levels below @always are printed; those below @limited no oftener than the rate allows. */
struct threshold {
    unsigned int always, limited;
};
static struct threshold own_level = {2, 2}, guest_level = {0, 2};

static enum { STAMP_NONE, STAMP_DATE, STAMP_DATEMS, STAMP_BOOT, STAMP_RAW } opt_stamp;

static const char *const level_names[] = {"none", "error", "warning", "info", "debug"};

static int parse_level(const char *s, size_t len, unsigned int *out)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(level_names); i++) {
        if (strlen(level_names[i]) == len && !strncmp(s, level_names[i], len)) {
            *out = i;
            return 0;
        }
    }
    if (len != 3 || strncmp(s, "all", 3))
        return -EINVAL;
    *out = LEVEL_ALL;
    return 0;
}

static int parse_threshold(const char *s, struct threshold *t)
{
    const char *slash = strchr(s, '/');
    size_t len = slash ? (size_t)(slash - s) : strlen(s);
    struct threshold new;

    if (parse_level(s, len, &new.always))
        return -EINVAL;
    new.limited = new.always;
    if (slash && parse_level(slash + 1, strlen(slash + 1), &new.limited))
        return -EINVAL;
    *t = new;
    return 0;
}

static int parse_loglvl(const char *s)
{
    return parse_threshold(s, &own_level);
}
PARAM_FN("loglvl", parse_loglvl);

static int parse_guest_loglvl(const char *s)
{
    return parse_threshold(s, &guest_level);
}
PARAM_FN("guest_loglvl", parse_guest_loglvl);

static int parse_timestamps(const char *s)
{
    static const char *const names[] = {"none", "date", "datems", "boot", "raw"};

    for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
        if (!strcmp(s, names[i])) {
            opt_stamp = i;
            return 0;
        }
    }
    if (*s && parse_bool(s, strlen(s)) != 1)
        return -EINVAL;
    opt_stamp = STAMP_DATE;
    return 0;
}
PARAM_FN("console_timestamps", parse_timestamps);

static const char *level_text(unsigned int level)
{
    static const char *const text[] = {"Nothing", "Errors", "Errors and warnings",
                                       "Errors, warnings and info"};

    return level < ARRAY_SIZE(text) ? text[level] : "All";
}

static void announce(const char *what, const struct threshold *t)
{
    if (t->limited > t->always)
        printk("%s Loglevel: %s (Rate-limited: %s)\n", what, level_text(t->always),
               level_text(t->limited));
    else
        printk("%s Loglevel: %s\n", what, level_text(t->always));
}

void printk_announce_levels(void)
{
    announce("Std.", &own_level);
    announce("Guest", &guest_level);
}

/* Ten lines at once, then as many in each five seconds. */
#define RATE_BURST  10
#define RATE_PERIOD SECONDS(5)
static s_time_t rate_start;
static unsigned int rate_used, rate_missed;

static bool rate_allows(void)
{
    s_time_t now = NOW();

    if (now - rate_start >= RATE_PERIOD || now < rate_start) {
        static char note[64];

        if (rate_missed) {
            int n = scnprintf(note, sizeof(note), "(XEN) printk: %u messages suppressed.\n",
                              rate_missed);

            console_emit(note, (size_t)n, true);
        }
        rate_start = now;
        rate_used = rate_missed = 0;
    }
    if (rate_used < RATE_BURST) {
        rate_used++;
        return true;
    }
    rate_missed++;
    return false;
}

static bool level_allows(const struct threshold *t, unsigned int level)
{
    if (console_is_sync() || level < t->always)
        return true;
    return level < t->limited && rate_allows();
}

bool printk_guest_line_allowed(void)
{
    return level_allows(&guest_level, 3);
}

/* Civil date of day @days since 1970-01-01, proleptic Gregorian, from March-based years. */
static void date_of(uint64_t days, unsigned int *y, unsigned int *m, unsigned int *d)
{
    uint64_t z = days + 719468, era = z / 146097, doe = z % 146097;
    uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

    *d = (unsigned int)(doy - (153 * mp + 2) / 5 + 1);
    *m = (unsigned int)(mp < 10 ? mp + 3 : mp - 9);
    *y = (unsigned int)(yoe + era * 400 + (*m <= 2));
}

static int stamp_date(char *buf, size_t size, bool ms)
{
    s_time_t now = NOW();
    unsigned int y, m, d, s;
    uint64_t secs;
    uint32_t ns;

    time_get_boot_wallclock(&secs, &ns);
    secs += ((uint64_t)now + ns) / 1000000000;
    date_of(secs / 86400, &y, &m, &d);
    s = (unsigned int)(secs % 86400);
    if (!ms)
        return scnprintf(buf, size, "[%04u-%02u-%02u %02u:%02u:%02u] ", y, m, d, s / 3600,
                         s / 60 % 60, s % 60);
    return scnprintf(buf, size, "[%04u-%02u-%02u %02u:%02u:%02u.%03u] ", y, m, d, s / 3600,
                     s / 60 % 60, s % 60, (unsigned int)(((uint64_t)now + ns) / 1000000 % 1000));
}

static void emit_prefix(void)
{
    char stamp[48];
    int n = 0;

    console_emit("(XEN) ", 6, true);
    if (opt_stamp == STAMP_DATE || opt_stamp == STAMP_DATEMS)
        n = stamp_date(stamp, sizeof(stamp), opt_stamp == STAMP_DATEMS);
    else if (opt_stamp == STAMP_BOOT)
        n = scnprintf(stamp, sizeof(stamp), "[%5lu.%06lu] ", (uint64_t)NOW() / 1000000000,
                      (uint64_t)NOW() / 1000 % 1000000);
    else if (opt_stamp == STAMP_RAW)
        n = scnprintf(stamp, sizeof(stamp), "[%016lx] ", (uint64_t)NOW());
    console_emit(stamp, (size_t)n, true);
}

/* Cut the marks "<G>" and "<n>" off the front. */
static const char *take_level(const char *s, unsigned int *level, bool *guest)
{
    while (s[0] == '<' && s[1] && s[2] == '>') {
        if (s[1] == 'G')
            *guest = true;
        else if (s[1] >= '0' && s[1] < '0' + NR_LEVELS)
            *level = (unsigned int)(s[1] - '0');
        else
            break;
        s += 3;
    }
    return s;
}

static bool line_open, line_shown; /* a line has been begun; it is printed [console lock] */

static void put_text(const char *s)
{
    unsigned int level = LEVEL_DEFAULT;
    bool guest = false;

    while (*s) {
        const char *end;

        if (!line_open) {
            s = take_level(s, &level, &guest);
            line_shown = level_allows(guest ? &guest_level : &own_level, level);
            if (line_shown)
                emit_prefix();
        }
        end = strchr(s, '\n');
        end = end ? end + 1 : s + strlen(s);
        if (line_shown)
            console_emit(s, (size_t)(end - s), true);
        line_open = end == s ? line_open : end[-1] != '\n';
        s = end;
    }
}

void vprintk(const char *fmt, va_list ap)
{
    static char text[1024];
    unsigned long flags = console_lock_save();

    vsnprintf(text, sizeof(text), fmt, ap);
    put_text(text);
    console_unlock_restore(flags);
}

void printk(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vprintk(fmt, ap);
    va_end(ap);
}
