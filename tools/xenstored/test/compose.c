/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "compose.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

uint64_t compose_seed(const uint8_t *data, size_t size)
{
    uint64_t h = 0xcbf29ce484222325;

    for (size_t i = 0; i < size; i++)
        h = (h ^ data[i]) * 0x100000001b3;
    return h | 1;
}

unsigned int below(uint64_t *rng, unsigned int n)
{
    *rng ^= *rng << 13;
    *rng ^= *rng >> 7;
    *rng ^= *rng << 17;
    return (unsigned int)(*rng >> 33) % n;
}

static size_t put_path(uint64_t *rng, char *to)
{
    static const char *const roots[] = {
        "/local/domain/1/data", "/local/domain/2/data", "/local", "/", "", "data",
        "@releaseDomain",       "@introduceDomain",     "/tool"};
    static const char *const names[] = {"/a", "/b", "/long-name", "//", "/a b", "x", "/a/b/c", "/"};
    size_t n = (size_t)sprintf(to, "%s", roots[below(rng, ARRAY_LEN(roots))]);

    for (unsigned int depth = below(rng, 4); depth; depth--)
        n += (size_t)sprintf(to + n, "%s", names[below(rng, ARRAY_LEN(names))]);
    return n + 1; /* with its end */
}

static size_t put_word(uint64_t *rng, char *to)
{
    static const char *const words[] = {"T",     "F",  "1",  "2",     "3",     "b1",
                                        "r2",    "n0", "w1", "token", "check", "quota",
                                        "90000", "-1", "",   "100"};

    return (size_t)sprintf(to, "%s", words[below(rng, ARRAY_LEN(words))]) + 1;
}

size_t compose_body(uint64_t *rng, char *to)
{
    size_t n = below(rng, 8) ? put_path(rng, to) : 0;

    for (unsigned int args = below(rng, 4); args; args--)
        n += put_word(rng, to + n);
    if (below(rng, 16) == 0)
        n += below(rng, 2500);
    if (n && below(rng, 8) == 0)
        n -= below(rng, n < 8 ? (unsigned int)n : 8);
    if (n && below(rng, 8) == 0)
        to[below(rng, (unsigned int)n)] ^= (char)(1 << below(rng, 8));
    return n;
}
