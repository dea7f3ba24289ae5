/* SPDX-License-Identifier: MIT */
/* What takes two domains: both sides of it. */
#include <kernel/bench.h>

static volatile struct control *control;
static unsigned int port;
static domid_t peer;
static void *window, *local;

static void unmask(unsigned int p)
{
    shared_info->evtchn_mask[p / 64] &= ~(1UL << (p % 64));
}

static void give(grant_entry_v1_t *table, grant_ref_t ref, const void *page, domid_t to)
{
    table[ref].domid = to;
    table[ref].frame = (uint32_t)virt_to_mfn(page);
    __atomic_store_n(&table[ref].flags, GTF_permit_access, __ATOMIC_SEQ_CST);
}

void peer_run(domid_t other)
{
    evtchn_alloc_unbound_t unbound = {.dom = DOMID_SELF, .remote_dom = other};
    grant_entry_v1_t *table = grants_setup();

    control = page_alloc();
    give(table, PEER_REF_CONTROL, (const void *)control, other);
    give(table, PEER_REF_DATA, page_alloc(), other);
    if (evtchn_op(EVTCHNOP_alloc_unbound, &unbound))
        finish(RESULT_FAILURE, "alloc_unbound");
    unmask(unbound.port);
    print("peer: ready\n");
    __atomic_store_n(&control->port, unbound.port, __ATOMIC_SEQ_CST);
    for (;;) {
        if (control->mode == PEER_TAKE) {
            if (event_take(unbound.port))
                control->taken++;
            sched_op(SCHEDOP_yield, NULL);
            continue;
        }
        event_wait(unbound.port);
        event_send(unbound.port);
    }
}

static long map_and_unmap(void)
{
    grant_handle_t handle;
    long rc = grant_map(window, peer, PEER_REF_DATA, &handle);

    return rc ? rc : grant_unmap(window, handle);
}

static long copy_page(void)
{
    gnttab_copy_t op = {
        .source = {.u.ref = PEER_REF_DATA, .domid = peer},
        .dest = {.u.gmfn = virt_to_mfn(local), .domid = DOMID_SELF},
        .len = PAGE_SIZE,
        .flags = GNTCOPY_source_gref,
    };
    long rc = grant_op(GNTTABOP_copy, &op, 1);

    return rc ? rc : op.status;
}

/* There and back: each goes to sleep in its turn. */
static long round_trip(void)
{
    long rc = event_send(port);

    event_wait(port);
    return rc;
}

/* The receiver is runnable, has an event to see, but does not get the CPU before we give it. */
static void send_across(void)
{
    uint64_t least = ~UINT64_C(0);

    for (unsigned int i = 0; i < 500; i++) {
        uint32_t before = control->taken;
        uint64_t t = ticks();
        long rc = event_send(port);

        t = ticks() - t;
        if (rc)
            finish(RESULT_FAILURE, "send: %ld", rc);
        if (t < least && control->taken == before)
            least = t;
        while (control->taken == before)
            sched_op(SCHEDOP_yield, NULL);
    }
    print("BENCH evtchn_send_peer %lu\n", (unsigned long)least);
}

void bench_peer(domid_t dom)
{
    evtchn_bind_interdomain_t bind = {.remote_dom = dom};
    grant_handle_t handle;
    long rc;

    grants_setup();
    peer = dom;
    window = page_alloc();
    local = page_alloc();
    control = page_alloc();
    rc = grant_map((void *)control, dom, PEER_REF_CONTROL, &handle);
    if (rc)
        finish(RESULT_FAILURE, "the peer's page cannot be mapped: %ld", rc);
    while (!control->port)
        sched_op(SCHEDOP_yield, NULL);
    bind.remote_port = control->port;
    if (evtchn_op(EVTCHNOP_bind_interdomain, &bind))
        finish(RESULT_FAILURE, "bind_interdomain");
    port = bind.local_port;
    event_take(port);
    unmask(port);

    measure("grant_map_unmap", 1000, map_and_unmap);
    measure("grant_copy_4k", 1000, copy_page);
    measure("context_switch_pair", 1000, round_trip);
    control->mode = PEER_TAKE;
    /* It is asleep, and answers once more before it sees the new mode. */
    while (!control->taken) {
        event_send(port);
        sched_op(SCHEDOP_yield, NULL);
    }
    send_across();
}
