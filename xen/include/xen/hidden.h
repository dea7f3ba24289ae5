/* SPDX-License-Identifier: MIT */
/* The image is linked as one: no symbol goes through a GOT. */
#pragma GCC visibility push(hidden)
