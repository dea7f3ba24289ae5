/* SPDX-License-Identifier: MIT */
/* platform_op: dom0 sets the time. The machine's firmware is dom0's own affair here. */
#include <asm/current.h>
#include <public/platform.h>
#include <xen/domain.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/time.h>
#include <xen/xsm.h>

static long settime(uint64_t secs, uint32_t nsecs, uint64_t system_time)
{
    if (system_time > INT64_MAX)
        return -EINVAL;
    time_set_wallclock(secs, nsecs, (s_time_t)system_time);
    return 0;
}

long do_platform_op(void *guest_op)
{
    struct xen_platform_op op;

    if (xsm_check(XSM_PLATFORM_OP, XSM_CMD_UNREAD, NULL))
        return -EPERM;
    if (copy_from_guest_bytes(&op, guest_op, sizeof(op)))
        return -EFAULT;
    if (op.interface_version != XENPF_INTERFACE_VERSION)
        return -EACCES;
    if (xsm_check(XSM_PLATFORM_OP, op.cmd, NULL))
        return -EPERM;
    switch (op.cmd) {
    case XENPF_settime32:
        return settime(op.u.settime32.secs, op.u.settime32.nsecs, op.u.settime32.system_time);
    case XENPF_settime64:
        if (op.u.settime64.mbz)
            return -EINVAL;
        return settime(op.u.settime64.secs, op.u.settime64.nsecs, op.u.settime64.system_time);
    default:
        return -ENOSYS;
    }
}
