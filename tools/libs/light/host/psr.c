/* SPDX-License-Identifier: MIT */
/* Platform shared resources: monitoring and allocation of caches and memory bandwidth. */
#include <errno.h>

#include "core/domains.h"

/* What libxl calls a domain of its own has the same numbers in libxc. */
_Static_assert((int)LIBXL_PSR_CBM_TYPE_MBA_THRTL == (int)XC_PSR_MBA_THRTL, "types of settings");

static int psr_failed(struct scope *sc, const char *what)
{
    const char *why;

    switch (errno) {
    case ENOSYS:
    case EOPNOTSUPP:
        why = "it is not supported by the hypervisor";
        break;
    case ENODEV:
        why = "the machine has no such feature";
        break;
    case EEXIST:
        why = "the domain has it already, or the value is set";
        break;
    case ENOENT:
        why = "the domain does not have it";
        break;
    case EUSERS:
        why = "there is no free monitoring id";
        break;
    case EOVERFLOW:
        why = "no free class of service is left";
        break;
    case EBADSLT:
    case ENOTSOCK:
        why = "there is no such socket";
        break;
    default:
        LOG_ERRNO(sc, "cannot %s", what);
        return ERROR_FAIL;
    }
    LOG_ERROR(sc, "cannot %s: %s", what, why);
    return ERROR_FAIL;
}

#define RUN(domid, call, what)                                                                     \
    do {                                                                                           \
        int rc_ = 0;                                                                               \
        API_ENTER(ctx, (domid));                                                                   \
        if ((call) < 0)                                                                            \
            rc_ = psr_failed(sc, (what));                                                          \
        API_LEAVE;                                                                                 \
        return rc_;                                                                                \
    } while (0)
#define NOBODY ((uint32_t)INVALID_DOMID)

int libxl_psr_cmt_attach(libxl_ctx *ctx, uint32_t domid)
{
    RUN(domid, xc_psr_cmt_attach(ctx->xch, domid), "attach monitoring");
}

int libxl_psr_cmt_detach(libxl_ctx *ctx, uint32_t domid)
{
    RUN(domid, xc_psr_cmt_detach(ctx->xch, domid), "detach monitoring");
}

int libxl_psr_cmt_domain_attached(libxl_ctx *ctx, uint32_t domid)
{
    uint32_t rmid;

    return !xc_psr_cmt_get_domain_rmid(ctx->xch, domid, &rmid);
}

int libxl_psr_cmt_enabled(libxl_ctx *ctx)
{
    return xc_psr_cmt_enabled(ctx->xch);
}

int libxl_psr_cmt_get_total_rmid(libxl_ctx *ctx, uint32_t *total_rmid)
{
    RUN(NOBODY, xc_psr_cmt_get_total_rmid(ctx->xch, total_rmid),
        "get the number of monitoring ids");
}

/* Any CPU of the socket will do. */
static int cpu_of_socket(libxl_ctx *ctx, uint32_t socket)
{
    int nr, cpu = -1;
    libxl_cputopology *t = libxl_get_cpu_topology(ctx, &nr);

    for (int i = 0; t && i < nr && cpu < 0; i++)
        if (t[i].socket == socket)
            cpu = i;
    if (t)
        libxl_cputopology_list_free(t, nr);
    if (cpu < 0)
        errno = EBADSLT;
    return cpu;
}

int libxl_psr_cmt_get_l3_cache_size(libxl_ctx *ctx, uint32_t socketid, uint32_t *l3_cache_size)
{
    int cpu = cpu_of_socket(ctx, socketid);

    RUN(NOBODY, cpu < 0 ? -1 : xc_psr_cmt_get_l3_cache_size(ctx->xch, (uint32_t)cpu, l3_cache_size),
        "get the size of the cache");
}

int libxl_psr_cmt_type_supported(libxl_ctx *ctx, libxl_psr_cmt_type type)
{
    uint32_t mask;

    return !xc_psr_cmt_get_l3_event_mask(ctx->xch, &mask) && mask & (1u << (type - 1));
}

/* One reading, in bytes. */
static int sample(libxl_ctx *ctx, uint32_t domid, libxl_psr_cmt_type type, uint32_t socket,
                  uint64_t *value, uint64_t *tsc)
{
    int cpu = cpu_of_socket(ctx, socket);
    uint32_t rmid, factor;
    uint64_t data;

    if (cpu < 0 || xc_psr_cmt_get_domain_rmid(ctx->xch, domid, &rmid) || !rmid ||
        xc_psr_cmt_get_data(ctx->xch, rmid, (uint32_t)cpu, (xc_psr_cmt_type)(type - 1), &data,
                            tsc) ||
        xc_psr_cmt_get_l3_upscaling_factor(ctx->xch, &factor))
        return -1;
    *value = data * factor;
    return 0;
}

int libxl_psr_cmt_get_sample(libxl_ctx *ctx, uint32_t domid, libxl_psr_cmt_type type,
                             uint64_t scope, uint64_t *sample_r, uint64_t *tsc_r)
{
    RUN(domid, sample(ctx, domid, type, (uint32_t)scope, sample_r, tsc_r), "read the monitor");
}

static int occupancy(libxl_ctx *ctx, uint32_t domid, uint32_t socket, uint32_t *kib)
{
    uint64_t bytes;

    if (sample(ctx, domid, LIBXL_PSR_CMT_TYPE_CACHE_OCCUPANCY, socket, &bytes, NULL))
        return -1;
    *kib = (uint32_t)(bytes / 1024);
    return 0;
}

int libxl_psr_cmt_get_cache_occupancy(libxl_ctx *ctx, uint32_t domid, uint32_t socketid,
                                      uint32_t *l3_cache_occupancy)
{
    RUN(domid, occupancy(ctx, domid, socketid, l3_cache_occupancy), "read the monitor");
}

static int set_all(libxl_ctx *ctx, uint32_t domid, libxl_psr_type type, libxl_bitmap *sockets,
                   uint64_t value)
{
    int nr;
    libxl_cputopology *t = libxl_get_cpu_topology(ctx, &nr);
    uint32_t last = 0;
    int r = t ? 0 : -1;

    for (int i = 0; t && i < nr; i++)
        if (t[i].socket != LIBXL_CPUTOPOLOGY_INVALID_ENTRY && t[i].socket > last)
            last = t[i].socket;
    for (uint32_t s = 0; !r && s <= last; s++)
        if (libxl_bitmap_test(sockets, (int)s))
            r = xc_psr_set_domain_data(ctx->xch, domid, (xc_psr_type)type, s, value);
    if (t)
        libxl_cputopology_list_free(t, nr);
    return r;
}

int libxl_psr_set_val(libxl_ctx *ctx, uint32_t domid, libxl_psr_type type, libxl_bitmap *target_map,
                      uint64_t val)
{
    RUN(domid, set_all(ctx, domid, type, target_map, val), "set the domain's share");
}

int libxl_psr_get_val(libxl_ctx *ctx, uint32_t domid, libxl_psr_type type, unsigned int target,
                      uint64_t *val)
{
    RUN(domid, xc_psr_get_domain_data(ctx->xch, domid, (xc_psr_type)type, target, val),
        "get the domain's share");
}

int libxl_psr_cat_set_cbm(libxl_ctx *ctx, uint32_t domid, libxl_psr_cbm_type type,
                          libxl_bitmap *target_map, uint64_t cbm)
{
    return libxl_psr_set_val(ctx, domid, type, target_map, cbm);
}

int libxl_psr_cat_get_cbm(libxl_ctx *ctx, uint32_t domid, libxl_psr_cbm_type type, uint32_t target,
                          uint64_t *cbm_r)
{
    return libxl_psr_get_val(ctx, domid, type, target, cbm_r);
}

/* What each socket has; the number of sockets is not told by the hypervisor. */
static int sockets_of(libxl_ctx *ctx)
{
    int nr, last = -1;
    libxl_cputopology *t = libxl_get_cpu_topology(ctx, &nr);

    for (int i = 0; t && i < nr; i++)
        if (t[i].socket != LIBXL_CPUTOPOLOGY_INVALID_ENTRY && (int)t[i].socket > last)
            last = (int)t[i].socket;
    if (t)
        libxl_cputopology_list_free(t, nr);
    return last + 1;
}

static int fill_hw(libxl_ctx *ctx, libxl_psr_feat_type type, unsigned int lvl, unsigned int nr,
                   libxl_psr_hw_info *list)
{
    xc_psr_feat_type xtype = type == LIBXL_PSR_FEAT_TYPE_MBA ? XC_PSR_MBA
                             : lvl == 2                      ? XC_PSR_CAT_L2
                                                             : XC_PSR_CAT_L3;

    for (unsigned int i = 0; i < nr; i++) {
        xc_psr_hw_info hw;

        if (xc_psr_get_hw_info(ctx->xch, i, xtype, &hw))
            return -1;
        libxl_psr_hw_info_init(&list[i]);
        libxl_psr_hw_info_init_type(&list[i], type);
        list[i].id = i;
        if (type == LIBXL_PSR_FEAT_TYPE_MBA) {
            list[i].u.mba.cos_max = hw.mba.cos_max;
            list[i].u.mba.thrtl_max = hw.mba.thrtl_max;
            list[i].u.mba.linear = hw.mba.linear;
        } else {
            list[i].u.cat.cos_max = hw.cat.cos_max;
            list[i].u.cat.cbm_len = hw.cat.cbm_len;
            list[i].u.cat.cdp_enabled = hw.cat.cdp_enabled;
        }
    }
    return 0;
}

int libxl_psr_get_hw_info(libxl_ctx *ctx, libxl_psr_feat_type type, unsigned int lvl,
                          unsigned int *nr, libxl_psr_hw_info **info)
{
    int sockets = sockets_of(ctx), rc = 0;
    libxl_psr_hw_info *list;
    API_ENTER(ctx, NOBODY);

    list = xmalloc0((size_t)(sockets + 1) * sizeof(*list));
    *nr = (unsigned int)sockets;
    if (type == LIBXL_PSR_FEAT_TYPE_CAT && lvl != 2 && lvl != 3) {
        rc = ERROR_INVAL;
    } else if (fill_hw(ctx, type, lvl, *nr, list)) {
        rc = psr_failed(sc, "get what the machine can share");
    }
    if (rc)
        free(list);
    else
        *info = list;
    API_LEAVE;
    return rc;
}

void libxl_psr_hw_info_list_free(libxl_psr_hw_info *list, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++)
        libxl_psr_hw_info_dispose(&list[i]);
    free(list);
}

int libxl_psr_cat_get_info(libxl_ctx *ctx, libxl_psr_cat_info **info, unsigned int *nr,
                           unsigned int lvl)
{
    libxl_psr_hw_info *hw;
    libxl_psr_cat_info *list;
    int rc = libxl_psr_get_hw_info(ctx, LIBXL_PSR_FEAT_TYPE_CAT, lvl, nr, &hw);

    if (rc)
        return rc;
    list = xmalloc0((size_t)(*nr + 1) * sizeof(*list));
    for (unsigned int i = 0; i < *nr; i++) {
        list[i].id = hw[i].id;
        list[i].cos_max = hw[i].u.cat.cos_max;
        list[i].cbm_len = hw[i].u.cat.cbm_len;
        list[i].cdp_enabled = hw[i].u.cat.cdp_enabled;
    }
    libxl_psr_hw_info_list_free(hw, *nr);
    *info = list;
    return 0;
}

int libxl_psr_cat_get_l3_info(libxl_ctx *ctx, libxl_psr_cat_info **info, int *nr)
{
    unsigned int n;
    int rc = libxl_psr_cat_get_info(ctx, info, &n, 3);

    if (!rc)
        *nr = (int)n;
    return rc;
}

void libxl_psr_cat_info_list_free(libxl_psr_cat_info *list, int nr)
{
    for (int i = 0; i < nr; i++)
        libxl_psr_cat_info_dispose(&list[i]);
    free(list);
}
