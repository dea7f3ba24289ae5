/* SPDX-License-Identifier: MIT */
/* What is printed, where it goes, what comes in; options; panics; names of addresses. */
#include "ctl_ops.h"

#include <public/version.h>
#include <xen/console.h>
#include <xen/lib/printf.h>
#include <xen/mm.h>
#include <xen/param.h>
#include <xen/symbols.h>
#include <xen/version_info.h>
#include <asm/host.h>

static char text[16384];
static size_t text_len;

static void take(const char *s, size_t len)
{
    for (size_t i = 0; i < len && text_len + 1 < sizeof(text); i++)
        text[text_len++] = s[i];
    text[text_len] = 0;
}

static struct console_sink ear = {.name = "ear", .write = take, .enabled = true};

static void listen(void)
{
    console_register(&ear);
    text_len = 0;
    text[0] = 0;
}

static bool heard(const char *what)
{
    bool found = strstr(text, what) != NULL;

    if (!found)
        host_write(text, text_len);
    text_len = 0;
    text[0] = 0;
    return found;
}

#define SAYS(want, ...)                                                                            \
    do {                                                                                           \
        printk(__VA_ARGS__);                                                                       \
        EXPECT(heard(want));                                                                       \
    } while (0)

SIM_TEST(levels_and_lines)
{
    listen();
    SAYS("(XEN) plain 7\n", "plain %d\n", 7);
    SAYS("(XEN) grave\n", XENLOG_ERR "grave\n");
    printk(XENLOG_DEBUG "too fine\n");
    EXPECT_EQ(text_len, 0);
    printk(XENLOG_WARNING "one, ");
    printk("same line\n%s", "and the next\n");
    EXPECT(heard("(XEN) one, same line\n(XEN) and the next\n"));
    SAYS("(XEN) <x>odd\n", "<x>odd\n");
}

SIM_TEST(levels_by_option, .cmdline = "loglvl=all guest_loglvl=none/all console_timestamps=raw")
{
    listen();
    SAYS("] fine\n", XENLOG_DEBUG "fine\n");
    for (unsigned int i = 0; i < 15; i++)
        printk(XENLOG_G_INFO "line %u\n", i);
    EXPECT(heard("line 9\n"));
    sim_advance(SECONDS(6));
    SAYS("printk: 5 messages suppressed", XENLOG_G_INFO "again\n");
}

SIM_TEST(dates, .cmdline = "console_timestamps=datems loglvl=info/all")
{
    time_set_wallclock(951782400, 5000000, NOW());
    listen();
    SAYS("(XEN) [2000-02-29 00:00:00.005] leap\n", "leap\n");
    time_set_wallclock(4102444799, 0, NOW());
    SAYS("(XEN) [2099-12-31 23:59:59.000] end\n", "end\n");
}

SIM_TEST(date_alone, .cmdline = "console_timestamps=date")
{
    time_set_wallclock(1709251199, 0, NOW());
    listen();
    SAYS("(XEN) [2024-02-29 23:59:59] leap\n", "leap\n");
}

SIM_TEST(seconds_since_boot, .cmdline = "console_timestamps=boot")
{
    sim_advance(SECONDS(3));
    listen();
    SAYS("(XEN) [    3.00", "late\n");
}

SIM_TEST(names_of_things)
{
    struct domain *d = sim_domain(7, &(struct sim_domain_conf){.nr_vcpus = 2});

    listen();
    SAYS("d7v1 d[IDLE]v2 d[NULL]v? ", "%pv %pv %pv \n", d->vcpu[1], idle_vcpu[2], NULL);
    SAYS("d7 d[XEN] d[IO] d[COW] d[NULL] ", "%pd %pd %pd %pd %pd \n", d, dom_xen, dom_io, dom_cow,
         NULL);
    SAYS("0000000000001234", "%ps\n", (void *)0x1234);
}

SIM_TEST(a_guest_writes_lines, .cmdline = "guest_loglvl=all")
{
    struct domain *ctl = control_domain(), *stranger = sim_domain(2, &(struct sim_domain_conf){});
    struct domain *d = sim_domain(3, &(struct sim_domain_conf){.privileged = true});
    char *page = sim_page_virt(d, 4);

    listen();
    memcpy(page, "hello\x1b[2J\nwor", 13);
    EXPECT_EQ(
        sim_hypercall(d->vcpu[0], __HYPERVISOR_console_io, CONSOLEIO_write, 13, sim_page(d, 4)), 0);
    EXPECT(heard("(d3) hello[2J\n"));
    memset(page, 'x', 400);
    EXPECT_EQ(
        sim_hypercall(d->vcpu[0], __HYPERVISOR_console_io, CONSOLEIO_write, 400, sim_page(d, 4)),
        0);
    EXPECT(heard("(d3) worxxx"));
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_console_io, CONSOLEIO_read, 4, sim_page(d, 4)),
              0);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_console_io, CONSOLEIO_write, 4, ~0UL << 12),
              -EFAULT);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_console_io, 7, 4, sim_page(d, 4)), -ENOSYS);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_console_io, CONSOLEIO_write, ~0U, 0), -E2BIG);
    EXPECT_EQ(sim_hypercall(stranger->vcpu[0], __HYPERVISOR_console_io, CONSOLEIO_write, 1,
                            sim_page(stranger, 4)),
              -EPERM);
    EXPECT_EQ(
        sim_hypercall(ctl->vcpu[0], __HYPERVISOR_console_io, CONSOLEIO_write, 3, sim_page(ctl, 4)),
        0);
}

static void type(const char *s)
{
    while (*s)
        console_rx(*s++);
    sim_advance(MILLISECS(1));
}

SIM_TEST(input_goes_to_dom0_or_to_keys)
{
    struct domain *ctl = control_domain();
    char *page = sim_page_virt(ctl, 4);

    listen();
    type("ls\x01\x01 ");
    EXPECT_EQ(
        sim_hypercall(ctl->vcpu[0], __HYPERVISOR_console_io, CONSOLEIO_read, 100, sim_page(ctl, 4)),
        5);
    EXPECT_EQ(memcmp(page, "ls\x01\x01 ", 5), 0);
    type("\x01\x01\x01");
    EXPECT(heard("Serial input to Xen"));
    type("h");
    EXPECT(heard("key 'h' (ascii '68') => show this message"));
    type("d");
    EXPECT(heard("Dumping CPU3 host state"));
    type("\x7f\x80");
    EXPECT_EQ(text_len, 0);
    type("\x01\x01\x01");
    EXPECT(heard("Serial input to DOM0"));
    for (unsigned int i = 0; i < 300; i++)
        console_rx('z');
    EXPECT_EQ(sim_hypercall(ctl->vcpu[0], __HYPERVISOR_console_io, CONSOLEIO_read, 1000,
                            sim_page(ctl, 4)),
              256);
}

static char typed[8];
static domid_t typed_to;

static void take_key(struct domain *d, char c)
{
    size_t n = strlen(typed);

    typed_to = d->domain_id;
    if (n + 1 < sizeof(typed))
        typed[n] = c;
}

/* Round they go: the hypervisor, dom0, each domain with a UART of ours. */
SIM_TEST(input_goes_to_other_domains)
{
    control_domain();
    sim_domain(5, &(struct sim_domain_conf){});
    EXPECT_EQ(console_input_register(5, take_key), 0);
    for (domid_t id = 11; id < 18; id++)
        EXPECT_EQ(console_input_register(id, take_key), 0);
    EXPECT_EQ(console_input_register(18, take_key), -ENOSPC);
    for (domid_t id = 11; id < 17; id++)
        console_input_unregister(id);
    listen();
    console_switch_input();
    EXPECT(heard("Serial input to DOM5"));
    console_rx('h');
    console_rx('i');
    EXPECT_EQ(strcmp(typed, "hi"), 0);
    EXPECT_EQ(typed_to, 5);
    console_switch_input();
    EXPECT(heard("Serial input to DOM17"));
    console_rx('x'); /* there is no such domain (any more) */
    EXPECT_EQ(strcmp(typed, "hi"), 0);
    console_input_unregister(17);
    type("h"); /* a key of the hypervisor again */
    EXPECT(heard("key 'h' (ascii '68') => show this message"));
    console_switch_input();
    EXPECT(heard("Serial input to DOM0"));
    console_switch_input();
    console_input_unregister(5);
    console_switch_input();
}

static long read_ring(struct domain *ctl, uint32_t index, bool clear, uint32_t *count)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_readconsole};

    op.u.readconsole.index = index;
    op.u.readconsole.incremental = index != 0;
    op.u.readconsole.clear = clear;
    op.u.readconsole.count = PAGE_SIZE;
    op.u.readconsole.buffer.p = (void *)sim_page(ctl, 8);
    EXPECT_EQ(sysctl(ctl, &op), 0);
    *count = op.u.readconsole.count;
    return op.u.readconsole.index;
}

SIM_TEST(the_ring_keeps_the_latest, .cmdline = "conring_size=32k")
{
    struct domain *ctl = control_domain();
    uint32_t n, index, total = 0;

    for (unsigned int i = 0; i < 3000; i++)
        printk("line %u of many\n", i);
    index = read_ring(ctl, 0, false, &n);
    EXPECT_EQ(n, PAGE_SIZE);
    for (total = n; n; total += n)
        index = read_ring(ctl, index, false, &n);
    EXPECT_EQ(total, 32768);
    printk("news\n");
    read_ring(ctl, index, true, &n);
    EXPECT_EQ(n, 11);
    EXPECT_EQ(memcmp(sim_page_virt(ctl, 8), "(XEN) news\n", 11), 0);
    read_ring(ctl, 0, true, &n);
    EXPECT_EQ(n, 0);
}

SIM_TEST(options, .cmdline = "unknown_one=1 loglvl=silly console_timestamps=never "
                             "conring_size=1x sync_console noreboot=perhaps loglvl=error/warning "
                             "gnttab=no-transitive,max-ver:3 sched-gran=core")
{
    struct domain *ctl = control_domain();
    uint32_t n;
    const char *page;

    read_ring(ctl, 0, false, &n);
    page = sim_page_virt(ctl, 8);
    memcpy(text, page, n);
    text[n] = 0;
    EXPECT(strstr(text, "Unknown command line option \"unknown_one\""));
    EXPECT(strstr(text, "Bad value of command line option \"loglvl\": \"silly\""));
    EXPECT(strstr(text, "Bad value of command line option \"console_timestamps\""));
    EXPECT(strstr(text, "Bad value of command line option \"conring_size\": \"1x\""));
    EXPECT(strstr(text, "Bad value of command line option \"noreboot\""));
    EXPECT(
        strstr(text, "Bad value of command line option \"gnttab\": \"no-transitive,max-ver:3\""));
    EXPECT(strstr(text, "Bad value of command line option \"sched-gran\": \"core\""));
    EXPECT(strstr(text, "Option \"sync_console\" has no effect"));
    EXPECT_EQ(memcmp(saved_cmdline, "unknown_one=1 ", 14), 0);
    listen();
    version_print();
    EXPECT(heard("Xen version 4.17"));
}

SIM_TEST(options_that_are_fine, .cmdline = "sched-gran=cpu gnttab=transitive=yes,max-ver:1 "
                                           "gnttab=max-ver:2,no-transitive sched=credit")
{
    struct domain *ctl = control_domain();
    uint32_t n;

    read_ring(ctl, 0, false, &n);
    memcpy(text, sim_page_virt(ctl, 8), n);
    text[n] = 0;
    EXPECT(!strstr(text, "command line option"));
}

static void broken(void)
{
    panic("no %s today", "bread");
}

static void broken_softly(void)
{
    panic_no_dump("nothing works\n");
}

static void bug(void)
{
    BUG_ON(nr_cpu_ids < 1000);
}

static void unlock_twice(void)
{
    spinlock_t l = SPIN_LOCK_INIT(RANK_DOMAIN);

    spin_unlock(&l);
}

static void wrong_order(void)
{
    spinlock_t inner = SPIN_LOCK_INIT(RANK_HEAP), outer = SPIN_LOCK_INIT(RANK_DOMAIN);

    spin_lock(&inner);
    spin_lock(&outer);
}

static void lock_kept(void)
{
    static DEFINE_SPINLOCK(l, RANK_DOMAIN);

    spin_lock(&l);
    lock_check_none_held();
}

static void double_free(void)
{
    struct page_info *pg = heap_alloc_pages(0, 0);

    pg->count_info = 3;
    heap_free_pages(pg, 0);
}

static void reboots_by_key(void)
{
    console_switch_input();
    type("R");
}

static void ends(void **state)
{
    static const struct {
        void (*body)(void);
        const char *says, *cmdline;
    } rows[] = {
        {broken, "Panic on CPU 0:\n(XEN) no bread today\n", ""},
        {broken, "Manual reset required", "noreboot"},
        {broken_softly, "nothing works\n(XEN) ****", ""},
        {bug, "Xen BUG at ", ""},
        {unlock_twice, "released by a CPU that does not hold it", ""},
        {wrong_order, "lock order: rank ", ""},
        {lock_kept, "held on the way to a guest", ""},
        {double_free, "common/mm/buddy.c:", ""},
        {reboots_by_key, "rebooting machine", ""},
    };

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
        dies_on_machine(rows[i].body, &(struct sim_conf){.cmdline = rows[i].cmdline}, rows[i].says);
}

SIM_TEST(a_warning_is_survived)
{
    listen();
    warn_at("file.c", 7);
    EXPECT(heard("Xen WARN at file.c:7\n"));
}

/* In place of the port's empty table. Offsets from _start, places in the text. */
extern const uint32_t symbols_nr, symbols_offset[], symbols_name[];
extern const char symbols_text[], _start[];
const uint32_t symbols_nr = 4, symbols_offset[] = {0x10, 0x20, 0x20, 0x48},
               symbols_name[] = {0, 7, 14, 20};
const char symbols_text[] = "Tfirst\0"
                            "tother\0"
                            "Talso\0"
                            "Tlast";

SIM_TEST(addresses_have_names)
{
    unsigned long base = (unsigned long)_start, off, size, addr;
    const char *name;
    char kind;

    EXPECT_EQ(symbols_lookup(base + 0xf, &off, &size), NULL);
    name = symbols_lookup(base + 0x14, &off, &size);
    EXPECT_EQ(strcmp(name, "first"), 0);
    EXPECT_EQ(off, 4);
    EXPECT_EQ(size, 0x10);
    name = symbols_lookup(base + 0x47, &off, &size);
    EXPECT_EQ(strcmp(name, "also"), 0);
    EXPECT_EQ(off, 0x27);
    EXPECT_EQ(size, 0x28);
    EXPECT_NE(symbols_lookup(base + 0x50, NULL, NULL), NULL);
    EXPECT_EQ(symbols_lookup((unsigned long)text, NULL, NULL), NULL);
    EXPECT_EQ(symbols_get(0, &addr, &name, &kind), 0);
    EXPECT_EQ(addr, base + 0x10);
    EXPECT_EQ(kind, 'T');
    EXPECT_EQ(symbols_get(4, &addr, &name, &kind), -ERANGE);
    listen();
    SAYS("first+0x4/0x10", "%ps\n", (void *)(base + 0x14));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_and_lines),
        cmocka_unit_test(levels_by_option),
        cmocka_unit_test(dates),
        cmocka_unit_test(date_alone),
        cmocka_unit_test(seconds_since_boot),
        cmocka_unit_test(names_of_things),
        cmocka_unit_test(a_guest_writes_lines),
        cmocka_unit_test(input_goes_to_dom0_or_to_keys),
        cmocka_unit_test(input_goes_to_other_domains),
        cmocka_unit_test(the_ring_keeps_the_latest),
        cmocka_unit_test(options),
        cmocka_unit_test(options_that_are_fine),
        cmocka_unit_test(ends),
        cmocka_unit_test(a_warning_is_survived),
        cmocka_unit_test(addresses_have_names),
    };

    return RUN_GROUP(tests);
}
