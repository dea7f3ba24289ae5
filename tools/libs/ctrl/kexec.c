/* SPDX-License-Identifier: MIT */
/* kexec and livepatch. */
#include "private.h"

int xc_kexec_exec(xc_interface *xch, int type)
{
    xen_kexec_exec_t arg = {.type = type};

    return do_cmd(xch, kexec_op, KEXEC_CMD_kexec, &arg);
}

int xc_kexec_get_range(xc_interface *xch, int range, int nr, uint64_t *size, uint64_t *start)
{
    xen_kexec_range_t arg = {.range = range, .nr = nr};
    int rc = do_cmd(xch, kexec_op, KEXEC_CMD_kexec_get_range, &arg);

    *size = arg.size;
    *start = arg.start;
    return rc;
}

int xc_kexec_load(xc_interface *xch, uint8_t type, uint16_t arch, uint64_t entry_maddr,
                  uint32_t nr_segments, xen_kexec_segment_t *segments)
{
    xen_kexec_load_t arg = {
        .type = type, .arch = arch, .entry_maddr = entry_maddr, .nr_segments = nr_segments};

    return cmd_bounced(xch, __HYPERVISOR_kexec_op, KEXEC_CMD_kexec_load, &arg, sizeof(arg),
                       BOUNCES(BUF_IN(arg.segments.h, segments, sizeof(*segments) * nr_segments)));
}

int xc_kexec_unload(xc_interface *xch, int type)
{
    xen_kexec_unload_t arg = {.type = (uint8_t)type};

    return do_cmd(xch, kexec_op, KEXEC_CMD_kexec_unload, &arg);
}

int xc_kexec_status(xc_interface *xch, int type)
{
    xen_kexec_status_t arg = {.type = (uint8_t)type};

    return do_cmd(xch, kexec_op, KEXEC_CMD_kexec_status, &arg);
}

/* The name goes with its terminating zero. 0, or -1 with errno. */
static int name_fill(struct xen_livepatch_name *to, const char *name)
{
    size_t len = name ? strlen(name) + 1 : 0;

    if (len < 2 || len > XEN_LIVEPATCH_NAME_SIZE)
        return fail(EINVAL);
    to->size = (uint16_t)len;
    return 0;
}

int xc_livepatch_upload(xc_interface *xch, char *name, unsigned char *payload, uint32_t size)
{
    struct xen_sysctl op = SYSCTL(
        livepatch_op, .u.livepatch = {.cmd = XEN_SYSCTL_LIVEPATCH_UPLOAD, .u.upload.size = size});
    struct xen_sysctl_livepatch_upload *up = &op.u.livepatch.u.upload;

    if (!payload || name_fill(&up->name, name))
        return fail(EINVAL);
    return sysctl_with(xch, &op, BUF_IN(up->name.name, name, up->name.size),
                       BUF_IN(up->payload, payload, size));
}

int xc_livepatch_get(xc_interface *xch, char *name, xen_livepatch_status_t *status)
{
    struct xen_sysctl op = SYSCTL(livepatch_op, .u.livepatch.cmd = XEN_SYSCTL_LIVEPATCH_GET);
    struct xen_sysctl_livepatch_get *get = &op.u.livepatch.u.get;
    int rc;

    if (name_fill(&get->name, name))
        return -1;
    rc = sysctl_with(xch, &op, BUF_IN(get->name.name, name, get->name.size));
    *status = get->status;
    return rc;
}

int xc_livepatch_list_get_sizes(xc_interface *xch, unsigned int *nr, uint32_t *name_total_size,
                                uint32_t *metadata_total_size)
{
    struct xen_sysctl op = SYSCTL(livepatch_op, .u.livepatch.cmd = XEN_SYSCTL_LIVEPATCH_LIST);
    const struct xen_sysctl_livepatch_list *list = &op.u.livepatch.u.list;
    int rc;

    if (!nr || !name_total_size || !metadata_total_size)
        return fail(EINVAL);
    rc = do_sysctl(xch, &op);
    if (rc)
        return rc;
    *nr = list->nr;
    *name_total_size = list->name_total_size;
    *metadata_total_size = list->metadata_total_size;
    return 0;
}

/* The space of the caller, and how far it is filled. */
struct list_space {
    xen_livepatch_status_t *info;
    char *name;
    uint32_t *name_len;
    uint32_t name_left;
    char *meta;
    uint32_t *meta_len;
    uint32_t meta_left;
};

/* One call: as many as the hypervisor gives at once. Returns how many, or -1. */
static int list_some(xc_interface *xch, struct list_space *s, uint32_t idx, uint32_t want,
                     uint32_t *left)
{
    struct xen_sysctl op =
        SYSCTL(livepatch_op, .u.livepatch = {.cmd = XEN_SYSCTL_LIVEPATCH_LIST,
                                             .u.list = {.idx = idx, .nr = want}});
    struct xen_sysctl_livepatch_list *l = &op.u.livepatch.u.list;
    int got;

    l->name_total_size = s->name_left;
    l->metadata_total_size = s->meta_left;
    got = sysctl_with(xch, &op, BUF_OUT(l->status, s->info, sizeof(*s->info) * want),
                      BUF_OUT(l->name, s->name, s->name_left),
                      BUF_OUT(l->len, s->name_len, sizeof(uint32_t) * want),
                      BUF_OUT(l->metadata, s->meta, s->meta_left),
                      BUF_OUT(l->metadata_len, s->meta_len, sizeof(uint32_t) * want));
    *left = l->nr;
    return got;
}

static int list_advance(struct list_space *s, int got)
{
    for (int i = 0; i < got; i++) {
        if (*s->name_len > s->name_left || *s->meta_len > s->meta_left)
            return fail(EINVAL);
        s->name += *s->name_len;
        s->name_left -= *s->name_len++;
        s->meta += *s->meta_len;
        s->meta_left -= *s->meta_len++;
        s->info++;
    }
    return 0;
}

int xc_livepatch_list(xc_interface *xch, const unsigned int max, const unsigned int start,
                      struct xen_livepatch_status *info, char *name, uint32_t *len,
                      const uint32_t name_total_size, char *metadata, uint32_t *metadata_len,
                      const uint32_t metadata_total_size, unsigned int *done, unsigned int *left)
{
    struct list_space s = {
        info, name, len, name_total_size, metadata, metadata_len, metadata_total_size};
    unsigned int want = max;
    uint32_t more = 0;
    int got;

    if (!max || !info || !name || !len || !metadata || !metadata_len || !done || !left)
        return fail(EINVAL);
    *done = 0;
    *left = 0;
    while (*done < max) {
        if (want > max - *done)
            want = max - *done;
        got = list_some(xch, &s, start + *done, want, &more);
        if (got < 0 && errno == E2BIG && want > 1) {
            want /= 2;
            continue;
        }
        if (got < 0)
            return -1;
        if (list_advance(&s, got))
            return -1;
        *done += (unsigned int)got;
        *left = more;
        if (!got || !more)
            break;
    }
    return 0;
}

static int patch_action(xc_interface *xch, char *name, uint32_t cmd, uint32_t timeout,
                        uint32_t flags)
{
    struct xen_sysctl op =
        SYSCTL(livepatch_op,
               .u.livepatch = {.cmd = XEN_SYSCTL_LIVEPATCH_ACTION,
                               .u.action = {.cmd = cmd, .timeout = timeout, .flags = flags}});
    struct xen_livepatch_name *n = &op.u.livepatch.u.action.name;

    if (name_fill(n, name))
        return -1;
    return sysctl_with(xch, &op, BUF_IN(n->name, name, n->size));
}

int xc_livepatch_apply(xc_interface *xch, char *name, uint32_t timeout, uint32_t flags)
{
    return patch_action(xch, name, LIVEPATCH_ACTION_APPLY, timeout, flags);
}

int xc_livepatch_revert(xc_interface *xch, char *name, uint32_t timeout, uint32_t flags)
{
    return patch_action(xch, name, LIVEPATCH_ACTION_REVERT, timeout, flags);
}

int xc_livepatch_unload(xc_interface *xch, char *name, uint32_t timeout, uint32_t flags)
{
    return patch_action(xch, name, LIVEPATCH_ACTION_UNLOAD, timeout, flags);
}

int xc_livepatch_replace(xc_interface *xch, char *name, uint32_t timeout, uint32_t flags)
{
    return patch_action(xch, name, LIVEPATCH_ACTION_REPLACE, timeout, flags);
}
