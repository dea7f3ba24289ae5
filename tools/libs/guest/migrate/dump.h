/* SPDX-License-Identifier: MIT */
/* A core dump under way, and what each architecture has of its own in it. */
#ifndef GUEST_MIGRATE_DUMP_H
#define GUEST_MIGRATE_DUMP_H

#include "stream.h"

#include <elf.h>

#define DUMP_BATCH 256u

/* What is told of each vCPU, and where it stands in what the hypervisor gives. */
#ifdef __aarch64__
#define DUMP_MACHINE EM_AARCH64
#define DUMP_VCPU    c
typedef vcpu_guest_context_t dump_vcpu_t;
#else
#define DUMP_MACHINE EM_X86_64
#define DUMP_VCPU    x64
typedef vcpu_guest_context_x86_64_t dump_vcpu_t;
#endif

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

/* Add a page to those of the dump. 0, or -1 with errno, reported. */
int dump_take_page(struct dump *d, uint64_t pfn, uint64_t mfn);
/* All of the domain's, by dump_take_page(). 0, or -1 with errno, reported. */
int dump_find_pages(struct dump *d);

#endif
