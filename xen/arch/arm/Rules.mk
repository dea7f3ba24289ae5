# SPDX-License-Identifier: MIT
# arm64: a flat image with Linux's Image header, linked at a fixed address at EL2, no FP registers.
# LIBFDT: a folder with include/ and lib/libfdt.a for the target.
LIBFDT   ?= $(shell $(TOP)/scripts/libfdt)
GCCINC   := $(shell $(CC) -print-file-name=include)
CLANG    := $(findstring clang,$(shell $(CC) --version))
TARGET   := $(if $(CLANG),--target=aarch64-linux-gnu)
CPPFLAGS += -nostdinc -isystem $(GCCINC) -isystem $(LIBFDT)/include -DCONFIG_ARM -DCONFIG_ARM_64
CFLAGS   += $(TARGET) -ffreestanding -fno-builtin-printf -march=armv8-a -mgeneral-regs-only \
            -mno-outline-atomics -fno-pie -fno-pic -fno-stack-protector \
            -fno-asynchronous-unwind-tables -fno-omit-frame-pointer -mno-omit-leaf-frame-pointer \
            -ffunction-sections -fdata-sections -mbranch-protection=none
AFLAGS   += $(TARGET) -march=armv8-a -fno-pie

# Drivers of PCs
OBJS     := $(filter-out $(BUILD)/drivers/char/ns16550.c.o $(BUILD)/drivers/char/vga.c.o,$(OBJS))

ASM_OFFSETS := $(BUILD)/include/generated/asm-offsets.h
GENERATED   := $(ASM_OFFSETS)

$(ASM_OFFSETS): $(ROOT)/arch/arm/asm-offsets.c $(wildcard $(ROOT)/arch/arm/include/asm/*.h $(ROOT)/include/xen/*.h)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(filter-out -Werror,$(CFLAGS)) -S -o $(BUILD)/asm-offsets.s $<
	$(Q)sed -n 's/^[ \t]*\.ascii[ \t]*"==>\(.*\)<=="$$/#define \1/p' $(BUILD)/asm-offsets.s >$@

TARGETS := $(BUILD)/xen $(BUILD)/xen-syms
LDS     := $(BUILD)/xen.lds

$(LDS): $(ROOT)/arch/arm/xen.lds.S $(BUILD)/flags
	$(Q)$(CC) $(CPPFLAGS) -D__ASSEMBLY__ -E -P -MMD -MP -MT $@ -o $@ $<

LDFLAGS := -nostdlib -z noexecstack -z max-page-size=4096 --no-warn-rwx-segments --build-id=sha1 --gc-sections -static

# Linked more than once: the second time with the table of the first one's symbols.
$(BUILD)/symbols: $(ROOT)/tools/symbols.c
	$(Q)$(HOSTCC) -O2 -Wall -Wextra -o $@ $<

FDT_LIB := $(LIBFDT)/lib/libfdt.a
$(BUILD)/xen-syms: $(OBJS) $(LDS) $(BUILD)/symbols $(FDT_LIB)
	@echo "  LD      $@"
	$(Q)$(BUILD)/symbols </dev/null >$(BUILD)/syms0.S && $(CC) $(AFLAGS) -c $(BUILD)/syms0.S -o $(BUILD)/syms0.o
	$(Q)$(LD) $(LDFLAGS) -T $(LDS) -o $(BUILD)/xen-syms.0 $(OBJS) $(BUILD)/syms0.o $(FDT_LIB)
	$(Q)$(NM) -n $(BUILD)/xen-syms.0 | $(BUILD)/symbols >$(BUILD)/syms1.S && $(CC) $(AFLAGS) -c $(BUILD)/syms1.S -o $(BUILD)/syms1.o
	$(Q)$(LD) $(LDFLAGS) -T $(LDS) -o $(BUILD)/xen-syms.1 $(OBJS) $(BUILD)/syms1.o $(FDT_LIB)
	$(Q)$(NM) -n $(BUILD)/xen-syms.1 | $(BUILD)/symbols >$(BUILD)/syms2.S && $(CC) $(AFLAGS) -c $(BUILD)/syms2.S -o $(BUILD)/syms2.o
	$(Q)$(LD) $(LDFLAGS) -T $(LDS) -o $@ $(OBJS) $(BUILD)/syms2.o $(FDT_LIB)
	$(Q)rm -f $(BUILD)/xen-syms.0 $(BUILD)/xen-syms.1

# The bootable file: the flat image, whose first bytes are the header.
$(BUILD)/xen: $(BUILD)/xen-syms
	$(Q)$(OBJCOPY) -O binary $(BUILD)/xen-syms $@

-include $(BUILD)/xen.d
