/* SPDX-License-Identifier: MIT */
#include <sys/random.h>
#include <uuid/uuid.h>

#include "core/types.h"

int libxl_uuid_is_nil(const libxl_uuid *uuid)
{
    return uuid_is_null(uuid->uuid);
}

#ifndef GRND_INSECURE
#define GRND_INSECURE 4
#endif

/*
 * libuuid takes what there is, too, but waits for better random numbers before: seconds, in a dom0
 * that has just booted. Source: RFC 4122, 4.4; random(4).
 */
void libxl_uuid_generate(libxl_uuid *uuid)
{
    uint8_t *b = uuid->uuid;

    if (getrandom(b, sizeof(uuid->uuid), GRND_INSECURE) != sizeof(uuid->uuid)) {
        uuid_generate(b);
        return;
    }
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
}

int libxl_uuid_from_string(libxl_uuid *uuid, const char *in)
{
    return uuid_parse(in, uuid->uuid);
}

void libxl_uuid_copy(libxl_ctx *ctx_opt, libxl_uuid *dst, const libxl_uuid *src)
{
    (void)ctx_opt;
    *dst = *src;
}

void libxl_uuid_clear(libxl_uuid *uuid)
{
    memset(uuid, 0, sizeof(*uuid));
}

int libxl_uuid_compare(const libxl_uuid *uuid1, const libxl_uuid *uuid2)
{
    return memcmp(uuid1, uuid2, sizeof(*uuid1));
}

const uint8_t *libxl_uuid_bytearray_const(const libxl_uuid *uuid)
{
    return uuid->uuid;
}

uint8_t *libxl_uuid_bytearray(libxl_uuid *uuid)
{
    return uuid->uuid;
}
