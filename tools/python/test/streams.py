# SPDX-License-Identifier: MIT
"""Streams for the tests, made by hand after docs/streams.md."""
import struct


def record(kind, body=b""):
    return struct.pack("<II", kind, len(body)) + body + bytes(-len(body) % 8)


def header(version=3, options=0):
    return struct.pack(">QIIHHI", (1 << 64) - 1, 0x58454E46, version, options, 0, 0)


def domain(kind=1, shift=12, zero=0, major=4, minor=17):
    return struct.pack("<IHHII", kind, shift, zero, major, minor)


def pages(*pairs, zero=0):
    """Pairs of frame number and type; contents where the type has them."""
    words = b"".join(struct.pack("<Q", pfn | kind << 60) for pfn, kind in pairs)
    contents = b"".join(bytes([pfn & 255]) * 4096 for pfn, kind in pairs if kind < 0xD)
    return record(1, struct.pack("<II", len(pairs), zero) + words + contents)


def vcpu(kind, contents, number=0, zero=0):
    return record(kind, struct.pack("<II", number, zero) + contents)


def tsc(mode=0, khz=1000000, ns=1234567, incarnation=1, zero=0):
    return record(8, struct.pack("<IIQII", mode, khz, ns, incarnation, zero))


def hvm_params(*pairs, zero=0):
    return record(10, struct.pack("<II", len(pairs), zero) +
                  b"".join(struct.pack("<QQ", *p) for p in pairs))


PV_INFO = record(2, struct.pack("<BBHI", 8, 4, 0, 0))
P2M_FRAMES = record(3, struct.pack("<II", 0, 1023) + struct.pack("<QQ", 5, 6))
CPUID = record(0x11, bytes(24) * 2)
MSRS = record(0x12, bytes(16))
STATIC_END = record(0x10)
END = record(0)

PV = (header(), domain(), PV_INFO, CPUID, MSRS, STATIC_END, P2M_FRAMES, pages((0, 0), (1, 1)),
      pages((2, 0xF), (3, 0x9), (4, 0xE), (6, 0xD)), tsc(), record(7, bytes(4096)),
      vcpu(4, bytes(5168)), vcpu(5, bytes(64)), vcpu(6, bytes(832)), vcpu(12, bytes(16) * 2), END)

HVM = (header(), domain(2), CPUID, MSRS, STATIC_END, pages((0, 0), (1, 0), (7, 0xF)), record(13),
       pages((0, 0)), tsc(), hvm_params((1, 0xFEFF), (5, 0x1234)), record(9, bytes(1000)),
       record(0x80000001, b"optional"), END)


def libxl_header(version=2, options=0, name=b"LibxlFmt"):
    return struct.pack(">8sII", name, version, options)


def emulator(kind, contents, which=2, index=0):
    return record(kind, struct.pack("<II", which, index) + contents)


XENSTORE = b"physmap/f0000000/start_addr\x00f0000000\x00physmap/f0000000/size\x00800000\x00"
LIBXL = (libxl_header(), record(1), b"".join(HVM), emulator(2, XENSTORE), emulator(3, b"QEVM" * 10), END)
CHECKPOINTED = (libxl_header(), record(1), b"".join(HVM[:-1]), record(14), emulator(3, b"QEVM"),
                record(4), pages((0, 0)), record(14), record(4), END, END)
XL_MAGIC = b"Xen saved domain, xl format\n \0 \r"


def xl(config=b'{"c_info": {}}', mandatory=3, optional=0, order=0x01020304, inner=LIBXL):
    extra = struct.pack("<I", len(config) + 1) + config + b"\0" if mandatory & 1 else config
    return (XL_MAGIC, struct.pack("<IIII", order, mandatory, optional, len(extra)), extra, *inner)
