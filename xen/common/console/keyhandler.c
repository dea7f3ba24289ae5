/* SPDX-License-Identifier: MIT */
/* Debug keys: a table of handlers, run one after the other in a tasklet. */
#include <xen/console.h>
#include <xen/cpumask.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/port/cpu.h>
#include <xen/port/domain.h>
#include <xen/smp.h>
#include <xen/spinlock.h>
#include <xen/tasklet.h>

#define NR_KEYS 128
#define QUEUE   16U

static struct {
    keyhandler_fn *fn;
    const char *desc;
} keys[NR_KEYS];

static unsigned char queue[QUEUE];
static unsigned int queue_prod, queue_cons;
static DEFINE_SPINLOCK(queue_lock, RANK_NONE);
static struct tasklet key_tasklet;

void keyhandler_register(unsigned char key, keyhandler_fn *fn, const char *desc)
{
    BUG_ON(key >= NR_KEYS);
    keys[key].fn = fn;
    keys[key].desc = desc;
}

static bool take_key(unsigned char *key)
{
    unsigned long flags;
    bool found;

    spin_lock_irqsave(&queue_lock, flags);
    found = queue_cons != queue_prod;
    if (found)
        *key = queue[queue_cons++ % QUEUE];
    spin_unlock_irqrestore(&queue_lock, flags);
    return found;
}

static void run_keys(void *unused)
{
    unsigned char key;

    while (take_key(&key)) {
        if (keys[key].fn)
            keys[key].fn(key);
    }
}

void keyhandler_handle(unsigned char key)
{
    unsigned long flags;

    if (key >= NR_KEYS || !keys[key].fn)
        return;
    spin_lock_irqsave(&queue_lock, flags);
    if (queue_prod - queue_cons < QUEUE)
        queue[queue_prod++ % QUEUE] = key;
    spin_unlock_irqrestore(&queue_lock, flags);
    tasklet_schedule(&key_tasklet);
}

static void show_help(unsigned char key)
{
    printk("'%c' pressed -> showing installed handlers\n", key);
    for (unsigned int i = 0; i < NR_KEYS; i++) {
        if (keys[i].fn)
            printk(" key '%c' (ascii '%02x') => %s\n", isprint((int)i) ? (char)i : ' ', i,
                   keys[i].desc);
    }
}

static void dump_here(void *unused)
{
    struct vcpu *v = current;

    console_lock_recursive();
    printk("*** Dumping CPU%u host state: ***\n", smp_processor_id());
    port_dump_execution_state();
    console_unlock_recursive();
    if (v && !is_idle_vcpu(v)) {
        printk("*** Dumping CPU%u guest state (%pv): ***\n", smp_processor_id(), v);
        port_dump_vcpu(v);
    }
}

static void dump_registers(unsigned char key)
{
    unsigned int cpu;

    printk("'%c' pressed -> dumping registers\n\n", key);
    for_each_online_cpu(cpu)
    {
        cpumask_t one = cpumask_of(cpu);

        on_selected_cpus(&one, dump_here, NULL, true);
    }
}

static void reboot(unsigned char key)
{
    printk("'%c' pressed -> rebooting machine\n", key);
    port_machine_restart(0);
}

static int keyhandler_init(void)
{
    tasklet_init(&key_tasklet, run_keys, NULL, false);
    keyhandler_register('h', show_help, "show this message");
    keyhandler_register('d', dump_registers, "dump registers");
    keyhandler_register('R', reboot, "reboot machine");
    return 0;
}
PRESMP_INITCALL(keyhandler_init);
