# SPDX-License-Identifier: MIT
"""xen-bugtool with programs that are made here."""
import importlib.machinery
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, "xen-bugtool")


def load():
    loader = importlib.machinery.SourceFileLoader("bugtool", PROGRAM)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bugtool", loader))
    loader.exec_module(module)
    return module


sys.dont_write_bytecode = True
bugtool = load()
MiB = bugtool.MiB


class Bugtool(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.dir)
        self.bin = os.path.join(self.dir, "bin")
        os.mkdir(self.bin)

    def program(self, name, text):
        path = os.path.join(self.bin, name)
        with open(path, "w", encoding="ascii") as f:
            f.write("#!/bin/sh\n" + text)
        os.chmod(path, 0o755)

    def run_it(self, *args, status=0, stdin=""):
        p = subprocess.run([sys.executable, "-B", PROGRAM, *args], cwd=self.dir, input=stdin.encode(),
                           capture_output=True, timeout=120,
                           env={"PATH": self.bin + ":" + os.environ["PATH"]})
        self.assertEqual(p.returncode, status, p.stderr)
        self.said = p.stderr.decode()
        return p.stdout

    def archive(self, path):
        """Names without the folder at the top, and contents; the inventory by its names."""
        out = {}
        with tarfile.open(path) as t:
            for m in t:
                self.assertTrue(m.isreg())
                top, _, name = m.name.partition("/")
                self.assertTrue(top.startswith("xen-bug-"))
                out[name] = t.extractfile(m).read()
        inventory = {i["name"]: i for i in json.loads(out.pop("inventory.json"))}
        return out, inventory

    def gathered(self, *args):
        path = os.path.join(self.dir, "out.tar.gz")
        self.run_it("-y", f"--output={path}", *args)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        return self.archive(path)

    def test_commands(self):
        self.program("xl", 'case $1 in info) echo "release $*";; dmesg) echo no >&2; exit 3;; '
                           'list) sleep 60;; *) echo "$1";; esac\n')
        begun = time.monotonic()
        files, inventory = self.gathered("--entries=xen", "--timeout=1")
        self.assertLess(time.monotonic() - begun, 20)
        self.assertEqual(files["xen/xl-info"], b"release info -n\n")
        self.assertEqual(files["xen/xl-dmesg"], b"no\n")
        self.assertEqual([inventory[n]["status"] for n in ("xl-info", "xl-dmesg", "xl-list")],
                         ["ok", "status 3", "took too long"])
        self.assertNotIn("xen/xl-list", files)
        self.assertIn("xl vcpu-list", self.said)

    def test_a_child_that_stays_does_not_hold_it_up(self):
        self.program("xenstore-ls", "sleep 60 &\necho x\n")
        begun = time.monotonic()
        files, inventory = self.gathered("--entries=store", "--timeout=2")
        self.assertLess(time.monotonic() - begun, 20)
        self.assertEqual(files["store/xenstore-ls"], b"x\n")
        self.assertEqual(inventory["xenstore-ls"]["status"], "took too long")

    def test_no_program(self):
        r = bugtool.run_command("x", "no-such-program-here --x", 5)
        self.assertEqual((r.data, r.status), (b"", "not there"))

    def test_too_long(self):
        self.program("xenstore-ls", "yes 'name = \"value\"' | head -c 9000000\n")
        files, inventory = self.gathered("--entries=store")
        data = files["store/xenstore-ls"]
        self.assertLessEqual(len(data), bugtool.MAX_ITEM)
        self.assertGreater(len(data), bugtool.MAX_ITEM - 100)
        self.assertTrue(data.endswith(b'"\n'))
        self.assertTrue(inventory["xenstore-ls"]["truncated"])

    def test_bounds_are_at_lines(self):
        self.assertEqual(bugtool.bounded(b"ab\ncd\nef", 7, False), (b"ab\ncd\n", True))
        self.assertEqual(bugtool.bounded(b"ab\ncd\nef", 7, True), (b"cd\nef", True))
        self.assertEqual(bugtool.bounded(b"vncpasswd=x", 4, True), (b"", True))
        self.assertEqual(bugtool.bounded(b"vncpasswd=x", 10, False), (b"", True))
        self.assertEqual(bugtool.bounded(b"ab", 2, True), (b"ab", False))

    def test_secrets(self):
        for text in ('"passwd": "hunter2",', "/vm/x/vncpasswd = \"hunter2\"   (n0)", "vncpasswd='hunter2'",
                     "spicepasswd=hunter2", 'vfb = ["type=vnc,vncpasswd=hunter2,vnclisten=0"]',
                     "-spice port=1,password=hunter2,x", "Password: hunter2", "X_SECRET=hunter2",
                     'api-token: "hu\\"nter2"', "http://joe:hunter2@host/x", "vncpasswd = \"hunter2",
                     "discovery.sendtargets.auth.password_in = hunter2", "vncpasswd=\"\\\"hunter2\"",
                     "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----",
                     "-----BEGIN PRIVATE KEY-----\nhunter2\n"):
            shown = bugtool.without_secrets(text.encode()).decode()
            self.assertNotIn("nter2", shown)
            self.assertIn(bugtool.HIDDEN, shown)
        for text in ("name = 'x'", "ssh://joe@host/x", "root:x:0:0", "pass through", "vnclisten='0'"):
            self.assertEqual(bugtool.without_secrets(text.encode()).decode(), text)
        kept = bugtool.without_secrets(b'{"vncpasswd": "hunter2", "name": "x", "passwd": null}')
        self.assertIn(b'"name": "x"', kept)

    def test_secrets_are_found_in_linear_time(self):
        for piece in ("passwd", "passwd=", "passwd='", 'passwd="', "passwd=\"'", "a-", "://", "://a:",
                      "token \t", "-----BEGIN PRIVATE KEY-----", "passwd=\"\\", "secret", " "):
            begun = time.process_time()
            bugtool.without_secrets(piece.encode() * (MiB // 4 // len(piece)))
            self.assertLess(time.process_time() - begun, 5, piece)

    def test_secrets_do_not_reach_the_archive(self):
        self.program("xenstore-ls", "echo '/vm/x/vncpasswd = \"hunter2\"   (n0)'\n")
        files, _ = self.gathered("--entries=store")
        self.assertEqual(files["store/xenstore-ls"], b"/vm/x/vncpasswd = (left out)   (n0)\n")

    def test_files(self):
        log = os.path.join(self.dir, "a.log")
        with open(log, "wb") as f:
            f.write(b"first\n" + b"x" * bugtool.MAX_ITEM + b"\nlast\n")
        r = bugtool.read_file(log)
        self.assertEqual((r.data, r.truncated), (b"last\n", True))
        os.symlink("/etc/shadow", os.path.join(self.dir, "link"))
        os.mkfifo(os.path.join(self.dir, "fifo"))
        for name in ("link", "fifo", "bin", "none"):
            r = bugtool.read_file(os.path.join(self.dir, name))
            self.assertEqual(r.data, b"")
            self.assertNotEqual(r.status, "ok")
        self.assertEqual(bugtool.files_of(self.dir, r"a\..*"), [log])
        self.assertEqual(bugtool.files_of(log, None), [log])
        self.assertEqual(bugtool.files_of(self.dir + "/none", None), [])

    def test_total(self):
        f = io.BytesIO()
        a = bugtool.Archive(f, "w|", "xen-bug-x")
        a.total = bugtool.MAX_TOTAL - 3
        a.add("logs", bugtool.Result("/a", b"abcd", "ok"))
        a.add("logs", bugtool.Result("/c/b", b"abc", "ok"))
        a.close()
        f.seek(0)
        with tarfile.open(fileobj=f) as t:
            self.assertEqual(t.getnames(), ["xen-bug-x/logs/c/b", "xen-bug-x/inventory.json"])
        self.assertEqual([i["status"] for i in a.inventory], ["no room", "ok"])

    def test_questions(self):
        self.program("xenstore-ls", "echo x\n")
        out = os.path.join(self.dir, "o.tar")
        self.run_it("--entries=store", f"--output={out}", stdin="n\n")
        self.assertEqual(self.archive(out), ({}, {}))
        os.unlink(out)
        self.run_it("--entries=store", f"--output={out}", stdin="\n")
        self.assertEqual(list(self.archive(out)[0]), ["store/xenstore-ls"])
        os.unlink(out)
        self.run_it("--entries=store", f"--output={out}", status=1)
        self.assertFalse(os.path.exists(out))

    def test_outfd(self):
        self.program("xenstore-ls", "echo x\n")
        data = self.run_it("-ys", "--entries=store", "--outfd=1")
        self.assertEqual(self.said, "")
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as t:
            self.assertEqual(len(t.getnames()), 2)

    def test_options(self):
        self.assertIn(b"consoles", self.run_it("--capabilities"))
        for bad in ("--entries=x", "--output=x.zip", "--timeout=0", "--bogus"):
            self.run_it("-y", bad, status=2)
        existing = os.path.join(self.dir, "x.tar")
        with open(existing, "w", encoding="ascii"):
            pass
        self.run_it("-y", "--entries=store", f"--output={existing}", status=1)
        self.assertEqual(os.path.getsize(existing), 0)

    def test_every_category_has_contents(self):
        for c in bugtool.CATEGORIES:
            self.assertTrue(c in bugtool.COMMANDS or c in bugtool.FILES)
        self.assertNotIn("consoles", bugtool.USUAL)


if __name__ == "__main__":
    unittest.main()
