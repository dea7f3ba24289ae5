# SPDX-License-Identifier: MIT
"""Tables of partitions: where they begin, and what GRUB calls them."""
import struct

SECTOR = 512
MAX = 128  # partitions that we look at
EXTENDED = (0x05, 0x0F, 0x85)


class Partition:
    def __init__(self, name, offset):
        self.name = name  # "msdos1", "gpt2"; "" is the whole disk
        self.offset = offset  # bytes

    def __repr__(self):
        return f"{self.name or 'disk'}@{self.offset}"


def sector(f, number, count=1):
    f.seek(number * SECTOR)
    data = f.read(count * SECTOR)
    return data if len(data) == count * SECTOR else None


def table(data):
    """The four slots of a master boot record: pairs of type and first sector; None: it is none."""
    if not data or data[510:512] != b"\x55\xaa":
        return None
    slots = [struct.unpack_from("<B3xB3xII", data, 446 + 16 * i) for i in range(4)]
    return [(kind, first if count else 0) for _, kind, first, count in slots]


def logical(f, start):
    """Those of an extended partition: each has a sector of its own, which leads to the next."""
    at, seen = start, set()
    while at not in seen and len(seen) < MAX:
        seen.add(at)
        slots = table(sector(f, at))
        if not slots:
            return
        kind, first = slots[0]
        if kind and first:
            yield at + first
        kind, first = slots[1]
        if kind not in EXTENDED or not first:
            return
        at = start + first


def msdos(f, slots):
    out, inner = [], []
    for i, (kind, first) in enumerate(slots):
        if not kind or not first:
            continue
        if kind in EXTENDED:
            inner += logical(f, first)
        else:
            out.append(Partition(f"msdos{i + 1}", first * SECTOR))
    out += [Partition(f"msdos{5 + i}", first * SECTOR) for i, first in enumerate(inner)]
    return out[:MAX]


def gpt(f):
    head = sector(f, 1)
    if not head or head[:8] != b"EFI PART":
        return None
    at, count, size = struct.unpack_from("<QII", head, 72)
    # Sizes are powers of two from 128 on (UEFI 5.3.2); no offset that a file cannot have.
    if size not in (128, 256, 512, 1024) or at >= 1 << 48:
        return []
    f.seek(at * SECTOR)
    data = f.read(min(count, MAX) * size)
    out = []
    for i in range(len(data) // size):
        kind, first = data[i * size:i * size + 16], struct.unpack_from("<Q", data, i * size + 32)[0]
        if any(kind) and 0 < first < 1 << 54:
            out.append(Partition(f"gpt{i + 1}", first * SECTOR))
    return out


def read(f):
    """All partitions of the disk in the open file @f, in the order of their numbers."""
    slots = table(sector(f, 0))
    if not slots:
        return []
    if any(kind == 0xEE for kind, _ in slots):
        found = gpt(f)
        if found is not None:
            return found
    return msdos(f, slots)
