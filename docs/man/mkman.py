#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: mkman.py PAGE.TXT OUT   - make a manual page of a text
       mkman.py --keys PAGE.TXT STATUS.MD TABLE - does the page have all keys that the table lists?

The text: "NAME SECTION WHAT IT IS" in the first line after the comment, "# HEADING",
"## HEADING"; an item is a line at the margin with lines of four spaces below it; more spaces
stand as they are; `word` is bold, *word* italic."""
import re
import sys


def inline(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = re.sub(r"`([^`]+)`", r"\\fB\1\\fR", text)
    text = re.sub(r"\*([^*]+)\*", r"\\fI\1\\fR", text)
    return "\\&" + text if text[:1] in ".'" else text


def body(lines):
    out, literal = [], False
    item = [False] * (len(lines) + 1)  # is the line one of those that name an item?
    for i in reversed(range(len(lines))):
        after = lines[i + 1] if i + 1 < len(lines) else ""
        item[i] = bool(re.match(r"[^ #]", lines[i])) and (after.startswith("    ") or item[i + 1])
    for i, line in enumerate(lines):
        verbatim = line.startswith("      ")
        if verbatim != literal:
            out.append(".nf" if verbatim else ".fi")
            literal = verbatim
        if verbatim:
            out.append(inline(line[6:]))
        elif line.startswith("## "):
            out.append(".SS " + inline(line[3:]))
        elif line.startswith("# "):
            out.append(".SH " + inline(line[2:]))
        elif not line.strip():
            out.append(".sp")
        elif line.startswith("    "):
            out.append(inline(line[4:]))
        elif item[i]:
            out += [".TQ" if i and item[i - 1] else ".TP", inline(line)]
        else:
            if i and not lines[i - 1].strip():
                out.append(".PP")
            out.append(inline(line))
    return out


def page(path):
    with open(path, encoding="utf-8") as f:
        lines = [x.rstrip("\n") for x in f]
    lines = lines[lines.index("") + 1:]
    name, section, what = lines[0].split(" ", 2)
    return name, section, what, lines[1:]


def make(path, out):
    name, section, what, lines = page(path)
    text = ['.\\" Made by docs/man/mkman.py.', f'.TH {name.upper()} {section}', ".ad l", ".SH NAME",
            inline(f"{name} - {what}")] + body(lines)
    with open(out, "w", encoding="utf-8") as f:
        f.write("\n".join(text) + "\n")


def keys(path, status, table):
    with open(status, encoding="utf-8") as f:
        text = f.read().split(f"<!-- check: {table} -->", 1)[1]
    rows = [x for x in text.strip().split("\n\n")[0].splitlines() if x.startswith("|")][2:]
    wanted = set()
    for row in rows:
        cells = row.strip("|").split("|")[1:3]
        wanted |= set(re.findall(r"`([^`]+)`", " ".join(cells)))
    items = set()
    for line in page(path)[3]:
        if not line.startswith((" ", "#")):
            items |= set(re.findall(r"`([a-z][a-z0-9_.]*)", line))
    missing = sorted(wanted - items)
    if missing:
        sys.exit(f"{path} says nothing of: {' '.join(missing)}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        make(*sys.argv[1:])
    elif len(sys.argv) == 5 and sys.argv[1] == "--keys":
        keys(*sys.argv[2:])
    else:
        sys.exit(__doc__)
