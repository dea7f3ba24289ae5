# SPDX-License-Identifier: MIT
"""libxl's stream: libxc's, and what belongs to the device model."""
from xen.migration.libxc import VerifyLibxc
from xen.migration.verify import RecordError, StreamError, VerifyBase, empty, head, read_record

IDENT = b"LibxlFmt"
VERSION = 2
BIG_ENDIAN, LEGACY = 1, 2

END, LIBXC_CONTEXT, XENSTORE_DATA, EMULATOR, CHECKPOINT_END, CHECKPOINT_STATE = range(6)
TYPES = ("End", "Libxc context", "Emulator xenstore data", "Emulator context", "Checkpoint end",
         "Checkpoint state")
EMULATORS = ("Unknown", "Qemu Traditional", "Qemu Upstream")


class VerifyLibxl(VerifyBase):
    def __init__(self, info, read):
        VerifyBase.__init__(self, info, read)
        self.order = "<"
        self.contexts = 0

    def verify(self):
        """StreamError, RecordError."""
        self.verify_hdr()
        while self.verify_record() != END:
            pass
        if not self.contexts:
            raise StreamError("there is no stream of libxc in it")

    def verify_hdr(self):
        ident, version, options = self.unpack_exact(">8sII")
        if ident != IDENT:
            raise StreamError("this is no stream of libxl")
        if version != VERSION:
            raise StreamError(f"version {version} is none that is known")
        if options & ~(BIG_ENDIAN | LEGACY):
            raise StreamError("reserved bits of the header are set")
        self.order = ">" if options & BIG_ENDIAN else "<"
        self.info("Libxl Header: %s endian%s" % ("big" if options & BIG_ENDIAN else "little",
                                                 ", legacy converted" if options & LEGACY else ""))

    def verify_record(self):
        kind, body = read_record(self, self.order)
        if kind >= len(TYPES):
            raise StreamError(f"a record of type {kind:#x} is none that is known")
        self.info(f"Libxl Record: {TYPES[kind]}, length {len(body)}")
        if kind in (END, LIBXC_CONTEXT, CHECKPOINT_END):
            empty(body, TYPES[kind])
        if kind == LIBXC_CONTEXT:
            self.libxc()
        elif kind in (XENSTORE_DATA, EMULATOR):
            self.emulator(kind, body)
        elif kind == CHECKPOINT_STATE:
            head(body, self.order + "I", TYPES[kind])
        return kind

    def libxc(self):
        self.contexts += 1
        if self.contexts > 1:
            raise StreamError("there are two streams of libxc in it")
        VerifyLibxc(self.info, self.read, self.checkpoint).verify()

    def checkpoint(self):
        """libxl's records after one of libxc's, before libxc's go on."""
        kind = None
        while kind != CHECKPOINT_END:
            kind = self.verify_record()
            if kind in (END, LIBXC_CONTEXT):
                raise StreamError("a checkpoint has no end")

    def emulator(self, kind, body):
        (which, index), rest = head(body, self.order + "II", TYPES[kind])
        if which >= len(EMULATORS):
            raise RecordError(f"a device model of type {which:#x} is none that is known")
        if kind == EMULATOR:
            self.info(f"  Index {index}, type {EMULATORS[which]}")
            return
        self.info(f"Emulator Xenstore Data ({EMULATORS[which]}, idx {index})")
        strings = rest.split(b"\0")
        if strings.pop() or len(strings) % 2:
            raise RecordError("the emulator's strings are no pairs that end with zeros")
        for i in range(0, len(strings), 2):
            self.info(f"  {strings[i].decode('ascii', 'backslashreplace')} = "
                      f"{strings[i + 1].decode('ascii', 'backslashreplace')}")
