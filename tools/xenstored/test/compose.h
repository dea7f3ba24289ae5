/* SPDX-License-Identifier: MIT */
/* Requests that follow from a number, for the fuzzers. */
#ifndef STORE_TEST_COMPOSE_H
#define STORE_TEST_COMPOSE_H

#include <stddef.h>
#include <stdint.h>

#define COMPOSED_MAX 3072 /* bytes of body at most */

/* Where a sequence of numbers starts that follows from the fuzzer's bytes. */
uint64_t compose_seed(const uint8_t *data, size_t size);
/* The next number of a sequence, below @n. */
unsigned int below(uint64_t *rng, unsigned int n);
/* A request that is right in its form, mostly, with up to three arguments. Returns its length. */
size_t compose_body(uint64_t *rng, char *to);

#endif
