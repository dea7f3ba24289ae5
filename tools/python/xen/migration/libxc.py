# SPDX-License-Identifier: MIT
"""libxc's stream: the memory and the vCPUs of a domain."""
from struct import iter_unpack

from xen.migration.verify import RecordError, StreamError, VerifyBase, array, empty, head, \
    read_record, whole, zero

PAGE = 4096
MARKER = (1 << 64) - 1
IDENT = 0x58454E46  # "XENF"
VERSIONS = (2, 3)
BIG_ENDIAN = 1
PV, HVM = 1, 2
DOMAINS = {PV: "x86 PV", HVM: "x86 HVM"}

END, PAGE_DATA, CHECKPOINT = 0x00, 0x01, 0x0E
OPTIONAL = 1 << 31
TYPES = {
    END: "End", PAGE_DATA: "Page data", 0x02: "x86 PV info", 0x03: "x86 PV P2M frames",
    0x04: "x86 PV vcpu basic", 0x05: "x86 PV vcpu extended", 0x06: "x86 PV vcpu xsave",
    0x07: "Shared info", 0x08: "TSC info", 0x09: "HVM context", 0x0A: "HVM params",
    0x0B: "Toolstack", 0x0C: "x86 PV vcpu msrs", 0x0D: "Verify", CHECKPOINT: "Checkpoint",
    0x0F: "Checkpoint dirty pfn list", 0x10: "Static data end", 0x11: "x86 CPUID policy",
    0x12: "x86 MSR policy",
}
# Those of one kind of domain.
PV_ONLY = (0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0C)
HVM_ONLY = (0x09, 0x0A)
# Types of pages that have no contents, and those which a page table may not have.
BROKEN, NO_CONTENTS, NONE = 0xD, 0xE, 0xF
PFN_MASK = (1 << 52) - 1


def type_text(kind):
    return TYPES.get(kind, f"of type {kind:#x}")


class VerifyLibxc(VerifyBase):
    """checkpoint() is called after each checkpoint, for what the layer above has there."""

    def __init__(self, info, read, checkpoint=None):
        VerifyBase.__init__(self, info, read)
        self.checkpoint = checkpoint
        self.pages = 0  # records of pages that were not told of yet
        self.version = 0
        self.kind = None
        self.static = True  # STATIC_DATA_END has not come yet
        self.order = "<"

    def verify(self):
        """StreamError, RecordError."""
        self.verify_ihdr()
        self.verify_dhdr()
        while self.verify_record() != END:
            pass

    def verify_ihdr(self):
        marker, ident, version, options, zero16, zero32 = self.unpack_exact(">QIIHHI")
        if marker != MARKER or ident != IDENT:
            raise StreamError("this is no stream of libxc")
        if version not in VERSIONS:
            raise StreamError(f"version {version} is none that is known")
        if options & ~BIG_ENDIAN or zero16 or zero32:
            raise StreamError("reserved bits of the header are set")
        self.version = version
        self.order = ">" if options & BIG_ENDIAN else "<"
        self.info("Libxc Image Header: Version %d, %s endian"
                  % (version, "big" if options & BIG_ENDIAN else "little"))

    def verify_dhdr(self):
        kind, shift, zero16, major, minor = self.unpack_exact(self.order + "IHHII")
        if kind not in DOMAINS:
            raise StreamError(f"a domain of type {kind:#x} is none that is known")
        if shift != 12 or zero16:
            raise StreamError(f"pages have {shift} bits, or reserved bits are set")
        self.kind = kind
        self.info(f"Domain Header: {DOMAINS[kind]} from Xen {major}.{minor}")

    def flush_pages(self):
        if self.pages:
            self.info(f"Squashed {self.pages} Page Data records together")
        self.pages = 0

    def verify_record(self):
        """The type of the record that was read."""
        kind, body = read_record(self, self.order)
        if kind not in TYPES and not kind & OPTIONAL:
            raise StreamError(f"a record of type {kind:#x} is none that is known")
        if kind != PAGE_DATA:
            self.flush_pages()
            self.info(f"Libxc Record: {type_text(kind)}, length {len(body)}")
        if kind in (PV_ONLY if self.kind == HVM else HVM_ONLY):
            raise RecordError(f"a domain that is {DOMAINS[self.kind]} has a record "
                              f"{type_text(kind)}")
        check = CHECKS.get(kind)
        if check:
            check(self, body)
        if kind == CHECKPOINT and self.checkpoint:
            self.checkpoint()
        return kind

    def page_data(self, body):
        if self.version >= 3 and self.static:
            raise RecordError("pages come before the end of the static data")
        (count, reserved), rest = head(body, self.order + "II", "page data")
        zero(reserved, "page data")
        if not count or len(rest) < 8 * count:
            raise RecordError(f"page data of {len(body)} bytes has {count} pages")
        contents = 0
        for i, (word,) in enumerate(iter_unpack(self.order + "Q", rest[:8 * count])):
            zero(word & (0xFF << 52), f"page {i}")
            kind = word >> 60
            if kind < BROKEN:
                contents += 1
                if kind & 7 > 4 or kind == 8:
                    raise RecordError(f"page {i} has the type {kind:#x}")
        if len(rest) != 8 * count + PAGE * contents:
            raise RecordError(f"page data of {len(body)} bytes has {contents} pages with contents")
        self.pages += 1

    def pv_info(self, body):
        width, levels, zero16, zero32 = whole(body, self.order + "BBHI", "PV info")
        zero(zero16 | zero32, "PV info")
        if (width, levels) not in ((4, 3), (8, 4)):
            raise RecordError(f"a guest of {8 * width} bits has {levels} levels of page tables")
        self.info(f"  {8 * width}bit guest, {levels} levels of pagetables")

    def p2m_frames(self, body):
        (first, last), rest = head(body, self.order + "II", "P2M frames")
        if first > last or len(rest) % 8 or not rest:
            raise RecordError(f"P2M frames of {first:#x} to {last:#x} have {len(rest)} bytes")
        self.info(f"  Start pfn {first:#x}, End {last:#x}")

    def vcpu(self, body, what, size=1):
        (number, reserved), rest = head(body, self.order + "II", f"vCPU {what}")
        zero(reserved, f"vCPU {what}")
        if len(rest) % size:
            raise RecordError(f"vCPU {what} has {len(rest)} bytes, no multiple of {size}")
        self.info(f"  vcpu{number} {what} context, {len(rest)} bytes")

    def shared_info(self, body):
        if len(body) != PAGE:
            raise RecordError(f"the shared page has {len(body)} bytes")

    def tsc_info(self, body):
        mode, khz, ns, incarnation, reserved = whole(body, self.order + "IIQII", "TSC info")
        zero(reserved, "TSC info")
        self.info(f"  Mode {mode}, {khz} kHz, {ns} ns, incarnation {incarnation}")

    def hvm_context(self, body):
        if not body:
            raise RecordError("the context of an HVM guest is empty")

    def hvm_params(self, body):
        (count, reserved), rest = head(body, self.order + "II", "HVM parameters")
        zero(reserved, "HVM parameters")
        if len(rest) != 16 * count:
            raise RecordError(f"{count} HVM parameters have {len(rest)} bytes")

    def dirty_pfns(self, body):
        del body
        raise RecordError("a list of dirty pages goes the other way")

    def static_end(self, body):
        empty(body, "the end of the static data")
        if self.version < 3 or not self.static:
            raise RecordError("an end of the static data where none can be")
        self.static = False


# Of the others the contents are somebody else's.
CHECKS = {
    END: lambda v, body: empty(body, "the end"),
    PAGE_DATA: VerifyLibxc.page_data,
    0x02: VerifyLibxc.pv_info,
    0x03: VerifyLibxc.p2m_frames,
    0x04: lambda v, body: v.vcpu(body, "basic"),
    0x05: lambda v, body: v.vcpu(body, "extended"),
    0x06: lambda v, body: v.vcpu(body, "xsave"),
    0x07: VerifyLibxc.shared_info,
    0x08: VerifyLibxc.tsc_info,
    0x09: VerifyLibxc.hvm_context,
    0x0A: VerifyLibxc.hvm_params,
    0x0C: lambda v, body: v.vcpu(body, "msrs", 16),
    0x0D: lambda v, body: empty(body, "verify"),
    CHECKPOINT: lambda v, body: empty(body, "a checkpoint"),
    0x0F: VerifyLibxc.dirty_pfns,
    0x10: VerifyLibxc.static_end,
    0x11: lambda v, body: array(body, 24, "the CPUID policy"),
    0x12: lambda v, body: array(body, 16, "the MSR policy"),
}
