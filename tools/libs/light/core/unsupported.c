/* SPDX-License-Identifier: MIT */
/*
 * Calls of the interface that this library does not carry out. They say so, by ERROR_NI, or
 * ERROR_FEATURE_REMOVED for what the hypervisor itself has lost; nothing is touched. libxl.h is not
 * included, since the definitions here leave out the arguments: a
 * function may be called with more arguments than it looks at.
 */
#include <stddef.h>

/* Of enum libxl_error. */
#define ERROR_NI              (-4)
#define ERROR_FEATURE_REMOVED (-25)

#define ANSWER(name, error)                                                                        \
    int name(void);                                                                                \
    int name(void)                                                                                 \
    {                                                                                              \
        return error;                                                                              \
    }
#define UNSUPPORTED(name) ANSWER(libxl_##name, ERROR_NI)
#define REMOVED(name)     ANSWER(libxl_##name, ERROR_FEATURE_REMOVED)
#define FREES_NOTHING(name)                                                                        \
    void libxl_##name(void);                                                                       \
    void libxl_##name(void)                                                                        \
    {                                                                                              \
    }

UNSUPPORTED(evenable_disk_eject)
FREES_NOTHING(evdisable_disk_eject)

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
