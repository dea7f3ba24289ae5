#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: mkxl.py COMMANDS.C OUT - make xl(1) from the table of sub-commands, which xl help shows."""
import re
import sys

HEAD = r'''.\" Made by docs/man/mkxl.py from tools/xl/commands.c.
.TH XL 1
.SH NAME
xl \- create, control and inspect guests
.SH SYNOPSIS
.B xl
.RI [ global\ options ]\  command\ [ options ]\ [ arguments ]
.SH DESCRIPTION
xl drives the hypervisor from dom0. It needs root, xenstored and xenconsoled. A domain is named by
its name or by its number.
.SH GLOBAL OPTIONS
.TP
.B \-v
Say more; each further v still more.
.TP
.B \-f
Go on even where the host seems not to be set up for it.
.TP
.B \-N
Dry run: do nothing, show what would be done.
.TP
.B \-T
Put a time before each message.
.SH COMMANDS
'''
TAIL = r'''.SH FILES
.TP
.I /etc/xen/xl.conf
Settings for the whole host.
.TP
.I /etc/xen/scripts
Scripts that set up disks and network cards.
.TP
.I /var/log/xen/xl-NAME.log
What the process that follows a domain's life has seen.
.SH EXIT STATUS
0 on success, 1 after an error of use or of the operation, 3 where a domain could not be made.
.SH SEE ALSO
docs/xl.md and docs/status.md in the source: which keys and commands are carried out.
'''


def strings(text):
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return "".join(parts).replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")


def roff(text):
    return text.replace("\\", "\\e").replace("-", "\\-").replace("\n.", "\n\\&.")


def main():
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    source = open(sys.argv[1]).read()
    entry = re.compile(r'\{ "([\w-]+)", main_\w+, \w+, \w+,((?:\s*(?:"(?:[^"\\]|\\.)*"|NULL|,))+)\s*\}')
    out = HEAD
    for name, rest in entry.findall(source):
        fields = re.findall(r'(?:\s*"(?:[^"\\]|\\.)*")+|NULL', rest)
        what, usage, options = [strings(f) if f != "NULL" else "" for f in (fields + ["NULL"] * 3)[:3]]
        out += f".TP\n.B {roff(name)} {roff(usage)}\n{roff(what)}.\n"
        if options:
            out += ".RS\n.nf\n" + roff(options) + "\n.fi\n.RE\n"
    open(sys.argv[2], "w").write(out + TAIL)
    return 0


sys.exit(main())
