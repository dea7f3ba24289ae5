/* SPDX-License-Identifier: MIT */
/*
 * Virtual CPUs of the machine that the device model makes up. It lists the places for them, each
 * with the driver and the properties of device_add, in no order; a path if somebody is there.
 * Source: QEMU QMP reference, query-hotpluggable-cpus.
 */
#include <json-c/json.h>
#include <stdlib.h>

#include "core/domains.h"
#include "dm/dm.h"

#define CPUS_MAX 4096

struct place {
    int at[4]; /* socket, die, core, thread: places are numbered in this order */
    struct json_object *what;
};

static int int_of(struct json_object *o, const char *key)
{
    struct json_object *v;

    return json_object_object_get_ex(o, key, &v) ? json_object_get_int(v) : 0;
}

static bool place_of(struct json_object *what, struct place *p)
{
    static const char *const keys[] = {"socket-id", "die-id", "core-id", "thread-id"};
    struct json_object *props, *type;

    if (!json_object_object_get_ex(what, "props", &props) ||
        !json_object_is_type(props, json_type_object) ||
        !json_object_object_get_ex(what, "type", &type) ||
        !json_object_is_type(type, json_type_string) || int_of(what, "vcpus-count") != 1)
        return false;
    for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++)
        p->at[i] = int_of(props, keys[i]);
    p->what = what;
    return true;
}

static int by_number(const void *a, const void *b)
{
    const struct place *p = a, *q = b;

    for (unsigned int i = 0; i < ARRAY_SIZE(p->at); i++)
        if (p->at[i] != q->at[i])
            return p->at[i] < q->at[i] ? -1 : 1;
    return 0;
}

/* In the order of the CPUs' numbers. NULL: the answer is not what it should be. */
static struct place *places_of(struct scope *sc, struct json_object *answer, unsigned int *nr)
{
    struct place *p;
    size_t len;

    if (!json_object_is_type(answer, json_type_array))
        return NULL;
    len = json_object_array_length(answer);
    if (len > CPUS_MAX)
        return NULL;
    p = scope_alloc(sc, (len + 1) * sizeof(*p));
    for (size_t i = 0; i < len; i++)
        if (!place_of(json_object_array_get_idx(answer, i), &p[i]))
            return NULL;
    qsort(p, len, sizeof(*p), by_number);
    *nr = (unsigned int)len;
    return p;
}

static bool is_taken(const struct place *p)
{
    return json_object_object_get_ex(p->what, "qom-path", NULL);
}

static void add_plug(struct dm_cpus *c, const struct place *p, unsigned int nr)
{
    struct json_object *args = json_object_new_object(), *props, *type;

    json_object_object_get_ex(p->what, "type", &type);
    qmp_put_string(args, "driver", json_object_get_string(type));
    qmp_put_string(args, "id", scope_printf(c->sc, "cpu-%u", nr));
    json_object_object_get_ex(p->what, "props", &props);
    json_object_object_foreach(props, key, value)
        json_object_object_add(args, key, json_object_get(value));
    dm_task_add(&c->task, "device_add", args);
}

static void plugged(libxl_ctx *ctx, struct dm_task *t, int rc)
{
    struct dm_cpus *c = CONTAINER_OF(t, struct dm_cpus, task);

    c->done(ctx, c, rc);
}

static void listed(libxl_ctx *ctx, struct qmp *q, int rc, struct json_object *answer)
{
    struct dm_cpus *c = CONTAINER_OF(q, struct dm_cpus, qmp);
    unsigned int nr = 0;
    struct place *p = rc ? NULL : places_of(c->sc, answer, &nr);

    if (!rc && !p) {
        LOG_ERROR(c->sc, "the device model does not say which virtual CPUs there are");
        rc = ERROR_FAIL;
    }
    for (unsigned int i = 0; i < nr; i++) {
        if (is_taken(&p[i]) && c->present)
            libxl_bitmap_set(c->present, (int)i);
        if (!is_taken(&p[i]) && c->wanted && libxl_bitmap_test(c->wanted, (int)i))
            add_plug(c, &p[i], i);
    }
    if (rc)
        c->done(ctx, c, rc);
    else
        dm_task_run(&c->task);
}

void dm_cpus(struct dm_cpus *c)
{
    c->task = (struct dm_task){.sc = c->sc, .domid = c->domid, .done = plugged};
    c->qmp = (struct qmp){.sc = c->sc,
                          .domid = c->domid,
                          .command = "query-hotpluggable-cpus",
                          .stop = QMP_ANY_TIME,
                          .done = listed};
    qmp_start(&c->qmp);
}
