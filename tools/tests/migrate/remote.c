/* SPDX-License-Identifier: MIT */
/*
 * Commands on another machine, for networks of two emulated ones: there is no check of who asks.
 * A command's status comes as the connection's urgent byte; 255 is that it did not come.
 *
 *   remote serve            answer for ever
 *   remote HOST COMMAND...  run it there by sh -c; standard input and output are passed on, what it
 *                           says on its standard error goes to /tmp/remote.log there
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT    7000
#define NO_LINE 255 /* as ssh ends */

static char buffer[1 << 18];

static void die(const char *what)
{
    perror(what);
    exit(NO_LINE);
}

static void write_all(int fd, const char *from, size_t len)
{
    while (len) {
        ssize_t n = write(fd, from, len);

        if (n < 0 && errno != EINTR)
            die("write");
        if (n > 0) {
            from += n;
            len -= (size_t)n;
        }
    }
}

/* The line that a client begins with, byte by byte: what follows it is the command's input. */
static _Noreturn void run(int s, const char *line)
{
    int log = open("/tmp/remote.log", O_WRONLY | O_CREAT | O_APPEND, 0644);

    dup2(s, 0);
    dup2(s, 1);
    dup2(log, 2);
    close(s);
    close(log);
    signal(SIGPIPE, SIG_DFL);
    execl("/bin/sh", "sh", "-c", line, (char *)NULL);
    _exit(127);
}

static void answer(int s)
{
    char line[4096], result;
    size_t n = 0;
    pid_t child;
    int status;

    signal(SIGCHLD, SIG_DFL);
    while (n < sizeof(line) - 1 && read(s, line + n, 1) == 1 && line[n] != '\n')
        n++;
    line[n] = '\0';
    child = fork();
    if (child == 0)
        run(s, line);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            exit(NO_LINE);
    result = (char)(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    send(s, &result, 1, MSG_OOB | MSG_NOSIGNAL);
    shutdown(s, SHUT_RDWR);
    exit(0);
}

static _Noreturn void serve(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), s;

    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(listener, (struct sockaddr *)&a, sizeof(a)) || listen(listener, 16))
        die("listen");
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        s = accept(listener, NULL, NULL);
        if (s < 0)
            continue;
        if (!fork())
            answer(s);
        close(s);
    }
}

static int ask(int argc, char **argv)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char result = (char)NO_LINE;
    struct pollfd p[] = {{.fd = 0, .events = POLLIN}, {.fd = s, .events = POLLIN | POLLPRI}};

    if (inet_pton(AF_INET, argv[1], &a.sin_addr) != 1 ||
        connect(s, (struct sockaddr *)&a, sizeof(a)))
        die(argv[1]);
    for (int i = 2; i < argc; i++) {
        write_all(s, argv[i], strlen(argv[i]));
        write_all(s, i + 1 < argc ? " " : "\n", 1);
    }
    while (poll(p, 2, -1) >= 0 || errno == EINTR) {
        ssize_t n;

        /* Before what stands before it is read: reading beyond it loses it. */
        if (p[1].revents & POLLPRI)
            (void)recv(s, &result, 1, MSG_OOB);
        if (p[1].revents) {
            n = read(s, buffer, sizeof(buffer));
            if (n <= 0)
                return (unsigned char)result;
            write_all(1, buffer, (size_t)n);
        }
        if (p[0].revents) {
            n = read(0, buffer, sizeof(buffer));
            if (n > 0) {
                write_all(s, buffer, (size_t)n);
            } else {
                shutdown(s, SHUT_WR);
                p[0].fd = -1;
                p[0].revents = 0;
            }
        }
    }
    return NO_LINE;
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "serve"))
        serve();
    if (argc < 3) {
        fprintf(stderr, "usage: remote serve | remote HOST COMMAND...\n");
        return 2;
    }
    return ask(argc, argv);
}
