/* SPDX-License-Identifier: MIT */
/* A terminal as every one of today understands it: ECMA-48, and xterm's other screen. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "xentop.h"

static struct termios before;
static volatile sig_atomic_t is_open;

static void say(const char *s)
{
    size_t len = strlen(s);

    while (len) {
        ssize_t n = write(STDOUT_FILENO, s, len);

        if (n <= 0)
            return;
        s += n;
        len -= (size_t)n;
    }
}

void screen_close(void)
{
    if (!is_open)
        return;
    is_open = 0;
    say("\033[?25h\033[?1049l");
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
}

static void on_signal(int sig)
{
    screen_close();
    signal(sig, SIG_DFL);
    raise(sig);
}

int screen_open(void)
{
    struct termios raw;

    if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &before))
        return -1;
    raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw))
        return -1;
    is_open = 1;
    atexit(screen_close);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    signal(SIGHUP, on_signal);
    say("\033[?1049h\033[?25l");
    return 0;
}

static unsigned int lines_of(const char *text)
{
    unsigned int n = 0;

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static const char *put_line(const char *text, unsigned int columns)
{
    const char *end = strchr(text, '\n');
    size_t len = end ? (size_t)(end - text) : strlen(text);

    printf("%.*s\033[K\r\n", (int)(len < columns ? len : columns), text);
    return end ? end + 1 : text + len;
}

void screen_show(const char *text, unsigned int head_lines, unsigned int *first,
                 const char *last_line)
{
    struct winsize w = {.ws_row = 24, .ws_col = 80};
    unsigned int room, nr = lines_of(text);

    ioctl(STDOUT_FILENO, TIOCGWINSZ, &w);
    if (!w.ws_row || !w.ws_col)
        w = (struct winsize){.ws_row = 24, .ws_col = 80};
    room = w.ws_row > head_lines + 1u ? w.ws_row - head_lines - 1u : 0;
    nr = nr > head_lines ? nr - head_lines : 0;
    if (*first + room > nr)
        *first = nr > room ? nr - room : 0;
    printf("\033[H");
    for (unsigned int i = 0; i < head_lines && i + 1 < w.ws_row; i++)
        text = put_line(text, w.ws_col);
    for (unsigned int i = 0; i < *first; i++)
        text = strchr(text, '\n') + 1;
    for (unsigned int i = 0; i < room && *text; i++)
        text = put_line(text, w.ws_col);
    printf("\033[J\033[%u;1H\033[7m%.*s\033[0m", w.ws_row, (int)w.ws_col, last_line);
    fflush(stdout);
}

/* Arrows are ESC [ A and B; an ESC by itself has nothing after it. */
static int after_escape(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    char c[2];

    if (poll(&in, 1, 50) <= 0)
        return KEY_ESC;
    if (read(STDIN_FILENO, c, 2) != 2 || (c[0] != '[' && c[0] != 'O'))
        return KEY_NONE;
    return c[1] == 'A' ? KEY_UP : c[1] == 'B' ? KEY_DOWN : KEY_NONE;
}

int screen_key(int ms)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    unsigned char c;

    if (poll(&in, 1, ms) <= 0)
        return KEY_NONE;
    if (read(STDIN_FILENO, &c, 1) != 1)
        return 'q'; /* the terminal is gone */
    return c == 27 ? after_escape() : c;
}
