/* SPDX-License-Identifier: MIT */
/* What the tests see of the sources under test: frames are numbers, and belong to one PV domain. */
#ifndef TEST_UNIT_X86_MACHINE_H
#define TEST_UNIT_X86_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#define NR_FRAMES 2048
#define ENTRIES   512
#define P         1UL
#define RW        2UL
#define PSE       0x80UL

enum { T_NONE, T_L1, T_L2, T_L3, T_L4, T_SEG, T_WRITABLE = 7 };

void machine_start(void);
void machine_stop(void); /* every page must be as at the start */

uint64_t *m_page(unsigned int frame); /* its contents */
static inline uint64_t m_entry(unsigned int frame, uint64_t flags)
{
    return (uint64_t)frame << 12 | flags;
}

/* As the sources' functions; of a page that is given a general reference first. */
int m_get(unsigned int frame, unsigned int type, bool preemptible);
int m_put(unsigned int frame, bool preemptible);
bool m_get_writable(unsigned int frame);
void m_put_writable(unsigned int frame);

uint64_t m_type_count(unsigned int frame);
unsigned int m_type(unsigned int frame);
bool m_validated(unsigned int frame);
bool m_partial(unsigned int frame);
uint64_t m_refs(unsigned int frame);
uint32_t m_stamp(unsigned int frame); /* of the TLB clock, at the last use's end */

void m_preempt_every(unsigned int checks); /* 0: never */
extern uint32_t m_clock;                   /* the TLB clock */
extern void (*m_clock_read)(void);         /* called when it is read */
extern unsigned int m_flushes;
extern unsigned int m_stashed;

#endif
