/* SPDX-License-Identifier: MIT */
#include <stdarg.h>

#include "private.h"

static int open_handles(xc_interface *xch)
{
    unsigned int flags =
        xch->flags & XC_OPENFLAG_NON_REENTRANT ? XENCALL_OPENFLAG_NON_REENTRANT : 0;

    xch->xcall = xencall_open(xch->logger, flags);
    if (!xch->xcall)
        return -1;
    xch->fmem = xenforeignmemory_open(xch->logger, 0);
    if (!xch->fmem)
        return -1;
    xch->dmod = xendevicemodel_open(xch->logger, 0);
    return xch->dmod ? 0 : -1;
}

xc_interface *xc_interface_open(xentoollog_logger *logger, xentoollog_logger *dombuild_logger,
                                unsigned open_flags)
{
    xc_interface *xch = calloc(1, sizeof(*xch));
    int saved;

    if (!xch)
        return NULL;
    xch->flags = open_flags;
    if (!logger) {
        xch->own = (xentoollog_logger *)xtl_createlogger_stdiostream(stderr, XTL_PROGRESS, 0);
        if (!xch->own) {
            free(xch);
            return NULL;
        }
        logger = xch->own;
    }
    xch->logger = logger;
    xch->dombuild = dombuild_logger ? dombuild_logger : logger;
    if (!(open_flags & XC_OPENFLAG_DUMMY) && open_handles(xch)) {
        saved = errno;
        xc_interface_close(xch);
        errno = saved;
        return NULL;
    }
    return xch;
}

int xc_interface_close(xc_interface *xch)
{
    int rc = 0;

    if (!xch)
        return 0;
    rc |= xendevicemodel_close(xch->dmod);
    rc |= xenforeignmemory_close(xch->fmem);
    rc |= xencall_close(xch->xcall);
    xtl_logger_destroy(xch->own);
    free(xch);
    return rc ? -1 : 0;
}

struct xencall_handle *xc_interface_xcall_handle(xc_interface *xch)
{
    return xch->xcall;
}

struct xenforeignmemory_handle *xc_interface_fmem_handle(xc_interface *xch)
{
    return xch->fmem;
}

struct xendevicemodel_handle *xc_interface_dmod_handle(xc_interface *xch)
{
    return xch->dmod;
}

const xc_error *xc_get_last_error(xc_interface *xch)
{
    return &xch->last_error;
}

void xc_clear_last_error(xc_interface *xch)
{
    xch->last_error = (xc_error){.code = XC_ERROR_NONE};
}

const char *xc_error_code_to_desc(int code)
{
    static const char *const desc[] = {
        [XC_ERROR_NONE] = "No error details",   [XC_INTERNAL_ERROR] = "Internal error",
        [XC_INVALID_KERNEL] = "Invalid kernel", [XC_INVALID_PARAM] = "Invalid configuration",
        [XC_OUT_OF_MEMORY] = "Out of memory",
    };

    return code >= 0 && code <= XC_OUT_OF_MEMORY ? desc[code] : "Unknown error code";
}

const char *xc_strerror(xc_interface *xch, int errcode)
{
    static __thread char text[64];

    (void)xch;
    return strerror_r(errcode, text, sizeof(text));
}

void xc_reportv(xc_interface *xch, enum xc_log_channel channel, xentoollog_level level,
                int errnoval, const char *fmt, va_list al)
{
    xentoollog_logger *lg = channel == XC_LOG_DOMBUILD ? xch->dombuild : xch->logger;

    xtl_logv(lg, level, errnoval, channel == XC_LOG_DOMBUILD ? "domainbuilder" : "xc", fmt, al);
}

void xc_report(xc_interface *xch, enum xc_log_channel channel, xentoollog_level level, int errnoval,
               const char *fmt, ...)
{
    va_list al;

    va_start(al, fmt);
    xc_reportv(xch, channel, level, errnoval, fmt, al);
    va_end(al);
}

int xc_report_error(xc_interface *xch, xc_error_code code, const char *fmt, ...)
{
    int saved = errno;
    va_list al;

    va_start(al, fmt);
    xch->last_error.code = code;
    vsnprintf(xch->last_error.message, sizeof(xch->last_error.message), fmt, al);
    va_end(al);
    xtl_log(xch->logger, XTL_ERROR, saved ? saved : -1, "xc", "%s: %s", xc_error_code_to_desc(code),
            xch->last_error.message);
    errno = saved;
    return -1;
}

const char *xc_set_progress_prefix(xc_interface *xch, const char *doing)
{
    const char *before = xch->progress_doing;

    xch->progress_doing = doing;
    return before;
}

void xc_report_progress_step(xc_interface *xch, unsigned long done, unsigned long total)
{
    xtl_progress(xch->logger, "xc", xch->progress_doing ? xch->progress_doing : "", done, total);
}

void xc_report_progress_single(xc_interface *xch, const char *doing)
{
    xtl_progress(xch->logger, "xc", doing, 0, 0);
}
