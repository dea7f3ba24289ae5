# SPDX-License-Identifier: MIT
"""The parts of pygrub.

  config       what a boot menu is, whichever file it comes from
  grub2, legacy, syslinux   the readers of three kinds of files: text to Config
  partitions   tables of partitions
  image        files of the guest's disk, read by a confined child
  menu         the menu on a terminal
  output       what the caller is told
  cli          options, and the order of things

Every byte of the disk is an attacker's.
"""
