/* SPDX-License-Identifier: MIT */
/*
 * xenperf [-f|-p|-r]: the hypervisor's counters, each with its total; -f and -p add the values of
 * arrays, -r sets all to zero.
 */
#include <unistd.h>

#include <xenctrl.h>

#include "misc.h"

static void print_counter(const xc_perfc_desc_t *counter, const xc_perfc_val_t *values, bool full)
{
    uint64_t total = 0;

    for (uint32_t i = 0; i < counter->nr_vals; i++)
        total += values[i];
    printf("%-35.80s T=%10llu ", counter->name, (unsigned long long)total);
    if (counter->nr_vals == 1 || (full && total))
        for (uint32_t i = 0; i < counter->nr_vals; i++)
            printf(" %10u", values[i]);
    putchar('\n');
}

/* @nr and @room are of one answer of the hypervisor; what it names beyond is not shown. */
static void print_all(const xc_perfc_desc_t *counters, int nr, const xc_perfc_val_t *values,
                      int room, bool full)
{
    for (int i = 0; i < nr && counters[i].nr_vals <= (uint32_t)room; i++) {
        print_counter(&counters[i], values, full);
        values += counters[i].nr_vals;
        room -= (int)counters[i].nr_vals;
    }
}

static int show(xc_interface *xch, bool full)
{
    DECLARE_HYPERCALL_BUFFER(xc_perfc_desc_t, counters);
    DECLARE_HYPERCALL_BUFFER(xc_perfc_val_t, values);
    int nr, nr_values, status = 0;

    if (xc_perfc_query_number(xch, &nr, &nr_values))
        return failed("xenperf", "the number of counters");
    counters = xc_hypercall_buffer_alloc(xch, counters, (size_t)nr * sizeof(*counters));
    values = xc_hypercall_buffer_alloc(xch, values, (size_t)nr_values * sizeof(*values));
    if (!counters || !values)
        status = failed("xenperf", "memory");
    else if (xc_perfc_query(xch, HYPERCALL_BUFFER(counters), HYPERCALL_BUFFER(values)))
        status = failed("xenperf", "the counters");
    else
        print_all(counters, nr, values, nr_values, full);
    xc_hypercall_buffer_free(xch, values);
    xc_hypercall_buffer_free(xch, counters);
    return status;
}

int main(int argc, char **argv)
{
    bool full = false, reset = false;
    xc_interface *xch;
    int c, status;

    while ((c = getopt(argc, argv, "fpr")) != -1) {
        if (c == '?') {
            fputs("usage: xenperf [-f|-p|-r]\n", stderr);
            return 1;
        }
        full |= c != 'r';
        reset |= c == 'r';
    }
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("xenperf", "the hypervisor");
    if (reset)
        status = xc_perfc_reset(xch) ? failed("xenperf", "reset") : 0;
    else
        status = show(xch, full);
    xc_interface_close(xch);
    return status;
}
