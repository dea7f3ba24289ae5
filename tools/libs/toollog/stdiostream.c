/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "xentoollog.h"

#define PROGRESS_STEP 5

struct xentoollog_logger_stdiostream {
    xentoollog_logger vtable;
    FILE *f;
    xentoollog_level min_level;
    unsigned flags;
    size_t drawn;     /* characters of progress on the current line */
    int last_percent; /* of the progress last shown */
};

static void clear_drawn(struct xentoollog_logger_stdiostream *lg)
{
    if (lg->drawn)
        fprintf(lg->f, "\r%*s\r", (int)lg->drawn, "");
    lg->drawn = 0;
}

static void put_prefix(struct xentoollog_logger_stdiostream *lg)
{
    time_t now;
    struct tm tm;

    if (lg->flags & XTL_STDIOSTREAM_SHOW_DATE) {
        char text[32];

        now = time(NULL);
        if (localtime_r(&now, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S ", &tm))
            fputs(text, lg->f);
    }
    if (lg->flags & XTL_STDIOSTREAM_SHOW_PID)
        fprintf(lg->f, "[%lu] ", (unsigned long)getpid());
}

__attribute__((format(printf, 5, 0))) static void
stdiostream_vmessage(xentoollog_logger *logger, xentoollog_level level, int errnoval,
                     const char *context, const char *format, va_list al)
{
    struct xentoollog_logger_stdiostream *lg = (void *)logger;

    if (level < lg->min_level)
        return;
    clear_drawn(lg);
    put_prefix(lg);
    if (context)
        fprintf(lg->f, "%s: ", context);
    fprintf(lg->f, "%s: ", xtl_level_to_string(level));
    vfprintf(lg->f, format, al);
    if (errnoval >= 0)
        fprintf(lg->f, ": %s", strerror(errnoval));
    putc('\n', lg->f);
    fflush(lg->f);
}

static bool redraws(const struct xentoollog_logger_stdiostream *lg)
{
    if (lg->flags & XTL_STDIOSTREAM_PROGRESS_USE_CR)
        return true;
    return !(lg->flags & XTL_STDIOSTREAM_PROGRESS_NO_CR) && isatty(fileno(lg->f)) > 0;
}

/* Each PROGRESS_STEP per cent are progress, what lies between is detail: as the stock library. */
static xentoollog_level progress_level(int last, int percent)
{
    if (percent < last || percent >= last + PROGRESS_STEP)
        return XTL_PROGRESS;
    return percent > last ? XTL_DETAIL : XTL_NONE;
}

static void stdiostream_progress(xentoollog_logger *logger, const char *context,
                                 const char *doing_what, int percent, unsigned long done,
                                 unsigned long total)
{
    struct xentoollog_logger_stdiostream *lg = (void *)logger;
    xentoollog_level level = progress_level(lg->last_percent, percent);
    bool cr = redraws(lg);
    int n;

    if ((lg->flags & XTL_STDIOSTREAM_HIDE_PROGRESS) || level == XTL_NONE || level < lg->min_level)
        return;
    lg->last_percent = percent;
    clear_drawn(lg);
    if (!cr)
        put_prefix(lg);
    n = fprintf(lg->f, "%s%s%s%s: %lu/%lu  %3d%%", context ? context : "", context ? ": " : "",
                cr                      ? ""
                : level == XTL_PROGRESS ? "progress: "
                                        : "detail: ",
                doing_what, done, total, percent);
    if (cr && done != total)
        lg->drawn = n > 0 ? (size_t)n : 0;
    else
        putc('\n', lg->f);
    fflush(lg->f);
}

static void stdiostream_destroy(xentoollog_logger *logger)
{
    clear_drawn((void *)logger);
    free(logger);
}

xentoollog_logger_stdiostream *xtl_createlogger_stdiostream(FILE *f, xentoollog_level min_level,
                                                            unsigned flags)
{
    struct xentoollog_logger_stdiostream *lg = calloc(1, sizeof(*lg));

    if (!lg)
        return NULL;
    *lg = (struct xentoollog_logger_stdiostream){
        .vtable = {stdiostream_vmessage, stdiostream_progress, stdiostream_destroy},
        .f = f,
        .min_level = min_level,
        .flags = flags,
    };
    return lg;
}

void xtl_stdiostream_set_minlevel(xentoollog_logger_stdiostream *lg, xentoollog_level min_level)
{
    lg->min_level = min_level;
}

void xtl_stdiostream_adjust_flags(xentoollog_logger_stdiostream *lg, unsigned set_flags,
                                  unsigned clear_flags)
{
    lg->flags = (lg->flags & ~clear_flags) | set_flags;
}
