/* SPDX-License-Identifier: MIT */
#include <hostile/hostile.h>

static const uint64_t boundaries[] = {
    0,
    1,
    2,
    3,
    7,
    8,
    15,
    16,
    31,
    32,
    63,
    64,
    127,
    255,
    256,
    511,
    512,
    1023,
    1024,
    4095,
    4096,
    4097,
    8191,
    8192,
    0x7fef,
    0x7ff0,
    0x7ff1,
    0x7ff2,
    0x7ff3,
    0x7ff4,
    0x7fff,
    0x8000,
    0xffff,
    0x10000,
    0x1ffff,
    0x20000,
    0xfffff,
    0x100000,
    0x7fffffff,
    0x80000000,
    0xfffffffe,
    0xffffffff,
    0x100000000,
    0xfffffffffff,
    0x7fffffffffff,
    0x800000000000,
    0x7ffffffffffff000,
    0x7fffffffffffffff,
    0x8000000000000000,
    0xfffffffffffff000,
    0xffffffffffffffff,
};

uint64_t any_value(void)
{
    switch (rnd(4)) {
    case 0:
        return boundaries[rnd(ARRAY_SIZE(boundaries))];
    case 1:
        return rnd(64);
    case 2:
        return prng_next(&rng) >> rnd(64);
    default:
        return 1UL << rnd(64);
    }
}

void *arena_place(void)
{
    if (one_in(16))
        return arena + ARENA_PAGES * PAGE_SIZE - rnd(256); /* may run into the hole */
    return arena + rnd((ARENA_PAGES - 1) * PAGE_SIZE / 8) * 8;
}

static uint64_t wild_address(void)
{
    static const uint64_t bases[] = {
        0,
        0x1000,
        0x7ffffffff000,
        0x800000000000,
        0xffff7ffffffff000,
        HYPERVISOR_VIRT_START,
        HYPERVISOR_VIRT_START + (2UL << 39),
        HYPERVISOR_VIRT_START + (5UL << 39),
        HYPERVISOR_VIRT_END - 4096,
        HYPERVISOR_VIRT_END,
        0xfffffffffffff000,
    };

    if (one_in(4))
        return prng_next(&rng);
    if (one_in(4))
        return HYPERVISOR_VIRT_START + (prng_next(&rng) >> 21);
    return bases[rnd(ARRAY_SIZE(bases))] + (one_in(2) ? rnd(4096) : 0);
}

uint64_t any_address(void)
{
    if (one_in(4))
        return wild_address();
    if (one_in(4))
        return (uint64_t)sandbox + rnd(SANDBOX_PAGES * PAGE_SIZE / 8) * 8;
    return (uint64_t)arena_place();
}

uint64_t any_mfn(void)
{
    switch (rnd(8)) {
    case 0:
        return any_value();
    case 1:
        return rnd(0x80000);
    case 2:
        return table_mfn[rnd(nr_tables)];
    case 3:
        return start_info->shared_info >> PAGE_SHIFT;
    default:
        return sandbox_mfn[rnd(SANDBOX_PAGES)];
    }
}

uint64_t any_pte(void)
{
    static const uint64_t flags[] = {
        PTE_RW, PTE_RO, PTE_P, PTE_P | PTE_W, PTE_RW | PTE_PS, PTE_RO | PTE_NX, PTE_RW | PTE_G, 0};
    uint64_t f = flags[rnd(ARRAY_SIZE(flags))];

    if (one_in(16))
        return any_value();
    if (one_in(8))
        f ^= 1UL << rnd(12);
    if (one_in(32))
        f |= 1UL << (52 + rnd(12));
    return ((any_mfn() << PAGE_SHIFT) & PTE_MFN) | f;
}

uint64_t any_pte_address(void)
{
    uint64_t mfn = any_mfn();
    unsigned int i;

    /* Of the live tables only entries that nobody needs. */
    for (i = 0; i < nr_tables; i++) {
        if (mfn == table_mfn[i])
            return (mfn << PAGE_SHIFT) + (i == 0 ? 256 + rnd(16) : 0) * 8 +
                   (i == 0 ? rnd(4) : MMU_MACHPHYS_UPDATE);
    }
    return (mfn << PAGE_SHIFT) + rnd(512) * 8 + (one_in(2) ? 0 : rnd(8));
}

uint64_t any_descriptor(void)
{
    uint64_t d = 0x00cff2000000ffffUL;

    if (one_in(4))
        return prng_next(&rng);
    if (one_in(4))
        return 0;
    return d ^ ((rnd(256) << 40) & (one_in(2) ? ~0UL : 1UL << (40 + rnd(8)))) ^ (rnd(16) << 52);
}

uint16_t any_domid(void)
{
    static const uint16_t ids[] = {
        0, 1, 2, DOMID_IO, DOMID_XEN, DOMID_COW, DOMID_INVALID, DOMID_IDLE, 0x7fef};

    if (!one_in(4))
        return DOMID_SELF;
    return one_in(8) ? (uint16_t)prng_next(&rng) : ids[rnd(ARRAY_SIZE(ids))];
}

void fill_frames(uint64_t *list, unsigned int n)
{
    unsigned int i;

    for (i = 0; i < n; i++)
        list[i] = any_mfn();
}

static uint64_t frame_list(void)
{
    uint8_t *at = arena + rnd(ARENA_PAGES - 1) * PAGE_SIZE;

    if (one_in(8))
        return any_address();
    fill_frames((uint64_t *)at, 16);
    return (uint64_t)at;
}

static uint32_t any_port(void)
{
    uint32_t port = (uint32_t)(one_in(4) ? any_value() : rnd(40));

    return port == start_info->console.domU.evtchn ? port + 1 : port;
}

/* @size gets the field's. */
static uint64_t field(char kind, size_t *size)
{
    static const char bytes[] = "b1s2w2d2i4n4p4v4g4h4V4";
    const char *b = strchr(bytes, kind);

    *size = b ? (size_t)(b[1] - '0') : 8;
    switch (kind) {
    case 's':
    case 'n':
    case 'N':
        return one_in(8) ? any_value() : rnd(20);
    case 'd':
        return any_domid();
    case 'p':
        return any_port();
    case 'v':
        return one_in(4) ? any_value() : rnd(3);
    case 'g':
    case 'h':
        return one_in(4) ? any_value() : rnd(32);
    case 'm':
        return any_mfn();
    case 'a':
        return any_address();
    case 'x':
        return frame_list();
    case 'M':
        return any_pte_address();
    case 'P':
        return any_pte();
    case 'D':
        return any_descriptor();
    case 'V':
        return 0x15;
    default:
        return any_value();
    }
}

size_t lay_out(uint8_t *at, const char *fields)
{
    size_t off = 0, size;
    uint64_t val;

    for (; *fields; fields++) {
        if (*fields == '|') {
            off = (off + 7) & ~7UL;
            continue;
        }
        val = field(*fields, &size);
        off = (off + size - 1) & ~(size - 1);
        memcpy(at + off, &val, size);
        off += size;
    }
    return (off + 7) & ~7UL;
}
