/* SPDX-License-Identifier: MIT */
#include <xen/guest_access.h>
#include <xen/kernel.h>

#include "cpumap.h"

int bitmap_from_guest(unsigned long *bits, unsigned int nr, const struct xenctl_bitmap *map)
{
    uint32_t bytes = min((map->nr_bits + 7) / 8, (nr + 7) / 8);

    bitmap_zero(bits, nr);
    if (copy_from_guest_bytes(bits, map->bitmap.p, bytes))
        return -EFAULT;
    for (unsigned int i = map->nr_bits; i < min(bytes * 8, nr); i++)
        __clear_bit(i, bits);
    return 0;
}

int bitmap_to_guest(struct xenctl_bitmap *map, const unsigned long *bits, unsigned int nr)
{
    uint32_t room = (map->nr_bits + 7) / 8, ours = (nr + 7) / 8;

    for (uint32_t i = 0; i < min(room, ours); i++) {
        uint8_t byte = (uint8_t)(bits[i / 8] >> i % 8 * 8);

        if (i == map->nr_bits / 8)
            byte &= (uint8_t)((1U << map->nr_bits % 8) - 1);
        if (copy_to_guest_bytes(map->bitmap.p + i, &byte, 1))
            return -EFAULT;
    }
    if (room > ours && clear_guest_bytes(map->bitmap.p + ours, min(room - ours, 4096U)))
        return -EFAULT;
    return 0;
}
