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
    bool is = !name || name_ends(name, "--incoming");

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

void receive_record(const libxl_uuid *uuid, bool started)
{
    char *path = record_path(uuid);
    int fd = -1;

    if (!started)
        unlink(path);
    else if ((mkdir(STARTED_DIR, 0700) && errno != EEXIST) ||
             (fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) < 0)
        perror(path);
    if (fd >= 0)
        close(fd);
    free(path);
}

static bool is_recorded(const libxl_uuid *uuid)
{
    char *path = record_path(uuid);
    bool is = !access(path, F_OK);

    free(path);
    return is;
}

void receive_begin(const libxl_uuid *uuid)
{
    if (!receiver_lock(uuid))
        return;
    destroy_left(uuid);
    receive_record(uuid, false);
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
static const char *outcome_of(const libxl_uuid *uuid)
{
    bool started = false;
    struct copies now;

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
    return started || is_recorded(uuid) ? OUTCOME_STARTED : OUTCOME_GONE;
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
        outcome = outcome_of(&uuid);
        if (outcome) {
            puts(outcome);
            return EXIT_OK;
        }
        if (receiver_lock(&uuid)) {
            destroy_left(&uuid);
            receive_over();
        }
        usleep(OUTCOME_WAIT_US);
    }
    fprintf(stderr, "the domain is still on its way\n");
    return EXIT_BAD;
}
