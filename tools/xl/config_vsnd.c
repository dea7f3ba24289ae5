/* SPDX-License-Identifier: MIT */
/* vsnd=[["CARD, short-name=Main", "PCM, name=Main", "STREAM, type=p"], ...]: xl.cfg(5). */
#include <ctype.h>
#include <limits.h>

#include "config.h"

/* The array of @nr elements of @size has one more; where that is. */
static void *one_more(void *array, int *nr, size_t size)
{
    void **list = array;

    *list = must_alloc(realloc(*list, (size_t)(*nr + 1) * size));
    return (char *)*list + (size_t)(*nr)++ * size;
}

/* What all items can have. */

static int take_rate(const char *word, libxl_vsnd_params *p)
{
    unsigned long rate;

    if (!parse_ulong(word, &rate) || rate > UINT32_MAX)
        return unknown_key(word);
    *(uint32_t *)one_more(&p->sample_rates, &p->num_sample_rates, sizeof(*p->sample_rates)) =
        (uint32_t)rate;
    return 0;
}

/* libxl calls some of them by other names than the manual does. */
static int take_format(const char *word, libxl_vsnd_params *p)
{
    static const char *const other[][2] = {{"float_le", "f32_le"},
                                           {"float_be", "f32_be"},
                                           {"float64_le", "f64_le"},
                                           {"float64_be", "f64_be"}};
    const char *name = word;
    libxl_vsnd_pcm_format format;

    for (unsigned int i = 0; i < ARRAY_SIZE(other); i++)
        if (!strcmp(word, other[i][0]))
            name = other[i][1];
    if (libxl_vsnd_pcm_format_from_string(name, &format))
        return unknown_key(word);
    *(libxl_vsnd_pcm_format *)one_more(&p->sample_formats, &p->num_sample_formats,
                                       sizeof(*p->sample_formats)) = format;
    return 0;
}

/* "A;B" */
static int each_word(const char *list, int (*take)(const char *word, libxl_vsnd_params *p),
                     libxl_vsnd_params *p)
{
    char *copy = must_alloc(strdup(list)), *save = NULL, *word;
    int rc = 0;

    for (word = strtok_r(copy, ";", &save); word && !rc; word = strtok_r(NULL, ";", &save))
        rc = take(word, p);
    free(copy);
    return rc;
}

static int take_number(const char *value, uint32_t *to)
{
    unsigned long n;

    if (!parse_ulong(value, &n) || n > UINT32_MAX)
        return unknown_key(value);
    *to = (uint32_t)n;
    return 0;
}

static int take_param(const char *key, const char *value, libxl_vsnd_params *p)
{
    if (!strcmp(key, "sample-rates"))
        return each_word(value, take_rate, p);
    if (!strcmp(key, "sample-formats"))
        return each_word(value, take_format, p);
    if (!strcmp(key, "channels-min"))
        return take_number(value, &p->channels_min);
    if (!strcmp(key, "channels-max"))
        return take_number(value, &p->channels_max);
    if (!strcmp(key, "buffer-size"))
        return take_number(value, &p->buffer_size);
    return unknown_key(key);
}

/* Items. */

static int take_card_pair(const char *key, const char *value, void *arg)
{
    libxl_device_vsnd *d = arg;

    if (!strcmp(key, "backend"))
        replace(&d->backend_domname, value);
    else if (!strcmp(key, "short-name"))
        replace(&d->short_name, value);
    else if (!strcmp(key, "long-name"))
        replace(&d->long_name, value);
    else
        return take_param(key, value, &d->params);
    return 0;
}

static int take_pcm_pair(const char *key, const char *value, void *arg)
{
    libxl_vsnd_pcm *pcm = arg;

    if (strcmp(key, "name"))
        return take_param(key, value, &pcm->params);
    replace(&pcm->name, value);
    return 0;
}

static int take_stream_pair(const char *key, const char *value, void *arg)
{
    libxl_vsnd_stream *s = arg;

    if (!strcmp(key, "unique-id") || !strcmp(key, "id"))
        replace(&s->unique_id, value);
    else if (strcmp(key, "type"))
        return take_param(key, value, &s->params);
    else if (libxl_vsnd_stream_type_from_string(value, &s->type))
        return unknown_key(value);
    return 0;
}

static libxl_vsnd_pcm *new_pcm(libxl_device_vsnd *d)
{
    libxl_vsnd_pcm *pcm = one_more(&d->pcms, &d->num_vsnd_pcms, sizeof(*pcm));

    libxl_vsnd_pcm_init(pcm);
    return pcm;
}

/* A stream without a PCM device before it gets one of its own. */
static int take_stream(const char *pairs, libxl_device_vsnd *d)
{
    libxl_vsnd_pcm *pcm = d->num_vsnd_pcms ? &d->pcms[d->num_vsnd_pcms - 1] : new_pcm(d);
    libxl_vsnd_stream *s = one_more(&pcm->streams, &pcm->num_vsnd_streams, sizeof(*s));

    libxl_vsnd_stream_init(s);
    return each_pair(pairs, take_stream_pair, s);
}

static bool is_named(const char *item, size_t len, const char *name)
{
    return len == strlen(name) && !strncasecmp(item, name, len);
}

int vsnd_take_item(const char *item, libxl_device_vsnd *d)
{
    const char *pairs;
    size_t len;

    while (isspace((unsigned char)*item))
        item++;
    len = strcspn(item, ", \t");
    pairs = item + len + strspn(item + len, ", \t");
    if (is_named(item, len, "CARD"))
        return each_pair(pairs, take_card_pair, d);
    if (is_named(item, len, "PCM"))
        return each_pair(pairs, take_pcm_pair, new_pcm(d));
    if (is_named(item, len, "STREAM"))
        return take_stream(pairs, d);
    return unknown_key(item);
}

static void take_card(XLU_Config *cfg, XLU_ConfigValue *value, libxl_device_vsnd *d)
{
    XLU_ConfigList *items;

    libxl_device_vsnd_init(d);
    if (xlu_cfg_value_get_list(cfg, value, &items, 0))
        exit(EXIT_BAD);
    for (int i = 0; xlu_cfg_get_listitem2(items, i); i++) {
        const char *item = xlu_cfg_get_listitem(items, i);

        if (!item || vsnd_take_item(item, d)) {
            fprintf(stderr, "ERROR: invalid value for \"vsnd\"%s%s\n", item ? ": " : "",
                    item ? item : "");
            exit(EXIT_BAD);
        }
    }
}

void config_take_vsnd(XLU_Config *cfg, libxl_domain_config *d)
{
    XLU_ConfigList *cards;
    int nr;

    if (xlu_cfg_get_list(cfg, "vsnd", &cards, &nr, 0))
        return;
    for (int i = 0; i < nr; i++) {
        libxl_device_vsnd *card = one_more(&d->vsnds, &d->num_vsnds, sizeof(*d->vsnds));

        take_card(cfg, xlu_cfg_get_listitem2(cards, i), card);
        card->devid = i;
    }
}
