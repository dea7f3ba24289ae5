/* SPDX-License-Identifier: MIT */
/*
 * What the two ends of a migration need so that the death of either leaves nothing half done: the
 * work is done by a child; the parent waits, and should the child be killed, cleans up or goes on
 * in its place. And what a sender asks that has lost its line at the last moment.
 */
#ifndef XL_MIGRATE_GUARD_H
#define XL_MIGRATE_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include <libxl.h>

/* What the sender's copy of a domain is called once the other one may run. */
#define ASIDE    "--migratedaway"
/* And the receiver's until it is started. */
#define INCOMING "--incoming"

/* migrate_guard.c: false: another process sends this domain already. Held to the program's end. */
bool send_begin(const libxl_uuid *uuid);

/* How far the sender is. */
enum send_phase {
    SENDING,
    GO_TOLD, /* or about to be: the domain may be the receiver's */
    SENT,    /* it is: it has said so */
};

/*
 * send_guard.c
 * Fork. True in the child, which works and tells by send_guard_set() how far it is. The parent ends
 * with the child's status where that ended by itself; false there once the child has been killed,
 * and where it was SENDING what it had started has ended too: @phase is what to go on from.
 */
bool send_guard(enum send_phase *phase);
void send_guard_set(enum send_phase phase);
/* True: the worker is dead, and a signal has come that asks its guard to end. */
bool send_guard_interrupted(void);

/* How far the receiver is. */
enum receive_phase {
    RECEIVING,
    READY_TOLD, /* the domain is complete, and the sender knows */
    GO_HEARD,   /* the domain is ours */
    STARTED,
    RESULT_TOLD,
};

/* Shared by parent and child. */
struct receive_guard {
    uint32_t phase; /* enum receive_phase */
    uint32_t domid; /* from READY_TOLD on */
};

/* Before all else: this is the receiver of domain @uuid. What a dead one has left is destroyed. */
void receive_begin(const libxl_uuid *uuid);
/* The domain runs here. Of each process that goes on. */
void receive_over(void);
/*
 * Remembered of domain @uuid beyond this process: the sender may ask when the domain has gone
 * again, and its own copy must not run any more. What is STARTING while no receiver is alive is
 * started, or left PAUSED, by who is asked; receive_begin() forgets all.
 */
enum receive_record { RECORD_NONE, RECORD_STARTING, RECORD_STARTING_PAUSED, RECORD_STARTED };
void receive_record(const libxl_uuid *uuid, enum receive_record record);
/* Unless a process that was killed has done it. Result: libxl's. */
int receive_unpause(uint32_t domid);

/*
 * Fork. In the child: RECEIVING, with a context of its own. In the parent only once the child has
 * been killed after READY_TOLD: the phase to go on from; before that the copies of domain @uuid
 * that have come into being are destroyed and the program ends, as it does with the child's status
 * where that ended by itself.
 */
enum receive_phase receive_guard(struct receive_guard **guard, const libxl_uuid *uuid);
void receive_guard_set(struct receive_guard *guard, enum receive_phase phase);

/*
 * "xl migrate-receive --outcome UUID": once no copy of the domain is on its way any more, print
 * whether it has started here since it came last; a copy whose receiver is dead, and its guard too,
 * is started if they were at that, and else destroyed. The next receiver of the same domain
 * destroys it. Result: the program's.
 */
int outcome_tell(const char *uuid);
#define OUTCOME_STARTED "started"
#define OUTCOME_GONE    "gone"

enum outcome { IS_UNKNOWN, IS_STARTED, IS_GONE };

/*
 * send_outcome.c
 * Ask that of @host, through @command (ssh, or what takes its place; empty: nobody can be asked).
 * As long as no line is to be had, and it ends with 255 as ssh does, again and again for
 * @patience_s seconds. IS_UNKNOWN: no answer; a stock xl has none.
 */
enum outcome outcome_ask(const char *command, const char *host, const libxl_uuid *uuid,
                         unsigned long patience_s);

#endif
