/* SPDX-License-Identifier: MIT */
/* What libxenstat makes of the kernel's files, and of the hypervisor's flags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <xenctrl.h>

#include "../private.h"

static struct xenstat_node *node_of(unsigned int nr, const unsigned int *ids)
{
    struct xenstat_node *n = calloc(1, sizeof(*n));

    n->domains = calloc(nr, sizeof(*n->domains));
    n->nr_domains = nr;
    for (unsigned int i = 0; i < nr; i++)
        n->domains[i].id = ids[i];
    return n;
}

static void node_free(struct xenstat_node *n)
{
    for (unsigned int i = 0; i < n->nr_domains; i++)
        domain_free(&n->domains[i]);
    free(n->domains);
    free(n);
}

static void what_the_host_receives_the_guest_has_sent(void **state)
{
    static const char text[] =
        "Inter-|   Receive                                                |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs "
        "drop fifo colls carrier compressed\n"
        "    lo:       1       2    3    4    0     0          0         0        5       6    7   "
        " "
        "8    0     0       0          0\n"
        "  vif5.1:      10      11   12   13    0     0          0         0       14      15   16 "
        "  "
        "17    0     0       0          0\n"
        "vif9.0:10 11 12 13 0 0 0 0 14 15 16 17 0 0 0 0\n"
        "vif5.2: 10 11\n"
        "vif5.0-emu: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"
        "vif7.3: 18446744073709551615 1 0 0 0 0 0 0 2 3 0 0 0 0 0 0";
    struct xenstat_node *n = node_of(3, (unsigned int[]){0, 5, 7});
    xenstat_network *net;

    (void)state;
    assert_int_equal(networks_read(n, text), 0);
    assert_int_equal(xenstat_domain_num_networks(xenstat_node_domain(n, 0)), 0);
    assert_int_equal(xenstat_domain_num_networks(xenstat_node_domain(n, 5)), 1);
    net = xenstat_domain_network(xenstat_node_domain(n, 5), 0);
    assert_int_equal(xenstat_network_id(net), 1);
    assert_int_equal(xenstat_network_tbytes(net), 10);
    assert_int_equal(xenstat_network_tpackets(net), 11);
    assert_int_equal(xenstat_network_terrs(net), 12);
    assert_int_equal(xenstat_network_tdrop(net), 13);
    assert_int_equal(xenstat_network_rbytes(net), 14);
    assert_int_equal(xenstat_network_rpackets(net), 15);
    assert_int_equal(xenstat_network_rerrs(net), 16);
    assert_int_equal(xenstat_network_rdrop(net), 17);
    assert_null(xenstat_domain_network(xenstat_node_domain(n, 5), 1));
    net = xenstat_domain_network(xenstat_node_domain(n, 7), 0);
    assert_true(xenstat_network_tbytes(net) == ~0ull);
    assert_null(xenstat_node_domain(n, 9));
    node_free(n);
}

static void put_count(const char *dir, const char *device, const char *name, const char *value)
{
    char path[256];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", dir, device);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/%s/statistics", dir, device);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/%s/statistics/%s", dir, device, name);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(value, f);
    fclose(f);
}

static void disks_come_in_order_of_their_numbers(void **state)
{
    char dir[] = "/tmp/test_stat.XXXXXX", command[64];
    struct xenstat_node *n = node_of(1, (unsigned int[]){3});
    xenstat_vbd *v;

    (void)state;
    assert_non_null(mkdtemp(dir));
    for (int i = 0; i < 2; i++) {
        const char *device = i ? "vbd-3-51712" : "vbd-3-51728";

        put_count(dir, device, "oo_req", "1\n");
        put_count(dir, device, "rd_req", "2\n");
        put_count(dir, device, "wr_req", "3\n");
        put_count(dir, device, "rd_sect", "4\n");
        if (i)
            put_count(dir, device, "wr_sect", "5\n");
    }
    put_count(dir, "vbd-4-51712", "oo_req", "1\n");
    put_count(dir, "vif-3-0", "oo_req", "1\n");
    assert_int_equal(vbds_read(n, dir), 0);
    assert_int_equal(xenstat_domain_num_vbds(n->domains), 2);
    v = xenstat_domain_vbd(n->domains, 0);
    assert_int_equal(xenstat_vbd_type(v), 1);
    assert_int_equal(xenstat_vbd_dev(v), 51712);
    assert_int_equal(xenstat_vbd_oo_reqs(v), 1);
    assert_int_equal(xenstat_vbd_rd_reqs(v), 2);
    assert_int_equal(xenstat_vbd_wr_reqs(v), 3);
    assert_int_equal(xenstat_vbd_rd_sects(v), 4);
    assert_int_equal(xenstat_vbd_wr_sects(v), 5);
    assert_false(xenstat_vbd_error(v));
    v = xenstat_domain_vbd(n->domains, 1);
    assert_int_equal(xenstat_vbd_dev(v), 51728);
    assert_true(xenstat_vbd_error(v)); /* a count is missing */
    assert_null(xenstat_domain_vbd(n->domains, 2));
    node_free(n);
    snprintf(command, sizeof(command), "rm -r %s", dir);
    assert_int_equal(system(command), 0);
}

static void no_backend_is_no_error(void **state)
{
    struct xenstat_node *n = node_of(1, (unsigned int[]){3});

    (void)state;
    assert_int_equal(vbds_read(n, "/nonexistent"), 0);
    assert_int_equal(networks_read(n, ""), 0);
    assert_int_equal(xenstat_domain_num_vbds(n->domains), 0);
    node_free(n);
}

static void a_crashed_domain_is_not_shut_down(void **state)
{
    struct xenstat_domain d = {.flags = XEN_DOMINF_shutdown | XEN_DOMINF_paused};

    (void)state;
    d.flags |= SHUTDOWN_crash << XEN_DOMINF_shutdownshift;
    assert_int_equal(xenstat_domain_crashed(&d), 1);
    assert_int_equal(xenstat_domain_shutdown(&d), 0);
    assert_int_equal(xenstat_domain_paused(&d), 1);
    assert_int_equal(xenstat_domain_running(&d), 0);
    d.flags = XEN_DOMINF_shutdown | (SHUTDOWN_suspend << XEN_DOMINF_shutdownshift);
    assert_int_equal(xenstat_domain_crashed(&d), 0);
    assert_int_equal(xenstat_domain_shutdown(&d), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_host_receives_the_guest_has_sent),
        cmocka_unit_test(disks_come_in_order_of_their_numbers),
        cmocka_unit_test(no_backend_is_no_error),
        cmocka_unit_test(a_crashed_domain_is_not_shut_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
