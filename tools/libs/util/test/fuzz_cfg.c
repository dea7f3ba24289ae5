/* SPDX-License-Identifier: MIT */
/* Any bytes as a configuration file, and as a disk specification. Built with clang's libFuzzer,
 * or with -DFUZZ_MAIN for a program that runs the files it is given. */
#include <stdio.h>
#include <stdlib.h>

#include "libxlutil.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(XLU_Config *cfg, const XLU_ConfigList *list)
{
    XLU_ConfigValue *v;

    for (int i = 0; (v = xlu_cfg_get_listitem2(list, i)); i++) {
        XLU_ConfigList *inner;

        if (!xlu_cfg_value_get_list(cfg, v, &inner, 1))
            walk(cfg, inner);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a", "disk", "memory", "name"};
    FILE *sink = fopen("/dev/null", "we");
    XLU_Config *cfg = xlu_cfg_init(sink, "fuzz");
    char *text = malloc(size + 1);
    libxl_device_disk disk;

    memcpy(text, data, size);
    text[size] = '\0';
    if (size < 1 << 20 && !xlu_cfg_readdata(cfg, text, (int)size)) {
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            XLU_ConfigList *list;
            long l;

            (void)xlu_cfg_get_long(cfg, names[i], &l, 0);
            if (!xlu_cfg_get_list(cfg, names[i], &list, NULL, 1))
                walk(cfg, list);
        }
    }
    xlu_cfg_destroy(cfg);
    cfg = xlu_cfg_init(sink, "fuzz");
    if (!xlu_disk_parse(cfg, 1, (const char *const *)&text, &disk))
        libxl_device_disk_dispose(&disk);
    xlu_cfg_destroy(cfg);
    free(text);
    fclose(sink);
    return 0;
}

#ifdef FUZZ_MAIN
int main(int argc, char **argv)
{
    static uint8_t buf[1 << 16];

    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "re");

        if (!f) {
            perror(argv[i]);
            return 1;
        }
        LLVMFuzzerTestOneInput(buf, fread(buf, 1, sizeof(buf), f));
        fclose(f);
    }
    return 0;
}
#endif
