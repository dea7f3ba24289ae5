/* SPDX-License-Identifier: MIT */
/* xen-ucode FILE: hands microcode to the hypervisor, for all CPUs. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xenctrl.h>

#include "misc.h"

static int load(const void *data, size_t len)
{
    xc_interface *xch = xc_interface_open(NULL, NULL, 0);
    int status;

    if (!xch)
        return failed("xen-ucode", "the hypervisor");
    status = xc_microcode_update(xch, data, len) ? failed("xen-ucode", "the microcode") : 0;
    xc_interface_close(xch);
    return status;
}

int main(int argc, char **argv)
{
    struct stat st;
    void *data;
    int fd, status;

    if (argc != 2) {
        fputs("usage: xen-ucode FILE\n", stderr);
        return 2;
    }
    fd = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st))
        return failed("xen-ucode", argv[1]);
    data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED)
        return failed("xen-ucode", argv[1]);
    status = load(data, (size_t)st.st_size);
    munmap(data, (size_t)st.st_size);
    close(fd);
    return status;
}
