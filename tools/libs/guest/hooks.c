/* SPDX-License-Identifier: MIT */
/* What knows the kinds of guests: the library's own, and what its users have registered. */
#include <pthread.h>

#include "dom.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct xc_dom_arch *registered; /* the latest first; never taken out */

void xc_dom_register_arch_hooks(struct xc_dom_arch *hooks)
{
    pthread_mutex_lock(&lock);
    hooks->next = registered;
    registered = hooks;
    pthread_mutex_unlock(&lock);
}

static struct xc_dom_arch *find(const char *guest_type)
{
    struct xc_dom_arch *h;

    pthread_mutex_lock(&lock);
    for (h = registered; h; h = h->next)
        if (h->guest_type && !strcmp(h->guest_type, guest_type))
            break;
    pthread_mutex_unlock(&lock);
    return h;
}

int xc_dom_set_arch_hooks(struct xc_dom_image *dom)
{
    struct xc_dom_arch *own = dom_own_hooks(dom);
    struct xc_dom_arch *h = find(dom->guest_type ? dom->guest_type : own->guest_type);

    if (!h)
        h = own;
    if (h->arch_private_size > 0 && !dom->arch_private) {
        dom->arch_private = xc_dom_malloc(dom, (size_t)h->arch_private_size);
        if (!dom->arch_private)
            return -1;
    }
    dom->arch_hooks = h;
    return 0;
}

int dom_hook(struct xc_dom_image *dom, int (*hook)(struct xc_dom_image *dom))
{
    return hook ? hook(dom) : 0;
}
