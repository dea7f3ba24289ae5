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

static struct json_object *one_bool(const char *key, bool value)
{
    struct json_object *o = json_object_new_object();

    qmp_put_bool(o, key, value);
    return o;
}

/* The only command, or the first. */
static void begin(struct dm_task *t, const char *command, struct json_object *arguments)
{
    t->nr = 0;
    dm_task_add(t, command, arguments);
}

void dm_pause(struct dm_task *t)
{
    begin(t, "stop", NULL);
    dm_task_run(t);
}

void dm_continue(struct dm_task *t)
{
    begin(t, "cont", NULL);
    dm_task_run(t);
}

void dm_log_dirty(struct dm_task *t, bool enable)
{
    begin(t, "xen-set-global-dirty-log", one_bool("enable", enable));
    dm_task_run(t);
}

void dm_save(struct dm_task *t, bool live)
{
    struct json_object *args = one_bool("live", live);

    unlink(dm_save_path(t->sc, t->domid));
    qmp_put_string(args, "filename", dm_save_path(t->sc, t->domid));
    begin(t, "stop", NULL);
    dm_task_add(t, "xen-save-devices-state", args);
    dm_task_run(t);
}
