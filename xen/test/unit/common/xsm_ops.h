/* SPDX-License-Identifier: MIT */
/* The machine of the tests of who may do what. */
#ifndef TEST_UNIT_COMMON_XSM_OPS_H
#define TEST_UNIT_COMMON_XSM_OPS_H

#include <public/grant_table.h>
#include <xen/evtchn.h>
#include <xen/frame.h>
#include <xen/grant.h>
#include <xen/mm.h>
#include <xen/xsm.h>

#include "../../../arch/sim/private.h"
#include "../../../common/grant/private.h"
#include "ctl_ops.h"

#define WINDOW(i) (SIM_WINDOW_BASE + (uint64_t)(i)*PAGE_SIZE)

/* a and b are guests; hvm is translated. Ports: a's 1 is connected to b's 1, b's 2 waits for a.
 * Grants of b's: 8 is mapped by a twice, 9 may be used by a, at 10 it takes a page from a. */
static struct domain *ctl, *a, *b, *hvm;
#define PORT_AB 1
#define WAIT_B  2

static inline grant_entry_v1_t *entry(struct domain *d, grant_ref_t ref)
{
    mfn_t mfn;

    EXPECT_EQ(grant_shared_frame(d, 0, &mfn), 0);
    return (grant_entry_v1_t *)mfn_to_virt(mfn) + ref;
}

static inline void permit(struct domain *d, grant_ref_t ref, struct domain *to, unsigned int page)
{
    *entry(d, ref) = (grant_entry_v1_t){
        .flags = GTF_permit_access, .domid = to->domain_id, .frame = (uint32_t)sim_gfn(d, page)};
}

static inline int map(struct domain *by, struct domain *of, grant_ref_t ref, unsigned int window,
                      grant_handle_t *h)
{
    struct gnttab_map_grant_ref op = {
        .host_addr = WINDOW(window), .flags = GNTMAP_host_map, .ref = ref, .dom = of->domain_id};

    EXPECT_EQ(sim_grant_op(by->vcpu[0], GNTTABOP_map_grant_ref, &op, sizeof(op), 1), 0);
    *h = op.handle;
    return op.status;
}

static grant_handle_t handle[2];

static inline void machine(void)
{
    struct gnttab_set_version v2 = {.version = 2};

    ctl = control_domain();
    a = sim_domain(1, &(struct sim_domain_conf){.nr_vcpus = 1});
    b = sim_domain(2, &(struct sim_domain_conf){.nr_vcpus = 1});
    hvm = sim_domain(3, &(struct sim_domain_conf){.hvm = true});
    pv_calls_register();
    a->max_pages = 4096;
    b->max_pages++;
    EXPECT_EQ(alloc_unbound(b, DOMID_SELF, 1), PORT_AB);
    EXPECT_EQ(alloc_unbound(b, DOMID_SELF, 1), WAIT_B);
    EXPECT_EQ(bind_interdomain(a, 2, PORT_AB), PORT_AB);
    clear_pending_2l(a, PORT_AB);
    EXPECT_EQ(sim_grant_op(a->vcpu[0], GNTTABOP_set_version, &v2, sizeof(v2), 1), 0);
    permit(b, 8, a, 10);
    permit(b, 9, a, 11);
    *entry(b, 10) = (grant_entry_v1_t){.flags = GTF_accept_transfer, .domid = 1, .frame = 200};
    EXPECT_EQ(map(a, b, 8, 0, &handle[0]), GNTST_okay);
    EXPECT_EQ(map(a, b, 8, 1, &handle[1]), GNTST_okay);
}

#endif
