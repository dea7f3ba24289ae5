/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "migrate_guard.h"
#include "xl.h"

#define OUTCOME_TRIES   900
#define OUTCOME_WAIT_US 100000

/* Who sends or receives a domain holds a byte of these, by its UUID; his death gives it back. */
#define RECEIVERS_FILE "/run/xen/xl-receivers"
#define SENDERS_FILE   "/run/xen/xl-senders"

#define STARTED_DIR "/var/lib/xen/xl-received"

static int receivers_fd = -1;

/* Its place in such a file, as far apart as can be from those of UUIDs that are counted up. */
static off_t byte_of(const libxl_uuid *uuid)
{
    const uint8_t *bytes = libxl_uuid_bytearray_const(uuid);
    uint64_t hash = 0xcbf29ce484222325;

    for (unsigned int i = 0; i < 16; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    return (off_t)(hash >> 2);
}

static int open_locks(const char *path)
{
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

static bool lock_byte(int fd, const libxl_uuid *uuid)
{
    struct flock byte = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte_of(uuid), .l_len = 1};

    return !fcntl(fd, F_OFD_SETLK, &byte);
}

bool send_begin(const libxl_uuid *uuid)
{
    int fd = open_locks(SENDERS_FILE);

    /* Held until the last process has ended that has it: worker and guard. */
    return fd < 0 || lock_byte(fd, uuid) || (errno != EAGAIN && errno != EACCES);
}

static bool receiver_lock(const libxl_uuid *uuid)
{
    if (receivers_fd < 0)
        receivers_fd = open_locks(RECEIVERS_FILE);
    return receivers_fd >= 0 && lock_byte(receivers_fd, uuid);
}

void receive_over(void)
{
    if (receivers_fd >= 0)
        close(receivers_fd);
    receivers_fd = -1;
}

/* Domains of one UUID. */
struct copies {
    uint32_t domid[64];
    unsigned int nr;
};

static void copies_find(struct copies *c, const libxl_uuid *uuid)
{
    int nr = 0;
    libxl_dominfo *list = libxl_list_domain(ctx, &nr);

    c->nr = 0;
    for (int i = 0; i < nr && c->nr < 64; i++)
        if (!libxl_uuid_compare(&list[i].uuid, uuid) && !list[i].dying)
            c->domid[c->nr++] = list[i].domid;
    libxl_dominfo_list_free(list, nr);
}

static bool copies_has(const struct copies *c, uint32_t domid)
{
    for (unsigned int i = 0; i < c->nr; i++)
        if (c->domid[i] == domid)
            return true;
    return false;
}

static bool name_ends(const char *name, const char *end)
{
    size_t len = strlen(name), n = strlen(end);

    return len >= n && !strcmp(name + len - n, end);
}

/* Being received; a receiver's domain has no name at first. */
static bool on_its_way(uint32_t domid)
{
    char *name = libxl_domid_to_name(ctx, domid);
    bool is = !name || name_ends(name, INCOMING);

    free(name);
    return is;
}

/* With the lock: what receivers have left that were killed with their guards. */
static void destroy_left(const libxl_uuid *uuid)
{
    struct copies now;

    copies_find(&now, uuid);
    for (unsigned int i = 0; i < now.nr; i++) {
        if (!on_its_way(now.domid[i]))
            continue;
        fprintf(stderr, "migration target: Domain %u has been left half received, destroying it.\n",
                now.domid[i]);
        libxl_domain_destroy(ctx, now.domid[i], NULL);
    }
}

static char *record_path(const libxl_uuid *uuid)
{
    char *path;

    if (asprintf(&path, STARTED_DIR "/" LIBXL_UUID_FMT, LIBXL_UUID_BYTES(*uuid)) < 0)
        path = NULL;
    return must_alloc(path);
}

static const char *const record_text[] = {
    [RECORD_STARTING] = "starting\n", [RECORD_STARTING_PAUSED] = "paused\n", [RECORD_STARTED] = ""};

/* As a whole or not at all: a file that is made and not yet filled would say something else. */
static bool record_write(const char *path, const char *text)
{
    size_t len = strlen(text);
    bool good = false;
    char *made;
    int fd;

    if (asprintf(&made, "%s.new", path) < 0)
        made = NULL;
    must_alloc(made);
    fd = open(made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0) {
        good = write(fd, text, len) == (ssize_t)len;
        close(fd);
    }
    good = good && !rename(made, path);
    free(made);
    return good;
}

void receive_record(const libxl_uuid *uuid, enum receive_record record)
{
    char *path = record_path(uuid);

    if (record == RECORD_NONE)
        unlink(path);
    else if ((mkdir(STARTED_DIR, 0700) && errno != EEXIST) ||
             !record_write(path, record_text[record]))
        perror(path);
    free(path);
}

static enum receive_record record_of(const libxl_uuid *uuid)
{
    enum receive_record record = RECORD_NONE;
    char *path = record_path(uuid), text[16] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    free(path);
    if (fd < 0)
        return RECORD_NONE;
    if (read(fd, text, sizeof(text) - 1) >= 0)
        for (record = RECORD_STARTED; record > RECORD_NONE; record--)
            if (!strcmp(text, record_text[record]))
                break;
    close(fd);
    return record;
}

static bool is_starting(enum receive_record record)
{
    return record == RECORD_STARTING || record == RECORD_STARTING_PAUSED;
}

int receive_unpause(uint32_t domid)
{
    libxl_dominfo info;
    int rc;

    libxl_dominfo_init(&info);
    rc = libxl_domain_info(ctx, &info, domid);
    if (!rc && info.paused)
        rc = libxl_domain_unpause(ctx, domid, NULL);
    libxl_dominfo_dispose(&info);
    return rc;
}

static int finish_copy(uint32_t domid, const char *name, bool paused)
{
    size_t len = strlen(name);
    char *final;
    int rc = 0;

    if (name_ends(name, INCOMING)) {
        final = must_alloc(strndup(name, len - strlen(INCOMING)));
        rc = libxl_domain_rename(ctx, domid, name, final);
        free(final);
    }
    return rc || paused ? rc : receive_unpause(domid);
}

/*
 * With the lock: what a receiver had begun. A copy that a sender here has put aside is not its. If
 * there is none, this host has gone down meanwhile, and the sender's is the last one.
 */
static void finish_start(const libxl_uuid *uuid, bool paused)
{
    unsigned int here = 0, failed = 0;
    struct copies now;

    copies_find(&now, uuid);
    for (unsigned int i = 0; i < now.nr; i++) {
        char *name = libxl_domid_to_name(ctx, now.domid[i]);

        if (name && !name_ends(name, ASIDE)) {
            fprintf(stderr,
                    "migration target: Domain %u has been left half started, starting it.\n",
                    now.domid[i]);
            here++;
            failed += !!finish_copy(now.domid[i], name, paused);
        }
        free(name);
    }
    if (!failed)
        receive_record(uuid, here ? RECORD_STARTED : RECORD_NONE);
}

/* With the lock, so that nobody goes on with it. */
static void settle_left(const libxl_uuid *uuid)
{
    enum receive_record record = record_of(uuid);

    if (is_starting(record))
        finish_start(uuid, record == RECORD_STARTING_PAUSED);
    else
        destroy_left(uuid);
}

void receive_begin(const libxl_uuid *uuid)
{
    if (!receiver_lock(uuid))
        return;
    destroy_left(uuid);
    receive_record(uuid, RECORD_NONE);
}

static void destroy_new(const struct copies *before, const libxl_uuid *uuid)
{
    struct copies now;

    copies_find(&now, uuid);
    for (unsigned int i = 0; i < now.nr; i++)
        if (!copies_has(before, now.domid[i]))
            libxl_domain_destroy(ctx, now.domid[i], NULL);
}

static pid_t fork_worker(void)
{
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child < 0) {
        perror("fork");
        exit(EXIT_BAD);
    }
    if (child == 0)
        ctx_reopen_after_fork();
    return child;
}

static int wait_for(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            exit(EXIT_BAD);
    return status;
}

enum receive_phase receive_guard(struct receive_guard **guard, const libxl_uuid *uuid)
{
    struct receive_guard *g =
        mmap(NULL, sizeof(*g), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    enum receive_phase phase;
    struct copies before;
    pid_t child;
    int status;

    if (g == MAP_FAILED) {
        perror("mmap");
        exit(EXIT_BAD);
    }
    *guard = g;
    copies_find(&before, uuid);
    child = fork_worker();
    if (child == 0)
        return RECEIVING;
    status = wait_for(child);
    if (WIFEXITED(status))
        _exit(WEXITSTATUS(status));
    phase = __atomic_load_n(&g->phase, __ATOMIC_ACQUIRE);
    fprintf(stderr, "migration target: the receiving process was killed (signal %d).\n",
            WTERMSIG(status));
    if (phase >= READY_TOLD && phase < RESULT_TOLD)
        return phase;
    if (phase == RECEIVING) {
        fprintf(stderr, "migration target: Failure, destroying our copy.\n");
        destroy_new(&before, uuid);
    }
    _exit(phase == RECEIVING ? EXIT_BAD : EXIT_OK);
}

void receive_guard_set(struct receive_guard *guard, enum receive_phase phase)
{
    if (guard)
        __atomic_store_n(&guard->phase, phase, __ATOMIC_RELEASE);
}

/* NULL: on its way. A copy that a sender here has put aside does not count. */
static const char *outcome_of(const libxl_uuid *uuid, enum receive_record record)
{
    bool started = record == RECORD_STARTED;
    struct copies now;

    if (is_starting(record))
        return NULL;
    copies_find(&now, uuid);
    for (unsigned int i = 0; i < now.nr; i++) {
        char *name;

        if (on_its_way(now.domid[i]))
            return NULL;
        name = libxl_domid_to_name(ctx, now.domid[i]);
        if (name && !name_ends(name, ASIDE))
            started = true;
        free(name);
    }
    return started ? OUTCOME_STARTED : OUTCOME_GONE;
}

int outcome_tell(const char *text)
{
    const char *outcome;
    libxl_uuid uuid;

    if (libxl_uuid_from_string(&uuid, text)) {
        fprintf(stderr, "%s is no UUID\n", text);
        return EXIT_USAGE;
    }
    for (unsigned int i = 0; i < OUTCOME_TRIES; i++) {
        outcome = outcome_of(&uuid, record_of(&uuid));
        if (outcome) {
            puts(outcome);
            return EXIT_OK;
        }
        if (receiver_lock(&uuid)) {
            settle_left(&uuid);
            receive_over();
        }
        usleep(OUTCOME_WAIT_US);
    }
    fprintf(stderr, "the domain is still on its way\n");
    return EXIT_BAD;
}
