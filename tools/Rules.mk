# SPDX-License-Identifier: MIT
#
# Build rules shared by everything below tools/. A Makefile sets variables and then includes this
# file; it may hold a library, programs, or both.
#
# Library:  LIBNAME   "call" gives libxencall.so; LIBFILE overrides the whole name ("xlutil")
#           MAJOR MINOR   soname libX.so.$(MAJOR), file libX.so.$(MAJOR).$(MINOR)
#           SRCS      C sources; VERSION_MAP defaults to lib$(LIBFILE).map beside them
#           USELIBS   our libraries it links with, without "xen" ("toollog"); LDLIBS foreign ones
#           HEADERS   installed headers, relative to tools/include; PCNAME the .pc file's name
#           PCDESC    its description
# Programs: PROGS, and for each P: P_SRCS, P_USELIBS, P_LDLIBS, P_DEST (bin, sbin or libexec;
#           empty: not installed)
# Scripts:  SCRIPTS_bin SCRIPTS_sbin SCRIPTS_libexec, installed as they are
# Machine:  ARCH is x86_64 or arm64; SRCS are the same for all but for what a Makefile chooses by it
# Extra:    CPPFLAGS, CFLAGS_EXTRA, GENERATED (files that must exist before compiling)

comma := ,
TOOLS := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
ARCH ?= x86_64
BUILD ?= $(abspath $(TOOLS)/..)/build/tools$(if $(filter-out x86_64,$(ARCH)),-$(ARCH))
HERE := $(patsubst $(TOOLS)/%,%,$(CURDIR))
OBJ := $(BUILD)/obj/$(HERE)
LIBOUT := $(BUILD)/lib
BINOUT := $(BUILD)/bin

# config/Tools.mk is of this machine.
ifeq ($(ARCH),arm64)
TRIPLET := aarch64-linux-gnu
CROSS_COMPILE ?= $(TRIPLET)-
CC := $(CROSS_COMPILE)gcc
AR := $(CROSS_COMPILE)ar
# Foreign libraries: a folder with include/ and lib/, empty for those of the compiler.
ifeq ($(origin TOOLROOT),undefined)
export TOOLROOT := $(shell $(TOOLS)/../scripts/toolroot)
endif
ROOT_CPPFLAGS := $(if $(TOOLROOT),-idirafter $(TOOLROOT)/include)
ROOT_LDFLAGS := $(if $(TOOLROOT),-L$(TOOLROOT)/lib -Wl$(comma)-rpath-link$(comma)$(TOOLROOT)/lib)
else
TRIPLET := x86_64-linux-gnu
-include $(TOOLS)/../config/Tools.mk
endif
prefix ?= /usr
libdir ?= $(prefix)/lib/$(TRIPLET)
includedir ?= $(prefix)/include
bindir ?= $(prefix)/bin
sbindir ?= $(prefix)/sbin
libexecdir ?= $(prefix)/lib/xen/bin
INSTALL ?= install

OPT ?= -O2 -g
WARN := -Wall -Wextra -Werror
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE $(OPT) $(WARN) -fno-strict-aliasing -fstack-protector-strong \
	-I$(CURDIR) -I$(OBJ) -I$(TOOLS)/include $(CPPFLAGS) $(ROOT_CPPFLAGS) $(CFLAGS_EXTRA) $(CFLAGS)
ALL_LDFLAGS = -Wl,-z,relro -Wl,-z,now -Wl,--as-needed -L$(LIBOUT) \
	-Wl,-rpath-link,$(LIBOUT) $(ROOT_LDFLAGS) $(LDFLAGS)

xenlibs = $(foreach l,$(1),$(if $(filter xlutil,$(l)),-l$(l),-lxen$(l)))

.PHONY: all install clean
.DELETE_ON_ERROR:
all:

# SIM=y: a test build, on xen-sim instead of a hypervisor
ifeq ($(SIM),y)
include $(TOOLS)/tests/sim/lib.mk
endif

$(OBJ) $(LIBOUT) $(LIBOUT)/pkgconfig $(BINOUT):
	@mkdir -p $@

# $(1) source, $(2) kind: "pic" or "exe"
obj_of = $(addprefix $(OBJ)/,$(addsuffix .$(2).o,$(basename $(notdir $(1)))))

VPATH += $(sort $(dir $(SRCS) $(foreach p,$(PROGS),$($(p)_SRCS))))

$(OBJ)/%.pic.o: %.c $(GENERATED) | $(OBJ)
	$(CC) $(ALL_CFLAGS) -fPIC -MMD -MP -c -o $@ $<
$(OBJ)/%.exe.o: %.c $(GENERATED) | $(OBJ)
	$(CC) $(ALL_CFLAGS) -fPIE -MMD -MP -c -o $@ $<

ifneq ($(LIBNAME),)
LIBFILE ?= xen$(LIBNAME)
PCNAME ?= $(LIBFILE)
VERSION_MAP ?= lib$(LIBFILE).map
SONAME := lib$(LIBFILE).so.$(MAJOR)
SOFILE := $(SONAME).$(MINOR)
LIB_OBJS := $(call obj_of,$(SRCS),pic)

all: $(LIBOUT)/$(SOFILE) $(LIBOUT)/lib$(LIBFILE).a $(LIBOUT)/pkgconfig/$(PCNAME).pc

$(LIBOUT)/$(SOFILE): $(LIB_OBJS) $(VERSION_MAP) | $(LIBOUT) $(EXTRA_LDLIBS)
	$(CC) $(CFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=$(VERSION_MAP) \
		-Wl,-z,defs $(ALL_LDFLAGS) -o $@ $(LIB_OBJS) $(call xenlibs,$(USELIBS)) $(LDLIBS) $(EXTRA_LDLIBS)
	@ln -sf $(SOFILE) $(LIBOUT)/$(SONAME)
	@ln -sf $(SONAME) $(LIBOUT)/lib$(LIBFILE).so

$(LIBOUT)/lib$(LIBFILE).a: $(LIB_OBJS) | $(LIBOUT)
	@rm -f $@
	$(AR) rcs $@ $^

$(LIBOUT)/pkgconfig/$(PCNAME).pc: $(CURDIR)/Makefile | $(LIBOUT)/pkgconfig
	@printf '%s\n' 'prefix=$(prefix)' 'includedir=$(includedir)' 'libdir=$(libdir)' '' \
		'Name: $(PCNAME)' 'Description: $(or $(PCDESC),lib$(LIBFILE))' \
		'Version: $(MAJOR).$(MINOR)' 'Cflags: -I$${includedir}' \
		'Libs: -L$${libdir} -l$(LIBFILE)' 'Libs.private: $(LDLIBS)' \
		'Requires.private: $(USELIBS:%=xen%)' > $@

install: install-lib
.PHONY: install-lib
install-lib: all
	$(INSTALL) -d $(DESTDIR)$(libdir)/pkgconfig $(DESTDIR)$(includedir)
	$(INSTALL) -m 644 $(LIBOUT)/$(SOFILE) $(LIBOUT)/lib$(LIBFILE).a $(DESTDIR)$(libdir)
	ln -sf $(SOFILE) $(DESTDIR)$(libdir)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(libdir)/lib$(LIBFILE).so
	$(INSTALL) -m 644 $(LIBOUT)/pkgconfig/$(PCNAME).pc $(DESTDIR)$(libdir)/pkgconfig
	@for h in $(HEADERS); do \
		$(INSTALL) -D -m 644 $(TOOLS)/include/$$h $(DESTDIR)$(includedir)/$$h || exit 1; done
endif

define prog_rules
all: $(BINOUT)/$(1)
$(BINOUT)/$(1): $(call obj_of,$($(1)_SRCS),exe) | $(BINOUT) $(EXTRA_LDLIBS)
	$$(CC) $$(CFLAGS) -pie $$(ALL_LDFLAGS) -o $$@ $$(filter %.o,$$^) \
		$(call xenlibs,$($(1)_USELIBS)) $($(1)_LDLIBS) $(EXTRA_LDLIBS)
install: install-$(1)
.PHONY: install-$(1)
install-$(1): $(BINOUT)/$(1)
	$(if $($(1)_DEST),$$(INSTALL) -D -m 755 $(BINOUT)/$(1) $(DESTDIR)$($($(1)_DEST)dir)/$(1))
endef
$(foreach p,$(PROGS),$(eval $(call prog_rules,$(p))))

install: install-scripts
.PHONY: install-scripts
install-scripts:
	@for f in $(SCRIPTS_bin); do \
		$(INSTALL) -D -m 755 $$f $(DESTDIR)$(bindir)/$$(basename $$f) || exit 1; done
	@for f in $(SCRIPTS_sbin); do \
		$(INSTALL) -D -m 755 $$f $(DESTDIR)$(sbindir)/$$(basename $$f) || exit 1; done
	@for f in $(SCRIPTS_libexec); do \
		$(INSTALL) -D -m 755 $$f $(DESTDIR)$(libexecdir)/$$(basename $$f) || exit 1; done

clean:
	rm -rf $(OBJ)
	$(if $(LIBNAME),rm -f $(LIBOUT)/lib$(LIBFILE).* $(LIBOUT)/pkgconfig/$(PCNAME).pc)
	$(if $(PROGS),rm -f $(addprefix $(BINOUT)/,$(PROGS)))

-include $(wildcard $(OBJ)/*.d)
