/* SPDX-License-Identifier: MIT */
/*
 * readnotes FILE: what a kernel says to Xen: the notes of its ELF image, also if that is inside a
 * bzImage, compressed by gzip.
 */
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <xen/elfnote.h>

#include "misc.h"

#define MAX_UNPACKED (512ul << 20)

/* Linux' boot protocol: Documentation/x86/boot.rst. */
#define SETUP_SECTS    0x1f1
#define SETUP_MAGIC    0x202
#define SETUP_VERSION  0x206
#define PAYLOAD_OFFSET 0x248
#define PAYLOAD_LENGTH 0x24c
#define MIN_VERSION    0x208

struct image {
    const uint8_t *data;
    size_t size;
};

/* Whether @len bytes from @at on are in the image. */
static bool has(const struct image *i, uint64_t at, uint64_t len)
{
    return at <= i->size && len <= i->size - at;
}

static uint32_t word(const struct image *i, size_t at)
{
    uint32_t w;

    memcpy(&w, i->data + at, sizeof(w));
    return w;
}

/* What is inside a bzImage takes the place of @i; 0, or 1 after a message. */
static int enter_bzimage(const char *path, struct image *i)
{
    uint64_t offset;
    uint32_t length;
    uint16_t version;

    if (!has(i, 0, 0x250) || memcmp(i->data + SETUP_MAGIC, "HdrS", 4))
        return 0;
    memcpy(&version, i->data + SETUP_VERSION, sizeof(version));
    if (version < MIN_VERSION) {
        fprintf(stderr, "%s: boot protocol too old (%04x)\n", path, version);
        return 1;
    }
    offset = (i->data[SETUP_SECTS] ? i->data[SETUP_SECTS] + 1u : 5u) * 512u +
             (uint64_t)word(i, PAYLOAD_OFFSET);
    length = word(i, PAYLOAD_LENGTH);
    if (!has(i, offset, length)) {
        fprintf(stderr, "%s: the payload is not all in the file\n", path);
        return 1;
    }
    *i = (struct image){i->data + offset, length};
    return 0;
}

/* 0 with the contents in *@i, or 1 after a message. */
static int gunzip(const char *path, struct image *i)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)i->data, .avail_in = (uInt)i->size};
    uint32_t size;
    uint8_t *out;
    int r;

    if (i->size < 18 || i->size > UINT32_MAX || i->data[0] != 0x1f || i->data[1] != 0x8b)
        return 0;
    size = word(i, i->size - 4); /* RFC 1952, 2.3.1 */
    out = size && size <= MAX_UNPACKED ? malloc(size) : NULL;
    if (!out || inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) {
        fprintf(stderr, "%s: cannot be unpacked\n", path);
        free(out);
        return 1;
    }
    z.next_out = out;
    z.avail_out = size;
    r = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    if (r != Z_STREAM_END) {
        fprintf(stderr, "%s: cannot be unpacked\n", path);
        free(out);
        return 1;
    }
    *i = (struct image){out, z.total_out};
    return 0;
}

static const struct {
    uint32_t type;
    const char *name;
    enum { TEXT, NUMBER, PAIRS } form;
} notes[] = {
    {XEN_ELFNOTE_INFO, "INFO", TEXT},
    {XEN_ELFNOTE_ENTRY, "ENTRY", NUMBER},
    {XEN_ELFNOTE_HYPERCALL_PAGE, "HYPERCALL_PAGE", NUMBER},
    {XEN_ELFNOTE_VIRT_BASE, "VIRT_BASE", NUMBER},
    {XEN_ELFNOTE_PADDR_OFFSET, "PADDR_OFFSET", NUMBER},
    {XEN_ELFNOTE_XEN_VERSION, "XEN_VERSION", TEXT},
    {XEN_ELFNOTE_GUEST_OS, "GUEST_OS", TEXT},
    {XEN_ELFNOTE_GUEST_VERSION, "GUEST_VERSION", TEXT},
    {XEN_ELFNOTE_LOADER, "LOADER", TEXT},
    {XEN_ELFNOTE_PAE_MODE, "PAE_MODE", TEXT},
    {XEN_ELFNOTE_FEATURES, "FEATURES", TEXT},
    {XEN_ELFNOTE_HV_START_LOW, "HV_START_LOW", NUMBER},
    {XEN_ELFNOTE_SUSPEND_CANCEL, "SUSPEND_CANCEL", NUMBER},
    {XEN_ELFNOTE_L1_MFN_VALID, "L1_MFN_VALID", PAIRS},
    {XEN_ELFNOTE_PHYS32_ENTRY, "PHYS32_ENTRY", NUMBER},
};
#define NR_NOTES (sizeof(notes) / sizeof(notes[0]))

static uint64_t number(const uint8_t *desc, uint32_t len)
{
    uint64_t n = 0;

    memcpy(&n, desc, len < sizeof(n) ? len : sizeof(n));
    return n;
}

/* Pairs of a mask and a value, each of the size of the guest's page table entries. */
static void print_pairs(const uint8_t *desc, uint32_t len, uint32_t entry)
{
    for (uint32_t at = 0; at + 2 * entry <= len; at += 2 * entry)
        printf("%s: mask=%#" PRIx64 " value=%#" PRIx64 "\n", "L1_MFN_VALID",
               number(desc + at, entry), number(desc + at + entry, entry));
}

static void print_note(uint32_t type, const uint8_t *desc, uint32_t len)
{
    size_t i = 0;

    while (i < NR_NOTES && notes[i].type != type)
        i++;
    if (i == NR_NOTES) {
        printf("unknown note type %#x\n", type);
    } else if (notes[i].form == TEXT) {
        printf("%s: ", notes[i].name);
        for (uint32_t k = 0; k < len && desc[k]; k++)
            putchar(desc[k] >= ' ' && desc[k] < 127 ? desc[k] : '?');
        putchar('\n');
    } else if (notes[i].form == PAIRS) {
        print_pairs(desc, len, len >= 16 ? 8 : 4);
    } else {
        printf("%s: %#*" PRIx64 " (%u bytes)\n", notes[i].name, 2 + 2 * (len < 8 ? (int)len : 8),
               number(desc, len), len);
    }
}

/* Xen's of the notes from @at on. Returns how many there are. */
static unsigned int print_notes(const struct image *i, uint64_t at, uint64_t size)
{
    uint64_t end = at + size;
    unsigned int nr = 0;

    while (end - at >= 12) {
        uint32_t name_len = word(i, at), desc_len = word(i, at + 4), type = word(i, at + 8);
        uint64_t name = at + 12, desc = name + ((uint64_t)name_len + 3) / 4 * 4;
        uint64_t next = desc + ((uint64_t)desc_len + 3) / 4 * 4;

        if (desc > end || desc_len > end - desc)
            break;
        if (name_len == 4 && !memcmp(i->data + name, "Xen", 4)) {
            print_note(type, i->data + desc, desc_len);
            nr++;
        }
        if (next > end)
            break;
        at = next;
    }
    return nr;
}

/* The table of what ELF32 and ELF64 both have: segments or sections. */
#define SCAN(class, what, table, nr_field, offset_field, size_field, type_field, wanted)           \
    do {                                                                                           \
        class##_Ehdr head;                                                                         \
        class##_##what entry;                                                                      \
                                                                                                   \
        if (!has(i, 0, sizeof(head)))                                                              \
            return 0;                                                                              \
        memcpy(&head, i->data, sizeof(head));                                                      \
        for (unsigned int k = 0; k < head.nr_field; k++) {                                         \
            uint64_t at = (uint64_t)k * sizeof(entry);                                             \
                                                                                                   \
            if (!has(i, head.table, at + sizeof(entry)))                                           \
                break;                                                                             \
            memcpy(&entry, i->data + head.table + at, sizeof(entry));                              \
            if (entry.type_field == wanted && has(i, entry.offset_field, entry.size_field))        \
                nr += print_notes(i, entry.offset_field, entry.size_field);                        \
        }                                                                                          \
        return nr;                                                                                 \
    } while (0)

static unsigned int segments32(const struct image *i)
{
    unsigned int nr = 0;

    SCAN(Elf32, Phdr, e_phoff, e_phnum, p_offset, p_filesz, p_type, PT_NOTE);
}

static unsigned int segments64(const struct image *i)
{
    unsigned int nr = 0;

    SCAN(Elf64, Phdr, e_phoff, e_phnum, p_offset, p_filesz, p_type, PT_NOTE);
}

static unsigned int sections32(const struct image *i)
{
    unsigned int nr = 0;

    SCAN(Elf32, Shdr, e_shoff, e_shnum, sh_offset, sh_size, sh_type, SHT_NOTE);
}

static unsigned int sections64(const struct image *i)
{
    unsigned int nr = 0;

    SCAN(Elf64, Shdr, e_shoff, e_shnum, sh_offset, sh_size, sh_type, SHT_NOTE);
}

/* Older kernels have no segment of notes, only sections. */
static int show(const char *path, const struct image *i)
{
    bool is64;

    if (!has(i, 0, EI_NIDENT) || memcmp(i->data, ELFMAG, SELFMAG) ||
        i->data[EI_DATA] != ELFDATA2LSB ||
        (i->data[EI_CLASS] != ELFCLASS32 && i->data[EI_CLASS] != ELFCLASS64)) {
        fprintf(stderr, "File %s is not an ELF image\n", path);
        return 1;
    }
    is64 = i->data[EI_CLASS] == ELFCLASS64;
    if (!(is64 ? segments64(i) : segments32(i)))
        (void)(is64 ? sections64(i) : sections32(i));
    return 0;
}

int main(int argc, char **argv)
{
    struct image image;
    struct stat st;
    const char *path = argv[1];
    void *mapped;
    int fd;

    if (argc != 2) {
        fputs("usage: readnotes FILE\n", stderr);
        return 1;
    }
    fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st))
        return failed("readnotes", path);
    mapped = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (mapped == MAP_FAILED)
        return failed("readnotes", path);
    image = (struct image){mapped, (size_t)st.st_size};
    if (enter_bzimage(path, &image) || gunzip(path, &image))
        return 1;
    return show(path, &image);
}
