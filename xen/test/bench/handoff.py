#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Instructions from the hypervisor's first to dom0's first.

usage: handoff.py HYPERVISOR BZIMAGE SOCKET SECONDS
QEMU waits on SOCKET with its debugger's stub (-S -gdb unix:SOCKET), under -icount shift=0, where
the TSC counts instructions. Then it is let go. The kernel's entry is that of its ELF note. SECONDS
is how long the boot may take.
"""
import lzma
import socket
import struct
import sys
import time


def kernel_entry(bzimage):
    packed = bzimage[bzimage.index(b"\xfd7zXZ\0") :]
    elf = lzma.LZMADecompressor().decompress(packed)
    phoff, = struct.unpack_from("<Q", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 54)
    for i in range(count):
        kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", elf, phoff + i * size)
        end = offset + length
        while kind == 4 and offset < end:
            name, desc, note = struct.unpack_from("<III", elf, offset)
            offset += 12
            value = offset + (name + 3 & ~3)
            if elf[offset : offset + 4] == b"Xen\0" and note == 1:  # XEN_ELFNOTE_ENTRY
                return struct.unpack_from("<Q", elf, value)[0]
            offset = value + (desc + 3 & ~3)
    raise SystemExit("the kernel has no entry for us")


class Stub:
    def __init__(self, path, limit):
        for _ in range(int(limit * 10)):
            try:
                self.sock = socket.socket(socket.AF_UNIX)
                self.sock.connect(path)
                self.sock.settimeout(limit)
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("no QEMU at " + path)

    def send(self, text):
        self.sock.sendall(b"$%s#%02x" % (text.encode(), sum(text.encode()) & 0xFF))

    def answer(self):
        data = b""
        while data[-3:-2] != b"#":
            got = self.sock.recv(65536)
            if not got:
                raise SystemExit("QEMU has ended")
            data = (data + got).lstrip(b"+")
        self.sock.sendall(b"+")
        return data[1:-3].decode()

    def ask(self, text):
        self.send(text)
        return self.answer()

    def registers(self):
        return struct.unpack_from("<17Q", bytes.fromhex(self.ask("g")))

    def run_to(self, address):
        """The TSC there."""
        if self.ask("Z1,%x,1" % address) != "OK":
            raise SystemExit("no breakpoint")
        self.ask("c")
        self.ask("z1,%x,1" % address)
        rip = self.registers()[16]
        if rip != address:
            raise SystemExit("stopped at %x, not at %x" % (rip, address))
        saved = self.ask("m%x,2" % rip)
        self.ask("M%x,2:0f31" % rip)  # rdtsc
        before = self.ask("g")
        self.ask("s")
        after = self.registers()
        self.ask("M%x,2:%s" % (rip, saved))
        self.ask("G" + before)
        return (after[3] & 0xFFFFFFFF) << 32 | after[0] & 0xFFFFFFFF


def main():
    hypervisor, kernel, path, limit = sys.argv[1:]
    entry = kernel_entry(open(kernel, "rb").read())
    start, = struct.unpack_from("<I", open(hypervisor, "rb").read(28), 24)
    stub = Stub(path, float(limit))
    first = stub.run_to(start)
    print("BENCH boot_to_dom0", stub.run_to(entry) - first)
    stub.ask("D")


main()
