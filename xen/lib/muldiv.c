/* SPDX-License-Identifier: MIT */
#include <xen/lib/muldiv.h>

/* Bit by bit: a division of 128-bit numbers would need the compiler's run-time library. */
static uint64_t divide(uint64_t high, uint64_t low, uint64_t c)
{
    for (int i = 0; i < 64; i++) {
        uint64_t carry = high >> 63;

        high = high << 1 | low >> 63;
        low <<= 1;
        if (carry || high >= c) {
            high -= c;
            low |= 1;
        }
    }
    return low;
}

uint64_t muldiv64(uint64_t a, uint64_t b, uint64_t c)
{
    uint128_t product = (uint128_t)a * b;
    uint64_t high = (uint64_t)(product >> 64);

    if (high >= c)
        return UINT64_MAX;
    return high ? divide(high, (uint64_t)product, c) : (uint64_t)product / c;
}
