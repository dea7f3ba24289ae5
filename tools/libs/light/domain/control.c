/* SPDX-License-Identifier: MIT */
/* Small operations on a running domain. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "core/userdata.h"
#include "domain/domain.h"
#include "domain/request.h"

#include <xen/hvm/params.h>

static int result(struct scope *sc, int r, const char *what)
{
    if (r >= 0)
        return 0;
    LOG_ERRNO(sc, "cannot %s", what);
    return ERROR_FAIL;
}

int libxl_domain_pause(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);

    return ao_finish(ao, result(&ao->sc, xc_domain_pause(ctx->xch, domid), "pause the domain"));
}

int libxl_domain_unpause(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);

    return ao_finish(ao, result(&ao->sc, xc_domain_unpause(ctx->xch, domid), "unpause the domain"));
}

struct shutdown {
    struct ao *ao;
    struct guest_request request;
};

static void shutdown_answered(libxl_ctx *ctx, struct guest_request *r, int rc)
{
    struct shutdown *s = CONTAINER_OF(r, struct shutdown, request);

    (void)ctx;
    ao_complete(s->ao, rc);
}

/* A guest that takes events has said how they shall reach it. */
static bool has_drivers(struct scope *sc, uint32_t domid)
{
    uint64_t callback = 0;

    return !xc_hvm_param_get(sc->ctx->xch, domid, HVM_PARAM_CALLBACK_IRQ, &callback) && callback;
}

static int request_send(libxl_ctx *ctx, uint32_t domid, const char *word,
                        const libxl_asyncop_how *how)
{
    struct ao *ao = ao_begin(ctx, domid, how);
    struct shutdown *s = scope_alloc(&ao->sc, sizeof(*s));
    libxl_domain_type type = domain_type(&ao->sc, domid);
    int rc;

    if (type == LIBXL_DOMAIN_TYPE_INVALID)
        return ao_finish(ao, ERROR_DOMAIN_NOTFOUND);
    if (type == LIBXL_DOMAIN_TYPE_HVM && !has_drivers(&ao->sc, domid))
        return ao_finish(ao, ERROR_NOPARAVIRT);
    s->ao = ao;
    s->request.sc = &ao->sc;
    s->request.domid = domid;
    s->request.word = word;
    s->request.done = shutdown_answered;
    rc = guest_request_start(&s->request);
    return rc ? ao_finish(ao, rc) : ao_run(ao);
}

int libxl_domain_shutdown(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *ao_how)
{
    return request_send(ctx, domid, "poweroff", ao_how);
}

int libxl_domain_reboot(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *ao_how)
{
    return request_send(ctx, domid, "reboot", ao_how);
}

int libxl_send_sysrq(libxl_ctx *ctx, uint32_t domid, char sysrq)
{
    int rc = libxl_domain_info(ctx, NULL, domid); /* no nodes of a domain that is not there */
    API_ENTER(ctx, domid);

    if (!rc)
        rc = store_writef(sc, XBT_NULL, scope_printf(sc, "/local/domain/%u/control/sysrq", domid),
                          "%c", sysrq);
    API_LEAVE;
    return rc;
}

int libxl_send_trigger(libxl_ctx *ctx, uint32_t domid, libxl_trigger trigger, uint32_t vcpuid,
                       const libxl_asyncop_how *ao_how)
{
    static const uint32_t numbers[] = {
        [LIBXL_TRIGGER_POWER] = XEN_DOMCTL_SENDTRIGGER_POWER,
        [LIBXL_TRIGGER_SLEEP] = XEN_DOMCTL_SENDTRIGGER_SLEEP,
        [LIBXL_TRIGGER_NMI] = XEN_DOMCTL_SENDTRIGGER_NMI,
        [LIBXL_TRIGGER_INIT] = XEN_DOMCTL_SENDTRIGGER_INIT,
        [LIBXL_TRIGGER_RESET] = XEN_DOMCTL_SENDTRIGGER_RESET,
    };
    struct ao *ao = ao_begin(ctx, domid, ao_how);

    if (trigger == LIBXL_TRIGGER_S3RESUME) {
        if (domain_type(&ao->sc, domid) != LIBXL_DOMAIN_TYPE_HVM)
            return ao_finish(ao, ERROR_INVAL);
        return ao_finish(ao, result(&ao->sc,
                                    xc_hvm_param_set(ctx->xch, domid, HVM_PARAM_ACPI_S_STATE, 0),
                                    "wake the domain from S3"));
    }
    if (trigger <= LIBXL_TRIGGER_UNKNOWN || (size_t)trigger >= ARRAY_SIZE(numbers))
        return ao_finish(ao, ERROR_INVAL);
    return ao_finish(ao, result(&ao->sc,
                                xc_domain_send_trigger(ctx->xch, domid, numbers[trigger], vcpuid),
                                "send the trigger"));
}

/* Names. */

struct rename_args {
    uint32_t domid;
    const char *from, *to;
};

static int rename_nodes(struct scope *sc, xs_transaction_t t, void *arg)
{
    const struct rename_args *a = arg;
    char *path = scope_printf(sc, "/local/domain/%u/name", a->domid);
    char *now = store_read(sc, t, path);
    char *vm = store_readf(sc, t, "/local/domain/%u/vm", a->domid);
    int rc;

    if (a->from && (!now || strcmp(now, a->from))) {
        LOG_ERROR(sc, "the domain is not called '%s'", a->from);
        return ERROR_INVAL;
    }
    rc = store_write(sc, t, path, a->to);
    return rc || !vm ? rc : store_write(sc, t, scope_printf(sc, "%s/name", vm), a->to);
}

static int rename_config(struct scope *sc, uint32_t domid, const char *to)
{
    libxl_domain_config config;
    int lock = userdata_lock(sc), rc;

    if (lock < 0)
        return lock;
    rc = config_load(sc, domid, &config);
    if (!rc) {
        free(config.c_info.name);
        config.c_info.name = xstrdup(to);
        rc = config_save(sc, domid, &config);
    }
    libxl_domain_config_dispose(&config);
    userdata_unlock(lock);
    return rc == ERROR_JSON_CONFIG_EMPTY ? 0 : rc;
}

static int do_rename(struct scope *sc, struct rename_args *a)
{
    uint32_t other;
    int rc;

    if (!*a->to)
        return ERROR_INVAL;
    if (!libxl_name_to_domid(sc->ctx, a->to, &other) && other != a->domid) {
        LOG_ERROR(sc, "Domain with name \"%s\" already exists.", a->to);
        return ERROR_INVAL;
    }
    rc = store_transact(sc, rename_nodes, a);
    return rc ? rc : rename_config(sc, a->domid, a->to);
}

int libxl_domain_rename(libxl_ctx *ctx, uint32_t domid, const char *old_name, const char *new_name)
{
    struct rename_args a = {domid, old_name, new_name};
    int rc = libxl_domain_info(ctx, NULL, domid);
    API_ENTER(ctx, domid);

    if (!rc)
        rc = do_rename(sc, &a);
    API_LEAVE;
    return rc;
}

/* Keep a dead domain for inspection: another name, another UUID. */

static int preserve_nodes(struct scope *sc, xs_transaction_t t, void *arg)
{
    const struct rename_args *a = arg;
    char *old = store_readf(sc, t, "/local/domain/%u/vm", a->domid);
    int rc = 0;

    if (old)
        rc = store_rm(sc, t, old);
    if (!rc)
        rc = store_make(sc, t, a->to, 0, XS_PERM_READ, a->domid);
    if (!rc)
        rc = store_write(sc, t, scope_printf(sc, "%s/uuid", a->to), strrchr(a->to, '/') + 1);
    if (!rc)
        rc = store_write(sc, t, scope_printf(sc, "%s/name", a->to), a->from);
    return rc ? rc : store_write(sc, t, scope_printf(sc, "/local/domain/%u/vm", a->domid), a->to);
}

int libxl_domain_preserve(libxl_ctx *ctx, uint32_t domid, libxl_domain_create_info *info,
                          const char *name_suffix, libxl_uuid new_uuid)
{
    libxl_domain_config config;
    struct rename_args a;
    char *name;
    int rc, lock = -1;
    API_ENTER(ctx, domid);

    libxl_domain_config_init(&config);
    name = scope_printf(sc, "%s%s", info->name, name_suffix);
    a = (struct rename_args){domid, info->name, name};
    rc = do_rename(sc, &a);
    if (rc)
        goto out;
    lock = rc = userdata_lock(sc);
    if (lock < 0)
        goto out;
    rc = config_load(sc, domid, &config);
    if (rc)
        goto out;
    a.from = name;
    a.to = scope_printf(sc, "/vm/" LIBXL_UUID_FMT, LIBXL_UUID_BYTES(new_uuid));
    rc = store_transact(sc, preserve_nodes, &a);
    if (!rc) {
        userdata_remove_all(sc, domid);
        rc = result(sc, xc_domain_sethandle(ctx->xch, domid, new_uuid.uuid), "set the UUID");
    }
    if (!rc) {
        config.c_info.uuid = new_uuid;
        rc = config_save(sc, domid, &config);
    }
out:
    userdata_unlock(lock);
    libxl_domain_config_dispose(&config);
    API_LEAVE;
    return rc;
}

struct core_dump {
    struct ao *ao;
    uint32_t domid;
    const char *file;
    int fd;
    atomic_bool stop;
    struct ev_work work;
};

static int core_piece(xc_interface *xch, void *arg, char *buffer, unsigned int length)
{
    struct core_dump *c = arg;
    ssize_t n = 0;

    (void)xch;
    for (unsigned int done = 0; done < length; done += (unsigned int)n) {
        if (c->stop) {
            errno = ECANCELED;
            return -1;
        }
        n = write(c->fd, buffer + done, length - done);
        if (n < 0 && errno == EINTR)
            n = 0;
        if (n < 0)
            return -1;
    }
    return 0;
}

static int core_write(struct ev_work *w)
{
    struct core_dump *c = CONTAINER_OF(w, struct core_dump, work);
    int r;

    c->fd = open(c->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (c->fd < 0)
        return errno;
    errno = 0;
    r = xc_domain_dumpcore_via_callback(c->ao->sc.ctx->xch, c->domid, c, core_piece);
    r = r ? (errno ? errno : EIO) : 0;
    if (close(c->fd) && !r)
        r = errno;
    return r;
}

/* Of a dump that is called off nothing stays. */
static void core_written(libxl_ctx *ctx, struct ev_work *w, int r)
{
    struct core_dump *c = CONTAINER_OF(w, struct core_dump, work);
    int rc = r ? ERROR_FAIL : 0;

    (void)ctx;
    c->ao->abort = NULL;
    if (r && c->stop) {
        rc = ERROR_ABORTED;
        unlink(c->file);
    } else if (r) {
        LOG_ERROR(&c->ao->sc, "cannot dump core to %s: %s", c->file, strerror(r));
    }
    ao_complete(c->ao, rc);
}

static void core_stop(struct ao *ao)
{
    struct core_dump *c = ao->abort_of;

    c->stop = true;
}

int libxl_domain_core_dump(libxl_ctx *ctx, uint32_t domid, const char *filename,
                           const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct core_dump *c = scope_alloc(&ao->sc, sizeof(*c));
    int rc;

    c->ao = ao;
    c->domid = domid;
    c->file = scope_strdup(&ao->sc, filename);
    ao->abort_of = c;
    ao->abort = core_stop;
    rc = ev_work_start(ctx, &c->work, core_write, core_written);
    return rc ? ao_finish(ao, rc) : ao_run(ao);
}
