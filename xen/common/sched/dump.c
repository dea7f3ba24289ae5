/* SPDX-License-Identifier: MIT */
/* Debug key 'r': who runs and who waits. */
#include <xen/console.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/time.h>

#include "private.h"

static void dump_rt(const struct sched_unit *u)
{
    const struct sched_rt *rt = &u->rt;

    printk("    %pv period %ld budget %ld%s: deadline %ld level %u left %ld\n", u->v,
           (long)rt->period, (long)rt->budget, rt->extra ? " and more" : "", (long)rt->deadline,
           rt->level, (long)rt->left);
}

static void dump_runq(struct runq *rq)
{
    unsigned int cpu;
    struct rb_node *n;

    printk("Runqueue of pool %u (%s): %u waiting, %u assigned, vtime %lu\n", rq->pool->id,
           rq->pool->policy->opt, rq->nr_waiting, rq->nr_units, rq->vtime);
    for_each_cpu (cpu, &rq->cpus) {
        const struct sched_cpu *sc = &per_cpu(sched_cpu, cpu);
        const struct sched_unit *u = sc->running->sched;

        if (rq->ops == &rtds_ops)
            dump_rt(u);
        printk("  CPU[%02u] runs %pv since %ld vtime %lu, slice ends %ld%s\n", cpu, sc->running,
               (long)u->scheduled_at, u->vtime,
               timer_active(&sc->slice_timer) ? (long)sc->slice_timer.expires : 0L,
               cpumask_test(cpu, &rq->tickled) ? ", told to look" : "");
    }
    for (n = rb_first(&rq->tree); n; n = rb_next(n)) {
        const struct sched_unit *u = container_of(n, struct sched_unit, node);

        if (rq->ops == &rtds_ops)
            dump_rt(u);
        else
            printk("    %pv vtime %lu\n", u->v, u->vtime);
    }
}

void sched_dump(unsigned char key)
{
    struct cpupool *p = NULL;
    struct runq *rq;

    (void)key;
    printk("now %ld ns\n", NOW());
    spin_lock(&cpupool_lock);
    for (uint32_t id = 0; id < 64; id++) {
        p = cpupool_find(id);
        if (p == NULL)
            continue;
        list_for_each_entry (rq, &p->runqs, list) {
            spin_lock_irq(&rq->lock);
            dump_runq(rq);
            spin_unlock_irq(&rq->lock);
        }
    }
    spin_unlock(&cpupool_lock);
}

static int sched_keys_init(void)
{
    keyhandler_register('r', sched_dump, "dump run queues");
    return 0;
}
INITCALL(sched_keys_init);
