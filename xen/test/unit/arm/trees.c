/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* As in arm_test.h, which does not go together with the C library's headers. */
const void *load_tree(const char *name, size_t *size);
void free_tree(const void *fdt);

const void *load_tree(const char *name, size_t *size)
{
    char path[512];
    FILE *f;
    void *tree;
    long len;

    snprintf(path, sizeof(path), "%s/%s.dtb", TREES, name);
    f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) || (len = ftell(f)) <= 0) {
        perror(path);
        exit(1);
    }
    rewind(f);
    tree = malloc((size_t)len);
    if (!tree || fread(tree, 1, (size_t)len, f) != (size_t)len) {
        perror(path);
        exit(1);
    }
    fclose(f);
    *size = (size_t)len;
    return tree;
}

void free_tree(const void *fdt)
{
    free((void *)(uintptr_t)fdt);
}
