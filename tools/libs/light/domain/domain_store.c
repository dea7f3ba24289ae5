/* SPDX-License-Identifier: MIT */
/* A domain's own part of xenstore; docs of the layout: xenstore-paths. */
#include <stdio.h>
#include <sys/time.h>

#include "domain/domain.h"

#include <xen/hvm/hvm_xs_strings.h>

static int put(struct scope *sc, xs_transaction_t t, const char *dir, const char *key,
               const char *value)
{
    return store_write(sc, t, scope_printf(sc, "%s/%s", dir, key), value);
}

static char *num(struct scope *sc, unsigned long long v)
{
    return scope_printf(sc, "%llu", v);
}

static int write_vm(struct scope *sc, xs_transaction_t t, const struct store_create *c,
                    const char *vm)
{
    const libxl_domain_create_info *ci = &c->config->c_info;
    int rc = store_make(sc, t, vm, 0, XS_PERM_READ, c->domid);

    if (!rc)
        rc = put(sc, t, vm, "name", ci->name);
    if (!rc)
        rc = put(sc, t, vm, "uuid", strrchr(vm, '/') + 1);
    return rc;
}

static int write_cpus(struct scope *sc, xs_transaction_t t, const libxl_domain_build_info *b,
                      const char *dom)
{
    int rc = 0;

    for (int i = 0; i < b->max_vcpus && !rc; i++)
        rc = store_write(sc, t, scope_printf(sc, "%s/cpu/%d/availability", dom, i),
                         libxl_bitmap_test(&b->avail_vcpus, i) ? "online" : "offline");
    return rc;
}

/* These the guest may write. */
static int make_guest_nodes(struct scope *sc, xs_transaction_t t, const struct store_create *c,
                            const char *dom)
{
    static const char *const nodes[] = {
        "control/feature-s3", /* HVM only, as the next */
        "control/feature-s4",
        "control/shutdown",
        "control/feature-poweroff",
        "control/feature-reboot",
        "control/feature-suspend",
        "control/sysrq",
        "device/suspend/event-channel",
        "data",
        "drivers",
        "feature",
        "attr",
        "error",
    };
    unsigned int first = c->config->c_info.type == LIBXL_DOMAIN_TYPE_HVM ? 0 : 2;
    int rc = 0;

    for (unsigned int i = first; i < ARRAY_SIZE(nodes) && !rc; i++)
        rc = store_make(sc, t, scope_printf(sc, "%s/%s", dom, nodes[i]), c->domid, XS_PERM_NONE, 0);
    return rc;
}

static int write_memory(struct scope *sc, xs_transaction_t t, const libxl_domain_build_info *b,
                        const char *dom)
{
    int rc = put(sc, t, dom, "memory/static-max", num(sc, b->max_memkb));

    if (!rc)
        rc = put(sc, t, dom, "memory/target", num(sc, b->target_memkb - b->video_memkb));
    if (!rc)
        rc = put(sc, t, dom, "memory/videoram", num(sc, b->video_memkb));
    return rc;
}

static int write_xsdata(struct scope *sc, xs_transaction_t t, const libxl_key_value_list list,
                        const char *dir)
{
    int rc = 0;

    for (int i = 0; list && list[i] && !rc; i += 2)
        rc = put(sc, t, dir, list[i], list[i + 1] ? list[i + 1] : "");
    return rc;
}

static int write_libxl(struct scope *sc, xs_transaction_t t, const struct store_create *c)
{
    char *dir = store_libxl(sc, c->domid);
    int rc = store_make(sc, t, dir, 0, XS_PERM_NONE, 0);

    if (!rc)
        rc = put(sc, t, dir, "type", libxl_domain_type_to_string(c->config->c_info.type));
    return rc ? rc : put(sc, t, dir, "dm-version", "qemu_xen");
}

/* As firmware reads it: two numbers, least significant byte first. */
static char *genid_text(struct scope *sc, const libxl_ms_vm_genid *id)
{
    uint64_t half[2];

    memcpy(half, id->bytes, sizeof(half));
    return scope_printf(sc, "%llu:%llu", (unsigned long long)half[0], (unsigned long long)half[1]);
}

/* HVM: what firmware reads. Source: hvm/hvm_xs_strings.h. */
static int write_platform(struct scope *sc, xs_transaction_t t, const libxl_domain_build_info *b,
                          const char *dom, const char *vm)
{
    const struct {
        const char *key, *value;
    } nodes[] = {
        {HVM_XS_BIOS, libxl_bios_type_to_string(b->u.hvm.bios)},
        {HVM_XS_ALLOW_MEMORY_RELOCATE, "0"},
        {"platform/acpi", libxl_defbool_val(b->acpi) ? "1" : "0"},
        {"platform/acpi_s3", libxl_defbool_val(b->u.hvm.acpi_s3) ? "1" : "0"},
        {"platform/acpi_s4", libxl_defbool_val(b->u.hvm.acpi_s4) ? "1" : "0"},
        {"platform/acpi_laptop_slate", libxl_defbool_val(b->u.hvm.acpi_laptop_slate) ? "1" : "0"},
        {"platform/device-model", libxl_device_model_version_to_string(b->device_model_version)},
    };
    int rc = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(nodes) && !rc; i++)
        rc = put(sc, t, dom, nodes[i].key, nodes[i].value);
    if (!rc && !libxl_ms_vm_genid_is_zero(&b->u.hvm.ms_vm_genid))
        rc = put(sc, t, dom, "platform/generation-id", genid_text(sc, &b->u.hvm.ms_vm_genid));
    return rc ? rc
              : put(sc, t, vm, "rtc/timeoffset", b->u.hvm.timeoffset ? b->u.hvm.timeoffset : "");
}

static int write_domain(struct scope *sc, xs_transaction_t t, const struct store_create *c,
                        const char *dom, const char *vm)
{
    const libxl_domain_create_info *ci = &c->config->c_info;
    int rc = store_make(sc, t, dom, 0, XS_PERM_READ, c->domid);

    (void)(rc || (rc = put(sc, t, dom, "vm", vm)) || (rc = put(sc, t, dom, "name", ci->name)) ||
           (rc = write_cpus(sc, t, &c->config->b_info, dom)) ||
           (rc = write_memory(sc, t, &c->config->b_info, dom)) ||
           (rc = make_guest_nodes(sc, t, c, dom)) ||
           (rc = put(sc, t, dom, "control/platform-feature-multiprocessor-suspend", "1")) ||
           (rc = put(sc, t, dom, "control/platform-feature-xs_reset_watches", "1")) ||
           (rc = put(sc, t, dom, "domid", num(sc, c->domid))) ||
           (ci->type == LIBXL_DOMAIN_TYPE_HVM &&
            (rc = write_platform(sc, t, &c->config->b_info, dom, vm))) ||
           (rc = write_xsdata(sc, t, ci->xsdata, dom)) ||
           (rc = write_xsdata(sc, t, ci->platformdata, scope_printf(sc, "%s/platform", dom))));
    return rc;
}

int domain_store_create(struct scope *sc, xs_transaction_t t, void *arg)
{
    const struct store_create *c = arg;
    char *dom = store_dom(sc, c->domid);
    char *vm = scope_printf(sc, "/vm/" LIBXL_UUID_FMT, LIBXL_UUID_BYTES(c->config->c_info.uuid));
    int rc;

    /* Nothing of an earlier domain of this number may stay. */
    rc = store_rm(sc, t, dom);
    if (!rc)
        rc = write_vm(sc, t, c, vm);
    if (!rc)
        rc = write_domain(sc, t, c, dom, vm);
    if (!rc)
        rc = write_libxl(sc, t, c);
    return rc ? rc : console_write(sc, t, c->domid);
}

struct booted {
    uint32_t domid;
    const libxl_domain_config *config;
    const struct build_result *b;
};

static int write_image(struct scope *sc, xs_transaction_t t, const struct booted *a, const char *vm)
{
    const libxl_domain_build_info *bi = &a->config->b_info;
    int rc = put(sc, t, vm, "image/ostype", bi->type == LIBXL_DOMAIN_TYPE_HVM ? "hvm" : "linux");

    if (!rc && bi->kernel)
        rc = put(sc, t, vm, "image/kernel", bi->kernel);
    if (!rc && bi->ramdisk)
        rc = put(sc, t, vm, "image/ramdisk", bi->ramdisk);
    if (!rc && bi->cmdline)
        rc = put(sc, t, vm, "image/cmdline", bi->cmdline);
    return rc;
}

static int write_start(struct scope *sc, xs_transaction_t t, const struct booted *a)
{
    char *vm = store_readf(sc, t, "/local/domain/%u/vm", a->domid);
    struct timeval now;
    int rc = 0;

    if (!vm)
        return ERROR_FAIL;
    if (a->config->b_info.type != LIBXL_DOMAIN_TYPE_PVH)
        rc = write_image(sc, t, a, vm);
    gettimeofday(&now, NULL);
    return rc ? rc
              : put(sc, t, vm, "start_time",
                    scope_printf(sc, "%lld.%02d", (long long)now.tv_sec,
                                 (int)(now.tv_usec / 10000)));
}

static int write_booted(struct scope *sc, xs_transaction_t t, void *arg)
{
    const struct booted *a = arg;
    char *dom = store_dom(sc, a->domid);
    int rc = put(sc, t, dom, "store/port", num(sc, a->b->store_port));

    if (!rc)
        rc = put(sc, t, dom, "store/ring-ref", num(sc, a->b->store_frame));
    if (!rc)
        rc = put(sc, t, dom, "console/port", num(sc, a->b->console_port));
    if (!rc)
        rc = put(sc, t, dom, "console/ring-ref", num(sc, a->b->console_frame));
    if (!rc && a->b->has_uart)
        rc = vuart_write(sc, t, a->domid, a->b->uart_frame, a->b->uart_port);
    return rc ? rc : write_start(sc, t, a);
}

/* With the rings known; then the store and the console daemon can meet the guest. */
int domain_store_booted(struct scope *sc, uint32_t domid, const libxl_domain_config *config,
                        const struct build_result *b)
{
    struct booted a = {domid, config, b};
    int rc = store_transact(sc, write_booted, &a);

    if (rc)
        return rc;
    if (xs_introduce_domain(sc->ctx->xsh, domid, b->store_frame, b->store_port))
        return 0;
    LOG_ERRNO(sc, "cannot introduce the domain to xenstore");
    return ERROR_FAIL;
}
