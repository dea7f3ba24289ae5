/* SPDX-License-Identifier: MIT */
#ifndef XEN_TIME_H
#define XEN_TIME_H

#include <xen/types.h>

#define SECONDS(n)   ((s_time_t)(n)*1000000000LL)
#define MILLISECS(n) ((s_time_t)(n)*1000000LL)
#define MICROSECS(n) ((s_time_t)(n)*1000LL)
#define STIME_MAX    ((s_time_t)INT64_MAX)

/* System time, ns since boot; monotonic on each CPU, and between CPUs up to TSC skew. */
s_time_t get_s_time(void);
#define NOW() get_s_time()

struct domain;
struct vcpu;

/* Write the domain's wallclock (shared_info). @d may be shared by readers: uses wc_version. */
void time_update_wallclock(struct domain *d);
/* dom0 sets the wallclock: XENPF_settime. UTC seconds and ns at system time @system_time. */
void time_set_wallclock(uint64_t secs, uint32_t nsecs, s_time_t system_time);
/* UTC at system time 0. */
void time_get_boot_wallclock(uint64_t *secs, uint32_t *nsecs);
/* The domain's offset of its wallclock (XEN_DOMCTL_settimeoffset), seconds. */
void time_set_offset(struct domain *d, int64_t offset_s);

#endif
