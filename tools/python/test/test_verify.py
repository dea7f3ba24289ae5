# SPDX-License-Identifier: MIT
"""verify-stream-v2 over good streams, cut ones, wrong ones and damaged ones."""
import os
import random
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import streams as s  # noqa: E402
from xen.migration.libxc import VerifyLibxc  # noqa: E402
from xen.migration.libxl import VerifyLibxl  # noqa: E402
from xen.migration.verify import RecordError, StreamError, VerifyBase  # noqa: E402
from xen.migration.xl import verify_head  # noqa: E402

PROGRAM = os.environ.get("VERIFY", os.path.join(os.path.dirname(HERE), "verify-stream-v2"))


def reader(data):
    at = 0

    def read(n):
        nonlocal at
        got = data[at:at + n]
        at += len(got)
        return got
    return read


def verify(kind, data):
    said, read = [], reader(data)
    if kind == "xl":
        verify_head(VerifyBase(said.append, read))
    (VerifyLibxc if kind == "libxc" else VerifyLibxl)(said.append, read).verify()
    return said, read(1)


GOOD = (("libxc", s.PV), ("libxc", s.HVM), ("libxl", s.LIBXL), ("libxl", s.CHECKPOINTED),
        ("xl", s.xl()), ("xl", s.xl(config=b"anything", mandatory=2)),
        ("libxc", (s.header(2), s.domain(2), s.pages((0, 0)), s.END)),
        ("libxc", s.HVM[:-1] + (s.record(14), s.pages((0, 0)), s.record(14), s.END)))


def start(kind=2):
    return s.header() + s.domain(kind) + s.STATIC_END


WRONG = (
    # headers
    s.header(4), s.header(1), s.header(3, 2), s.header(3, 1) + s.domain(), bytes(24),
    s.header()[:-1] + b"\1", s.header() + s.domain(3), s.header() + s.domain(1, 13),
    s.header() + s.domain(1, 12, 1),
    # records
    s.header() + s.domain(2) + s.pages((0, 0)), start() + s.STATIC_END, start() + s.record(0x33),
    s.header(2) + s.domain(2) + s.STATIC_END, start() + s.record(0, bytes(8)),
    start() + s.record(9, b"x")[:-1] + b"y", start() + s.record(13, b"x"),
    start() + s.record(14, b"x"), start() + s.record(15, bytes(8)), start() + s.record(0x10, b"x"),
    start() + b"\1\0\0\0\xff\xff\xff\xff", start() + s.record(0x11, bytes(25)),
    start() + s.record(0x11), start() + s.record(0x12, bytes(8)),
    # pages
    start() + s.pages(), start() + s.pages((1 << 52, 0)), start() + s.pages((0, 5)),
    start() + s.pages((0, 8)), start() + s.pages((0, 7)), start() + s.pages((0, 0), zero=1),
    start() + s.record(1, bytes(7)), start() + s.record(1, b"\2" + bytes(15)),
    start() + s.record(1, b"\1" + bytes(15 + 4095)), start() + s.record(1, b"\1" + bytes(15 + 4097)),
    start() + s.record(1, b"\xff\xff\xff\xff" + bytes(12)),
    # of the other kind of domain
    start() + s.PV_INFO, start() + s.P2M_FRAMES, start() + s.record(7, bytes(4096)),
    start() + s.vcpu(4, b""), start(1) + s.hvm_params(), start(1) + s.record(9, b"x"),
    # their fields
    start(1) + s.record(2, b"\x08\3" + bytes(6)), start(1) + s.record(2, b"\x08\4\1" + bytes(5)),
    start(1) + s.record(2, bytes(7)), start(1) + s.record(3, bytes(8)),
    start(1) + s.record(3, b"\1" + bytes(15)), start(1) + s.record(3, bytes(17)),
    start(1) + s.record(7, bytes(4095)), start(1) + s.vcpu(4, b"", zero=1),
    start(1) + s.record(4, bytes(7)), start(1) + s.vcpu(12, bytes(17)), start() + s.record(9),
    start() + s.tsc(zero=1), start() + s.record(8, bytes(20)), start() + s.record(8, bytes(28)),
    start() + s.hvm_params((1, 2), zero=1), start() + s.record(10, b"\1" + bytes(7)),
    start() + s.record(10, bytes(24)),
)

LIBXL_START = s.libxl_header() + s.record(1) + b"".join(s.HVM)
LIBXL_WRONG = (
    s.libxl_header(name=b"LibxlFmu"), s.libxl_header(1), s.libxl_header(2, 4),
    s.libxl_header() + s.END, LIBXL_START + LIBXL_START[16:], LIBXL_START + s.record(6),
    LIBXL_START + s.record(0, b"x"), s.libxl_header() + s.record(1, b"x"),
    LIBXL_START + s.record(3, bytes(7)), LIBXL_START + s.emulator(3, b"", 3),
    LIBXL_START + s.emulator(2, b"a\0b"), LIBXL_START + s.emulator(2, b"a\0"),
    LIBXL_START + s.record(5), LIBXL_START + s.record(4, b"x"),
    s.libxl_header() + s.record(1) + b"".join(s.HVM[:-1]) + s.record(14) + s.END,
)
XL_WRONG = (s.xl(mandatory=1), s.xl(mandatory=7), s.xl(order=0x04030201), (b"x" * 32,),
            (s.xl()[0], s.xl()[1], s.xl()[2][:-1] + b"x"), (s.xl()[0], s.xl()[1], b"\0" * 20),
            (s.xl()[0], s.xl()[1][:12] + b"\xff" * 4))


class Streams(unittest.TestCase):
    def test_good(self):
        for kind, parts in GOOD:
            self.assertEqual(verify(kind, b"".join(parts))[1], b"")

    def test_what_is_told(self):
        said, _ = verify("libxc", b"".join(s.PV))
        self.assertEqual(said[:4], [
            "Libxc Image Header: Version 3, little endian", "Domain Header: x86 PV from Xen 4.17",
            "Libxc Record: x86 PV info, length 8", "  64bit guest, 4 levels of pagetables"])
        self.assertIn("  Start pfn 0x0, End 0x3ff", said)
        self.assertEqual([x for x in said if "Page" in x],
                         ["Squashed 2 Page Data records together"])
        self.assertEqual(said[-3:], ["Libxc Record: x86 PV vcpu msrs, length 40",
                                     "  vcpu0 msrs context, 32 bytes", "Libxc Record: End, length 0"])

    def test_each_end_too_early(self):
        for kind, parts in GOOD:
            whole = b"".join(parts)
            ends = {len(whole) - 1}
            at = 0
            for p in parts:
                ends |= {at, at + 1, at + 7, at + 8, at + len(p) - 1}
                at += len(p)
            for end in ends:
                if end < len(whole):
                    with self.assertRaises(StreamError, msg=(kind, end)):
                        verify(kind, whole[:end])

    def refuse(self, kind, start_of_it):
        """With what could follow, so that it is not refused for its end."""
        rest = s.END * 4 + bytes(1 << 15)
        with self.assertRaises((StreamError, RecordError), msg=start_of_it[:120]) as e:
            verify(kind, start_of_it + rest)
        self.assertNotIn("too early", str(e.exception))

    def test_wrong(self):
        for data in WRONG:
            self.refuse("libxc", data)
        for data in LIBXL_WRONG:
            self.refuse("libxl", data)
        for parts in XL_WRONG:
            self.refuse("xl", b"".join(parts))

    def test_damaged(self):
        """Any damage is found, or is where the contents are anybody's; nothing else is raised."""
        rng = random.Random(17)
        for kind, parts in GOOD:
            whole = b"".join(parts)
            for _ in range(300):
                data = bytearray(whole)
                for _ in range(rng.randint(1, 4)):
                    at = rng.randrange(min(len(data), rng.choice((100, len(data)))))
                    data[at] = rng.choice((0, 1, 255, rng.randrange(256)))
                try:
                    verify(kind, bytes(data))
                except (StreamError, RecordError):
                    pass

    def test_a_length_that_is_too_large_takes_no_memory(self):
        asked = []

        def read(n):
            asked.append(n)
            return (start() + b"\1\0\0\0\xff\xff\xff\xff")[sum(asked) - n:sum(asked)]
        with self.assertRaises(StreamError):
            VerifyLibxc(lambda text: None, read).verify()
        self.assertLess(max(asked), 100)


class Program(unittest.TestCase):
    def run_it(self, *args, data=b"", status=0):
        p = subprocess.run([PROGRAM, *args], input=data, capture_output=True, timeout=60)
        self.assertEqual(p.returncode, status, p.stderr)
        return p.stdout.decode(), p.stderr.decode()

    def test_status_and_output(self):
        good = b"".join(s.PV)
        self.assertEqual(self.run_it(data=good), ("", ""))
        out, _ = self.run_it("-v", data=good)
        self.assertEqual(out.split("\n"), verify("libxc", good)[0] + [""])
        self.assertEqual(self.run_it("-v", "-q", data=good), ("", ""))
        self.assertEqual(self.run_it("-q", data=good[:-1], status=1), ("", ""))
        self.assertIn("Stream Error: ", self.run_it(data=good[:-1], status=1)[1])
        self.run_it("-f", "libxl", data=good, status=1)
        self.run_it("-f", "libxl", data=b"".join(s.LIBXL))
        self.run_it("--format=xl", data=b"".join(s.xl()))
        self.run_it("-f", "foo", data=good, status=2)

    def test_input(self):
        with tempfile.NamedTemporaryFile() as f:
            f.write(b"".join(s.HVM))
            f.flush()
            self.run_it("-i", f.name)
            self.run_it(f"--in={f.name}")
        self.run_it("-i", "0", data=b"".join(s.HVM))
        self.assertIn("No such file", self.run_it("-i", "/nonexistent/x", status=1)[1])


if __name__ == "__main__":
    unittest.main()
