/* SPDX-License-Identifier: MIT */
/* The image: its making and end, its memory, its files. */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dom.h"

int dom_fail(struct xc_dom_image *dom, xc_error_code code, int errnoval, const char *fmt, ...)
{
    char text[256];
    va_list al;

    va_start(al, fmt);
    vsnprintf(text, sizeof(text), fmt, al);
    va_end(al);
    errno = errnoval;
    return xc_report_error(dom->xch, code, "%s", text);
}

void xc_dom_printf(xc_interface *xch, const char *fmt, ...)
{
    va_list al;

    va_start(al, fmt);
    xc_reportv(xch, XC_LOG_DOMBUILD, XTL_DETAIL, -1, fmt, al);
    va_end(al);
}

void xc_dom_panic_func(xc_interface *xch, const char *file, int line, xc_error_code err,
                       const char *fmt, ...)
{
    char text[256];
    va_list al;

    va_start(al, fmt);
    vsnprintf(text, sizeof(text), fmt, al);
    va_end(al);
    xc_report_error(xch, err, "%s:%d: %s", file, line, text);
}

int xc_dom_loginit(xc_interface *xch)
{
    /* Messages go to the interface's logger: there is no log of our own to open. */
    (void)xch;
    return 0;
}

static void *pool_add(struct xc_dom_image *dom, size_t len)
{
    struct xc_dom_mem *block;

    if (len > SIZE_MAX - sizeof(*block)) {
        errno = ENOMEM;
        return NULL;
    }
    block = malloc(sizeof(*block) + len);
    if (!block)
        return NULL;
    *block = (struct xc_dom_mem){
        .next = dom->memblocks, .len = len, .type = XC_DOM_MEM_TYPE_MALLOC_INTERNAL};
    dom->memblocks = block;
    return block;
}

void *xc_dom_malloc(struct xc_dom_image *dom, size_t size)
{
    struct xc_dom_mem *block = pool_add(dom, size);

    if (!block)
        return NULL;
    dom->alloc_malloc += size;
    memset(block->memory, 0, size);
    return block->memory;
}

int xc_dom_register_external(struct xc_dom_image *dom, void *ptr, size_t size)
{
    struct xc_dom_mem *block = pool_add(dom, 0);

    if (!block)
        return -1;
    block->type = XC_DOM_MEM_TYPE_MALLOC_EXTERNAL;
    block->ptr = ptr;
    dom->alloc_malloc += size;
    return 0;
}

static void *pool_mmap(struct xc_dom_image *dom, size_t size, int flags, int fd)
{
    struct xc_dom_mem *block = pool_add(dom, 0);
    void *p;

    if (!block)
        return NULL;
    p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | flags, fd, 0);
    if (p == MAP_FAILED)
        return NULL;
    block->type = XC_DOM_MEM_TYPE_MMAP;
    block->ptr = p;
    block->len = size;
    return p;
}

void *xc_dom_malloc_page_aligned(struct xc_dom_image *dom, size_t size)
{
    void *p = pool_mmap(dom, size, MAP_ANONYMOUS, -1);

    if (p)
        dom->alloc_mem_map += size;
    return p;
}

void *xc_dom_malloc_filemap(struct xc_dom_image *dom, const char *filename, size_t *size,
                            const size_t max_size)
{
    int saved, fd = open(filename, O_RDONLY | O_CLOEXEC);
    struct stat st;
    void *p = NULL;

    if (fd < 0) {
        dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot open %s", filename);
        return NULL;
    }
    if (fstat(fd, &st)) {
        dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot stat %s", filename);
    } else if (st.st_size <= 0 || (max_size && (uint64_t)st.st_size > max_size)) {
        dom_fail(dom, XC_INTERNAL_ERROR, EFBIG, "%s is empty or too large", filename);
    } else {
        *size = (size_t)st.st_size;
        p = pool_mmap(dom, *size, 0, fd);
        if (!p)
            dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot map %s", filename);
        else
            dom->alloc_file_map += *size;
    }
    saved = errno;
    close(fd);
    errno = saved;
    return p;
}

char *xc_dom_strdup(struct xc_dom_image *dom, const char *str)
{
    size_t len = strlen(str) + 1;
    char *copy = xc_dom_malloc(dom, len);

    return copy ? memcpy(copy, str, len) : NULL;
}

static void pool_free(struct xc_dom_image *dom)
{
    struct xc_dom_mem *block, *next;

    for (block = dom->memblocks; block; block = next) {
        next = block->next;
        if (block->type == XC_DOM_MEM_TYPE_MALLOC_EXTERNAL)
            free(block->ptr);
        if (block->type == XC_DOM_MEM_TYPE_MMAP && block->ptr)
            munmap(block->ptr, block->len);
        free(block);
    }
    dom->memblocks = NULL;
}

void xc_dom_log_memory_footprint(struct xc_dom_image *dom)
{
    xc_dom_printf(dom->xch, "memory: %zu bytes allocated, %zu mapped, %zu of files, %zu of guest",
                  dom->alloc_malloc, dom->alloc_mem_map, dom->alloc_file_map, dom->alloc_domU_map);
}

struct xc_dom_image *xc_dom_allocate(xc_interface *xch, const char *cmdline, const char *features)
{
    struct xc_dom_image *dom = calloc(1, sizeof(*dom));

    if (!dom)
        return NULL;
    dom->xch = xch;
    dom->max_kernel_size = XC_DOM_DECOMPRESS_MAX;
    dom->max_module_size = XC_DOM_DECOMPRESS_MAX;
    dom->max_devicetree_size = XC_DOM_DECOMPRESS_MAX;
    dom->container_type = XC_DOM_PV_CONTAINER;
    dom->alloc_bootstack = 1;
    dom->parms = xc_dom_malloc(dom, sizeof(*dom->parms));
    if (cmdline) {
        dom->cmdline = xc_dom_strdup(dom, cmdline);
        dom->cmdline_size = strlen(cmdline) + 1;
    }
    if (!dom->parms || (cmdline && !dom->cmdline))
        goto fail;
    if (features && dom_features_parse(features, strlen(features), dom->f_requested, NULL)) {
        dom_fail(dom, XC_INVALID_PARAM, EINVAL, "unknown feature in \"%s\"", features);
        goto fail;
    }
    return dom;
fail:
    xc_dom_release(dom);
    return NULL;
}

void xc_dom_release(struct xc_dom_image *dom)
{
    if (!dom)
        return;
    xc_dom_unmap_all(dom);
    pool_free(dom);
    free(dom->pv_p2m);
    free(dom);
}

static size_t or_default(size_t sz)
{
    return sz ? sz : XC_DOM_DECOMPRESS_MAX;
}

int xc_dom_kernel_max_size(struct xc_dom_image *dom, size_t sz)
{
    dom->max_kernel_size = or_default(sz);
    return 0;
}

int xc_dom_module_max_size(struct xc_dom_image *dom, size_t sz)
{
    dom->max_module_size = or_default(sz);
    return 0;
}

int xc_dom_devicetree_max_size(struct xc_dom_image *dom, size_t sz)
{
    dom->max_devicetree_size = or_default(sz);
    return 0;
}

/* 0: acceptable; 1: not. */
int xc_dom_kernel_check_size(struct xc_dom_image *dom, size_t sz)
{
    return sz > dom->max_kernel_size;
}

int xc_dom_kernel_file(struct xc_dom_image *dom, const char *filename)
{
    dom->kernel_blob =
        xc_dom_malloc_filemap(dom, filename, &dom->kernel_size, dom->max_kernel_size);
    return dom->kernel_blob ? xc_dom_try_gunzip(dom, &dom->kernel_blob, &dom->kernel_size) : -1;
}

int xc_dom_kernel_mem(struct xc_dom_image *dom, const void *mem, size_t memsize)
{
    dom->kernel_blob = (void *)(uintptr_t)mem;
    dom->kernel_size = memsize;
    return xc_dom_try_gunzip(dom, &dom->kernel_blob, &dom->kernel_size);
}

static int module_add(struct xc_dom_image *dom, void *blob, size_t size, const char *cmdline)
{
    struct xc_dom_module *mod = &dom->modules[dom->num_modules];

    mod->blob = blob;
    mod->size = size;
    if (cmdline) {
        mod->cmdline = xc_dom_strdup(dom, cmdline);
        if (!mod->cmdline)
            return -1;
    }
    dom->num_modules++;
    return 0;
}

static int module_room(struct xc_dom_image *dom)
{
    if (dom->num_modules < XG_MAX_MODULES)
        return 0;
    return dom_fail(dom, XC_INVALID_PARAM, ENOSPC, "more than %d modules", XG_MAX_MODULES);
}

int xc_dom_module_file(struct xc_dom_image *dom, const char *filename, const char *cmdline)
{
    size_t size;
    void *blob;

    if (module_room(dom))
        return -1;
    blob = xc_dom_malloc_filemap(dom, filename, &size, dom->max_module_size);
    return blob ? module_add(dom, blob, size, cmdline) : -1;
}

int xc_dom_module_mem(struct xc_dom_image *dom, const void *mem, size_t memsize,
                      const char *cmdline)
{
    if (module_room(dom))
        return -1;
    return module_add(dom, (void *)(uintptr_t)mem, memsize, cmdline);
}
