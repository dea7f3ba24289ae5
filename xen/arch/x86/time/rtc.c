/* SPDX-License-Identifier: MIT */
/* The CMOS clock. Motorola MC146818A. */
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/time.h>
#include <asm/acpi.h>
#include <asm/cpu.h>
#include "private.h"

#define CMOS_INDEX 0x70
#define CMOS_DATA  0x71

#define RTC_SECONDS  0
#define RTC_MINUTES  2
#define RTC_HOURS    4
#define RTC_DAY      7
#define RTC_MONTH    8
#define RTC_YEAR     9
#define RTC_A        10
#define RTC_A_UIP    0x80
#define RTC_B        11
#define RTC_B_24H    0x02
#define RTC_B_BINARY 0x04

struct rtc_time {
    uint8_t sec, min, hour, day, month, year, century;
};

static uint8_t __init cmos_read(uint8_t reg)
{
    outb(reg, CMOS_INDEX);
    return inb(CMOS_DATA);
}

static void __init wait_no_update(void)
{
    for (unsigned int i = 0; i < 100000 && (cmos_read(RTC_A) & RTC_A_UIP); i++)
        cpu_relax();
}

static struct rtc_time __init read_all(void)
{
    wait_no_update();
    return (struct rtc_time){
        .sec = cmos_read(RTC_SECONDS),
        .min = cmos_read(RTC_MINUTES),
        .hour = cmos_read(RTC_HOURS),
        .day = cmos_read(RTC_DAY),
        .month = cmos_read(RTC_MONTH),
        .year = cmos_read(RTC_YEAR),
        .century = acpi_info.century_index ? cmos_read(acpi_info.century_index) : 0,
    };
}

static uint8_t __init from_bcd(uint8_t v)
{
    return (uint8_t)((v >> 4) * 10 + (v & 15));
}

static void __init decode(struct rtc_time *t, uint8_t mode)
{
    bool pm = !(mode & RTC_B_24H) && (t->hour & 0x80);

    if (!(mode & RTC_B_24H))
        t->hour &= 0x7f;
    if (!(mode & RTC_B_BINARY)) {
        t->sec = from_bcd(t->sec);
        t->min = from_bcd(t->min);
        t->hour = from_bcd(t->hour);
        t->day = from_bcd(t->day);
        t->month = from_bcd(t->month);
        t->year = from_bcd(t->year);
        t->century = from_bcd(t->century);
    }
    if (!(mode & RTC_B_24H))
        t->hour = (uint8_t)(t->hour % 12 + (pm ? 12 : 0));
}

/* Days from 1970-01-01, the year beginning in March so that the leap day is its last. */
static uint64_t __init days_from_civil(unsigned int year, unsigned int month, unsigned int day)
{
    unsigned int y = month > 2 ? year : year - 1;
    unsigned int m = month > 2 ? month - 3 : month + 9;

    return 365UL * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

uint64_t __init rtc_read(void)
{
    struct rtc_time t = read_all(), again;
    unsigned int year;

    /* Twice the same: no update fell in between. */
    for (unsigned int i = 0; i < 10; i++) {
        again = read_all();
        if (again.sec == t.sec && again.min == t.min && again.hour == t.hour)
            break;
        t = again;
    }
    decode(&t, cmos_read(RTC_B));
    if (t.month < 1 || t.month > 12 || t.day < 1 || t.day > 31 || t.hour > 23)
        return 0;
    year = t.century >= 19 ? t.century * 100U + t.year : t.year + (t.year < 70 ? 2000U : 1900U);
    return ((days_from_civil(year, t.month, t.day) * 24 + t.hour) * 60 + t.min) * 60 + t.sec;
}

void __init wallclock_init(void)
{
    uint64_t now = rtc_read();

    time_set_wallclock(now, 0, NOW());
    if (!now)
        printk(XENLOG_WARNING "No time in the CMOS clock\n");
}
