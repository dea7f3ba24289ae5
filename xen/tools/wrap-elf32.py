#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Wrap the flat image into an ELF32 executable which multiboot loaders take.

usage: wrap-elf32.py IMAGE XEN-SYMS OUT

One segment: physical address and size from the symbols _start and _end of XEN-SYMS (linked at
XEN_IMAGE_START + physical address), entry at start32. The segment begins at file offset 128, so
the headers at the image's start lie within the first 8 KiB.
"""
import struct
import sys

IMAGE_START = 0xFFFF82D040000000
OFFSET = 128


def read_symbols(path, wanted):
    data = open(path, "rb").read()
    if data[:5] != b"\x7fELF\x02":
        sys.exit(f"{path}: no ELF64 file")
    shoff, = struct.unpack_from("<Q", data, 0x28)
    shentsize, shnum = struct.unpack_from("<HH", data, 0x3A)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, shoff + i * shentsize)
                for i in range(shnum)]
    found = {}
    for sec in sections:
        if sec[1] != 2:  # SHT_SYMTAB
            continue
        strings = sections[sec[6]]
        for at in range(sec[4], sec[4] + sec[5], 24):
            name, _, _, _, value, _ = struct.unpack_from("<IBBHQQ", data, at)
            begin = strings[4] + name
            text = data[begin:data.index(b"\0", begin)].decode()
            if text in wanted:
                found[text] = value - IMAGE_START
    missing = wanted - set(found)
    if missing:
        sys.exit(f"{path}: no symbol {', '.join(sorted(missing))}")
    return found


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    image = open(sys.argv[1], "rb").read()
    syms = read_symbols(sys.argv[2], {"_start", "_end", "start32"})
    load, memsz = syms["_start"], syms["_end"] - syms["_start"]
    if len(image) > memsz:
        sys.exit("the image reaches beyond _end")
    ehdr = struct.pack("<4sBBBB8xHHIIIIIHHHHHH", b"\x7fELF", 1, 1, 1, 0,
                       2, 3, 1, syms["start32"], 52, 0, 0, 52, 32, 1, 40, 0, 0)
    phdr = struct.pack("<IIIIIIII", 1, OFFSET, load, load, len(image), memsz, 7, 64)
    with open(sys.argv[3], "wb") as out:
        out.write((ehdr + phdr).ljust(OFFSET, b"\0") + image)


main()
