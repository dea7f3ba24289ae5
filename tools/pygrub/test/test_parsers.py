# SPDX-License-Identifier: MIT
"""The readers of menus, of partitions' tables, and what is printed: no disk, no child."""
import io
import os
import random
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import images  # noqa: E402
from guestboot import cli, grub2, legacy, output, partitions, syslinux  # noqa: E402
from guestboot.config import MAX_ENTRIES, Entry, to_text  # noqa: E402


def of(entry):
    return entry.title, entry.kernel, entry.args, entry.ramdisks


class Grub2(unittest.TestCase):
    def test_debian(self):
        c = grub2.parse(images.GRUB_CFG)
        self.assertEqual([of(e) for e in c.entries], [
            ("Debian GNU/Linux", "/boot/vmlinuz-1", "root=/dev/xvda1 ro  quiet", ["/boot/initrd-1"]),
            ("Debian, with Linux 2", "/boot/vmlinuz-2", "root=/dev/xvda1 ro two",
             ["/boot/initrd-2"]),
            ("Debian rescue", "/boot/vmlinuz-1", "single", ["/boot/initrd-1", "/boot/initrd-2"])])
        self.assertEqual([e.root for e in c.entries], ["d0p1", None, None])
        self.assertEqual((c.timeout, c.chosen()), (5, 0))

    def default(self, value):
        return grub2.parse(images.GRUB_CFG.replace('default="0"', f'default="{value}"')).chosen()

    def test_default(self):
        for value, index in (("1", 1), ("1>1", 2), ("gnulinux-advanced-x>gnulinux-2", 1),
                             ("Advanced options>Debian rescue", 2), ("2", 0), ("1>7", 0),
                             ("-1", 0), ("Debian GNU/Linux", 0), ("0>0", 0), (">" * 5000, 0),
                             ("99999999999999999999", 0)):
            self.assertEqual(self.default(value), index, value)

    def test_named(self):
        c = grub2.parse(images.GRUB_CFG)
        self.assertEqual([c.named(n) for n in ("2", "Debian rescue", "gnulinux-2", "3", "x", "-1")],
                         [2, 2, 1, None, None, None])

    def test_quotes_and_ends(self):
        c = grub2.parse("menuentry \"a \\\"b\\\" 'c'\" { linux (hd0,1)/v its \\x \"q r\"; initrd "
                        "'/a b'; }\nmenuentry plain{x}\n{ linux /w\\\n  w # comment\n")
        self.assertEqual(of(c.entries[0]), ("a \"b\" 'c'", "/v", "its \\x \"q r\"", ["/a b"]))

    def test_a_quote_ends_with_its_line(self):
        c = grub2.parse("menuentry x {\nlinux /k it's\ninitrd '/r\n}\n")
        self.assertEqual(of(c.entries[0]), ("x", "/k", "it's", ["'/r"]))

    def test_block_on_its_own_line(self):
        c = grub2.parse("menuentry 'a'\n{\nlinux /k\n}\nmenuentry b {\nlinuxefi /k2 x\ninitrdefi /r\n")
        self.assertEqual([of(e) for e in c.entries], [("b", "/k2", "x", ["/r"])])

    def test_xen(self):
        c = grub2.parse("menuentry x {\nmultiboot2 /xen.gz placeholder\nmodule2 /k placeholder a b\n"
                        "module2 --nounzip /r\nmodule2 /z\n}\n")
        self.assertEqual(of(c.entries[0]), ("x", "/k", "a b", ["/r"]))

    def test_no_entry_within_an_entry(self):
        c = grub2.parse("menuentry a {\nmenuentry b {\nlinux /k\n}\ninitrd /r\n}\n}\n}\n")
        self.assertEqual([of(e) for e in c.entries], [("a", "/k", None, ["/r"])])

    def test_bounds(self):
        c = grub2.parse("menuentry a {\nlinux /k\n}\n" * 1000)
        self.assertEqual(len(c.entries), MAX_ENTRIES)
        c = grub2.parse("submenu s {\n" * 3000 + "menuentry a {\nlinux /k\n}\n")
        self.assertEqual((len(c.entries), c.chosen()), (1, 0))


class Legacy(unittest.TestCase):
    def test_menu(self):
        c = legacy.parse(images.MENU_LST)
        self.assertEqual([of(e) for e in c.entries], [
            ("One", "/boot/vmlinuz-1", "root=/dev/xvda1 ro one", ["/boot/initrd-1"]),
            ("Two", "/boot/vmlinuz-2", "root=/dev/xvda1 two", ["/boot/initrd-2"]),
            ("Xen", "/boot/vmlinuz-1", "root=xen", ["/boot/initrd-1"])])
        self.assertEqual([e.root for e in c.entries], ["d0p0", "d0", None])
        self.assertEqual((c.timeout, c.chosen()), (7, 1))

    def test_options_and_devices(self):
        c = legacy.parse("default saved\nTITLE A  b\nkernel --no-mem-option --type=x (hd0,1)/k\n"
                         "kernel (hd0,1)/k --x a=\"b c\"\ninitrd\t(hd0,1)/r\nkernel\ninitrd\n")
        self.assertEqual(of(c.entries[0]), ("A  b", "/k", '--x a="b c"', ["/r"]))
        self.assertEqual(c.chosen(), 0)


class Syslinux(unittest.TestCase):
    def test_menu(self):
        c = syslinux.parse(images.EXTLINUX)
        self.assertEqual([of(e) for e in c.entries], [
            ("one", "/boot/vmlinuz-1", "a  b", ["/boot/initrd-1"]),
            ("linux", "../vmlinuz-2", "root=/dev/xvda two", ["../initrd-2"])])
        self.assertEqual((c.timeout, c.chosen(), c.named("The Linux")), (3, 1, 1))

    def test_common_arguments_and_multiboot(self):
        c = syslinux.parse("append all initrd=/a,/b\nlabel x\nkernel /k\nlabel y\nlinux /k\n"
                           "append -\nmenu default\nlabel z\nkernel mboot.c32\n"
                           "append /xen.gz x --- /k root=1 --- /r\nlabel\ntimeout 0\n")
        self.assertEqual([of(e) for e in c.entries], [
            ("x", "/k", "all", ["/a", "/b"]), ("y", "/k", "", []), ("z", "/k", "root=1", ["/r"]),
            ("", None, "all", ["/a", "/b"])])
        self.assertEqual((c.chosen(), c.timeout), (1, None))


class Text(unittest.TestCase):
    def test_no_control_character_reaches_the_caller(self):
        """A zero or a newline in the arguments would name another kernel to libxl."""
        evil = b"title a\nkernel /k x\0kernel /etc/shadow\x1b[2J\r\x85y\xc2\x85\xff\r\n"
        e = legacy.parse(to_text(evil)).entries[0]
        told = output.render("simple0", "/dir/k", "/dir/r", e.args)
        self.assertEqual(told, b"kernel /dir/k\0ramdisk /dir/r\0"
                               b"args xkernel /etc/shadow[2J\x85y\xff\0\0")
        self.assertEqual(told.count(b"\0"), 4)

    def test_formats(self):
        show = [output.render(f, "/k", None, None) for f in output.FORMATS]
        self.assertEqual(show, [b"linux (kernel '/k')", b"kernel /k\n\n", b"kernel /k\0\0"])
        self.assertEqual(output.render("sxp", None, None, "it's \\x"),
                         b"linux (kernel None)(args \"it's \\\\x\")")

    def test_listing(self):
        e = Entry("A")
        self.assertEqual(output.listing([e]), b"title: A\n  root: None\n")
        e.root, e.kernel, e.ramdisks = "d0", "/k", ["/r"]
        self.assertEqual(output.listing([e]), b"title: A\n  root: d0\n  kernel: /k\n"
                                              b"  args: None\n  initrd: /r\n")

    def test_options(self):
        self.assertIsNone(cli.parse_options(["--bogus", "x"]))
        self.assertIsNone(cli.parse_options(["--output-format=foo", "x"]))
        self.assertIsNone(cli.parse_options(["--offset=x", "x"]))
        self.assertIsNone(cli.parse_options(["-q"]))
        o = cli.parse_options(["disk", "-qn", "--offset=512", "--args=a=b"])
        self.assertEqual((o.quiet, o.dry, o.offset, o.args, o.image),
                         (True, True, 512, "a=b", "disk"))


class Partitions(unittest.TestCase):
    def disk(self, slots, sectors=64):
        f = io.BytesIO(bytes(sectors * 512))
        images.boot_record(f, 0, slots)
        return f

    def test_primary(self):
        f = self.disk([images.slot(0x83, 1, 2), images.slot(0, 0, 0), images.slot(7, 9, 1)])
        self.assertEqual(str(partitions.read(f)), "[msdos1@512, msdos3@4608]")

    def test_none(self):
        self.assertEqual(partitions.read(io.BytesIO(b"")), [])
        self.assertEqual(partitions.read(io.BytesIO(bytes(4096))), [])

    def test_extended_ends_where_it_turns_in_a_circle(self):
        f = self.disk([images.slot(5, 10, 20)])
        images.boot_record(f, 10, [images.slot(0x83, 1, 1), images.slot(5, 5, 1)])
        images.boot_record(f, 15, [images.slot(0x83, 1, 1), images.slot(5, 0, 1)])
        images.boot_record(f, 15, [images.slot(0x83, 1, 1), images.slot(5, 5, 1)])
        self.assertEqual(str(partitions.read(f)), "[msdos5@5632, msdos6@8192]")

    def test_long_chain(self):
        f = self.disk([images.slot(5, 1, 2000)], 4000)
        for i in range(1, 1000):
            images.boot_record(f, i, [images.slot(0x83, 1, 1), images.slot(5, i, 1)])
        self.assertEqual(len(partitions.read(f)), partitions.MAX)

    def test_gpt_with_senseless_numbers(self):
        for at, count, size in ((1 << 63, 128, 128), (2, 1 << 31, 128), (2, 128, 1 << 31),
                                (2, 128, 0), (1 << 50, 1, 128)):
            f = self.disk([images.slot(0xEE, 1, 63)])
            f.seek(512)
            f.write(b"EFI PART".ljust(72, b"\0") + at.to_bytes(8, "little") +
                    count.to_bytes(4, "little") + size.to_bytes(4, "little"))
            self.assertLessEqual(len(partitions.read(f)), partitions.MAX)


class Mutations(unittest.TestCase):
    """Files with random damage: no exception, bounds kept, in time that grows with the length."""
    ROUNDS = 1500
    PIECES = [b"\n", b"{", b"}", b"'", b'"', b"\\", b"\0", b">", b"$", b"menuentry ", b"submenu x {\n",
              b"linux ", b"initrd ", b"set default=", b"title ", b"kernel ", b"module ", b"label ",
              b"append ", b"---", b"initrd=", b"\xff", b"\xc2\x85", b"(hd0", b")", b" ", b"#", b";"]

    def damaged(self, rng, data):
        data = bytearray(data)
        for _ in range(rng.randint(1, 12)):
            at = rng.randrange(len(data) + 1)
            what = rng.randrange(4)
            if what == 0:
                data[at:at + rng.randrange(40)] = b""
            elif what == 1:
                data[at:at] = rng.choice(self.PIECES) * rng.choice((1, 1, 1, 50))
            elif what == 2 and at < len(data):
                data[at] = rng.randrange(256)
            else:
                other = rng.randrange(len(data) + 1)
                data[at:at] = data[other:other + rng.randrange(200)]
        return bytes(data)

    def check(self, config):
        self.assertLessEqual(len(config.entries), MAX_ENTRIES)
        if config.entries:
            self.assertIn(config.chosen(), range(len(config.entries)))
        for e in config.entries:
            for text in [e.title, e.kernel or "", e.args or ""] + e.ramdisks:
                self.assertNotRegex(text, "[\0\n\x1b]")
            told = output.render("simple0", "/k", "/r", e.args)
            self.assertLessEqual(told.count(b"\0"), 4)
        output.listing(config.entries)

    def test_menus(self):
        rng = random.Random(417)
        for _ in range(self.ROUNDS):
            for reader, seed in ((grub2, images.GRUB_CFG), (legacy, images.MENU_LST),
                                 (syslinux, images.EXTLINUX)):
                self.check(reader.parse(to_text(self.damaged(rng, seed.encode()))))

    def test_tables(self):
        rng = random.Random(418)
        head = bytearray(64 * 512)
        f = io.BytesIO(head)
        images.boot_record(f, 0, [images.slot(0xEE, 1, 63), images.slot(5, 8, 9)])
        f.seek(512)
        f.write(b"EFI PART".ljust(72, b"\0") + b"\2" + bytes(7) + b"\x80\0\0\0\x80\0\0\0")
        for _ in range(self.ROUNDS):
            data = bytearray(f.getvalue())
            for _ in range(rng.randint(1, 30)):
                data[rng.choice((rng.randrange(446, 512), rng.randrange(512, 700),
                                 rng.randrange(len(data))))] = rng.randrange(256)
            for p in partitions.read(io.BytesIO(bytes(data))):
                self.assertGreater(p.offset, 0)

    def test_time_is_linear(self):
        for piece in ("'", '"', '\\"', "a'\"", '"\\', "{", "}", "menuentry ", "$", "( ", "set x=\"",
                      "initrd=", "--type=", "\\\n", "a=", "# "):
            text = piece * ((1 << 20) // len(piece))
            for reader in (grub2, legacy, syslinux):
                begun = time.process_time()
                reader.parse(to_text(text.encode()))
                self.assertLess(time.process_time() - begun, 10, (piece, reader.__name__))


if __name__ == "__main__":
    unittest.main()
