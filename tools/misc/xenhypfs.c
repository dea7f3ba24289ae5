/* SPDX-License-Identifier: MIT */
/* xenhypfs: looks at the hypervisor's tree of settings and facts, and changes what may be. */
#include <ctype.h>

#include <xenhypfs.h>

#include "misc.h"

enum status { DONE, USAGE, NOT_FOUND, REFUSED }; /* exit */

struct path {
    char text[1024];
};

static enum status usage(void)
{
    fputs("usage: xenhypfs ls PATH\n"
          "       xenhypfs cat [-b] PATH\n"
          "       xenhypfs write PATH VALUE\n"
          "       xenhypfs tree\n",
          stderr);
    return USAGE;
}

static enum status refused(const char *what)
{
    failed("xenhypfs", what);
    return REFUSED;
}

static void entries_free(struct xenhypfs_dirent *entries, unsigned int nr)
{
    for (unsigned int i = 0; entries && i < nr; i++)
        free(entries[i].name);
    free(entries);
}

static const char *type_name(unsigned int type)
{
    static const char *const names[] = {
        [xenhypfs_type_dir] = "<dir>",       [xenhypfs_type_blob] = "<blob>",
        [xenhypfs_type_string] = "<string>", [xenhypfs_type_uint] = "<uint>",
        [xenhypfs_type_int] = "<int>",       [xenhypfs_type_bool] = "<bool>",
    };

    return type < sizeof(names) / sizeof(names[0]) ? names[type] : "<?>";
}

static enum status list(xenhypfs_handle *fs, int argc, char **argv)
{
    struct xenhypfs_dirent *entries;
    unsigned int nr;

    if (argc != 1)
        return usage();
    entries = xenhypfs_readdir(fs, argv[0], &nr);
    if (!entries)
        return refused(argv[0]);
    for (unsigned int i = 0; i < nr; i++)
        printf("%-8s r%c %s\n", type_name(entries[i].type),
               entries[i].flags & XENHYPFS_FLAG_WRITABLE ? 'w' : '-', entries[i].name);
    entries_free(entries, nr);
    return DONE;
}

/* What is no text is shown as \xNN. */
static void print_escaped(const char *text)
{
    for (; *text; text++)
        if (isprint((unsigned char)*text) || isspace((unsigned char)*text))
            putchar(*text);
        else
            printf("\\x%02x", (unsigned char)*text);
}

static enum status show(xenhypfs_handle *fs, int argc, char **argv)
{
    bool raw = argc > 0 && !strcmp(argv[0], "-b");
    char *text;

    if (argc != 1 + raw || argv[raw][0] == '-')
        return usage();
    text = xenhypfs_read(fs, argv[raw]);
    if (!text)
        return refused(argv[raw]);
    if (raw)
        fputs(text, stdout);
    else
        print_escaped(text);
    putchar('\n');
    free(text);
    return DONE;
}

static enum status change(xenhypfs_handle *fs, int argc, char **argv)
{
    if (argc != 2)
        return usage();
    return xenhypfs_write(fs, argv[0], argv[1]) ? refused(argv[0]) : DONE;
}

/* Below @path, which has @depth folders above. The tree is the hypervisor's and not deep. */
static enum status branch(xenhypfs_handle *fs, const struct path *path, int depth)
{
    enum status status = DONE;
    unsigned int nr;
    struct xenhypfs_dirent *entries = xenhypfs_readdir(fs, path->text, &nr);

    if (!entries)
        return NOT_FOUND;
    for (unsigned int i = 0; i < nr && status == DONE; i++) {
        bool folder = entries[i].type == xenhypfs_type_dir;
        struct path below;
        int len;

        printf("%*s%s%s\n", depth * 2, "", entries[i].name, folder ? "/" : "");
        len = snprintf(below.text, sizeof(below.text), "%s/%s", path->text[1] ? path->text : "",
                       entries[i].name);
        if (folder)
            status = len < (int)sizeof(below.text) ? branch(fs, &below, depth + 1) : NOT_FOUND;
    }
    entries_free(entries, nr);
    return status;
}

static enum status tree(xenhypfs_handle *fs, int argc, char **argv)
{
    (void)argv;
    if (argc)
        return usage();
    puts("/");
    return branch(fs, &(struct path){"/"}, 1);
}

static const struct {
    const char *name;
    enum status (*run)(xenhypfs_handle *fs, int argc, char **argv);
} commands[] = {{"ls", list}, {"cat", show}, {"write", change}, {"tree", tree}};

int main(int argc, char **argv)
{
    xenhypfs_handle *fs;
    enum status status;

    for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[1], commands[i].name))
            continue;
        fs = xenhypfs_open(NULL, 0);
        if (!fs)
            return refused("the hypervisor");
        status = commands[i].run(fs, argc - 2, argv + 2);
        xenhypfs_close(fs);
        return (int)status;
    }
    return (int)usage();
}
