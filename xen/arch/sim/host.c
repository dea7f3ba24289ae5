/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <asm/host.h>
#include <asm/server.h>

#define PAGE 4096UL

static int ram_fd = -1;

/* The end of the console's output, shown where the process dies. */
static char tail[4096];
static size_t tail_len;

void host_log(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        tail[tail_len++ % sizeof(tail)] = s[i];
}

/* Of coverage builds, which lose their counts in abort(). */
int __llvm_profile_write_file(void) __attribute__((weak));

void host_die(const char *why)
{
    size_t at = tail_len > sizeof(tail) ? tail_len - sizeof(tail) : 0;

    fflush(stdout);
    while (at < tail_len)
        fputc(tail[at++ % sizeof(tail)], stderr);
    fprintf(stderr, "sim: %s\n", why);
    if (__llvm_profile_write_file)
        __llvm_profile_write_file();
    abort();
}

void *host_reserve(size_t bytes)
{
    char *p =
        mmap(NULL, bytes + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (p == MAP_FAILED)
        host_die("no address space");
    return p + PAGE;
}

void host_make_private(void *at, size_t bytes)
{
    if (mmap(at, bytes, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED)
        host_die("no memory");
}

void host_make_ram(void *at, size_t bytes)
{
    if (ram_fd >= 0)
        close(ram_fd);
    ram_fd = memfd_create("sim-ram", MFD_CLOEXEC);
    if (ram_fd < 0 || ftruncate(ram_fd, (off_t)bytes))
        host_die("no memory file");
    if (mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, ram_fd, 0) == MAP_FAILED)
        host_die("no memory");
}

bool host_map_frame(void *at, uint64_t frame)
{
    return mmap(at, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, ram_fd,
                (off_t)(frame * PAGE)) != MAP_FAILED;
}

void host_unmap(void *at, size_t bytes)
{
    if (mmap(at, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1,
             0) == MAP_FAILED)
        host_die("unmapping fails");
}

void host_write(const char *s, size_t len)
{
    fwrite(s, 1, len, stdout);
}

void *host_alloc(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        host_die("no memory");
    return p;
}

void *host_malloc(size_t bytes)
{
    return calloc(1, bytes);
}

void host_free(void *p)
{
    free(p);
}

void host_flush(void)
{
    fflush(stdout);
}

int host_ram_fd(void)
{
    return ram_fd;
}

void host_yield(void)
{
    sched_yield();
}

void host_nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 20000}, NULL);
}

void host_sleep_ms(unsigned int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

uint64_t host_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void (*thread_fn)(unsigned int);

static void *thread_main(void *nr)
{
    thread_fn((unsigned int)(unsigned long)nr);
    return NULL;
}

void host_run_threads(unsigned int nr, void (*fn)(unsigned int), void (*meanwhile)(void))
{
    pthread_t t[64];

    thread_fn = fn;
    for (unsigned long i = 0; i < nr; i++)
        if (nr > 64 || pthread_create(&t[i], NULL, thread_main, (void *)i))
            host_die("no thread");
    meanwhile();
    for (unsigned int i = 0; i < nr; i++)
        pthread_join(t[i], NULL);
}
