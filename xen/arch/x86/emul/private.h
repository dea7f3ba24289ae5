/* SPDX-License-Identifier: MIT */
#ifndef X86_EMUL_PRIVATE_H
#define X86_EMUL_PRIVATE_H

#include <asm/decode.h>
#include <asm/pv.h>

/* Results of emulators. */
#define EMUL_NO      0 /* not to be emulated: the guest gets its #GP */
#define EMUL_DONE    1 /* go on behind the instruction */
#define EMUL_AGAIN   2 /* repeated string instruction: go on at it */
#define EMUL_FAULTED 3 /* an exception has been injected */

/* Size of code (8, 4, 2) and base of segment @sel in the guest's tables; 0: it is no code. */
unsigned int seg_code_mode(uint16_t sel, unsigned long *base);
/* Linear address of @offset in the data segment @seg of the frame; false: #GP is due. */
bool seg_linear(const struct cpu_user_regs *regs, const struct insn *in, enum insn_seg seg,
                unsigned long offset, unsigned int bytes, bool write, unsigned long *linear);
/* IN, OUT, INS, OUTS. */
int emulate_io(struct vcpu *v, struct cpu_user_regs *regs, const struct insn *in);

#endif
