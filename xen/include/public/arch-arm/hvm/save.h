/* SPDX-License-Identifier: MIT */
/* Saved state on Arm: there are no records yet. */
#ifndef __XEN_PUBLIC_HVM_SAVE_ARM_H__
#define __XEN_PUBLIC_HVM_SAVE_ARM_H__

#endif /* __XEN_PUBLIC_HVM_SAVE_ARM_H__ */
