/* SPDX-License-Identifier: MIT */
/*
 * The QEMU Machine Protocol: JSON objects, a line each. QEMU greets, we ask for capabilities, then
 * send our command; events may come at any time. What QEMU says is not trusted: a guest may have
 * taken it over.
 */
#include <errno.h>
#include <json-c/json.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "dm/dm.h"

#define ANSWER_TIMEOUT_MS 60000
#define ANSWER_MAX        (16u << 20)

void qmp_put_string(struct json_object *o, const char *key, const char *value)
{
    json_object_object_add(o, key, json_object_new_string(value));
}

void qmp_put_int(struct json_object *o, const char *key, int value)
{
    json_object_object_add(o, key, json_object_new_int(value));
}

void qmp_put_bool(struct json_object *o, const char *key, bool value)
{
    json_object_object_add(o, key, json_object_new_boolean(value));
}

void qmp_stop(struct qmp *q)
{
    int fd = q->fd.fd;

    if (!q->sc)
        return;
    if (q->fd.active) {
        ev_fd_stop(q->sc->ctx, &q->fd);
        close(fd);
    }
    ev_timer_stop(q->sc->ctx, &q->timeout);
    cancel_stop(&q->cancel);
    free(q->buf);
    q->buf = NULL;
    json_object_put(q->arguments);
    q->arguments = NULL;
}

static void finish(libxl_ctx *ctx, struct qmp *q, int rc, struct json_object *answer)
{
    qmp_stop(q);
    q->done(ctx, q, rc, answer);
}

static int send_command(struct qmp *q, const char *name, struct json_object *arguments)
{
    struct json_object *o = json_object_new_object();
    const char *text;
    int rc = 0;

    json_object_object_add(o, "execute", json_object_new_string(name));
    if (arguments)
        json_object_object_add(o, "arguments", json_object_get(arguments));
    text = scope_printf(q->sc, "%s\r\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
    json_object_put(o);
    /* Short lines to a socket that nobody else fills. */
    if (send(q->fd.fd, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text)) {
        LOG_ERRNO(q->sc, "cannot write to the device model");
        rc = ERROR_FAIL;
    }
    return rc;
}

static int error_code(struct scope *sc, struct json_object *error)
{
    struct json_object *klass, *desc;
    const char *name =
        json_object_object_get_ex(error, "class", &klass) ? json_object_get_string(klass) : "";

    LOG_ERROR(sc, "the device model refuses: %s",
              json_object_object_get_ex(error, "desc", &desc) ? json_object_get_string(desc)
                                                              : "no reason is given");
    if (!strcmp(name, "CommandNotFound"))
        return ERROR_QMP_COMMAND_NOT_FOUND;
    if (!strcmp(name, "DeviceNotActive"))
        return ERROR_QMP_DEVICE_NOT_ACTIVE;
    if (!strcmp(name, "DeviceNotFound"))
        return ERROR_QMP_DEVICE_NOT_FOUND;
    return ERROR_QMP_GENERIC_ERROR;
}

/* True if the operation has ended. */
static bool take_message(libxl_ctx *ctx, struct qmp *q, struct json_object *o)
{
    struct json_object *value;
    int rc = 0;

    if (json_object_object_get_ex(o, "error", &value)) {
        finish(ctx, q, error_code(q->sc, value), NULL);
        return true;
    }
    if (!q->greeted) {
        if (!json_object_object_get_ex(o, "QMP", &value))
            return false;
        q->greeted = true;
        rc = send_command(q, "qmp_capabilities", NULL);
    } else if (json_object_object_get_ex(o, "return", &value)) {
        if (q->asked) {
            finish(ctx, q, 0, value);
            return true;
        }
        q->asked = true;
        if (q->stop == QMP_UNTIL_SENT)
            cancel_stop(&q->cancel);
        rc = send_command(q, q->command, q->arguments);
    }
    if (rc)
        finish(ctx, q, rc, NULL);
    return rc != 0;
}

static bool take_line(libxl_ctx *ctx, struct qmp *q, const char *line)
{
    struct json_object *o = json_tokener_parse(line);
    bool ended;

    if (!o || !json_object_is_type(o, json_type_object)) {
        json_object_put(o);
        LOG_ERROR(q->sc, "the device model sends what is no JSON");
        finish(ctx, q, ERROR_PROTOCOL_ERROR_QMP, NULL);
        return true;
    }
    ended = take_message(ctx, q, o);
    json_object_put(o);
    return ended;
}

static void take_lines(libxl_ctx *ctx, struct qmp *q)
{
    char *end;

    while ((end = memchr(q->buf, '\n', q->len))) {
        size_t used = (size_t)(end - q->buf) + 1;
        char *line = strndup(q->buf, used - 1);
        bool ended;

        memmove(q->buf, end + 1, q->len - used);
        q->len -= used;
        ended = take_line(ctx, q, line);
        free(line);
        if (ended)
            return;
    }
}

static void readable(libxl_ctx *ctx, struct ev_fd *ev, short revents)
{
    struct qmp *q = CONTAINER_OF(ev, struct qmp, fd);
    ssize_t n;

    (void)revents;
    if (q->room - q->len < 4096) {
        q->room += 65536;
        q->buf = xrealloc(q->buf, q->room);
    }
    n = recv(q->fd.fd, q->buf + q->len, q->room - q->len, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0 || q->len + (size_t)n > ANSWER_MAX) {
        LOG_ERROR(q->sc, "the device model ends the conversation");
        finish(ctx, q, ERROR_FAIL, NULL);
        return;
    }
    q->len += (size_t)n;
    take_lines(ctx, q);
}

static void timed_out(libxl_ctx *ctx, struct ev_timer *ev)
{
    struct qmp *q = CONTAINER_OF(ev, struct qmp, timeout);

    LOG_ERROR(q->sc, "the device model does not answer '%s'", q->command);
    finish(ctx, q, ERROR_TIMEDOUT, NULL);
}

static void called_off(libxl_ctx *ctx, struct cancel *c)
{
    finish(ctx, CONTAINER_OF(c, struct qmp, cancel), ERROR_ABORTED, NULL);
}

static int dial(struct scope *sc, uint32_t domid)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    char *path = dm_socket_path(sc, domid, "libxl");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (strlen(path) >= sizeof(sa.sun_path))
        return -1;
    strcpy(sa.sun_path, path);
    if (fd >= 0 && !connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
        return fd;
    LOG_ERRNO(sc, "cannot reach the device model at %s", path);
    if (fd >= 0)
        close(fd);
    return -1;
}

void qmp_start(struct qmp *q)
{
    libxl_ctx *ctx = q->sc->ctx;
    int fd, rc = q->stop == QMP_NEVER ? 0 : cancel_start(q->sc, &q->cancel, called_off);

    q->greeted = q->asked = false;
    q->len = q->room = 0;
    if (!rc) {
        fd = dial(q->sc, q->domid);
        rc = fd < 0 ? ERROR_FAIL : ev_fd_start(ctx, &q->fd, fd, POLLIN, readable);
        if (rc && fd >= 0)
            close(fd);
    }
    if (!rc)
        rc = ev_timer_start(ctx, &q->timeout, ANSWER_TIMEOUT_MS, timed_out);
    if (rc)
        finish(ctx, q, rc, NULL);
}
