/* SPDX-License-Identifier: MIT */
/* xenlockprof [-r]: how long locks of the hypervisor were held and waited for; -r starts anew. */
#include <inttypes.h>

#include <xenctrl.h>

#include "misc.h"

#define NS          UINT64_C(1000000000)
#define SECONDS(ns) (ns) / NS, (ns) % NS /* for PRIu64 ".%09" PRIu64 */

static void print_lock(const xc_lockprof_data_t *lock)
{
    char name[80];

    switch (lock->type) {
    case LOCKPROF_TYPE_GLOBAL:
        snprintf(name, sizeof(name), "global lock %.40s", lock->name);
        break;
    case LOCKPROF_TYPE_PERDOM:
        snprintf(name, sizeof(name), "domain %d lock %.40s", lock->idx, lock->name);
        break;
    default:
        snprintf(name, sizeof(name), "unknown type(%d) %d lock %.40s", lock->type, lock->idx,
                 lock->name);
        break;
    }
    printf("%-50s: lock:%12" PRIu64 "(%10" PRIu64 ".%09" PRIu64 "s), block:%12" PRIu64 "(%10" PRIu64
           ".%09" PRIu64 "s)\n",
           name, lock->lock_cnt, SECONDS(lock->lock_time), lock->block_cnt,
           SECONDS(lock->block_time));
}

static void print_all(const xc_lockprof_data_t *locks, uint32_t nr, uint64_t time)
{
    uint64_t held = 0, waited = 0;

    for (uint32_t i = 0; i < nr; i++) {
        print_lock(&locks[i]);
        held += locks[i].lock_time;
        waited += locks[i].block_time;
    }
    printf("total profiling time: %10" PRIu64 ".%09" PRIu64 "s\n", SECONDS(time));
    printf("total locked time:    %10" PRIu64 ".%09" PRIu64 "s\n", SECONDS(held));
    printf("total blocked time:   %10" PRIu64 ".%09" PRIu64 "s\n", SECONDS(waited));
}

/* Locks come and go with domains: there is room for some more than there were. */
static int show(xc_interface *xch)
{
    DECLARE_HYPERCALL_BUFFER(xc_lockprof_data_t, locks);
    uint32_t nr, room;
    uint64_t time;

    if (xc_lockprof_query_number(xch, &nr))
        return failed("xenlockprof", "the number of locks");
    room = nr + 32;
    locks = xc_hypercall_buffer_alloc(xch, locks, room * sizeof(*locks));
    if (!locks)
        return failed("xenlockprof", "memory");
    nr = room;
    if (xc_lockprof_query(xch, &nr, &time, HYPERCALL_BUFFER(locks))) {
        failed("xenlockprof", "the locks");
        xc_hypercall_buffer_free(xch, locks);
        return 1;
    }
    if (nr > room)
        printf("data incomplete, %u records are missing!\n\n", nr - room);
    print_all(locks, nr < room ? nr : room, time);
    xc_hypercall_buffer_free(xch, locks);
    return 0;
}

int main(int argc, char **argv)
{
    bool reset = argc == 2 && !strcmp(argv[1], "-r");
    xc_interface *xch;
    int status;

    if (argc > 1 && !reset) {
        fputs("usage: xenlockprof [-r]\n", stderr);
        return 1;
    }
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("xenlockprof", "the hypervisor");
    if (reset)
        status = xc_lockprof_reset(xch) ? failed("xenlockprof", "reset") : 0;
    else
        status = show(xch);
    xc_interface_close(xch);
    return status;
}
