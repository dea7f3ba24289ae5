/* SPDX-License-Identifier: MIT */
/* More of the fake hypervisor's host: trace buffers, events, the store, the policy, patches. */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xenstore.h>
#include <xen/trace.h>

#include "fake.h"

/*
 * Trace buffers of CPUs 0 and 1, a page each, whose frames are TRACE_CPU + the CPU: records that
 * CPU 0 has wrap round the end of its buffer.
 */
#define TRACE_INFO 0x100
#define TRACE_CPU  0x200
#define TRACE_DATA (XC_PAGE_SIZE - sizeof(struct t_buf))

static void put(uint8_t *data, uint32_t *prod, uint32_t word)
{
    memcpy(data + *prod % TRACE_DATA, &word, sizeof(word));
    *prod += 4;
}

void trace_fill(void *page, unsigned long mfn)
{
    struct t_info *info = page;
    struct t_buf *buf = page;
    uint8_t *data = (uint8_t *)(buf + 1);
    unsigned long cpu = mfn - TRACE_CPU;

    if (mfn == TRACE_INFO) {
        info->tbuf_size = 1;
        for (uint16_t i = 0; i < 2; i++) {
            info->mfn_offset[i] = (uint16_t)(64 + 8 * i);
            ((uint32_t *)page)[info->mfn_offset[i]] = TRACE_CPU + i;
        }
        return;
    }
    buf->prod = buf->cons = cpu ? 0 : (uint32_t)TRACE_DATA - 8;
    put(data, &buf->prod, 1u << 31 | 2u << 28 | 0x2f004); /* with a time and two words */
    for (uint32_t i = 0; i < 4; i++)
        put(data, &buf->prod, 0x11110000 + (uint32_t)cpu * 16 + i);
    put(data, &buf->prod, 1u << 28 | 0x0010f001);
    put(data, &buf->prod, 0xabcd);
}

int xc_tbuf_enable(xc_interface *xch, unsigned long pages, unsigned long *mfn, unsigned long *size)
{
    (void)xch;
    *mfn = TRACE_INFO;
    *size = XC_PAGE_SIZE;
    SAY("tbuf_enable %lu\n", pages);
}

int xc_tbuf_disable(xc_interface *xch)
{
    (void)xch;
    SAY("tbuf_disable\n");
}

int xc_tbuf_set_size(xc_interface *xch, unsigned long size)
{
    (void)xch;
    SAY("tbuf_set_size %lu\n", size);
}

int xc_tbuf_get_size(xc_interface *xch, unsigned long *size)
{
    (void)xch;
    *size = 32;
    return fails() ? -1 : 0;
}

int xc_tbuf_set_cpu_mask(xc_interface *xch, xc_cpumap_t mask)
{
    (void)xch;
    SAY("tbuf_set_cpu_mask %02x\n", mask[0]);
}

int xc_tbuf_set_evt_mask(xc_interface *xch, uint32_t mask)
{
    (void)xch;
    SAY("tbuf_set_evt_mask %x\n", mask);
}

int xc_get_max_cpus(xc_interface *xch)
{
    (void)xch;
    return fails() ? -1 : 2;
}

int xc_get_cpumap_size(xc_interface *xch)
{
    (void)xch;
    return fails() ? -1 : 1;
}

xc_cpumap_t xc_cpumap_alloc(xc_interface *xch)
{
    (void)xch;
    return calloc(1, 8);
}

/* Events: one port, on which something waits once; a program that waits for more is ended. */

static int event_pipe[2];

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned int flags)
{
    (void)logger, (void)flags;
    if (pipe2(event_pipe, O_NONBLOCK) || write(event_pipe[1], "", 1) != 1)
        return NULL;
    return (xenevtchn_handle *)event_pipe;
}

int xenevtchn_close(xenevtchn_handle *xce)
{
    (void)xce;
    return 0;
}

int xenevtchn_fd(xenevtchn_handle *xce)
{
    (void)xce;
    return event_pipe[0];
}

xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle *xce, unsigned int virq)
{
    (void)xce;
    if (fails())
        return -1;
    printf("call bind_virq %u\n", virq);
    return 7;
}

int xenevtchn_unbind(xenevtchn_handle *xce, evtchn_port_t port)
{
    (void)xce, (void)port;
    return 0;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *xce)
{
    char c;

    (void)xce;
    if (read(event_pipe[0], &c, 1) != 1)
        exit(0);
    return 7;
}

int xenevtchn_unmask(xenevtchn_handle *xce, evtchn_port_t port)
{
    (void)xce;
    SAY("unmask %u\n", port);
}

/* The store: what is written is printed, and watches fire twice before the program is ended. */

static unsigned int events_left = 2;

struct xs_handle *xs_open(unsigned long flags)
{
    (void)flags;
    return fails() ? NULL : (struct xs_handle *)event_pipe;
}

void xs_close(struct xs_handle *xsh)
{
    (void)xsh;
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
              unsigned int len)
{
    (void)h, (void)t;
    printf("write %s %.*s\n", path, (int)len, (const char *)data);
    fflush(stdout);
    return true;
}

bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    (void)h, (void)t;
    printf("mkdir %s\n", path);
    return true;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
    char *value = strdup(strstr(path, "target") ? "65536" : "value");

    (void)h, (void)t;
    if (len)
        *len = (unsigned int)strlen(value);
    return value;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    (void)h;
    printf("watch %s %s\n", path, token);
    fflush(stdout);
    return true;
}

char **xs_read_watch(struct xs_handle *h, unsigned int *num)
{
    static const char text[] = "path\0token";
    char **event;

    (void)h;
    fflush(stdout);
    if (!events_left--)
        exit(0);
    event = malloc(2 * sizeof(*event) + sizeof(text));
    memcpy(event + 2, text, sizeof(text));
    event[XS_WATCH_PATH] = (char *)(event + 2);
    event[XS_WATCH_TOKEN] = event[XS_WATCH_PATH] + 5;
    *num = 2;
    return event;
}

/* Nothing ever comes. */
int xs_fileno(struct xs_handle *h)
{
    (void)h;
    return -1;
}

char **xs_check_watch(struct xs_handle *h)
{
    (void)h;
    return NULL;
}

/* The security policy. */

int xc_flask_load(xc_interface *xch, char *buf, uint32_t size)
{
    (void)xch;
    SAY("flask_load %u %.6s\n", size, buf);
}

int xc_flask_getenforce(xc_interface *xch)
{
    (void)xch;
    return fails() ? -1 : getenv("FAKE_PERMISSIVE") ? 0 : 1;
}

int xc_flask_setenforce(xc_interface *xch, int mode)
{
    (void)xch;
    SAY("flask_setenforce %d\n", mode);
}

static const struct {
    const char *name;
    int now, then;
} booleans[] = {{"first", 1, 1}, {"second", 0, 1}};

int xc_flask_getbool_byid(xc_interface *xch, int id, char *name, uint32_t size, int *curr,
                          int *pend)
{
    (void)xch;
    if (fails())
        return -1;
    if (id > 1) {
        errno = ENOENT;
        return -1;
    }
    snprintf(name, size, "%s", booleans[id].name);
    *curr = booleans[id].now;
    *pend = booleans[id].then;
    return 0;
}

int xc_flask_getbool_byname(xc_interface *xch, char *name, int *curr, int *pend)
{
    char found[16];

    for (int id = 0; id < 2; id++)
        if (!strcmp(booleans[id].name, name))
            return xc_flask_getbool_byid(xch, id, found, sizeof(found), curr, pend);
    errno = ENOENT;
    return -1;
}

int xc_flask_setbool(xc_interface *xch, char *name, int value, int commit)
{
    (void)xch;
    SAY("flask_setbool %s %d %d\n", name, value, commit);
}

int xc_flask_add_pirq(xc_interface *xch, unsigned int pirq, char *scontext)
{
    (void)xch;
    SAY("flask_add_pirq %u %s\n", pirq, scontext);
}

int xc_flask_add_ioport(xc_interface *xch, unsigned long low, unsigned long high, char *scontext)
{
    (void)xch;
    SAY("flask_add_ioport %lx %lx %s\n", low, high, scontext);
}

int xc_flask_add_iomem(xc_interface *xch, unsigned long low, unsigned long high, char *scontext)
{
    (void)xch;
    SAY("flask_add_iomem %lx %lx %s\n", low, high, scontext);
}

int xc_flask_add_device(xc_interface *xch, unsigned long device, char *scontext)
{
    (void)xch;
    SAY("flask_add_device %lx %s\n", device, scontext);
}

/*
 * Patches: "new" is not applied yet, "old" is. FAKE_WAIT: how often an action is not done yet;
 * FAKE_RESULT: its error; FAKE_GONE: a patch is unloaded by it.
 */

static int asked;
static bool acted;
static uint32_t state_after;
static int32_t result_after;

int xc_livepatch_get(xc_interface *xch, char *name, xen_livepatch_status_t *status)
{
    (void)xch;
    if (fails())
        return -1;
    if (strcmp(name, "new") && strcmp(name, "old") && strcmp(name, "file.livepatch")) {
        errno = ENOENT;
        return -1;
    }
    status->state = strcmp(name, "old") ? LIVEPATCH_STATE_CHECKED : LIVEPATCH_STATE_APPLIED;
    status->rc = 0;
    if (acted && getenv("FAKE_GONE")) {
        errno = ENOENT;
        return -1;
    }
    if (acted) {
        status->state = state_after;
        status->rc =
            getenv("FAKE_WAIT") && asked++ < atoi(getenv("FAKE_WAIT")) ? -EAGAIN : result_after;
    }
    return 0;
}

static int act(const char *what, const char *name, uint32_t timeout, uint32_t flags, uint32_t state)
{
    acted = true;
    state_after = state;
    result_after = getenv("FAKE_RESULT") ? -atoi(getenv("FAKE_RESULT")) : 0;
    SAY("livepatch_%s %s %u %u\n", what, name, timeout, flags);
}

int xc_livepatch_apply(xc_interface *xch, char *name, uint32_t timeout, uint32_t flags)
{
    (void)xch;
    return act("apply", name, timeout, flags, LIVEPATCH_STATE_APPLIED);
}

int xc_livepatch_revert(xc_interface *xch, char *name, uint32_t timeout, uint32_t flags)
{
    (void)xch;
    return act("revert", name, timeout, flags, LIVEPATCH_STATE_CHECKED);
}

int xc_livepatch_unload(xc_interface *xch, char *name, uint32_t timeout, uint32_t flags)
{
    (void)xch;
    return act("unload", name, timeout, flags, 0);
}

int xc_livepatch_replace(xc_interface *xch, char *name, uint32_t timeout, uint32_t flags)
{
    (void)xch;
    return act("replace", name, timeout, flags, LIVEPATCH_STATE_APPLIED);
}

int xc_livepatch_upload(xc_interface *xch, char *name, unsigned char *payload, uint32_t size)
{
    (void)xch;
    SAY("livepatch_upload %s %.4s %u\n", name, (char *)payload, size);
}

int xc_livepatch_list_get_sizes(xc_interface *xch, unsigned int *nr, uint32_t *name_total_size,
                                uint32_t *metadata_total_size)
{
    (void)xch;
    *nr = getenv("FAKE_NONE") ? 0 : 2;
    *name_total_size = 6;
    *metadata_total_size = 9;
    return fails() ? -1 : 0;
}

int xc_livepatch_list(xc_interface *xch, const unsigned int max, const unsigned int start,
                      struct xen_livepatch_status *info, char *name, uint32_t *len,
                      const uint32_t name_total_size, char *metadata, uint32_t *metadata_len,
                      const uint32_t metadata_total_size, unsigned int *done, unsigned int *left)
{
    (void)xch, (void)max, (void)start, (void)name_total_size, (void)metadata_total_size;
    if (fails())
        return -1;
    memcpy(name, "newold", 6);
    memcpy(metadata, "a=b\0c=dd\0", 9);
    len[0] = len[1] = 3;
    metadata_len[0] = 4;
    metadata_len[1] = 5;
    info[0] = (struct xen_livepatch_status){LIVEPATCH_STATE_CHECKED, 0};
    info[1] = (struct xen_livepatch_status){LIVEPATCH_STATE_APPLIED, -EINVAL};
    *done = 2;
    *left = 0;
    return 0;
}
