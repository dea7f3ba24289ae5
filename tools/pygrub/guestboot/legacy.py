# SPDX-License-Identifier: MIT
"""menu.lst and grub.conf of GRUB before 2."""
import re

from guestboot.config import Config, Entry, take_modules, to_number, to_path, to_root

# "kernel = /x" is as good as "kernel /x".
LINE = re.compile(r"\s*([A-Za-z_]+)\s*(?:=|\s)\s*(.*?)\s*$")
OPTION = re.compile(r"--(?:no-mem-option|type=\S*)\s+")


def split(value):
    """Path and arguments, which are None if there are none."""
    value = OPTION.sub("", value) if value.startswith("--") else value
    path, _, args = value.partition(" ") if "\t" not in value else split_at_blank(value)
    return to_path(path), args.strip() or None


def split_at_blank(value):
    path = re.match(r"\S*", value).group()
    return path, "", value[len(path):]


def parse(text):
    config, entry, modules = Config(), None, []
    for line in text.split("\n"):
        m = LINE.match(line)
        if not m or line.lstrip().startswith("#"):
            continue
        key, value = m.group(1).lower(), m.group(2)
        if key == "title":
            entry, modules = Entry(value), []
            if not config.add(entry):
                break
        elif entry is None:
            if key == "default":
                config.default = value
            elif key == "timeout" and to_number(value) is not None:
                config.timeout = to_number(value)
        elif key in ("root", "rootnoverify"):
            entry.root = to_root(value)
        elif key == "kernel":
            entry.kernel, entry.args = split(value)
        elif key == "initrd":
            entry.ramdisks = [to_path(p) for p in value.split()]
        elif key in ("module", "modulenounzip"):
            modules.append(split(value))
            take_modules(entry, modules[:2])
    return config
