/* SPDX-License-Identifier: MIT */
#include "smbios.h"

#include <xen/hvm/hvm_xs_strings.h>

#include "bytes.h"
#include "store.h"
#include <xen/lib/bytes.h>
#include <xen/lib/compiler.h>
#include <xen/lib/printf.h>
#include <xen/lib/string.h>

/* Handles: the type in the high byte. */
#define HANDLE(type, n) ((uint16_t)((type) << 8 | (n)))

#define DIMM_MB   0x4000u /* the largest that we speak of */
#define DIMMS_MAX 256u
#define TEXT_MAX  64 /* longest string with its end: DSP0134 2.4, 3.1.3 */

struct writer {
    uint8_t *buf;
    size_t size, used;
    bool full;
    unsigned int nr, longest;
    /* The structure that is being written. */
    size_t start;
    unsigned int strings;
    struct store *store;
    const struct smbios_machine *m;
};

static void put(struct writer *w, const void *p, size_t len)
{
    if (w->full || len > w->size - w->used) {
        w->full = true;
        return;
    }
    memcpy(w->buf + w->used, p, len);
    w->used += len;
}

/* The formatted part of a structure; its strings follow. */
static void begin(struct writer *w, void *body, size_t len)
{
    ((uint8_t *)body)[1] = (uint8_t)len;
    w->start = w->used;
    w->strings = 0;
    put(w, body, len);
}

static void end(struct writer *w)
{
    static const uint8_t zeros[2];

    put(w, zeros, w->strings ? 1 : 2);
    w->nr++;
    if (w->used - w->start > w->longest)
        w->longest = (unsigned int)(w->used - w->start);
}

/* A string for the byte at @field of the structure; an empty one is none. */
static void text(struct writer *w, size_t field, const char *s)
{
    if (!*s)
        return;
    put(w, s, strnlen(s, TEXT_MAX - 1));
    put(w, "", 1);
    w->strings++;
    if (!w->full)
        w->buf[w->start + field] = (uint8_t)w->strings;
}

/* The same from the store, or else @otherwise. */
static void text_of(struct writer *w, size_t field, const char *key, const char *otherwise)
{
    char s[TEXT_MAX];

    text(w, field, store_read(w->store, key, s, sizeof(s)) && *s ? s : otherwise);
}

static bool has_text(struct writer *w, const char *key)
{
    char s[2];

    return store_read(w->store, key, s, sizeof(s)) && *s;
}

struct head {
    uint8_t type, len;
    uint16_t handle;
} __attribute__((packed));

/* 3.3.1 */
static void bios(struct writer *w)
{
    struct {
        struct head h;
        uint8_t vendor, version;
        uint16_t segment;
        uint8_t date, rom_size;
        uint64_t characteristics;
        uint8_t extension[2], major, minor, ec[2];
    } __attribute__((packed)) t = {
        .h = {0, 0, HANDLE(0, 0)},
        .segment = 0xe800,
        .characteristics = 1u << 7 | 1u << 19, /* PCI, EDD */
        .extension = {0, 4},                   /* targeted content distribution */
        .major = 4,
        .minor = 17,
        .ec = {0xff, 0xff},
    };
    char date[11];

    smbios_date(date, w->m->date);
    begin(w, &t, sizeof(t));
    text_of(w, 4, HVM_XS_BIOS_VENDOR, "Xen");
    text_of(w, 5, HVM_XS_BIOS_VERSION, w->m->version);
    text(w, 8, date);
    end(w);
}

/* Versions before 2.6 have the first three fields of a UUID in the CPU's byte order or in the
 * network's; everybody reads the network's. */
static void system_info(struct writer *w)
{
    struct {
        struct head h;
        uint8_t manufacturer, product, version, serial;
        uint8_t uuid[16];
        uint8_t wake_up, sku, family;
    } __attribute__((packed)) t = {.h = {1, 0, HANDLE(1, 0)}, .wake_up = 6 /* power switch */};
    const uint8_t *u = w->m->uuid;
    char serial[37];

    memcpy(t.uuid, u, sizeof(t.uuid));
    snprintf(serial, sizeof(serial),
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1],
             u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14],
             u[15]);
    begin(w, &t, sizeof(t));
    text_of(w, 4, HVM_XS_SYSTEM_MANUFACTURER, "Xen");
    text_of(w, 5, HVM_XS_SYSTEM_PRODUCT_NAME, "HVM domU");
    text_of(w, 6, HVM_XS_SYSTEM_VERSION, w->m->version);
    text_of(w, 7, HVM_XS_SYSTEM_SERIAL_NUMBER, serial);
    end(w);
}

/* Only where the store tells something of it. */
static void baseboard(struct writer *w)
{
    static const char *const keys[] = {
        HVM_XS_BASEBOARD_MANUFACTURER, HVM_XS_BASEBOARD_PRODUCT_NAME,
        HVM_XS_BASEBOARD_VERSION,      HVM_XS_BASEBOARD_SERIAL_NUMBER,
        HVM_XS_BASEBOARD_ASSET_TAG,    HVM_XS_BASEBOARD_LOCATION_IN_CHASSIS,
    };
    static const uint8_t fields[] = {4, 5, 6, 7, 8, 10};
    struct {
        struct head h;
        uint8_t manufacturer, product, version, serial, asset;
        uint8_t features, location;
        uint16_t chassis;
        uint8_t type;
    } __attribute__((packed)) t = {.h = {2, 0, HANDLE(2, 0)},
                                   .features = 1 /* a board that hosts */,
                                   .chassis = HANDLE(3, 0),
                                   .type = 10};
    bool any = false;

    for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++)
        any |= has_text(w, keys[i]);
    if (!any)
        return;
    begin(w, &t, sizeof(t));
    for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++)
        text_of(w, fields[i], keys[i], "");
    end(w);
}

static void enclosure(struct writer *w)
{
    struct {
        struct head h;
        uint8_t manufacturer, type, version, serial, asset, states[3], security;
        uint32_t oem;
        uint8_t height, cords, nr_elements, element_len;
    } __attribute__((packed)) t = {.h = {3, 0, HANDLE(3, 0)},
                                   .type = 1,           /* other */
                                   .states = {3, 3, 3}, /* safe */
                                   .security = 2 /* unknown */};

    begin(w, &t, sizeof(t));
    text_of(w, 4, HVM_XS_ENCLOSURE_MANUFACTURER, "Xen");
    text_of(w, 7, HVM_XS_ENCLOSURE_SERIAL_NUMBER, "");
    text_of(w, 8, HVM_XS_ENCLOSURE_ASSET_TAG, "");
    end(w);
}

static void processor(struct writer *w, unsigned int n)
{
    struct {
        struct head h;
        uint8_t socket, type, family, manufacturer;
        uint32_t id[2];
        uint8_t version, voltage;
        uint16_t clock, max_mhz, mhz;
        uint8_t status, upgrade;
        uint16_t cache[3];
        uint8_t serial, asset, part;
    } __attribute__((packed)) t = {
        .h = {4, 0, HANDLE(4, n)},
        .type = 3,   /* central */
        .family = 1, /* other */
        .id = {w->m->cpu_signature, w->m->cpu_features},
        .max_mhz = (uint16_t)w->m->mhz,
        .mhz = (uint16_t)w->m->mhz,
        .status = 0x41, /* populated, enabled */
        .upgrade = 1,   /* other */
        .cache = {0xffff, 0xffff, 0xffff},
    };
    bool amd = !strcmp(w->m->cpu_vendor, "AuthenticAMD");
    bool intel = !strcmp(w->m->cpu_vendor, "GenuineIntel");
    char socket[16];

    snprintf(socket, sizeof(socket), "CPU %u", n);
    begin(w, &t, sizeof(t));
    text(w, 4, socket);
    text(w, 7, amd ? "AMD" : intel ? "Intel" : w->m->cpu_vendor);
    end(w);
}

static void processors(struct writer *w)
{
    for (unsigned int n = 1; n <= w->m->nr_vcpus; n++)
        processor(w, n);
}

static void oem_strings(struct writer *w)
{
    struct {
        struct head h;
        uint8_t nr;
    } __attribute__((packed)) t = {.h = {11, 0, HANDLE(11, 0)}};
    bool any = store_has_children(w->store, HVM_XS_BIOS_STRINGS);

    begin(w, &t, sizeof(t));
    text(w, 4, "Xen");
    for (unsigned int i = 1; any && i <= 99; i++) {
        char key[32];

        snprintf(key, sizeof(key), HVM_XS_OEM_STRINGS, (int)i);
        text_of(w, 4, key, ""); /* the field is their number: that of the last one */
    }
    end(w);
}

static unsigned int nr_dimms(const struct smbios_machine *m)
{
    uint64_t nr = (m->memory_mb + DIMM_MB - 1) / DIMM_MB;

    return nr < DIMMS_MAX ? (unsigned int)nr : DIMMS_MAX;
}

static uint32_t capped_kb(uint64_t mb)
{
    return mb < 0x200000 ? (uint32_t)(mb * 1024) : 0x80000000u;
}

static void memory_array(struct writer *w)
{
    struct {
        struct head h;
        uint8_t location, use, correction;
        uint32_t capacity;
        uint16_t error, nr;
    } __attribute__((packed)) t = {
        .h = {16, 0, HANDLE(16, 0)},
        .location = 1,   /* other */
        .use = 3,        /* system memory */
        .correction = 6, /* of several bits */
        .capacity = capped_kb(w->m->memory_mb),
        .error = 0xfffe, /* not provided */
        .nr = (uint16_t)nr_dimms(w->m),
    };

    begin(w, &t, sizeof(t));
    end(w);
}

static uint64_t dimm_mb(const struct smbios_machine *m, unsigned int n)
{
    uint64_t before = (uint64_t)n * DIMM_MB, rest = m->memory_mb - before;

    return rest < DIMM_MB ? rest : DIMM_MB;
}

static void memory_device(struct writer *w, unsigned int n)
{
    struct {
        struct head h;
        uint16_t array, error, total_width, data_width, mb;
        uint8_t form, set, locator, bank, type;
        uint16_t detail, speed;
        uint8_t manufacturer, serial, asset, part;
    } __attribute__((packed)) t = {
        .h = {17, 0, HANDLE(17, n)},
        .array = HANDLE(16, 0),
        .error = 0xfffe,
        .total_width = 64,
        .data_width = 64,
        .mb = (uint16_t)dimm_mb(w->m, n),
        .form = 9, /* DIMM */
        .type = 7, /* RAM */
    };
    char locator[16];

    snprintf(locator, sizeof(locator), "DIMM %u", n);
    begin(w, &t, sizeof(t));
    text(w, 16, locator);
    end(w);
}

/* Addresses count in KiB and are inclusive. */
static void memory_mapping(struct writer *w)
{
    struct {
        struct head h;
        uint32_t start, end;
        uint16_t array;
        uint8_t width;
    } __attribute__((packed)) t = {
        .h = {19, 0, HANDLE(19, 0)},
        .end = (uint32_t)(w->m->memory_mb * 1024 - 1),
        .array = HANDLE(16, 0),
        .width = 1,
    };

    begin(w, &t, sizeof(t));
    end(w);
}

static void device_mapping(struct writer *w, unsigned int n)
{
    uint64_t start = (uint64_t)n * DIMM_MB * 1024;
    struct {
        struct head h;
        uint32_t start, end;
        uint16_t device, mapping;
        uint8_t position, interleave, depth;
    } __attribute__((packed)) t = {
        .h = {20, 0, HANDLE(20, n)},
        .start = (uint32_t)start,
        .end = (uint32_t)(start + dimm_mb(w->m, n) * 1024 - 1),
        .device = HANDLE(17, n),
        .mapping = HANDLE(19, 0),
        .position = 1,
    };

    begin(w, &t, sizeof(t));
    end(w);
}

static void memory_devices(struct writer *w)
{
    for (unsigned int n = 0; n < nr_dimms(w->m); n++)
        memory_device(w, n);
}

static void device_mappings(struct writer *w)
{
    for (unsigned int n = 0; n < nr_dimms(w->m); n++)
        device_mapping(w, n);
}

static void battery(struct writer *w)
{
    struct {
        struct head h;
        uint8_t location, manufacturer, date, serial, name, chemistry;
        uint16_t capacity, voltage;
        uint8_t sbds, max_error;
        uint16_t sbds_serial, sbds_date;
        uint8_t sbds_chemistry, multiplier;
        uint32_t oem;
    } __attribute__((packed))
    t = {.h = {22, 0, HANDLE(22, 0)}, .chemistry = 2 /* unknown */, .max_error = 0xff};

    if (store_read_number(w->store, HVM_XS_SMBIOS_DEFAULT_BATTERY, 0) != 1)
        return;
    begin(w, &t, sizeof(t));
    text_of(w, 5, HVM_XS_BATTERY_MANUFACTURER, "Xen");
    text_of(w, 8, HVM_XS_BATTERY_DEVICE_NAME, "XEN-VBAT");
    end(w);
}

static void boot_info(struct writer *w)
{
    struct {
        struct head h;
        uint8_t reserved[6], status;
    } __attribute__((packed)) t = {.h = {32, 0, HANDLE(32, 0)}};

    begin(w, &t, sizeof(t));
    end(w);
}

static const struct {
    uint8_t type;
    void (*write)(struct writer *w);
} defaults[] = {
    {0, bios},
    {1, system_info},
    {2, baseboard},
    {3, enclosure},
    {4, processors},
    {11, oem_strings},
    {16, memory_array},
    {17, memory_devices},
    {19, memory_mapping},
    {20, device_mappings},
    {22, battery},
    {32, boot_info},
};

/* The structure of the toolstack's at *@at, which moves behind it; NULL at the end. */
static const uint8_t *next_given(const struct smbios_machine *m, size_t *at, size_t *len)
{
    const uint8_t *p = m->given + *at;

    if (m->given_len - *at < 4 + sizeof(struct head))
        return NULL;
    *len = get_le32(p);
    if (*len < sizeof(struct head) || *len > m->given_len - *at - 4 || p[4 + 1] > *len)
        return NULL;
    *at += 4 + *len;
    return p + 4;
}

/* Those of types from @from on and below @to. Returns how many there were. */
static unsigned int copy_given(struct writer *w, unsigned int from, unsigned int to)
{
    const uint8_t *p;
    unsigned int nr = 0;
    size_t at = 0, len;

    while ((p = next_given(w->m, &at, &len))) {
        if (p[0] < from || p[0] >= to)
            continue;
        put(w, p, len);
        w->nr++;
        nr++;
        if (len > w->longest)
            w->longest = (unsigned int)len;
    }
    return nr;
}

size_t smbios_build(const struct smbios_machine *m, struct store *s, uint8_t *buf, size_t size,
                    unsigned int *nr, unsigned int *longest)
{
    struct writer w = {.buf = buf, .size = size, .store = s, .m = m};
    struct head last = {127, 0, HANDLE(127, 0)};
    unsigned int from = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(defaults); from = defaults[i++].type + 1u) {
        copy_given(&w, from, defaults[i].type);
        if (!copy_given(&w, defaults[i].type, defaults[i].type + 1u))
            defaults[i].write(&w);
    }
    copy_given(&w, from, 127);
    copy_given(&w, 128, 256);
    begin(&w, &last, sizeof(last));
    end(&w);
    *nr = w.nr;
    *longest = w.longest;
    return w.full ? 0 : w.used;
}

/* 2.1.1 */
void smbios_entry(uint8_t entry[SMBIOS_ENTRY_SIZE], uint32_t addr, size_t len, unsigned int nr,
                  unsigned int longest)
{
    memset(entry, 0, SMBIOS_ENTRY_SIZE);
    memcpy(entry, "_SM_", 4);
    entry[5] = SMBIOS_ENTRY_SIZE;
    entry[6] = 2;
    entry[7] = 4;
    entry[8] = (uint8_t)longest;
    entry[9] = (uint8_t)(longest >> 8);
    memcpy(entry + 0x10, "_DMI_", 5);
    entry[0x16] = (uint8_t)len;
    entry[0x17] = (uint8_t)(len >> 8);
    put_le32(entry + 0x18, addr);
    entry[0x1c] = (uint8_t)nr;
    entry[0x1d] = (uint8_t)(nr >> 8);
    entry[0x1e] = 0x24;
    entry[0x15] = (uint8_t)-byte_sum(entry + 0x10, 0xf);
    entry[4] = (uint8_t)-byte_sum(entry, SMBIOS_ENTRY_SIZE);
}

/* The number at @s, from 1 to @max; 0: there is none. */
static unsigned int number(const char *s, unsigned int max)
{
    unsigned long v = simple_strtoul(s, NULL, 10);

    return v <= max ? (unsigned int)v : 0;
}

static const char *next_word(const char *s)
{
    s += strcspn(s, " ");
    return s + strspn(s, " ");
}

void smbios_date(char out[11], const char *date)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *month = next_word(date), *day = next_word(month), *year = strrchr(date, ' ');
    unsigned int m = 0, d = number(day, 31), y = year ? number(year + 1, 9999) : 0;

    for (unsigned int i = 0; i < 12; i++)
        if (!strncmp(month, months + i * 3, 3))
            m = i + 1;
    if (m && d && y >= 2000)
        snprintf(out, 11, "%02u/%02u/%04u", m % 100, d % 100, y % 10000);
    else
        memcpy(out, "01/01/2026", 11);
}
