# SPDX-License-Identifier: MIT
"""What the caller is told: the files with kernel and ramdisk, the arguments."""

FORMATS = ("sxp", "simple", "simple0")


def pairs(kernel, ramdisk, args):
    out = [("kernel", kernel)]
    if ramdisk:
        out.append(("ramdisk", ramdisk))
    if args:
        out.append(("args", args))
    return out


def sxp(items):
    # "None" stands where a kernel was not really taken.
    return "linux " + "".join(f"({k} {v!r})" for k, v in items)


def lines(items, end):
    return "".join(f"{k} {v}{end}" for k, v in items) + end


def render(form, kernel, ramdisk, args):
    items = pairs(kernel, ramdisk, args)
    text = sxp(items) if form == "sxp" else lines(items, "\n" if form == "simple" else "\0")
    return text.encode("utf-8", "surrogateescape")


def listing(entries):
    out = []
    for e in entries:
        out.append(f"title: {e.title}")
        out.append(f"  root: {e.root}")
        if e.kernel:
            out.append(f"  kernel: {e.kernel}")
            out.append(f"  args: {e.args}")
        if e.kernel and e.ramdisks:
            out.append(f"  initrd: {' '.join(e.ramdisks)}")
    return "".join(line + "\n" for line in out).encode("utf-8", "surrogateescape")


def summary(entry):
    """Of a file with a menu (--isconfig): what would be booted."""
    out = [f"  kernel: {entry.kernel}"]
    if entry.ramdisks:
        out.append(f"  initrd: {' '.join(entry.ramdisks)}")
    out.append(f"  args: {entry.args}")
    return "".join(line + "\n" for line in out).encode("utf-8", "surrogateescape")
