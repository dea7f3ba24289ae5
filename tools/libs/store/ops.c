/* SPDX-License-Identifier: MIT */
/* The requests, one function each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

#define DIR_PART_RETRIES 64

static struct iovec str_iov(const char *s)
{
    return (struct iovec){(void *)(uintptr_t)s, strlen(s) + 1};
}

/* A malloc()ed array of pointers to the strings of @list, which are copied behind it. */
static char **strings_to_vec(const char *list, unsigned int len, unsigned int *num)
{
    unsigned int n = 0;
    char **vec, *s;

    for (unsigned int i = 0; i < len; i++)
        n += list[i] == '\0';
    vec = malloc(n * sizeof(*vec) + len + 1);
    if (!vec)
        return NULL;
    s = (char *)(vec + n);
    memcpy(s, list, len);
    s[len] = '\0';
    for (unsigned int i = 0; i < n; i++) {
        vec[i] = s;
        s += strlen(s) + 1;
    }
    *num = n;
    return vec;
}

struct part_state {
    char *list;
    unsigned int len;
    char gen[MAX_STRLEN(uint64_t)];
};

/* Fetches the next part. 1: more to come, 0: complete, -1: error, -2: changed, start again. */
static int dir_part_next(struct xs_handle *h, xs_transaction_t t, const char *path,
                         struct part_state *st)
{
    char off[MAX_STRLEN(unsigned int)];
    struct iovec v[2] = {str_iov(path)};
    unsigned int len, gen_len, body;
    char *part, *grown;
    int done, ret = -1;

    snprintf(off, sizeof(off), "%u", st->len);
    v[1] = str_iov(off);
    part = xs_talk(h, t, XS_DIRECTORY_PART, v, 2, &len);
    if (!part)
        return -1;
    gen_len = (unsigned int)strnlen(part, len) + 1;
    if (gen_len >= len || gen_len > sizeof(st->gen)) {
        errno = EINVAL;
        goto out;
    }
    if (st->len && strcmp(st->gen, part) != 0) {
        ret = -2;
        goto out;
    }
    strcpy(st->gen, part);
    body = len - gen_len;
    /* an empty string ends the last part */
    done = part[len - 1] == '\0' && (body == 1 || part[len - 2] == '\0');
    body -= done ? 1 : 0;
    grown = realloc(st->list, st->len + body + 1);
    if (!grown)
        goto out;
    memcpy(grown + st->len, part + gen_len, body);
    st->list = grown;
    st->len += body;
    ret = !done;
out:
    free(part);
    return ret;
}

static char **directory_by_parts(struct xs_handle *h, xs_transaction_t t, const char *path,
                                 unsigned int *num)
{
    struct part_state st = {0};
    char **vec = NULL;
    int r = 1;

    for (unsigned int tries = 0; r > 0 && tries < DIR_PART_RETRIES;) {
        r = dir_part_next(h, t, path, &st);
        if (r == -2) {
            st.len = 0;
            tries++;
            r = 1;
        }
    }
    if (r == 0)
        vec = strings_to_vec(st.list, st.len, num);
    else if (r > 0)
        errno = EAGAIN;
    free(st.list);
    return vec;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
    unsigned int len;
    char **vec, *list = xs_talk_str(h, t, XS_DIRECTORY, path, &len);

    if (!list)
        return errno == E2BIG ? directory_by_parts(h, t, path, num) : NULL;
    vec = strings_to_vec(list, len, num);
    free(list);
    return vec;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
    return xs_talk_str(h, t, XS_READ, path, len);
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
              unsigned int len)
{
    struct iovec v[2] = {str_iov(path), {(void *)(uintptr_t)data, len}};

    return xs_talk_ok(h, t, XS_WRITE, v, 2);
}

static bool one_string(struct xs_handle *h, xs_transaction_t t, enum xsd_sockmsg_type type,
                       const char *s)
{
    struct iovec v = str_iov(s);

    return xs_talk_ok(h, t, type, &v, 1);
}

bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    return one_string(h, t, XS_MKDIR, path);
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    return one_string(h, t, XS_RM, path);
}

bool xs_restrict(struct xs_handle *h, unsigned domid)
{
    (void)h;
    (void)domid;
    errno = EOPNOTSUPP;
    return false;
}

struct xs_permissions *xs_get_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
                                          unsigned int *num)
{
    struct xs_permissions *perms = NULL;
    unsigned int len, n = 0;
    char *list = xs_talk_str(h, t, XS_GET_PERMS, path, &len);

    if (!list)
        return NULL;
    for (unsigned int i = 0; i < len; i++)
        n += list[i] == '\0';
    perms = calloc(n ? n : 1, sizeof(*perms));
    if (perms && !xs_strings_to_perms(perms, n, list)) {
        free(perms);
        perms = NULL;
    }
    free(list);
    if (perms)
        *num = n;
    return perms;
}

static char perm_letter(unsigned int perms)
{
    switch (perms & (XS_PERM_READ | XS_PERM_WRITE)) {
    case XS_PERM_NONE:
        return 'n';
    case XS_PERM_READ:
        return 'r';
    case XS_PERM_WRITE:
        return 'w';
    default:
        return 'b';
    }
}

bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
                        struct xs_permissions *perms, unsigned int num_perms)
{
    size_t room = (size_t)num_perms * (MAX_STRLEN(unsigned int) + 1) + 1, used = 0;
    char *text = malloc(room);
    bool ok = false;

    if (!text)
        return false;
    for (unsigned int i = 0; i < num_perms; i++) {
        if (perms[i].perms & ~(unsigned int)(XS_PERM_READ | XS_PERM_WRITE)) {
            errno = EINVAL;
            goto out;
        }
        used += (size_t)snprintf(text + used, room - used, "%c%u", perm_letter(perms[i].perms),
                                 perms[i].id) +
                1;
    }
    struct iovec v[2] = {str_iov(path), {text, used}};
    ok = xs_talk_ok(h, t, XS_SET_PERMS, v, 2);
out:
    free(text);
    return ok;
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
    char *id = xs_talk_str(h, XBT_NULL, XS_TRANSACTION_START, "", NULL);
    xs_transaction_t t = XBT_NULL;

    if (id)
        t = (xs_transaction_t)strtoul(id, NULL, 0);
    free(id);
    return t;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
    return one_string(h, t, XS_TRANSACTION_END, abort ? "F" : "T");
}

/* Requests whose arguments are decimal numbers. */
static bool numbers(struct xs_handle *h, enum xsd_sockmsg_type type, unsigned int nr,
                    const unsigned long *args)
{
    char text[3][MAX_STRLEN(unsigned long)];
    struct iovec v[3];

    for (unsigned int i = 0; i < nr; i++) {
        snprintf(text[i], sizeof(text[i]), "%lu", args[i]);
        v[i] = str_iov(text[i]);
    }
    return xs_talk_ok(h, XBT_NULL, type, v, nr);
}

bool xs_introduce_domain(struct xs_handle *h, unsigned int domid, unsigned long mfn,
                         unsigned int eventchn)
{
    return numbers(h, XS_INTRODUCE, 3, (unsigned long[]){domid, mfn, eventchn});
}

bool xs_set_target(struct xs_handle *h, unsigned int domid, unsigned int target)
{
    return numbers(h, XS_SET_TARGET, 2, (unsigned long[]){domid, target});
}

bool xs_resume_domain(struct xs_handle *h, unsigned int domid)
{
    return numbers(h, XS_RESUME, 1, (unsigned long[]){domid});
}

bool xs_release_domain(struct xs_handle *h, unsigned int domid)
{
    return numbers(h, XS_RELEASE, 1, (unsigned long[]){domid});
}

static char *ask_of_domain(struct xs_handle *h, enum xsd_sockmsg_type type, unsigned int domid)
{
    char text[MAX_STRLEN(domid)];

    snprintf(text, sizeof(text), "%u", domid);
    return xs_talk_str(h, XBT_NULL, type, text, NULL);
}

char *xs_get_domain_path(struct xs_handle *h, unsigned int domid)
{
    return ask_of_domain(h, XS_GET_DOMAIN_PATH, domid);
}

bool xs_is_domain_introduced(struct xs_handle *h, unsigned int domid)
{
    char *answer = ask_of_domain(h, XS_IS_DOMAIN_INTRODUCED, domid);
    bool known = answer && strcmp(answer, "T") == 0;

    free(answer);
    return known;
}

char *xs_control_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len)
{
    struct iovec v[2] = {str_iov(cmd), {data, data ? len : 0}};

    return xs_talk(h, XBT_NULL, XS_CONTROL, v, 2, NULL);
}

char *xs_debug_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len)
{
    return xs_control_command(h, cmd, data, len);
}

int xs_suspend_evtchn_port(int domid)
{
    char path[64], *text;
    struct xs_handle *h = xs_open(0);
    int port = -1;

    if (!h)
        return -1;
    snprintf(path, sizeof(path), "/local/domain/%d/device/suspend/event-channel", domid);
    text = xs_read(h, XBT_NULL, path, NULL);
    if (text && *text)
        port = atoi(text);
    free(text);
    xs_close(h);
    return port;
}
