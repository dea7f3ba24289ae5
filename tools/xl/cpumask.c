/* SPDX-License-Identifier: MIT */
/* The masks of xl.conf(5): CPUs on which guests may run at all. */
#include "xl.h"

static int apply_one(const char *spec, libxl_bitmap *map)
{
    libxl_bitmap mask;
    bool any = false;
    int rc = libxl_cpu_bitmap_alloc(ctx, &mask, 0);

    if (!rc)
        rc = parse_cpus(spec, &mask);
    for (int i = 0; i < (int)map->size * 8 && !rc; i++) {
        if (!libxl_bitmap_test(&mask, i))
            libxl_bitmap_reset(map, i);
        any = any || libxl_bitmap_test(map, i);
    }
    if (!rc && !any) {
        fprintf(stderr, "xl: no CPU is left by the mask %s of xl.conf\n", spec);
        rc = ERROR_INVAL;
    }
    libxl_bitmap_dispose(&mask);
    return rc;
}

static const char *mask_of(libxl_domain_type type)
{
    return type == LIBXL_DOMAIN_TYPE_PV ? settings.pv_cpumask : settings.hvm_cpumask;
}

int cpumask_apply(libxl_domain_type type, libxl_bitmap *map)
{
    int rc = settings.cpumask ? apply_one(settings.cpumask, map) : 0;

    return rc || !mask_of(type) ? rc : apply_one(mask_of(type), map);
}

/* vCPUs of which nothing is said could run anywhere. */
static int add_affinities(libxl_domain_build_info *b)
{
    int rc = 0;

    b->vcpu_hard_affinity = must_alloc(
        realloc(b->vcpu_hard_affinity, (size_t)b->max_vcpus * sizeof(*b->vcpu_hard_affinity)));
    for (; b->num_vcpu_hard_affinity < b->max_vcpus && !rc; b->num_vcpu_hard_affinity++) {
        libxl_bitmap *map = &b->vcpu_hard_affinity[b->num_vcpu_hard_affinity];

        libxl_bitmap_init(map);
        rc = libxl_cpu_bitmap_alloc(ctx, map, 0);
        if (!rc)
            libxl_bitmap_set_any(map);
    }
    return rc;
}

int cpumask_apply_config(libxl_domain_config *d)
{
    libxl_domain_build_info *b = &d->b_info;
    int rc;

    if (!settings.cpumask && !mask_of(d->c_info.type))
        return 0;
    rc = add_affinities(b);
    for (int i = 0; i < b->num_vcpu_hard_affinity && !rc; i++)
        rc = cpumask_apply(d->c_info.type, &b->vcpu_hard_affinity[i]);
    return rc;
}
