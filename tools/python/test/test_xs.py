# SPDX-License-Identifier: MIT
"""xen.lowlevel.xs with a store of its own (see on-store)."""
import errno
import gc
import select
import sys
import threading
import time
import unittest

import xen.lowlevel.xs as module

# Those of Debian's module, 4.17.
NAMES = {
    "check_watch", "close", "fileno", "get_domain_path", "get_permissions", "introduce_domain",
    "ls", "mkdir", "read", "read_watch", "release_domain", "resume_domain", "rm",
    "set_permissions", "set_target", "transaction_end", "transaction_start", "unwatch", "watch",
    "write"}


class Xs(unittest.TestCase):
    def setUp(self):
        self.xs = module.xs()
        for name in self.xs.ls("", "/"):
            if name != "tool":
                self.xs.rm("", "/" + name)

    def fails(self, error, call, *args):
        with self.assertRaises(module.Error) as e:
            call(*args)
        self.assertEqual(e.exception.args[0], error)
        self.assertIsInstance(e.exception.args[1], str)

    def test_names(self):
        self.assertEqual({n for n in dir(module.xs) if not n.startswith("__")}, NAMES)
        self.assertEqual({n for n in dir(module) if not n.startswith("__")}, {"Error", "xs"})
        self.assertTrue(issubclass(module.Error, RuntimeError))
        self.assertEqual(str(module.xs), "<class 'xen.lowlevel.xs.xs'>")
        for name in NAMES:
            self.assertIn(name, getattr(module.xs, name).__doc__)

    def test_values(self):
        xs = self.xs
        for data, want in (("x", b"x"), (b"a\0b", b"a\0b"), ("é", "é".encode()), ("", b"")):
            self.assertIsNone(xs.write("", "/a/b", data))
            self.assertEqual(xs.read("", "/a/b"), want)
        self.assertIsNone(xs.read("", "/none"))
        self.assertEqual(xs.ls("", "/a"), ["b"])
        self.assertEqual(xs.ls("", "/a/b"), [])
        self.assertIsNone(xs.ls("", "/none"))
        for _ in range(2):
            self.assertIsNone(xs.mkdir("", "/m"))
        for _ in range(2):
            self.assertIsNone(xs.rm("", "/m"))
        for call in (xs.read, xs.ls, xs.mkdir, xs.rm):
            self.fails(errno.EINVAL, call, "", "//")
        self.fails(errno.EINVAL, xs.write, "", "//", "x")
        self.fails(errno.E2BIG, xs.write, "", "/a", "x" * 5000)

    def test_wrong_arguments(self):
        xs = self.xs
        for call, args in ((xs.write, ("/a", "x")), (xs.write, (None, "/a", "x")), (xs.read, (0, "/a")),
                           (xs.read, ("", b"/a")), (xs.read, ("", "/a\0b")), (xs.watch, ("/a",)),
                           (xs.get_domain_path, ("x",)), (xs.transaction_end, ("1", "x")),
                           (xs.fileno, (1,)), (module.xs, ("x",)), (xs.introduce_domain, (1, 2))):
            with self.assertRaises((TypeError, ValueError)):
                call(*args)

    def test_permissions(self):
        xs = self.xs
        xs.write("", "/p", "x")
        self.assertEqual(xs.get_permissions("", "/p"), [{"dom": 0, "read": 0, "write": 0}])
        xs.set_permissions("", "/p", [{"dom": 0}, {"dom": 3, "read": True},
                                      {"dom": 4, "read": 1, "write": 1}])
        self.assertEqual(xs.get_permissions("", "/p"), [
            {"dom": 0, "read": 0, "write": 0}, {"dom": 3, "read": 1, "write": 0},
            {"dom": 4, "read": 1, "write": 2}])
        for bad in ([], ({"dom": 1},), "n0", {"dom": 0}):
            self.fails(errno.EINVAL, xs.set_permissions, "", "/p", bad)
        for bad in ([{"read": 1}], [{"dom": "1"}], [1], [{"dom": 0, "x": 1}], [{"dom": 0}, None]):
            with self.assertRaises(TypeError):
                xs.set_permissions("", "/p", bad)
        self.fails(errno.ENOENT, xs.set_permissions, "", "/none", [{"dom": 0}])
        self.fails(errno.ENOENT, xs.get_permissions, "", "/none")
        self.assertEqual(len(xs.get_permissions("", "/p")), 3)

    def test_transactions(self):
        xs = self.xs
        t = xs.transaction_start()
        xs.write(t, "/t", "1")
        self.assertIsNone(xs.read("", "/t"))
        self.assertEqual(xs.read(t, "/t"), b"1")
        self.assertIs(xs.transaction_end(t), True)
        self.assertEqual(xs.read("", "/t"), b"1")
        self.fails(errno.ENOENT, xs.transaction_end, t)
        t = xs.transaction_start()
        xs.write(t, "/t", "2")
        self.assertIs(xs.transaction_end(t, abort=1), True)
        self.assertEqual(xs.read("", "/t"), b"1")
        t = xs.transaction_start()
        xs.read(t, "/t")
        xs.write("", "/t", "3")
        xs.write(t, "/t", "4")
        self.assertIs(xs.transaction_end(transaction=t), False)

    def test_watches(self):
        xs, token = self.xs, ["any", "object"]
        refs = sys.getrefcount(token)
        self.assertIsNone(xs.check_watch())
        xs.watch("/w", token)
        self.fails(errno.EEXIST, xs.watch, "/w", token)
        for path in ("/w", "/w/x"):
            if path != "/w":
                xs.write("", path, "1")
            got, it = xs.read_watch()
            self.assertEqual(got, path)
            self.assertIs(it, token)
            del it
        self.fails(errno.ENOENT, xs.unwatch, "/w", ["any", "object"])
        self.fails(errno.EINVAL, xs.watch, "//", token)
        xs.watch("/v", token)
        xs.unwatch("/w", token)
        xs.unwatch("/v", token)
        self.assertEqual(sys.getrefcount(token), refs)

    def test_an_event_of_a_watch_that_is_gone_is_none(self):
        xs = self.xs
        xs.watch("/w", "a")
        xs.watch("/x", "b")
        select.select([xs.fileno()], [], [], 10)
        xs.unwatch("/w", "a")
        self.assertEqual(xs.read_watch(), ("/x", "b"))
        self.assertIsNone(xs.check_watch())

    def test_other_threads_run_while_one_waits(self):
        xs, events = self.xs, []
        waiter = threading.Thread(target=lambda: events.append(xs.read_watch()))
        waiter.start()
        time.sleep(0.2)
        self.fails(errno.EBUSY, xs.close)
        other = module.xs()
        xs.watch("/w", "k")
        waiter.join(20)
        self.assertEqual(events, [("/w", "k")])
        other.close()

    def test_domains(self):
        xs = self.xs
        self.assertEqual(xs.get_domain_path(7), "/local/domain/7")
        self.fails(errno.EINVAL, xs.introduce_domain, 5, 1, 2)
        for call, args in ((xs.release_domain, (5,)), (xs.resume_domain, (5,)),
                           (xs.set_target, (5, 6))):
            self.fails(errno.ENOENT, call, *args)

    def test_close(self):
        xs = self.xs
        token = ["x"]
        refs = sys.getrefcount(token)
        xs.watch("/w", token)
        xs.close()
        self.assertEqual(sys.getrefcount(token), refs)
        for call, args in ((xs.close, ()), (xs.read, ("", "/")), (xs.fileno, ()), (xs.read_watch, ()),
                           (xs.watch, ("/a", 1)), (xs.transaction_start, ()), (xs.check_watch, ()),
                           (xs.set_permissions, ("", "/", [{"dom": 0}])),
                           (module.xs.__new__(module.xs).ls, ("", "/"))):
            self.fails(errno.EINVAL, call, *args)
        xs.__init__()
        self.assertIsNotNone(xs.ls("", "/"))

    def test_no_leak(self):
        # A block lost in each round is twice what may be there for other reasons.
        def work(rounds):
            for _ in range(rounds):
                xs = module.xs(readonly=1)
                xs.watch("/w", object())
                xs.write("", "/l", "x")
                xs.set_permissions("", "/l", [{"dom": 0}, {"dom": 1, "read": 1}])
                xs.get_permissions("", "/l")
                xs.transaction_end(xs.transaction_start())
                xs.read_watch()
                xs.ls("", "/")
                for bad in (lambda: xs.set_permissions("", "/l", [{"dom": 0}, 1]),
                            lambda: xs.watch("//", "x"), lambda: xs.read("", "//")):
                    try:
                        bad()
                    except (module.Error, TypeError):
                        pass
        for _ in range(3):
            work(50)
        gc.collect()
        before = sys.getallocatedblocks()
        work(100)
        gc.collect()
        self.assertLess(sys.getallocatedblocks() - before, 50)


if __name__ == "__main__":
    unittest.main()
