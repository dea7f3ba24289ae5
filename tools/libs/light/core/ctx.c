/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "core/loop_impl.h"

void ctx_lock(libxl_ctx *ctx)
{
    pthread_mutex_lock(&ctx->lock);
    ctx->depth++;
}

void ctx_unlock(libxl_ctx *ctx)
{
    if (ctx->depth == 1)
        loop_deliver(ctx);
    ctx->depth--;
    pthread_mutex_unlock(&ctx->lock);
}

static void lock_init(libxl_ctx *ctx)
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&ctx->lock, &attr);
    pthread_mutexattr_destroy(&attr);
}

int libxl_ctx_alloc(libxl_ctx **pctx, int version, unsigned flags, xentoollog_logger *lg)
{
    struct scope sc = {.domid = (uint32_t)INVALID_DOMID};
    libxl_ctx *ctx;

    (void)flags;
    *pctx = NULL;
    if (version != LIBXL_VERSION)
        return ERROR_VERSION;
    ctx = sc.ctx = xmalloc0(sizeof(*ctx));
    ctx->lg = lg;
    lock_init(ctx);
    if (loop_create(ctx)) {
        LOG_ERRNO(&sc, "cannot make an event loop");
        goto fail;
    }
    ctx->xch = xc_interface_open(lg, lg, 0);
    if (!ctx->xch) {
        LOG_ERRNO(&sc, "cannot open libxc handle");
        goto fail;
    }
    ctx->xsh = xs_open(0);
    if (!ctx->xsh) {
        LOG_ERRNO(&sc, "cannot connect to xenstore");
        goto fail;
    }
    *pctx = ctx;
    return 0;
fail:
    libxl_ctx_free(ctx);
    return ERROR_FAIL;
}

int libxl_ctx_free(libxl_ctx *ctx)
{
    if (!ctx)
        return 0;
    loop_destroy(ctx);
    if (ctx->version_known)
        libxl_version_info_dispose(&ctx->version);
    if (ctx->xch)
        xc_interface_close(ctx->xch);
    if (ctx->xsh)
        xs_close(ctx->xsh);
    pthread_mutex_destroy(&ctx->lock);
    free(ctx);
    return 0;
}

/* The parent's connection to xenstore must not be used from here, nor be told to go away. */
void libxl_postfork_child_noexec(libxl_ctx *ctx)
{
    if (ctx->xsh) {
        xs_daemon_destroy_postfork(ctx->xsh);
        ctx->xsh = NULL;
    }
}

static int fd_flag(libxl_ctx *ctx, int fd, int get, int set, int flag, int on)
{
    struct scope sc = {.ctx = ctx, .domid = (uint32_t)INVALID_DOMID};
    int flags = fcntl(fd, get);

    if (flags < 0 || fcntl(fd, set, on ? flags | flag : flags & ~flag) < 0) {
        LOG_ERRNO(&sc, "cannot change the flags of descriptor %d", fd);
        return ERROR_FAIL;
    }
    return 0;
}

int libxl_fd_set_cloexec(libxl_ctx *ctx, int fd, int cloexec)
{
    return fd_flag(ctx, fd, F_GETFD, F_SETFD, FD_CLOEXEC, cloexec);
}

int libxl_fd_set_nonblock(libxl_ctx *ctx, int fd, int nonblock)
{
    return fd_flag(ctx, fd, F_GETFL, F_SETFL, O_NONBLOCK, nonblock);
}
