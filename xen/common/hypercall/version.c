/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_xen_version, vm_assist and console_io. */
#include <public/features.h>
#include <public/version.h>
#include <xen/console.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include <xen/port/domain.h>
#include <xen/softirq.h>
#include <xen/version_info.h>
#include <xen/xsm.h>
#include <asm/current.h>

/* Who is not privileged does not learn how this hypervisor was built or started. */
static const char *unless_denied(unsigned int cmd, const char *s)
{
    return xsm_check(XSM_VERSION, cmd, NULL) ? "<denied>" : s;
}

static long put_text(void *arg, const char *s, size_t size)
{
    char buf[1024] = {0};

    strlcpy(buf, s, min(size, sizeof(buf)));
    return copy_to_guest_bytes(arg, buf, size);
}

static long get_compile_info(void *arg)
{
    struct xen_compile_info info = {0};

#define PUT(field, s) strlcpy(field, unless_denied(XENVER_compile_info, s), sizeof(field))
    PUT(info.compiler, version_compiler);
    PUT(info.compile_by, version_compile_by);
    PUT(info.compile_domain, version_compile_domain);
    PUT(info.compile_date, version_compile_date);
#undef PUT
    return copy_to_guest_bytes(arg, &info, sizeof(info));
}

static long get_capabilities(void *arg)
{
    xen_capabilities_info_t info = {0};

    port_capabilities(info, sizeof(info));
    return copy_to_guest_bytes(arg, info, sizeof(info));
}

static long get_features(void *arg)
{
    struct xen_feature_info fi;

    if (copy_from_guest_bytes(&fi, arg, sizeof(fi)))
        return -EFAULT;
    if (fi.submap_idx >= XENFEAT_NR_SUBMAPS)
        return -EINVAL;
    fi.submap = port_get_features(current->domain, fi.submap_idx);
    return copy_to_guest_bytes(arg, &fi, sizeof(fi));
}

static long get_build_id(void *arg)
{
    xen_build_id_t head;
    unsigned int len;
    const uint8_t *id = version_build_id(&len);

    if (xsm_check(XSM_VERSION, XENVER_build_id, NULL))
        return -EPERM;
    if (len == 0)
        return -ENODATA;
    if (arg == NULL)
        return len;
    if (copy_from_guest_bytes(&head, arg, sizeof(head)))
        return -EFAULT;
    if (head.len == 0)
        return -EINVAL;
    if (head.len < len)
        return -ENOBUFS;
    if (copy_to_guest_bytes((char *)arg + offsetof(xen_build_id_t, buf), id, len))
        return -EFAULT;
    return len;
}

long do_xen_version(int cmd, void *arg)
{
    struct domain *d = current->domain;

    switch (cmd) {
    case XENVER_version:
        return XEN_MAJOR << 16 | XEN_MINOR;
    case XENVER_extraversion:
        return put_text(arg, unless_denied(cmd, version_extra), sizeof(xen_extraversion_t));
    case XENVER_compile_info:
        return get_compile_info(arg);
    case XENVER_capabilities:
        return get_capabilities(arg);
    case XENVER_changeset:
        return put_text(arg, unless_denied(cmd, version_changeset), sizeof(xen_changeset_info_t));
    case XENVER_platform_parameters: {
        xen_platform_parameters_t params = {.virt_start = port_virt_start(d)};

        return copy_to_guest_bytes(arg, &params, sizeof(params));
    }
    case XENVER_get_features:
        return get_features(arg);
    case XENVER_pagesize:
        return PAGE_SIZE;
    case XENVER_guest_handle: {
        xen_domain_handle_t handle;

        spin_lock(&d->page_lock);
        memcpy(handle, d->handle, sizeof(handle));
        spin_unlock(&d->page_lock);
        return copy_to_guest_bytes(arg, handle, sizeof(handle));
    }
    case XENVER_commandline:
        return put_text(arg, unless_denied(cmd, saved_cmdline), sizeof(xen_commandline_t));
    case XENVER_build_id:
        return get_build_id(arg);
    default:
        return -ENOSYS;
    }
}

long do_vm_assist(unsigned int cmd, unsigned int type)
{
    struct domain *d = current->domain;

    if (!port_vm_assist_valid(d, type))
        return -EINVAL;
    if (xsm_check(XSM_VM_ASSIST, type, d))
        return -EPERM;
    switch (cmd) {
    case VMASST_CMD_enable:
        __atomic_fetch_or(&d->vm_assist, 1UL << type, __ATOMIC_SEQ_CST);
        return 0;
    case VMASST_CMD_disable:
        __atomic_fetch_and(&d->vm_assist, ~(1UL << type), __ATOMIC_SEQ_CST);
        return 0;
    default:
        return -ENOSYS;
    }
}

static long console_write(unsigned int count, const char *buffer)
{
    char chunk[128];

    while (count) {
        unsigned int n = min_t(unsigned int, count, sizeof(chunk));

        if (copy_from_guest_bytes(chunk, buffer, n))
            return -EFAULT;
        console_guest_write(current->domain, chunk, n);
        count -= n;
        buffer += n;
        if (count && hypercall_preempt_check())
            return hypercall_continue(__HYPERVISOR_console_io, 3, (unsigned long)CONSOLEIO_write,
                                      (unsigned long)count, buffer);
    }
    return 0;
}

static long console_read(unsigned int count, char *buffer)
{
    char chunk[128];
    unsigned int done = 0;

    while (done < count) {
        size_t n =
            console_guest_read(current->domain, chunk, min_t(size_t, count - done, sizeof(chunk)));

        if (n == 0)
            break;
        if (copy_to_guest_bytes(buffer + done, chunk, n))
            return -EFAULT;
        done += (unsigned int)n;
    }
    return done;
}

long do_console_io(unsigned int cmd, unsigned int count, void *buffer)
{
    if (xsm_check(XSM_CONSOLE_IO, cmd, NULL))
        return -EPERM;
    if ((int)count < 0)
        return -E2BIG;
    switch (cmd) {
    case CONSOLEIO_write:
        return console_write(count, buffer);
    case CONSOLEIO_read:
        return console_read(count, buffer);
    default:
        return -ENOSYS;
    }
}
