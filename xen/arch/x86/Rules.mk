# SPDX-License-Identifier: MIT
# x86-64: a position-independent image at a fixed address, no vector registers, no red zone.
GCCINC := $(shell $(CC) -print-file-name=include)
CPPFLAGS += -nostdinc -isystem $(GCCINC) -DCONFIG_X86
CFLAGS   += -m64 -ffreestanding -fno-builtin-printf -mno-red-zone -mno-mmx -mno-sse -mno-80387 -msoft-float \
            -fno-stack-protector -fno-asynchronous-unwind-tables -fPIE -fvisibility=hidden \
            -fno-omit-frame-pointer -ffunction-sections -fdata-sections -fcf-protection=none \
            -fno-jump-tables -include $(ROOT)/include/xen/hidden.h
# Without vector registers eight bytes are enough, and entry from a guest leaves no more.
CFLAGS   += $(if $(findstring clang,$(shell $(CC) --version)),-mstack-alignment=8,-mpreferred-stack-boundary=3)
AFLAGS   += -m64 -fPIE

ASM_OFFSETS := $(BUILD)/include/generated/asm-offsets.h
GENERATED   := $(ASM_OFFSETS)

$(ASM_OFFSETS): $(ROOT)/arch/x86/asm-offsets.c $(wildcard $(ROOT)/arch/x86/include/asm/*.h $(ROOT)/include/xen/*.h)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(filter-out -Werror,$(CFLAGS)) -S -o $(BUILD)/asm-offsets.s $<
	$(Q)sed -n 's/^[ \t]*\.ascii[ \t]*"==>\(.*\)<=="$$/#define \1/p' $(BUILD)/asm-offsets.s | sed 's/\$$//' >$@

OBJS    := $(filter-out $(BUILD)/drivers/char/dtuart/% $(BUILD)/common/mm/untyped.c.o,$(OBJS))
TARGETS := $(BUILD)/xen $(BUILD)/xen.gz $(BUILD)/xen-syms
LDS     := $(BUILD)/xen.lds

$(LDS): $(ROOT)/arch/x86/boot/xen.lds.S $(BUILD)/flags
	$(Q)$(CC) $(CPPFLAGS) -D__ASSEMBLY__ -E -P -MMD -MP -MT $@ -o $@ $<

LDFLAGS := -nostdlib -z noexecstack -z max-page-size=4096 --no-warn-rwx-segments --build-id=sha1 --gc-sections -static

# Linked twice: the second time with the table of the first one's symbols.
$(BUILD)/symbols: $(ROOT)/tools/symbols.c
	$(Q)$(HOSTCC) -O2 -Wall -Wextra -o $@ $<

$(BUILD)/xen-syms: $(OBJS) $(LDS) $(BUILD)/symbols
	@echo "  LD      $@"
	$(Q)$(BUILD)/symbols </dev/null >$(BUILD)/syms0.S && $(CC) $(AFLAGS) -c $(BUILD)/syms0.S -o $(BUILD)/syms0.o
	$(Q)$(LD) $(LDFLAGS) -T $(LDS) -o $(BUILD)/xen-syms.0 $(OBJS) $(BUILD)/syms0.o
	$(Q)$(NM) -n $(BUILD)/xen-syms.0 | $(BUILD)/symbols >$(BUILD)/syms1.S && $(CC) $(AFLAGS) -c $(BUILD)/syms1.S -o $(BUILD)/syms1.o
	$(Q)$(LD) $(LDFLAGS) -T $(LDS) -o $(BUILD)/xen-syms.1 $(OBJS) $(BUILD)/syms1.o
	$(Q)$(NM) -n $(BUILD)/xen-syms.1 | $(BUILD)/symbols >$(BUILD)/syms2.S && $(CC) $(AFLAGS) -c $(BUILD)/syms2.S -o $(BUILD)/syms2.o
	$(Q)$(LD) $(LDFLAGS) -T $(LDS) -o $@ $(OBJS) $(BUILD)/syms2.o
	$(Q)rm -f $(BUILD)/xen-syms.0 $(BUILD)/xen-syms.1

# The bootable file: the flat image in one ELF32 segment, as multiboot loaders want it.
$(BUILD)/xen: $(BUILD)/xen-syms $(ROOT)/tools/wrap-elf32.py
	$(Q)$(OBJCOPY) -O binary $(BUILD)/xen-syms $(BUILD)/xen.bin
	$(Q)python3 $(ROOT)/tools/wrap-elf32.py $(BUILD)/xen.bin $(BUILD)/xen-syms $@

$(BUILD)/xen.gz: $(BUILD)/xen
	$(Q)gzip -9nc $< >$@

-include $(BUILD)/xen.d
