/* SPDX-License-Identifier: MIT */
#include <stdbool.h>

#include <xen/lib/bytes.h>
#include <xen/lib/compiler.h>
#include <xen/lib/errno.h>

#include "lzma_core.h"

/* Source: LZMA specification, "Main loop of decoder" and the sections before it. */
enum {
    NR_STATES = 12,
    POS_STATES = 16,
    LITERAL_STATES = 7, /* states below follow a literal */
    LEN_MIN = 2,
    MATCH_MAX = 273, /* LEN_MIN + 8 + 8 + 255 */
    END_POS_MODEL = 14,
    ALIGN_BITS = 4,

    /* A coder of lengths. */
    LEN_CHOICE = 0,
    LEN_CHOICE2 = 1,
    LEN_LOW = 2,
    LEN_MID = LEN_LOW + POS_STATES * 8,
    LEN_HIGH = LEN_MID + POS_STATES * 8,
    LEN_SIZE = LEN_HIGH + 256,

    /* Positions in probs[]. */
    IS_MATCH = 0,
    IS_REP = IS_MATCH + NR_STATES * POS_STATES,
    IS_REP0 = IS_REP + NR_STATES,
    IS_REP1 = IS_REP0 + NR_STATES,
    IS_REP2 = IS_REP1 + NR_STATES,
    IS_REP0_LONG = IS_REP2 + NR_STATES,
    POS_SLOT = IS_REP0_LONG + NR_STATES * POS_STATES,
    POS_SPECIAL = POS_SLOT + 4 * 64,
    ALIGN = POS_SPECIAL + 128,
    MATCH_LEN = ALIGN + (1 << ALIGN_BITS),
    REP_LEN = MATCH_LEN + LEN_SIZE,
    LITERAL = REP_LEN + LEN_SIZE,
};

_Static_assert(LITERAL <= LZMA_PROBS_FIXED, "fixed probabilities");

#define PROB_INIT (LZMA_PROB_ONE / 2)
#define MOVE_BITS 5
#define RANGE_MIN (1u << 24)

int lzma_set_props(struct lzma *s, unsigned int props)
{
    unsigned int lc, lp, pb;

    if (props >= 9 * 5 * 5)
        return -EINVAL;
    lc = props % 9;
    lp = props / 9 % 5;
    pb = props / 45;
    if (lc + lp > LZMA_LC_LP_MAX)
        return -EOPNOTSUPP;
    s->literal_shift = 8 - lc;
    s->literal_mask = ((1u << lp) - 1) << 8 | 0xff;
    s->pos_mask = (1u << pb) - 1;
    return 0;
}

void lzma_init(struct lzma *s)
{
    for (unsigned int p = 0; p < LZMA_PROB_ONE; p++) {
        s->next[0][p] = (uint16_t)(p + ((LZMA_PROB_ONE - p) >> MOVE_BITS));
        s->next[1][p] = (uint16_t)(p - (p >> MOVE_BITS));
    }
}

void lzma_reset(struct lzma *s)
{
    const uint64_t four = PROB_INIT * 0x0001000100010001ull;

    for (size_t i = 0; i < LZMA_PROBS_MAX; i += 4)
        __builtin_memcpy(&s->probs[i], &four, sizeof(four));
    s->state = 0;
    for (int i = 0; i < 4; i++)
        s->rep[i] = 0;
}

int lzma_start(struct lzma *s, struct lzma_io *io)
{
    if (io->in[0] != 0)
        return -EINVAL;
    s->range = UINT32_MAX;
    s->code = get_be32(io->in + 1);
    io->in += 5;
    return 0;
}

#define HOT static inline __attribute__((__always_inline__))

/*
 * The range decoder. lzma_run() keeps one of these as a local object and everything that uses it
 * is inlined there, so that its members live in registers: a bit of the input costs some eleven
 * instructions, and a call or a store would double that.
 */
struct coder {
    uint32_t range, code;
    const uint8_t *in;
    const uint16_t (*next)[LZMA_PROB_ONE];
};

#define NORMALIZE()                                                                                \
    do {                                                                                           \
        if (rc->range < RANGE_MIN) {                                                               \
            rc->range <<= 8;                                                                       \
            rc->code = rc->code << 8 | *rc->in++;                                                  \
        }                                                                                          \
    } while (0)

/*
 * The empty asm hides from the compiler that a probability has 16 bits: it would do the arithmetic
 * below in 16 bits, in registers of their own. What a probability becomes is looked up, which takes
 * one instruction where to compute it takes three.
 */
#define BIT_BEGIN(p)                                                                               \
    do {                                                                                           \
        prob = *(p);                                                                               \
        __asm__("" : "+r"(prob));                                                                  \
        NORMALIZE();                                                                               \
        bound = (rc->range >> LZMA_PROB_BITS) * (uint32_t)prob;                                    \
    } while (0)

#define BIT_IS_0(p) likely(rc->code < bound)

#define BIT_TAKE_0(p)                                                                              \
    do {                                                                                           \
        rc->range = bound;                                                                         \
        *(p) = rc->next[0][prob];                                                                  \
    } while (0)

#define BIT_TAKE_1(p)                                                                              \
    do {                                                                                           \
        rc->range -= bound;                                                                        \
        rc->code -= bound;                                                                         \
        *(p) = rc->next[1][prob];                                                                  \
    } while (0)

/* One step down a tree whose probabilities begin at @tree. */
#define TREE_STEP(tree, sym)                                                                       \
    do {                                                                                           \
        BIT_BEGIN(&(tree)[sym]);                                                                   \
        __asm__("" : "+r"(sym));                                                                   \
        if (BIT_IS_0(p_)) {                                                                        \
            BIT_TAKE_0(&(tree)[sym]);                                                              \
            (sym) += (sym);                                                                        \
        } else {                                                                                   \
            BIT_TAKE_1(&(tree)[sym]);                                                              \
            (sym) += (sym) + 1;                                                                    \
        }                                                                                          \
    } while (0)

/* A step of a tree read from its low end: @sym ends as 1 << steps, plus the number; @m as that. */
#define REVERSE_STEP(tree, sym, m)                                                                 \
    do {                                                                                           \
        BIT_BEGIN(&(tree)[sym]);                                                                   \
        __asm__("" : "+r"(sym));                                                                   \
        if (BIT_IS_0(p_)) {                                                                        \
            BIT_TAKE_0(&(tree)[sym]);                                                              \
            (sym) += (m);                                                                          \
            (m) += (m);                                                                            \
        } else {                                                                                   \
            BIT_TAKE_1(&(tree)[sym]);                                                              \
            (m) += (m);                                                                            \
            (sym) += (m);                                                                          \
        }                                                                                          \
    } while (0)

#define TREE_3(tree, sym)                                                                          \
    do {                                                                                           \
        TREE_STEP(tree, sym);                                                                      \
        TREE_STEP(tree, sym);                                                                      \
        TREE_STEP(tree, sym);                                                                      \
    } while (0)

/*
 * A literal after a match: the byte at the last distance steers the tree while it agrees. From the
 * first bit that differs on, @plain, it is a literal like others.
 */
#define MATCHED_STEP(tree, sym, match, plain)                                                      \
    do {                                                                                           \
        size_t bit_, at_;                                                                          \
                                                                                                   \
        (match) <<= 1;                                                                             \
        bit_ = (match)&0x100;                                                                      \
        at_ = bit_ + (sym);                                                                        \
        BIT_BEGIN(&(tree)[at_ + 0x100]);                                                           \
        if (BIT_IS_0(p_)) {                                                                        \
            BIT_TAKE_0(&(tree)[at_ + 0x100]);                                                      \
            (sym) += (sym);                                                                        \
            if (bit_)                                                                              \
                goto plain;                                                                        \
        } else {                                                                                   \
            BIT_TAKE_1(&(tree)[at_ + 0x100]);                                                      \
            (sym) += (sym) + 1;                                                                    \
            if (!bit_)                                                                             \
                goto plain;                                                                        \
        }                                                                                          \
    } while (0)

/* Copy from @dist back; at least 8 bytes beyond the end may be clobbered. */
HOT void copy_wide(uint8_t *out, const uint8_t *from, uint8_t *end)
{
    do {
        uint64_t w;

        __builtin_memcpy(&w, from, sizeof(w));
        __builtin_memcpy(out, &w, sizeof(w));
        from += sizeof(w);
        out += sizeof(w);
    } while (out < end);
}

/* A match repeats a pattern of @dist < 8 bytes: make a word of it, and store that over and over. */
static void copy_near(uint8_t *out, size_t dist, uint8_t *end, const uint8_t *buffer_end)
{
    const uint8_t *from = out - dist;
    uint64_t w = 0;

    if (dist >= 8 || buffer_end - end < 8) {
        while (out < end)
            *out++ = *from++;
        return;
    }
    for (size_t i = dist; i-- > 0;)
        w = w << 8 | from[i];
    for (size_t bits = dist * 8; bits < 64; bits *= 2)
        w |= w << bits;
    dist *= 8 / dist;
    for (; out < end; out += dist)
        __builtin_memcpy(out, &w, sizeof(w));
}

HOT size_t state_after_literal(size_t state)
{
    return state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
}

HOT size_t plain_literal(struct coder *rc, uint16_t *p)
{
    uint32_t bound;
    size_t prob, sym = 1;

    TREE_3(p, sym);
    TREE_3(p, sym);
    TREE_STEP(p, sym);
    TREE_STEP(p, sym);
    return sym;
}

HOT size_t matched_literal(struct coder *rc, uint16_t *p, size_t match)
{
    uint32_t bound;
    size_t prob, sym = 1;

    MATCHED_STEP(p, sym, match, plain_7);
    MATCHED_STEP(p, sym, match, plain_6);
    MATCHED_STEP(p, sym, match, plain_5);
    MATCHED_STEP(p, sym, match, plain_4);
    MATCHED_STEP(p, sym, match, plain_3);
    MATCHED_STEP(p, sym, match, plain_2);
    MATCHED_STEP(p, sym, match, plain_1);
    MATCHED_STEP(p, sym, match, plain_0);
    return sym;
plain_7:
    TREE_STEP(p, sym);
plain_6:
    TREE_STEP(p, sym);
plain_5:
    TREE_STEP(p, sym);
plain_4:
    TREE_STEP(p, sym);
plain_3:
    TREE_STEP(p, sym);
plain_2:
    TREE_STEP(p, sym);
plain_1:
    TREE_STEP(p, sym);
plain_0:
    return sym;
}

/* @p: one of the two coders of lengths. */
HOT uint32_t match_length(struct coder *rc, uint16_t *p, size_t pos_state)
{
    uint32_t bound;
    size_t prob, len = 1;

    BIT_BEGIN(p + LEN_CHOICE);
    if (BIT_IS_0(p + LEN_CHOICE)) {
        BIT_TAKE_0(p + LEN_CHOICE);
        p += LEN_LOW + pos_state * 8;
        TREE_3(p, len);
        return (uint32_t)len + LEN_MIN - 8;
    }
    BIT_TAKE_1(p + LEN_CHOICE);
    BIT_BEGIN(p + LEN_CHOICE2);
    if (BIT_IS_0(p + LEN_CHOICE2)) {
        BIT_TAKE_0(p + LEN_CHOICE2);
        p += LEN_MID + pos_state * 8;
        TREE_3(p, len);
        return (uint32_t)len + LEN_MIN;
    }
    BIT_TAKE_1(p + LEN_CHOICE2);
    p += LEN_HIGH;
    TREE_3(p, len);
    TREE_3(p, len);
    TREE_STEP(p, len);
    TREE_STEP(p, len);
    return (uint32_t)len + LEN_MIN + 16 - 256;
}

/* One of the bits of a far distance that all count as equally likely. */
#define DIRECT_BIT(value)                                                                          \
    do {                                                                                           \
        NORMALIZE();                                                                               \
        rc->range >>= 1;                                                                           \
        (value) <<= 1;                                                                             \
        if (rc->code >= rc->range) {                                                               \
            rc->code -= rc->range;                                                                 \
            (value)++;                                                                             \
        }                                                                                          \
    } while (0)

HOT uint32_t direct_bits(struct coder *rc, uint32_t value, uint32_t nr)
{
    if (nr & 1)
        DIRECT_BIT(value);
    for (nr >>= 1; nr; nr--) {
        DIRECT_BIT(value);
        DIRECT_BIT(value);
    }
    return value;
}

/* The distance of a match of @len, less one. */
HOT uint32_t match_distance(struct coder *rc, uint16_t *probs, uint32_t len)
{
    uint16_t *p = probs + POS_SLOT + (len < 6 ? len - LEN_MIN : 3) * 64;
    size_t prob;
    uint32_t bound, dist, nr;
    size_t slot = 1, m = 1, sym = 1;

    TREE_3(p, slot);
    TREE_3(p, slot);
    slot -= 64;
    if (slot < 4)
        return (uint32_t)slot;
    nr = (uint32_t)(slot >> 1) - 1;
    if (slot < END_POS_MODEL) {
        dist = (uint32_t)(2 | (slot & 1)) << nr;
        p = probs + POS_SPECIAL + dist - slot;
        do {
            REVERSE_STEP(p, sym, m);
        } while (--nr);
        return dist + (uint32_t)(sym - m);
    }
    dist = direct_bits(rc, (uint32_t)(2 | (slot & 1)), nr - ALIGN_BITS) << ALIGN_BITS;
    p = probs + ALIGN;
    REVERSE_STEP(p, sym, m);
    REVERSE_STEP(p, sym, m);
    REVERSE_STEP(p, sym, m);
    REVERSE_STEP(p, sym, m);
    return dist + (uint32_t)(sym - m);
}

/*
 * The bits that say which of the last distances a match repeats; it moves to rep[0].
 * Returns: whether this is the short form, one byte at rep[0].
 */
HOT bool repeated_distance(struct coder *rc, uint16_t *probs, size_t state, size_t pos_state,
                           uint32_t *rep)
{
    uint16_t *p = probs + IS_REP0 + state;
    size_t prob;
    uint32_t bound, dist;

    BIT_BEGIN(p);
    if (BIT_IS_0(p)) {
        BIT_TAKE_0(p);
        p = probs + IS_REP0_LONG + state * POS_STATES + pos_state;
        BIT_BEGIN(p);
        if (BIT_IS_0(p)) {
            BIT_TAKE_0(p);
            return true;
        }
        BIT_TAKE_1(p);
        return false;
    }
    BIT_TAKE_1(p);
    p = probs + IS_REP1 + state;
    BIT_BEGIN(p);
    if (BIT_IS_0(p)) {
        BIT_TAKE_0(p);
        dist = rep[1];
    } else {
        BIT_TAKE_1(p);
        p = probs + IS_REP2 + state;
        BIT_BEGIN(p);
        if (BIT_IS_0(p)) {
            BIT_TAKE_0(p);
            dist = rep[2];
        } else {
            BIT_TAKE_1(p);
            dist = rep[3];
            rep[3] = rep[2];
        }
        rep[2] = rep[1];
    }
    rep[1] = rep[0];
    rep[0] = dist;
    return false;
}

enum lzma_stop lzma_run(struct lzma *s, struct lzma_io *io)
{
    uint16_t *const probs = s->probs;
    const uint8_t *const in_limit = io->in_limit, *const window = io->window;
    uint8_t *out = io->out, *const out_limit = io->out_limit, *const out_end = io->out_end;
    struct coder coder = {s->range, s->code, io->in, s->next}, *const rc = &coder;
    uint32_t *const rep = s->rep;
    uint32_t bound;
    size_t state = s->state, prob;
    enum lzma_stop stop = LZMA_FULL;
    const uint8_t *const wide_limit = out_end - out > MATCH_MAX + 8 ? out_end - MATCH_MAX - 8 : out;

    while (out < out_limit) {
        size_t pos = (size_t)(out - window);
        size_t pos_state = pos & s->pos_mask;
        uint16_t *p = probs + IS_MATCH + state * POS_STATES + pos_state;
        uint32_t len;

        if (unlikely(rc->in > in_limit)) {
            stop = LZMA_STARVED;
            break;
        }
        BIT_BEGIN(p);
        if (BIT_IS_0(p)) {
            uint32_t context = (uint32_t)pos << 8 | (likely(pos) ? out[-1] : 0);

            BIT_TAKE_0(p);
            p = probs + LITERAL + 0x300 * (size_t)((context & s->literal_mask) >> s->literal_shift);
            if (state < LITERAL_STATES)
                *out = (uint8_t)plain_literal(rc, p);
            else
                *out = (uint8_t)matched_literal(rc, p, out[-(ptrdiff_t)rep[0] - 1]);
            out++;
            state = state_after_literal(state);
            continue;
        }
        BIT_TAKE_1(p);
        p = probs + IS_REP + state;
        BIT_BEGIN(p);
        if (BIT_IS_0(p)) {
            BIT_TAKE_0(p);
            rep[3] = rep[2];
            rep[2] = rep[1];
            rep[1] = rep[0];
            len = match_length(rc, probs + MATCH_LEN, pos_state);
            rep[0] = match_distance(rc, probs, len);
            state = state < LITERAL_STATES ? 7 : 10;
            if (unlikely(rep[0] == UINT32_MAX)) {
                stop = LZMA_MARK;
                break;
            }
        } else {
            BIT_TAKE_1(p);
            if (repeated_distance(rc, probs, state, pos_state, rep)) {
                len = 1;
                state = state < LITERAL_STATES ? 9 : 11;
            } else {
                len = match_length(rc, probs + REP_LEN, pos_state);
                state = state < LITERAL_STATES ? 8 : 11;
            }
        }
        if (unlikely(rep[0] >= pos || len > (size_t)(out_limit - out))) {
            stop = rep[0] >= pos ? LZMA_BAD : LZMA_CROSSED;
            break;
        }
        if (likely(rep[0] >= 7 && out < wide_limit))
            copy_wide(out, out - rep[0] - 1, out + len);
        else
            copy_near(out, (size_t)rep[0] + 1, out + len, out_end);
        out += len;
    }
    if (stop != LZMA_STARVED)
        NORMALIZE();
    io->in = rc->in;
    io->out = out;
    s->range = rc->range;
    s->code = rc->code;
    s->state = (uint32_t)state;
    return stop;
}
