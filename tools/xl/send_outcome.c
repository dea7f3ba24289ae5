/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "migrate_guard.h"
#include "xl.h"

#define NO_LINE        255 /* as ssh ends */
#define LONGEST_WAIT_S 15

static time_t now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

/* False: there was no line. */
static bool ask(const char *command, const char *host, const libxl_uuid *uuid,
                enum outcome *outcome)
{
    char *line, answer[32] = "";
    int status = 0;
    FILE *f;

    if (asprintf(&line, "exec %s %s xl migrate-receive --outcome " LIBXL_UUID_FMT " </dev/null",
                 command, host, LIBXL_UUID_BYTES(*uuid)) < 0)
        line = NULL;
    must_alloc(line);
    f = popen(line, "re");
    free(line);
    if (f && fgets(answer, sizeof(answer), f))
        answer[strcspn(answer, "\n")] = '\0';
    if (f)
        status = pclose(f);
    *outcome = !strcmp(answer, OUTCOME_STARTED) ? IS_STARTED
               : !strcmp(answer, OUTCOME_GONE)  ? IS_GONE
                                                : IS_UNKNOWN;
    return *outcome != IS_UNKNOWN || !WIFEXITED(status) || WEXITSTATUS(status) != NO_LINE;
}

enum outcome outcome_ask(const char *command, const char *host, const libxl_uuid *uuid,
                         unsigned long patience_s)
{
    time_t start = now_s(), rest;
    unsigned int wait = 1;
    enum outcome outcome = IS_UNKNOWN;

    if (!*command)
        return IS_UNKNOWN;
    while (!send_guard_interrupted() && !ask(command, host, uuid, &outcome)) {
        rest = (time_t)patience_s - (now_s() - start);
        if (rest <= 0)
            break;
        if (wait == 1)
            fprintf(stderr, "The target is not reached; asking it for %ld s more.\n", (long)rest);
        sleep((time_t)wait < rest ? wait : (unsigned int)rest);
        wait = wait * 2 < LONGEST_WAIT_S ? wait * 2 : LONGEST_WAIT_S;
    }
    return outcome;
}
