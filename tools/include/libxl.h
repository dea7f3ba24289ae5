/* SPDX-License-Identifier: MIT */
/*
 * libxl: what a toolstack asks of one Xen host. ABI of 4.17.
 *
 * Units:     sizes named _kb or _memkb are KiB, times are seconds unless the name says more.
 * Errors:    functions that return int give 0 or a negative ERROR_* value (see libxl_error);
 *            pointers are NULL on error. The reason goes to the context's logger.
 * Ownership: what a function returns belongs to the caller, who frees it with the matching
 *            _dispose, _list_free or, for a plain string, free().
 * Threads:   a context may be used by several threads at once; a value may not.
 * Values:    each generated type is initialised with its _init before use and its _dispose may
 *            be called any number of times after that.
 * Asynchronous calls take a libxl_asyncop_how: NULL makes them synchronous, otherwise they
 *            return 0 at once and the outcome comes by callback or by event.
 */
#ifndef LIBXL_H
#define LIBXL_H

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

#include <xentoollog.h>

typedef struct libxl__ctx libxl_ctx;

#include <libxl_uuid.h>
#include <xen_list.h>

/* A program may ask for an older interface; these are the ones there have been. */
#ifdef LIBXL_API_VERSION
#if LIBXL_API_VERSION != 0x040200 && LIBXL_API_VERSION != 0x040300 &&                              \
    LIBXL_API_VERSION != 0x040400 && LIBXL_API_VERSION != 0x040500 &&                              \
    LIBXL_API_VERSION != 0x040700 && LIBXL_API_VERSION != 0x040800 &&                              \
    LIBXL_API_VERSION != 0x041300 && LIBXL_API_VERSION != 0x041400
#error Unknown LIBXL_API_VERSION
#endif
#define LIBXL_API_LEVEL_ LIBXL_API_VERSION
#else
#define LIBXL_API_LEVEL_ 0x041700
#endif

/* What this interface has, for programs that build against several. */
#define LIBXL_HAVE_ALTP2M                            1
#define LIBXL_HAVE_AO_ABORT                          1
#define LIBXL_HAVE_APIC_ASSIST                       1
#define LIBXL_HAVE_BITMAP_AND_OR                     1
#define LIBXL_HAVE_BUILDINFO_APIC                    1
#define LIBXL_HAVE_BUILDINFO_ARCH_ARM_TEE            1
#define LIBXL_HAVE_BUILDINFO_ARM_GIC_VERSION         1
#define LIBXL_HAVE_BUILDINFO_ARM_VUART               1
#define LIBXL_HAVE_BUILDINFO_BOOTLOADER              1
#define LIBXL_HAVE_BUILDINFO_BOOTLOADER_ARGS         1
#define LIBXL_HAVE_BUILDINFO_DEVICE_MODEL_STUBDOMAIN 1
#define LIBXL_HAVE_BUILDINFO_EVENT_CHANNELS          1
#define LIBXL_HAVE_BUILDINFO_GRANT_DEFAULT           1
#define LIBXL_HAVE_BUILDINFO_GRANT_LIMITS            1
#define LIBXL_HAVE_BUILDINFO_HVM_ACPI_LAPTOP_SLATE   1
#define LIBXL_HAVE_BUILDINFO_HVM_MMIO_HOLE_MEMKB     1
#define LIBXL_HAVE_BUILDINFO_HVM_MS_VM_GENID         1
#define LIBXL_HAVE_BUILDINFO_HVM_SYSTEM_FIRMWARE
#define LIBXL_HAVE_BUILDINFO_HVM_VENDOR_DEVICE           1
#define LIBXL_HAVE_BUILDINFO_HVM_VIRIDIAN_ENABLE_DISABLE 1
#define LIBXL_HAVE_BUILDINFO_IOMEM_START_GFN             1
#define LIBXL_HAVE_BUILDINFO_IOMMU_MEMKB                 1
#define LIBXL_HAVE_BUILDINFO_KERNEL                      1
#define LIBXL_HAVE_BUILDINFO_NESTED_HVM                  1
#define LIBXL_HAVE_BUILDINFO_SERIAL_LIST                 1
#define LIBXL_HAVE_BUILDINFO_TIMER_MODE                  1
#define LIBXL_HAVE_BUILDINFO_USBDEVICE_LIST              1
#define LIBXL_HAVE_BUILDINFO_USBVERSION                  1
#define LIBXL_HAVE_BUILDINFO_VCPU_AFFINITY_ARRAYS        1
#define LIBXL_HAVE_BUILDINFO_VKB_DEVICE                  1
#define LIBXL_HAVE_BUILD_ID                              1
#define LIBXL_HAVE_BYTEARRAY_UUID                        1
#define LIBXL_HAVE_CHECKPOINTED_STREAM                   1
#define LIBXL_HAVE_COLO_USERSPACE_PROXY                  1
#define LIBXL_HAVE_CONSOLE_NOTIFY_FD                     1
#define LIBXL_HAVE_CONST_COPY_AND_LENGTH_FUNCTIONS       1
#define LIBXL_HAVE_CPUPOOL_ADD_REM_CPUMAP                1
#define LIBXL_HAVE_CPUPOOL_NAME                          1
#define LIBXL_HAVE_CPUPOOL_QUALIFIER_TO_CPUPOOLID        1
#define LIBXL_HAVE_CREATEINFO_DOMID
#define LIBXL_HAVE_CREATEINFO_PASSTHROUGH 1
#define LIBXL_HAVE_CREATEINFO_XEND_SUSPEND_EVTCHN_COMPAT
#define LIBXL_HAVE_DEVICETREE_PASSTHROUGH             1
#define LIBXL_HAVE_DEVICE_BACKEND_DOMNAME             1
#define LIBXL_HAVE_DEVICE_CHANNEL                     1
#define LIBXL_HAVE_DEVICE_DISK_DIRECT_IO_SAFE         1
#define LIBXL_HAVE_DEVICE_DISK_SPECIFICATION          1
#define LIBXL_HAVE_DEVICE_MODEL_USER                  1
#define LIBXL_HAVE_DEVICE_PCI_ASSIGNABLE_LIST_FREE    1
#define LIBXL_HAVE_DEVICE_PCI_LIST_FREE               1
#define LIBXL_HAVE_DEVICE_PCI_NAME                    1
#define LIBXL_HAVE_DEVICE_PCI_SEIZE                   1
#define LIBXL_HAVE_DISK_SAFE_REMOVE                   1
#define LIBXL_HAVE_DISK_TRUSTED                       1
#define LIBXL_HAVE_DOMAIN_CREATE_RESTORE_PARAMS       1
#define LIBXL_HAVE_DOMAIN_CREATE_RESTORE_SEND_BACK_FD 1
#define LIBXL_HAVE_DOMAIN_NEED_MEMORY_CONFIG
#define LIBXL_HAVE_DOMAIN_NEED_MEMORY_CONST_B_INFO 1
#define LIBXL_HAVE_DOMAIN_NODEAFFINITY             1
#define LIBXL_HAVE_DOMAIN_SUSPEND_ONLY             1
#define LIBXL_HAVE_DOMINFO_GPADDR_BITS             1
#define LIBXL_HAVE_DOMINFO_NEVER_STOP              1
#define LIBXL_HAVE_DOMINFO_OUTSTANDING_MEMKB       1
#define LIBXL_HAVE_DRIVER_DOMAIN_CREATION          1
#define LIBXL_HAVE_ERROR_DOMAIN_NOTFOUND           1
#define LIBXL_HAVE_EXTENDED_VKB                    1
#define LIBXL_HAVE_FIRMWARE_PASSTHROUGH            1
#define LIBXL_HAVE_FN_USING_QMP_ASYNC              1
#define LIBXL_HAVE_GFX_PASSTHRU_KIND
#define LIBXL_HAVE_HVM_HDTYPE                       1
#define LIBXL_HAVE_LIBXL_DEVICE_DISK_DISCARD_ENABLE 1
#define LIBXL_HAVE_MAX_GRANT_VERSION                1
#define LIBXL_HAVE_MEMKB_64BITS                     1
#define LIBXL_HAVE_NIC_TRUSTED                      1
#define LIBXL_HAVE_P9S                              1
#define LIBXL_HAVE_PCITOPOLOGY                      1
#define LIBXL_HAVE_PHYSINFO_CAP_GNTTAB              1
#define LIBXL_HAVE_PHYSINFO_CAP_HAP_SHADOW          1
#define LIBXL_HAVE_PHYSINFO_CAP_IOMMU_HAP_PT_SHARE  1
#define LIBXL_HAVE_PHYSINFO_CAP_PV                  1
#define LIBXL_HAVE_PHYSINFO_CAP_VMTRACE             1
#define LIBXL_HAVE_PHYSINFO_CAP_VPMU                1
#define LIBXL_HAVE_PHYSINFO_MAX_POSSIBLE_MFN        1
#define LIBXL_HAVE_PHYSINFO_OUTSTANDING_PAGES       1
#define LIBXL_HAVE_PVCALLS                          1
#define LIBXL_HAVE_PVUSB                            1
#define LIBXL_HAVE_PV_SHIM                          1
#define LIBXL_HAVE_QED                              1
#define LIBXL_HAVE_QEMU_MONITOR_COMMAND             1
#define LIBXL_HAVE_QXL                              1
#define LIBXL_HAVE_REMUS                            1
#define LIBXL_HAVE_RETRIEVE_DOMAIN_CONFIGURATION    1
#define LIBXL_HAVE_SCHED_CREDIT2_PARAMS             1
#define LIBXL_HAVE_SCHED_CREDIT_MIGR_DELAY
#define LIBXL_HAVE_SCHED_NULL                   1
#define LIBXL_HAVE_SCHED_RTDS                   1
#define LIBXL_HAVE_SCHED_RTDS_VCPU_EXTRA        1
#define LIBXL_HAVE_SCHED_RTDS_VCPU_PARAMS       1
#define LIBXL_HAVE_SET_PARAMETERS               1
#define LIBXL_HAVE_SET_VCPUAFFINITY_FORCE       1
#define LIBXL_HAVE_SIGCHLD_OWNER_SELECTIVE_REAP 1
#define LIBXL_HAVE_SIGCHLD_SHARING              1
#define LIBXL_HAVE_SOCKET_BITMAP                1
#define LIBXL_HAVE_SOFT_RESET                   1
#define LIBXL_HAVE_SPICE_IMAGECOMPRESSION       1
#define LIBXL_HAVE_SPICE_STREAMINGVIDEO         1
#define LIBXL_HAVE_SPICE_USBREDIREDIRECTION     1
#define LIBXL_HAVE_SPICE_VDAGENT                1
#define LIBXL_HAVE_SRM_V1                       1
#define LIBXL_HAVE_SRM_V2                       1
#define LIBXL_HAVE_SSID_LABEL                   1
#define LIBXL_HAVE_USERDATA_UNLINK              1
#define LIBXL_HAVE_UUID_COPY_CTX_PARAM          1
#define LIBXL_HAVE_VCPUINFO_SOFT_AFFINITY       1
#define LIBXL_HAVE_VCPU_SCHED_PARAMS            1
#define LIBXL_HAVE_VGA_INTERFACE_TYPE_UNKNOWN   1
#define LIBXL_HAVE_VIRIDIAN_CPU_HOTPLUG         1
#define LIBXL_HAVE_VIRIDIAN_CRASH_CTL           1
#define LIBXL_HAVE_VIRIDIAN_EX_PROCESSOR_MASKS  1
#define LIBXL_HAVE_VIRIDIAN_HCALL_IPI           1
#define LIBXL_HAVE_VIRIDIAN_NO_VP_LIMIT         1
#define LIBXL_HAVE_VIRIDIAN_STIMER              1
#define LIBXL_HAVE_VIRIDIAN_SYNIC               1
#define LIBXL_HAVE_VMTRACE_BUF_KB               1
#define LIBXL_HAVE_VNUMA                        1
#define LIBXL_HAVE_VPMU                         1
#define LIBXL_HAVE_X86_MSR_RELAXED              1
#if !defined(LIBXL_API_VERSION) || LIBXL_API_VERSION != 0x040200
#define LIBXL_HAVE_NONCONST_EVENT_OCCURS_EVENT_ARG 1
#endif
#if LIBXL_API_LEVEL_ >= 0x040500
#define LIBXL_HAVE_NONCONST_LIBXL_BASENAME_RETURN_VALUE 1
#endif
#if defined(__arm__) || defined(__aarch64__)
#define LIBXL_HAVE_NO_SUSPEND_RESUME 1
#endif
#if defined(__i386__) || defined(__x86_64__)
#define LIBXL_HAVE_PSR_CMT     1
#define LIBXL_HAVE_PSR_MBM     1
#define LIBXL_HAVE_PSR_CAT     1
#define LIBXL_HAVE_PSR_CDP     1
#define LIBXL_HAVE_PSR_L2_CAT  1
#define LIBXL_HAVE_PSR_GENERIC 1
#define LIBXL_HAVE_MCA_CAPS    1
#endif

#if LIBXL_API_LEVEL_ >= 0x040500 && LIBXL_API_LEVEL_ < 0x040700
#define ERROR_REMUS_DEVOPS_DOES_NOT_MATCH ERROR_CHECKPOINT_DEVOPS_DOES_NOT_MATCH
#define ERROR_REMUS_DEVICE_NOT_SUPPORTED  ERROR_CHECKPOINT_DEVICE_NOT_SUPPORTED
#endif

#ifndef LIBXL_EXTERNAL_CALLERS_ONLY
#define LIBXL_EXTERNAL_CALLERS_ONLY /* nothing to check for other programs */
#endif

#define LIBXL_BUILDINFO_HVM_VIRIDIAN_ENABLE_DISABLE_WIDTH 64
#define LIBXL_MAX_GRANT_DEFAULT                           (~(uint32_t)0)
#define LIBXL_MAX_GRANT_FRAMES_DEFAULT                    32
#define LIBXL_MAX_MAPTRACK_FRAMES_DEFAULT                 1024
#define LIBXL_PCI_FUNC_ALL                                (~0U)
#define LIBXL_TIMER_MODE_DEFAULT                          -1
#define LIBXL_MEMKB_DEFAULT                               ~0ULL
#define LIBXL_RDM_MEM_BOUNDARY_MEMKB_DEFAULT              (2048 * 1024)
#define LIBXL_MS_VM_GENID_LEN                             16
#define LIBXL_CPUTOPOLOGY_INVALID_ENTRY                   (~(uint32_t)0)
#define LIBXL_PCITOPOLOGY_INVALID_ENTRY                   (~(uint32_t)0)
#define LIBXL_NUMAINFO_INVALID_ENTRY                      (~(uint32_t)0)
#define LIBXL_CPUPOOL_POOLID_ANY                          0xFFFFFFFF
#define LIBXL_DOMAIN_SCHED_PARAM_WEIGHT_DEFAULT           -1
#define LIBXL_DOMAIN_SCHED_PARAM_CAP_DEFAULT              -1
#define LIBXL_DOMAIN_SCHED_PARAM_PERIOD_DEFAULT           -1
#define LIBXL_DOMAIN_SCHED_PARAM_SLICE_DEFAULT            -1
#define LIBXL_DOMAIN_SCHED_PARAM_LATENCY_DEFAULT          -1
#define LIBXL_DOMAIN_SCHED_PARAM_EXTRATIME_DEFAULT        -1
#define LIBXL_DOMAIN_SCHED_PARAM_BUDGET_DEFAULT           -1
#define LIBXL_SCHED_PARAM_VCPU_INDEX_DEFAULT              -1
#define LIBXL_SUSPEND_DEBUG                               1
#define LIBXL_SUSPEND_LIVE                                2
#define LIBXL_VERSION                                     0
#define INVALID_DOMID                                     ~0
#define RANDOM_DOMID                                      (INVALID_DOMID - 1)

/* The types that are not generated. */
typedef uint32_t libxl_domid;
typedef int libxl_devid;
typedef uint32_t libxl_hwcap[8];
typedef uint64_t libxl_ev_user;
typedef char **libxl_string_list;    /* ends with NULL */
typedef char **libxl_key_value_list; /* key, value, key, value ..., NULL */

typedef uint8_t libxl_mac[6];
#define LIBXL_MAC_FMT        "%02hhx:%02hhx:%02hhx:%02hhx:%02hhx:%02hhx"
#define LIBXL_MAC_FMTLEN     ((2 * 6) + 5)
#define LIBXL_MAC_BYTES(mac) mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]

typedef struct {
    uint32_t size; /* bytes */
    uint8_t *map;
} libxl_bitmap;

struct libxl__cpu_policy;
typedef struct libxl__cpu_policy *libxl_cpuid_policy_list;

typedef struct {
    const char *s;
    int v;
} libxl_enum_string_table; /* ends with s = NULL */

struct libxl_event;
typedef XEN_TAILQ_ENTRY(struct libxl_event) libxl_ev_link;

typedef struct {
    int val; /* private: use the functions */
} libxl_defbool;

typedef struct {
    uint8_t bytes[LIBXL_MS_VM_GENID_LEN];
} libxl_ms_vm_genid;

#include "_libxl_types.h"

#if defined(__i386__) || defined(__x86_64__)
typedef enum libxl_psr_cbm_type libxl_psr_type;
#endif
typedef struct libxl__xen_console_reader libxl_xen_console_reader;

typedef struct {
    void (*callback)(libxl_ctx *ctx, int rc, void *for_callback);
    union {
        libxl_ev_user for_event; /* used if callback is NULL */
        void *for_callback;
    } u;
} libxl_asyncop_how;

typedef struct {
    void (*callback)(libxl_ctx *ctx, libxl_event *event, void *for_callback);
    libxl_ev_user for_event;
    void *for_callback;
} libxl_asyncprogress_how;

/* The context. */
int libxl_ao_abort(libxl_ctx *ctx, const libxl_asyncop_how *how);
int libxl_ctx_alloc(libxl_ctx **pctx, int version, unsigned flags, xentoollog_logger *lg);
int libxl_ctx_free(libxl_ctx *ctx);

/* Values of the built-in types. */
void libxl_mac_copy(libxl_ctx *ctx, libxl_mac *dst, const libxl_mac *src);
void libxl_string_list_dispose(libxl_string_list *sl);
int libxl_string_list_length(const libxl_string_list *sl);
void libxl_string_list_copy(libxl_ctx *ctx, libxl_string_list *dst, const libxl_string_list *src);
void libxl_key_value_list_dispose(libxl_key_value_list *kvl);
int libxl_key_value_list_length(const libxl_key_value_list *kvl);
void libxl_key_value_list_copy(libxl_ctx *ctx, libxl_key_value_list *dst,
                               const libxl_key_value_list *src);
void libxl_hwcap_copy(libxl_ctx *ctx, libxl_hwcap *dst, const libxl_hwcap *src);
void libxl_bitmap_init(libxl_bitmap *map);
void libxl_bitmap_dispose(libxl_bitmap *map);
void libxl_cpuid_dispose(libxl_cpuid_policy_list *cpuid_list);
int libxl_cpuid_policy_list_length(const libxl_cpuid_policy_list *l);
void libxl_cpuid_policy_list_copy(libxl_ctx *ctx, libxl_cpuid_policy_list *dst,
                                  const libxl_cpuid_policy_list *src);
void libxl_defbool_set(libxl_defbool *db, bool b);
void libxl_defbool_unset(libxl_defbool *db);
void libxl_defbool_setdefault(libxl_defbool *db, bool b);
bool libxl_defbool_is_default(libxl_defbool db);
bool libxl_defbool_val(libxl_defbool db);
const char *libxl_defbool_to_string(libxl_defbool b);
int libxl_cpuid_parse_config(libxl_cpuid_policy_list *cpuid, const char *str);
int libxl_cpuid_parse_config_xend(libxl_cpuid_policy_list *cpuid, const char *str);
int libxl_ms_vm_genid_generate(libxl_ctx *ctx, libxl_ms_vm_genid *id);
bool libxl_ms_vm_genid_is_zero(const libxl_ms_vm_genid *id);
void libxl_ms_vm_genid_copy(libxl_ctx *ctx, libxl_ms_vm_genid *dst, const libxl_ms_vm_genid *src);

/* Creating, saving and moving domains. */
int libxl_domain_create_new(libxl_ctx *ctx, libxl_domain_config *d_config, uint32_t *domid,
                            const libxl_asyncop_how *ao_how,
                            const libxl_asyncprogress_how *aop_console_how);
int libxl_domain_create_restore(libxl_ctx *ctx, libxl_domain_config *d_config, uint32_t *domid,
                                int restore_fd, int send_back_fd,
                                const libxl_domain_restore_params *params,
                                const libxl_asyncop_how *ao_how,
                                const libxl_asyncprogress_how *aop_console_how);
int libxl_domain_soft_reset(libxl_ctx *ctx, libxl_domain_config *d_config, uint32_t domid,
                            const libxl_asyncop_how *ao_how,
                            const libxl_asyncprogress_how *aop_console_how);
void libxl_domain_config_init(libxl_domain_config *d_config);
void libxl_domain_config_dispose(libxl_domain_config *d_config);
int libxl_retrieve_domain_configuration(libxl_ctx *ctx, uint32_t domid,
                                        libxl_domain_config *d_config,
                                        const libxl_asyncop_how *ao_how);
int libxl_domain_suspend(libxl_ctx *ctx, uint32_t domid, int fd, int flags,
                         const libxl_asyncop_how *ao_how);
int libxl_domain_suspend_only(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *ao_how);
int libxl_domain_resume(libxl_ctx *ctx, uint32_t domid, int suspend_cancel,
                        const libxl_asyncop_how *ao_how);
int libxl_domain_remus_start(libxl_ctx *ctx, libxl_domain_remus_info *info, uint32_t domid,
                             int send_fd, int recv_fd, const libxl_asyncop_how *ao_how);
int libxl_domain_core_dump(libxl_ctx *ctx, uint32_t domid, const char *filename,
                           const libxl_asyncop_how *ao_how);

/* Control of a domain. */
int libxl_userdata_store(libxl_ctx *ctx, uint32_t domid, const char *userdata_userid,
                         const uint8_t *data, int datalen);
int libxl_userdata_retrieve(libxl_ctx *ctx, uint32_t domid, const char *userdata_userid,
                            uint8_t **data_r, int *datalen_r);
int libxl_userdata_unlink(libxl_ctx *ctx, uint32_t domid, const char *userdata_userid);
int libxl_domain_shutdown(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *ao_how);
int libxl_domain_reboot(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *ao_how);
int libxl_domain_destroy(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *ao_how);
int libxl_domain_preserve(libxl_ctx *ctx, uint32_t domid, libxl_domain_create_info *info,
                          const char *name_suffix, libxl_uuid new_uuid);
int libxl_domain_rename(libxl_ctx *ctx, uint32_t domid, const char *old_name, const char *new_name);
int libxl_domain_pause(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *ao_how);
int libxl_domain_unpause(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *ao_how);
int libxl_vncviewer_exec(libxl_ctx *ctx, uint32_t domid, int autopass);
int libxl_console_exec(libxl_ctx *ctx, uint32_t domid, int cons_num, libxl_console_type type,
                       int notify_fd);
int libxl_primary_console_exec(libxl_ctx *ctx, uint32_t domid_vm, int notify_fd);
int libxl_console_get_tty(libxl_ctx *ctx, uint32_t domid, int cons_num, libxl_console_type type,
                          char **path);
int libxl_primary_console_get_tty(libxl_ctx *ctx, uint32_t domid_vm, char **path);
int libxl_send_trigger(libxl_ctx *ctx, uint32_t domid, libxl_trigger trigger, uint32_t vcpuid,
                       const libxl_asyncop_how *ao_how);
int libxl_send_sysrq(libxl_ctx *ctx, uint32_t domid, char sysrq);
int libxl_send_debug_keys(libxl_ctx *ctx, char *keys);
libxl_xen_console_reader *libxl_xen_console_read_start(libxl_ctx *ctx, int clear);
int libxl_xen_console_read_line(libxl_ctx *ctx, libxl_xen_console_reader *cr, char **line_r);
void libxl_xen_console_read_finish(libxl_ctx *ctx, libxl_xen_console_reader *cr);

/* Memory. */
int libxl_domain_setmaxmem(libxl_ctx *ctx, uint32_t domid, uint64_t target_memkb);
int libxl_set_memory_target(libxl_ctx *ctx, uint32_t domid, int64_t target_memkb, int relative,
                            int enforce);
int libxl_get_memory_target(libxl_ctx *ctx, uint32_t domid, uint64_t *out_target);
int libxl_get_memory_target_0x040700(libxl_ctx *ctx, uint32_t domid, uint32_t *out_target);
int libxl_domain_need_memory(libxl_ctx *ctx, libxl_domain_config *config,
                             uint32_t domid_for_logging, uint64_t *need_memkb);
int libxl_domain_need_memory_0x041200(libxl_ctx *ctx, const libxl_domain_build_info *b_info_in,
                                      uint64_t *need_memkb);
int libxl_domain_need_memory_0x040700(libxl_ctx *ctx, const libxl_domain_build_info *b_info_in,
                                      uint32_t *need_memkb);
int libxl_get_free_memory(libxl_ctx *ctx, uint64_t *memkb);
int libxl_get_free_memory_0x040700(libxl_ctx *ctx, uint32_t *memkb);
int libxl_wait_for_free_memory(libxl_ctx *ctx, uint32_t domid, uint64_t memory_kb, int wait_secs);
int libxl_wait_for_memory_target(libxl_ctx *ctx, uint32_t domid, int wait_secs);

/* What domains there are. */
int libxl_domain_info(libxl_ctx *, libxl_dominfo *info_r, uint32_t domid);
libxl_dominfo *libxl_list_domain(libxl_ctx *, int *nb_domain_out);
void libxl_dominfo_list_free(libxl_dominfo *list, int nb_domain);
libxl_vminfo *libxl_list_vm(libxl_ctx *ctx, int *nb_vm_out);
void libxl_vminfo_list_free(libxl_vminfo *list, int nb_vm);
void libxl_cputopology_list_free(libxl_cputopology *, int nb_cpu);
void libxl_pcitopology_list_free(libxl_pcitopology *, int num_devs);
void libxl_numainfo_list_free(libxl_numainfo *, int nr);
int libxl_domid_valid_guest(uint32_t domid);
int libxl_clear_domid_history(libxl_ctx *ctx);

/* Virtual CPUs and affinity. */
int libxl_set_vcpuonline(libxl_ctx *ctx, uint32_t domid, libxl_bitmap *cpumap,
                         const libxl_asyncop_how *ao_how);
int libxl_set_vcpuaffinity(libxl_ctx *ctx, uint32_t domid, uint32_t vcpuid,
                           const libxl_bitmap *cpumap_hard, const libxl_bitmap *cpumap_soft);
int libxl_set_vcpuaffinity_all(libxl_ctx *ctx, uint32_t domid, unsigned int max_vcpus,
                               const libxl_bitmap *cpumap_hard, const libxl_bitmap *cpumap_soft);
int libxl_set_vcpuaffinity_force(libxl_ctx *ctx, uint32_t domid, uint32_t vcpuid,
                                 const libxl_bitmap *cpumap_hard, const libxl_bitmap *cpumap_soft);
int libxl_domain_set_nodeaffinity(libxl_ctx *ctx, uint32_t domid, libxl_bitmap *nodemap);
int libxl_domain_get_nodeaffinity(libxl_ctx *ctx, uint32_t domid, libxl_bitmap *nodemap);
libxl_vcpuinfo *libxl_list_vcpu(libxl_ctx *ctx, uint32_t domid, int *nb_vcpu, int *nr_cpus_out);
void libxl_vcpuinfo_list_free(libxl_vcpuinfo *, int nr);

/* Schedulers. */
int libxl_get_scheduler(libxl_ctx *ctx);
int libxl_sched_credit_params_get(libxl_ctx *ctx, uint32_t poolid,
                                  libxl_sched_credit_params *scinfo);
int libxl_sched_credit_params_set(libxl_ctx *ctx, uint32_t poolid,
                                  libxl_sched_credit_params *scinfo);
int libxl_sched_credit2_params_get(libxl_ctx *ctx, uint32_t poolid,
                                   libxl_sched_credit2_params *scinfo);
int libxl_sched_credit2_params_set(libxl_ctx *ctx, uint32_t poolid,
                                   libxl_sched_credit2_params *scinfo);
int libxl_domain_sched_params_get(libxl_ctx *ctx, uint32_t domid,
                                  libxl_domain_sched_params *params);
int libxl_domain_sched_params_set(libxl_ctx *ctx, uint32_t domid,
                                  const libxl_domain_sched_params *params);
int libxl_vcpu_sched_params_get(libxl_ctx *ctx, uint32_t domid, libxl_vcpu_sched_params *params);
int libxl_vcpu_sched_params_get_all(libxl_ctx *ctx, uint32_t domid,
                                    libxl_vcpu_sched_params *params);
int libxl_vcpu_sched_params_set(libxl_ctx *ctx, uint32_t domid,
                                const libxl_vcpu_sched_params *params);
int libxl_vcpu_sched_params_set_all(libxl_ctx *ctx, uint32_t domid,
                                    const libxl_vcpu_sched_params *params);

/* CPU pools. */
libxl_cpupoolinfo *libxl_list_cpupool(libxl_ctx *, int *nb_pool_out);
void libxl_cpupoolinfo_list_free(libxl_cpupoolinfo *list, int nb_pool);
int libxl_get_freecpus(libxl_ctx *ctx, libxl_bitmap *cpumap);
int libxl_cpupool_create(libxl_ctx *ctx, const char *name, libxl_scheduler sched,
                         libxl_bitmap cpumap, libxl_uuid *uuid, uint32_t *poolid);
int libxl_cpupool_destroy(libxl_ctx *ctx, uint32_t poolid);
int libxl_cpupool_rename(libxl_ctx *ctx, const char *name, uint32_t poolid);
int libxl_cpupool_cpuadd(libxl_ctx *ctx, uint32_t poolid, int cpu);
int libxl_cpupool_cpuadd_node(libxl_ctx *ctx, uint32_t poolid, int node, int *cpus);
int libxl_cpupool_cpuadd_cpumap(libxl_ctx *ctx, uint32_t poolid, const libxl_bitmap *cpumap);
int libxl_cpupool_cpuremove(libxl_ctx *ctx, uint32_t poolid, int cpu);
int libxl_cpupool_cpuremove_node(libxl_ctx *ctx, uint32_t poolid, int node, int *cpus);
int libxl_cpupool_cpuremove_cpumap(libxl_ctx *ctx, uint32_t poolid, const libxl_bitmap *cpumap);
int libxl_cpupool_movedomain(libxl_ctx *ctx, uint32_t poolid, uint32_t domid);
int libxl_cpupool_info(libxl_ctx *ctx, libxl_cpupoolinfo *info, uint32_t poolid);

/* The host. */
int libxl_get_physinfo(libxl_ctx *ctx, libxl_physinfo *physinfo);
const libxl_version_info *libxl_get_version_info(libxl_ctx *ctx);
int libxl_get_max_cpus(libxl_ctx *ctx);
int libxl_get_online_cpus(libxl_ctx *ctx);
int libxl_get_max_nodes(libxl_ctx *ctx);
libxl_cputopology *libxl_get_cpu_topology(libxl_ctx *ctx, int *nb_cpu_out);
libxl_pcitopology *libxl_get_pci_topology(libxl_ctx *ctx, int *num_devs);
libxl_numainfo *libxl_get_numainfo(libxl_ctx *ctx, int *nr);
int libxl_set_parameters(libxl_ctx *ctx, char *params);
uint32_t libxl_vm_get_start_time(libxl_ctx *ctx, uint32_t domid);
int libxl_fd_set_cloexec(libxl_ctx *ctx, int fd, int cloexec);
int libxl_fd_set_nonblock(libxl_ctx *ctx, int fd, int nonblock);
int libxl_qemu_monitor_command(libxl_ctx *ctx, uint32_t domid, const char *command_line,
                               char **output, const libxl_asyncop_how *ao_how);

/* The security policy. */
int libxl_flask_context_to_sid(libxl_ctx *ctx, char *buf, size_t len, uint32_t *ssidref);
int libxl_flask_sid_to_context(libxl_ctx *ctx, uint32_t ssidref, char **buf, size_t *len);
int libxl_flask_getenforce(libxl_ctx *ctx);
int libxl_flask_setenforce(libxl_ctx *ctx, int mode);
int libxl_flask_loadpolicy(libxl_ctx *ctx, void *policy, uint32_t size);

/* Transcendent memory: gone from the hypervisor, every call answers ERROR_FEATURE_REMOVED. */
char *libxl_tmem_list(libxl_ctx *ctx, uint32_t domid, int use_long);
int libxl_tmem_freeze(libxl_ctx *ctx, uint32_t domid);
int libxl_tmem_thaw(libxl_ctx *ctx, uint32_t domid);
int libxl_tmem_set(libxl_ctx *ctx, uint32_t domid, char *name, uint32_t set);
int libxl_tmem_shared_auth(libxl_ctx *ctx, uint32_t domid, char *uuid, int auth);
int libxl_tmem_freeable(libxl_ctx *ctx);

/* Devices. */
#define LIBXL_DEVICE_CHANGE_(kind, verb)                                                           \
    int libxl_device_##kind##_##verb(libxl_ctx *ctx, uint32_t domid, libxl_device_##kind *device,  \
                                     const libxl_asyncop_how *ao_how)
#define LIBXL_DEVICE_REMOVE_(kind)                                                                 \
    LIBXL_DEVICE_CHANGE_(kind, remove);                                                            \
    LIBXL_DEVICE_CHANGE_(kind, destroy) /* as remove, without asking the guest */
#define LIBXL_DEVICE_LIST_(kind)                                                                   \
    libxl_device_##kind *libxl_device_##kind##_list(libxl_ctx *ctx, uint32_t domid, int *num)
#define LIBXL_DEVICE_LIST_FREE_(kind)                                                              \
    void libxl_device_##kind##_list_free(libxl_device_##kind *list, int num)
#define LIBXL_DEVICE_GETINFO_(kind, infotype)                                                      \
    int libxl_device_##kind##_getinfo(libxl_ctx *ctx, uint32_t domid,                              \
                                      const libxl_device_##kind *device, infotype *info)

LIBXL_DEVICE_CHANGE_(disk, add);
LIBXL_DEVICE_REMOVE_(disk);
LIBXL_DEVICE_LIST_(disk);
LIBXL_DEVICE_LIST_FREE_(disk);
LIBXL_DEVICE_GETINFO_(disk, libxl_diskinfo);
int libxl_device_disk_safe_remove(libxl_ctx *ctx, uint32_t domid, libxl_device_disk *disk,
                                  const libxl_asyncop_how *ao_how);
LIBXL_DEVICE_CHANGE_(usbctrl, add);
LIBXL_DEVICE_REMOVE_(usbctrl);
LIBXL_DEVICE_LIST_(usbctrl);
LIBXL_DEVICE_LIST_FREE_(usbctrl);
LIBXL_DEVICE_GETINFO_(usbctrl, libxl_usbctrlinfo);
LIBXL_DEVICE_CHANGE_(usbdev, add);
LIBXL_DEVICE_CHANGE_(usbdev, remove);
LIBXL_DEVICE_LIST_(usbdev);
LIBXL_DEVICE_LIST_FREE_(usbdev);
LIBXL_DEVICE_CHANGE_(nic, add);
LIBXL_DEVICE_REMOVE_(nic);
LIBXL_DEVICE_LIST_(nic);
LIBXL_DEVICE_LIST_FREE_(nic);
LIBXL_DEVICE_GETINFO_(nic, libxl_nicinfo);
LIBXL_DEVICE_LIST_(channel);
LIBXL_DEVICE_GETINFO_(channel, libxl_channelinfo);
LIBXL_DEVICE_CHANGE_(vtpm, add);
LIBXL_DEVICE_REMOVE_(vtpm);
LIBXL_DEVICE_LIST_(vtpm);
LIBXL_DEVICE_LIST_FREE_(vtpm);
LIBXL_DEVICE_GETINFO_(vtpm, libxl_vtpminfo);
LIBXL_DEVICE_CHANGE_(vdispl, add);
LIBXL_DEVICE_REMOVE_(vdispl);
LIBXL_DEVICE_LIST_(vdispl);
LIBXL_DEVICE_LIST_FREE_(vdispl);
LIBXL_DEVICE_GETINFO_(vdispl, libxl_vdisplinfo);
LIBXL_DEVICE_CHANGE_(vsnd, add);
LIBXL_DEVICE_REMOVE_(vsnd);
LIBXL_DEVICE_LIST_(vsnd);
LIBXL_DEVICE_LIST_FREE_(vsnd);
LIBXL_DEVICE_GETINFO_(vsnd, libxl_vsndinfo);
LIBXL_DEVICE_CHANGE_(vkb, add);
LIBXL_DEVICE_REMOVE_(vkb);
LIBXL_DEVICE_LIST_(vkb);
LIBXL_DEVICE_LIST_FREE_(vkb);
LIBXL_DEVICE_GETINFO_(vkb, libxl_vkbinfo);
LIBXL_DEVICE_CHANGE_(vfb, add);
LIBXL_DEVICE_REMOVE_(vfb);
LIBXL_DEVICE_REMOVE_(p9);
LIBXL_DEVICE_REMOVE_(pvcallsif);
LIBXL_DEVICE_CHANGE_(pci, add);
LIBXL_DEVICE_REMOVE_(pci);
LIBXL_DEVICE_LIST_(pci);
LIBXL_DEVICE_LIST_FREE_(pci);
int libxl_cdrom_insert(libxl_ctx *ctx, uint32_t domid, libxl_device_disk *disk,
                       const libxl_asyncop_how *ao_how);
int libxl_device_events_handler(libxl_ctx *ctx, const libxl_asyncop_how *ao_how);
int libxl_device_pci_assignable_add(libxl_ctx *ctx, libxl_device_pci *pci, int rebind);
int libxl_device_pci_assignable_remove(libxl_ctx *ctx, libxl_device_pci *pci, int rebind);
libxl_device_pci *libxl_device_pci_assignable_list(libxl_ctx *ctx, int *num);
void libxl_device_pci_assignable_list_free(libxl_device_pci *list, int num);

#if defined(__i386__) || defined(__x86_64__)
/* Platform shared resources. */
int libxl_psr_cmt_attach(libxl_ctx *ctx, uint32_t domid);
int libxl_psr_cmt_detach(libxl_ctx *ctx, uint32_t domid);
int libxl_psr_cmt_domain_attached(libxl_ctx *ctx, uint32_t domid);
int libxl_psr_cmt_enabled(libxl_ctx *ctx);
int libxl_psr_cmt_get_total_rmid(libxl_ctx *ctx, uint32_t *total_rmid);
int libxl_psr_cmt_get_l3_cache_size(libxl_ctx *ctx, uint32_t socketid, uint32_t *l3_cache_size);
int libxl_psr_cmt_get_cache_occupancy(libxl_ctx *ctx, uint32_t domid, uint32_t socketid,
                                      uint32_t *l3_cache_occupancy);
int libxl_psr_cmt_type_supported(libxl_ctx *ctx, libxl_psr_cmt_type type);
int libxl_psr_cmt_get_sample(libxl_ctx *ctx, uint32_t domid, libxl_psr_cmt_type type,
                             uint64_t scope, uint64_t *sample_r, uint64_t *tsc_r);
int libxl_psr_cat_set_cbm(libxl_ctx *ctx, uint32_t domid, libxl_psr_cbm_type type,
                          libxl_bitmap *target_map, uint64_t cbm);
int libxl_psr_cat_get_cbm(libxl_ctx *ctx, uint32_t domid, libxl_psr_cbm_type type, uint32_t target,
                          uint64_t *cbm_r);
int libxl_psr_cat_get_info(libxl_ctx *ctx, libxl_psr_cat_info **info, unsigned int *nr,
                           unsigned int lvl);
int libxl_psr_cat_get_l3_info(libxl_ctx *ctx, libxl_psr_cat_info **info, int *nr);
void libxl_psr_cat_info_list_free(libxl_psr_cat_info *list, int nr);
int libxl_psr_set_val(libxl_ctx *ctx, uint32_t domid, libxl_psr_type type, libxl_bitmap *target_map,
                      uint64_t val);
int libxl_psr_get_val(libxl_ctx *ctx, uint32_t domid, libxl_psr_type type, unsigned int target,
                      uint64_t *val);
int libxl_psr_get_hw_info(libxl_ctx *ctx, libxl_psr_feat_type type, unsigned int lvl,
                          unsigned int *nr, libxl_psr_hw_info **info);
void libxl_psr_hw_info_list_free(libxl_psr_hw_info *list, unsigned int nr);
#endif

#include <libxl_event.h>

#if LIBXL_API_LEVEL_ < 0x041400 || !defined(LIBXL_API_VERSION)
/* CPUID policies are applied while a domain is created. */
static inline void libxl_cpuid_apply_policy(libxl_ctx *ctx, uint32_t domid)
{
    (void)ctx;
    (void)domid;
}
static inline void libxl_cpuid_set(libxl_ctx *ctx, uint32_t domid, libxl_cpuid_policy_list cpuid)
{
    (void)ctx;
    (void)domid;
    (void)cpuid;
}
#endif

/* Older interfaces: the same calls with fewer arguments or narrower ones. */
#if LIBXL_API_LEVEL_ < 0x041300
#define libxl_retrieve_domain_configuration(ctx, domid, config)                                    \
    libxl_retrieve_domain_configuration((ctx), (domid), (config), NULL)
#define libxl_domain_shutdown(ctx, domid) libxl_domain_shutdown((ctx), (domid), NULL)
#define libxl_domain_reboot(ctx, domid)   libxl_domain_reboot((ctx), (domid), NULL)
#define libxl_domain_pause(ctx, domid)    libxl_domain_pause((ctx), (domid), NULL)
#define libxl_domain_unpause(ctx, domid)  libxl_domain_unpause((ctx), (domid), NULL)
#define libxl_set_vcpuonline(ctx, domid, cpumap)                                                   \
    libxl_set_vcpuonline((ctx), (domid), (cpumap), NULL)
#define libxl_send_trigger(ctx, domid, trigger, vcpu)                                              \
    libxl_send_trigger((ctx), (domid), (trigger), (vcpu), NULL)
#define libxl_qemu_monitor_command(ctx, domid, line, output)                                       \
    libxl_qemu_monitor_command((ctx), (domid), (line), (output), NULL)
#endif
#if LIBXL_API_LEVEL_ < 0x040800
#define libxl_get_memory_target  libxl_get_memory_target_0x040700
#define libxl_domain_need_memory libxl_domain_need_memory_0x040700
#define libxl_get_free_memory    libxl_get_free_memory_0x040700
#define libxl_console_exec(ctx, domid, nr, type)                                                   \
    libxl_console_exec((ctx), (domid), (nr), (type), -1)
#define libxl_primary_console_exec(ctx, domid) libxl_primary_console_exec((ctx), (domid), -1)
#elif LIBXL_API_LEVEL_ < 0x041300
#define libxl_domain_need_memory libxl_domain_need_memory_0x041200
#endif
#if LIBXL_API_LEVEL_ >= 0x040400 && LIBXL_API_LEVEL_ < 0x040700
#define libxl_domain_create_restore(ctx, config, domid, fd, params, how, console_how)              \
    libxl_domain_create_restore((ctx), (config), (domid), (fd), -1, (params), (how), (console_how))
#endif
#if LIBXL_API_LEVEL_ < 0x040500
#define libxl_set_vcpuaffinity(ctx, domid, vcpuid, map)                                            \
    libxl_set_vcpuaffinity((ctx), (domid), (vcpuid), (map), NULL)
#define libxl_set_vcpuaffinity_all(ctx, domid, max_vcpus, map)                                     \
    libxl_set_vcpuaffinity_all((ctx), (domid), (max_vcpus), (map), NULL)
#endif
#if LIBXL_API_LEVEL_ < 0x040400
static inline int libxl_domain_create_restore_plain(libxl_ctx *ctx, libxl_domain_config *config,
                                                    uint32_t *domid, int fd,
                                                    const libxl_asyncop_how *how,
                                                    const libxl_asyncprogress_how *console_how)
{
    libxl_domain_restore_params params;
    int rc;

    libxl_domain_restore_params_init(&params);
    rc = libxl_domain_create_restore(ctx, config, domid, fd, -1, &params, how, console_how);
    libxl_domain_restore_params_dispose(&params);
    return rc;
}
#define libxl_domain_create_restore libxl_domain_create_restore_plain
#endif

#endif
