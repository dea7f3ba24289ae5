/* SPDX-License-Identifier: MIT */
#include "fake_qmp.h"

#include <fcntl.h>
#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define DEVICES_MAX 32
#define CALLERS_MAX 8
#define FIRST_SLOT  4

struct fake_qmp fake_qmp;

static struct {
    struct json_object *arguments; /* NULL: free */
    bool leaving;
    int looks;
} devices[DEVICES_MAX];

static int listener = -1;
static char path_of_socket[108];
static struct {
    int fd;
    size_t len;
    char buf[4096];
} callers[CALLERS_MAX];

static const char *text_of(struct json_object *o, const char *key)
{
    struct json_object *v;

    return json_object_object_get_ex(o, key, &v) ? json_object_get_string(v) : "";
}

static void forget(int i)
{
    json_object_put(devices[i].arguments);
    memset(&devices[i], 0, sizeof(devices[i]));
}

static int find(const char *id)
{
    for (int i = 0; i < DEVICES_MAX; i++)
        if (devices[i].arguments && !strcmp(text_of(devices[i].arguments, "id"), id))
            return i;
    return -1;
}

static struct json_object *error(const char *class)
{
    struct json_object *o = json_object_new_object(), *e = json_object_new_object();

    json_object_object_add(e, "class", json_object_new_string(class));
    json_object_object_add(e, "desc", json_object_new_string("as the test wants it"));
    json_object_object_add(o, "error", e);
    return o;
}

static struct json_object *returned(struct json_object *value)
{
    struct json_object *o = json_object_new_object();

    json_object_object_add(o, "return", value);
    return o;
}

static struct json_object *device_add(struct json_object *arguments)
{
    int i = 0;

    if (find(text_of(arguments, "id")) >= 0 ||
        (fake_qmp.refused && !strcmp(text_of(arguments, "driver"), fake_qmp.refused)))
        return error("GenericError");
    while (devices[i].arguments)
        i++;
    devices[i].arguments = json_object_get(arguments);
    return returned(json_object_new_object());
}

void fake_qmp_started_with(const char *json)
{
    struct json_object *arguments = json_tokener_parse(json);

    json_object_put(device_add(arguments));
    json_object_put(arguments);
}

static bool is_pci(int i)
{
    return !strcmp(text_of(devices[i].arguments, "driver"), "xen-pci-passthrough");
}

static struct json_object *device_del(struct json_object *arguments)
{
    int i = find(text_of(arguments, "id"));

    if (i < 0)
        return error("DeviceNotFound");
    if (is_pci(i) && fake_qmp.stays) {
        devices[i].leaving = true;
        devices[i].looks = fake_qmp.stays;
    } else {
        forget(i);
    }
    return returned(json_object_new_object());
}

static struct json_object *pci_device(int i)
{
    struct json_object *o = json_object_new_object();
    unsigned int slot = (unsigned int)(FIRST_SLOT + i), function = 0;

    sscanf(text_of(devices[i].arguments, "addr"), "%x.%x", &slot, &function);
    json_object_object_add(o, "qdev_id",
                           json_object_new_string(text_of(devices[i].arguments, "id")));
    json_object_object_add(o, "slot", json_object_new_int((int)slot));
    json_object_object_add(o, "function", json_object_new_int((int)function));
    return o;
}

static struct json_object *query_pci(void)
{
    struct json_object *list = json_object_new_array(), *bus = json_object_new_object(),
                       *all = json_object_new_array();

    for (int i = 0; i < DEVICES_MAX; i++) {
        if (devices[i].arguments && devices[i].leaving && !devices[i].looks--)
            forget(i);
        if (devices[i].arguments && is_pci(i))
            json_object_array_add(all, pci_device(i));
    }
    json_object_object_add(bus, "bus", json_object_new_int(0));
    json_object_object_add(bus, "devices", all);
    json_object_array_add(list, bus);
    return returned(list);
}

/* Places for CPUs, the last one first. */
static struct json_object *query_cpus(void)
{
    struct json_object *list = json_object_new_array();

    for (int i = fake_qmp.cpus_max - 1; i >= 0; i--) {
        struct json_object *o = json_object_new_object(), *props = json_object_new_object();
        char id[16];

        json_object_object_add(props, "core-id", json_object_new_int(0));
        json_object_object_add(props, "socket-id", json_object_new_int(i));
        json_object_object_add(o, "props", props);
        json_object_object_add(o, "vcpus-count", json_object_new_int(1));
        json_object_object_add(o, "type", json_object_new_string("test-cpu"));
        snprintf(id, sizeof(id), "cpu-%d", i);
        if (i < fake_qmp.cpus || find(id) >= 0)
            json_object_object_add(o, "qom-path", json_object_new_string("/machine/a"));
        json_object_array_add(list, o);
    }
    return returned(list);
}

static struct json_object *save_state(struct json_object *arguments)
{
    FILE *f = fopen(text_of(arguments, "filename"), "we");

    if (!f)
        return error("GenericError");
    fputs("state\n", f);
    fclose(f);
    return returned(json_object_new_object());
}

static struct json_object *answer(struct json_object *question)
{
    const char *command = text_of(question, "execute");
    struct json_object *arguments;

    snprintf(fake_qmp.said, sizeof(fake_qmp.said), "%s", command);
    if (!json_object_object_get_ex(question, "arguments", &arguments))
        arguments = NULL;
    if (!strcmp(command, "device_add"))
        return device_add(arguments);
    if (!strcmp(command, "device_del"))
        return device_del(arguments);
    if (!strcmp(command, "query-pci"))
        return query_pci();
    if (!strcmp(command, "query-hotpluggable-cpus"))
        return query_cpus();
    if (!strcmp(command, "query-chardev"))
        return returned(json_object_new_array());
    if (!strcmp(command, "xen-save-devices-state"))
        return save_state(arguments);
    if (!strcmp(command, "qmp_capabilities") || !strcmp(command, "eject") ||
        !strcmp(command, "stop"))
        return returned(json_object_new_object());
    if (!strcmp(command, "human-monitor-command"))
        return returned(json_object_new_string("as you wish"));
    return error("CommandNotFound");
}

static void say(int fd, const char *text)
{
    (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
    (void)!send(fd, "\r\n", 2, MSG_NOSIGNAL);
}

static void hear_lines(int nr)
{
    char *end;

    while ((end = memchr(callers[nr].buf, '\n', callers[nr].len))) {
        size_t used = (size_t)(end - callers[nr].buf) + 1;
        struct json_object *question, *o;

        *end = '\0';
        question = json_tokener_parse(callers[nr].buf);
        assert_non_null(question);
        o = answer(question);
        if (fake_qmp.mood == FAKE_ANSWERS || !strcmp(fake_qmp.said, "qmp_capabilities"))
            say(callers[nr].fd, json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
        json_object_put(o);
        json_object_put(question);
        memmove(callers[nr].buf, end + 1, callers[nr].len - used);
        callers[nr].len -= used;
    }
}

static bool caller_moves(int nr)
{
    size_t room = sizeof(callers[nr].buf) - callers[nr].len;
    ssize_t n;

    if (callers[nr].fd <= 0)
        return false;
    n = recv(callers[nr].fd, callers[nr].buf + callers[nr].len, room, MSG_DONTWAIT);
    if (n < 0)
        return false;
    if (!n) {
        close(callers[nr].fd);
        callers[nr].fd = 0;
        callers[nr].len = 0;
        return true;
    }
    callers[nr].len += (size_t)n;
    hear_lines(nr);
    return true;
}

static bool caller_comes(void)
{
    int fd = listener < 0 ? -1 : accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    int nr = 0;

    if (fd < 0)
        return false;
    while (callers[nr].fd > 0)
        nr++;
    assert_in_range(nr, 0, CALLERS_MAX - 1);
    callers[nr].fd = fd;
    callers[nr].len = 0;
    if (fake_qmp.mood != FAKE_IS_SILENT)
        say(fd, "{\"QMP\": {\"version\": {}, \"capabilities\": []}}");
    return true;
}

bool fake_qmp_moves(void)
{
    bool moved = caller_comes();

    for (int i = 0; i < CALLERS_MAX; i++)
        moved = caller_moves(i) || moved;
    return moved;
}

static void fake_qmp_listen(void)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};

    strcpy(sa.sun_path, path_of_socket);
    unlink(path_of_socket);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&sa, sizeof(sa)), 0);
    assert_int_equal(listen(listener, CALLERS_MAX), 0);
}

void fake_qmp_open(const char *socket_path)
{
    assert_true(strlen(socket_path) < sizeof(path_of_socket));
    strcpy(path_of_socket, socket_path);
    fake_qmp_listen();
}

void fake_qmp_restarted(void)
{
    if (listener < 0 || !access(path_of_socket, F_OK))
        return;
    close(listener);
    for (int i = 0; i < DEVICES_MAX; i++)
        forget(i);
    fake_qmp_listen();
}

void fake_qmp_close(void)
{
    if (listener >= 0)
        close(listener);
    listener = -1;
    for (int i = 0; i < DEVICES_MAX; i++)
        forget(i);
    fake_qmp = (struct fake_qmp){0};
}

char *fake_qmp_devices(void)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    for (int i = 0; i < DEVICES_MAX; i++)
        if (devices[i].arguments)
            fprintf(f, "%s\n",
                    json_object_to_json_string_ext(devices[i].arguments, JSON_C_TO_STRING_PLAIN));
    fclose(f);
    return text;
}
