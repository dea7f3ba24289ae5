# SPDX-License-Identifier: MIT
"""grub.cfg of GRUB 2.

The file is a script. We do not run it: we take the entries wherever they stand, and of settings
the last that is a plain value.
"""
import re

from guestboot.config import MAX_DEPTH, Config, Entry, Submenu, take_modules, to_number, \
    to_path, to_root

# Blanks, a comment, the end of a command, a word. Each alternative starts with another character,
# but for quotes without an end on their line, which are characters like others.
TOKEN = re.compile(r"""
    (?P<blank>[ \t]+|\#[^\n]*) | (?P<end>[\n;]) |
    (?P<word>(?: '[^'\n]*' | "(?:\\[^\n]|[^"\\\n])*" | \\[^\n] | [^\ \t\n;'"\\]+ | ['"\\] )+)
    """, re.VERBOSE)

KERNELS = ("linux", "linux16", "linuxefi")
RAMDISKS = ("initrd", "initrd16", "initrdefi")
MODULES = ("module", "module2")


class Command:
    """Words as they are written, and where in the text each begins and ends."""

    def __init__(self, text):
        self.text = text
        self.words = []
        self.spans = []

    def add(self, m):
        self.words.append(m.group())
        self.spans.append(m.span())

    def rest(self, first):
        """The text from the word @first on, as it stands there; None if there is none."""
        if len(self.words) <= first:
            return None
        return self.text[self.spans[first][0]:self.spans[-1][1]]


def unquote(word):
    return re.sub(r"""'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)""", plain, word)


def plain(m):
    if m.group(2) is not None:
        return re.sub(r'\\(["\\$])', r"\1", m.group(2))
    return m.group(1) if m.group(1) is not None else m.group(3)


def commands(text):
    """Yields each command with what ended it: "{" opens a block, "}" closes one, else ""."""
    now = Command(text)
    for m in TOKEN.finditer(text):
        word = m.group("word")
        if word in ("{", "}"):
            yield now, word
        elif m.group("end"):
            yield now, ""
        else:
            if word:
                now.add(m)
            continue
        now = Command(text)
    yield now, ""


class Reader:
    def __init__(self):
        self.config = Config()
        self.open = []  # blocks: an Entry, a Submenu, or None
        self.menus = [self.config]
        self.modules = []

    def entry(self):
        for block in reversed(self.open):
            if isinstance(block, Entry):
                return block
        return None

    def begin(self, words):
        block = None
        if words and words[0] in ("menuentry", "submenu") and not self.entry():
            title = unquote(words[1]) if len(words) > 1 else ""
            ids = [unquote(words[i + 1]) for i, w in enumerate(words[:-1])
                   if w in ("--id", "$menuentry_id_option", "${menuentry_id_option}")]
            if words[0] == "menuentry":
                block = Entry(title, *ids)
                if not self.config.add(block, self.menus[-1]):
                    block = None
                self.modules = []
            elif len(self.menus) <= MAX_DEPTH:
                block = Submenu(title, *ids)
                self.menus[-1].children.append(block)
                self.menus.append(block)
        self.open.append(block)

    def finish(self):
        if not self.open:
            return
        block = self.open.pop()
        if isinstance(block, Entry):
            take_modules(block, self.modules)
            self.modules = []
        elif isinstance(block, Submenu):
            self.menus.pop()

    def setting(self, words):
        name, _, value = (words[1] if words[0] == "set" and len(words) > 1 else words[0]) \
            .partition("=")
        value = unquote(value)
        entry = self.entry()
        if entry:
            if name == "root":
                entry.root = to_root(value)
        elif "$" in value or not value:
            pass
        elif name == "default":
            self.config.default = value
        elif name == "timeout" and to_number(value) is not None:
            self.config.timeout = to_number(value)

    def command(self, c):
        words = c.words
        while words and words[0] in ("then", "else", "do", "!"):
            words, c.spans = words[1:], c.spans[1:]
        c.words = words
        if not words:
            return
        entry, what = self.entry(), words[0]
        if what == "set" or "=" in what:
            self.setting(words)
        elif not entry or len(words) < 2:
            pass
        elif what in KERNELS:
            entry.kernel, entry.args = to_path(unquote(words[1])), c.rest(2)
        elif what in RAMDISKS:
            entry.ramdisks = [to_path(unquote(w)) for w in words[1:]]
        elif what in MODULES and len(self.modules) < 2:
            if words[1] == "--nounzip" and len(words) > 2:
                c.words, c.spans = c.words[1:], c.spans[1:]
            self.modules.append((to_path(unquote(c.words[1])), c.rest(2)))


def parse(text):
    r = Reader()
    for c, end in commands(text.replace("\\\n", "  ")):
        if end == "{":
            r.begin(c.words)
            continue
        r.command(c)
        if end == "}":
            r.finish()
    while r.open:
        r.finish()
    return r.config
