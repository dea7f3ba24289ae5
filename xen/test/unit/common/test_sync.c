/* SPDX-License-Identifier: MIT */
/* Locks, by CPUs that are threads. */
#include "sim_test.h"

#include <xen/spinlock.h>

enum { NR = 4, TIMES = 3000 };
static DEFINE_SPINLOCK(lock, RANK_NONE);
static rwlock_t rw = RW_LOCK_INIT(RANK_NONE);
static unsigned long counter, pair[2];
static spinlock_t many[3] = {SPIN_LOCK_INIT(RANK_NONE), SPIN_LOCK_INIT(RANK_NONE),
                             SPIN_LOCK_INIT(RANK_NONE)};

static void count(unsigned int cpu)
{
    for (unsigned int i = 0; i < TIMES; i++) {
        spin_lock(&lock);
        counter++;
        spin_unlock(&lock);
    }
}

SIM_TEST(one_at_a_time)
{
    on_threads(NR, count);
    EXPECT_EQ(counter, NR * TIMES);
    EXPECT(!spin_is_locked(&lock));
}

static void count_irq(unsigned int cpu)
{
    for (unsigned int i = 0; i < TIMES; i++) {
        unsigned long flags;

        spin_lock_irqsave(&lock, flags);
        EXPECT(!local_irq_is_enabled());
        counter++;
        spin_unlock_irqrestore(&lock, flags);
        EXPECT(local_irq_is_enabled());
        spin_lock_irq(&lock);
        counter++;
        spin_unlock_irq(&lock);
    }
}

SIM_TEST(interrupts_are_off_while_it_is_held)
{
    on_threads(NR, count_irq);
    EXPECT_EQ(counter, 2 * NR * TIMES);
}

static void count_recursive(unsigned int cpu)
{
    for (unsigned int i = 0; i < TIMES; i++) {
        spin_lock_recursive(&lock);
        spin_lock_recursive(&lock);
        counter++;
        spin_unlock_recursive(&lock);
        counter++;
        spin_unlock_recursive(&lock);
    }
}

SIM_TEST(recursive_locks)
{
    on_threads(NR, count_recursive);
    EXPECT_EQ(counter, 2 * NR * TIMES);
}

static void write_pair(void)
{
    write_lock(&rw);
    pair[0]++;
    pair[1]++;
    write_unlock(&rw);
}

static void read_pair(void)
{
    read_lock(&rw);
    EXPECT_EQ(pair[0], pair[1]);
    read_unlock(&rw);
}

static void read_and_write(unsigned int cpu)
{
    for (unsigned int i = 0; i < TIMES; i++) {
        if (cpu == 0 || i % 8 == 0)
            write_pair();
        else
            read_pair();
    }
}

SIM_TEST(readers_see_no_half_write)
{
    on_threads(NR, read_and_write);
    EXPECT_EQ(pair[0], TIMES + (NR - 1) * TIMES / 8);
    EXPECT(write_trylock(&rw));
    EXPECT(rw_is_write_locked(&rw));
    EXPECT(!write_trylock(&rw));
    write_unlock(&rw);
    read_lock(&rw);
    EXPECT(!write_trylock(&rw));
    read_unlock(&rw);
}

static bool held;

/* CPU 0 writes until all others wait: two to read, one to write. */
static void wait_for_writer(unsigned int cpu)
{
    if (cpu == 0) {
        write_lock(&rw);
        __atomic_store_n(&held, true, __ATOMIC_RELEASE);
        while ((uint16_t)(__atomic_load_n(&rw.wait.tail, __ATOMIC_RELAXED) -
                          __atomic_load_n(&rw.wait.head, __ATOMIC_RELAXED)) != NR - 1)
            cpu_relax();
        pair[0]++;
        pair[1]++;
        write_unlock(&rw);
        return;
    }
    while (!__atomic_load_n(&held, __ATOMIC_ACQUIRE))
        cpu_relax();
    if (cpu == 1) {
        write_lock(&rw);
        EXPECT_EQ(pair[0], 1);
        write_unlock(&rw);
        write_pair();
    } else {
        read_lock(&rw);
        EXPECT_GE(pair[0], 1);
        read_unlock(&rw);
        read_pair();
    }
}

SIM_TEST(who_comes_while_it_is_written_waits)
{
    on_threads(NR, wait_for_writer);
    EXPECT_EQ(pair[0], 2);
    EXPECT_EQ(rw.cnts, 0);
}

static unsigned int reading;

/* CPU 0 reads; the writer, CPU 1, waits; who comes to read then comes after it. */
static void wait_for_reader(unsigned int cpu)
{
    switch (cpu) {
    case 0:
        read_lock(&rw);
        __atomic_store_n(&held, true, __ATOMIC_RELEASE);
        while ((uint16_t)(__atomic_load_n(&rw.wait.tail, __ATOMIC_RELAXED) -
                          __atomic_load_n(&rw.wait.head, __ATOMIC_RELAXED)) != NR - 1)
            cpu_relax();
        EXPECT_EQ(pair[0], 0);
        EXPECT_EQ(__atomic_load_n(&reading, __ATOMIC_RELAXED), 0);
        read_unlock(&rw);
        break;
    case 1:
        while (!__atomic_load_n(&held, __ATOMIC_ACQUIRE))
            cpu_relax();
        write_lock(&rw);
        EXPECT_EQ(__atomic_load_n(&reading, __ATOMIC_RELAXED), 0);
        pair[0]++;
        write_unlock(&rw);
        break;
    default:
        /* WAITING: the low byte's second bit. */
        while (!(__atomic_load_n(&rw.cnts, __ATOMIC_ACQUIRE) & 2))
            cpu_relax();
        read_lock(&rw);
        __atomic_fetch_add(&reading, 1, __ATOMIC_RELAXED);
        EXPECT_EQ(pair[0], 1);
        read_unlock(&rw);
    }
}

SIM_TEST(a_writer_that_waits_is_not_overtaken)
{
    on_threads(NR, wait_for_reader);
    EXPECT_EQ(reading, NR - 2);
    EXPECT_EQ(rw.cnts, 0);
}

static void take_pairs(unsigned int cpu)
{
    for (unsigned int i = 0; i < TIMES; i++) {
        spinlock_t *a = &many[(cpu + i) % 3], *b = &many[(cpu * 2 + i * 2) % 3];

        spin_lock_pair(a, b);
        EXPECT(spin_is_locked(a));
        EXPECT(spin_is_locked(b));
        spin_unlock_pair(a, b);
    }
}

SIM_TEST(pairs_do_not_deadlock)
{
    on_threads(NR, take_pairs);
    for (unsigned int i = 0; i < 3; i++)
        EXPECT(!spin_is_locked(&many[i]));
}

/* Tickets: who comes first is served first. */
SIM_TEST(tickets_and_try)
{
    EXPECT(spin_trylock(&lock));
    EXPECT(!spin_trylock(&lock));
    EXPECT_EQ(lock.tail, (uint16_t)(lock.head + 1));
    spin_unlock(&lock);
    lock.head = lock.tail = 0xffff; /* wraps */
    spin_lock(&lock);
    EXPECT_EQ(lock.tail, 0);
    EXPECT(spin_is_locked(&lock));
    spin_unlock(&lock);
    EXPECT(!spin_is_locked(&lock));
    spin_barrier(&lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(interrupts_are_off_while_it_is_held),
        cmocka_unit_test(recursive_locks),
        cmocka_unit_test(readers_see_no_half_write),
        cmocka_unit_test(who_comes_while_it_is_written_waits),
        cmocka_unit_test(a_writer_that_waits_is_not_overtaken),
        cmocka_unit_test(pairs_do_not_deadlock),
        cmocka_unit_test(tickets_and_try),
    };

    return RUN_GROUP(tests);
}
