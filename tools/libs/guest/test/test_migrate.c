/* SPDX-License-Identifier: MIT */
/* A guest saved and restored on a fake machine; and streams that are not what they should be. */
#include <elf.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "migrate/restore.h"
#include "test/fake.h"

#define XCH ((xc_interface *)(void *)&fake)
enum { FROM = 5, TO = 9 };

/* What happens to the guest while it is saved. */
struct script {
    int suspends;
    bool refuse;        /* it does not suspend */
    bool strange_table; /* while it runs, a page table maps somebody else's frame */
    int checkpoints;    /* to be taken */
};

static int on_suspend(void *data)
{
    struct script *s = data;
    struct fake_domain *d = fake.dom[0];

    s->suspends++;
    if (s->refuse)
        return 0;
    if (s->strange_table)
        ((uint64_t *)fake_guest_frame(d, PFN_L1))[5] = 0;
    /* Written at the last moment, and so known to the log only. */
    memset(fake_guest_frame(d, PFN_DATA + 1), '0' + s->suspends, XC_PAGE_SIZE);
    d->dirty |= 1ull << (PFN_DATA + 1);
    d->suspended = true;
    return 1;
}

static int on_postcopy(void *data)
{
    (void)data;
    fake.dom[0]->suspended = false;
    return 1;
}

static int on_checkpoint(void *data)
{
    struct script *s = data;

    return --s->checkpoints > 0;
}

static int save(struct script *s, unsigned int flags, xc_stream_type_t type,
                struct stream_bytes *out)
{
    struct save_callbacks cb = {
        .suspend = on_suspend, .postcopy = on_postcopy, .checkpoint = on_checkpoint, .data = s};
    int fd = memfd_create("stream", MFD_CLOEXEC), rc;

    assert_true(fd >= 0);
    rc = xc_domain_save(XCH, fd, FROM, flags, &cb, type, -1);
    *out = (struct stream_bytes){.len = (size_t)lseek(fd, 0, SEEK_END)};
    out->data = malloc(out->len + 1);
    assert_int_equal(pread(fd, out->data, out->len, 0), (ssize_t)out->len);
    close(fd);
    return rc;
}

static int restore(const void *data, size_t len, xc_stream_type_t type, unsigned long *store,
                   unsigned long *console)
{
    fake_domain_new(1, TO)->hvm = fake.dom[0]->hvm;
    return fake_restore(TO, data, len, type, store, console);
}

static uint64_t entry(const struct fake_domain *d, uint64_t pfn, unsigned int i)
{
    return ((uint64_t *)fake_guest_frame(d, pfn))[i];
}

/* The guest in its new memory. */
static void check_guest(int suspends, unsigned long store, unsigned long console)
{
    struct fake_domain *d = fake.dom[1];
    const shared_info_x86_64_t *shared = fake_frame(d->shared_mfn);
    const start_info_x86_64_t *si = fake_guest_frame(d, PFN_START_INFO);
    char data[XC_PAGE_SIZE];

    for (unsigned int i = 0; i < NR_DATA; i++) {
        memset(data, i == 1 ? '0' + suspends : 'a' + (int)i, sizeof(data));
        assert_memory_equal(fake_guest_frame(d, PFN_DATA + i), data, sizeof(data));
    }
    for (unsigned int i = 0; i < 512; i++)
        assert_int_equal(entry(d, PFN_LIST, i), i < PFN_DATA + NR_DATA ? fake_mfn_of(d, i) : ~0ull);
    assert_int_equal(entry(d, PFN_L4, LIST_VADDR >> 39 & 511),
                     fake_mfn_of(d, PFN_L3) << XC_PAGE_SHIFT | 0x67);
    assert_int_equal(entry(d, PFN_L4, XEN_SLOT_FIRST), 0);
    assert_int_equal(entry(d, PFN_L1, 1), fake_mfn_of(d, PFN_DATA) << XC_PAGE_SHIFT | 0x67);
    assert_int_equal(entry(d, PFN_L1, 2), 0x1234500);
    assert_int_equal(d->nr_pins, 1);
    assert_int_equal(d->pin[0], fake_mfn_of(d, PFN_L4));
    assert_true(d->vcpu_set);
    assert_int_equal(d->vcpu.user_regs.rip, 0xffffffff81001234);
    assert_int_equal(d->vcpu.user_regs.rdx, fake_mfn_of(d, PFN_START_INFO));
    assert_int_equal(d->vcpu.ctrlreg[3], fake_mfn_of(d, PFN_L4) << XC_PAGE_SHIFT);
    assert_int_equal(d->vcpu.ctrlreg[1], fake_mfn_of(d, PFN_L4) << XC_PAGE_SHIFT);
    assert_int_equal(d->vcpu.gdt_frames[0], fake_mfn_of(d, PFN_GDT));
    assert_int_equal(si->store_mfn, fake_mfn_of(d, PFN_STORE));
    assert_int_equal(si->store_evtchn, 11);
    assert_int_equal(si->console.domU.mfn, fake_mfn_of(d, PFN_CONSOLE));
    assert_int_equal(si->console.domU.evtchn, 12);
    assert_int_equal(si->shared_info, d->shared_mfn << XC_PAGE_SHIFT);
    assert_int_equal(store, si->store_mfn);
    assert_int_equal(console, si->console.domU.mfn);
    assert_int_equal(d->seeded_store, store);
    assert_int_equal(d->seeded_console, console);
    assert_int_equal(shared->evtchn_pending[0], 0);
    assert_int_equal(shared->evtchn_mask[0], ~0ull);
    assert_int_equal(shared->vcpu_info[0].evtchn_pending_sel, 0);
    assert_int_equal(shared->arch.max_pfn, NR_PFNS);
    assert_int_equal(shared->arch.p2m_cr3, 0);
    assert_int_equal(d->tsc_ns, 1234567);
    assert_int_equal(d->cpuid_leaves, 2);
}

static void there_and_back(unsigned int flags, bool linear, struct script *s)
{
    unsigned long store = 0, console = 0;
    struct stream_bytes stream;

    fake_reset();
    fake_guest_new(0, FROM, linear);
    if (s->strange_table)
        ((uint64_t *)fake_guest_frame(fake.dom[0], PFN_L1))[5] = (MACHINE_FRAMES - 1) << 12 | 1;
    assert_int_equal(save(s, flags, XC_STREAM_PLAIN, &stream), 0);
    assert_int_equal(s->suspends, 1);
    assert_false(fake.dom[0]->logging);
    assert_int_equal(restore(stream.data, stream.len, XC_STREAM_PLAIN, &store, &console), 0);
    check_guest(1, store, console);
    free(stream.data);
}

static void test_plain(void **state)
{
    (void)state;
    there_and_back(0, true, &(struct script){0});
}

static void test_list_of_lists(void **state)
{
    (void)state;
    there_and_back(0, false, &(struct script){0});
}

static void test_live(void **state)
{
    (void)state;
    there_and_back(XCFLAGS_LIVE, true, &(struct script){0});
    there_and_back(XCFLAGS_LIVE | XCFLAGS_DEBUG, true, &(struct script){0});
}

static void test_live_table_in_motion(void **state)
{
    (void)state;
    there_and_back(XCFLAGS_LIVE, true, &(struct script){.strange_table = true});
}

static void save_refused(unsigned int flags, struct script *s)
{
    struct stream_bytes stream;

    assert_int_equal(save(s, flags, XC_STREAM_PLAIN, &stream), -1);
    assert_false(fake.dom[0]->logging);
    free(stream.data);
}

static void test_save_refused(void **state)
{
    (void)state;
    fake_reset();
    fake_guest_new(0, FROM, true);
    save_refused(XCFLAGS_LIVE, &(struct script){.refuse = true});
    save_refused(0, &(struct script){.refuse = true});
    fake.no_log = true;
    save_refused(XCFLAGS_LIVE, &(struct script){0});
    fake.no_log = false;
    /* Guests that lie about their memory. */
    ((shared_info_x86_64_t *)fake_frame(fake.dom[0]->shared_mfn))->arch.max_pfn = 0;
    save_refused(0, &(struct script){0});
    ((shared_info_x86_64_t *)fake_frame(fake.dom[0]->shared_mfn))->arch.max_pfn = 1ull << 40;
    save_refused(0, &(struct script){0});
    ((shared_info_x86_64_t *)fake_frame(fake.dom[0]->shared_mfn))->arch.max_pfn = NR_PFNS;
    ((shared_info_x86_64_t *)fake_frame(fake.dom[0]->shared_mfn))->arch.p2m_vaddr += 1 << 21;
    save_refused(0, &(struct script){0});
}

static struct stream_bytes recorded(unsigned int flags, xc_stream_type_t type, struct script *s)
{
    struct stream_bytes stream;

    fake_reset();
    fake_guest_new(0, FROM, true);
    assert_int_equal(save(s, flags, type, &stream), 0);
    return stream;
}

static struct stream_bytes recorded_hvm(unsigned int flags, xc_stream_type_t type)
{
    struct stream_bytes stream;

    fake_reset();
    fake_hvm_new(0, FROM);
    assert_int_equal(save(&(struct script){.checkpoints = 2}, flags, type, &stream), 0);
    return stream;
}

static void check_hvm(int suspends, unsigned long store, unsigned long console)
{
    struct fake_domain *d = fake.dom[1];
    char data[XC_PAGE_SIZE] = "";

    for (unsigned int i = 0; i < NR_DATA; i++) {
        memset(data, i == 1 ? '0' + suspends : 'a' + (int)i, sizeof(data));
        assert_memory_equal(fake_guest_frame(d, PFN_DATA + i), data, sizeof(data));
    }
    memset(data, 0, sizeof(data));
    assert_memory_equal(fake_guest_frame(d, PFN_LIST), data, sizeof(data));
    assert_int_equal(store, PFN_STORE);
    assert_int_equal(console, PFN_CONSOLE);
    assert_int_equal(d->seeded_store, PFN_STORE);
    assert_int_equal(d->seeded_console, PFN_CONSOLE);
    assert_int_equal(d->param[HVM_PARAM_CALLBACK_IRQ], 0x1234);
    assert_int_equal(d->param[HVM_PARAM_STORE_EVTCHN], 11);
    assert_int_equal(d->param[HVM_PARAM_CONSOLE_EVTCHN], 12);
    assert_true(d->context_set);
    assert_memory_equal(d->context, fake.dom[0]->context, sizeof(d->context));
    assert_int_equal(d->tsc_ns, 1234567);
    assert_int_equal(d->cpuid_leaves, 2);
}

static void test_hvm(void **state)
{
    static const unsigned int flags[] = {0, XCFLAGS_LIVE, XCFLAGS_LIVE | XCFLAGS_DEBUG};
    unsigned long store = 0, console = 0;

    (void)state;
    for (unsigned int i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        struct stream_bytes stream = recorded_hvm(flags[i], XC_STREAM_PLAIN);

        /* What the old device model has left in its ring does not go with it. */
        assert_int_equal(restore(stream.data, stream.len, XC_STREAM_PLAIN, &store, &console), 0);
        check_hvm(1, store, console);
        free(stream.data);
    }
}

/* What a failed restore has made, libxl destroys; here nobody else needs the frames. */
static void forget_copy(void)
{
    struct fake_domain *d = fake.dom[1];

    for (unsigned int i = 0; i < MACHINE_FRAMES / 64; i++)
        fake.used[i] &= ~d->owned[i];
    free(d);
    fake.dom[1] = NULL;
}

/* Every byte of all but the pages' contents, of which these are enough. */
static size_t next_place(const struct stream_bytes *stream, size_t i)
{
    size_t at = sizeof(struct stream_header) + sizeof(struct stream_domain), end;
    struct record_header h;

    for (; at < stream->len; at = end) {
        memcpy(&h, stream->data + at, sizeof(h));
        end = at + sizeof(h) + ((h.length + 7) & ~7u);
        if (h.type == RECORD_PAGE_DATA && i > at + 256 && i + 509 < end)
            return i + 509;
        if (i < end)
            break;
    }
    return i + 1;
}

static void truncate_all(struct stream_bytes stream)
{
    unsigned long store, console;

    for (size_t len = 0; len < stream.len; len = next_place(&stream, len)) {
        fake.messages = 0;
        assert_int_equal(restore(stream.data, len, XC_STREAM_PLAIN, &store, &console), -1);
        assert_true(fake.messages > 0);
        forget_copy();
    }
    free(stream.data);
}

static void test_truncated(void **state)
{
    (void)state;
    truncate_all(recorded(0, XC_STREAM_PLAIN, &(struct script){0}));
    truncate_all(recorded_hvm(0, XC_STREAM_PLAIN));
}

/* The line is cut after @len bytes: what is sealed does not grow. */
static int save_cut(struct script *s, size_t len)
{
    struct save_callbacks cb = {.suspend = on_suspend, .data = s};
    int fd = memfd_create("stream", MFD_CLOEXEC | MFD_ALLOW_SEALING), rc;

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)len), 0);
    assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), 0);
    rc = xc_domain_save(XCH, fd, FROM, XCFLAGS_LIVE, &cb, XC_STREAM_PLAIN, -1);
    close(fd);
    return rc;
}

static void test_sender_cut(void **state)
{
    struct stream_bytes stream = recorded(XCFLAGS_LIVE, XC_STREAM_PLAIN, &(struct script){0});

    (void)state;
    for (size_t len = 0; len < stream.len; len += 97) {
        fake.dom[0]->suspended = false;
        fake.messages = 0;
        assert_int_equal(save_cut(&(struct script){0}, len), -1);
        assert_true(fake.messages > 0);
        assert_false(fake.dom[0]->logging);
    }
    free(stream.data);
}

/* What a byte may be instead: one bit of it turned, the ends of its range, all bits turned. */
static uint8_t changed(uint8_t was, unsigned int how, size_t at)
{
    const uint8_t to[] = {was ^ (uint8_t)(1 << (at * 7 % 8)), 0xff, 0, (uint8_t)~was};

    return to[how];
}

/* Any answer will do, but for a fault; and no without a message. */
static void change_all(struct stream_bytes stream, xc_stream_type_t type, unsigned int ways)
{
    unsigned long store, console;
    size_t refused = 0;

    for (size_t i = 0; i < stream.len; i = next_place(&stream, i)) {
        char was = stream.data[i];

        for (unsigned int how = 0; how < ways; how++) {
            stream.data[i] = (char)changed((uint8_t)was, how, i);
            fake.messages = 0;
            if (restore(stream.data, stream.len, type, &store, &console)) {
                refused++;
                assert_true(fake.messages > 0);
            }
            forget_copy();
        }
        stream.data[i] = was;
    }
    assert_true(refused > 100);
    free(stream.data);
}

static void test_changed(void **state)
{
    (void)state;
    change_all(recorded(0, XC_STREAM_PLAIN, &(struct script){0}), XC_STREAM_PLAIN, 2);
    change_all(recorded_hvm(0, XC_STREAM_PLAIN), XC_STREAM_PLAIN, 4);
    change_all(recorded_hvm(XCFLAGS_LIVE, XC_STREAM_REMUS), XC_STREAM_REMUS, 4);
}

/* A stream of checkpoints that ends anywhere after the first is the guest of the last whole one. */
static void test_checkpoints(void **state)
{
    struct script s = {.checkpoints = 3};
    struct stream_bytes stream = recorded(XCFLAGS_LIVE, XC_STREAM_REMUS, &s);
    unsigned long store, console;
    int seen = 0;

    (void)state;
    assert_int_equal(restore(stream.data, stream.len, XC_STREAM_REMUS, &store, &console), 0);
    check_guest(3, store, console);
    forget_copy();
    for (size_t len = stream.len - 1; len > 0; len -= 16) {
        int rc = restore(stream.data, len, XC_STREAM_REMUS, &store, &console);

        if (!rc) {
            const char *data = fake_guest_frame(fake.dom[1], PFN_DATA + 1);

            assert_in_range(*data, '1', '3');
            check_guest(*data - '0', store, console);
            seen |= 1 << (*data - '0');
        }
        forget_copy();
        if (rc || len < 16)
            break;
    }
    assert_int_equal(seen, 1 << 1 | 1 << 2 | 1 << 3);
    /* Whoever does not expect checkpoints refuses them. */
    assert_int_equal(restore(stream.data, stream.len, XC_STREAM_PLAIN, &store, &console), -1);
    forget_copy();
    free(stream.data);
}

/* A core dump has the guest's pages where its list says. */
static void test_core(void **state)
{
    char path[] = "/tmp/core-XXXXXX";
    int fd = mkstemp(path);
    struct fake_domain *d;
    Elf64_Shdr s[7];
    Elf64_Ehdr e;

    (void)state;
    assert_true(fd >= 0);
    fake_reset();
    d = fake_guest_new(0, FROM, true);
    assert_int_equal(xc_domain_dumpcore(XCH, FROM, path), 0);
    assert_int_equal(pread(fd, &e, sizeof(e), 0), sizeof(e));
    assert_memory_equal(e.e_ident, ELFMAG, SELFMAG);
    assert_int_equal(e.e_type, ET_CORE);
    assert_int_equal(e.e_shnum, 7);
    assert_int_equal(pread(fd, s, sizeof(s), (off_t)e.e_shoff), sizeof(s));
    assert_int_equal(s[6].sh_size, (PFN_DATA + NR_DATA) * XC_PAGE_SIZE);
    assert_int_equal(lseek(fd, 0, SEEK_END), s[6].sh_offset + s[6].sh_size);
    for (uint64_t i = 0; i < s[6].sh_size / XC_PAGE_SIZE; i++) {
        char page[XC_PAGE_SIZE];
        uint64_t frame[2];

        assert_int_equal(pread(fd, frame, sizeof(frame), (off_t)(s[5].sh_offset + i * 16)), 16);
        assert_int_equal(pread(fd, page, sizeof(page), (off_t)(s[6].sh_offset + i * sizeof(page))),
                         sizeof(page));
        assert_int_equal(frame[1], fake_mfn_of(d, frame[0]));
        assert_memory_equal(page, fake_frame(frame[1]), sizeof(page));
    }
    close(fd);
    unlink(path);
}

/*
 * A sender whose guest runs says of a page that it is not there, in the same breath as it sends a
 * table that maps it, and sends the page later.
 */
static void test_not_there_yet(void **state)
{
    struct stream_bytes stream = recorded(0, XC_STREAM_PLAIN, &(struct script){0});
    size_t at = sizeof(struct stream_header) + sizeof(struct stream_domain), len;
    struct {
        struct record_header head;
        struct record_pages pages;
        uint64_t word[2];
        uint64_t table[XC_PAGE_SIZE / 8];
    } early = {
        .head = {RECORD_PAGE_DATA, sizeof(early) - sizeof(early.head)},
        .pages = {.count = 2},
        .word = {PFN_L1 | 1ull << PAGES_TYPE_SHIFT,
                 PFN_DATA | (uint64_t)FRAME_NONE << PAGES_TYPE_SHIFT},
        .table = {[1] = PFN_DATA << XC_PAGE_SHIFT | 0x67},
    };
    unsigned long store, console;
    struct record_header h;
    char *both;

    (void)state;
    for (;;) {
        memcpy(&h, stream.data + at, sizeof(h));
        if (h.type == RECORD_PAGE_DATA)
            break;
        at += sizeof(h) + ((h.length + 7) & ~7u);
    }
    len = stream.len + sizeof(early);
    both = malloc(len);
    memcpy(both, stream.data, at);
    memcpy(both + at, &early, sizeof(early));
    memcpy(both + at + sizeof(early), stream.data + at, stream.len - at);
    assert_int_equal(restore(both, len, XC_STREAM_PLAIN, &store, &console), 0);
    check_guest(1, store, console);
    free(both);
    free(stream.data);
}

static int open_fake(void **state)
{
    (void)state;
    fake_open();
    return 0;
}

static int close_fake(void **state)
{
    (void)state;
    fake_close();
    return 0;
}

/* A stream for the fuzzer to begin with, or for others to check. */
static int record(const char *path, const char *how)
{
    bool remus = !strcmp(how, "remus");
    unsigned int flags = strcmp(how, "plain") ? XCFLAGS_LIVE : 0;
    struct stream_bytes stream;
    FILE *f = fopen(path, "wb");
    int failed;

    if (!strcmp(how, "debug"))
        flags |= XCFLAGS_DEBUG;
    fake_open();
    stream = recorded(flags, remus ? XC_STREAM_REMUS : XC_STREAM_PLAIN,
                      &(struct script){.checkpoints = 2});
    failed = !f || fwrite(stream.data, stream.len, 1, f) != 1 || fclose(f);
    free(stream.data);
    return failed;
}

/* A number in a stream costs no memory, however high it is; what has memory costs a chunk. */
static void test_far_frames(void **state)
{
    struct restore r = {.xch = XCH};
    struct rusage before, after;
    uint64_t last = (1ull << 32) - 1, found = 0;

    (void)state;
    getrusage(RUSAGE_SELF, &before);
    assert_int_equal(restore_room(&r, 1), 0);
    assert_int_equal(frame_set_type(&r, 0, FRAME_PLAIN), 0);
    frame_set_maps(&r, 0, 5);
    assert_int_equal(restore_room(&r, last + 1), 0);
    assert_int_equal(restore_room(&r, last + 2), -1);
    assert_int_equal(frame_set_type(&r, last, FRAME_NONE), 0);
    assert_int_equal(frame_next(&r, 512), last + 1);
    assert_int_equal(frame_set_type(&r, last, FRAME_L1), 0);
    frame_set_maps(&r, last, 7);
    for (uint64_t pfn = frame_next(&r, 0); pfn < r.nr_pfns; pfn = frame_next(&r, pfn + 1))
        found += frame_maps(&r, pfn) != NO_FRAME;
    assert_int_equal(found, 2);
    assert_int_equal(frame_maps(&r, 0), 5);
    assert_int_equal(frame_maps(&r, last), 7);
    assert_int_equal(frame_maps(&r, last + 1), NO_FRAME);
    assert_int_equal(frame_type(&r, last), FRAME_L1);
    assert_int_equal(frame_type(&r, last / 2), FRAME_NONE);
    restore_frames_free(&r);
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss < 100 << 10);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),        cmocka_unit_test(test_list_of_lists),
        cmocka_unit_test(test_live),         cmocka_unit_test(test_live_table_in_motion),
        cmocka_unit_test(test_save_refused), cmocka_unit_test(test_checkpoints),
        cmocka_unit_test(test_core),         cmocka_unit_test(test_not_there_yet),
        cmocka_unit_test(test_truncated),    cmocka_unit_test(test_changed),
        cmocka_unit_test(test_sender_cut),   cmocka_unit_test(test_far_frames),
        cmocka_unit_test(test_hvm),
    };

    if (argc >= 3 && !strcmp(argv[1], "record"))
        return record(argv[2], argc > 3 ? argv[3] : "plain");
    return cmocka_run_group_tests(tests, open_fake, close_fake);
}
