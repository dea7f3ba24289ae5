/* SPDX-License-Identifier: MIT */
#ifndef TIME_PRIVATE_H
#define TIME_PRIVATE_H

/* The guest's virtual timer has come, on the CPU where it runs; interrupts off. */
void vtimer_fired(int irq, void *dev);

#endif
