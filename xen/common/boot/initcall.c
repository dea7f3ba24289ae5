/* SPDX-License-Identifier: MIT */
#include <xen/init.h>
#include <xen/kernel.h>

extern const initcall_t __initcall_presmp_start[], __initcall_presmp_end[];
extern const initcall_t __initcall_start[], __initcall_end[];

static void __init run(const initcall_t *from, const initcall_t *to)
{
    for (; from < to; from++) {
        int rc = (*from)();

        if (rc)
            printk(XENLOG_WARNING "%ps at boot: error %d\n", (void *)*from, rc);
    }
}

void __init do_presmp_initcalls(void)
{
    run(__initcall_presmp_start, __initcall_presmp_end);
}

void __init do_initcalls(void)
{
    run(__initcall_start, __initcall_end);
}
