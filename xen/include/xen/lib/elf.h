/* SPDX-License-Identifier: MIT */
/*
 * ELF images in memory: little endian, 32 and 64 bits.
 *
 * Everything that comes from the image is checked against its length before it is handed out.
 * Source: System V ABI, chapters 4 and 5, and its processor supplements.
 */
#ifndef XEN_LIB_ELF_H
#define XEN_LIB_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/lib/compiler.h>

enum { ELFCLASS32 = 1, ELFCLASS64 = 2 };
enum { ELFDATA2LSB = 1 };
enum { ET_REL = 1, ET_EXEC = 2, ET_DYN = 3, ET_CORE = 4 };
enum { EM_386 = 3, EM_ARM = 40, EM_X86_64 = 62, EM_AARCH64 = 183 };
enum { PT_NULL = 0, PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3, PT_NOTE = 4, PT_PHDR = 6 };
enum { PF_X = 1, PF_W = 2, PF_R = 4 };
enum {
    SHT_NULL = 0,
    SHT_PROGBITS = 1,
    SHT_SYMTAB = 2,
    SHT_STRTAB = 3,
    SHT_RELA = 4,
    SHT_NOTE = 7,
    SHT_NOBITS = 8,
    SHT_REL = 9
};
enum { SHF_WRITE = 1, SHF_ALLOC = 2, SHF_EXECINSTR = 4 };

typedef struct {
    uint8_t e_ident[16];
    uint16_t e_type, e_machine;
    uint32_t e_version;
    uint32_t e_entry, e_phoff, e_shoff;
    uint32_t e_flags;
    uint16_t e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
} Elf32_Ehdr;

typedef struct {
    uint8_t e_ident[16];
    uint16_t e_type, e_machine;
    uint32_t e_version;
    uint64_t e_entry, e_phoff, e_shoff;
    uint32_t e_flags;
    uint16_t e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
} Elf64_Ehdr;

typedef struct {
    uint32_t p_type, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_flags, p_align;
} Elf32_Phdr;

typedef struct {
    uint32_t p_type, p_flags;
    uint64_t p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align;
} Elf64_Phdr;

typedef struct {
    uint32_t sh_name, sh_type, sh_flags, sh_addr, sh_offset, sh_size, sh_link, sh_info,
        sh_addralign, sh_entsize;
} Elf32_Shdr;

typedef struct {
    uint32_t sh_name, sh_type;
    uint64_t sh_flags, sh_addr, sh_offset, sh_size;
    uint32_t sh_link, sh_info;
    uint64_t sh_addralign, sh_entsize;
} Elf64_Shdr;

typedef struct {
    uint32_t st_name, st_value, st_size;
    uint8_t st_info, st_other;
    uint16_t st_shndx;
} Elf32_Sym;

typedef struct {
    uint32_t st_name;
    uint8_t st_info, st_other;
    uint16_t st_shndx;
    uint64_t st_value, st_size;
} Elf64_Sym;

typedef struct {
    uint64_t r_offset, r_info;
    int64_t r_addend;
} Elf64_Rela;

typedef struct {
    uint32_t n_namesz, n_descsz, n_type;
} Elf_Nhdr;

_Static_assert(sizeof(Elf32_Ehdr) == 52 && sizeof(Elf64_Ehdr) == 64, "file header");
_Static_assert(sizeof(Elf32_Phdr) == 32 && sizeof(Elf64_Phdr) == 56, "program header");
_Static_assert(sizeof(Elf32_Shdr) == 40 && sizeof(Elf64_Shdr) == 64, "section header");
_Static_assert(sizeof(Elf32_Sym) == 16 && sizeof(Elf64_Sym) == 24, "symbol");

/* An image whose header and tables of segments and sections are known to lie inside it. */
struct elf_image {
    const uint8_t *data;
    size_t len;
    bool is_64;
    uint16_t type, machine;
    uint64_t entry;
    uint64_t ph_off, sh_off;
    unsigned int ph_nr, ph_size;
    unsigned int sh_nr, sh_size, sh_strings;
};

/* A program header of either class. The file part lies inside the image. */
struct elf_segment {
    uint32_t type, flags;
    uint64_t vaddr, paddr, file_len, mem_len, align;
    const void *data;
};

/* A section header of either class; data is NULL for SHT_NOBITS, else inside the image. */
struct elf_section {
    uint32_t name, type, link, info;
    uint64_t flags, addr, len, align, entry_len;
    const void *data;
};

struct elf_note {
    const char *name; /* not necessarily terminated */
    size_t name_len;  /* with the end, if there is one */
    uint32_t type;
    const uint8_t *desc;
    size_t desc_len;
};

/*
 * Check the header. A table of sections that does not fit is taken as absent: loaders do not
 * need it.
 * Returns: 0, -ENOENT (not ELF), -EINVAL.
 */
int __must_check elf_open(struct elf_image *elf, const void *data, size_t len);

/* Entry @i < ph_nr, or < sh_nr. Returns: 0 or -EINVAL (outside of the image, memory < file). */
int __must_check elf_get_segment(const struct elf_image *elf, unsigned int i,
                                 struct elf_segment *out);
int __must_check elf_get_section(const struct elf_image *elf, unsigned int i,
                                 struct elf_section *out);

/* The name of a section: terminated, inside the image; "" when there is none. */
const char *elf_section_name(const struct elf_image *elf, const struct elf_section *s);

/*
 * The addresses that the loadable segments cover: *@first .. *@end - 1.
 * Returns: 0, -EINVAL (a bad segment, nothing to load, wraps).
 */
int __must_check elf_load_range(const struct elf_image *elf, bool physical, uint64_t *first,
                                uint64_t *end);

/*
 * Copy the loadable segments and clear what lies beyond their file parts.
 *
 * @dest  where the address @base (physical or virtual as in elf_load_range()) shall be.
 * @len   bytes at @dest; nothing outside is touched.
 * Returns: 0, -EINVAL (a bad segment), -E2BIG (a segment outside of the destination).
 */
int __must_check elf_load(const struct elf_image *elf, bool physical, void *dest, uint64_t base,
                          uint64_t len);

/*
 * Call @fn for each note of all PT_NOTE segments, or with @sections of all SHT_NOTE sections,
 * until it returns non-zero. A malformed area ends where it goes wrong.
 * Returns: what @fn returned last, or 0.
 */
int elf_for_each_note(const struct elf_image *elf, bool sections,
                      int (*fn)(void *ctx, const struct elf_note *note), void *ctx);

bool elf_note_is(const struct elf_note *note, const char *name);

/* What a kernel says about itself in notes named "Xen". */
enum elf_xen_pae { ELF_XEN_PAE_NO, ELF_XEN_PAE_YES, ELF_XEN_PAE_BIMODAL };

#define ELF_XEN_MAX_L1_PAIRS 4

struct elf_xen_info {
    uint32_t present; /* bit n: note of type n was seen */

    uint64_t entry;          /* ENTRY, else e_entry */
    uint64_t hypercall_page; /* virtual address */
    uint64_t virt_base;      /* 0 if absent */
    uint64_t paddr_offset;   /* 0 if absent */
    uint64_t hv_start_low;
    uint64_t init_p2m;
    uint64_t phys32_entry;
    uint64_t mod_start_pfn;  /* non-zero: the initrd need not be mapped */
    uint64_t suspend_cancel; /* non-zero: supported */
    struct {
        uint64_t mask, value;
    } l1_mfn_valid[ELF_XEN_MAX_L1_PAIRS];
    unsigned int nr_l1_mfn_valid;

    enum elf_xen_pae pae;
    bool bsd_symtab;
    char guest_os[32], guest_version[32], xen_version[32], loader[32];
    char features[256];

    uint32_t features_supported; /* bit n: XENFEAT number n; from both notes */
    uint32_t features_required;  /* of the string, marked with '!' */
    bool features_unknown;       /* a feature we have no number for is required */
};

static inline bool elf_xen_has(const struct elf_xen_info *info, unsigned int note_type)
{
    return (info->present >> note_type) & 1;
}

/*
 * Collect the Xen notes, from the segments, else from the sections.
 * Returns: 0, -ENOENT (no such note), -EINVAL (a number of a width other than 1, 2, 4, 8, or a
 *          text too long).
 * Source: public/elfnote.h.
 */
int __must_check elf_xen_parse(const struct elf_image *elf, struct elf_xen_info *info);

/*
 * Read a list "name|!name|..." of features into bitmaps by XENFEAT number (added to what they
 * hold); a required one is supported as well. Names without a number are ignored when optional.
 * Returns: 0, or -EINVAL if a required name is not known (the rest has been read).
 */
int elf_xen_features(const char *list, uint32_t *supported, uint32_t *required);

#endif
