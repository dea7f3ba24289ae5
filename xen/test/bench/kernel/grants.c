/* SPDX-License-Identifier: MIT */
#include <kernel/bench.h>
#include <public/memory.h>

static uint8_t table_page[PAGE_SIZE] __attribute__((aligned(4096), section(".bss.page")));

grant_entry_v1_t *grants_setup(void)
{
    xen_pfn_t frame;
    gnttab_setup_table_t op = {.dom = DOMID_SELF, .nr_frames = 1, .frame_list = {&frame}};

    if (grant_op(GNTTABOP_setup_table, &op, 1) || op.status ||
        map_va(table_page, (frame << PAGE_SHIFT) | PTE_RW))
        finish(RESULT_FAILURE, "no grant table");
    return (grant_entry_v1_t *)table_page;
}

long grant_map(void *at, domid_t dom, grant_ref_t ref, grant_handle_t *handle)
{
    gnttab_map_grant_ref_t op = {
        .host_addr = (unsigned long)at,
        .flags = GNTMAP_host_map,
        .ref = ref,
        .dom = dom,
    };
    long rc = grant_op(GNTTABOP_map_grant_ref, &op, 1);

    *handle = op.handle;
    return rc ? rc : op.status;
}

long grant_unmap(void *at, grant_handle_t handle)
{
    gnttab_unmap_grant_ref_t op = {.host_addr = (unsigned long)at, .handle = handle};
    long rc = grant_op(GNTTABOP_unmap_grant_ref, &op, 1);

    return rc ? rc : op.status;
}
