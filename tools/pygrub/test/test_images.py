# SPDX-License-Identifier: MIT
"""The program over disks, which are made here."""
import fcntl
import glob
import os
import pty
import re
import resource
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import tty
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import images  # noqa: E402
from guestboot import image  # noqa: E402

PROGRAM = os.environ.get("PYGRUB", os.path.join(os.path.dirname(HERE), "pygrub"))
DOWN = b"\x1bOB"


class Disks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp()
        at = cls.at
        cls.debian = images.filesystem(at("debian"), {
            **images.FILES, "/boot/grub/grub.cfg": images.GRUB_CFG, "/vmlinuz": "->boot/vmlinuz-1"})
        cls.old = images.filesystem(at("old"), {**images.FILES, "/boot/grub/menu.lst": images.MENU_LST},
                                    kind="ext2")
        cls.ext = images.filesystem(at("ext"), {
            **images.FILES, "/boot/extlinux/extlinux.conf": images.EXTLINUX})
        cls.empty = images.filesystem(at("empty"), {"/x": "nothing"}, "1M", "ext2")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    @classmethod
    def at(cls, name):
        return os.path.join(cls.dir, name)

    def setUp(self):
        self.out = tempfile.mkdtemp(dir=self.dir)

    def run_it(self, *args, status=0):
        p = subprocess.run([PROGRAM, f"--output-directory={self.out}", *args],
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=120)
        self.assertEqual(p.returncode, status, p.stderr)
        self.said = p.stderr.decode()
        return p.stdout.decode()

    def booted(self, *args):
        """What libxl would be told, with the files' contents."""
        told = dict(line.split(" ", 1) for line in
                    self.run_it("-q", "--output-format=simple0", *args).split("\0") if line)
        for key in ("kernel", "ramdisk"):
            if key in told:
                self.assertEqual(os.path.dirname(told[key]), self.out)
                self.assertEqual(os.stat(told[key]).st_mode & 0o777, 0o600)
                with open(told[key], "rb") as f:
                    told[key] = f.read()
        return told

    def refused(self, text, *args):
        before = os.listdir(self.out)
        self.run_it("-q", *args, status=1)
        self.assertIn(text, self.said)
        self.assertEqual(os.listdir(self.out), before)


FIRST = {"kernel": images.KERNEL, "ramdisk": images.RAMDISK, "args": "root=/dev/xvda1 ro  quiet"}
SECOND = {"kernel": images.KERNEL[::-1], "ramdisk": images.RAMDISK[::-1],
          "args": "root=/dev/xvda1 two"}


class Menus(Disks):
    def test_grub2(self):
        self.assertEqual(self.booted(self.debian), FIRST)

    def test_legacy(self):
        self.assertEqual(self.booted(self.old), SECOND)

    def test_extlinux_with_paths_beside_it(self):
        self.assertEqual(self.booted(self.ext), {**SECOND, "args": "root=/dev/xvda two"})

    def test_two_ramdisks_become_one(self):
        told = self.booted("--entry=Debian rescue", "--args=more", self.debian)
        self.assertEqual(told["ramdisk"], images.RAMDISK + bytes(3) + images.RAMDISK[::-1])
        self.assertEqual(told["args"], "single more")

    def test_files_named_by_the_caller(self):
        told = self.booted("--kernel=/vmlinuz", "--ramdisk=/boot/initrd-2", "--args=x=y", self.debian)
        self.assertEqual(told, {"kernel": images.KERNEL, "ramdisk": images.RAMDISK[::-1],
                                "args": "x=y"})
        self.assertEqual(list(self.booted("--kernel=boot/vmlinuz-1", self.debian)), ["kernel"])

    def test_not_really(self):
        self.assertEqual(self.run_it("-qn", self.old), "linux (kernel None)(args 'root=/dev/xvda1 two')")
        self.assertEqual(os.listdir(self.out), [])
        self.refused("/nope", "-n", "--kernel=/nope", self.old)

    def test_an_entry_that_is_not_there(self):
        self.assertEqual(self.booted("--entry=9", self.old), SECOND)

    def test_output_file(self):
        self.assertEqual(self.run_it("-qn", "--output=" + self.at("told"), self.old), "")
        with open(self.at("told"), encoding="ascii") as f:
            self.assertEqual(f.read(), "linux (kernel None)(args 'root=/dev/xvda1 two')")

    def test_isconfig(self):
        with open(self.at("grub.cfg"), "w", encoding="ascii") as f:
            f.write(images.GRUB_CFG)
        self.assertEqual(self.run_it("--isconfig", self.at("grub.cfg")),
                         "  kernel: /boot/vmlinuz-1\n  initrd: /boot/initrd-1\n"
                         "  args: root=/dev/xvda1 ro  quiet\n")


class Tables(Disks):
    def test_msdos_with_logical(self):
        disk = images.msdos(self.at("msdos"), [self.empty, self.old, self.debian], logical=2)
        self.assertEqual(self.booted(disk), SECOND)
        titles = [x for x in self.run_it("-l", disk).split("\n") if x.startswith("title")]
        self.assertEqual(titles, ["title: One", "title: Two", "title: Xen"])

    def test_gpt(self):
        disk = images.gpt(self.at("gpt"), [self.empty, self.debian])
        self.assertEqual(self.booted(disk), FIRST)
        with open(disk, "rb") as f:
            f.seek(1024 + 128 + 32)
            offset = struct.unpack("<Q", f.read(8))[0] * 512
        self.assertEqual(self.booted(f"--offset={offset}", disk), FIRST)
        self.refused("Unable to find", f"--offset={2048 * 512}", disk)
        self.refused("no partition begins", "--offset=4096", disk)
        self.refused("Unable to find", "--offset=0", disk)

    def test_no_menu(self):
        self.assertEqual(self.run_it("-l", self.empty), "")
        self.refused("Unable to find partition containing kernel", self.empty)
        self.refused("cannot read", self.at("absent"))


class Hostile(Disks):
    def guest(self, name, menu, **files):
        return images.filesystem(self.at(name), {"/boot/grub/menu.lst": menu, "/k": "k", **files})

    def test_names_of_the_host(self):
        secret = os.path.join(self.dir, "secret")
        with open(secret, "w", encoding="ascii") as f:
            f.write("host")
        for i, path in enumerate((f"(host){secret}", secret, f"/(host){secret}",
                                  "/../../../.." + secret, "(proc)/version", "/link", "/grublink",
                                  "(host)/usr/lib/os-release")):
            disk = self.guest(f"names{i}", f"title x\nkernel {path}\n",
                              **{"/link": "->" + secret, "/grublink": f"->(host){secret}"})
            self.refused("in guest", disk)
            # Named by the caller, even.
            self.refused("in guest", "--kernel=" + path, disk)

    def test_the_child_sees_no_file_of_the_host(self):
        i = image.Image(self.empty)
        i.command = i.command[:i.command.index(image.TOOL)] + ["find", "/", "-xdev"]
        seen = []
        i.copy([], seen.append, 1 << 20, 20)
        tops = {name.split("/")[1] for name in b"".join(seen).decode().split()}
        self.assertLessEqual(tops, {"", "usr", "bin", "lib", "lib64", "sbin", "disk"})
        i.command[-3:] = ["sh", "-c", "echo x >/disk; echo x >/f; ls /proc; exit 0"]
        with self.assertRaises(image.ReadError) as e:
            i.copy([], seen.append, 1 << 20, 20)
        self.assertEqual(str(e.exception).count("cannot create"), 2)

    def test_too_long(self):
        i = image.Image(self.debian)
        got = []
        with self.assertRaises(image.ReadError):
            i.send("loop0", "/boot/vmlinuz-1", got.append, len(images.KERNEL) - 1)
        i.send("loop0", "/boot/vmlinuz-1", got.append, len(images.KERNEL))
        self.assertFalse(i.has("loop0", "/boot"))
        with self.assertRaises(image.ReadError):
            i.read("loop0", "/boot/vmlinuz-1", limit=1000)

    def test_too_slow(self):
        i = image.Image(self.empty)
        i.command = i.command[:i.command.index(image.TOOL)] + ["sleep", "60"]
        begun = time.monotonic()
        with self.assertRaisesRegex(image.ReadError, "too long"):
            i.copy([], None, 0, 0.3)
        i.command[-2:] = ["sh", "-c", "exec >&- 2>&-; sleep 60"]
        with self.assertRaisesRegex(image.ReadError, "too long"):
            i.copy([], None, 0, 0.3)
        self.assertLess(time.monotonic() - begun, 20)

    def test_limits_hold(self):
        i = image.Image(self.empty)
        i.command = i.command[:i.command.index(image.TOOL)] + ["sh", "-c", "ulimit -t; ulimit -v"]
        got = []
        i.copy([], got.append, 100, 20)
        self.assertEqual(b"".join(got).split(), [b"60", b"1048576"])
        self.assertNotEqual(resource.getrlimit(resource.RLIMIT_CPU)[0], 60)

    def test_menu_without_end(self):
        disk = self.guest("endless", "title x\nkernel /k\n" + "#" * image.MAX_CONFIG)
        self.refused("more than", disk)

    def test_a_cage_that_fails_is_no_empty_disk(self):
        with open(self.at("bwrap"), "w", encoding="ascii") as f:
            f.write("#!/bin/sh\necho 'bwrap: no namespaces' >&2\nexit 1\n")
        os.chmod(self.at("bwrap"), 0o755)
        p = subprocess.run([PROGRAM, "-l", self.debian], capture_output=True, timeout=60,
                           env={"PATH": self.dir + ":" + os.environ["PATH"]})
        self.assertEqual((p.returncode, p.stdout), (1, b""))
        self.assertIn(b"no namespaces", p.stderr)

    def test_what_was_written_goes_when_the_rest_fails(self):
        self.refused("/none", self.guest("half", "title x\nkernel /k\ninitrd /none\n"))

    def test_damaged_filesystems(self):
        """Each is read or refused; nothing hangs, nothing is left."""
        with open(self.debian, "rb") as f:
            good = f.read()
        for seed in range(12):
            bad = bytearray(good)
            for i in range(200):
                at = (seed * 7919 + i * 104729) % (len(bad) // 8)
                bad[at] = (seed * 31 + i) & 255
            with open(self.at("bad"), "wb") as f:
                f.write(bad)
            p = subprocess.run([PROGRAM, "-q", f"--output-directory={self.out}", self.at("bad")],
                               capture_output=True, timeout=120)
            self.assertIn(p.returncode, (0, 1))
            self.assertNotIn(b"Traceback", p.stderr)
            self.assertEqual(len(os.listdir(self.out)), 2 if p.returncode == 0 else 0)
            for name in glob.glob(self.out + "/*"):
                os.unlink(name)


class Terminal(Disks):
    """The menu, as somebody at the console sees it."""

    def start(self, *args, disk=None):
        self.master, slave = pty.openpty()
        self.file = self.at("told")
        self.child = subprocess.Popen(
            [PROGRAM, f"--output-directory={self.out}", "--output-format=simple", "--output=" +
             self.file, *args, disk or self.debian], stdin=slave, stdout=slave, stderr=slave,
            env={"PATH": os.environ["PATH"], "TERM": "vt100"}, start_new_session=True)
        os.close(slave)
        self.screen = b""

    def tearDown(self):
        if getattr(self, "child", None):
            self.child.kill()
            self.child.wait()
            os.close(self.master)

    def see(self, text, seconds=30):
        deadline = time.monotonic() + seconds
        while text not in self.screen:
            left = deadline - time.monotonic()
            self.assertGreater(left, 0, self.screen)
            if select.select([self.master], [], [], left)[0]:
                try:
                    self.screen += os.read(self.master, 65536)
                except OSError:
                    self.fail(self.screen)

    def keys(self, *keys):
        for key in keys:
            os.write(self.master, key)
            time.sleep(0.03)

    def wait(self, status=0):
        deadline = time.monotonic() + 30
        while self.child.poll() is None:
            self.assertLess(time.monotonic(), deadline)
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    self.screen += os.read(self.master, 65536)
                except OSError:
                    pass
        self.assertEqual(self.child.returncode, status, self.screen)

    def end(self):
        """What the program has told."""
        self.wait()
        with open(self.file, encoding="ascii") as f:
            return dict(line.split(" ", 1) for line in f.read().split("\n") if line)

    def test_down_and_enter(self):
        self.start()
        self.see(b"Debian rescue")
        self.keys(DOWN, b"v", b"^", b"\r")
        self.assertEqual(self.end()["args"], "root=/dev/xvda1 ro two")

    def test_edit(self):
        self.start()
        self.see(b"Debian rescue")
        self.keys(b"e")
        self.see(b"arguments:")
        self.keys(b"\n", b"\x7f" * 5 + b"verbose", b"\n", b"b")
        self.assertEqual(self.end()["args"], "root=/dev/xvda1 ro  verbose")

    def test_edit_the_kernel_and_leave_a_line_as_it_was(self):
        self.start()
        self.see(b"Debian rescue")
        self.keys(b"e", b"^", b"\n", b"\x15/boot/vmlinuz-2", b"\n", b"v", b"\n", b"\x15zzz", b"\x1b")
        time.sleep(0.3)
        self.keys(b"b")
        told = self.end()
        self.assertEqual(told["args"], "root=/dev/xvda1 ro  quiet")
        with open(told["kernel"], "rb") as f:
            self.assertEqual(f.read(), images.KERNEL[::-1])

    def test_arguments_alone(self):
        self.start("--args=more")
        self.see(b"Debian rescue")
        self.keys(b"a", b"\x01x=1 \x05 y", b"\n", b"b")
        self.assertEqual(self.end()["args"], "x=1 root=/dev/xvda1 ro  quiet more y")

    def test_as_libxl_calls_it(self):
        """A raw terminal without a size as descriptor 3, a pipe as 4."""
        source = os.path.join(HERE, "../../libs/light/domain/bootloader.c")
        with open(source, encoding="ascii") as f:
            text = f.read()
        shell = re.search(r'#define WITH_TERMINAL "(.*)"\n', text).group(1).replace('\\"', '"')
        path = re.search(r'#define OUTPUT_PATH +"(.*)"\n', text).group(1)
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        end, out = os.pipe()

        def descriptors():
            kept = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (slave, out)]
            os.dup2(kept[0], 3)
            os.dup2(kept[1], 4)
        self.child = subprocess.Popen(
            ["/bin/sh", "-c", shell, "sh", PROGRAM, "--args=more", "--output=" + path,
             "--output-format=simple0", f"--output-directory={self.out}/", self.debian],
            preexec_fn=descriptors, close_fds=False, start_new_session=True,
            env={"PATH": os.environ["PATH"]})
        os.close(slave)
        os.close(out)
        self.screen = b""
        self.see(b"Debian rescue")
        self.keys(b"\x1b[B", b"\x1b[B", b"\r")
        self.wait()
        with open(end, "rb") as f:
            told = f.read().split(b"\0")
        self.assertEqual([t.split(b" ")[0] for t in told], [b"kernel", b"ramdisk", b"args", b"", b""])
        self.assertEqual(told[2], b"args single more")

    def test_quit(self):
        self.start()
        self.see(b"Debian rescue")
        self.keys(b"q")
        self.wait(status=1)
        self.assertEqual(os.listdir(self.out), [])

    def test_time_runs_out(self):
        disk = images.filesystem(self.at("fast"), {
            **images.FILES, "/boot/grub/grub.cfg": images.GRUB_CFG.replace("timeout=5", "timeout=1")})
        self.start(disk=disk)
        self.assertEqual(self.end()["args"], "root=/dev/xvda1 ro  quiet")
        self.assertIn(b"Boots in 1 s.", self.screen)

    def test_a_key_stops_the_time(self):
        disk = images.filesystem(self.at("stop"), {
            **images.FILES, "/boot/grub/grub.cfg": images.GRUB_CFG.replace("timeout=5", "timeout=1")})
        self.start(disk=disk)
        self.see(b"Boots in 1 s.")
        self.keys(b"v")
        time.sleep(1.5)
        self.assertIsNone(self.child.poll())
        self.keys(b"q")
        self.wait(status=1)

    def test_a_terminal_that_goes_away(self):
        self.start()
        self.see(b"Debian rescue")
        self.keys(b"v")
        os.close(self.master)
        self.assertNotEqual(self.child.wait(30), 0)
        self.master = os.open("/dev/null", os.O_RDONLY)

    def test_no_escape_sequence_of_the_guest(self):
        disk = images.filesystem(self.at("esc"), {
            **images.FILES, "/boot/grub/menu.lst": "timeout 1\ntitle A\x1b]0;evil\x07B\nkernel /boot/vmlinuz-1\n"})
        self.start(disk=disk)
        self.see(b"A]0;evilB")
        self.end()
        self.assertNotIn(b"\x1b]0;", self.screen)


if __name__ == "__main__":
    unittest.main()
