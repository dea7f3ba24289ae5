/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "migrate_guard.h"
#include "xl.h"

#define GO_WAIT_MS      10000
#define OUTCOME_TRIES   600
#define OUTCOME_WAIT_US 100000

/* A receiver holds a byte of this file, by the domain's UUID; its death gives it back. */
#define RECEIVERS_FILE "/run/xen/xl-receivers"

static int receivers_fd = -1;

static bool receiver_lock(const libxl_uuid *uuid)
{
    struct flock byte = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    uint32_t at;

    memcpy(&at, libxl_uuid_bytearray_const(uuid), sizeof(at));
    byte.l_start = at;
    if (receivers_fd < 0)
        receivers_fd = open(RECEIVERS_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return receivers_fd >= 0 && !fcntl(receivers_fd, F_OFD_SETLK, &byte);
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

void receive_begin(const libxl_uuid *uuid)
{
    if (receiver_lock(uuid))
        destroy_left(uuid);
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

int receive_guard_hears(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int r;

    do {
        r = poll(&p, 1, GO_WAIT_MS);
    } while (r < 0 && errno == EINTR);
    return r > 0;
}

/* On its way, started, or neither. A copy that a sender here has put aside does not count. */
static const char *outcome_of(const libxl_uuid *uuid)
{
    const char *outcome = OUTCOME_GONE;
    struct copies now;

    copies_find(&now, uuid);
    for (unsigned int i = 0; i < now.nr; i++) {
        char *name;

        if (on_its_way(now.domid[i]))
            return NULL;
        name = libxl_domid_to_name(ctx, now.domid[i]);
        if (name && !name_ends(name, "--migratedaway"))
            outcome = OUTCOME_STARTED;
        free(name);
    }
    return outcome;
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
