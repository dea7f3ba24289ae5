/* SPDX-License-Identifier: MIT */
#include <xen/lib/sort.h>

static void swap_bytes(char *a, char *b, size_t size)
{
    for (; size >= sizeof(long); size -= sizeof(long), a += sizeof(long), b += sizeof(long)) {
        long x, y;

        __builtin_memcpy(&x, a, sizeof(x));
        __builtin_memcpy(&y, b, sizeof(y));
        __builtin_memcpy(a, &y, sizeof(y));
        __builtin_memcpy(b, &x, sizeof(x));
    }
    for (; size; size--, a++, b++) {
        char c = *a;

        *a = *b;
        *b = c;
    }
}

/* Let the element @root of the heap sink until no child is greater. */
static void sift_down(char *base, size_t root, size_t nr, size_t size,
                      int (*cmp)(const void *a, const void *b))
{
    for (size_t child; (child = 2 * root + 1) < nr; root = child) {
        if (child + 1 < nr && cmp(base + child * size, base + (child + 1) * size) < 0)
            child++;
        if (cmp(base + root * size, base + child * size) >= 0)
            return;
        swap_bytes(base + root * size, base + child * size, size);
    }
}

void sort(void *base, size_t nr, size_t size, int (*cmp)(const void *a, const void *b))
{
    for (size_t i = nr / 2; i-- > 0;)
        sift_down(base, i, nr, size, cmp);
    for (size_t i = nr; i-- > 1;) {
        swap_bytes(base, (char *)base + i * size, size);
        sift_down(base, 0, i, size, cmp);
    }
}
