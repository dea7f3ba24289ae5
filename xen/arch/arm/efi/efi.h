/* SPDX-License-Identifier: MIT */
/* What the firmware offers, as far as the stub asks for it. Source: UEFI 2.10, 4 and 7. */
#ifndef EFI_EFI_H
#define EFI_EFI_H

#include <xen/kernel.h>

typedef uint64_t efi_status_t;
#define EFI_SUCCESS     UINT64_C(0)
#define EFI_ERROR(n)    ((UINT64_C(1) << 63) | (n))
#define EFI_UNSUPPORTED EFI_ERROR(3)
#define EFI_NO_MEMORY   EFI_ERROR(9)
#define EFI_NOT_FOUND   EFI_ERROR(14)

struct efi_guid {
    uint32_t a;
    uint16_t b, c;
    uint8_t d[8];
};

enum efi_memory_type {
    EFI_LOADER_CODE = 1,
    EFI_LOADER_DATA = 2,
    EFI_BOOT_CODE = 3,
    EFI_BOOT_DATA = 4,
    EFI_CONVENTIONAL = 7,
};
#define EFI_MEMORY_WB   (UINT64_C(1) << 3) /* attribute: can be cached by write-back */
#define EFI_ANY_ADDRESS 0                  /* kind of an allocation */

struct efi_memory_descriptor { /* the firmware's may be longer */
    uint32_t type, pad;
    uint64_t start, virt, pages, attribute;
};

struct efi_table_header {
    uint64_t signature;
    uint32_t revision, size, crc, reserved;
};

struct efi_boot_services {
    struct efi_table_header header;
    void *tpl[2];
    efi_status_t (*allocate_pages)(uint32_t how, uint32_t type, uint64_t pages, uint64_t *at);
    void *free_pages;
    efi_status_t (*get_memory_map)(uint64_t *bytes, void *map, uint64_t *key, uint64_t *entry_bytes,
                                   uint32_t *version);
    efi_status_t (*allocate_pool)(uint32_t type, uint64_t bytes, void **at);
    void *free_pool;
    void *events[6];
    void *install[3];
    efi_status_t (*handle_protocol)(void *handle, const struct efi_guid *which, void **interface);
    void *locate[4];
    void *config;
    void *images[3];
    void *unload_image;
    efi_status_t (*exit_boot_services)(void *image, uint64_t key);
};
_Static_assert(offsetof(struct efi_boot_services, handle_protocol) == 24 + 16 * 8,
               "handle_protocol");
_Static_assert(offsetof(struct efi_boot_services, exit_boot_services) == 24 + 26 * 8, "exit");

struct efi_text_output {
    void *reset;
    efi_status_t (*output)(struct efi_text_output *self, const uint16_t *text);
};

struct efi_config_table {
    struct efi_guid guid;
    const void *table;
};

struct efi_system_table {
    struct efi_table_header header;
    const uint16_t *vendor;
    uint32_t revision;
    void *in_handle, *in, *out_handle;
    struct efi_text_output *out;
    void *err_handle, *err, *runtime;
    struct efi_boot_services *boot;
    uint64_t nr_tables;
    const struct efi_config_table *tables;
};
_Static_assert(offsetof(struct efi_system_table, boot) == 96, "boot services");

struct efi_loaded_image {
    uint32_t revision;
    void *parent, *system_table, *device, *path, *reserved;
    uint32_t options_bytes;
    const uint16_t *options;
};
_Static_assert(offsetof(struct efi_loaded_image, options) == 56, "options");

/* The firmware's entry, from efi_head.S: comes back with an error only. */
efi_status_t efi_stub(void *image, struct efi_system_table *table);

/* efi_head.S. */
unsigned int efi_exception_level(void);
/* Write @bytes at @copy and our own code back to memory, turn the MMU off, and start @copy with
 * the device tree. */
void efi_leave(const void *fdt, void *copy, uint64_t bytes) noreturn;

#endif
