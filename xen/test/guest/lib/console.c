/* SPDX-License-Identifier: MIT */
#include <stdarg.h>

#include <lib/guest.h>
#include <public/io/console.h>

static struct xencons_interface *ring;
static unsigned int ring_port;

void console_init(void)
{
    if (!start_info->console.domU.mfn)
        return;
    ring = mfn_to_virt(start_info->console.domU.mfn);
    ring_port = start_info->console.domU.evtchn;
}

static void ring_kick(void)
{
    evtchn_send_t send = {.port = ring_port};

    evtchn_op(EVTCHNOP_send, &send);
}

/* Wait for room, but not for ever: the other end may be gone. */
static bool ring_put(char c)
{
    volatile XENCONS_RING_IDX *cons = &ring->out_cons;
    unsigned int tries = 0;

    while (ring->out_prod - *cons >= sizeof(ring->out)) {
        ring_kick();
        sched_op(SCHEDOP_yield, NULL);
        if (++tries > 2000000)
            return false;
    }
    ring->out[MASK_XENCONS_IDX(ring->out_prod, ring->out)] = c;
    __asm__ volatile("mfence" ::: "memory");
    ring->out_prod++;
    return true;
}

void console_write(const char *text, size_t len)
{
    size_t i;

    hcall3(__HYPERVISOR_console_io, CONSOLEIO_write, len, text);
    if (!ring)
        return;
    for (i = 0; i < len; i++) {
        if (text[i] == '\n' && !ring_put('\r'))
            break;
        if (!ring_put(text[i]))
            break;
    }
    ring_kick();
}

void print(const char *fmt, ...)
{
    char line[512];
    va_list ap;
    int len;

    va_start(ap, fmt);
    len = vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    console_write(line, (size_t)len < sizeof(line) ? (size_t)len : sizeof(line) - 1);
}

/* Wait until the reader has taken everything, so that no line is lost at the end. */
void console_drain(void)
{
    volatile XENCONS_RING_IDX *cons;
    unsigned int tries;

    if (!ring)
        return;
    cons = &ring->out_cons;
    for (tries = 0; *cons != ring->out_prod && tries < 200000; tries++)
        sched_op(SCHEDOP_yield, NULL);
}
