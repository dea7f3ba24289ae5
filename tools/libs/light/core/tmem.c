/* SPDX-License-Identifier: MIT */
/*
 * Transcendent memory, which the hypervisor itself has lost. libxl.h is not included, since the
 * definitions here leave out the arguments: a function may be called with more arguments than it
 * looks at.
 */
#include <stddef.h>

#define ERROR_FEATURE_REMOVED (-25) /* of enum libxl_error */

#define REMOVED(name)                                                                              \
    int libxl_##name(void);                                                                        \
    int libxl_##name(void)                                                                         \
    {                                                                                              \
        return ERROR_FEATURE_REMOVED;                                                              \
    }

REMOVED(tmem_freeze)
REMOVED(tmem_thaw)
REMOVED(tmem_set)
REMOVED(tmem_shared_auth)
REMOVED(tmem_freeable)

void *libxl_tmem_list(void);
void *libxl_tmem_list(void)
{
    return NULL;
}
