/* SPDX-License-Identifier: MIT */
/*
 * What the guest's frames are on this side. In chunks, made where frames get memory: numbers come
 * from the stream, and what we keep is to grow with the guest's memory, not with a number in it.
 */
#include "restore.h"

#define CHUNK 512u

/* Above this no guest has frames. The table of chunks then has 64 MB, zeros until they are used. */
#define PFNS_MAX (1ull << 32)

struct frame_chunk {
    uint64_t frame[CHUNK];
    uint8_t type[CHUNK];
};

static struct frame_chunk *chunk_of(const struct restore *r, uint64_t pfn)
{
    return pfn < r->nr_pfns ? r->chunk[pfn / CHUNK] : NULL;
}

int frame_make(struct restore *r, uint64_t pfn)
{
    struct frame_chunk *c;

    if (chunk_of(r, pfn))
        return 0;
    c = malloc(sizeof(*c));
    if (!c)
        return stream_fail(r->xch, ENOMEM, "no memory for frame %#lx", (unsigned long)pfn);
    for (unsigned int i = 0; i < CHUNK; i++) {
        c->frame[i] = NO_FRAME;
        c->type[i] = FRAME_NONE;
    }
    r->chunk[pfn / CHUNK] = c;
    return 0;
}

int restore_room(struct restore *r, uint64_t nr)
{
    uint64_t had = (r->nr_pfns + CHUNK - 1) / CHUNK;
    struct frame_chunk **more;

    if (nr <= r->nr_pfns)
        return 0;
    if (nr > PFNS_MAX)
        return stream_fail(r->xch, ERANGE, "a frame of the guest has number %#lx",
                           (unsigned long)nr - 1);
    more = calloc((nr + CHUNK - 1) / CHUNK, sizeof(struct frame_chunk *));
    if (!more)
        return stream_fail(r->xch, ENOMEM, "no memory for %lu frames", (unsigned long)nr);
    if (had)
        memcpy(more, r->chunk, had * sizeof(struct frame_chunk *));
    free(r->chunk);
    r->chunk = more;
    r->nr_pfns = nr;
    return 0;
}

void restore_frames_free(struct restore *r)
{
    for (uint64_t i = 0; i < r->nr_pfns; i += CHUNK)
        free(r->chunk[i / CHUNK]);
    free(r->chunk);
}

uint64_t frame_maps(const struct restore *r, uint64_t pfn)
{
    const struct frame_chunk *c = chunk_of(r, pfn);

    return c ? c->frame[pfn % CHUNK] : NO_FRAME;
}

unsigned int frame_type(const struct restore *r, uint64_t pfn)
{
    const struct frame_chunk *c = chunk_of(r, pfn);

    return c ? c->type[pfn % CHUNK] : FRAME_NONE;
}

void frame_set_maps(struct restore *r, uint64_t pfn, uint64_t frame)
{
    chunk_of(r, pfn)->frame[pfn % CHUNK] = frame;
}

int frame_set_type(struct restore *r, uint64_t pfn, unsigned int type)
{
    if (frame_type_has_memory(type) && frame_make(r, pfn))
        return -1;
    if (chunk_of(r, pfn))
        chunk_of(r, pfn)->type[pfn % CHUNK] = (uint8_t)type;
    return 0;
}

uint64_t frame_next(const struct restore *r, uint64_t pfn)
{
    while (pfn < r->nr_pfns && !r->chunk[pfn / CHUNK])
        pfn = (pfn / CHUNK + 1) * CHUNK;
    return pfn;
}

uint64_t restore_frame(struct restore *r, uint64_t pfn, const char *what)
{
    uint64_t frame = frame_maps(r, pfn);

    if (frame == NO_FRAME)
        stream_fail(r->xch, ERANGE, "%s is in frame %#lx, which is not in the stream", what,
                    (unsigned long)pfn);
    return frame;
}
