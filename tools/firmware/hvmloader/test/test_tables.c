/* SPDX-License-Identifier: MIT */
/* SMBIOS, the MP table and PCI interrupt routing, read as a guest reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../bytes.h"
#include "../mptable.h"
#include "../pci_links.h"
#include "../pir.h"
#include "../smbios.h"
#include "daemon.h"
#include <xen/lib/bytes.h>

static uint8_t buf[SMBIOS_SIZE_MAX];
static size_t len;
static unsigned int nr, longest;

static struct smbios_machine machine(void)
{
    return (struct smbios_machine){
        .version = "4.17.7",
        .date = "Wed Nov  4 12:08:32 UTC 2026",
        .uuid = {0xfc, 0x97, 0x9a, 0x6c, 0xe7, 0x48, 0x11, 0xf1, 0x8a, 0x94, 0x89, 0xa6, 0x68, 0x46,
                 0x4d, 0x39},
        .nr_vcpus = 4,
        .mhz = 2445,
        .cpu_signature = 0x60fb1,
        .cpu_vendor = "AuthenticAMD",
        .memory_mb = 256,
    };
}

/* The next structure behind the one at @at, checking that it ends. */
static size_t next(size_t at)
{
    at += buf[at + 1];
    while (buf[at] || buf[at + 1])
        assert_true(++at + 1 < len);
    return at + 2;
}

/* The @n-th structure of @type, or NULL. */
static const uint8_t *find(uint8_t type, unsigned int n)
{
    for (size_t at = 0; at < len; at = next(at))
        if (buf[at] == type && !n--)
            return buf + at;
    return NULL;
}

static const char *string_of(const uint8_t *s, size_t field)
{
    const char *p = (const char *)s + s[1];

    if (!s[field])
        return "";
    for (unsigned int i = 1; i < s[field]; i++)
        p += strlen(p) + 1;
    return p;
}

static void build(const struct smbios_machine *m, const struct node *nodes, size_t nr_nodes)
{
    unsigned int seen = 0, most = 0;
    struct store s;
    size_t at = 0;

    daemon_start(&s, nodes, nr_nodes, 0);
    len = smbios_build(m, &s, buf, sizeof(buf), &nr, &longest);
    assert_true(len);
    while (at < len) {
        size_t end = next(at);

        if (end - at > most)
            most = (unsigned int)(end - at);
        at = end;
        seen++;
    }
    assert_int_equal(at, len);
    assert_int_equal(seen, nr);
    assert_int_equal(most, longest);
}

static void smbios_defaults(void **state)
{
    struct smbios_machine m = machine();

    (void)state;
    build(&m, NULL, 0);
    assert_int_equal(nr, 14);
    assert_string_equal(string_of(find(0, 0), 4), "Xen");
    assert_string_equal(string_of(find(0, 0), 5), "4.17.7");
    assert_string_equal(string_of(find(0, 0), 8), "11/04/2026");
    assert_string_equal(string_of(find(1, 0), 5), "HVM domU");
    assert_string_equal(string_of(find(1, 0), 7), "fc979a6c-e748-11f1-8a94-89a668464d39");
    assert_memory_equal(find(1, 0) + 8, m.uuid, 16);
    assert_null(find(2, 0));
    assert_string_equal(string_of(find(4, 3), 4), "CPU 4");
    assert_string_equal(string_of(find(4, 3), 7), "AMD");
    assert_null(find(4, 4));
    assert_null(find(22, 0));
    assert_int_equal(find(11, 0)[4], 1);
    assert_int_equal(get_le16(find(17, 0) + 12), 256);
    assert_int_equal(get_le32(find(19, 0) + 8), 256 * 1024 - 1);
    assert_non_null(find(127, 0));
}

static void smbios_of_the_store(void **state)
{
    static const struct node nodes[] = {
        {"bios-strings/bios-vendor", "V"},
        {"bios-strings/system-manufacturer", "Maker"},
        {"bios-strings/oem-1", "one"},
        {"bios-strings/oem-7", "seven"},
        {"bios-strings/baseboard-version", "B2"},
        {"hvmloader/smbios/default_battery", "1"},
        {"bios-strings/enclosure-asset-tag", "T"},
        {"bios-strings/system-version",
         "a version that is much longer than the sixty-three characters"
         " which a string may have"},
    };
    struct smbios_machine m = machine();

    (void)state;
    build(&m, nodes, 8);
    assert_string_equal(string_of(find(0, 0), 4), "V");
    assert_string_equal(string_of(find(1, 0), 4), "Maker");
    assert_int_equal(strlen(string_of(find(1, 0), 6)), 63);
    assert_string_equal(string_of(find(2, 0), 6), "B2");
    assert_int_equal(find(2, 0)[4], 0);
    assert_string_equal(string_of(find(3, 0), 8), "T");
    assert_int_equal(find(11, 0)[4], 3);
    assert_string_equal(string_of(find(11, 0), 4), "seven");
    assert_non_null(find(22, 0));
}

static void smbios_memory(void **state)
{
    struct smbios_machine m = machine();

    (void)state;
    m.memory_mb = 16384 * 2 + 1;
    build(&m, NULL, 0);
    assert_int_equal(get_le16(find(16, 0) + 13), 3);
    assert_int_equal(get_le16(find(17, 1) + 12), 16384);
    assert_int_equal(get_le16(find(17, 2) + 12), 1);
    assert_int_equal(get_le32(find(20, 2) + 4), 16384 * 2 * 1024);
    assert_null(find(17, 3));
    m.memory_mb = 1ull << 40;
    m.nr_vcpus = 128;
    len = smbios_build(&m, &(struct store){0}, buf, sizeof(buf), &nr, &longest);
    assert_int_equal(len, 0); /* no room */
}

static void smbios_given(void **state)
{
    static const uint8_t given[] = {
        8,  0, 0, 0, 3,   6, 0, 3,   9, 9,   0, 0, /* an enclosure */
        8,  0, 0, 0, 200, 5, 0, 200, 1, 'x', 0, 0, /* a vendor's */
        6,  0, 0, 0, 6,   4, 0, 6,   0, 0,         /* of a type that we have not */
        99, 0, 0, 0, 1,   4, 0, 1,   0, 0,         /* longer than all: ignored */
    };
    struct smbios_machine m = machine();

    (void)state;
    m.given = given;
    m.given_len = sizeof(given);
    build(&m, NULL, 0);
    assert_int_equal(find(3, 0)[4], 9);
    assert_null(find(3, 1));
    assert_non_null(find(6, 0));
    assert_string_equal(string_of(find(200, 0), 4), "x");
    assert_string_equal(string_of(find(1, 0), 4), "Xen");
    /* Each cut of it is taken without a read past its end. */
    for (size_t cut = 0; cut < sizeof(given); cut++) {
        uint8_t *copy = malloc(cut + 1);

        memcpy(copy, given, cut);
        m.given = copy;
        m.given_len = cut;
        build(&m, NULL, 0);
        free(copy);
    }
}

static void smbios_entry_point(void **state)
{
    uint8_t e[SMBIOS_ENTRY_SIZE];

    (void)state;
    smbios_entry(e, 0xfc00b000, 461, 14, 63);
    assert_memory_equal(e, "_SM_", 4);
    assert_int_equal(byte_sum(e, sizeof(e)), 0);
    assert_int_equal(byte_sum(e + 16, 15), 0);
    assert_int_equal(get_le32(e + 0x18), 0xfc00b000);
    assert_int_equal(get_le16(e + 0x16), 461);
}

static void dates(void **state)
{
    static const struct {
        const char *from, *to;
    } t[] = {
        {"Wed Nov  4 12:08:32 UTC 2026", "11/04/2026"},
        {"Mon Jan 31 00:00:00 2022", "01/31/2022"},
        {"", "01/01/2026"},
        {"Wed", "01/01/2026"},
        {"Wed Foo  4 12:08:32 2026", "01/01/2026"},
        {"Wed Nov 40 12:08:32 2026", "01/01/2026"},
        {"Wed Nov  4 12:08:32 99", "01/01/2026"},
        {"    ", "01/01/2026"},
    };
    char out[11];

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        smbios_date(out, t[i].from);
        assert_string_equal(out, t[i].to);
    }
}

static void mp_table(void **state)
{
    static const uint8_t online[16] = {0x0f, 0xff};
    struct mp_machine m = {.nr_vcpus = 128, .online = online, .level = 0xe20};
    uint8_t *p = malloc(MPTABLE_SIZE_MAX), *entry;
    unsigned int cpus = 0, enabled = 0, nr_interrupts = 0, level = 0;
    size_t size = mptable_build(p, 0x1000, &m);

    (void)state;
    assert_true(size <= MPTABLE_SIZE_MAX);
    assert_memory_equal(p, "_MP_", 4);
    assert_int_equal(get_le32(p + 4), 0x1010);
    assert_int_equal(byte_sum(p, 16), 0);
    assert_memory_equal(p + 16, "PCMP", 4);
    assert_int_equal(get_le16(p + 20), size - 16);
    assert_int_equal(byte_sum(p + 16, size - 16), 0);
    entry = p + 16 + 44;
    for (unsigned int i = 0; i < get_le16(p + 16 + 34); i++) {
        cpus += entry[0] == 0;
        enabled += entry[0] == 0 && entry[3] & 1;
        nr_interrupts += entry[0] == 3;
        level += entry[0] == 3 && get_le16(entry + 2) == 0xf;
        entry += entry[0] ? 8 : 20;
    }
    assert_ptr_equal(entry, p + size);
    assert_int_equal(cpus, 128);
    assert_int_equal(enabled, 12);
    assert_int_equal(nr_interrupts, 15);
    assert_int_equal(level, 4);
    free(p);
}

static void routing_table(void **state)
{
    uint8_t *p = malloc(PIR_SIZE_MAX);

    (void)state;
    assert_int_equal(pir_build(p, 1u << 1 | 1u << 2), 64);
    assert_int_equal(byte_sum(p, 64), 0);
    assert_memory_equal(p, "$PIR", 4);
    assert_int_equal(p[33], 1 << 3);
    assert_int_equal(p[34], 0x61); /* slot 1, INTA: link B */
    assert_int_equal(get_le16(p + 35), 1 << 5 | 1 << 10 | 1 << 11);
    assert_int_equal(p[48 + 2], 0x62);
    assert_int_equal(pir_build(p, 0xffffffff), PIR_SIZE_MAX);
    assert_int_equal(byte_sum(p, PIR_SIZE_MAX), 0);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smbios_defaults),    cmocka_unit_test(smbios_of_the_store),
        cmocka_unit_test(smbios_memory),      cmocka_unit_test(smbios_given),
        cmocka_unit_test(smbios_entry_point), cmocka_unit_test(dates),
        cmocka_unit_test(mp_table),           cmocka_unit_test(routing_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
