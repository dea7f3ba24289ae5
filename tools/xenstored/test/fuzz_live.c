/* SPDX-License-Identifier: MIT */
/*
 * The reader of a store's state against arbitrary bytes. With the first byte's lowest bit set, the
 * rest stands for records: header, the right sum and the end are put around it, so that what lies
 * behind these checks is reached. What is accepted must agree with itself, and survive being
 * written and read again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "live/stream.h"

static const unsigned char head[16] = {'x', 'e', 'n', 's', 't', 'o', 'r', 'e', 0, 0, 0, 1};

static void attach(struct store *s, struct live_image *img)
{
    for (unsigned int i = 0; i < img->nr_conns; i++)
        img->conns[i].conn = conn_new(s, img->conns[i].socket ? 0 : img->conns[i].domid);
    if (live_attach(img) != 0)
        abort();
    for (unsigned int i = 0; i < img->nr_conns; i++)
        img->conns[i].out_len = 0;
}

static void write_again(const struct store *s, const struct live_image *img)
{
    struct live_buf b = {0};
    struct live_image second;
    struct store *t = harness_store();
    char why[128];

    if (live_write(&b, s, img) != 0 || live_read(b.data, b.len, t, &second, why) != 0)
        abort();
    live_image_free(&second);
    store_free(t);
    free(b.data);
}

static void one(const unsigned char *data, size_t len)
{
    struct store *s = harness_store();
    struct live_image img;
    char why[128] = "";

    if (live_read(data, len, s, &img, why) == 0) {
        attach(s, &img);
        write_again(s, &img);
    } else if (!why[0]) {
        abort();
    }
    live_image_free(&img);
    store_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct {
        struct live_rec_head head;
        uint64_t sum;
        struct live_rec_head end;
    } tail = {.head = {REC_OWN_SUM, sizeof(uint64_t)}};
    size_t records = size ? (size - 1) & ~(size_t)7 : 0;
    unsigned char *whole;

    if (!size || !(data[0] & 1)) {
        one(data + !!size, size - !!size);
        return 0;
    }
    whole = malloc(sizeof(head) + records + sizeof(tail));
    memcpy(whole, head, sizeof(head));
    memcpy(whole + sizeof(head), data + 1, records);
    tail.sum = live_sum(whole, sizeof(head) + records);
    memcpy(whole + sizeof(head) + records, &tail, sizeof(tail));
    one(whole, sizeof(head) + records + sizeof(tail));
    free(whole);
    return 0;
}
