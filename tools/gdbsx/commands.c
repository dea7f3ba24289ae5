/* SPDX-License-Identifier: MIT */
/* gdb's requests. Source: the manual of GDB, appendix E, "Packets" and "General Query Packets". */
#include <stdio.h>
#include <string.h>

#include "registers.h"
#include "session.h"

#define BAD_REQUEST "E01"
#define FAILED      "E0e"
#define LIST_PIECE  256 /* threads in one answer */

#define SIGNAL_INT  2
#define SIGNAL_TRAP 5
#define SIGNAL_ABRT 6

/* gdb's threads are numbered from 1 on: 0 means any, -1 all. */
#define THREAD(vcpu) ((vcpu) + 1)

static bool reply(struct session *s, const char *text)
{
    return packet_send(&s->conn, text) == 0;
}

static bool confirm(struct session *s, bool good, const char *error)
{
    return reply(s, good ? "OK" : error);
}

bool command_report_stop(struct session *s)
{
    unsigned int signal = s->stop == STOP_TRAP      ? SIGNAL_TRAP
                          : s->stop == STOP_CRASHED ? SIGNAL_ABRT
                                                    : SIGNAL_INT;
    char text[32];

    if (s->stop == STOP_GONE) {
        s->over = true;
        return reply(s, "W00");
    }
    s->vcpu = s->stop_vcpu;
    snprintf(text, sizeof(text), "T%02xthread:%x;", signal, THREAD(s->stop_vcpu));
    return reply(s, text);
}

/* A thread of gdb's; *vcpu is NO_VCPU for any and all. */
static bool parse_thread(const struct session *s, const char *text, uint32_t *vcpu)
{
    uint64_t thread;

    *vcpu = NO_VCPU;
    if (!strcmp(text, "-1"))
        return true;
    if (!hex_number(&text, &thread) || *text || thread > s->target->nr_vcpus)
        return false;
    if (thread)
        *vcpu = (uint32_t)(thread - 1);
    return true;
}

/* "ADDRESS,NUMBER", and what follows. */
static bool parse_pair(const char **text, uint64_t *address, uint64_t *number)
{
    return hex_number(text, address) && *(*text)++ == ',' && hex_number(text, number);
}

static bool select_thread(struct session *s, const char *args)
{
    uint32_t vcpu;

    if ((*args != 'g' && *args != 'c') || !parse_thread(s, args + 1, &vcpu))
        return reply(s, BAD_REQUEST);
    if (*args == 'c')
        s->step_vcpu = vcpu;
    else
        s->vcpu = vcpu == NO_VCPU ? s->stop_vcpu : vcpu;
    return reply(s, "OK");
}

static bool thread_alive(struct session *s, const char *args)
{
    uint32_t vcpu;

    return confirm(s, parse_thread(s, args, &vcpu) && vcpu != NO_VCPU, BAD_REQUEST);
}

static bool read_registers(struct session *s, const char *args)
{
    vcpu_guest_context_any_t context;
    char hex[REGISTERS_HEX_MAX];

    (void)args;
    if (target_get_context(s->target, s->vcpu, &context))
        return reply(s, FAILED);
    registers_encode(&context.c, s->target->width, hex);
    return reply(s, hex);
}

static bool write_registers(struct session *s, const char *args)
{
    vcpu_guest_context_any_t context;

    if (target_get_context(s->target, s->vcpu, &context))
        return reply(s, FAILED);
    if (!registers_decode(&context.c, s->target->width, args))
        return reply(s, BAD_REQUEST);
    return confirm(s, target_set_context(s->target, s->vcpu, &context) == 0, FAILED);
}

static bool read_register(struct session *s, const char *args)
{
    vcpu_guest_context_any_t context;
    char hex[REGISTER_HEX_MAX];
    uint64_t number;

    if (!hex_number(&args, &number) || *args)
        return reply(s, BAD_REQUEST);
    if (target_get_context(s->target, s->vcpu, &context))
        return reply(s, FAILED);
    if (!register_encode(&context.c, s->target->width, number, hex))
        return reply(s, BAD_REQUEST);
    return reply(s, hex);
}

static bool write_register(struct session *s, const char *args)
{
    vcpu_guest_context_any_t context;
    uint64_t number;

    if (!hex_number(&args, &number) || *args++ != '=')
        return reply(s, BAD_REQUEST);
    if (target_get_context(s->target, s->vcpu, &context))
        return reply(s, FAILED);
    if (!register_decode(&context.c, s->target->width, number, args))
        return reply(s, BAD_REQUEST);
    return confirm(s, target_set_context(s->target, s->vcpu, &context) == 0, FAILED);
}

static bool read_memory(struct session *s, const char *args)
{
    static uint8_t data[PACKET_MAX / 2];
    static char hex[PACKET_MAX + 1];
    uint64_t address, len;
    size_t done;

    if (!parse_pair(&args, &address, &len) || *args)
        return reply(s, BAD_REQUEST);
    if (len > sizeof(data))
        len = sizeof(data);
    done = target_read(s->target, address, data, len);
    if (!done && len)
        return reply(s, FAILED);
    hex_encode(hex, data, done);
    return reply(s, hex);
}

static bool write_memory(struct session *s, const char *args)
{
    static uint8_t data[PACKET_MAX / 2];
    uint64_t address, len;

    if (!parse_pair(&args, &address, &len) || *args++ != ':' || len > sizeof(data) ||
        strlen(args) != len * 2 || !hex_decode(data, args, len))
        return reply(s, BAD_REQUEST);
    return confirm(s, target_write(s->target, address, data, len) == len, FAILED);
}

static bool write_binary(struct session *s, const char *args)
{
    const char *end = s->conn.data + s->conn.len;
    uint64_t address, len;

    if (!parse_pair(&args, &address, &len) || *args++ != ':' || len != (uint64_t)(end - args))
        return reply(s, BAD_REQUEST);
    return confirm(s, target_write(s->target, address, args, len) == len, FAILED);
}

/* Z0,ADDRESS,KIND and z0: other kinds are the processor's own, which we do not set. */
static bool breakpoint(struct session *s, const char *args,
                       int (*change)(struct target *, uint64_t))
{
    uint64_t address, kind;

    if (args[0] != '0')
        return reply(s, "");
    if (args[1] != ',' || (args += 2, !parse_pair(&args, &address, &kind)) || *args)
        return reply(s, BAD_REQUEST);
    return confirm(s, change(s->target, address) == 0, FAILED);
}

static bool insert_breakpoint(struct session *s, const char *args)
{
    return breakpoint(s, args, target_insert);
}

static bool remove_breakpoint(struct session *s, const char *args)
{
    return breakpoint(s, args, target_remove);
}

static bool resume(struct session *s, uint32_t vcpu)
{
    return target_resume(s->target, vcpu) == 0 || reply(s, FAILED);
}

/* An address to go on from is refused: gdb sets the register instead. */
static bool go_on(struct session *s, const char *args)
{
    return *args ? reply(s, BAD_REQUEST) : resume(s, NO_VCPU);
}

static bool step(struct session *s, const char *args)
{
    if (*args)
        return reply(s, BAD_REQUEST);
    return resume(s, s->step_vcpu == NO_VCPU ? s->vcpu : s->step_vcpu);
}

/* C and S: with a signal, which a kernel has none of. */
static bool signalled(struct session *s, const char *args)
{
    bool (*how)(struct session *, const char *) = s->conn.data[0] == 'C' ? go_on : step;
    uint64_t signal;

    return hex_number(&args, &signal) ? how(s, args) : reply(s, BAD_REQUEST);
}

static bool why(struct session *s, const char *args)
{
    (void)args;
    return command_report_stop(s);
}

static bool let_go(struct session *s, const char *args)
{
    (void)args;
    s->over = true;
    target_detach(s->target);
    return s->conn.data[0] == 'k' || reply(s, "OK");
}

static bool list_threads(struct session *s, bool anew)
{
    char text[1 + LIST_PIECE * 9 + 1], *at = text;

    if (anew)
        s->next_listed = 0;
    if (s->next_listed >= s->target->nr_vcpus)
        return reply(s, "l");
    for (unsigned int i = 0; i < LIST_PIECE && s->next_listed < s->target->nr_vcpus; i++)
        at += sprintf(at, "%c%x", i ? ',' : 'm', THREAD(s->next_listed++));
    return reply(s, text);
}

static bool describe_thread(struct session *s, const char *args)
{
    char text[16], hex[2 * sizeof(text)];
    uint32_t vcpu;

    if (!parse_thread(s, args, &vcpu) || vcpu == NO_VCPU)
        return reply(s, BAD_REQUEST);
    snprintf(text, sizeof(text), "vCPU %u", vcpu);
    hex_encode(hex, text, strlen(text));
    return reply(s, hex);
}

/* qXfer:features:read:target.xml:OFFSET,LENGTH */
static bool read_description(struct session *s, const char *args)
{
    char xml[REGISTERS_XML_MAX], text[REGISTERS_XML_MAX + 1];
    uint64_t offset, len, left;

    if (!parse_pair(&args, &offset, &len) || *args)
        return reply(s, BAD_REQUEST);
    registers_describe(s->target->width, xml);
    left = strlen(xml);
    left -= offset < left ? offset : left;
    if (len > left)
        len = left;
    snprintf(text, sizeof(text), "%c%.*s", len == left ? 'l' : 'm', (int)len,
             xml + strlen(xml) - left);
    return reply(s, text);
}

static bool query(struct session *s, const char *args)
{
    char text[64];

    if (!strncmp(args, "Supported", 9)) {
        snprintf(text, sizeof(text), "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+",
                 PACKET_MAX);
        return reply(s, text);
    }
    if (!strcmp(args, "fThreadInfo") || !strcmp(args, "sThreadInfo"))
        return list_threads(s, *args == 'f');
    if (!strncmp(args, "ThreadExtraInfo,", 16))
        return describe_thread(s, args + 16);
    if (!strncmp(args, "Xfer:features:read:target.xml:", 30))
        return read_description(s, args + 30);
    if (!strcmp(args, "C")) {
        snprintf(text, sizeof(text), "QC%x", THREAD(s->vcpu));
        return reply(s, text);
    }
    if (!strcmp(args, "Attached"))
        return reply(s, "1");
    return reply(s, "");
}

static bool set(struct session *s, const char *args)
{
    if (strcmp(args, "StartNoAckMode"))
        return reply(s, "");
    s->conn.no_ack = true;
    return reply(s, "OK");
}

static const struct command {
    char letter;
    bool (*run)(struct session *s, const char *args);
} commands[] = {
    {'?', why},           {'C', signalled},      {'D', let_go},         {'G', write_registers},
    {'H', select_thread}, {'M', write_memory},   {'P', write_register}, {'Q', set},
    {'S', signalled},     {'T', thread_alive},   {'X', write_binary},   {'Z', insert_breakpoint},
    {'c', go_on},         {'g', read_registers}, {'k', let_go},         {'m', read_memory},
    {'p', read_register}, {'q', query},          {'s', step},           {'z', remove_breakpoint},
};

bool command_run(struct session *s)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
        if (commands[i].letter == s->conn.data[0])
            return commands[i].run(s, s->conn.data + 1);
    return reply(s, "");
}
