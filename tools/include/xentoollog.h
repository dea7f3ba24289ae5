/* SPDX-License-Identifier: MIT */
/*
 * libxentoollog: loggers. A logger is an object whose first member is struct xentoollog_logger;
 * libraries are given one and send it messages and progress.
 */
#ifndef XENTOOLLOG_H
#define XENTOOLLOG_H

#include <stdarg.h>
#include <stdio.h>

typedef enum xentoollog_level {
    XTL_NONE, /* never the level of a message */
    XTL_DEBUG,
    XTL_VERBOSE,
    XTL_DETAIL,
    XTL_PROGRESS, /* bars and percentages, see the progress member */
    XTL_INFO,
    XTL_NOTICE,
    XTL_WARN,
    XTL_ERROR,
    XTL_CRITICAL,
    XTL_NUM_LEVELS
} xentoollog_level;

typedef struct xentoollog_logger xentoollog_logger;
struct xentoollog_logger {
    /*
     * One message. @errnoval: an errno to explain, or -1. @context: the part of the program that
     * speaks, or NULL. @format has no newline at its end. errno may be changed.
     */
    void (*vmessage)(struct xentoollog_logger *logger, xentoollog_level level, int errnoval,
                     const char *context, const char *format, va_list al)
        __attribute__((format(printf, 5, 0)));
    /*
     * @done of @total, which is @percent, of @doing_what; @done == @total ends it. May be NULL.
     */
    void (*progress)(struct xentoollog_logger *logger, const char *context, const char *doing_what,
                     int percent, unsigned long done, unsigned long total);
    void (*destroy)(struct xentoollog_logger *logger);
};

/* A logger which writes to a stdio stream. */
#define XTL_STDIOSTREAM_SHOW_PID        001u
#define XTL_STDIOSTREAM_SHOW_DATE       002u
#define XTL_STDIOSTREAM_HIDE_PROGRESS   004u
/* Redraw progress with carriage returns, or never; neither: if the stream is a terminal. */
#define XTL_STDIOSTREAM_PROGRESS_USE_CR 010u
#define XTL_STDIOSTREAM_PROGRESS_NO_CR  020u

typedef struct xentoollog_logger_stdiostream xentoollog_logger_stdiostream;

/*
 * Messages below @min_level are dropped. @f stays the caller's and must outlive the logger. NULL
 * if there is no memory.
 */
xentoollog_logger_stdiostream *xtl_createlogger_stdiostream(FILE *f, xentoollog_level min_level,
                                                            unsigned flags);
void xtl_stdiostream_set_minlevel(xentoollog_logger_stdiostream *logger,
                                  xentoollog_level min_level);
void xtl_stdiostream_adjust_flags(xentoollog_logger_stdiostream *logger, unsigned set_flags,
                                  unsigned clear_flags);

/* For any logger. NULL is allowed. */
void xtl_logger_destroy(struct xentoollog_logger *logger);

/* These keep errno. */
void xtl_logv(struct xentoollog_logger *logger, xentoollog_level level, int errnoval,
              const char *context, const char *format, va_list al)
    __attribute__((format(printf, 5, 0)));
void xtl_log(struct xentoollog_logger *logger, xentoollog_level level, int errnoval,
             const char *context, const char *format, ...) __attribute__((format(printf, 5, 6)));
void xtl_progress(struct xentoollog_logger *logger, const char *context, const char *doing_what,
                  unsigned long done, unsigned long total);

/* "debug", "verbose" and so on; for XTL_NONE and for no level at all a string that says so. */
const char *xtl_level_to_string(xentoollog_level level);

/*
 * For writers of loggers: a copy, on the heap, of @buffer, whose member "vtable" gets the functions
 * LOGGER_vmessage, LOGGER_progress and LOGGER_destroy. NULL, after a message, without memory.
 */
#define XTL_NEW_LOGGER(LOGGER, buffer)                                                             \
    ({                                                                                             \
        xentoollog_logger_##LOGGER *xtl_new_ = malloc(sizeof(*xtl_new_));                          \
        (buffer).vtable.vmessage = LOGGER##_vmessage;                                              \
        (buffer).vtable.progress = LOGGER##_progress;                                              \
        (buffer).vtable.destroy = LOGGER##_destroy;                                                \
        if (xtl_new_)                                                                              \
            *xtl_new_ = (buffer);                                                                  \
        else                                                                                       \
            xtl_log((xentoollog_logger *)&(buffer), XTL_CRITICAL, errno, "xtl",                    \
                    "no memory for a logger");                                                     \
        xtl_new_;                                                                                  \
    });

#endif
