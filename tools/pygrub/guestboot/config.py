# SPDX-License-Identifier: MIT
"""A boot menu, whichever file it comes from."""
import re

MAX_ENTRIES = 256
MAX_DEPTH = 8  # of menus in menus

# What a terminal or the caller's parser could take for more than text.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")
ROOT = re.compile(r"hd(\d+)(?:,[a-z]*(\d+))?")


class Entry:
    """title   what is shown
    names   other names of it: its label, its id
    root    the device that it names, as "d0p1", or None
    kernel  its path in the guest, or None if there is none
    args    the kernel's arguments, or None
    ramdisks  paths, whose contents are to follow one another
    """

    def __init__(self, title, *names):
        self.title = title
        self.names = [n for n in names if n]
        self.root = None
        self.kernel = None
        self.args = None
        self.ramdisks = []

    def called(self, name):
        return name == self.title or name in self.names

    def copy(self):
        e = Entry(self.title, *self.names)
        e.root, e.kernel, e.args = self.root, self.kernel, self.args
        e.ramdisks = list(self.ramdisks)
        return e


class Submenu:
    def __init__(self, title, *names):
        self.title = title
        self.names = [n for n in names if n]
        self.children = []

    called = Entry.called


class Config:
    """children  entries and submenus
    entries   the entries alone, in their order
    default   which to boot: a number, a name, or these with ">" between menus
    timeout   seconds until it is booted; -1: never by itself; None: nothing is said
    """

    def __init__(self):
        self.children = []
        self.entries = []
        self.default = "0"
        self.timeout = None

    def add(self, entry, to=None):
        """False: there is no more room."""
        if len(self.entries) >= MAX_ENTRIES:
            return False
        self.entries.append(entry)
        (self.children if to is None else to.children).append(entry)
        return True

    def chosen(self):
        """The index of the default in entries, or 0."""
        found = descend(self.children, self.default)
        return self.entries.index(found) if found else 0

    def named(self, name):
        """The index of what --entry names, or None."""
        for i, e in enumerate(self.entries):
            if e.called(name):
                return i
        number = to_number(name)
        return number if number is not None and 0 <= number < len(self.entries) else None


def descend(children, spec):
    """The entry that @spec leads to; of a submenu without more, its first one."""
    for _ in range(MAX_DEPTH + 1):
        part, _, spec = spec.partition(">")
        node = pick(children, part.strip())
        if not isinstance(node, Submenu):
            return node
        children, spec = node.children, spec or "0"
    return None


def pick(children, name):
    for node in children:
        if node.called(name):
            return node
    number = to_number(name)
    if number is not None and 0 <= number < len(children):
        return children[number]
    return None


def to_number(text):
    return int(text) if re.fullmatch(r"-?[0-9]{1,6}", text) else None


def to_text(data):
    """The bytes of a file, without what is no text."""
    text = data.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    return CONTROL.sub("", text)


def to_root(text):
    """(hd0,msdos1), hd0,1, (hd0): the form in which entries are listed."""
    m = ROOT.search(text)
    if not m:
        return None
    return "d" + m.group(1) + ("p" + m.group(2) if m.group(2) else "")


def to_path(text):
    """The path without the device before it."""
    return re.sub(r"^\([^()]*\)", "", text)


def take_modules(entry, modules):
    """Of an entry for Xen the first module is the kernel, the second its ramdisk.

    @modules: pairs of path and arguments.
    """
    if not modules:
        return
    entry.kernel, entry.args = modules[0]
    # Old ones have a word there for a hypervisor that drops the first.
    if entry.args and entry.args.split(None, 1)[0] == "placeholder":
        entry.args = entry.args[len("placeholder"):].strip() or None
    entry.ramdisks = [path for path, _ in modules[1:2]]
