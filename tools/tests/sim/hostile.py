#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: hostile.py SAVED OUT [N] - files like SAVED (of xl save) that are not what they should be.

Without N, print a line for each of them: what is wrong. With it, write the N-th to OUT.
"""
import copy
import json
import struct
import sys

HEAD = struct.Struct("<32s4I")
RECORD = struct.Struct("<2I")
DEVICES = ("disks nics pcidevs rdms dtdevs vfbs vkbs vtpms p9s pvcallsifs vdispls vsnds channels usbctrls "
           "usbdevs").split()
VALUES = [None, True, "", "x" * 70000, "../../x", -1, 0, 2**31, 2**32 - 1, 2**63, 2**64, 1e300, [], [[]], {}]


class Saved:
    def __init__(self, data):
        self.magic, self.order, self.needs, self.optional, length = HEAD.unpack_from(data)
        at = HEAD.size + length
        self.config = json.loads(data[HEAD.size + 4:at].rstrip(b"\0"))
        self.stream = data[at:]

    def join(self, config=None, stream=None, **head):
        text = config if isinstance(config, bytes) else \
            json.dumps(self.config if config is None else config).encode() + b"\0"
        optional = struct.pack("<I", head.get("config_len", len(text))) + text
        return HEAD.pack(head.get("magic", self.magic), head.get("order", self.order),
                         head.get("needs", self.needs), head.get("optional", self.optional),
                         head.get("length", len(optional))) + optional + \
            (self.stream if stream is None else stream)


def leaves(node, path=()):
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        yield path + (key,)
        if isinstance(value, (dict, list)):
            yield from leaves(value, path + (key,))


def changed(config, path, value):
    new = copy.deepcopy(config)
    node = new
    for key in path[:-1]:
        node = node.setdefault(key, {}) if isinstance(node, dict) else node[key]
    node[path[-1]] = value
    return new


def heads(s):
    text = json.dumps(s.config).encode() + b"\0"
    yield "no magic", s.join(magic=b"x" * 32)
    yield "another byte order", s.join(order=0x04030201)
    for needs in (0, 1, 2, 4, 0xffffffff):
        yield f"flags {needs}", s.join(needs=needs)
    for length in (0, 1, 3, 4, 5, 100, 0x7fffffff, 0xffffffff):
        yield f"optional data of {length} bytes", s.join(length=length)
        yield f"a configuration of {length} bytes", s.join(config_len=length)
    for n in (0, 1, len(text) // 2, len(text) - 2):
        yield f"{n} bytes of configuration", s.join(text[:n])
    yield "a configuration 5000 deep", s.join(b'{"a":' * 5000)
    yield "a configuration of 5000 arrays", s.join(b'{"c_info":' + b"[" * 5000)
    yield "no JSON", s.join(b"\xff\x00\x80" * 10)


def configs(s):
    extra = [("c_info", "name"), ("c_info", "domid"), ("c_info", "type"), ("c_info", "ssidref"),
             ("c_info", "pool_name"), ("c_info", "xsdata"), ("c_info", "platformdata"),
             ("b_info", "max_vcpus"), ("b_info", "avail_vcpus"), ("b_info", "cpumap"),
             ("b_info", "vnuma_nodes"), ("b_info", "numa_placement"), ("b_info", "tsc_mode"),
             ("b_info", "shadow_memkb"), ("b_info", "video_memkb"), ("b_info", "event_channels"),
             ("b_info", "max_grant_frames"), ("b_info", "max_maptrack_frames"), ("b_info", "sched_params"),
             ("b_info", "ioports"), ("b_info", "irqs"), ("b_info", "iomem"), ("b_info", "cpuid"),
             ("b_info", "claim_mode"), ("b_info", "device_model_version"), ("b_info", "device_model_user"),
             ("b_info", "vcpu_hard_affinity"), ("b_info", "vcpu_soft_affinity")]
    for path in list(dict.fromkeys(list(leaves(s.config)) + extra)):
        for value in VALUES:
            shown = json.dumps(value)
            yield f"{'.'.join(map(str, path))} is {shown[:20]}", s.join(changed(s.config, path, value))
    for kind in ("hvm", "pvh", "invalid"):
        yield f"the type is {kind}", s.join(changed(s.config, ("c_info", "type"), kind))
    for device in DEVICES:
        for n in (1, 3, 300):
            yield f"{n} empty {device}", s.join(changed(s.config, (device,), [{}] * n))
        for key in ("backend_domid", "devid", "backend_domname"):
            for value in (1, 2**31 - 1, -2, "none"):
                yield f"{device}: {key} {value}", s.join(changed(s.config, (device,), [{key: value}]))


def records(data):
    """Offsets of libxl's records before libxc's stream, and of libxc's own."""
    at = 16
    found = [at]
    at += RECORD.size + 40
    while at + RECORD.size <= len(data):
        kind, length = RECORD.unpack_from(data, at)
        found.append(at)
        at += RECORD.size + (length + 7 & ~7)
        if kind == 0:
            break
    return found


def streams(s):
    def with_bytes(at, new):
        return s.join(stream=s.stream[:at] + new + s.stream[at + len(new):])

    for at in range(0, 64, 4):
        for word in (0, 0x7fffffff, 0xffffffff):
            yield f"word {word:#x} at {at} of the stream", with_bytes(at, struct.pack("<I", word))
    for n, at in enumerate(records(s.stream)):
        kind, length = RECORD.unpack_from(s.stream, at)
        for new in (0, 1, 3, 4, 5, 0xa, 0xf, 0x7f, 0x80000001, 0xffffffff):
            yield f"record {n} has type {new:#x}", with_bytes(at, RECORD.pack(new, length))
        for new in (0, 1, length - 1, length + 1, length + 8, 0x7fffffff, 0xffffffff):
            yield f"record {n} has length {new:#x}", with_bytes(at, RECORD.pack(kind, new & 0xffffffff))
        yield f"record {n} comes twice", s.join(
            stream=s.stream[:at] + s.stream[at:at + 8 + (length + 7 & ~7)] + s.stream[at:])
        yield f"cut in record {n}", s.join(stream=s.stream[:at + 12])
    yield "nothing after the configuration", s.join(stream=b"")


def main():
    with open(sys.argv[1], "rb") as f:
        s = Saved(f.read())
    which = int(sys.argv[3]) if len(sys.argv) > 3 else None
    n = 0
    for make in (heads, configs, streams):
        for what, data in make(s):
            if which is None:
                print(what)
            elif n == which:
                with open(sys.argv[2], "wb") as f:
                    f.write(data)
                return
            n += 1


main()
