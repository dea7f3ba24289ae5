# SPDX-License-Identifier: MIT
"""What xl writes before libxl's stream: the configuration."""
from struct import unpack

from xen.migration.verify import StreamError

MAGIC = b"Xen saved domain, xl format\n \0 \r"
HEADER_FORMAT = "<IIII"
ORDER = 0x01020304
MANDATORY_FLAG_JSON = 1
MANDATORY_FLAG_STREAMV2 = 2
MAX_CONFIG = 16 << 20


def verify_head(base):
    """StreamError: this is no head of xl, or not of a stream of version 2."""
    if base.rdexact(len(MAGIC)) != MAGIC:
        raise StreamError("this is no file of xl save")
    order, mandatory, _, length = base.unpack_exact(HEADER_FORMAT)
    if order != ORDER:
        raise StreamError("it is of another order of bytes")
    if mandatory & ~(MANDATORY_FLAG_JSON | MANDATORY_FLAG_STREAMV2):
        raise StreamError(f"there are flags of xl that are not known: {mandatory:#x}")
    if not mandatory & MANDATORY_FLAG_STREAMV2:
        raise StreamError("the stream is older than version 2")
    if length > MAX_CONFIG:
        raise StreamError(f"the configuration has {length} bytes")
    data = base.rdexact(length)
    if mandatory & MANDATORY_FLAG_JSON and \
            (length < 5 or unpack("<I", data[:4])[0] != length - 4 or data[-1]):
        raise StreamError("the configuration's length is not its length")
    base.info("Processed xl header")
