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
#include "dump.h"

#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include <xen/elfnote.h>

#define FORMAT    1ull
#define NOTE_NAME "Xen"

static const char names[] = "\0.shstrtab\0.note.Xen\0.xen_prstatus\0.xen_shared_info\0.xen_p2m\0"
                            ".xen_pfn\0.xen_pages";

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

int dump_take_page(struct dump *d, uint64_t pfn, uint64_t mfn)
{
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
    section(d, SEC_VCPUS, ".xen_prstatus", SHT_PROGBITS, d->nr_vcpus * sizeof(dump_vcpu_t),
            sizeof(dump_vcpu_t), 8);
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
        .e_machine = DUMP_MACHINE,
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
    xen_pfn_t frames[DUMP_BATCH] = {0};
    int err[DUMP_BATCH], rc = 0;
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
        rc = put(d, &d->vcpu[i].DUMP_VCPU, sizeof(dump_vcpu_t));
    if (!rc)
        rc = pad_to(d, d->section[SEC_SHARED].sh_offset);
    if (!rc)
        rc = put_shared(d);
    if (!rc)
        rc = put_list(d);
    if (!rc)
        rc = pad_to(d, d->section[SEC_PAGES].sh_offset);
    for (uint64_t i = 0; i < d->nr_pages && !rc; i += DUMP_BATCH)
        rc = put_some_pages(
            d, i, d->nr_pages - i < DUMP_BATCH ? (unsigned int)(d->nr_pages - i) : DUMP_BATCH);
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
    if (dump_find_pages(d))
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
