/* SPDX-License-Identifier: MIT */
/*
 * Doubly linked circular lists whose links live inside the objects.
 *
 * A list is a `struct list_head` that is not inside an object; an empty one points to itself.
 * The caller serialises. The _rcu forms may run beside readers which walk forward only, under
 * list_for_each_entry_rcu(); an object removed by list_del_rcu() keeps its links until a grace
 * period has passed.
 */
#ifndef XEN_LIB_LIST_H
#define XEN_LIB_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include <xen/lib/compiler.h>

struct list_head {
    struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(name)                                                                       \
    {                                                                                              \
        &(name), &(name)                                                                           \
    }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

static inline void list_init(struct list_head *l)
{
    l->next = l->prev = l;
}

#define INIT_LIST_HEAD(l) list_init(l)

static inline bool list_empty(const struct list_head *l)
{
    return l->next == l;
}

/* Whether exactly one object is on the list. */
static inline bool list_is_singular(const struct list_head *l)
{
    return l->next != l && l->next == l->prev;
}

/* Put @node right after @pos. */
static inline void list_insert_after(struct list_head *node, struct list_head *pos)
{
    struct list_head *next = pos->next;

    node->prev = pos;
    node->next = next;
    next->prev = node;
    pos->next = node;
}

/* Put @node first. */
static inline void list_add(struct list_head *node, struct list_head *list)
{
    list_insert_after(node, list);
}

/* Put @node last; with an object's link as @list: right before that object. */
static inline void list_add_tail(struct list_head *node, struct list_head *list)
{
    list_insert_after(node, list->prev);
}

static inline void list_unlink_(const struct list_head *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
}

/* Take @node out; its own links become invalid. */
static inline void list_del(struct list_head *node)
{
    list_unlink_(node);
    node->next = node->prev = NULL;
}

/* Take @node out and leave it as an empty list, so that list_empty(node) tells it is on none. */
static inline void list_del_init(struct list_head *node)
{
    list_unlink_(node);
    list_init(node);
}

static inline void list_move(struct list_head *node, struct list_head *list)
{
    list_unlink_(node);
    list_add(node, list);
}

static inline void list_move_tail(struct list_head *node, struct list_head *list)
{
    list_unlink_(node);
    list_add_tail(node, list);
}

/* Let @to stand where @from stood; @from becomes invalid. */
static inline void list_replace(struct list_head *from, struct list_head *to)
{
    *to = *from;
    to->next->prev = to;
    to->prev->next = to;
}

/* Move all of @from, in order, right after @pos; @from ends up empty. */
static inline void list_splice_init(struct list_head *from, struct list_head *pos)
{
    if (list_empty(from))
        return;
    from->prev->next = pos->next;
    pos->next->prev = from->prev;
    from->next->prev = pos;
    pos->next = from->next;
    list_init(from);
}

/* Move all of @from to the end of @list; @from ends up empty. */
static inline void list_splice_tail_init(struct list_head *from, struct list_head *list)
{
    list_splice_init(from, list->prev);
}

static inline void list_add_tail_rcu(struct list_head *node, struct list_head *list)
{
    struct list_head *prev = list->prev;

    node->prev = prev;
    node->next = list;
    list->prev = node;
    __atomic_store_n(&prev->next, node, __ATOMIC_RELEASE);
}

static inline void list_add_rcu(struct list_head *node, struct list_head *list)
{
    list_add_tail_rcu(node, list->next);
}

static inline void list_del_rcu(struct list_head *node)
{
    node->next->prev = node->prev;
    __atomic_store_n(&node->prev->next, node->next, __ATOMIC_RELEASE);
    node->prev = NULL;
}

#define list_entry(link, type, member) container_of(link, type, member)

/* First and last object; the list must not be empty. */
#define list_first_entry(list, type, member) list_entry((list)->next, type, member)
#define list_last_entry(list, type, member)  list_entry((list)->prev, type, member)

/* The same, or NULL when the list is empty. */
#define list_first_entry_or_null(list, type, member)                                               \
    (list_empty(list) ? NULL : list_first_entry(list, type, member))
#define list_last_entry_or_null(list, type, member)                                                \
    (list_empty(list) ? NULL : list_last_entry(list, type, member))

/* Neighbours of an object; at the ends the result is not an object. */
#define list_next_entry(obj, member) list_entry((obj)->member.next, __typeof__(*(obj)), member)
#define list_prev_entry(obj, member) list_entry((obj)->member.prev, __typeof__(*(obj)), member)

#define list_for_each(link, list)                                                                  \
    for ((link) = (list)->next; (link) != (list); (link) = (link)->next)

/* Walk the objects. The body must not remove @obj. */
#define list_for_each_entry(obj, list, member)                                                     \
    for ((obj) = list_first_entry(list, __typeof__(*(obj)), member); &(obj)->member != (list);     \
         (obj) = list_next_entry(obj, member))

#define list_for_each_entry_reverse(obj, list, member)                                             \
    for ((obj) = list_last_entry(list, __typeof__(*(obj)), member); &(obj)->member != (list);      \
         (obj) = list_prev_entry(obj, member))

/* Walk on, from the object after @obj. */
#define list_for_each_entry_continue(obj, list, member)                                            \
    for ((obj) = list_next_entry(obj, member); &(obj)->member != (list);                           \
         (obj) = list_next_entry(obj, member))

/* Walk the objects; the body may remove @obj (and only @obj). @tmp is of the same type. */
#define list_for_each_entry_safe(obj, tmp, list, member)                                           \
    for ((obj) = list_first_entry(list, __typeof__(*(obj)), member),                               \
        (tmp) = list_next_entry(obj, member);                                                      \
         &(obj)->member != (list); (obj) = (tmp), (tmp) = list_next_entry(tmp, member))

/* Walk as an RCU reader. */
#define list_for_each_entry_rcu(obj, list, member)                                                 \
    for ((obj) = list_entry(__atomic_load_n(&(list)->next, __ATOMIC_CONSUME), __typeof__(*(obj)),  \
                            member);                                                               \
         &(obj)->member != (list);                                                                 \
         (obj) = list_entry(__atomic_load_n(&(obj)->member.next, __ATOMIC_CONSUME),                \
                            __typeof__(*(obj)), member))

#endif
