/* SPDX-License-Identifier: MIT */
#include <xen/kernel.h>
#include <xen/lib/bytes.h>
#include <xen/lib/string.h>
#include <xen/version_info.h>

#ifndef BUILD_CHANGESET
#define BUILD_CHANGESET "unknown"
#endif
#ifndef BUILD_DATE
#define BUILD_DATE "unknown"
#endif

const char version_extra[] = XEN_EXTRAVERSION;
#ifdef __clang__
const char version_compiler[] = "clang " __clang_version__;
#else
const char version_compiler[] = "gcc (GCC) " __VERSION__;
#endif
const char version_compile_by[] = "build";
const char version_compile_domain[] = "localdomain";
const char version_compile_date[] = BUILD_DATE;
const char version_changeset[] = BUILD_CHANGESET;

extern const uint8_t __note_build_id_start[] __weak, __note_build_id_end[] __weak;

/* An ELF note: sizes of name and content, type, name (padded to 4), content. */
const uint8_t *version_build_id(unsigned int *len)
{
    const uint8_t *n = __note_build_id_start;
    size_t room = (size_t)(__note_build_id_end - __note_build_id_start);
    uint32_t name, desc;

    *len = 0;
    if (!n || room < 12)
        return NULL;
    name = ROUNDUP(get_le32(n), 4U);
    desc = get_le32(n + 4);
    if (name > room - 12 || desc > room - 12 - name)
        return NULL;
    *len = desc;
    return n + 12 + name;
}

void version_print(void)
{
    unsigned int len;
    const uint8_t *id = version_build_id(&len);

    printk("Xen version %u.%u%s (%s@%s) (%s) %s\n", XEN_MAJOR, XEN_MINOR, version_extra,
           version_compile_by, version_compile_domain, version_compiler, version_compile_date);
    printk("Latest ChangeSet: %s\n", version_changeset);
    printk("build-id: ");
    for (unsigned int i = 0; i < len; i++)
        printk("%02x", id[i]);
    printk("\n");
}
