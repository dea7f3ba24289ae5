# SPDX-License-Identifier: MIT
import os


def open_file_or_fd(value, mode, buffering=-1):
    """A file that is open already, by its number, or one by its name. OSError, as of open()."""
    if str(value).isdigit():
        return os.fdopen(int(value), mode, buffering)
    return open(value, mode, buffering)
