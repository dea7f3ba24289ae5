/* SPDX-License-Identifier: MIT */
/*
 * test-xenstore [-i COUNT] [-r SECONDS] [-t TEST] | -l | -h: the store's answers, and how long they
 * take. All is done below a node of its own, which is removed.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store_cases.h"

#define USAGE_STATUS 2

struct request {
    unsigned long iterations, seconds;
    const char *only;
    bool list, random;
};

static void usage(FILE *to)
{
    fputs("usage: test-xenstore [<options>]\n"
          "  -i|--iterations <i>  each test <i> times (1)\n"
          "  -l|--list-tests      the tests' names\n"
          "  -r|--random <time>   tests in random order for <time> seconds\n"
          "  -t|--test <test>     this test only\n"
          "  -h|--help            this text\n",
          to);
}

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static bool run_case(const struct store *s, const struct store_case *c, uint64_t *ns)
{
    uint64_t start;
    bool good = !c->before || c->before(s);

    start = now_ns();
    good = good && c->run(s);
    *ns += now_ns() - start;
    if (!good)
        fprintf(stderr, "%-10s: %s\n", c->name,
                errno == EILSEQ ? "not what was written" : strerror(errno));
    return good;
}

static int run_all(const struct store *s, const struct request *r)
{
    int status = 0;

    for (unsigned int i = 0; i < nr_store_cases; i++) {
        const struct store_case *c = &store_cases[i];
        uint64_t ns = 0;
        bool good = true;

        if (r->only && strcmp(r->only, c->name))
            continue;
        for (unsigned long n = 0; n < r->iterations && good; n++)
            good = run_case(s, c, &ns);
        if (good)
            printf("%-10s: %" PRIu64 " ns\n", c->name, ns);
        else
            status = 1;
    }
    return status;
}

static int run_random(const struct store *s, unsigned long seconds)
{
    uint64_t end = now_ns() + seconds * UINT64_C(1000000000), ns = 0;
    unsigned long done = 0;

    srandom((unsigned int)getpid());
    for (; now_ns() < end; done++)
        if (!run_case(s, &store_cases[(unsigned long)random() % nr_store_cases], &ns))
            return 1;
    printf("%lu tests: %" PRIu64 " ns\n", done, ns);
    return 0;
}

static bool parse_count(const char *text, unsigned long *count)
{
    char *end;

    errno = 0;
    *count = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno && *count <= UINT32_MAX;
}

static bool has_case(const char *name)
{
    for (unsigned int i = 0; i < nr_store_cases; i++)
        if (!strcmp(store_cases[i].name, name))
            return true;
    return false;
}

/* -1: go on; else the program's status. */
static int parse(int argc, char **argv, struct request *r)
{
    static const struct option options[] = {
        {"iterations", required_argument, NULL, 'i'},
        {"list-tests", no_argument, NULL, 'l'},
        {"random", required_argument, NULL, 'r'},
        {"test", required_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;
    bool good = true;

    while ((option = getopt_long(argc, argv, "i:lr:t:h", options, NULL)) != -1) {
        switch (option) {
        case 'i':
            good = good && parse_count(optarg, &r->iterations);
            break;
        case 'l':
            r->list = true;
            break;
        case 'r':
            r->random = true;
            good = good && parse_count(optarg, &r->seconds);
            break;
        case 't':
            r->only = optarg;
            good = good && has_case(optarg);
            break;
        case 'h':
            usage(stdout);
            return 0;
        default:
            good = false;
            break;
        }
    }
    if (good && optind == argc)
        return -1;
    usage(stderr);
    return USAGE_STATUS;
}

int main(int argc, char **argv)
{
    struct request r = {.iterations = 1};
    struct store s = {0};
    int status = parse(argc, argv, &r);

    if (status >= 0)
        return status;
    if (r.list) {
        for (unsigned int i = 0; i < nr_store_cases; i++)
            printf("%-10s: %s\n", store_cases[i].name, store_cases[i].what);
        return 0;
    }
    snprintf(s.base, sizeof(s.base), "/test-xenstore/%ld", (long)getpid());
    s.xs = xs_open(0);
    s.other = xs_open(0);
    if (!s.xs || !s.other) {
        fputs("test-xenstore: no connection to the store\n", stderr);
        return 1;
    }
    status = r.random ? run_random(&s, r.seconds) : run_all(&s, &r);
    if (!xs_rm(s.xs, XBT_NULL, s.base) && errno != ENOENT) {
        perror("test-xenstore: removal");
        status = 1;
    }
    xs_close(s.other);
    xs_close(s.xs);
    return status;
}
