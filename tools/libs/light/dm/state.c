/* SPDX-License-Identifier: MIT */
/* What the device model of an HVM guest has to do when the guest is stopped, saved or goes on. */
#include <json-c/json.h>
#include <string.h>
#include <unistd.h>

#include "core/domains.h"
#include "core/store.h"
#include "dm/dm.h"

bool dm_has_state(struct scope *sc, uint32_t domid)
{
    char *state = scope_printf(sc, "%s/state", dm_store_path(sc, domid));

    return domain_type(sc, domid) == LIBXL_DOMAIN_TYPE_HVM && store_read(sc, XBT_NULL, state);
}

char *dm_save_path(struct scope *sc, uint32_t domid)
{
    return scope_printf(sc, XEN_LIB_DIR "/qemu-save.%u", domid);
}

char *dm_resume_path(struct scope *sc, uint32_t domid)
{
    return scope_printf(sc, XEN_LIB_DIR "/qemu-resume.%u", domid);
}

static void ask_next(libxl_ctx *ctx, struct dm_task *t);

static void answered(libxl_ctx *ctx, struct qmp *q, int rc, struct json_object *answer)
{
    struct dm_task *t = CONTAINER_OF(q, struct dm_task, qmp);

    (void)answer;
    if (rc)
        t->done(ctx, t, rc);
    else
        ask_next(ctx, t);
}

static void ask_next(libxl_ctx *ctx, struct dm_task *t)
{
    struct dm_task_step *s = &t->step[t->next];

    if (t->next == DM_TASK_STEPS || !s->command) {
        t->done(ctx, t, 0);
        return;
    }
    t->next++;
    t->qmp = (struct qmp){.sc = t->sc,
                          .domid = t->domid,
                          .command = s->command,
                          .arguments = s->arguments,
                          .done = answered};
    s->arguments = NULL;
    qmp_start(&t->qmp);
}

static void start(struct dm_task *t, struct dm_task_step first, struct dm_task_step second)
{
    t->step[0] = first;
    t->step[1] = second;
    t->next = 0;
    ask_next(t->sc->ctx, t);
}

void dm_task_stop(struct dm_task *t)
{
    for (int i = 0; i < DM_TASK_STEPS; i++) {
        json_object_put(t->step[i].arguments);
        t->step[i].arguments = NULL;
    }
    qmp_stop(&t->qmp);
}

static struct json_object *one_bool(const char *key, bool value)
{
    struct json_object *o = json_object_new_object();

    json_object_object_add(o, key, json_object_new_boolean(value));
    return o;
}

void dm_pause(struct dm_task *t)
{
    start(t, (struct dm_task_step){.command = "stop"}, (struct dm_task_step){0});
}

void dm_continue(struct dm_task *t)
{
    start(t, (struct dm_task_step){.command = "cont"}, (struct dm_task_step){0});
}

void dm_log_dirty(struct dm_task *t, bool enable)
{
    start(t,
          (struct dm_task_step){.command = "xen-set-global-dirty-log",
                                .arguments = one_bool("enable", enable)},
          (struct dm_task_step){0});
}

void dm_save(struct dm_task *t, bool live)
{
    struct json_object *args = one_bool("live", live);

    unlink(dm_save_path(t->sc, t->domid));
    json_object_object_add(args, "filename", json_object_new_string(dm_save_path(t->sc, t->domid)));
    start(t, (struct dm_task_step){.command = "stop"},
          (struct dm_task_step){.command = "xen-save-devices-state", .arguments = args});
}
