/* SPDX-License-Identifier: MIT */
/*
 * The guest at the store: it watches control/shutdown, and does as it is told there; and data/ask,
 * to whose text it answers in data/answer, followed by its counter.
 */
#include <public/io/xs_wire.h>
#include <xen/kernel.h>
#include <xen/lib/printf.h>
#include <xen/lib/string.h>
#include <xen/port/p2m.h>

#include "private.h"
#include "script.h"

static const struct {
    uint32_t type;
    const char *path, *token;
} asks[NR_ASKS] = {
    [ASK_WATCH_SHUTDOWN] = {XS_WATCH, "control/shutdown", "s"},
    [ASK_WATCH_DATA] = {XS_WATCH, "data/ask", "a"},
    [ASK_READ_SHUTDOWN] = {XS_READ, "control/shutdown", NULL},
    [ASK_CLEAR_SHUTDOWN] = {XS_WRITE, "control/shutdown", NULL},
    [ASK_READ_DATA] = {XS_READ, "data/ask", NULL},
    [ASK_ANSWER] = {XS_WRITE, "data/answer", NULL},
};

static void ring_put(struct script *s, const void *data, size_t len)
{
    struct xenstore_domain_interface *r = s->store;
    const char *from = data;

    for (size_t i = 0; i < len; i++)
        r->req[MASK_XENSTORE_IDX(r->req_prod + i)] = from[i];
    smp_wmb();
    WRITE_ONCE(r->req_prod, r->req_prod + (uint32_t)len);
}

static bool send(struct script *s, unsigned int ask)
{
    struct xenstore_domain_interface *r = s->store;
    struct xsd_sockmsg head = {.type = asks[ask].type, .req_id = ask};
    char body[2 * SCRIPT_TEXT + 32];
    size_t path = strlen(asks[ask].path) + 1, tail = 0;

    memcpy(body, asks[ask].path, path);
    if (asks[ask].token) {
        tail = 2;
        memcpy(body + path, asks[ask].token, 2);
    } else if (ask == ASK_ANSWER) {
        tail = (size_t)snprintf(body + path, sizeof(body) - path, "%s %lu", s->data,
                                (unsigned long)script_state(s)->counter);
    }
    head.len = (uint32_t)(path + tail);
    if (XENSTORE_RING_SIZE - (r->req_prod - READ_ONCE(r->req_cons)) < sizeof(head) + head.len)
        return false;
    ring_put(s, &head, sizeof(head));
    ring_put(s, body, head.len);
    return true;
}

static void send_next(struct script *s)
{
    if (s->waiting >= 0 || s->action != ACT_NONE)
        return;
    for (unsigned int i = 0; i < NR_ASKS; i++)
        if (s->asks & (1U << i)) {
            if (send(s, i)) {
                s->asks &= ~(1U << i);
                s->waiting = (int)i;
            }
            return;
        }
}

static enum script_action action_of(const char *word)
{
    static const char *const words[] = {
        [ACT_SUSPEND] = "suspend",
        [ACT_POWEROFF] = "poweroff",
        [ACT_REBOOT] = "reboot",
        [ACT_CRASH] = "crash",
    };

    for (unsigned int i = 1; i < ARRAY_SIZE(words); i++)
        if (!strcmp(word, words[i]))
            return (enum script_action)i;
    return !strcmp(word, "halt") ? ACT_POWEROFF : ACT_NONE;
}

static void take_reply(struct script *s, const struct xsd_sockmsg *head, const char *body)
{
    char text[SCRIPT_TEXT];

    if ((int)head->req_id != s->waiting)
        return;
    s->waiting = -1;
    strlcpy(text, head->type == XS_READ ? body : "", sizeof(text));
    switch (head->req_id) {
    case ASK_READ_SHUTDOWN:
        s->asked = action_of(text);
        if (s->asked != ACT_NONE)
            s->asks |= 1U << ASK_CLEAR_SHUTDOWN;
        break;
    case ASK_CLEAR_SHUTDOWN:
        s->action = s->asked;
        s->asked = ACT_NONE;
        break;
    case ASK_READ_DATA:
        strlcpy(s->data, text, sizeof(s->data));
        if (text[0])
            s->asks |= 1U << ASK_ANSWER;
        break;
    default:
        break;
    }
}

static void take_message(struct script *s, const struct xsd_sockmsg *head, const char *body)
{
    size_t path;

    if (head->type != XS_WATCH_EVENT) {
        take_reply(s, head, body);
        return;
    }
    path = strlen(body) + 1;
    if (path < head->len && body[path] == 's')
        s->asks |= 1U << ASK_READ_SHUTDOWN;
    else if (path < head->len && body[path] == 'a')
        s->asks |= 1U << ASK_READ_DATA;
}

static unsigned int ring_get(struct script *s, void *to, unsigned int want)
{
    struct xenstore_domain_interface *r = s->store;
    unsigned int n = min(want, (unsigned int)(READ_ONCE(r->rsp_prod) - r->rsp_cons));

    if (n > XENSTORE_RING_SIZE)
        return 0;
    smp_rmb();
    for (unsigned int i = 0; i < n; i++)
        ((char *)to)[i] = r->rsp[MASK_XENSTORE_IDX(r->rsp_cons + i)];
    smp_mb();
    WRITE_ONCE(r->rsp_cons, r->rsp_cons + n);
    return n;
}

/* True: a message was complete. */
static bool receive(struct script *s)
{
    struct xsd_sockmsg head;
    unsigned int want = sizeof(head);

    if (s->in_len >= sizeof(head)) {
        memcpy(&head, s->in, sizeof(head));
        want += min(head.len, (uint32_t)XENSTORE_PAYLOAD_MAX - 1);
    }
    s->in_len += ring_get(s, s->in + s->in_len, want - s->in_len);
    if (s->in_len < sizeof(head))
        return false;
    memcpy(&head, s->in, sizeof(head));
    if (s->in_len < sizeof(head) + min(head.len, (uint32_t)XENSTORE_PAYLOAD_MAX - 1))
        return want == sizeof(head) && head.len;
    s->in[s->in_len] = '\0';
    s->in_len = 0;
    take_message(s, &head, s->in + sizeof(head));
    return true;
}

void script_store_event(struct script *s)
{
    uint32_t prod = s->store->req_prod, cons = s->store->rsp_cons;

    for (unsigned int i = 0; i < 256 && receive(s); i++)
        send_next(s);
    send_next(s);
    script_dirty(s, s->store_mfn);
    if (s->store->req_prod != prod || s->store->rsp_cons != cons)
        script_notify(s, s->si->store_evtchn);
}
