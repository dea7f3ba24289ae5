/* SPDX-License-Identifier: MIT */
#include "core/userdata.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/domains.h"

#define LOCK_FILE   XEN_RUN_DIR "/userdata.lock"
#define CONFIG_NAME "libxl-json"

int userdata_lock(struct scope *sc)
{
    int fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0 && errno == ENOENT) {
        mkdir(XEN_RUN_DIR, 0755);
        fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    }
    while (fd >= 0 && flock(fd, LOCK_EX)) {
        if (errno == EINTR)
            continue;
        close(fd);
        fd = -1;
    }
    if (fd >= 0)
        return fd;
    LOG_ERRNO(sc, "cannot lock %s", LOCK_FILE);
    return ERROR_LOCK_FAIL;
}

void userdata_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}

static char *path_of(struct scope *sc, uint32_t domid, const char *id)
{
    libxl_uuid uuid;

    if (domain_uuid(sc, domid, &uuid))
        return NULL;
    return scope_printf(sc, XEN_LIB_DIR "/userdata-d.%u." LIBXL_UUID_FMT ".%s", domid,
                        LIBXL_UUID_BYTES(uuid), id);
}

static int file_write(struct scope *sc, const char *path, const void *data, size_t len)
{
    char *tmp = scope_printf(sc, "%s.new", path);
    int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), rc = 0;

    if (fd < 0) {
        LOG_ERRNO(sc, "cannot create %s", tmp);
        return ERROR_FAIL;
    }
    if (libxl_write_exactly(sc->ctx, fd, data, (ssize_t)len, tmp, "user data"))
        rc = ERROR_FAIL;
    close(fd);
    if (!rc && rename(tmp, path)) {
        LOG_ERRNO(sc, "cannot rename %s", tmp);
        rc = ERROR_FAIL;
    }
    if (rc)
        unlink(tmp);
    return rc;
}

static int store_data(struct scope *sc, uint32_t domid, const char *id, const void *data,
                      size_t len)
{
    char *path = path_of(sc, domid, id);

    if (!path)
        return ERROR_DOMAIN_NOTFOUND;
    if (len)
        return file_write(sc, path, data, len);
    if (unlink(path) && errno != ENOENT) {
        LOG_ERRNO(sc, "cannot remove %s", path);
        return ERROR_FAIL;
    }
    return 0;
}

static int with_lock_store(libxl_ctx *ctx, uint32_t domid, const char *id, const void *data,
                           size_t len)
{
    int rc, lock;
    API_ENTER(ctx, domid);

    lock = rc = userdata_lock(sc);
    if (lock >= 0)
        rc = store_data(sc, domid, id, data, len);
    userdata_unlock(lock);
    API_LEAVE;
    return rc;
}

int libxl_userdata_store(libxl_ctx *ctx, uint32_t domid, const char *userdata_userid,
                         const uint8_t *data, int datalen)
{
    if (datalen < 0)
        return ERROR_INVAL;
    return with_lock_store(ctx, domid, userdata_userid, data, (size_t)datalen);
}

int libxl_userdata_unlink(libxl_ctx *ctx, uint32_t domid, const char *userdata_userid)
{
    return with_lock_store(ctx, domid, userdata_userid, NULL, 0);
}

int libxl_userdata_retrieve(libxl_ctx *ctx, uint32_t domid, const char *userdata_userid,
                            uint8_t **data_r, int *datalen_r)
{
    void *data = NULL;
    int len = 0, rc = 0, r;
    char *path;
    API_ENTER(ctx, domid);

    path = path_of(sc, domid, userdata_userid);
    if (!path) {
        rc = ERROR_DOMAIN_NOTFOUND;
    } else {
        r = libxl_read_file_contents(ctx, path, data_r ? &data : NULL, &len);
        if (r && r != ENOENT)
            rc = ERROR_FAIL;
    }
    API_LEAVE;
    if (data_r)
        *data_r = data;
    if (datalen_r)
        *datalen_r = len;
    return rc;
}

int config_load(struct scope *sc, uint32_t domid, libxl_domain_config *config)
{
    uint8_t *data;
    char *text;
    int len, rc;

    libxl_domain_config_init(config);
    rc = libxl_userdata_retrieve(sc->ctx, domid, CONFIG_NAME, &data, &len);
    if (rc)
        return rc;
    if (!len) {
        free(data);
        return ERROR_JSON_CONFIG_EMPTY;
    }
    text = scope_alloc(sc, (size_t)len + 1);
    memcpy(text, data, (size_t)len);
    free(data);
    rc = libxl_domain_config_from_json(sc->ctx, config, text);
    if (rc)
        LOG_ERROR(sc, "the stored configuration is damaged");
    return rc;
}

int config_save(struct scope *sc, uint32_t domid, const libxl_domain_config *config)
{
    char *text = type_to_json(sc->ctx, &type_domain_config, config);
    int rc = store_data(sc, domid, CONFIG_NAME, text, strlen(text) + 1);

    free(text);
    return rc;
}

void userdata_remove_all(struct scope *sc, uint32_t domid)
{
    glob_t g = {0};

    if (!glob(scope_printf(sc, XEN_LIB_DIR "/userdata-?.%u.*", domid), GLOB_NOSORT, NULL, &g))
        for (size_t i = 0; i < g.gl_pathc; i++)
            unlink(g.gl_pathv[i]);
    globfree(&g);
}
