/* SPDX-License-Identifier: MIT */
/* Version, multicall, unknown and privileged calls, vm_assist. */
#include <smoke/smoke.h>

#include <public/version.h>

static void version(void)
{
    xen_feature_info_t fi = {.submap_idx = 0};
    xen_capabilities_info_t caps;
    xen_platform_parameters_t pp;
    long v = hcall2(__HYPERVISOR_xen_version, XENVER_version, NULL);

    WANT("major version", v >> 16, 4);
    WANT("page size", hcall2(__HYPERVISOR_xen_version, XENVER_pagesize, NULL), 4096);
    WANT("features", hcall2(__HYPERVISOR_xen_version, XENVER_get_features, &fi), 0);
    WANT_TRUE("preserve_ad is offered", fi.submap & (1U << XENFEAT_mmu_pt_update_preserve_ad));
    WANT_TRUE("no plain writes to page tables", !(fi.submap & 1));
    fi.submap_idx = 1000;
    REFUSED("a wild feature map", hcall2(__HYPERVISOR_xen_version, XENVER_get_features, &fi));
    WANT("capabilities", hcall2(__HYPERVISOR_xen_version, XENVER_capabilities, caps), 0);
    WANT_TRUE("they name PV64", !strncmp(caps, "xen-3.0-x86_64 ", 15));
    WANT("platform", hcall2(__HYPERVISOR_xen_version, XENVER_platform_parameters, &pp), 0);
    WANT("start of the hypervisor", pp.virt_start, HYPERVISOR_VIRT_START);
    WANT("unknown command", hcall2(__HYPERVISOR_xen_version, 1234, caps), -XEN_ENOSYS);
    WANT(
        "hypervisor address",
        hcall2(__HYPERVISOR_xen_version, XENVER_get_features, HYPERVISOR_VIRT_START + (10UL << 39)),
        -XEN_EFAULT);
    WANT("unmapped address", hcall2(__HYPERVISOR_xen_version, XENVER_extraversion, 0x1000),
         -XEN_EFAULT);
}

static void multicall(void)
{
    multicall_entry_t m[3] = {
        {.op = __HYPERVISOR_xen_version, .args = {XENVER_pagesize}},
        {.op = __HYPERVISOR_sched_op, .args = {SCHEDOP_yield}},
        {.op = 47, .result = 1},
    };

    WANT("multicall", hcall2(__HYPERVISOR_multicall, m, 3), 0);
    WANT("first result", m[0].result, 4096);
    WANT("second result", m[1].result, 0);
    WANT("third result", m[2].result, -XEN_ENOSYS);
    REFUSED("a wild multicall", hcall2(__HYPERVISOR_multicall, 0x1000, 3));
    WANT("an empty one", hcall2(__HYPERVISOR_multicall, m, 0), 0);
}

void test_calls(void)
{
    static uint8_t blob[512];
    evtchn_send_t send = {.port = 1};

    version();
    multicall();
    WANT("hypercall 47", hcall1(47, blob), -XEN_ENOSYS);
    WANT("hypercall 63", hcall1(63, blob), -XEN_ENOSYS);
    WANT("hypercall 64", hcall1(64, blob), -XEN_ENOSYS);
    WANT("hypercall 2^32 - 1", hcall1(0xffffffffUL, blob), -XEN_ENOSYS);
    REFUSED("domctl", hcall1(__HYPERVISOR_domctl, blob));
    REFUSED("sysctl", hcall1(__HYPERVISOR_sysctl, blob));
    REFUSED("platform_op", hcall1(__HYPERVISOR_platform_op, blob));
    REFUSED("physdev_op", hcall2(__HYPERVISOR_physdev_op, 25, blob));
    WANT("unknown sched_op", sched_op(99, blob), -XEN_ENOSYS);
    WANT("unknown event op", evtchn_op(99, &send), -XEN_ENOSYS);
    WANT("unknown vcpu_op", vcpu_op(99, 0, blob), -XEN_ENOSYS);
    WANT("vcpu_op of vCPU 4096", vcpu_op(VCPUOP_is_up, 4096, NULL), -XEN_ENOENT);
    WANT("unknown memory_op", memory_op(63, blob), -XEN_ENOSYS);
    REFUSED("unknown grant op", grant_op(99, blob, 1));
    WANT("vm_assist",
         hcall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables), 0);
    WANT("and off",
         hcall2(__HYPERVISOR_vm_assist, VMASST_CMD_disable, VMASST_TYPE_writable_pagetables), 0);
    REFUSED("vm_assist 77", hcall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable, 77));
    REFUSED("vm_assist command 5", hcall2(__HYPERVISOR_vm_assist, 5, 2));
}
