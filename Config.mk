# SPDX-License-Identifier: MIT
# Settings shared by the top-level Makefile and tools/; ./configure writes config/Tools.mk.
-include $(dir $(lastword $(MAKEFILE_LIST)))config/Tools.mk

ARCH    ?= x86_64
prefix  ?= /usr
bootdir ?= /boot
DESTDIR ?=
