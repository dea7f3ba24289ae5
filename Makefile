# SPDX-License-Identifier: MIT
include Config.mk

.PHONY: all xen tools docs install install-xen install-tools install-docs check coverage simulate bench soak clean fuzz
all: xen tools

xen:
	$(MAKE) -C xen ARCH=$(ARCH)

tools:
	$(MAKE) -C tools all

docs:
	$(MAKE) -C docs

install: install-xen install-tools install-docs

install-xen: xen
	install -D -m 644 build/$(ARCH)/xen.gz $(DESTDIR)$(bootdir)/xen-4.17.gz
	install -D -m 644 build/$(ARCH)/xen-syms $(DESTDIR)/usr/lib/debug/boot/xen-syms-4.17

install-tools: tools
	$(MAKE) -C tools install DESTDIR=$(abspath $(DESTDIR))

install-docs:
	$(MAKE) -C docs install DESTDIR=$(abspath $(DESTDIR))

check:
	scripts/check

# Lines of xen/common and xen/lib that the unit and simulation tests run.
coverage:
	scripts/coverage

# Random histories of the simulated machine: SEEDS of them, invariants checked on the way.
SEEDS ?= 10000
simulate:
	$(MAKE) -s -C xen ARCH=sim simulate SEEDS=$(SEEDS)

bench:
	scripts/bench

# Debian's libvirt over our libraries, on our hypervisor; and one part of the tools exchanged for
# the stock one.
.PHONY: libvirt-check mixed-check
libvirt-check:
	scripts/mixed --libvirt --timeout 1800 tools/tests/system/libvirt
mixed-check:
	set -e; for k in stock-xl our-xl; do for t in 02-guest 03-devices 11-save-restore; do \
		scripts/mixed --tools $$k --timeout 900 tools/tests/system/$$t; done; done

# Our xenstored beside Debian's two, with the trees of GUESTS guests.
GUESTS ?= 1000
.PHONY: bench-xenstored
bench-xenstored:
	scripts/bench-xenstored $(GUESTS)

# Guests moved between two emulated machines: live between ours, of which MIGRATE_CUTS are cut,
# and MIGRATE_HANDOVER at the messages of the hand-over; saved
# on the stock pair and restored on ours, and back; PVH, over the stock hypervisor, between the stock
# tools and ours, and beside that the stock tools alone.
MIGRATE_CUTS     ?= 30
MIGRATE_HANDOVER ?= 16
.PHONY: migrate-check
migrate-check:
	tools/tests/migrate/run --handover $(MIGRATE_HANDOVER) --cuts $(MIGRATE_CUTS) live
	tools/tests/migrate/run --a stock/stock save
	tools/tests/migrate/run --a stock/stock --b stock/ours pvh
	tools/tests/migrate/run --a stock/stock --b stock/stock pvh

# Guests under load for SOAK_SECONDS, then SOAK_CYCLES of create and destroy, on SOAK_CPUS CPUs.
SOAK_SECONDS ?= 600
SOAK_CYCLES  ?= 100
SOAK_CPUS    ?= 2
soak:
	scripts/boot --smp $(SOAK_CPUS) --timeout $$(($(SOAK_SECONDS) * 2 + $(SOAK_CYCLES) * 30 + 600)) \
		--dom0-args "soak.seconds=$(SOAK_SECONDS) soak.cycles=$(SOAK_CYCLES)" tools/tests/system/soak

# FUZZ_SECONDS for each target.
FUZZ_SECONDS ?= 3600
fuzz:
	$(MAKE) -C xen/test/fuzz/lib fuzz SECONDS=$(FUZZ_SECONDS)
	$(MAKE) -C xen/test/fuzz/x86 fuzz SECONDS=$(FUZZ_SECONDS)
	$(MAKE) -C xen/test/fuzz/arm smoke SECONDS=$(FUZZ_SECONDS)
	$(MAKE) -C xen/test/fuzz/hypercall fuzz FUZZ_SECONDS=$(FUZZ_SECONDS)

clean:
	rm -rf build
