# SPDX-License-Identifier: MIT
"""xen.lowlevel.xc over a libxenctrl that writes down what it is told (fake_xc.c, preloaded)."""
import ctypes
import errno
import gc
import sys
import unittest

import xen.lowlevel.xc as module

# Those of Debian's module, 4.17.
NAMES = set("""
    assign_device buildid cpupool_addcpu cpupool_create cpupool_destroy cpupool_freeinfo
    cpupool_getinfo cpupool_movedomain cpupool_removecpu deassign_device dom_set_memshr
    domain_create domain_destroy domain_destroy_hook domain_dumpcore domain_getinfo
    domain_iomem_permission domain_ioport_permission domain_irq_permission domain_max_vcpus
    domain_pause domain_resume domain_send_trigger domain_set_memmap_limit domain_set_target_mem
    domain_set_time_offset domain_set_tsc_info domain_sethandle domain_setmaxmem domain_shutdown
    domain_unpause evtchn_alloc_unbound evtchn_reset flask_access flask_context_to_sid
    flask_getenforce flask_load flask_setenforce flask_sid_to_context get_device_group getcpuinfo
    gnttab_hvm_seed hvm_get_param hvm_set_param numainfo pages_to_kib physdev_map_pirq
    physdev_pci_access_modify physinfo readconsolering sched_credit2_domain_get
    sched_credit2_domain_set sched_credit_domain_get sched_credit_domain_set sched_id_get
    send_debug_keys shadow_control shadow_mem_control test_assign_device topologyinfo vcpu_getinfo
    vcpu_setaffinity xeninfo""".split())

# Method, arguments, names, what the library is told; the result is 0.
CALLS = (
    ("domain_pause", (5,), {}, "pause 5"), ("domain_unpause", (5,), {}, "unpause 5"),
    ("domain_destroy", (5,), {}, "destroy 5"), ("domain_max_vcpus", (5, 3), {}, "vcpus 5 3"),
    ("domain_resume", (5, 1), {}, "resume 5 1"), ("domain_shutdown", (5, 2), {}, "shutdown 5 2"),
    ("domain_setmaxmem", (5, 4096), {}, "maxmem 5 4096"),
    ("domain_set_memmap_limit", (5, 4096), {}, "memmap 5 4096"),
    ("domain_set_target_mem", (5, 8195), {}, "target 5 2048 0"),
    ("domain_set_time_offset", (5, -60), {}, "time 5 -60"),
    ("domain_set_tsc_info", (5, 2), {}, "tsc 5 2 0 0 0"), ("dom_set_memshr", (5, 1), {}, "memshr 5 1"),
    ("domain_dumpcore", (5, "/x"), {}, "dump 5 /x"),
    ("domain_sethandle", (5, list(range(250, 266))), {}, "handle 5 fa09"),
    ("domain_send_trigger", (5, 1), {}, "trigger 5 1 0"),
    ("domain_send_trigger", (), {"domid": 5, "trigger": 1, "vcpu": 2}, "trigger 5 1 2"),
    ("evtchn_reset", (), {"dom": 5}, "reset 5"),
    ("hvm_set_param", (5, 1), {"value": 1 << 40}, "param 5 1 10000000000"),
    ("shadow_control", (5,), {}, "shadow 5 0 -1 0"), ("shadow_control", (5,), {"op": 2}, "shadow 5 2 -1 0"),
    ("assign_device", (5, "0x0,0x3,0x1d,0x2"), {}, "assign 5 3ea 0"),
    ("assign_device", (5, "1,2,3,4,0x1,0x2,0x3,0x5"), {}, "assign 5 1021d 0"),
    ("deassign_device", (), {"domid": 5, "pci": "0,0,0,1"}, "deassign 5 1"),
    ("test_assign_device", (5, "ffff,ff,1f,7"), {}, "test 5 ffffffff"),
    ("physdev_pci_access_modify", (5, 1, 2, 3, 1), {}, "access 5 1 2 3 1"),
    ("domain_ioport_permission", (5, 0x60, 4, 1), {}, "port 5 96 4 1"),
    ("domain_iomem_permission", (5, 1 << 52, 3, 1), {}, "mem 5 10000000000000 3 1"),
    ("domain_irq_permission", (5, 7, 2), {}, "irq 5 7 1"),
    ("flask_setenforce", (1,), {}, "enforce 1"), ("flask_load", (b"\xff\0",), {}, "load 2 ff"),
    ("flask_access", ("a", "b", 1, 2), {}, "may a b 1 2 1"),
    ("sched_credit_domain_set", (5,), {}, "credit 5 0 65535"),
    ("sched_credit_domain_set", (5, 256, 10), {}, "credit 5 256 10"),
    ("sched_credit2_domain_set", (5,), {"weight": 300}, "credit2 5 300 0"),
    ("cpupool_destroy", (3,), {}, "pool 3"), ("cpupool_addcpu", (3,), {}, "add 3 -1"),
    ("cpupool_removecpu", (3, 4), {}, "remove 3 4"),
    ("cpupool_movedomain", (), {"cpupool": 3, "domid": 5}, "move 3 5"),
    ("send_debug_keys", ("hq",), {}, "keys hq"),
    ("vcpu_setaffinity", (5, 1, [0, 9, 19]), {}, "pin 5 1 010208 1"),
    ("vcpu_setaffinity", (5,), {}, "pin 5 0 000000 1"),
)


class Xc(unittest.TestCase):
    def setUp(self):
        self.xc = module.xc()

    def said(self):
        text = ctypes.c_char.in_dll(ctypes.CDLL(None), "fake_said")
        return ctypes.string_at(ctypes.addressof(text)).decode()

    def fails(self, args, call, *given, **named):
        with self.assertRaises(module.Error) as e:
            call(*given, **named)
        self.assertEqual(e.exception.args, args)

    def test_names(self):
        self.assertEqual({n for n in dir(module.xc) if not n.startswith("__")}, NAMES)
        self.assertEqual({n for n in dir(module) if not n.startswith("__")},
                         {"Error", "xc", "XEN_SCHEDULER_CREDIT", "XEN_SCHEDULER_CREDIT2"})
        self.assertEqual((module.XEN_SCHEDULER_CREDIT, module.XEN_SCHEDULER_CREDIT2), (5, 6))
        for name in NAMES:
            self.assertTrue(getattr(module.xc, name).__doc__.startswith(name + "("))

    def test_calls(self):
        for name, args, named, told in CALLS:
            self.assertEqual(getattr(self.xc, name)(*args, **named), 0, name)
            self.assertEqual(self.said(), told)

    def test_errors(self):
        for name, args, named, _ in CALLS:
            if not args or args[0] != 5 or name.endswith("assign_device"):
                continue
            args = (9,) + args[1:]
            self.fails((errno.ESRCH, "No such process"), getattr(self.xc, name), *args, **named)
        self.fails((1, "Internal error", "eight"), self.xc.domain_pause, 8)
        self.fails((errno.ESRCH, "No such process"), self.xc.domain_pause, 9)
        self.assertEqual(self.xc.assign_device(5, "0,0,0,0,0,1,1,1,0,0,0,2"), 0x109)
        self.assertEqual(self.said(), "assign 5 109 0")
        ctypes.CDLL(None).setenv(b"FAKE_NO_XEN", b"y", 1)
        try:
            self.fails((errno.ENODEV, "No such device"), module.xc)
        finally:
            ctypes.CDLL(None).unsetenv(b"FAKE_NO_XEN")

    def test_wrong_arguments(self):
        for name in NAMES - {"domain_destroy_hook"}:
            with self.assertRaises(TypeError):
                getattr(self.xc, name)(*[object()] * 12)
        self.xc.send_debug_keys("before")
        einval = (errno.EINVAL, "Invalid argument")
        for bad in ("1", "x", "0:0:1.0", "0,0,0,8", "0,0,20,0", "0,100,0,0", "10000,0,0,0",
                    "0,0,0,0,1", "0,0,0,0:", "0,0,0,0;0,0,0,0"):
            self.fails(einval, self.xc.assign_device, 5, bad)
        self.assertEqual(self.xc.assign_device(5, ""), 0)
        for bad in ([1] * 15, [1] * 17, ["1"] * 16, (1,) * 16, [1 << 70] * 16, None):
            self.fails(einval, self.xc.domain_sethandle, 5, bad)
        for bad in ([20], [-1]):
            self.fails(einval, self.xc.vcpu_setaffinity, 5, 0, bad)
        self.assertEqual(self.said(), "keys before")

    def test_create(self):
        self.assertEqual(self.xc.domain_create(), 70)
        self.assertEqual(self.said(), "create 0 0 deef 0 1 -1 -1 -1 2 0")
        self.assertEqual(self.xc.domain_create(
            domid=3, ssidref=4, handle=list(range(16)), flags=1, max_vcpus=6, max_grant_version=1), 70)
        self.assertEqual(self.said(), "create 3 4 000f 1 6 -1 -1 -1 1 3ff")
        self.xc.domain_create(target=4)
        self.assertEqual(self.said(), "target 70 4")

    def test_what_is_told(self):
        xc = self.xc
        self.assertEqual(xc.domain_getinfo(4, 1), [{
            "domid": 4, "online_vcpus": 6, "max_vcpu_id": -1, "hvm": 1, "dying": 0, "crashed": 0,
            "shutdown": 1, "paused": 0, "blocked": 0, "running": 0, "mem_kb": 20, "cpu_time": 7,
            "maxmem_kb": 1 << 40, "ssidref": 0, "shutdown_reason": 3, "cpupool": 2,
            "handle": [1, 2] + [0] * 14}])
        self.assertEqual(xc.domain_getinfo(0, 0), [])
        for bad in (-1, 1 << 20):
            self.assertRaises(MemoryError, xc.domain_getinfo, 0, bad)
        self.assertEqual(xc.vcpu_getinfo(5, vcpu=1), {
            "online": 1, "blocked": 0, "running": 0, "cpu_time": 7, "cpu": 3,
            "cpumap": [0, 7, 16, 17, 18, 19]})
        self.assertEqual(xc.numainfo(), {
            "max_node_index": 1, "node_memsize": [3, None], "node_memfree": [2, None],
            "node_to_dma32_mem": [32, 32], "node_to_node_dist": [[10, 11], [None, None]]})
        self.assertEqual(xc.readconsolering(1), b"a" * (32768 + 3))
        self.assertEqual(self.said(), "ring 1 1")
        self.assertEqual(xc.readconsolering(index=32768, incremental=1), b"aaa")
        self.assertEqual(xc.get_device_group(5, 1, 2, 3, 4), "01:00.2,00:1f.1,")
        self.assertEqual(self.said(), "group 5 1021c 1024")
        self.assertEqual(xc.shadow_mem_control(5), 33)
        self.assertEqual(self.said(), "shadow 5 30 0 0")
        self.assertEqual(xc.shadow_mem_control(5, mb=4), 33)
        self.assertEqual(self.said(), "shadow 5 31 4 0")
        self.assertEqual(xc.pages_to_kib(3), 12)
        self.assertEqual(xc.domain_destroy_hook(5), 0)
        self.assertIsNone(xc.gnttab_hvm_seed(5, 1, 2, 3, 4))
        self.assertEqual(self.said(), "seed 5 1 1 2 3 4")

    def test_no_leak(self):
        # A block lost in each round is twice what may be there for other reasons.
        def work(rounds):
            for _ in range(rounds):
                self.test_what_is_told()
                for name, args, named, _ in CALLS:
                    getattr(module.xc(), name)(*args, **named)
                for bad in ([20], ["x"]):
                    try:
                        self.xc.vcpu_setaffinity(5, 0, bad)
                    except (module.Error, TypeError):
                        pass
        for _ in range(3):
            work(100)
        gc.collect()
        before = sys.getallocatedblocks()
        work(200)
        gc.collect()
        self.assertLess(sys.getallocatedblocks() - before, 100)


if __name__ == "__main__":
    unittest.main()
