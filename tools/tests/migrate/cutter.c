/* SPDX-License-Identifier: MIT */
/*
 * A line between the two ends of a migration that does something at a message of the hand-over. It
 * takes the place of ssh: its standard input and output are the sender's.
 *
 *   cutter POINT ACTION MARK COMMAND...
 *
 * COMMAND is the way to the receiver. POINT is before-M or after-M: M has come here and is not
 * passed on yet, or just has been. M: banner, header (the sender's first bytes), ready, go, report,
 * status. ACTION: "line" cuts the line, both ends live; else a command for sh -c, with the sender's
 * process in $SENDER and that of COMMAND in $RECEIVER, after whose end it goes on. With "down:"
 * before the action no other line can be had from then on, with "later:" the next two cannot, with
 * "lost:" nobody hears how COMMAND has ended. What happens is written to the file MARK; where that
 * is there already this is a line like any other.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_LINE 255 /* as ssh ends */

enum message { BANNER, HEADER, READY, GO, REPORT, STATUS, NR_MESSAGES };
static const char *const names[] = {"banner", "header", "ready", "go", "report", "status"};

static const char *point, *action, *mark;
static bool armed, lost;
static const char *said = "cut\n"; /* of what happens, in the file */
static int to_far, from_far;       /* -1: closed */
static bool sender_ended;
static pid_t far;
static enum message next_back = BANNER; /* of the receiver's */
static bool header_seen, ready_passed;
static char buffer[1 << 18];

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(NO_LINE);
}

static void note(const char *text)
{
    int fd = open(mark, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        die(mark);
    close(fd);
}

static void act(void)
{
    char pid[16];

    armed = false;
    note(said);
    if (strcmp(action, "line") == 0)
        _exit(NO_LINE);
    snprintf(pid, sizeof(pid), "%d", getppid());
    setenv("SENDER", pid, 1);
    snprintf(pid, sizeof(pid), "%d", far);
    setenv("RECEIVER", pid, 1);
    if (system(action) != 0)
        note("the action failed\n");
}

static void at(const char *when, enum message m)
{
    size_t n = strlen(when);

    if (armed && strncmp(point, when, n) == 0 && strcmp(point + n, names[m]) == 0)
        act();
}

/* False: nobody reads there any more. */
static bool write_all(int fd, const char *from, size_t len)
{
    while (len) {
        ssize_t n = write(fd, from, len);

        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0) {
            from += n;
            len -= (size_t)n;
        }
    }
    return true;
}

static void to_sender(const char *from, size_t len)
{
    if (!write_all(STDOUT_FILENO, from, len))
        sender_ended = true;
}

static void close_far(void)
{
    if (to_far >= 0)
        close(to_far);
    to_far = -1;
}

static void to_receiver(const char *from, size_t len)
{
    if (to_far >= 0 && !write_all(to_far, from, len))
        close_far();
}

static bool ends(enum message m, char c)
{
    return m == STATUS || c == (m == BANNER ? '\n' : '\0');
}

/* What comes back is messages only. After the status there may be another "go": it is no point. */
static void from_receiver(const char *from, size_t len)
{
    static char message[256];
    static size_t used;

    for (size_t i = 0; i < len; i++) {
        message[used++] = from[i];
        if (next_back < NR_MESSAGES && !ends(next_back, from[i]) && used < sizeof(message))
            continue;
        if (next_back < NR_MESSAGES)
            at("before-", next_back);
        to_sender(message, used);
        used = 0;
        if (next_back >= NR_MESSAGES)
            continue;
        ready_passed |= next_back == READY;
        at("after-", next_back);
        next_back = next_back == BANNER ? READY : next_back == READY ? REPORT : next_back + 1;
    }
}

static void from_sender(const char *from, size_t len)
{
    static bool go_seen;
    bool is_go = ready_passed && !go_seen && from[len - 1] == '\0', is_header = !header_seen;

    header_seen = true;
    go_seen |= is_go;
    if (is_header || is_go)
        at("before-", is_go ? GO : HEADER);
    to_receiver(from, len);
    if (is_header || is_go)
        at("after-", is_go ? GO : HEADER);
}

static void start(char **command)
{
    int to[2], from[2];

    if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
        die("pipe");
    far = fork();
    if (far < 0)
        die("fork");
    if (!far) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        execvp(command[0], command);
        die(command[0]);
    }
    close(to[0]);
    close(from[1]);
    to_far = to[1];
    from_far = from[0];
    signal(SIGPIPE, SIG_IGN);
}

static void pass(void)
{
    struct pollfd p[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                         {.fd = from_far, .events = POLLIN}};

    while (!sender_ended && (poll(p, 2, -1) >= 0 || errno == EINTR)) {
        ssize_t n;

        if (p[1].revents) {
            n = read(from_far, buffer, sizeof(buffer));
            if (n <= 0)
                return;
            from_receiver(buffer, (size_t)n);
        }
        if (p[0].revents) {
            n = read(STDIN_FILENO, buffer, sizeof(buffer));
            if (n > 0) {
                from_sender(buffer, (size_t)n);
            } else {
                close_far();
                p[0].fd = -1;
                p[0].revents = 0;
            }
        }
    }
}

static bool line_is_down(void)
{
    char text[64] = "";
    int fd = open(mark, O_RDONLY | O_CLOEXEC);
    bool later;

    armed = fd < 0;
    if (fd >= 0 && read(fd, text, sizeof(text) - 1) < 0)
        die(mark);
    if (fd >= 0)
        close(fd);
    later = strncmp(text, "later", 5) == 0 && strcmp(text, "later\nasked\nasked\n") != 0;
    if (later)
        note("asked\n");
    return later || strncmp(text, "down", 4) == 0;
}

int main(int argc, char **argv)
{
    int status;

    if (argc < 5) {
        fprintf(stderr, "usage: cutter POINT ACTION MARK COMMAND...\n");
        return 2;
    }
    point = argv[1];
    action = argv[2];
    mark = argv[3];
    if (strncmp(action, "down:", 5) == 0) {
        action += 5;
        said = "down\n";
    } else if (strncmp(action, "later:", 6) == 0) {
        action += 6;
        said = "later\n";
    } else if (strncmp(action, "lost:", 5) == 0) {
        action += 5;
        lost = true;
    }
    if (line_is_down()) {
        fprintf(stderr, "cutter: no line\n");
        return NO_LINE;
    }
    start(argv + 4);
    pass();
    close_far();
    close(STDOUT_FILENO);
    close(from_far);
    while (waitpid(far, &status, 0) < 0 && errno == EINTR)
        ;
    if (lost)
        return NO_LINE;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
