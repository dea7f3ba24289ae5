/* SPDX-License-Identifier: MIT */
#ifndef HVMLOADER_BYTES_H
#define HVMLOADER_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Modulo 256. Tables of firmware have a byte that makes it 0. */
static inline uint8_t byte_sum(const void *p, size_t len)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < len; i++)
        sum = (uint8_t)(sum + ((const uint8_t *)p)[i]);
    return sum;
}

#endif
