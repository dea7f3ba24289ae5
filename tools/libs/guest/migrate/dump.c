/* SPDX-License-Identifier: MIT */
/*
 * Core dumps: an ELF file with sections, no segments.
 *
 *   .note.Xen         header, version of the hypervisor, version of this format
 *   .xen_prstatus     vcpu_guest_context of each vCPU that is online
 *   .xen_shared_info  PV guests only
 *   .xen_p2m          PV: of each page its frame, guest's and machine's
 *   .xen_pfn          HVM: of each page its frame
 *   .xen_pages        the pages, in that order
 *
 * The guest may run meanwhile. Source: the public description of the format, version 1; elfnote.h.
 */
#include "m2p.h"

#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include <xen/elfnote.h>

#define BATCH     256u
#define FORMAT    1ull
#define NOTE_NAME "Xen"

struct dump_header {
    uint64_t magic, nr_vcpus, nr_pages, page_size;
};

struct dump_xen {
    uint64_t major, minor;
    xen_extraversion_t extra;
    struct {
        char compiler[64], by[16], domain[32], date[32];
    } compile;
    xen_capabilities_info_t capabilities;
    xen_changeset_info_t changeset;
    struct {
        uint64_t virt_start;
    } platform;
    uint64_t page_size;
};

struct note_head {
    Elf64_Nhdr elf;
    char name[4];
};

/* Nothing is between them: all lengths are multiples of 8. */
struct dump_notes {
    struct note_head none_head;
    struct note_head header_head;
    struct dump_header header;
    struct note_head xen_head;
    struct dump_xen xen;
    struct note_head format_head;
    uint64_t format;
};
_Static_assert(sizeof(struct dump_xen) == 1280 && sizeof(struct dump_notes) == 1384, "dump_notes");

struct dump_page {
    uint64_t pfn, mfn;
};

enum section { SEC_NULL, SEC_NAMES, SEC_NOTE, SEC_VCPUS, SEC_SHARED, SEC_LIST, SEC_PAGES, SECS };
static const char names[] = "\0.shstrtab\0.note.Xen\0.xen_prstatus\0.xen_shared_info\0.xen_p2m\0"
                            ".xen_pfn\0.xen_pages";

struct dump {
    xc_interface *xch;
    uint32_t domid;
    xc_dominfo_t info;
    dumpcore_rtn_t *out;
    void *arg;
    uint64_t written;
    vcpu_guest_context_any_t *vcpu;
    uint64_t nr_vcpus;
    struct dump_page *page;
    uint64_t nr_pages;
    Elf64_Shdr section[SECS];
    struct dump_notes notes;
};

static int put(struct dump *d, const void *data, size_t len)
{
    const char *p = data;

    while (len) {
        unsigned int some = len < 1u << 20 ? (unsigned int)len : 1u << 20;

        if (d->out(d->xch, d->arg, (char *)(uintptr_t)p, some))
            return stream_fail(d->xch, errno, "cannot write the core dump");
        d->written += some;
        p += some;
        len -= some;
    }
    return 0;
}

static int pad_to(struct dump *d, uint64_t offset)
{
    static const char zeros[XC_PAGE_SIZE];
    int rc = 0;

    while (d->written < offset && !rc) {
        uint64_t left = offset - d->written;

        rc = put(d, zeros, left < sizeof(zeros) ? left : sizeof(zeros));
    }
    return rc;
}

/* What there is to dump. */

static int find_vcpus(struct dump *d)
{
    d->vcpu = calloc(d->info.max_vcpu_id + 1u, sizeof(*d->vcpu));
    if (!d->vcpu)
        return stream_fail(d->xch, ENOMEM, "no memory for vCPUs");
    for (uint32_t i = 0; i <= d->info.max_vcpu_id; i++)
        if (!xc_vcpu_getcontext(d->xch, d->domid, i, &d->vcpu[d->nr_vcpus]))
            d->nr_vcpus++; /* the others are offline */
    return d->nr_vcpus ? 0 : stream_fail(d->xch, ENOENT, "no vCPU is online");
}

static int take_page(struct dump *d, uint64_t pfn, uint64_t mfn, unsigned int type)
{
    if (!frame_has_content(type))
        return 0;
    if (!(d->nr_pages & (d->nr_pages - 1))) {
        uint64_t room = d->nr_pages ? d->nr_pages * 2 : 1;
        struct dump_page *more = realloc(d->page, room * sizeof(*more));

        if (!more)
            return stream_fail(d->xch, ENOMEM, "no memory for %lu pages", (unsigned long)room);
        d->page = more;
    }
    d->page[d->nr_pages++] = (struct dump_page){pfn, mfn};
    return 0;
}

static int find_pages_pv(struct dump *d)
{
    struct xc_domain_meminfo info;
    int rc = xc_map_domain_meminfo(d->xch, d->domid, &info);

    if (rc)
        return rc;
    for (unsigned long i = 0; i < info.p2m_size && !rc; i++)
        rc = take_page(d, i, ((volatile xen_pfn_t *)info.p2m_table)[i],
                       (unsigned int)(info.pfn_type[i] >> XEN_DOMCTL_PFINFO_LTAB_SHIFT));
    xc_unmap_domain_meminfo(d->xch, &info);
    return rc;
}

static int find_pages_hvm(struct dump *d)
{
    xen_pfn_t frames[FRAME_TYPES_MAX], nr;
    uint8_t types[FRAME_TYPES_MAX];
    int rc = 0;

    if (xc_domain_nr_gpfns(d->xch, d->domid, &nr))
        return stream_fail(d->xch, errno, "cannot get the guest's last frame");
    for (xen_pfn_t i = 0; i < nr && !rc; i += FRAME_TYPES_MAX) {
        unsigned int some = nr - i < FRAME_TYPES_MAX ? (unsigned int)(nr - i) : FRAME_TYPES_MAX;

        for (unsigned int j = 0; j < some; j++)
            frames[j] = i + j;
        if (frame_types(d->xch, d->domid, frames, some, types))
            return stream_fail(d->xch, errno, "cannot get types of the guest's frames");
        for (unsigned int j = 0; j < some && !rc; j++)
            rc = take_page(d, i + j, i + j, types[j]);
    }
    return rc;
}

/* Notes, headers. */

static void note(struct note_head *n, uint32_t type, uint32_t len)
{
    n->elf = (Elf64_Nhdr){.n_namesz = sizeof(n->name), .n_descsz = len, .n_type = type};
    memcpy(n->name, NOTE_NAME, sizeof(n->name));
}

static void xen_info(struct dump *d, struct dump_xen *x)
{
    int version = xc_version(d->xch, XENVER_version, NULL);
    xen_compile_info_t compile = {0};
    xen_platform_parameters_t platform = {0};

    x->major = (uint64_t)version >> 16;
    x->minor = (uint64_t)version & 0xffff;
    xc_version(d->xch, XENVER_extraversion, &x->extra);
    xc_version(d->xch, XENVER_capabilities, &x->capabilities);
    xc_version(d->xch, XENVER_changeset, &x->changeset);
    xc_version(d->xch, XENVER_compile_info, &compile);
    xc_version(d->xch, XENVER_platform_parameters, &platform);
    memcpy(x->compile.compiler, compile.compiler, sizeof(compile.compiler));
    memcpy(x->compile.by, compile.compile_by, sizeof(compile.compile_by));
    memcpy(x->compile.domain, compile.compile_domain, sizeof(compile.compile_domain));
    memcpy(x->compile.date, compile.compile_date, sizeof(compile.compile_date));
    x->platform.virt_start = platform.virt_start;
    x->page_size = XC_PAGE_SIZE;
}

static void fill_notes(struct dump *d)
{
    struct dump_notes *n = &d->notes;

    note(&n->none_head, XEN_ELFNOTE_DUMPCORE_NONE, 0);
    note(&n->header_head, XEN_ELFNOTE_DUMPCORE_HEADER, sizeof(n->header));
    note(&n->xen_head, XEN_ELFNOTE_DUMPCORE_XEN_VERSION, sizeof(n->xen));
    note(&n->format_head, XEN_ELFNOTE_DUMPCORE_FORMAT_VERSION, sizeof(n->format));
    n->header = (struct dump_header){
        .magic = d->info.hvm ? XC_CORE_MAGIC_HVM : XC_CORE_MAGIC,
        .nr_vcpus = d->nr_vcpus,
        .nr_pages = d->nr_pages,
        .page_size = XC_PAGE_SIZE,
    };
    xen_info(d, &n->xen);
    n->format = FORMAT;
}

static void section(struct dump *d, enum section s, const char *name, uint32_t type, uint64_t size,
                    uint64_t entry, uint64_t align)
{
    const Elf64_Shdr *before = &d->section[s - 1];
    uint64_t at = s == SEC_NAMES ? sizeof(Elf64_Ehdr) + sizeof(d->section)
                                 : before->sh_offset + before->sh_size;
    uint32_t index = 1;

    while (strcmp(names + index, name))
        index += (uint32_t)strlen(names + index) + 1;
    d->section[s] = (Elf64_Shdr){.sh_name = index,
                                 .sh_type = type,
                                 .sh_offset = (at + align - 1) & ~(align - 1),
                                 .sh_size = size,
                                 .sh_entsize = entry,
                                 .sh_addralign = align};
}

static void fill_sections(struct dump *d)
{
    bool hvm = d->info.hvm;
    uint64_t entry = hvm ? sizeof(uint64_t) : sizeof(struct dump_page);

    section(d, SEC_NAMES, ".shstrtab", SHT_STRTAB, sizeof(names), 0, 1);
    section(d, SEC_NOTE, ".note.Xen", SHT_NOTE, sizeof(d->notes), 0, 8);
    section(d, SEC_VCPUS, ".xen_prstatus", SHT_PROGBITS,
            d->nr_vcpus * sizeof(vcpu_guest_context_x86_64_t), sizeof(vcpu_guest_context_x86_64_t),
            8);
    /* HVM guests have none: an empty one keeps the order. */
    section(d, SEC_SHARED, ".xen_shared_info", SHT_PROGBITS, hvm ? 0 : XC_PAGE_SIZE,
            hvm ? 0 : XC_PAGE_SIZE, 8);
    section(d, SEC_LIST, hvm ? ".xen_pfn" : ".xen_p2m", SHT_PROGBITS, d->nr_pages * entry, entry,
            8);
    section(d, SEC_PAGES, ".xen_pages", SHT_PROGBITS, d->nr_pages * XC_PAGE_SIZE, XC_PAGE_SIZE,
            XC_PAGE_SIZE);
}

static int put_headers(struct dump *d)
{
    Elf64_Ehdr e = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_CORE,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_shoff = sizeof(e),
        .e_ehsize = sizeof(e),
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = SECS,
        .e_shstrndx = SEC_NAMES,
    };
    int rc = put(d, &e, sizeof(e));

    if (!rc)
        rc = put(d, d->section, sizeof(d->section));
    if (!rc)
        rc = put(d, names, sizeof(names));
    if (!rc)
        rc = pad_to(d, d->section[SEC_NOTE].sh_offset);
    return rc ? rc : put(d, &d->notes, sizeof(d->notes));
}

/* Contents. */

static int put_shared(struct dump *d)
{
    void *p;
    int rc;

    if (d->info.hvm)
        return 0;
    p = xc_map_foreign_range(d->xch, d->domid, XC_PAGE_SIZE, PROT_READ, d->info.shared_info_frame);
    if (!p)
        return stream_fail(d->xch, errno, "cannot map the guest's shared page");
    rc = put(d, p, XC_PAGE_SIZE);
    munmap(p, XC_PAGE_SIZE);
    return rc;
}

static int put_list(struct dump *d)
{
    int rc = pad_to(d, d->section[SEC_LIST].sh_offset);

    if (rc || !d->info.hvm)
        return rc ? rc : put(d, d->page, d->nr_pages * sizeof(*d->page));
    for (uint64_t i = 0; i < d->nr_pages && !rc; i++)
        rc = put(d, &d->page[i].pfn, sizeof(d->page[i].pfn));
    return rc;
}

/* A page that is gone by now is one of zeros. */
static int put_some_pages(struct dump *d, uint64_t first, unsigned int nr)
{
    static const char zeros[XC_PAGE_SIZE];
    xen_pfn_t frames[BATCH] = {0};
    int err[BATCH], rc = 0;
    char *map;

    for (unsigned int i = 0; i < nr; i++)
        frames[i] = d->page[first + i].mfn;
    map = xc_map_foreign_bulk(d->xch, d->domid, PROT_READ, frames, err, nr);
    if (!map)
        return stream_fail(d->xch, errno, "cannot map %u frames of the guest", nr);
    for (unsigned int i = 0; i < nr && !rc; i++)
        rc = put(d, err[i] ? zeros : map + ((size_t)i << XC_PAGE_SHIFT), XC_PAGE_SIZE);
    munmap(map, (size_t)nr << XC_PAGE_SHIFT);
    return rc;
}

static int put_contents(struct dump *d)
{
    int rc = pad_to(d, d->section[SEC_VCPUS].sh_offset);

    for (uint64_t i = 0; i < d->nr_vcpus && !rc; i++)
        rc = put(d, &d->vcpu[i].x64, sizeof(d->vcpu[i].x64));
    if (!rc)
        rc = pad_to(d, d->section[SEC_SHARED].sh_offset);
    if (!rc)
        rc = put_shared(d);
    if (!rc)
        rc = put_list(d);
    if (!rc)
        rc = pad_to(d, d->section[SEC_PAGES].sh_offset);
    for (uint64_t i = 0; i < d->nr_pages && !rc; i += BATCH)
        rc =
            put_some_pages(d, i, d->nr_pages - i < BATCH ? (unsigned int)(d->nr_pages - i) : BATCH);
    return rc;
}

int xc_domain_dumpcore_via_callback(xc_interface *xch, uint32_t domid, void *arg,
                                    dumpcore_rtn_t dump_rtn)
{
    struct dump *d = calloc(1, sizeof(*d));
    int rc = -1, saved;

    if (!d)
        return -1;
    d->xch = xch;
    d->domid = domid;
    d->arg = arg;
    d->out = dump_rtn;
    if (domain_info(xch, domid, &d->info) || find_vcpus(d))
        goto out;
    if (d->info.hvm ? find_pages_hvm(d) : find_pages_pv(d))
        goto out;
    fill_notes(d);
    fill_sections(d);
    rc = put_headers(d);
    if (!rc)
        rc = put_contents(d);
out:
    saved = errno;
    free(d->vcpu);
    free(d->page);
    free(d);
    errno = saved;
    return rc;
}

static int to_file(xc_interface *xch, void *arg, char *buffer, unsigned int length)
{
    (void)xch;
    return stream_write(*(int *)arg, buffer, length);
}

int xc_domain_dumpcore(xc_interface *xch, uint32_t domid, const char *corename)
{
    int fd = open(corename, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), rc;

    if (fd < 0)
        return stream_fail(xch, errno, "cannot open %s", corename);
    rc = xc_domain_dumpcore_via_callback(xch, domid, &fd, to_file);
    if (close(fd) && !rc)
        rc = stream_fail(xch, errno, "cannot write %s", corename);
    return rc;
}
