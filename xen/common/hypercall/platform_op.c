/* SPDX-License-Identifier: MIT */
/* platform_op: what the control domain does to the machine as a whole. Time is any machine's. */
#include <public/platform.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/port/platform.h>
#include <xen/time.h>
#include <xen/xsm.h>

static long settime(uint64_t secs, uint32_t nsecs, uint64_t system_time)
{
    if (nsecs >= 1000000000U || system_time > (uint64_t)STIME_MAX)
        return -EINVAL;
    time_set_wallclock(secs, nsecs, (s_time_t)system_time);
    return 0;
}

long do_platform_op(void *guest_op)
{
    struct xen_platform_op op;
    const struct xenpf_settime64 *t64 = &op.u.settime64;
    const struct xenpf_settime32 *t32 = &op.u.settime32;
    bool copyback = false;
    long rc;

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
        return settime(t32->secs, t32->nsecs, t32->system_time);
    case XENPF_settime64:
        return t64->mbz ? -EINVAL : settime(t64->secs, t64->nsecs, t64->system_time);
    }
    rc = port_platform_op(&op, &copyback);
    if (rc >= 0 && copyback && copy_to_guest_bytes(guest_op, &op, sizeof(op)))
        rc = -EFAULT;
    return rc;
}
