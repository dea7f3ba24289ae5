/* SPDX-License-Identifier: MIT */
/* Paths of the daemon and small helpers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xenstore.h>

#ifndef XEN_RUN_STORED
#define XEN_RUN_STORED "/var/run/xenstored"
#endif

const char *xs_daemon_rundir(void)
{
    const char *dir = getenv("XENSTORED_RUNDIR");

    return dir ? dir : XEN_RUN_STORED;
}

const char *xs_daemon_socket(void)
{
    static __thread char path[PATH_MAX]; /* any thread may open a connection */
    const char *env = getenv("XENSTORED_PATH");

    if (env)
        return env;
    if (snprintf(path, sizeof(path), "%s/socket", xs_daemon_rundir()) >= (int)sizeof(path))
        return NULL;
    return path;
}

const char *xs_daemon_socket_ro(void)
{
    return xs_daemon_socket();
}

bool xs_write_all(int fd, const void *data, unsigned int len)
{
    const char *p = data;

    while (len) {
        ssize_t r = write(fd, p, len);

        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return false;
        p += r;
        len -= (unsigned int)r;
    }
    return true;
}

static int letter_to_perms(char c)
{
    switch (c) {
    case 'n':
        return XS_PERM_NONE;
    case 'r':
        return XS_PERM_READ;
    case 'w':
        return XS_PERM_WRITE;
    case 'b':
        return XS_PERM_READ | XS_PERM_WRITE;
    default:
        return -1;
    }
}

bool xs_strings_to_perms(struct xs_permissions *perms, unsigned int num, const char *strings)
{
    for (unsigned int i = 0; i < num; i++, strings += strlen(strings) + 1) {
        int bits = letter_to_perms(strings[0]);
        char *end;

        if (bits < 0)
            goto bad;
        perms[i].perms = (unsigned int)bits;
        perms[i].id = (unsigned int)strtol(strings + 1, &end, 0);
        if (*end || end == strings + 1)
            goto bad;
    }
    return true;
bad:
    errno = EINVAL;
    return false;
}

bool xs_path_is_subpath(const char *parent, const char *child)
{
    size_t len = strlen(parent);

    if (strncmp(parent, child, len) != 0)
        return false;
    return child[len] == '\0' || child[len] == '/' || (len == 1 && *parent == '/');
}
