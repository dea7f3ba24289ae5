/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "sysdep/toolcore.h"

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static struct toolcore_handle *registry;

void xentoolcore__register_active_handle(struct toolcore_handle *handle)
{
    pthread_mutex_lock(&registry_lock);
    handle->next = registry;
    handle->link = &registry;
    if (registry)
        registry->link = &handle->next;
    registry = handle;
    pthread_mutex_unlock(&registry_lock);
}

void xentoolcore__deregister_active_handle(struct toolcore_handle *handle)
{
    pthread_mutex_lock(&registry_lock);
    if (handle->next)
        handle->next->link = handle->link;
    *handle->link = handle->next;
    pthread_mutex_unlock(&registry_lock);
}

int xentoolcore_restrict_all(domid_t domid)
{
    int r = 0;

    pthread_mutex_lock(&registry_lock);
    for (struct toolcore_handle *h = registry; h && !r; h = h->next)
        r = h->restrict_to(h, domid);
    pthread_mutex_unlock(&registry_lock);
    return r;
}

int xentoolcore__restrict_by_dup2_null(int fd)
{
    int saved, r, null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (null < 0)
        return -1;
    r = dup2(null, fd);
    saved = errno;
    close(null);
    errno = saved;
    return r < 0 ? -1 : 0;
}
