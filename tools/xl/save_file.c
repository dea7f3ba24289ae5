/* SPDX-License-Identifier: MIT */
/* The head of a saved domain: a mark, flags, and the domain's configuration. */
#include <stdint.h>

#include "xl.h"

#define MAGIC       "Xen saved domain, xl format\n \0 \r"
#define BYTE_ORDER_ 0x01020304u

/* Who does not know one of these cannot go on. */
#define NEEDS_JSON      1u /* the configuration is JSON, not the text of a file */
#define NEEDS_STREAM_V2 2u
#define NEEDS_KNOWN     (NEEDS_JSON | NEEDS_STREAM_V2)

/* Followed by optional_len bytes, which may be of any kind. */
struct save_header {
    char magic[32];
    uint32_t byte_order, mandatory, optional, optional_len;
};
/* Ours: the length of the configuration with its zero byte, then that. */
#define CONFIG_MAX (64u << 20)

static void must(int rc, const char *what, const char *name)
{
    if (!rc)
        return;
    fprintf(stderr, "xl: %s %s failed\n", what, name);
    exit(EXIT_BAD);
}

static void config_from_file(const char *file, libxl_domain_config *d)
{
    struct config_source src = {.name = file};
    int e = source_read(&src, file, NULL);

    if (e) {
        fprintf(stderr, "Failed to read config file: %s: %s\n", file, strerror(e));
        exit(EXIT_BAD);
    }
    config_parse(&src, d);
    free(src.text);
}

static char *config_json(uint32_t domid, const char *config_file, bool keep_domid)
{
    libxl_domain_config d;
    char *json;

    libxl_domain_config_init(&d);
    if (config_file) {
        config_from_file(config_file, &d);
    } else if (libxl_retrieve_domain_configuration(ctx, domid, &d, NULL)) {
        fprintf(stderr, "unable to retrieve domain configuration\n");
        exit(EXIT_BAD);
    }
    if (!config_file || keep_domid)
        d.c_info.domid = keep_domid ? domid : 0;
    json = must_alloc(libxl_domain_config_to_json(ctx, &d));
    libxl_domain_config_dispose(&d);
    return json;
}

void save_header_write(int fd, const char *name, uint32_t domid, const char *config_file,
                       bool keep_domid)
{
    char *json = config_json(domid, config_file, keep_domid);
    uint32_t len = (uint32_t)strlen(json) + 1;
    struct save_header h = {
        .byte_order = BYTE_ORDER_,
        .mandatory = NEEDS_JSON | NEEDS_STREAM_V2,
        .optional_len = (uint32_t)sizeof(len) + len,
    };

    memcpy(h.magic, MAGIC, sizeof(h.magic));
    must(libxl_write_exactly(ctx, fd, &h, sizeof(h), name, "header"), "writing the header to",
         name);
    must(libxl_write_exactly(ctx, fd, &len, sizeof(len), name, "configuration's length"),
         "writing the configuration to", name);
    must(libxl_write_exactly(ctx, fd, json, (ssize_t)len, name, "configuration"),
         "writing the configuration to", name);
    free(json);
    fprintf(stderr, "Saving to %s new xl format (info 0x%x/0x%x/%u)\n", name, h.mandatory,
            h.optional, h.optional_len);
}

static void header_check(const struct save_header *h)
{
    if (memcmp(h->magic, MAGIC, sizeof(h->magic))) {
        fprintf(stderr, "File has wrong magic number - corrupt or for a different tool?\n");
        exit(EXIT_BAD);
    }
    if (h->byte_order != BYTE_ORDER_) {
        fprintf(stderr, "File has wrong byte order\n");
        exit(EXIT_BAD);
    }
    if (h->mandatory & ~NEEDS_KNOWN) {
        fprintf(stderr,
                "Savefile has mandatory flag(s) 0x%x which are not supported; need newer xl\n",
                h->mandatory & ~NEEDS_KNOWN);
        exit(EXIT_BAD);
    }
    if (!(h->mandatory & NEEDS_STREAM_V2)) {
        fprintf(stderr, "Savefile has a legacy stream, which is not supported\n");
        exit(EXIT_BAD);
    }
    if (h->optional_len > CONFIG_MAX) {
        fprintf(stderr, "Savefile has a configuration of %u bytes\n", h->optional_len);
        exit(EXIT_BAD);
    }
}

/* The configuration in the optional data, ended by a zero byte; NULL: there is none. */
static char *config_of(char *data, uint32_t data_len, uint32_t *config_len)
{
    uint32_t len;

    if (data_len < sizeof(len))
        return NULL;
    memcpy(&len, data, sizeof(len));
    if (!len)
        return NULL;
    if (len > data_len - sizeof(len)) {
        fprintf(stderr, "Savefile's configuration is longer than it can be\n");
        exit(EXIT_BAD);
    }
    *config_len = (uint32_t)strnlen(data + sizeof(len), len);
    data[sizeof(len) + *config_len] = '\0';
    return data + sizeof(len);
}

static void config_load(char *text, uint32_t len, bool json, libxl_domain_config *d)
{
    struct config_source src = {.name = "<saved>", .text = text, .len = (int)len};

    fprintf(stderr, "Parsing config from %s\n", src.name);
    if (!json)
        config_parse(&src, d);
    else if (libxl_domain_config_from_json(ctx, d, text)) {
        fprintf(stderr, "Failed to parse the configuration in the savefile\n");
        exit(EXIT_BAD);
    }
}

void save_header_read(int fd, const char *name, const char *config_file, libxl_domain_config *d)
{
    struct save_header h;
    uint32_t len = 0;
    char *data, *config;
    bool json;

    must(libxl_read_exactly(ctx, fd, &h, sizeof(h), name, "header"), "reading the header of", name);
    header_check(&h);
    json = h.mandatory & NEEDS_JSON;
    fprintf(stderr, "Loading new save file %s (new xl fmt info 0x%x/0x%x/%u)\n", name, h.mandatory,
            h.optional, h.optional_len);
    data = must_alloc(calloc(1, h.optional_len + 1u));
    must(libxl_read_exactly(ctx, fd, data, (ssize_t)h.optional_len, name, "optional data"),
         "reading the configuration in", name);
    config = config_of(data, h.optional_len, &len);
    if (config)
        fprintf(stderr, " Savefile contains xl domain config%s\n", json ? " in JSON format" : "");
    if (config_file) {
        config_from_file(config_file, d);
    } else if (config) {
        config_load(config, len, json, d);
    } else {
        fprintf(stderr, "Config file not specified and none in save file\n");
        exit(EXIT_BAD);
    }
    free(data);
}
