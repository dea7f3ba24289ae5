/* SPDX-License-Identifier: MIT */
/*
 * Lists linked through a member of their elements, under names that a program's own <sys/queue.h>
 * leaves free. The types are written with their "struct".
 *
 * LIST   one pointer at the head; an element is removed without its head.
 * TAILQ  also knows its end. This is the layout that libxl_ev_link fixes.
 */
#ifndef XEN_LIST_H
#define XEN_LIST_H

#include <stddef.h>

#define XEN_LIST_HEAD(name, type)                                                                  \
    struct name {                                                                                  \
        type *lh_first;                                                                            \
    }
#define XEN_LIST_HEAD_INITIALIZER(head)                                                            \
    {                                                                                              \
        NULL                                                                                       \
    }
#define XEN_LIST_ENTRY(type)                                                                       \
    struct {                                                                                       \
        type *le_next;                                                                             \
        type **le_prev; /* whatever points here */                                                 \
    }

#define XEN_LIST_INIT(head)       ((void)((head)->lh_first = NULL))
#define XEN_LIST_FIRST(head)      ((head)->lh_first)
#define XEN_LIST_EMPTY(head)      (!(head)->lh_first)
#define XEN_LIST_NEXT(elm, field) ((elm)->field.le_next)
#define XEN_LIST_FOREACH(var, head, field)                                                         \
    for ((var) = XEN_LIST_FIRST(head); (var); (var) = XEN_LIST_NEXT(var, field))

/* Put @elm where *@place points to now. */
#define XEN_LIST_LINK_(elm, place, field)                                                          \
    do {                                                                                           \
        (elm)->field.le_next = *(place);                                                           \
        (elm)->field.le_prev = (place);                                                            \
        if ((elm)->field.le_next)                                                                  \
            (elm)->field.le_next->field.le_prev = &(elm)->field.le_next;                           \
        *(elm)->field.le_prev = (elm);                                                             \
    } while (0)
#define XEN_LIST_INSERT_HEAD(head, elm, field)   XEN_LIST_LINK_(elm, &(head)->lh_first, field)
#define XEN_LIST_INSERT_AFTER(after, elm, field) XEN_LIST_LINK_(elm, &(after)->field.le_next, field)
#define XEN_LIST_INSERT_BEFORE(before, elm, field)                                                 \
    do {                                                                                           \
        (elm)->field.le_prev = (before)->field.le_prev;                                            \
        (elm)->field.le_next = (before);                                                           \
        *(elm)->field.le_prev = (elm);                                                             \
        (before)->field.le_prev = &(elm)->field.le_next;                                           \
    } while (0)
#define XEN_LIST_REMOVE(elm, field)                                                                \
    do {                                                                                           \
        if ((elm)->field.le_next)                                                                  \
            (elm)->field.le_next->field.le_prev = (elm)->field.le_prev;                            \
        *(elm)->field.le_prev = (elm)->field.le_next;                                              \
    } while (0)

#define XEN_TAILQ_HEAD(name, type)                                                                 \
    struct name {                                                                                  \
        type *tqh_first;                                                                           \
        type **tqh_last; /* the last one's next, or tqh_first */                                   \
    }
#define XEN_TAILQ_HEAD_INITIALIZER(head)                                                           \
    {                                                                                              \
        NULL, &(head).tqh_first                                                                    \
    }
#define XEN_TAILQ_ENTRY(type)                                                                      \
    struct {                                                                                       \
        type *tqe_next;                                                                            \
        type **tqe_prev;                                                                           \
    }

#define XEN_TAILQ_INIT(head)                                                                       \
    do {                                                                                           \
        (head)->tqh_first = NULL;                                                                  \
        (head)->tqh_last = &(head)->tqh_first;                                                     \
    } while (0)
#define XEN_TAILQ_FIRST(head)      ((head)->tqh_first)
#define XEN_TAILQ_EMPTY(head)      (!(head)->tqh_first)
#define XEN_TAILQ_NEXT(elm, field) ((elm)->field.tqe_next)
#define XEN_TAILQ_FOREACH(var, head, field)                                                        \
    for ((var) = XEN_TAILQ_FIRST(head); (var); (var) = XEN_TAILQ_NEXT(var, field))

#define XEN_TAILQ_INSERT_TAIL(head, elm, field)                                                    \
    do {                                                                                           \
        (elm)->field.tqe_next = NULL;                                                              \
        (elm)->field.tqe_prev = (head)->tqh_last;                                                  \
        *(head)->tqh_last = (elm);                                                                 \
        (head)->tqh_last = &(elm)->field.tqe_next;                                                 \
    } while (0)
#define XEN_TAILQ_INSERT_HEAD(head, elm, field)                                                    \
    do {                                                                                           \
        (elm)->field.tqe_next = (head)->tqh_first;                                                 \
        (elm)->field.tqe_prev = &(head)->tqh_first;                                                \
        if ((elm)->field.tqe_next)                                                                 \
            (elm)->field.tqe_next->field.tqe_prev = &(elm)->field.tqe_next;                        \
        else                                                                                       \
            (head)->tqh_last = &(elm)->field.tqe_next;                                             \
        (head)->tqh_first = (elm);                                                                 \
    } while (0)
#define XEN_TAILQ_REMOVE(head, elm, field)                                                         \
    do {                                                                                           \
        if ((elm)->field.tqe_next)                                                                 \
            (elm)->field.tqe_next->field.tqe_prev = (elm)->field.tqe_prev;                         \
        else                                                                                       \
            (head)->tqh_last = (elm)->field.tqe_prev;                                              \
        *(elm)->field.tqe_prev = (elm)->field.tqe_next;                                            \
    } while (0)

#endif
