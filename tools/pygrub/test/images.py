# SPDX-License-Identifier: MIT
"""Disks for the tests, made of folders."""
import os
import struct
import subprocess
import uuid
import zlib

SECTOR = 512
ALIGN = 2048  # sectors before and between partitions
LINUX = uuid.UUID("0FC63DAF-8483-4772-8E79-3D69D8477DE4")


def filesystem(path, tree, size="4M", kind="ext4"):
    """@tree: name to contents; a str that begins with "->" is a symbolic link."""
    top = path + ".tree"
    for name, what in tree.items():
        full = os.path.join(top, name.lstrip("/"))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        if isinstance(what, str) and what.startswith("->"):
            os.symlink(what[2:], full)
            continue
        with open(full, "wb") as f:
            f.write(what.encode() if isinstance(what, str) else what)
    subprocess.run(["mke2fs", "-q", "-F", "-t", kind, "-d", top, path, size], check=True,
                   stdout=subprocess.DEVNULL, env={**os.environ, "PATH": os.environ["PATH"] +
                                                   ":/usr/sbin:/sbin"})
    return path


def place(out, blobs, first=ALIGN):
    """Writes the files @blobs into the disk; their first sectors and numbers of sectors."""
    spans = []
    for blob in blobs:
        with open(blob, "rb") as f:
            data = f.read()
        count = -(-len(data) // SECTOR)
        out.seek(first * SECTOR)
        out.write(data)
        spans.append((first, count))
        first += -(-count // ALIGN) * ALIGN + ALIGN
    out.truncate(first * SECTOR)
    return spans


def slot(kind, first, count):
    return struct.pack("<B3xB3xII", 0, kind, first, count)


def boot_record(out, at, slots):
    out.seek(at * SECTOR + 446)
    out.write(b"".join(slots).ljust(64, b"\0") + b"\x55\xaa")


def msdos(path, blobs, logical=0):
    """The last @logical of the filesystems are in an extended partition."""
    with open(path, "wb") as f:
        spans = place(f, blobs)
        primary, inner = spans[:len(spans) - logical], spans[len(spans) - logical:]
        slots = [slot(0x83, *s) for s in primary]
        if inner:
            start = inner[0][0] - 1
            slots.append(slot(0x05, start, spans[-1][0] + spans[-1][1] - start))
            for i, (first, count) in enumerate(inner):
                own = [slot(0x83, 1, count)]
                if i + 1 < len(inner):
                    own.append(slot(0x05, inner[i + 1][0] - 1 - start, inner[i + 1][1] + 1))
                boot_record(f, first - 1, own)
        boot_record(f, 0, slots)
    return path


def gpt(path, blobs):
    with open(path, "wb") as f:
        spans = place(f, blobs)
        last = f.seek(0, os.SEEK_END) // SECTOR - 1
        entries = b"".join(
            struct.pack("<16s16sQQQ72s", LINUX.bytes_le, uuid.UUID(int=i + 1).bytes_le, first,
                        first + count - 1, 0, b"") for i, (first, count) in enumerate(spans))
        entries = entries.ljust(128 * 128, b"\0")
        boot_record(f, 0, [slot(0xEE, 1, last)])
        for here, there, table in ((1, last, 2), (last, 1, last - 32)):
            head = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, here, there,
                               34, last - 33, bytes(16), table, 128, 128, zlib.crc32(entries))
            f.seek(table * SECTOR)
            f.write(entries)
            f.seek(here * SECTOR)
            f.write(head[:16] + struct.pack("<I", zlib.crc32(head)) + head[20:])
    return path


GRUB_CFG = """\
# made by a script
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
else
   set default="0"
fi
function savedefault {
  if [ -z "${boot_once}" ]; then
    saved_entry="${chosen}"
  fi
}
set timeout=5
menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'gnulinux-simple-x' {
\tload_video
\tset root='hd0,msdos1'
\tif [ x$feature_platform_search_hint = xy ]; then
\t  search --no-floppy --fs-uuid --set=root x
\tfi
\techo\t'Loading Linux 1 ...'
\tlinux\t/boot/vmlinuz-1 root=/dev/xvda1 ro  quiet
\tinitrd\t/boot/initrd-1
}
submenu 'Advanced options' $menuentry_id_option 'gnulinux-advanced-x' {
\tmenuentry 'Debian, with Linux 2' --class debian $menuentry_id_option 'gnulinux-2' {
\t\tlinux\t/boot/vmlinuz-2 root=/dev/xvda1 ro two
\t\tinitrd\t/boot/initrd-2
\t}
\tmenuentry "Debian rescue" {
\t\tlinux16\t/boot/vmlinuz-1 single
\t\tinitrd16\t/boot/initrd-1 /boot/initrd-2
\t}
}
"""

MENU_LST = """\
# an old one
default\t\t1
timeout\t\t7
title\t\tOne
root\t\t(hd0,0)
kernel\t\t/boot/vmlinuz-1 root=/dev/xvda1 ro one
initrd\t\t/boot/initrd-1
savedefault

title Two
root (hd0)
kernel=/boot/vmlinuz-2 root=/dev/xvda1 two
initrd=/boot/initrd-2
title Xen
kernel /boot/xen.gz dom0_mem=1
module /boot/vmlinuz-1 placeholder root=xen
module /boot/initrd-1
"""

EXTLINUX = """\
DEFAULT linux
TIMEOUT 30
LABEL one
  KERNEL /boot/vmlinuz-1
  APPEND a initrd=/boot/initrd-1 b
LABEL linux
  MENU LABEL The ^Linux
  LINUX ../vmlinuz-2
  INITRD ../initrd-2
  APPEND root=/dev/xvda two
"""

KERNEL = bytes(range(256)) * 300
RAMDISK = b"0707" * 5000 + b"x"
FILES = {"/boot/vmlinuz-1": KERNEL, "/boot/vmlinuz-2": KERNEL[::-1],
         "/boot/initrd-1": RAMDISK, "/boot/initrd-2": RAMDISK[::-1]}
