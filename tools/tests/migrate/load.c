/* SPDX-License-Identifier: MIT */
/*
 * load DEVICE MEGABYTES: what a guest does while it is moved. It writes memory and a disk without
 * an end, and looks whether each write is still there: a page of memory when its turn comes again,
 * a block at random. Block 0 (struct head) says how far it is, and what it found; nobody else may
 * have written there. Blocks 1 to LOG_BLOCKS are the log: entry n is in block 1 + n % LOG_BLOCKS.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK           4096
#define LOG_BLOCKS      1024
#define PAGES_PER_ENTRY 32
#define BEAT_US         1000

struct head {
    char magic[8];
    uint64_t entries;    /* written so far */
    uint64_t lost_pages; /* of memory that were not as they had been written */
    uint64_t lost_blocks;
    uint64_t strange_head; /* times that block 0 was not as we had left it */
    uint64_t rounds;       /* over all of the memory */
};

static int disk;
static uint64_t *block; /* one, aligned */
static struct head head = {.magic = "LOADv1"};

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void disk_write(uint64_t nr)
{
    if (pwrite(disk, block, BLOCK, (off_t)(nr * BLOCK)) != BLOCK)
        fail("write to the disk");
}

static void disk_read(uint64_t nr)
{
    if (pread(disk, block, BLOCK, (off_t)(nr * BLOCK)) != BLOCK)
        fail("read from the disk");
}

static void fill(uint64_t *to, uint64_t n)
{
    for (uint64_t i = 0; i < BLOCK / sizeof(*to); i++)
        to[i] = n * 0x9e3779b97f4a7c15ull + i;
}

static int is_filled(const uint64_t *from, uint64_t n)
{
    for (uint64_t i = 0; i < BLOCK / sizeof(*from); i++)
        if (from[i] != n * 0x9e3779b97f4a7c15ull + i)
            return 0;
    return 1;
}

static void complain(const char *what, uint64_t nr)
{
    printf("load: %s %lu is not as it was written, after %lu entries\n", what, (unsigned long)nr,
           (unsigned long)head.entries);
}

static void put_head(void)
{
    memset(block, 0, BLOCK);
    memcpy(block, &head, sizeof(head));
    disk_write(0);
}

static void check_head(void)
{
    const struct head *got = (const struct head *)block;

    disk_read(0);
    if (!memcmp(got, &head, sizeof(head)))
        return;
    complain("block", 0);
    printf("load: it has %.6s, %lu entries, %lu %lu %lu, %lu rounds; wanted: %lu entries, %lu "
           "rounds\n",
           got->magic, (unsigned long)got->entries, (unsigned long)got->lost_pages,
           (unsigned long)got->lost_blocks, (unsigned long)got->strange_head,
           (unsigned long)got->rounds, (unsigned long)head.entries, (unsigned long)head.rounds);
    head.strange_head++;
}

static void check_entry(uint64_t n)
{
    disk_read(1 + n % LOG_BLOCKS);
    if (!is_filled(block, n)) {
        complain("the block of entry", n);
        head.lost_blocks++;
    }
}

/* Page @i of the memory holds its number and the round in which it was written. */
static void touch(uint64_t *page, uint64_t i)
{
    uint64_t was = head.rounds * 1000003 + i;

    for (unsigned int w = 0; w < BLOCK / sizeof(*page); w += 64)
        if (page[w] != was) {
            complain("page", i);
            head.lost_pages++;
            break;
        }
    for (unsigned int w = 0; w < BLOCK / sizeof(*page); w += 64)
        page[w] = was + 1000003;
}

int main(int argc, char **argv)
{
    uint64_t pages, next = 0;
    uint64_t *memory;

    if (argc != 3)
        return 2;
    pages = strtoull(argv[2], NULL, 0) << 8;
    disk = open(argv[1], O_RDWR | O_DIRECT);
    if (disk < 0)
        fail(argv[1]);
    memory =
        mmap(NULL, (pages + 1) * BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        fail("memory");
    block = memory + pages * (BLOCK / sizeof(*memory));
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (uint64_t i = 0; i < pages; i++)
        for (unsigned int w = 0; w < BLOCK / sizeof(*memory); w += 64)
            memory[i * (BLOCK / sizeof(*memory)) + w] = i;
    for (put_head();;) {
        check_head();
        for (unsigned int i = 0; i < PAGES_PER_ENTRY; i++) {
            touch(memory + next * (BLOCK / sizeof(*memory)), next);
            if (++next == pages) {
                next = 0;
                head.rounds++;
            }
        }
        fill(block, head.entries);
        disk_write(1 + head.entries % LOG_BLOCKS);
        head.entries++;
        put_head();
        if (head.entries % 8 == 0)
            check_entry(head.entries - 1 -
                        (uint64_t)random() %
                            (head.entries < LOG_BLOCKS ? head.entries : LOG_BLOCKS));
        usleep(BEAT_US);
    }
}
