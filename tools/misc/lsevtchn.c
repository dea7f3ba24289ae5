/* SPDX-License-Identifier: MIT */
/* lsevtchn [DOMID]: the event channels that a domain has, 0 by default. */
#include <xenctrl.h>

#include "misc.h"

static void print_port(const xc_evtchn_status_t *s)
{
    printf("%4u: VCPU %u: ", s->port, s->vcpu);
    switch (s->status) {
    case EVTCHNSTAT_unbound:
        printf("Interdomain (Waiting connection) - Remote Domain %u", s->u.unbound.dom);
        break;
    case EVTCHNSTAT_interdomain:
        printf("Interdomain (Connected) - Remote Domain %u, Port %u", s->u.interdomain.dom,
               s->u.interdomain.port);
        break;
    case EVTCHNSTAT_pirq:
        printf("Physical IRQ %u", s->u.pirq);
        break;
    case EVTCHNSTAT_virq:
        printf("Virtual IRQ %u", s->u.virq);
        break;
    case EVTCHNSTAT_ipi:
        printf("IPI");
        break;
    default:
        printf("Unknown");
        break;
    }
    putchar('\n');
}

/* EINVAL: there are no such ports any more. */
static int show(xc_interface *xch, domid_t domid)
{
    for (evtchn_port_t port = 0;; port++) {
        xc_evtchn_status_t status = {.dom = domid, .port = port};

        if (xc_evtchn_status(xch, &status))
            return errno == EINVAL && port ? 0 : failed("lsevtchn", "the domain's ports");
        if (status.status != EVTCHNSTAT_closed)
            print_port(&status);
    }
}

int main(int argc, char **argv)
{
    unsigned long domid = 0;
    xc_interface *xch;
    int status;

    if (argc > 2 || (argc == 2 && !parse_number(argv[1], DOMID_FIRST_RESERVED - 1, &domid))) {
        fputs("usage: lsevtchn [DOMID]\n", stderr);
        return 1;
    }
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("lsevtchn", "the hypervisor");
    status = show(xch, (domid_t)domid);
    xc_interface_close(xch);
    return status;
}
