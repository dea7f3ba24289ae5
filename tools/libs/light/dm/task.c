/* SPDX-License-Identifier: MIT */
#include <json-c/json.h>

#include "dm/dm.h"

static void ask_next(libxl_ctx *ctx, struct dm_task *t);

static void answered(libxl_ctx *ctx, struct qmp *q, int rc, struct json_object *answer)
{
    struct dm_task *t = CONTAINER_OF(q, struct dm_task, qmp);

    (void)answer;
    if (rc) {
        dm_task_stop(t);
        t->done(ctx, t, rc);
    } else {
        ask_next(ctx, t);
    }
}

static void ask_next(libxl_ctx *ctx, struct dm_task *t)
{
    struct dm_task_step *s;

    if (t->next == t->nr) {
        t->done(ctx, t, 0);
        return;
    }
    s = &t->step[t->next++];
    t->qmp = (struct qmp){.sc = t->sc,
                          .domid = t->domid,
                          .command = s->command,
                          .arguments = s->arguments,
                          .stop = t->runs_on || t->next > 1 ? QMP_NEVER : QMP_UNTIL_SENT,
                          .done = answered};
    s->arguments = NULL;
    qmp_start(&t->qmp);
}

void dm_task_add(struct dm_task *t, const char *command, struct json_object *arguments)
{
    if (t->nr == t->room) {
        unsigned int room = t->room ? 2 * t->room : 4;
        struct dm_task_step *bigger = scope_alloc(t->sc, room * sizeof(*bigger));

        if (t->nr)
            memcpy(bigger, t->step, t->nr * sizeof(*bigger));
        t->step = bigger;
        t->room = room;
    }
    t->step[t->nr++] = (struct dm_task_step){command, arguments};
}

void dm_task_run(struct dm_task *t)
{
    t->next = 0;
    ask_next(t->sc->ctx, t);
}

void dm_task_stop(struct dm_task *t)
{
    for (unsigned int i = 0; i < t->nr; i++) {
        json_object_put(t->step[i].arguments);
        t->step[i].arguments = NULL;
    }
    qmp_stop(&t->qmp);
}
