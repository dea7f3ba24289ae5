/* SPDX-License-Identifier: MIT */
/* Which policy rules: option xsm=. */
#include <xen/console.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include <xen/xsm.h>

#ifdef CONFIG_XSM_SILO_DEFAULT
#define DEFAULT_POLICY &xsm_silo
#else
#define DEFAULT_POLICY NULL
#endif

const struct xsm_policy *xsm_policy = DEFAULT_POLICY;

static int __init parse_xsm(const char *s)
{
    if (!strcmp(s, "dummy"))
        xsm_policy = NULL;
    else if (!strcmp(s, xsm_silo.name))
        xsm_policy = &xsm_silo;
    else
        return -EINVAL;
    return 0;
}
PARAM_FN("xsm", parse_xsm);

static int __init announce(void)
{
    printk("XSM: policy \"%s\"\n", xsm_policy ? xsm_policy->name : "dummy");
    return 0;
}
INITCALL(announce);
