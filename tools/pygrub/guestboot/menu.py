# SPDX-License-Identifier: MIT
"""The menu on a terminal, which is the guest's console."""
import curses
import os
import time

ENTER = (10, 13, curses.KEY_ENTER)
ESCAPE = 27
HELP = ("Up and down choose, Enter or b boots, e edits, a edits the arguments, q leaves.",
        "Up and down choose, Enter edits a line, b boots, q or Esc goes back.",
        "Enter takes the line, Esc leaves it as it was, Ctrl-U empties it.")


class Quit(Exception):
    """The user wants no guest."""


def ctrl(letter):
    return ord(letter) & 0x1F


def shown(text):
    return text.encode("utf-8", "replace").decode("utf-8", "replace")


def put(win, y, x, text, attr=0):
    height, width = win.getmaxyx()
    if 0 <= y < height and x < width - 1:
        win.addnstr(y, x, shown(text), width - 1 - x, attr)


def key_of(win):
    """The next key; -1: none came in a second. Quit: the terminal is gone."""
    begun = time.monotonic()
    key = win.getch()
    if key == -1 and time.monotonic() - begun < 0.2:
        # A closed terminal answers at once; do not spin.
        try:
            if not os.read(0, 1):
                raise Quit
        except OSError:
            raise Quit from None
    return key


class Line:
    """One line of text with a cursor."""

    def __init__(self, text):
        self.text = text
        self.at = len(text)

    def insert(self, c):
        self.text = self.text[:self.at] + c + self.text[self.at:]
        self.at += 1

    def remove(self, first):
        if 0 <= first < len(self.text):
            self.text = self.text[:first] + self.text[first + 1:]
            self.at = first

    def key(self, key):
        end = len(self.text)
        moves = {curses.KEY_LEFT: max(self.at - 1, 0), ctrl("b"): max(self.at - 1, 0),
                 curses.KEY_RIGHT: min(self.at + 1, end), ctrl("f"): min(self.at + 1, end),
                 curses.KEY_HOME: 0, ctrl("a"): 0, curses.KEY_END: end, ctrl("e"): end}
        if key in moves:
            self.at = moves[key]
        elif key in (8, 127, curses.KEY_BACKSPACE):
            self.remove(self.at - 1)
        elif key in (ctrl("d"), curses.KEY_DC):
            self.remove(self.at)
        elif key == ctrl("u"):
            self.text, self.at = "", 0
        elif 32 <= key < 127 and len(self.text) < 4096:
            self.insert(chr(key))


def edit_line(win, y, x, text):
    """The text as the user leaves it."""
    line = Line(text)
    while True:
        height, width = win.getmaxyx()
        room = max(width - x - 2, 8)
        first = max(line.at - room, 0)
        win.move(y, x)
        win.clrtoeol()
        put(win, y, x, line.text[first:first + room], curses.A_REVERSE)
        put(win, height - 1, 0, HELP[2])
        win.move(y, min(x + line.at - first, width - 1))
        win.refresh()
        key = key_of(win)
        if key in ENTER:
            return line.text
        if key == ESCAPE:
            return text
        line.key(key)


def edit(win, entry, only_args=False):
    """True: boot the entry, whose kernel, arguments and ramdisks may have changed."""
    names, sel = ("kernel", "arguments", "ramdisk"), 1
    values = [entry.kernel or "", entry.args or "", " ".join(entry.ramdisks)]
    while True:
        win.erase()
        put(win, 0, 1, entry.title, curses.A_BOLD)
        for i, name in enumerate(names):
            put(win, 2 + i, 1, name + ":")
            put(win, 2 + i, 12, values[i], curses.A_REVERSE if i == sel else 0)
        put(win, win.getmaxyx()[0] - 1, 0, HELP[1])
        win.refresh()
        key = ENTER[0] if only_args else key_of(win)
        if key in ENTER:
            values[sel] = edit_line(win, 2 + sel, 12, values[sel]).strip()
            entry.kernel, entry.args = values[0] or None, values[1] or None
            entry.ramdisks = values[2].split()
            if only_args:
                return False
        elif key == ord("b"):
            return True
        elif key in (ord("q"), ESCAPE):
            return False
        elif key in (curses.KEY_UP, ord("k"), ord("^")):
            sel = max(sel - 1, 0)
        elif key in (curses.KEY_DOWN, ord("j"), ord("v")):
            sel = min(sel + 1, len(names) - 1)


def draw(win, entries, sel, left):
    win.erase()
    height = win.getmaxyx()[0]
    room = max(height - 6, 1)
    first = min(max(sel - room // 2, 0), max(len(entries) - room, 0))
    put(win, 0, 1, "pygrub: what to boot", curses.A_BOLD)
    for i, e in enumerate(entries[first:first + room]):
        put(win, 2 + i, 3, e.title or "(no title)", curses.A_REVERSE if first + i == sel else 0)
    if left is not None:
        put(win, height - 2, 0, f"Boots in {left} s.")
    put(win, height - 1, 0, HELP[0])
    win.refresh()


def moved(key, sel, nr):
    """The selection after the key; None: that is no key to move."""
    steps = {curses.KEY_UP: -1, ord("k"): -1, ord("^"): -1, ctrl("p"): -1,
             curses.KEY_DOWN: 1, ord("j"): 1, ord("v"): 1, ctrl("n"): 1,
             curses.KEY_PPAGE: -10, curses.KEY_NPAGE: 10, curses.KEY_HOME: -nr, curses.KEY_END: nr}
    return min(max(sel + steps[key], 0), nr - 1) if key in steps else None


def choose(win, entries, sel, timeout):
    """The index of the entry to boot. Quit: none."""
    try:
        curses.curs_set(0)
    except curses.error:
        pass  # not every terminal can hide its cursor
    win.timeout(1000)
    deadline = time.monotonic() + timeout if timeout is not None and timeout >= 0 else None
    while True:
        left = None if deadline is None else int(max(deadline - time.monotonic(), 0) + 0.99)
        if left == 0:
            return sel
        draw(win, entries, sel, left)
        key = key_of(win)
        if key == -1:
            continue
        deadline = None
        if key in ENTER or key == ord("b"):
            return sel
        if key == ord("q"):
            raise Quit
        if key in (ord("e"), ord("a")):
            if edit(win, entries[sel], only_args=key == ord("a")):
                return sel
        else:
            to = moved(key, sel, len(entries))
            sel = sel if to is None else to


def run(entries, sel, timeout):
    """Shows the menu on the standard input and output. @entries may be changed.

    Returns the index of the one to boot; None: this is no terminal that can show it.
    """
    if not (os.isatty(0) and os.isatty(1)):
        return None
    os.environ.setdefault("TERM", "linux")
    if hasattr(curses, "set_escdelay"):
        curses.set_escdelay(50)
    try:
        curses.setupterm()
    except curses.error:
        return None
    return curses.wrapper(screen, entries, sel, timeout)


def screen(win, entries, sel, timeout):
    try:
        return choose(win, entries, sel, timeout)
    except curses.error:
        return None  # as of a terminal that is too small
