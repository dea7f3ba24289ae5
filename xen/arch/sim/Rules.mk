# SPDX-License-Identifier: MIT
# The core as a Linux process. SAN=address,undefined builds it under those sanitizers, COVERAGE=y
# (clang) counts lines, FUZZER=y (clang) prepares it for libFuzzer. Leaves xen-sim (a seeded random
# run) and xen-sim.o, all of the hypervisor in one object, which the tests link.
SAN      ?=
COVERAGE ?=
FUZZER   ?=
CLANG    := $(findstring clang,$(shell $(CC) --version))

# The formatter is ours (%pv, %pd); string functions are the C library's, which sanitizers watch.
CPPFLAGS += -Dvsnprintf=our_vsnprintf -Dsnprintf=our_snprintf
CFLAGS_lib/string := -include $(ROOT)/arch/sim/libc_names.h
CFLAGS_arch/sim/host := -D_GNU_SOURCE
CFLAGS_arch/sim/server_io := -D_GNU_SOURCE
# What guests do with their memory races, by right.
UNWATCHED := $(if $(findstring thread,$(SAN)),-fno-sanitize=thread)
CFLAGS_arch/sim/guest_memory := $(UNWATCHED) -fno-builtin
CFLAGS_arch/sim/workload_grant := $(UNWATCHED)
CFLAGS_arch/sim/workload_evtchn := $(UNWATCHED)

# Guest pointers are numbers of another space, and per-CPU data lies outside of its image.
UB_OFF     := alignment,pointer-overflow,null,object-size
INSTRUMENT := $(if $(SAN),-O1 -fsanitize=$(SAN) -fno-omit-frame-pointer) -pthread
INSTRUMENT += $(if $(findstring undefined,$(SAN)),-fno-sanitize-recover=undefined \
  -fno-sanitize=$(UB_OFF) $(if $(CLANG),-fno-sanitize=function))
# Volatile accesses are the marked ones, READ_ONCE() and the like, which may race.
INSTRUMENT += $(if $(findstring thread,$(SAN)),-DSIM_TSAN)
INSTRUMENT += $(if $(COVERAGE),-fprofile-instr-generate -fcoverage-mapping)
INSTRUMENT += $(if $(FUZZER),-fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp)
INSTRUMENT += $(if $(CLANG),$(if $(SAN),-fsanitize-ignorelist=$(ROOT)/arch/sim/ignore.txt))
CFLAGS     += -fno-builtin-printf $(INSTRUMENT) \
  $(if $(findstring thread,$(SAN)),-mllvm -tsan-distinguish-volatile=1)

OBJS    := $(filter-out $(BUILD)/drivers/% $(BUILD)/common/machine/% $(BUILD)/arch/sim/main.c.o,$(OBJS))
TARGETS := $(BUILD)/xen-sim

$(BUILD)/xen-sim.o: $(OBJS)
	$(Q)$(LD) -r -o $@ $(OBJS)

$(BUILD)/xen-sim: $(BUILD)/xen-sim.o $(BUILD)/arch/sim/main.c.o $(ROOT)/arch/sim/sim.lds
	@echo "  LD      $@"
	$(Q)$(CC) $(INSTRUMENT) -o $@ $(filter %.o,$^) -Wl,-T,$(ROOT)/arch/sim/sim.lds

# Random runs of many seeds, each a process: make ARCH=sim simulate SEEDS=10000 [STEPS=600]
SEEDS ?= 1000
STEPS ?= 600
.PHONY: simulate
simulate:
	@$(MAKE) --no-print-directory ARCH=sim debug=y SAN=address,undefined BUILD=$(TOP)/build/sim-asan
	@$(TOP)/build/sim-asan/xen-sim --seeds 1 $(SEEDS) $(STEPS)

# CPUs as threads under the thread sanitizer: make ARCH=sim threads SECONDS=600 CC=clang
SECONDS ?= 30
.PHONY: threads locks scale
threads:
	@$(MAKE) --no-print-directory ARCH=sim debug=y SAN=thread CC=clang BUILD=$(TOP)/build/sim-tsan
	@$(TOP)/build/sim-tsan/xen-sim --threads $(SECONDS)

# Which locks disjoint pairs of domains wait for; instructions per operation with many domains.
locks:
	@$(MAKE) --no-print-directory ARCH=sim lock_profile=y BUILD=$(TOP)/build/sim-locks
	@$(TOP)/build/sim-locks/xen-sim --locks 4 3000
scale:
	@$(ROOT)/test/bench/scale

-include $(BUILD)/arch/sim/main.c.d
