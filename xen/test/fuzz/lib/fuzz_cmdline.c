/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <xen/lib/cmdline.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int custom(const char *value)
{
    struct cmdline_opt opt;

    while ((value = cmdline_next_item(value, &opt)))
        cmdline_bool(&opt);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[8];
    uint8_t flag, u8;
    int16_t i16;
    uint64_t bytes;
    const struct cmdline_param params[] = {
        {"text", CMDLINE_STRING, sizeof(text), {text}},
        {"flag", CMDLINE_BOOL, sizeof(flag), {&flag}},
        {"i16", CMDLINE_INT, sizeof(i16), {&i16}},
        {"u8", CMDLINE_UINT, sizeof(u8), {&u8}},
        {"size", CMDLINE_SIZE, sizeof(bytes), {&bytes}},
        {"list", CMDLINE_CUSTOM, 0, {.handler = custom}},
    };
    char *line = malloc(size + 1);
    const char *rest;

    memcpy(line, data, size);
    line[size] = '\0';
    cmdline_apply(line, params, sizeof(params) / sizeof(params[0]), NULL, NULL);
    rest = cmdline_rest(line);
    if (rest && (rest < line || rest > line + size))
        abort();
    free(line);
    return 0;
}
