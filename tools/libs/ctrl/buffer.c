/* SPDX-License-Identifier: MIT */
#include "private.h"

struct xc_hypercall_buffer_array {
    unsigned int nr;
    xc_hypercall_buffer_t *buf;
};

xc_hypercall_buffer_t XC__HYPERCALL_BUFFER_NAME(HYPERCALL_BUFFER_NULL) = {
    HYPERCALL_BUFFER_INIT_NO_BOUNCE};

void *xc__hypercall_buffer_alloc(xc_interface *xch, xc_hypercall_buffer_t *b, size_t size)
{
    b->hbuf = xencall_alloc_buffer(xch->xcall, size);
    if (b->hbuf)
        memset(b->hbuf, 0, size);
    return b->hbuf;
}

void xc__hypercall_buffer_free(xc_interface *xch, xc_hypercall_buffer_t *b)
{
    xencall_free_buffer(xch->xcall, b->hbuf);
}

void *xc__hypercall_buffer_alloc_pages(xc_interface *xch, xc_hypercall_buffer_t *b, int nr_pages)
{
    b->hbuf = xencall_alloc_buffer_pages(xch->xcall, (size_t)nr_pages);
    return b->hbuf;
}

void xc__hypercall_buffer_free_pages(xc_interface *xch, xc_hypercall_buffer_t *b, int nr_pages)
{
    xencall_free_buffer_pages(xch->xcall, b->hbuf, (size_t)nr_pages);
}

xc_hypercall_buffer_array_t *xc_hypercall_buffer_array_create(xc_interface *xch, unsigned n)
{
    struct xc_hypercall_buffer_array *array = malloc(sizeof(*array));

    (void)xch;
    if (!array)
        return NULL;
    array->nr = n;
    array->buf = calloc(n, sizeof(*array->buf));
    if (!array->buf) {
        free(array);
        return NULL;
    }
    return array;
}

void *xc__hypercall_buffer_array_alloc(xc_interface *xch, xc_hypercall_buffer_array_t *array,
                                       unsigned index, xc_hypercall_buffer_t *hbuf, size_t size)
{
    if (index >= array->nr || array->buf[index].hbuf) {
        errno = EINVAL;
        return NULL;
    }
    if (!xc__hypercall_buffer_alloc(xch, hbuf, size))
        return NULL;
    array->buf[index] = *hbuf;
    return hbuf->hbuf;
}

void *xc__hypercall_buffer_array_get(xc_interface *xch, xc_hypercall_buffer_array_t *array,
                                     unsigned index, xc_hypercall_buffer_t *hbuf)
{
    (void)xch;
    if (index >= array->nr || !array->buf[index].hbuf) {
        errno = EINVAL;
        return NULL;
    }
    *hbuf = array->buf[index];
    return hbuf->hbuf;
}

void xc_hypercall_buffer_array_destroy(xc_interface *xch, xc_hypercall_buffer_array_t *array)
{
    if (!array)
        return;
    for (unsigned int i = 0; i < array->nr; i++)
        xencall_free_buffer(xch->xcall, array->buf[i].hbuf);
    free(array->buf);
    free(array);
}

static void release(xc_interface *xch, struct bounce *b, unsigned int nr)
{
    int saved = errno;

    for (unsigned int i = 0; i < nr; i++)
        xencall_free_buffer(xch->xcall, b[i].hyp);
    errno = saved;
}

int bounce_in(xc_interface *xch, struct bounce *b, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++) {
        if (b[i].user && b[i].len) {
            b[i].hyp = xencall_alloc_buffer(xch->xcall, b[i].len);
            if (!b[i].hyp) {
                release(xch, b, i);
                return -1;
            }
            if (b[i].dir & BOUNCE_IN)
                memcpy(b[i].hyp, b[i].user, b[i].len);
        }
        memcpy(b[i].slot, &b[i].hyp, sizeof(void *));
    }
    return 0;
}

void bounce_out(xc_interface *xch, struct bounce *b, unsigned int nr, long rc)
{
    for (unsigned int i = 0; i < nr; i++) {
        if (b[i].hyp && (b[i].dir == BOUNCE_BOTH || (b[i].dir == BOUNCE_OUT && rc >= 0)))
            memcpy(b[i].user, b[i].hyp, b[i].len);
    }
    release(xch, b, nr);
}
