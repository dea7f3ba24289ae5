/* SPDX-License-Identifier: MIT */
/* Prints what function-like macros and inline functions of the headers do, for comparison. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define xen_mb()                   __sync_synchronize()
#define xen_rmb()                  __sync_synchronize()
#define xen_wmb()                  __sync_synchronize()
#define __XEN_TOOLS__              1
#define XEN_WANT_FLEX_CONSOLE_RING 1
#define XEN_NETIF_DEFINE_TOEPLITZ  1

#include <abi/xen.h>
#include <abi/arch-x86/xen-mca.h>
#include <abi/domctl.h>
#include <abi/hvm/dm_op.h>
#include <abi/hvm/params.h>
#include <abi/hvm/pvdrivers.h>
#include <abi/io/blkif.h>
#include <abi/io/console.h>
#include <abi/io/displif.h>
#include <abi/io/fbif.h>
#include <abi/io/kbdif.h>
#include <abi/io/netif.h>
#include <abi/io/usbif.h>
#include <abi/io/vscsiif.h>
#include <abi/io/xs_wire.h>
#include <abi/sysctl.h>
#include <abi/trace.h>
#include <abi/vcpu.h>

#define SHOW(expr) printf("%s %llx\n", #expr, (unsigned long long)(expr))

static uint64_t seed = 1;

static uint32_t rnd(void)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return seed >> 33;
}

/* Requests and responses pass through a ring whose indices wrap; both sides sleep and wake. */
static void run_ring(void)
{
    static union {
        blkif_sring_t ring;
        uint8_t page[4096];
    } shared;
    blkif_front_ring_t front;
    blkif_back_ring_t back;
    unsigned int i, n, notify, work;

    memset(&shared, 0xa5, sizeof(shared));
    XEN_FRONT_RING_INIT(&front, &shared.ring, sizeof(shared));
    BACK_RING_INIT(&back, &shared.ring, sizeof(shared));
    printf("ring %u %u %u %u %u\n", front.nr_ents, back.nr_ents, shared.ring.req_event,
           shared.ring.rsp_event, shared.ring.pvt.pvt_pad[3] + shared.ring.__pad[43]);
    shared.ring.req_prod = shared.ring.rsp_prod = 0xfffffff0u;
    shared.ring.req_event = shared.ring.rsp_event = 0xfffffff1u;
    FRONT_RING_ATTACH(&front, &shared.ring, 0xfffffff0u, sizeof(shared));
    BACK_RING_ATTACH(&back, &shared.ring, 0xfffffff0u, sizeof(shared));
    for (i = 0; i < 400; i++) {
        for (n = rnd() % 20; n && !RING_FULL(&front); n--)
            RING_GET_REQUEST(&front, front.req_prod_pvt++)->id = i;
        RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&front, notify);
        printf("push %u free %u new %u", notify, RING_FREE_REQUESTS(&front),
               (unsigned int)RING_HAS_UNCONSUMED_REQUESTS(&back));
        for (n = rnd() % 20; n && RING_HAS_UNCONSUMED_REQUESTS(&back); n--) {
            blkif_request_t req;

            RING_COPY_REQUEST(&back, back.req_cons++, &req);
            RING_GET_RESPONSE(&back, back.rsp_prod_pvt++)->id = req.id;
        }
        RING_FINAL_CHECK_FOR_REQUESTS(&back, work);
        RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(&back, notify);
        printf(" work %u notify %u rsps %u", work, notify,
               (unsigned int)RING_HAS_UNCONSUMED_RESPONSES(&front));
        for (n = rnd() % 20; n && RING_HAS_UNCONSUMED_RESPONSES(&front); n--) {
            blkif_response_t rsp;

            RING_COPY_RESPONSE(&front, front.rsp_cons++, &rsp);
            printf(" %u", (unsigned int)rsp.id);
        }
        RING_FINAL_CHECK_FOR_RESPONSES(&front, work);
        printf(" work %u events %x %x\n", work, shared.ring.req_event, shared.ring.rsp_event);
    }
    /* A frontend that lies about its index. */
    shared.ring.req_prod = back.req_cons + 1000;
    SHOW(RING_HAS_UNCONSUMED_REQUESTS(&back));
    for (i = 0; i < 70; i++)
        printf("overflow %d %d %d\n", RING_REQUEST_CONS_OVERFLOW(&back, back.rsp_prod_pvt + i),
               RING_REQUEST_PROD_OVERFLOW(&back, back.rsp_prod_pvt + i),
               RING_RESPONSE_PROD_OVERFLOW(&front, front.rsp_cons + i));
}

static void run_flex_ring(void)
{
    unsigned char buf[64], data[64];
    RING_IDX prod = 0xffffffe0u, cons = 0xffffffe0u;
    unsigned int i, k;

    memset(buf, 0, sizeof(buf));
    for (i = 0; i < 500; i++) {
        RING_IDX mprod = xencons_mask(prod, 64), mcons = xencons_mask(cons, 64);
        unsigned int used = xencons_queued(prod, cons, 64);
        unsigned int len = rnd() % (65 - used);

        for (k = 0; k < len; k++)
            data[k] = rnd();
        xencons_write_packet(buf, data, len, &mprod, mcons, 64);
        prod += len;
        used = xencons_queued(prod, cons, 64);
        printf("flex %u %u %u %u", len, used, mprod, *xencons_get_ring_ptr(buf, prod, 64));
        mprod = xencons_mask(prod, 64);
        len = rnd() % (used + 1);
        memset(data, 0, sizeof(data));
        xencons_read_packet(data, buf, len, mprod, &mcons, 64);
        cons += len;
        printf(" %u", mcons);
        for (k = 0; k < len; k++)
            printf(" %02x", data[k]);
        printf("\n");
    }
}

static void run_toeplitz(void)
{
    uint8_t key[40], buf[36];
    unsigned int i, k;

    for (i = 0; i < 300; i++) {
        for (k = 0; k < sizeof(key); k++)
            key[k] = rnd();
        for (k = 0; k < sizeof(buf); k++)
            buf[k] = rnd();
        printf("toeplitz %x\n", xen_netif_toeplitz_hash(key, rnd() % 41, buf, rnd() % 37));
    }
}

static void show_arithmetic(uint32_t x, uint32_t y)
{
    SHOW(XENMEMF_get_address_bits(x));
    SHOW(XENMEMF_get_node(x));
    SHOW(XENMEMF_node(x & 0xff));
    SHOW(XENMEMF_exact_node(x & 0xff));
    SHOW(XENMEM_resource_ioreq_server_frame_ioreq(x));
    SHOW(XENMEM_SHARING_OP_FIELD_IS_GREF((uint64_t)x << 32));
    SHOW(XENMEM_SHARING_OP_FIELD_GET_GREF((uint64_t)x << 32 | y));
    SHOW(XEN_DOMCTL_GRANT_version(x));
    SHOW(XEN_DMOP_PCI_SBDF(x, x >> 8, y, y >> 8));
    SHOW(TRC_HD_TO_EVENT(x));
    SHOW(TRC_HD_EXTRA(x));
    SHOW(TRC_HD_INCLUDES_CYCLE_COUNT(x));
    SHOW(TRC_SCHED_CLASS_EVT(RTDS, x & 0xff));
    SHOW(TRC_PV_HYPERCALL_V2_ARG_32(x % 6));
    SHOW(TRC_PV_HYPERCALL_V2_ARG_64(x % 5));
    SHOW(xen_pfn_to_cr3(x));
    SHOW(xen_cr3_to_pfn(x));
    SHOW(xen_vcpu_physid_to_x86_apicid((uint64_t)x << 32 | y));
    SHOW(xen_vcpu_physid_to_x86_acpiid((uint64_t)x << 32 | y));
    SHOW(MASK_XENSTORE_IDX(x));
    SHOW(usbif_pipeportnum(x));
    SHOW(usbif_setportnum_pipe(x, y & 31));
    SHOW(usbif_pipeunlink(x));
    SHOW(usbif_setunlink_pipe(x));
    SHOW(usbif_pipesubmit(x));
    SHOW(usbif_pipein(x));
    SHOW(usbif_pipeout(x));
    SHOW(usbif_pipedevice(x));
    SHOW(usbif_pipeendpoint(x));
    SHOW(usbif_pipetype(x));
    SHOW(usbif_pipeisoc(x) << 3 | usbif_pipeint(x) << 2 | usbif_pipectrl(x) << 1 |
         usbif_pipebulk(x));
    SHOW(XEN_VSCSIIF_RSLT_STATUS(x));
    SHOW(XEN_VSCSIIF_RSLT_HOST(x));
    SHOW((char *)&XENFB_IN_RING_REF(NULL, x) - (char *)NULL);
    SHOW((char *)&XENFB_OUT_RING_REF(NULL, x) - (char *)NULL);
    SHOW((char *)&XENKBD_IN_RING_REF(NULL, x) - (char *)NULL);
    SHOW((char *)&XENKBD_OUT_RING_REF(NULL, x) - (char *)NULL);
    SHOW((char *)&XENDISPL_IN_RING_REF(NULL, x) - (char *)NULL);
    SHOW(__RD32(x >> (y & 31)));
}

static void show_tables(void)
{
    static const char *const msgs[] = GNTTABOP_error_msgs;
    static const struct {
        const char *name;
        unsigned int nr;
    } products[] = {
#define EACH(text, number) {text, number},
        PVDRIVERS_PRODUCT_LIST(EACH)};
    xen_uuid_t uuid = XEN_DEFINE_UUID(0x01020304, 0x0506, 0x0708, 0x090a, 11, 12, 13, 14, 15, 16);
    unsigned int i;

    for (i = 0; i < sizeof(msgs) / sizeof(msgs[0]); i++)
        puts(msgs[i]);
    for (i = 0; i < sizeof(products) / sizeof(products[0]); i++)
        printf("%s %u\n", products[i].name, products[i].nr);
    for (i = 0; i < 16; i++)
        printf("%u\n", uuid.a[i]);
    /* Order matters for the first entry only. */
    printf("%s %zu\n", xsd_errors[0].errstring, sizeof(xsd_errors) / sizeof(xsd_errors[0]));
}

static void show_hvm_records(void)
{
    static union {
        struct hvm_hw_cpu now;
        struct hvm_hw_cpu_compat old;
    } cpu;

    SHOW(HVM_SAVE_CODE(END) << 16 | HVM_SAVE_LENGTH(END));
    SHOW(HVM_SAVE_CODE(HEADER) << 16 | HVM_SAVE_LENGTH(HEADER));
    SHOW(HVM_SAVE_CODE(CPU) << 16 | HVM_SAVE_LENGTH(CPU));
    SHOW(HVM_SAVE_CODE(IOAPIC) << 16 | HVM_SAVE_LENGTH(IOAPIC));
    SHOW(HVM_SAVE_CODE(TSC_ADJUST) << 16 | HVM_SAVE_LENGTH(TSC_ADJUST));
    cpu.old.tsc = 0x1122334455667788ULL;
    cpu.old.pending_event = 0x80000b0e;
    cpu.old.error_code = 7;
    SHOW(_hvm_hw_fix_cpu(&cpu, sizeof(cpu.old)));
    SHOW(cpu.now.msr_tsc_aux);
    SHOW(cpu.now.tsc);
    SHOW(cpu.now.pending_event);
    SHOW(cpu.now.error_code);
    SHOW(cpu.now.flags);
}

static void show_mca(void)
{
    static mc_info_t mi;
    struct mcinfo_common *rec = x86_mcinfo_first(&mi), *hit;
    unsigned int type;

    for (type = 0; type < 3; type++) {
        rec->type = type;
        rec->size = 16 * (type + 1);
        rec = x86_mcinfo_next(rec);
    }
    mi.mi_nentries = 3;
    for (type = 0; type < 5; type++) {
        x86_mcinfo_lookup(hit, &mi, type);
        printf("mca %td\n", hit ? (char *)hit - (char *)&mi : -1);
    }
}

static void show_handles(void)
{
    struct xenctl_bitmap map;
    struct trap_info ti = {.flags = 0};

    set_xen_guest_handle(map.bitmap, (uint8_t *)0x1234);
    SHOW((uintptr_t)map.bitmap.p);
    TI_SET_DPL(&ti, 3);
    TI_SET_IF(&ti, 2);
    SHOW(TI_GET_DPL(&ti) << 8 | TI_GET_IF(&ti));
}

int main(void)
{
    unsigned int i;

    run_ring();
    run_flex_ring();
    run_toeplitz();
    for (i = 0; i < 50; i++)
        show_arithmetic(rnd() << 1, rnd());
    show_tables();
    show_hvm_records();
    show_mca();
    show_handles();
    return 0;
}
