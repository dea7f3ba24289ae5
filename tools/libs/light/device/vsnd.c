/* SPDX-License-Identifier: MIT */
/*
 * Sound cards (xen/io/sndif.h): a card has PCM devices, and each of these has streams. What they
 * can play and record stands in the frontend's directory: FRONT/PCM/STREAM/key, of which each level
 * may have what the one above it has. There is a node for each PCM and stream, so that those can be
 * counted of which nothing is said.
 */
#include <stdio.h>

#include "device/interface.h"

#define KIND        "vsnd"
#define PCMS_MAX    32
#define STREAMS_MAX 32 /* of a PCM */

/* The protocol has other names than the interface for these. */
static const struct {
    libxl_vsnd_pcm_format format;
    const char *name;
} floats[] = {
    {LIBXL_VSND_PCM_FORMAT_F32_LE, "float_le"},
    {LIBXL_VSND_PCM_FORMAT_F32_BE, "float_be"},
    {LIBXL_VSND_PCM_FORMAT_F64_LE, "float64_le"},
    {LIBXL_VSND_PCM_FORMAT_F64_BE, "float64_be"},
};

static const char *format_name(libxl_vsnd_pcm_format format)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(floats); i++)
        if (floats[i].format == format)
            return floats[i].name;
    return libxl_vsnd_pcm_format_to_string(format);
}

static int format_parse(const char *name, libxl_vsnd_pcm_format *format)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(floats); i++) {
        if (!strcmp(name, floats[i].name)) {
            *format = floats[i].format;
            return 0;
        }
    }
    return libxl_vsnd_pcm_format_from_string(name, format);
}

/* A card that is to come. */

static int check_formats(struct scope *sc, const libxl_vsnd_params *p)
{
    for (int i = 0; i < p->num_sample_formats; i++) {
        if (format_name(p->sample_formats[i]))
            continue;
        LOG_ERROR(sc, "a sound card has no sample format %d", (int)p->sample_formats[i]);
        return ERROR_INVAL;
    }
    return 0;
}

#define PARAMS_NODES 5
#define CARD_NODES   (8 + PARAMS_NODES) /* with those that any device has */
#define PCM_NODES    (2 + PARAMS_NODES)
#define STREAM_NODES (3 + PARAMS_NODES)

static int check_pcm(struct scope *sc, const libxl_vsnd_pcm *pcm, int *nodes)
{
    int rc = check_formats(sc, &pcm->params);

    if (!rc && pcm->num_vsnd_streams > STREAMS_MAX) {
        LOG_ERROR(sc, "a PCM device has at most %d streams", STREAMS_MAX);
        rc = ERROR_INVAL;
    }
    for (int i = 0; i < pcm->num_vsnd_streams && !rc; i++)
        rc = check_formats(sc, &pcm->streams[i].params);
    *nodes += PCM_NODES + pcm->num_vsnd_streams * STREAM_NODES;
    return rc;
}

int vsnd_defaults(struct scope *sc, uint32_t domid, libxl_device_vsnd *d)
{
    int nodes = CARD_NODES, rc = check_formats(sc, &d->params);

    if (!rc && d->num_vsnd_pcms > PCMS_MAX) {
        LOG_ERROR(sc, "a sound card has at most %d PCM devices", PCMS_MAX);
        rc = ERROR_INVAL;
    }
    for (int i = 0; i < d->num_vsnd_pcms && !rc; i++)
        rc = check_pcm(sc, &d->pcms[i], &nodes);
    if (!rc && nodes > NODES_MAX) {
        LOG_ERROR(sc, "a sound card with so many PCM devices and streams cannot be described");
        rc = ERROR_INVAL;
    }
    return rc ? rc
              : device_place(sc, domid, KIND, d->backend_domname, &d->devid, &d->backend_domid);
}

/* "A,B"; NULL if there is none. */
static char *joined(struct scope *sc, char *list, const char *item)
{
    return list ? scope_printf(sc, "%s,%s", list, item) : scope_strdup(sc, item);
}

/* @at: "", or where in the directory the PCM or the stream is, with a slash. */
static void describe_params(struct scope *sc, const libxl_vsnd_params *p, const char *at,
                            struct nodes *n)
{
    const struct {
        const char *key;
        uint32_t value;
    } numbers[] = {{"channels-min", p->channels_min},
                   {"channels-max", p->channels_max},
                   {"buffer-size", p->buffer_size}};
    char *rates = NULL, *formats = NULL;

    for (int i = 0; i < p->num_sample_rates; i++)
        rates = joined(sc, rates, scope_printf(sc, "%u", p->sample_rates[i]));
    for (int i = 0; i < p->num_sample_formats; i++)
        formats = joined(sc, formats, format_name(p->sample_formats[i]));
    nodes_add(n, scope_printf(sc, "%ssample-rates", at), rates);
    nodes_add(n, scope_printf(sc, "%ssample-formats", at), formats);
    for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++)
        if (numbers[i].value)
            nodes_addf(sc, n, scope_printf(sc, "%s%s", at, numbers[i].key), "%u", numbers[i].value);
}

static void describe_stream(struct scope *sc, const libxl_vsnd_stream *s, const char *at,
                            struct nodes *n)
{
    char *below = scope_printf(sc, "%s/", at);

    nodes_add(n, at, "");
    nodes_add(n, scope_printf(sc, "%stype", below), libxl_vsnd_stream_type_to_string(s->type));
    nodes_add(n, scope_printf(sc, "%sunique-id", below), s->unique_id);
    describe_params(sc, &s->params, below, n);
}

static void describe_pcm(struct scope *sc, const libxl_vsnd_pcm *pcm, int nr, struct nodes *n)
{
    char *at = scope_printf(sc, "%d", nr), *below = scope_printf(sc, "%d/", nr);

    nodes_add(n, at, "");
    nodes_add(n, scope_printf(sc, "%sname", below), pcm->name);
    describe_params(sc, &pcm->params, below, n);
    for (int i = 0; i < pcm->num_vsnd_streams; i++)
        describe_stream(sc, &pcm->streams[i], scope_printf(sc, "%s%d", below, i), n);
}

int vsnd_describe(struct scope *sc, uint32_t domid, const libxl_device_vsnd *d,
                  struct device_op *op)
{
    device_op_describe(sc, &(struct device){domid, d->backend_domid, KIND, d->devid, NULL}, op);
    nodes_add(&op->front, "short-name", d->short_name);
    nodes_add(&op->front, "long-name", d->long_name);
    describe_params(sc, &d->params, "", &op->front);
    for (int i = 0; i < d->num_vsnd_pcms; i++)
        describe_pcm(sc, &d->pcms[i], i, &op->front);
    return 0;
}

/* What the store says of one. The guest may have written it. */

static int count(struct scope *sc, const char *path, int max)
{
    int n = 0;

    while (n < max && store_readf(sc, XBT_NULL, "%s/%d", path, n))
        n++;
    return n;
}

static char *owned(struct scope *sc, const char *path, const char *key)
{
    char *s = store_readf(sc, XBT_NULL, "%s/%s", path, key);

    return s ? xstrdup(s) : NULL;
}

static uint32_t number(struct scope *sc, const char *path, const char *key)
{
    long n = store_read_long(sc, scope_printf(sc, "%s/%s", path, key));

    return n < 0 || n > UINT32_MAX ? 0 : (uint32_t)n;
}

/* The words of a list with commas; their number, which is at most as many as its characters. */
static int words_of(struct scope *sc, const char *path, const char *key, char ***words)
{
    char *list = store_readf(sc, XBT_NULL, "%s/%s", path, key), *save = NULL;
    int nr = 0;

    *words = NULL;
    if (!list)
        return 0;
    *words = scope_alloc(sc, (strlen(list) / 2 + 1) * sizeof(**words));
    for (char *w = strtok_r(list, ",", &save); w; w = strtok_r(NULL, ",", &save))
        (*words)[nr++] = w;
    return nr;
}

static void params_read(struct scope *sc, const char *path, libxl_vsnd_params *p)
{
    char **words;
    int nr = words_of(sc, path, "sample-rates", &words);

    p->channels_min = number(sc, path, "channels-min");
    p->channels_max = number(sc, path, "channels-max");
    p->buffer_size = number(sc, path, "buffer-size");
    p->sample_rates = nr ? xmalloc0((size_t)nr * sizeof(*p->sample_rates)) : NULL;
    for (int i = 0; i < nr; i++)
        p->sample_rates[p->num_sample_rates++] = (uint32_t)strtoul(words[i], NULL, 10);
    nr = words_of(sc, path, "sample-formats", &words);
    p->sample_formats = nr ? xmalloc0((size_t)nr * sizeof(*p->sample_formats)) : NULL;
    for (int i = 0; i < nr; i++)
        if (!format_parse(words[i], &p->sample_formats[p->num_sample_formats]))
            p->num_sample_formats++;
}

static void stream_read(struct scope *sc, const char *path, libxl_vsnd_stream *s)
{
    char *type = store_readf(sc, XBT_NULL, "%s/type", path);

    libxl_vsnd_stream_init(s);
    s->unique_id = owned(sc, path, "unique-id");
    if (type)
        (void)libxl_vsnd_stream_type_from_string(type, &s->type);
    params_read(sc, path, &s->params);
}

static void pcm_read(struct scope *sc, const char *path, libxl_vsnd_pcm *pcm)
{
    int nr = count(sc, path, STREAMS_MAX);

    libxl_vsnd_pcm_init(pcm);
    pcm->name = owned(sc, path, "name");
    params_read(sc, path, &pcm->params);
    pcm->streams = nr ? xmalloc0((size_t)nr * sizeof(*pcm->streams)) : NULL;
    for (; pcm->num_vsnd_streams < nr; pcm->num_vsnd_streams++)
        stream_read(sc, scope_printf(sc, "%s/%d", path, pcm->num_vsnd_streams),
                    &pcm->streams[pcm->num_vsnd_streams]);
}

static int vsnd_read(struct scope *sc, uint32_t domid, int devid, libxl_device_vsnd *d)
{
    struct device dev = {domid, TOOLSTACK_DOMID, KIND, devid, NULL};
    char *front = device_front_path(sc, &dev);
    int nr = count(sc, front, PCMS_MAX);

    d->devid = devid;
    d->short_name = owned(sc, front, "short-name");
    d->long_name = owned(sc, front, "long-name");
    params_read(sc, front, &d->params);
    d->pcms = nr ? xmalloc0((size_t)nr * sizeof(*d->pcms)) : NULL;
    for (; d->num_vsnd_pcms < nr; d->num_vsnd_pcms++)
        pcm_read(sc, scope_printf(sc, "%s/%d", front, d->num_vsnd_pcms),
                 &d->pcms[d->num_vsnd_pcms]);
    return device_recorded_backend(sc, domid, KIND, devid, &d->backend_domid);
}

static void pcm_info(struct scope *sc, const char *path, libxl_pcminfo *info)
{
    int nr = count(sc, path, STREAMS_MAX);

    libxl_pcminfo_init(info);
    info->streams = nr ? xmalloc0((size_t)nr * sizeof(*info->streams)) : NULL;
    for (; info->num_vsnd_streams < nr; info->num_vsnd_streams++) {
        libxl_streaminfo *s = &info->streams[info->num_vsnd_streams];
        char *stream = scope_printf(sc, "%s/%d", path, info->num_vsnd_streams);

        s->req_evtch = (int)store_read_long(sc, scope_printf(sc, "%s/event-channel", stream));
        s->req_rref = (int)store_read_long(sc, scope_printf(sc, "%s/ring-ref", stream));
    }
}

int libxl_device_vsnd_getinfo(libxl_ctx *ctx, uint32_t domid, const libxl_device_vsnd *d,
                              libxl_vsndinfo *info)
{
    struct device dev = {domid, d->backend_domid, KIND, d->devid, NULL};
    int nr;
    API_ENTER(ctx, domid);

    libxl_vsndinfo_init(info);
    DEVICE_INFO(info, &dev);
    nr = count(sc, info->frontend, PCMS_MAX);
    info->pcms = nr ? xmalloc0((size_t)nr * sizeof(*info->pcms)) : NULL;
    for (; info->num_vsnd_pcms < nr; info->num_vsnd_pcms++)
        pcm_info(sc, scope_printf(sc, "%s/%d", info->frontend, info->num_vsnd_pcms),
                 &info->pcms[info->num_vsnd_pcms]);
    API_LEAVE;
    return 0;
}

CONFIG_KIND(vsnd, vsnds);

DEVICE_INTERFACE(vsnd, KIND)
