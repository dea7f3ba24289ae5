/* SPDX-License-Identifier: MIT */
/* xen-livepatch: patches for the hypervisor that runs. */
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <xenctrl.h>

#include "misc.h"

#define TIMEOUT_NS 30000000 /* for CPUs to meet, so that code can change */
#define TRIES      9
#define TRY_NS     33000000

/* Exit statuses. */
#define WRONG 1
#define LATE  2 /* an action is not done yet */

static const struct action {
    const char *name, *doing;
    uint32_t from, to; /* LIVEPATCH_STATE_*; 0 in @to: the patch is gone */
    int (*act)(xc_interface *xch, char *name, uint32_t timeout, uint32_t flags);
} actions[] = {
    {"apply", "Applying", LIVEPATCH_STATE_CHECKED, LIVEPATCH_STATE_APPLIED, xc_livepatch_apply},
    {"revert", "Reverting", LIVEPATCH_STATE_APPLIED, LIVEPATCH_STATE_CHECKED, xc_livepatch_revert},
    {"unload", "Unloading", LIVEPATCH_STATE_CHECKED, 0, xc_livepatch_unload},
    {"replace", "Replacing all live patches with", LIVEPATCH_STATE_CHECKED, LIVEPATCH_STATE_APPLIED,
     xc_livepatch_replace},
};
#define NR_ACTIONS (sizeof(actions) / sizeof(actions[0]))

static int usage(int status)
{
    fputs("usage: xen-livepatch COMMAND [ARGUMENT...]\n"
          "  help                       this help\n"
          "  list                       the patches that are loaded\n"
          "  upload NAME FILE           load a patch under a name of up to 128 characters\n"
          "  apply NAME [--nodeps]      apply it; with --nodeps it need not be made for the patch\n"
          "                             that was applied last, only for this hypervisor\n"
          "  revert NAME                undo that\n"
          "  replace NAME               apply it and revert all others\n"
          "  unload NAME                forget it\n"
          "  load FILE [--nodeps]       upload and apply, with the name of the file\n",
          status ? stderr : stdout);
    return status;
}

static int complain(const char *what, const char *which, int error)
{
    fprintf(stderr, "%s%s.\nError %d: %s\n", what, which, error, strerror(error));
    return WRONG;
}

static const char *state_name(uint32_t state)
{
    return state == LIVEPATCH_STATE_CHECKED   ? "CHECKED"
           : state == LIVEPATCH_STATE_APPLIED ? "APPLIED"
                                              : "unknown";
}

struct list {
    unsigned int nr;
    uint32_t name_bytes, metadata_bytes;
    struct xen_livepatch_status *status;
    uint32_t *name_len, *metadata_len;
    char *names, *metadata;
};

/* The hypervisor's lengths are those of what it wrote, but checked all the same. */
static void print_list(const struct list *l, unsigned int done)
{
    const char *name = l->names, *metadata = l->metadata;

    puts(" ID                                     | status     | metadata\n"
         "----------------------------------------+------------+---------------");
    for (unsigned int i = 0; i < done; i++) {
        if (l->name_len[i] > l->name_bytes - (uint32_t)(name - l->names) ||
            l->metadata_len[i] > l->metadata_bytes - (uint32_t)(metadata - l->metadata))
            break;
        printf("%-40.*s| %s", (int)l->name_len[i], name, state_name(l->status[i].state));
        if (l->status[i].rc)
            printf(" (%d, %s)", -l->status[i].rc, strerror(-l->status[i].rc));
        fputs("    | ", stdout);
        /* Strings one behind the other, each with its NUL. */
        for (uint32_t k = 0; k + 1 < l->metadata_len[i]; k++)
            putchar(metadata[k] ? metadata[k] : ';');
        putchar('\n');
        name += l->name_len[i];
        metadata += l->metadata_len[i];
    }
}

static int cmd_list(xc_interface *xch, int nr_args, char **args)
{
    struct list l = {0};
    unsigned int done = 0, left = 0;
    int status = 0;

    (void)args;
    if (nr_args)
        return usage(WRONG);
    if (xc_livepatch_list_get_sizes(xch, &l.nr, &l.name_bytes, &l.metadata_bytes))
        return complain("Failed to get list sizes", "", errno);
    if (!l.nr) {
        puts("Nothing to list");
        return 0;
    }
    l.status = calloc(l.nr, sizeof(*l.status));
    l.name_len = calloc(l.nr, sizeof(*l.name_len));
    l.metadata_len = calloc(l.nr, sizeof(*l.metadata_len));
    l.names = calloc(1, l.name_bytes + 1u);
    l.metadata = calloc(1, l.metadata_bytes + 1u);
    if (!l.status || !l.name_len || !l.metadata_len || !l.names || !l.metadata)
        status = failed("xen-livepatch", "memory");
    else if (xc_livepatch_list(xch, l.nr, 0, l.status, l.names, l.name_len, l.name_bytes,
                               l.metadata, l.metadata_len, l.metadata_bytes, &done, &left))
        status = complain("Failed to list", "", errno);
    else
        print_list(&l, done < l.nr ? done : l.nr);
    free(l.status);
    free(l.name_len);
    free(l.metadata_len);
    free(l.names);
    free(l.metadata);
    return status;
}

static bool name_fits(const char *name)
{
    if (strlen(name) < XEN_LIVEPATCH_NAME_SIZE)
        return true;
    fprintf(stderr, "ID must be no more than %d characters.\n", XEN_LIVEPATCH_NAME_SIZE);
    return false;
}

static int upload(xc_interface *xch, char *name, const char *file)
{
    int fd = open(file, O_RDONLY), status = 0;
    struct stat st;
    void *data;

    if (fd < 0)
        return complain("Could not open ", file, errno);
    if (fstat(fd, &st) || (errno = EFBIG, st.st_size > INT32_MAX)) {
        status = complain("Could not get size of ", file, errno);
        goto out;
    }
    data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) {
        status = complain("Could not map ", file, errno);
        goto out;
    }
    printf("Uploading %s... ", file);
    fflush(stdout);
    if (xc_livepatch_upload(xch, name, data, (uint32_t)st.st_size)) {
        puts("failed");
        fflush(stdout);
        fprintf(stderr, "Error %d: %s\n", errno, strerror(errno));
        status = WRONG;
    } else {
        puts("completed");
    }
    munmap(data, (size_t)st.st_size);
out:
    close(fd);
    return status;
}

static int cmd_upload(xc_interface *xch, int nr_args, char **args)
{
    if (nr_args != 2)
        return usage(WRONG);
    return name_fits(args[0]) ? upload(xch, args[0], args[1]) : WRONG;
}

static int wrong_state(const char *name, uint32_t state, uint32_t wanted)
{
    fprintf(stderr, "%s is in the wrong state.\nCurrent state: %s\nExpected state: %s\n", name,
            state_name(state), state_name(wanted));
    return WRONG;
}

/* Until the action has come to an end, or for too long. 0, or the exit status. */
static int wait_for(xc_interface *xch, const struct action *a, char *name)
{
    xen_livepatch_status_t s;

    for (int i = 0; i < TRIES; i++) {
        if (xc_livepatch_get(xch, name, &s)) {
            if (!a->to && errno == ENOENT)
                return 0;
            return complain("failed\nFailed to get status of ", name, errno);
        }
        if (s.rc != -EAGAIN)
            break;
        nanosleep(&(struct timespec){.tv_nsec = TRY_NS}, NULL);
    }
    if (s.rc == -EAGAIN) {
        fputs("failed\nOperation didn't complete.\n", stderr);
        return LATE;
    }
    if (s.rc) {
        fprintf(stderr, "failed\nError %d: %s\n", -s.rc, strerror(-s.rc));
        return WRONG;
    }
    if (s.state != a->to) {
        fputs("failed\n", stderr);
        return wrong_state(name, s.state, a->to);
    }
    return 0;
}

static int take_action(xc_interface *xch, const struct action *a, char *name, uint32_t flags)
{
    xen_livepatch_status_t s;
    int status;

    if (xc_livepatch_get(xch, name, &s))
        return complain("Failed to get status of ", name, errno);
    if (s.rc == -EAGAIN) {
        fprintf(stderr, "Cannot execute %s.\nOperation already in progress.\n", a->name);
        return WRONG;
    }
    if (s.state == a->to) {
        puts("No action needed.");
        return 0;
    }
    if (s.state != a->from)
        return wrong_state(name, s.state, a->from);
    printf("%s %s... ", a->doing, name);
    fflush(stdout);
    if (a->act(xch, name, TIMEOUT_NS, flags)) {
        fprintf(stderr, "failed\nError %d: %s\n", errno, strerror(errno));
        return WRONG;
    }
    status = wait_for(xch, a, name);
    if (!status)
        puts("completed");
    return status;
}

/* The one flag that there is, if there is any argument left. False: it is another. */
static bool parse_flags(int nr_args, char **args, uint32_t *flags)
{
    *flags = 0;
    for (int i = 0; i < nr_args; i++) {
        if (strcmp(args[i], "--nodeps")) {
            fprintf(stderr, "Unsupported flag: %s.\n", args[i]);
            return false;
        }
        *flags |= LIVEPATCH_ACTION_APPLY_NODEPS;
    }
    return true;
}

static int cmd_action(xc_interface *xch, const struct action *a, int nr_args, char **args)
{
    uint32_t flags;

    if (nr_args < 1 || (nr_args > 1 && strcmp(a->name, "apply")))
        return usage(WRONG);
    if (!name_fits(args[0]) || !parse_flags(nr_args - 1, args + 1, &flags))
        return WRONG;
    return take_action(xch, a, args[0], flags);
}

/* The name is the file's, without what follows the last dot. What cannot be applied is unloaded. */
static int cmd_load(xc_interface *xch, int nr_args, char **args)
{
    char name[XEN_LIVEPATCH_NAME_SIZE];
    const char *base, *dot;
    uint32_t flags;
    int status;

    if (nr_args < 1)
        return usage(WRONG);
    base = strrchr(args[0], '/');
    base = base ? base + 1 : args[0];
    dot = strrchr(base, '.');
    snprintf(name, sizeof(name), "%.*s", dot ? (int)(dot - base) : (int)strlen(base), base);
    if (!parse_flags(nr_args - 1, args + 1, &flags))
        return WRONG;
    status = upload(xch, name, args[0]);
    if (status)
        return status;
    status = take_action(xch, &actions[0], name, flags);
    if (status)
        take_action(xch, &actions[2], name, 0);
    return status;
}

static int run(xc_interface *xch, const char *command, int nr_args, char **args)
{
    if (!strcmp(command, "list"))
        return cmd_list(xch, nr_args, args);
    if (!strcmp(command, "upload"))
        return cmd_upload(xch, nr_args, args);
    if (!strcmp(command, "load"))
        return cmd_load(xch, nr_args, args);
    for (size_t i = 0; i < NR_ACTIONS; i++)
        if (!strcmp(command, actions[i].name))
            return cmd_action(xch, &actions[i], nr_args, args);
    fprintf(stderr, "Unrecognised command '%s' -- try 'xen-livepatch help'\n", command);
    return WRONG;
}

int main(int argc, char **argv)
{
    xc_interface *xch;
    int status;

    if (argc < 2 || !strcmp(argv[1], "help"))
        return usage(0);
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("xen-livepatch", "the hypervisor");
    status = run(xch, argv[1], argc - 2, argv + 2);
    xc_interface_close(xch);
    return status;
}
