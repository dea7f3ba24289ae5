/* SPDX-License-Identifier: MIT */
#include <stdarg.h>

#include <lib/guest.h>

start_info_t *start_info;
shared_info_t *shared_info;
struct vcpu_info *vcpu_info;

void (*last_words)(void);

void console_drain(void);
void start_c(start_info_t *si);

static uint8_t shared_page[PAGE_SIZE] __attribute__((aligned(4096), section(".bss.page")));

void shutdown(unsigned int reason)
{
    sched_shutdown_t arg = {.reason = reason};

    console_drain();
    for (;;)
        sched_op(SCHEDOP_shutdown, &arg);
}

void finish(enum result res, const char *fmt, ...)
{
    static const char *const names[] = {"success", "skip", "error", "failure"};
    char reason[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(reason, sizeof(reason), fmt, ap);
    va_end(ap);
    if (last_words)
        last_words();
    if (res == RESULT_SUCCESS)
        print("RESULT: success\n");
    else
        print("RESULT: %s (%s)\n", names[res], reason);
    shutdown(SHUTDOWN_poweroff);
}

static uint64_t parse_number(const char *s)
{
    unsigned int base = 10, digit;
    uint64_t val = 0;

    if (s[0] == '0' && s[1] == 'x') {
        base = 16;
        s += 2;
    }
    for (;; s++) {
        if (*s >= '0' && *s <= '9')
            digit = *s - '0';
        else if (base == 16 && (*s | 32) >= 'a' && (*s | 32) <= 'f')
            digit = (*s | 32) - 'a' + 10;
        else
            return val;
        val = val * base + digit;
    }
}

uint64_t cmdline_number(const char *cmdline, const char *name, uint64_t def)
{
    size_t len = strlen(name);
    const char *s;

    for (s = cmdline; *s; s++) {
        if ((s == cmdline || s[-1] == ' ') && !strncmp(s, name, len) && s[len] == '=')
            return parse_number(s + len + 1);
    }
    return def;
}

void prng_seed(struct prng *p, uint64_t seed)
{
    p->state = seed * 0x9e3779b97f4a7c15UL + 0x1234567;
    if (!p->state)
        p->state = 1;
    prng_next(p);
    prng_next(p);
}

uint64_t prng_next(struct prng *p)
{
    p->state ^= p->state >> 12;
    p->state ^= p->state << 25;
    p->state ^= p->state >> 27;
    return p->state * 0x2545f4914f6cdd1dUL;
}

uint64_t now_ns(void)
{
    volatile struct vcpu_time_info *t = &vcpu_info->time;
    uint32_t version, lo, hi;
    uint64_t delta, ns;

    do {
        version = t->version & ~1U;
        __asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
        delta = (((uint64_t)hi << 32) | lo) - t->tsc_timestamp;
        if (t->tsc_shift >= 0)
            delta <<= t->tsc_shift;
        else
            delta >>= -t->tsc_shift;
        ns = t->system_time + (uint64_t)(((unsigned __int128)delta * t->tsc_to_system_mul) >> 32);
        __asm__ volatile("" ::: "memory");
    } while (version != t->version);
    return ns;
}

void events_unmask(void)
{
    events_mask(false);
    if (*(volatile uint8_t *)&vcpu_info->evtchn_upcall_pending)
        hcall2(__HYPERVISOR_xen_version, 0, 0); /* any hypercall delivers them */
}

void start_c(start_info_t *si)
{
    static char cmdline[MAX_GUEST_CMDLINE];

    start_info = si;
    if (map_va(shared_page, si->shared_info | PTE_RW))
        shutdown(SHUTDOWN_crash);
    shared_info = (void *)shared_page;
    vcpu_info = &shared_info->vcpu_info[0];
    events_mask(true);
    memset(shared_info->evtchn_mask, 0xff, sizeof(shared_info->evtchn_mask));
    console_init();
    if (traps_install())
        finish(RESULT_FAILURE, "trap table or callbacks refused");
    memcpy(cmdline, si->cmd_line, sizeof(cmdline) - 1);
    guest_main(cmdline);
    finish(RESULT_SUCCESS, "%s", "");
}
