# SPDX-License-Identifier: MIT
# Included by Rules.mk where SIM=y: everything is linked so that it opens xen-sim's devices. SAN
# names sanitizers.
SIM_DIR := $(TOOLS)/tests/sim
SIM_LIB := $(LIBOUT)/libxensim.so
SIM_WRAP := $(foreach f,open close execv ioctl mmap munmap syscall,-Wl,--wrap=$(f))
SIM_SAN := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
OPT = $(if $(SAN),-O1,-O2) -g
libexecdir = $(BINOUT)
override CFLAGS += $(SIM_SAN)
override LDFLAGS += $(SIM_WRAP)
EXTRA_LDLIBS = $(SIM_LIB)

$(SIM_LIB): $(SIM_DIR)/dev.c $(SIM_DIR)/lib.mk
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE $(OPT) $(WARN) $(SIM_SAN) -I$(TOOLS)/include -fPIC -shared \
		-Wl,-soname,libxensim.so -o $@ $< -lpthread
