# SPDX-License-Identifier: MIT
"""extlinux.conf, isolinux.cfg, syslinux.cfg."""
import re

from guestboot.config import Config, Entry, to_number

INITRD = re.compile(r"(?<!\S)initrd=(\S*)")


def multiboot(value):
    """The arguments of mboot.c32: a hypervisor, a kernel, a ramdisk, with "---" between them."""
    parts = [p.strip() for p in value.split("---")]
    if len(parts) < 2 or not parts[1]:
        return None, None, []
    kernel, _, args = parts[1].partition(" ")
    return kernel, args.strip() or None, [p.split()[0] for p in parts[2:3] if p]


class Reader:
    def __init__(self):
        self.config = Config()
        self.config.default = ""
        self.entry = None
        self.common = None  # APPEND before all labels

    def append(self, value):
        e = self.entry
        if e is None:
            self.common = value
        elif e.kernel and e.kernel.endswith("mboot.c32"):
            e.kernel, e.args, e.ramdisks = multiboot(value)
        else:
            for found in INITRD.findall(value):
                e.ramdisks = [p for p in found.split(",") if p]
            e.args = INITRD.sub("", value).strip() if value != "-" else ""

    def setting(self, key, value):
        e, config = self.entry, self.config
        if key == "default" and e is None:
            config.default = value
        elif key == "timeout" and e is None:
            tenths = to_number(value)
            # 0 is "for ever" there.
            if tenths is not None:
                config.timeout = max(tenths // 10, 1) if tenths > 0 else -1
        elif key == "append":
            self.append(value)
        elif e is None:
            pass
        elif key in ("kernel", "linux"):
            e.kernel = value
        elif key == "initrd":
            e.ramdisks = [p for p in value.split(",") if p]
        elif key == "menu":
            what, _, text = value.partition(" ")
            if what.lower() == "label":
                e.names.append(text.strip().replace("^", "", 1))
            elif what.lower() == "default":
                config.default = e.title


def parse(text):
    r = Reader()
    for line in text.split("\n"):
        key, *rest = line.strip().split(None, 1)[:2] or ("",)
        value = rest[0].strip() if rest else ""
        if key.startswith("#") or not key:
            continue
        if key.lower() == "label":
            r.entry = Entry(value)
            # They are not in GRUB's numbers of disks.
            r.entry.root = ""
            if not r.config.add(r.entry):
                break
        else:
            r.setting(key.lower(), value)
    for e in r.config.entries:
        if e.args is None and r.common:
            r.entry = e
            r.append(r.common)
    return r.config
