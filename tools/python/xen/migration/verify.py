# SPDX-License-Identifier: MIT
"""What the checkers of all layers share."""
from struct import calcsize, unpack

# Far above what a guest needs; what is longer is no length but an error.
MAX_RECORD = 128 << 20


class StreamError(Exception):
    """The stream is none, or goes on as none may."""


class RecordError(Exception):
    """One of its records is wrong."""


class VerifyBase:
    """info(text) is told what is found; read(n) gives up to n bytes, none at the end."""

    def __init__(self, info, read):
        self.info = info
        self.read = read

    def rdexact(self, n):
        """Exactly @n bytes. StreamError: there are fewer."""
        out = []
        while n:
            got = self.read(min(n, 1 << 20))
            if not got:
                raise StreamError(f"the stream ends {n} bytes too early")
            out.append(got)
            n -= len(got)
        return b"".join(out)

    def unpack_exact(self, form):
        return unpack(form, self.rdexact(calcsize(form)))


def head(body, form, what):
    """The fields at the beginning of a record, and what follows them."""
    size = calcsize(form)
    if len(body) < size:
        raise RecordError(f"{what} has {len(body)} bytes, fewer than {size}")
    return unpack(form, body[:size]), body[size:]


def whole(body, form, what):
    fields, rest = head(body, form, what)
    if rest:
        raise RecordError(f"{what} has {len(body)} bytes, more than {calcsize(form)}")
    return fields


def zero(value, what):
    if value:
        raise RecordError(f"reserved bits of {what} are set: {value:#x}")


def empty(body, what):
    if body:
        raise RecordError(f"{what} has {len(body)} bytes, should have none")


def array(body, size, what):
    """The number of elements, of which there is one at least."""
    if not body or len(body) % size:
        raise RecordError(f"{what} has {len(body)} bytes, no multiple of {size}")
    return len(body) // size


def read_record(base, order):
    """Type and contents of the next record; the bytes that fill it up are zero."""
    kind, length = base.unpack_exact(order + "II")
    if length > MAX_RECORD:
        raise StreamError(f"a record of type {kind:#x} has {length} bytes")
    body = base.rdexact(length)
    if any(base.rdexact(-length % 8)):
        raise StreamError(f"the filling of a record of type {kind:#x} is not zero")
    return kind, body
