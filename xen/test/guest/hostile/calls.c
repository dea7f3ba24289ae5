/* SPDX-License-Identifier: MIT */
/* Hypercalls: a table of those with a structure, and any number with any arguments. */
#include <hostile/hostile.h>

/* Where command and structure go among the arguments. */
enum shape {
    CMD_ARG,       /* cmd, arg */
    CMD_ARG_COUNT, /* cmd, array, count */
    CMD_VCPU_ARG,  /* cmd, vcpu, arg */
    ARG,           /* arg */
    ARRAY_DOM,     /* array, count, done, domid */
    PLAIN,         /* the fields are the arguments, 64 bits each */
};

struct form {
    uint8_t nr, shape, cmd, weight;
    const char *fields;
};

#define ANY_CMD 255
#define MEM(cmd, f)                                                                                \
    {                                                                                              \
        __HYPERVISOR_memory_op, CMD_ARG, cmd, 2, f                                                 \
    }
#define GNT(cmd, f)                                                                                \
    {                                                                                              \
        __HYPERVISOR_grant_table_op, CMD_ARG_COUNT, cmd, 2, f                                      \
    }
#define EVT(cmd, f)                                                                                \
    {                                                                                              \
        __HYPERVISOR_event_channel_op, CMD_ARG, cmd, 2, f                                          \
    }
#define SCHED(cmd, f)                                                                              \
    {                                                                                              \
        __HYPERVISOR_sched_op, CMD_ARG, cmd, 1, f                                                  \
    }
#define VCPU(cmd, f)                                                                               \
    {                                                                                              \
        __HYPERVISOR_vcpu_op, CMD_VCPU_ARG, cmd, 1, f                                              \
    }
#define ANY(nr, shape, w, f)                                                                       \
    {                                                                                              \
        nr, shape, ANY_CMD, w, f                                                                   \
    }

static const struct form forms[] = {
    MEM(0, "xNnnd"),
    MEM(1, "xNnnd"),
    MEM(2, "l"),
    MEM(3, "d"),
    MEM(4, "d"),
    MEM(5, "nxn"),
    MEM(6, "xNnnd"),
    MEM(7, "dwnNm"),
    MEM(8, "llll"),
    MEM(9, "na"),
    MEM(10, "na"),
    MEM(11, "xNnnd|xNnnd|N"),
    MEM(12, "lll"),
    MEM(13, "dna"),
    MEM(14, "d"),
    MEM(15, "dm"),
    MEM(16, "llld"),
    MEM(17, "llld"),
    MEM(20, "nxdl"),
    MEM(21, "bbdnmaa"),
    MEM(22, "ndnlll"),
    MEM(23, "dsswxxx"),
    MEM(24, "lll"),
    MEM(25, "nxn"),
    MEM(26, "dwnnnaaa"),
    MEM(27, "nnaw"),
    MEM(28, "dsnnnNx"),
    {__HYPERVISOR_memory_op, CMD_ARG, ANY_CMD, 1, "llllll"},
    GNT(0, "angdwhl"),
    GNT(0, "Mngdwhl"),
    GNT(1, "alhw|"),
    GNT(2, "dnwx"),
    GNT(4, "mdgw|"),
    GNT(5, "mdw|mdw|wsw|"),
    GNT(5, "g|dw|mdw|wsw|"),
    GNT(6, "dnnw"),
    GNT(7, "aahw|"),
    GNT(8, "n"),
    GNT(9, "ndwx"),
    GNT(10, "dwn"),
    GNT(11, "ggw|"),
    GNT(12, "lwwi"),
    GNT(0, "alllll"),
    EVT(0, "dpp"),
    EVT(1, "nvp"),
    EVT(2, "nnp"),
    EVT(3, "p"),
    EVT(4, "p"),
    EVT(5, "dpnnnn"),
    EVT(6, "ddp"),
    EVT(7, "vp"),
    EVT(8, "pv"),
    EVT(9, "p"),
    EVT(10, "d"),
    EVT(11, "mnvl"),
    EVT(12, "m"),
    EVT(13, "pn"),
    EVT(14, "d"),
    {__HYPERVISOR_event_channel_op, CMD_ARG, ANY_CMD, 1, "llll"},
    SCHED(0, "l"),
    SCHED(4, "dn"),
    SCHED(5, "n"),
    SCHED(7, "i"),
    VCPU(0, "llllllllllllllll"),
    VCPU(1, "l"),
    VCPU(2, "l"),
    VCPU(3, "l"),
    VCPU(4, "l"),
    VCPU(5, "a"),
    VCPU(6, "l"),
    VCPU(7, "l"),
    VCPU(8, "ln"),
    VCPU(9, "l"),
    VCPU(10, "mnn"),
    VCPU(11, "l"),
    VCPU(12, "l"),
    VCPU(13, "a"),
    VCPU(ANY_CMD, "ll"),
    {__HYPERVISOR_callback_op, CMD_ARG, 0, 2, "ssa"},
    {__HYPERVISOR_callback_op, CMD_ARG, 1, 1, "ss"},
    {__HYPERVISOR_nmi_op, CMD_ARG, 0, 1, "al"},
    ANY(__HYPERVISOR_nmi_op, CMD_ARG, 1, "al"),
    ANY(__HYPERVISOR_xen_version, CMD_ARG, 2, "nnnn"),
    ANY(__HYPERVISOR_physdev_op, CMD_ARG, 4, "nnnnnnnn"),
    ANY(__HYPERVISOR_physdev_op, CMD_ARG, 2, "dnnnnnnl"),
    ANY(__HYPERVISOR_hvm_op, CMD_ARG, 2, "d|nnlll"),
    ANY(__HYPERVISOR_xenpmu_op, CMD_ARG, 2, "nnllv"),
    ANY(__HYPERVISOR_xenoprof_op, CMD_ARG, 1, "llll"),
    ANY(__HYPERVISOR_kexec_op, CMD_ARG, 1, "llll"),
    ANY(__HYPERVISOR_hypfs_op, CMD_ARG, 1, "llll"),
    {__HYPERVISOR_domctl, ARG, 0, 6, "nVd|lllxlal"},
    {__HYPERVISOR_domctl, ARG, 0, 2, "iVd|lllxlal"},
    {__HYPERVISOR_sysctl, ARG, 0, 4, "nVlllxlal"},
    {__HYPERVISOR_platform_op, ARG, 0, 3, "niNlllxl"},
    {__HYPERVISOR_xsm_op, ARG, 0, 2, "nnllll"},
    {__HYPERVISOR_tmem_op, ARG, 0, 1, "nnllll"},
    {__HYPERVISOR_arch_0, ARG, 0, 2, "nillll"},
    {__HYPERVISOR_mmu_update, ARRAY_DOM, 0, 20, "MP"},
    {__HYPERVISOR_mmuext_op, ARRAY_DOM, 0, 20, "n|mm"},
    {__HYPERVISOR_mmuext_op, ARRAY_DOM, 0, 10, "n|an"},
    {__HYPERVISOR_set_trap_table, ARG, 0, 2, "bbwabbwabbwa"},
    {__HYPERVISOR_update_va_mapping, PLAIN, 0, 8, "aPn"},
    {__HYPERVISOR_update_va_mapping_otherdomain, PLAIN, 0, 2, "aPnd"},
    {__HYPERVISOR_update_descriptor, PLAIN, 0, 4, "MD"},
    {__HYPERVISOR_set_gdt, PLAIN, 0, 4, "xl"},
    {__HYPERVISOR_stack_switch, PLAIN, 0, 1, "la"},
    {__HYPERVISOR_set_callbacks, PLAIN, 0, 1, "aaa"},
    {__HYPERVISOR_fpu_taskswitch, PLAIN, 0, 1, "n"},
    {__HYPERVISOR_set_debugreg, PLAIN, 0, 2, "nl"},
    {__HYPERVISOR_set_debugreg, PLAIN, 0, 1, "na"},
    {__HYPERVISOR_get_debugreg, PLAIN, 0, 1, "n"},
    {__HYPERVISOR_set_segment_base, PLAIN, 0, 2, "na"},
    {__HYPERVISOR_set_timer_op, PLAIN, 0, 1, "l"},
    {__HYPERVISOR_vm_assist, PLAIN, 0, 1, "nn"},
    {__HYPERVISOR_dm_op, PLAIN, 0, 1, "dna"},
    {__HYPERVISOR_argo_op, PLAIN, 0, 1, "naann"},
};

/* PLAIN: one letter, one argument. */
static void plain_args(struct call *c, const char *fields)
{
    char one[2] = {0, 0};
    unsigned int i;

    for (i = 0; fields[i]; i++) {
        one[0] = fields[i];
        c->a[i] = 0;
        lay_out((uint8_t *)&c->a[i], one);
    }
}

/* Up to 4 structures, at a place where they fit or where the hole begins. */
static unsigned long build(const char *fields)
{
    static uint8_t buf[1024];
    uint8_t *at = arena_place();
    size_t size = 0, room = (size_t)(arena + ARENA_PAGES * PAGE_SIZE - at);
    unsigned int i;

    for (i = 0; i < 4; i++)
        size += lay_out(buf + size, fields);
    memcpy(at, buf, size < room ? size : room);
    return one_in(64) ? any_address() : (unsigned long)at;
}

static unsigned long a_count(void)
{
    return one_in(16) ? any_value() : 1 + rnd(4);
}

static void from_form(struct call *c, const struct form *f)
{
    unsigned long cmd = f->cmd == ANY_CMD ? rnd(64) : f->cmd;
    unsigned long arg = f->shape == PLAIN ? 0 : build(f->fields);

    c->nr = f->nr;
    switch (f->shape) {
    case CMD_ARG:
    case CMD_ARG_COUNT:
        if (one_in(64))
            cmd |= any_value() << 6; /* bits that hold a continuation's progress */
        c->a[0] = cmd;
        c->a[1] = arg;
        c->a[2] = f->shape == CMD_ARG ? any_value() : a_count();
        break;
    case CMD_VCPU_ARG:
        c->a[0] = cmd;
        c->a[1] = one_in(8) ? any_value() : rnd(3);
        c->a[2] = arg;
        break;
    case ARG:
        c->a[0] = arg;
        break;
    case ARRAY_DOM:
        c->a[0] = arg;
        c->a[1] = a_count();
        c->a[2] = one_in(2) ? 0 : any_address();
        c->a[3] = one_in(8) ? any_value() : DOMID_SELF;
        break;
    default:
        plain_args(c, f->fields);
        break;
    }
}

static const struct form *pick(void)
{
    static unsigned int total;
    unsigned int i, at;

    if (!total)
        for (i = 0; i < ARRAY_SIZE(forms); i++)
            total += forms[i].weight;
    at = (unsigned int)rnd(total);
    for (i = 0; at >= forms[i].weight; i++)
        at -= forms[i].weight;
    return &forms[i];
}

static void wild(struct call *c)
{
    unsigned int i;

    c->nr = one_in(32) ? any_value() : rnd(64);
    for (i = 0; i < 5; i++)
        c->a[i] = one_in(2) ? any_value() : any_address();
}

static void single(struct call *c)
{
    memset(c, 0, sizeof(*c));
    do {
        if (one_in(2))
            wild(c);
        else
            from_form(c, pick());
    } while (is_deadly(c));
}

static void batch(struct call *c)
{
    multicall_entry_t *m = (multicall_entry_t *)arena;
    unsigned int i, n = 1 + (unsigned int)rnd(8);
    struct call sub;

    for (i = 0; i < n; i++) {
        single(&sub);
        m[i].op = sub.nr;
        m[i].result = any_value();
        memcpy(m[i].args, sub.a, sizeof(sub.a));
        m[i].args[5] = any_value();
    }
    c->nr = __HYPERVISOR_multicall;
    c->a[0] = (unsigned long)m;
    c->a[1] = n;
}

void make_call(struct call *c)
{
    memset(c, 0, sizeof(*c));
    if (one_in(24))
        batch(c);
    else
        single(c);
}

static bool deadly_sched(const struct call *c)
{
    unsigned int cmd = (unsigned int)c->a[0];

    return cmd != SCHEDOP_yield && cmd != SCHEDOP_shutdown_code && cmd != SCHEDOP_pin_override &&
           cmd < 8;
}

static bool deadly_event(const struct call *c)
{
    const uint32_t *arg = (const uint32_t *)c->a[1];
    unsigned int cmd = (unsigned int)c->a[0];

    if (cmd == EVTCHNOP_reset)
        return true;
    if (cmd != EVTCHNOP_close && cmd != EVTCHNOP_bind_vcpu && cmd != EVTCHNOP_set_priority)
        return false;
    /* The console's port is needed. Other memory cannot hold its number, or is not ours. */
    if ((uint8_t *)arg < arena || (uint8_t *)arg > arena + ARENA_PAGES * PAGE_SIZE - 8)
        return (uint8_t *)arg >= sandbox && (uint8_t *)arg < sandbox + SANDBOX_PAGES * PAGE_SIZE;
    return *arg == start_info->console.domU.evtchn;
}

static bool in_sandbox(uint64_t mfn)
{
    unsigned int i;

    for (i = 0; i < SANDBOX_PAGES; i++)
        if (sandbox_mfn[i] == mfn)
            return true;
    return false;
}

/* An empty page is a good root table, with nothing of ours in it. */
static bool deadly_mmuext(const struct call *c)
{
    const mmuext_op_t *op = (const mmuext_op_t *)c->a[0];
    const uint8_t *at = (const uint8_t *)op;
    unsigned int i;

    if (at < arena || at > arena + ARENA_PAGES * PAGE_SIZE - 4 * sizeof(*op))
        return at >= sandbox && at < sandbox + SANDBOX_PAGES * PAGE_SIZE;
    for (i = 0; i < 4; i++)
        if (op[i].cmd == MMUEXT_NEW_BASEPTR && in_sandbox(op[i].arg1.mfn))
            return true;
    return false;
}

bool is_deadly(const struct call *c)
{
    unsigned int cmd = (unsigned int)c->a[0];

    switch (c->nr) {
    case __HYPERVISOR_sched_op_compat:
    case __HYPERVISOR_iret: /* made by frame_step() */
        return true;
    case __HYPERVISOR_sched_op:
        return deadly_sched(c);
    case __HYPERVISOR_event_channel_op:
        return deadly_event(c);
    case __HYPERVISOR_event_channel_op_compat:
        return true;
    case __HYPERVISOR_mmuext_op:
        return deadly_mmuext(c);
    case __HYPERVISOR_console_io:
        return !one_in(64) || (unsigned int)c->a[1] > 64;
    case __HYPERVISOR_vcpu_op:
        if (cmd == VCPUOP_register_vcpu_info || cmd == VCPUOP_down || cmd == VCPUOP_send_nmi)
            return (unsigned int)c->a[1] == 0;
        return cmd == VCPUOP_up;
    case __HYPERVISOR_grant_table_op:
        return cmd == 3; /* floods the console */
    case __HYPERVISOR_multicall:
        return !one_in(16); /* made by batch(), but for some wild ones */
    default:
        return false;
    }
}

void repair(const struct call *c)
{
    switch (c->nr) {
    case __HYPERVISOR_set_trap_table:
    case __HYPERVISOR_stack_switch:
    case __HYPERVISOR_set_callbacks:
    case __HYPERVISOR_callback_op:
    case __HYPERVISOR_multicall:
        traps_install();
        break;
    case __HYPERVISOR_set_debugreg:
        hcall2(__HYPERVISOR_set_debugreg, 7, 0);
        break;
    default:
        break;
    }
    events_mask(true);
}
