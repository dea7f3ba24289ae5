/* SPDX-License-Identifier: MIT */
/* Messages of libxenctrl and libxenguest. Exported for the latter, not a public interface. */
#ifndef CTRL_REPORT_H
#define CTRL_REPORT_H

#include "xenctrl.h"

enum xc_log_channel {
    XC_LOG_MAIN,     /* the interface's logger */
    XC_LOG_DOMBUILD, /* the domain builder's */
};

/* Log only. @errnoval: -1 if there is none to tell. Keep errno. */
void xc_reportv(xc_interface *xch, enum xc_log_channel channel, xentoollog_level level,
                int errnoval, const char *fmt, va_list al) __attribute__((format(printf, 5, 0)));
void xc_report(xc_interface *xch, enum xc_log_channel channel, xentoollog_level level, int errnoval,
               const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Log an error with errno, and remember it for xc_get_last_error(). Keeps errno. Returns -1. */
int xc_report_error(xc_interface *xch, xc_error_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* What the following progress is about; returns what it was before. @doing is not copied. */
const char *xc_set_progress_prefix(xc_interface *xch, const char *doing);
void xc_report_progress_step(xc_interface *xch, unsigned long done, unsigned long total);
void xc_report_progress_single(xc_interface *xch, const char *doing);

#endif
