/* SPDX-License-Identifier: MIT */
/* What Debian's libfdt.a asks for besides string functions: it is built with stack protection. */
#include <xen/kernel.h>

extern unsigned long __stack_chk_guard;
void __stack_chk_fail(void) noreturn;

unsigned long __stack_chk_guard =
    0x595e9fbd94fda766UL; /* boot only: nothing to guess for a guest */

void __stack_chk_fail(void)
{
    panic("libfdt: stack overrun\n");
}
