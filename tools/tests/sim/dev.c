/* SPDX-License-Identifier: MIT */
/*
 * libxensim: the devices /dev/xen/{privcmd,evtchn,gntdev} of a process whose "machine" is xen-sim.
 * Test builds (SIM=y) link everything so that open(), close(), execv(), ioctl(), mmap() and
 * munmap() come here first; what is not of these devices goes on to the C library. The socket's
 * name is in $XEN_SIM. See xen/arch/sim/server_abi.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "sysdep/xendev.h"

#include "../../../xen/arch/sim/server_abi.h"

#define PAGE_BYTES 4096u

int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_ioctl(int fd, unsigned long request, ...);
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off);
int __wrap_munmap(void *addr, size_t len);
long __wrap_syscall(long nr, ...);
int __wrap_execv(const char *path, char *const argv[]);

/* An open device. It outlives its descriptor as long as something is mapped, as the kernel's do. */
struct device {
    struct device *next;
    enum sim_device kind;
    int fd;   /* the caller's; -1: closed */
    int conn; /* requests and replies */
    ino_t ino;
    unsigned int regions;
    pid_t pid; /* of who opened it */
};

/* What mmap() gave out, and what is mapped there. */
struct region {
    struct region *next;
    struct device *dev;
    char *addr;
    size_t len;
    int prot;
    uint64_t index; /* gntdev: the set's */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct device *devices;
static struct region *regions;

static int connect_server(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const char *path = getenv("XEN_SIM");
    int fd;

    if (!path || strlen(path) >= sizeof(at.sun_path)) {
        errno = ENOENT;
        return -1;
    }
    strcpy(at.sun_path, path);
    fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at))) {
        close(fd);
        return -1;
    }
    /* Where the kernel asks, the server may look at our memory. */
    (void)prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    return fd;
}

static int receive(int conn, struct sim_reply *reply, int *fd)
{
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec iov = {reply, sizeof(*reply)};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = &control,
                         .msg_controllen = sizeof(control)};
    struct cmsghdr *cm;
    ssize_t n;

    do {
        n = recvmsg(conn, &msg, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (n != sizeof(*reply)) {
        errno = EIO;
        return -1;
    }
    cm = CMSG_FIRSTHDR(&msg);
    if (fd && cm && cm->cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(cm), sizeof(*fd));
    return 0;
}

/* The result, or -1 with errno. With the lock held: a request and its reply are one. */
static long ask(int conn, uint32_t kind, uint64_t a, uint64_t b, uint64_t c, int *fd)
{
    struct sim_message m = {.kind = kind, .pid = (uint32_t)getpid(), .a = a, .b = b, .c = c};
    struct sim_reply reply;

    if (send(conn, &m, sizeof(m), MSG_NOSIGNAL) != sizeof(m)) {
        errno = EIO;
        return -1;
    }
    if (receive(conn, &reply, fd))
        return -1;
    if (reply.result < 0 && reply.result > -4096) {
        errno = (int)-reply.result;
        return -1;
    }
    return reply.result;
}

static int device_kind(const char *path)
{
    static const char *const names[SIM_DEVICES] = {
        [SIM_PRIVCMD] = "/dev/xen/privcmd",
        [SIM_EVTCHN] = "/dev/xen/evtchn",
        [SIM_GNTDEV] = "/dev/xen/gntdev",
    };

    for (int i = 0; i < SIM_DEVICES; i++)
        if (!strcmp(path, names[i]))
            return i;
    return -1;
}

static int device_open(enum sim_device kind, int flags)
{
    struct device *d = calloc(1, sizeof(*d));
    struct stat st;
    int saved;

    if (!d)
        return -1;
    d->kind = kind;
    d->fd = -1;
    d->pid = getpid();
    d->conn = connect_server();
    if (d->conn < 0 || ask(d->conn, SIM_OPEN, kind, 0, 0, &d->fd) < 0 || d->fd < 0 ||
        fstat(d->fd, &st))
        goto fail;
    d->ino = st.st_ino;
    if (!(flags & O_CLOEXEC))
        (void)fcntl(d->fd, F_SETFD, 0);
    d->next = devices;
    devices = d;
    return d->fd;
fail:
    saved = errno;
    if (d->conn >= 0)
        close(d->conn);
    free(d);
    errno = saved;
    return -1;
}

/*
 * A device whose descriptor stays open over execv() is one in the next program too, which learns of
 * it, and of the connection behind it, from the environment.
 */
#define KEPT_DEVICES "XEN_SIM_KEPT"
#define KEPT_ROOM    128

static void keep_conns(bool kept, char *text)
{
    size_t used = 0;

    text[0] = '\0';
    for (struct device *d = devices; d; d = d->next) {
        if (d->fd < 0 || d->pid != getpid() || fcntl(d->fd, F_GETFD) & FD_CLOEXEC)
            continue;
        (void)fcntl(d->conn, F_SETFD, kept ? 0 : FD_CLOEXEC);
        if (used < KEPT_ROOM)
            used += (size_t)snprintf(text + used, KEPT_ROOM - used, "%d %d %d ", (int)d->kind,
                                     d->fd, d->conn);
    }
}

int __wrap_execv(const char *path, char *const argv[])
{
    char text[KEPT_ROOM];
    int saved;

    pthread_mutex_lock(&lock);
    keep_conns(true, text);
    if (text[0])
        setenv(KEPT_DEVICES, text, 1);
    (void)execv(path, argv);
    saved = errno;
    unsetenv(KEPT_DEVICES);
    keep_conns(false, text);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return -1;
}

static void adopt_device(enum sim_device kind, int fd, int conn)
{
    struct device *d = calloc(1, sizeof(*d));
    struct stat st;

    if (!d || fstat(fd, &st)) {
        free(d);
        return;
    }
    *d = (struct device){
        .next = devices, .kind = kind, .fd = fd, .conn = conn, .ino = st.st_ino, .pid = getpid()};
    devices = d;
    (void)fcntl(conn, F_SETFD, FD_CLOEXEC);
    (void)prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
}

__attribute__((constructor)) static void adopt_devices(void)
{
    const char *text = getenv(KEPT_DEVICES);
    int kind, fd, conn, len;

    while (text && sscanf(text, "%d %d %d %n", &kind, &fd, &conn, &len) == 3) {
        adopt_device((enum sim_device)kind, fd, conn);
        text += len;
    }
    unsetenv(KEPT_DEVICES);
}

/* Not where another file has been put in its place (by dup2, to restrict it). */
static struct device *find_device(int fd)
{
    struct stat st;
    struct device *d = devices;

    while (d && d->fd != fd)
        d = d->next;
    return d && fd >= 0 && !fstat(fd, &st) && st.st_ino == d->ino ? d : NULL;
}

static void device_free_if_unused(struct device *d)
{
    struct device **at = &devices;

    if (d->fd >= 0 || d->regions)
        return;
    while (*at != d)
        at = &(*at)->next;
    *at = d->next;
    close(d->conn);
    free(d);
}

int __wrap_open(const char *path, int flags, ...)
{
    int kind = device_kind(path), fd;
    mode_t mode;
    va_list ap;

    if (kind < 0) {
        va_start(ap, flags);
        mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
        va_end(ap);
        return open(path, flags, mode);
    }
    pthread_mutex_lock(&lock);
    fd = device_open((enum sim_device)kind, flags);
    pthread_mutex_unlock(&lock);
    return fd;
}

int __wrap_close(int fd)
{
    struct device *d;

    pthread_mutex_lock(&lock);
    for (d = devices; d && d->fd != fd; d = d->next)
        continue;
    if (d && fd >= 0) {
        d->fd = -1;
        device_free_if_unused(d);
    }
    pthread_mutex_unlock(&lock);
    return close(fd);
}

static struct region *find_region(const void *addr)
{
    struct region *r = regions;
    const char *p = addr;

    while (r && (p < r->addr || p >= r->addr + r->len))
        r = r->next;
    return r;
}

/* Frame i of the machine's memory at page i, ~0: nothing. One mapping for each run of frames. */
static int map_frames(const struct region *r, char *at, const uint64_t *frame, size_t nr)
{
    size_t run;

    for (size_t i = 0; i < nr; i += run) {
        for (run = 1; i + run < nr && frame[i] != UINT64_MAX && frame[i + run] == frame[i] + run;)
            run++;
        if (frame[i] != UINT64_MAX &&
            mmap(at + i * PAGE_BYTES, run * PAGE_BYTES, r->prot, MAP_SHARED | MAP_FIXED, r->dev->fd,
                 (off_t)(frame[i] * PAGE_BYTES)) == MAP_FAILED)
            return -1;
    }
    return 0;
}

static int ioctl_mapping(struct device *d, unsigned long request, void *arg, uint64_t addr,
                         size_t nr)
{
    struct region *r = find_region((void *)(uintptr_t)addr);
    uint64_t *frame;
    int rc;

    if (!r || r->dev != d ||
        nr > (r->len - (size_t)((char *)(uintptr_t)addr - r->addr)) / PAGE_BYTES) {
        errno = EINVAL;
        return -1;
    }
    frame = malloc(nr * sizeof(*frame));
    if (!frame)
        return -1;
    rc = (int)ask(d->conn, SIM_IOCTL, request, (uintptr_t)arg, (uintptr_t)frame, NULL);
    if (!rc)
        rc = map_frames(r, (char *)(uintptr_t)addr, frame, nr);
    free(frame);
    return rc;
}

static int lookup_grant(struct dev_grant_lookup *arg)
{
    struct region *r = find_region((void *)(uintptr_t)arg->vaddr);

    if (!r || r->dev->kind != SIM_GNTDEV || (uintptr_t)r->addr != arg->vaddr) {
        errno = EINVAL;
        return -1;
    }
    arg->offset = r->index;
    arg->count = (uint32_t)(r->len / PAGE_BYTES);
    return 0;
}

static long device_ioctl(struct device *d, unsigned long request, void *arg)
{
    const struct dev_map_batch *batch = arg;
    const struct dev_map_resource *res = arg;

    if (d->kind == SIM_PRIVCMD && request == DEV_PRIVCMD_MAP_BATCH)
        return ioctl_mapping(d, request, arg, batch->addr, batch->num);
    if (d->kind == SIM_PRIVCMD && request == DEV_PRIVCMD_MAP_RESOURCE && res->num)
        return ioctl_mapping(d, request, arg, res->addr, res->num);
    if (d->kind == SIM_GNTDEV && request == DEV_GNTDEV_LOOKUP)
        return lookup_grant(arg);
    return ask(d->conn, SIM_IOCTL, request, (uintptr_t)arg, 0, NULL);
}

/* False: not one of ours. */
static bool try_ioctl(int fd, unsigned long request, void *arg, long *rc)
{
    struct device *d;

    pthread_mutex_lock(&lock);
    d = find_device(fd);
    if (d)
        *rc = device_ioctl(d, request, arg);
    pthread_mutex_unlock(&lock);
    return d;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
    void *arg;
    va_list ap;
    long rc;

    va_start(ap, request);
    arg = va_arg(ap, void *);
    va_end(ap);
    return try_ioctl(fd, request, arg, &rc) ? (int)rc : ioctl(fd, request, arg);
}

/* libxencall asks the kernel directly where a result is longer than an int. */
long __wrap_syscall(long nr, ...)
{
    unsigned long a[6];
    va_list ap;
    long rc;

    va_start(ap, nr);
    for (unsigned int i = 0; i < 6; i++)
        a[i] = va_arg(ap, unsigned long);
    va_end(ap);
    if (nr == SYS_ioctl && try_ioctl((int)a[0], a[1], (void *)a[2], &rc))
        return rc;
    return syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static int map_grants(struct region *r)
{
    size_t nr = r->len / PAGE_BYTES;
    uint64_t *frame = malloc(nr * sizeof(*frame));
    int rc = -1;

    if (frame && !ask(r->dev->conn, SIM_GNT_MMAP, r->index, nr, (uintptr_t)frame, NULL))
        rc = map_frames(r, r->addr, frame, nr);
    free(frame);
    return rc;
}

/* Room for frames, which ioctl() then maps; grants are there at once. */
static void *device_mmap(struct device *d, void *addr, size_t len, int prot, off_t off)
{
    struct region *r;
    void *p;

    if (d->kind == SIM_EVTCHN || len % PAGE_BYTES) {
        errno = ENODEV;
        return MAP_FAILED;
    }
    r = calloc(1, sizeof(*r));
    if (!r)
        return MAP_FAILED;
    p = mmap(addr, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) {
        free(r);
        return p;
    }
    *r = (struct region){.dev = d, .addr = p, .len = len, .prot = prot, .index = (uint64_t)off};
    if (d->kind == SIM_GNTDEV && map_grants(r)) {
        munmap(p, len);
        free(r);
        return MAP_FAILED;
    }
    r->next = regions;
    regions = r;
    d->regions++;
    return p;
}

void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
    struct device *d;
    void *p = MAP_FAILED;

    if (fd < 0)
        return mmap(addr, len, prot, flags, fd, off);
    pthread_mutex_lock(&lock);
    d = find_device(fd);
    if (d)
        p = device_mmap(d, addr, len, prot, off);
    pthread_mutex_unlock(&lock);
    return d ? p : mmap(addr, len, prot, flags, fd, off);
}

static void region_free(struct region *r)
{
    struct region **at = &regions;

    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    r->dev->regions--;
    device_free_if_unused(r->dev);
    free(r);
}

/* Part of a region: its rest stays what it is. False: no room to remember that. */
static bool region_cut(struct region *r, char *from, char *to)
{
    char *end = r->addr + r->len;
    struct region *tail;

    if (from > r->addr && to < end) {
        tail = malloc(sizeof(*tail));
        if (!tail)
            return false;
        *tail = *r;
        tail->addr = to;
        tail->len = (size_t)(end - to);
        tail->next = regions;
        regions = tail;
        r->dev->regions++;
    }
    if (from > r->addr) {
        r->len = (size_t)(from - r->addr);
    } else if (to < end) {
        r->len = (size_t)(end - to);
        r->addr = to;
    } else {
        region_free(r);
    }
    return true;
}

/* The frames are unmapped before the server lets go of them, and can give them to others. */
static int region_unmap(struct region *r, char *from, size_t len)
{
    struct device *d = r->dev;
    int rc = munmap(from, len);

    if (!rc && d->pid == getpid() && d->kind == SIM_PRIVCMD)
        rc = (int)ask(d->conn, SIM_MUNMAP, (uintptr_t)from, len, 0, NULL);
    if (!rc && !region_cut(r, from, from + len))
        rc = -1;
    return rc;
}

int __wrap_munmap(void *addr, size_t len)
{
    struct region *r;
    int rc = 0;

    len = (len + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    pthread_mutex_lock(&lock);
    r = find_region(addr);
    if (r && (char *)addr + len <= r->addr + r->len)
        rc = region_unmap(r, addr, len);
    else
        r = NULL;
    pthread_mutex_unlock(&lock);
    return r ? rc : munmap(addr, len);
}
