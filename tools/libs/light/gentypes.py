#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Generate libxl's types from types.idl.

usage: gentypes.py types.idl --header _libxl_types.h --source types_gen.c

The header is the public one. The source holds one descriptor per type, which core/typeops.c
interprets to initialise, dispose of, copy, print and parse a value, and one thin public
function per type and operation.
"""

import argparse
import re
import sys

# IDL name: (C type, descriptor)
BUILTINS = {
    "bool": ("bool", "bool"),
    "int": ("int", "int32"),
    "uint8": ("uint8_t", "uint8"),
    "uint16": ("uint16_t", "uint16"),
    "uint32": ("uint32_t", "uint32"),
    "uint64": ("uint64_t", "uint64"),
    "memkb": ("uint64_t", "memkb"),
    "domid": ("libxl_domid", "uint32"),
    "devid": ("libxl_devid", "devid"),
    "string": ("char *", "string"),
    "const-string": ("const char *", "const_string"),
    "defbool": ("libxl_defbool", "defbool"),
    "uuid": ("libxl_uuid", "uuid"),
    "mac": ("libxl_mac", "mac"),
    "bitmap": ("libxl_bitmap", "bitmap"),
    "string_list": ("libxl_string_list", "string_list"),
    "key_value_list": ("libxl_key_value_list", "key_value_list"),
    "cpuid_policy_list": ("libxl_cpuid_policy_list", "cpuid_policy_list"),
    "hwcap": ("libxl_hwcap", "hwcap"),
    "ms_vm_genid": ("libxl_ms_vm_genid", "ms_vm_genid"),
    "ev_link": ("libxl_ev_link", "ev_link"),
}

INITIAL = {"memkb": "-1", "devid": "-1"}


class Enum:
    def __init__(self, name, initial):
        self.name, self.initial, self.values = name, initial, []

    def constant(self, value):
        prefix = "ERROR" if self.name == "error" else "LIBXL_" + self.name.upper()
        return f"{prefix}_{value.upper()}"


class Struct:
    def __init__(self, name):
        self.name, self.members = name, []

    def keyed(self):
        return next((m for m in self.members if m.kind == "union"), None)


class Member:
    def __init__(self, kind, name, **more):
        self.kind, self.name = kind, name
        self.__dict__.update(more)


class Parser:
    """One pass over the lines; every error names its line."""

    WORD = r"[a-z][a-z0-9_-]*"

    def __init__(self, path):
        self.path, self.nr, self.types = path, 0, {}
        with open(path, encoding="ascii") as f:
            self.lines = f.read().split("\n")
        self.parse()

    def fail(self, why):
        sys.exit(f"{self.path}:{self.nr}: {why}")

    def next(self):
        while self.nr < len(self.lines):
            line = self.lines[self.nr].split("#")[0].strip()
            self.nr += 1
            if line:
                return line
        return None

    def need(self):
        line = self.next()
        if line is None:
            self.fail("unexpected end of file")
        return line

    def parse(self):
        while (line := self.next()) is not None:
            if m := re.fullmatch(rf"enum ({self.WORD})(?: = ({self.WORD}))? {{", line):
                self.types[m[1]] = self.enum(Enum(m[1], m[2]))
            elif m := re.fullmatch(rf"struct ({self.WORD}) {{", line):
                s = Struct(m[1])
                s.members = self.members()
                self.types[m[1]] = s
            else:
                self.fail("an enum or a struct is wanted")

    def enum(self, e):
        while (line := self.need()) != "}":
            m = re.fullmatch(r"([a-z0-9_]+) = (-?\d+)", line)
            if not m:
                self.fail("VALUE = NUMBER is wanted")
            e.values.append((m[1], int(m[2])))
        return e

    def members(self):
        out = []
        while (line := self.need()) != "}":
            out.append(self.member(line))
        return out

    def member(self, line):
        if m := re.fullmatch(rf"struct ({self.WORD}) {{", line):
            return Member("struct", m[1], members=self.members())
        if m := re.fullmatch(rf"union ({self.WORD}) by ({self.WORD}) {{", line):
            return Member("union", m[1], key=m[2], arms=self.arms())
        m = re.fullmatch(rf"({self.WORD}) ([a-z0-9_]+)(?:\[([a-z0-9_]+)\])?(?: = (-?\d+))?", line)
        if not m or (m[1] not in BUILTINS and m[1] not in self.types):
            self.fail("a member of a known type is wanted")
        if m[3]:
            return Member("array", m[2], type=m[1], count=m[3])
        return Member("value", m[2], type=m[1], initial=m[4])

    def arms(self):
        out = []
        while (line := self.need()) != "}":
            if m := re.fullmatch(r"([a-z0-9_]+) { }", line):
                out.append((m[1], []))
            elif m := re.fullmatch(r"([a-z0-9_]+) {", line):
                out.append((m[1], self.members()))
            else:
                self.fail("VALUE { ... } is wanted")
        return out


class Generator:
    def __init__(self, types):
        self.types, self.out = types, []

    def put(self, text):
        self.out.append(text)

    def ctype(self, name):
        return BUILTINS[name][0] if name in BUILTINS else f"libxl_{name}"

    def desc(self, name):
        return "type_" + (BUILTINS[name][1] if name in BUILTINS else name)

    def initial(self, m):
        if m.initial is not None:
            return m.initial
        t = self.types.get(m.type)
        if isinstance(t, Enum) and t.initial:
            return t.constant(t.initial)
        return INITIAL.get(m.type, "0")

    # The public header.

    def body(self, members, indent):
        pad = "    " * indent
        for m in members:
            if m.kind == "value":
                self.put(f"{pad}{self.ctype(m.type)} {m.name};")
            elif m.kind == "array":
                self.put(f"{pad}int {m.count};")
                self.put(f"{pad}{self.ctype(m.type)} *{m.name};")
            elif m.kind == "struct":
                self.put(f"{pad}struct {{")
                self.body(m.members, indent + 1)
                self.put(f"{pad}}} {m.name};")
            else:
                self.put(f"{pad}union {{")
                for name, arm in m.arms:
                    if arm:
                        self.put(f"{pad}    struct {{")
                        self.body(arm, indent + 2)
                        self.put(f"{pad}    }} {name};")
                self.put(f"{pad}}} {m.name};")

    def functions(self, t):
        n = f"libxl_{t.name}"
        if isinstance(t, Enum):
            return [
                f"char *{n}_to_json(libxl_ctx *ctx, {n} v)",
                f"int {n}_from_json(libxl_ctx *ctx, {n} *out, const char *json)",
                f"const char *{n}_to_string({n} v)",
                f"int {n}_from_string(const char *s, {n} *out)",
            ]
        out = [
            f"void {n}_dispose({n} *p)",
            f"void {n}_copy(libxl_ctx *ctx, {n} *to, const {n} *from)",
            f"void {n}_init({n} *p)",
        ]
        if t.name == "domain_build_info":
            out.append(f"int libxl__{t.name}_copy_deprecated(libxl_ctx *ctx, {n} *p)")
        if u := t.keyed():
            key = self.key_type(t, u)
            out.append(f"void {n}_init_{u.key}({n} *p, libxl_{key.name} {u.key})")
        return out + [
            f"char *{n}_to_json(libxl_ctx *ctx, {n} *p)",
            f"int {n}_from_json(libxl_ctx *ctx, {n} *out, const char *json)",
        ]

    def key_type(self, t, union):
        return self.types[next(m.type for m in t.members if m.name == union.key)]

    def header(self):
        self.put("/* SPDX-License-Identifier: MIT */")
        self.put("/* Generated by gentypes.py from types.idl. */")
        self.put("#ifndef LIBXL_TYPES_GENERATED_H\n#define LIBXL_TYPES_GENERATED_H\n")
        for t in self.types.values():
            n = f"libxl_{t.name}"
            if isinstance(t, Enum):
                self.put(f"typedef enum {n} {{")
                for name, nr in t.values:
                    self.put(f"    {t.constant(name)} = {nr},")
            else:
                self.put(f"typedef struct {n} {{")
                self.body(t.members, 1)
            self.put(f"}} {n};")
            for f in self.functions(t):
                self.put(f + ";")
            if isinstance(t, Enum):
                self.put(f"extern libxl_enum_string_table {n}_string_table[];")
            self.put("")
        self.put("#endif")
        return "\n".join(self.out) + "\n"

    # The descriptors and the functions.

    def member_table(self, name, members, owner, path):
        """Emit descriptors of nested types, then the table of NAME's members."""
        keys = {m.key for m in members if m.kind == "union"}
        rows = []
        for m in members:
            off = f"offsetof({owner}, {path}{m.name})"
            if m.kind == "value":
                flag = "MEMBER_KEY" if m.name in keys else "MEMBER_VALUE"
                rows.append(f'{{ "{m.name}", {flag}, &{self.desc(m.type)}, {off}, 0, '
                            f"{self.initial(m)} }}")
            elif m.kind == "array":
                rows.append(f'{{ "{m.name}", MEMBER_ARRAY, &{self.desc(m.type)}, {off}, '
                            f"offsetof({owner}, {path}{m.count}), 0 }}")
            elif m.kind == "struct":
                sub = f"{name}_{m.name}"
                self.member_table(sub, m.members, owner, f"{path}{m.name}.")
                rows.append(f'{{ "{m.name}", MEMBER_INLINE, &type_{sub}, 0, 0, 0 }}')
            else:
                rows.append(self.union_rows(name, members, m, owner, path))
        rows = rows or ["{ NULL, MEMBER_VALUE, NULL, 0, 0, 0 }"]
        nr = len(members)
        self.put(f"static const struct type_member members_{name}[] = {{")
        for r in rows:
            self.put(f"    {r},")
        self.put("};")
        size = f"sizeof({owner})" if not path else "0"
        static = "" if name in self.types else "static "
        self.put(f"{static}const struct type_desc type_{name} = "
                 f'{{ "{name}", TYPE_STRUCT, {size}, members_{name}, {nr}, NULL, NULL, NULL }};\n')

    def union_rows(self, name, members, m, owner, path):
        key = next(k for k in members if k.name == m.key)
        enum = self.types[key.type]
        for arm, body in m.arms:
            self.member_table(f"{name}_{m.name}_{arm}", body, owner, f"{path}{m.name}.{arm}.")
        table = f"arms_{name}_{m.name}"
        self.put(f"static const struct type_arm {table}[] = {{")
        for arm, _ in m.arms:
            self.put(f'    {{ {enum.constant(arm)}, "{m.key}.{arm}", '
                     f"&type_{name}_{m.name}_{arm} }},")
        self.put("};")
        self.put(f"static const struct type_desc type_{name}_{m.name} = "
                 f'{{ "{m.name}", TYPE_UNION, sizeof((({owner} *)0)->{path}{m.name}), NULL, '
                 f"{len(m.arms)}, {table}, NULL, NULL }};")
        return (f'{{ "{m.name}", MEMBER_UNION, &type_{name}_{m.name}, '
                f"offsetof({owner}, {path}{m.name}), offsetof({owner}, {path}{m.key}), "
                f"{self.initial(key)} }}")

    def enum_source(self, t):
        n = f"libxl_{t.name}"
        self.put(f"libxl_enum_string_table {n}_string_table[] = {{")
        for name, _ in t.values:
            self.put(f'    {{ .s = "{name}", .v = {t.constant(name)} }},')
        self.put("    { NULL, -1 },\n};")
        self.put(f'const struct type_desc type_{t.name} = {{ "{t.name}", TYPE_ENUM, sizeof({n}), '
                 f"NULL, 0, NULL, {n}_string_table, NULL }};\n")
        f = self.functions(t)
        d = f"&type_{t.name}"
        self.put(f"{f[0]}\n{{\n    return type_to_json(ctx, {d}, &v);\n}}\n")
        self.gen_json(t, f"{n} v", "&v")
        self.put(f"{f[1]}\n{{\n    return type_from_json(ctx, {d}, out, json);\n}}\n")
        self.put(f"{f[2]}\n{{\n    return enum_to_string({n}_string_table, (int)v);\n}}\n")
        self.put(f"{f[3]}\n{{\n    int v, rc = enum_from_string({n}_string_table, s, &v);\n\n"
                 f"    if (!rc)\n        *out = ({n})v;\n    return rc;\n}}\n")

    def struct_source(self, t):
        self.member_table(t.name, t.members, f"libxl_{t.name}", "")
        d = f"&type_{t.name}"
        calls = {
            "_dispose(": f"type_dispose({d}, p)",
            "_copy(": f"type_copy(ctx, {d}, to, from)",
            "_init(": f"type_init({d}, p)",
            "_to_json(": f"return type_to_json(ctx, {d}, p)",
            "_from_json(": f"return type_from_json(ctx, {d}, out, json)",
        }
        if u := t.keyed():
            calls[f"_init_{u.key}("] = f"type_init_key({d}, p, (int){u.key})"
        for f in self.functions(t):
            if "_copy_deprecated(" in f:
                continue  # written by hand
            call = next(c for k, c in calls.items() if f"libxl_{t.name}{k}" in f)
            self.put(f"{f}\n{{\n    {call};\n}}\n")
        self.gen_json(t, f"const libxl_{t.name} *p", "p")

    def gen_json(self, t, parameter, pointer):
        """Declared to users by another header, which needs YAJL's."""
        f = f"int libxl_{t.name}_gen_json(void *gen, {parameter})"
        self.put(f"{f};\n{f}\n{{\n    return type_gen_json(&type_{t.name}, gen, {pointer});\n}}\n")

    def source(self):
        self.put("/* SPDX-License-Identifier: MIT */")
        self.put("/* Generated by gentypes.py from types.idl. */")
        self.put('#include <stddef.h>\n\n#include "core/types.h"\n')
        for t in self.types.values():
            if isinstance(t, Enum):
                self.enum_source(t)
            else:
                self.struct_source(t)
        return "\n".join(self.out) + "\n"


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("idl")
    ap.add_argument("--header")
    ap.add_argument("--source")
    args = ap.parse_args()
    types = Parser(args.idl).types
    for path, make in ((args.header, "header"), (args.source, "source")):
        if path:
            text = getattr(Generator(types), make)()
            with open(path, "w", encoding="ascii") as f:
                f.write(text)


if __name__ == "__main__":
    main()
