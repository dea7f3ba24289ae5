# SPDX-License-Identifier: MIT
"""Files of a guest's disk.

grub-fstest of GRUB reads them, which knows all filesystems from which guests boot. It runs in
bubblewrap: with no capability, no network, no process but itself, and no file but programs,
libraries and the disk, in time, memory and output that are bounded. What it reads comes through a
pipe; this process looks at tables of partitions only.
"""
import os
import pwd
import resource
import selectors
import shutil
import signal
import stat
import subprocess
import time

from guestboot import partitions

MiB = 1 << 20
MAX_CONFIG = MiB
MAX_KERNEL = 256 * MiB
MAX_RAMDISK = 1024 * MiB
MAX_SEARCH_S = 60  # until the file with the menu is found
MAX_READ_S = 120  # for one file
MAX_CPU_S = 60
MAX_MEMORY = 1024 * MiB
DISK = "/disk"  # its name within
TOOL = "grub-fstest"


class ReadError(Exception):
    pass


class Refused(ReadError):
    """The reader ended, and says why: there is no such file, it is damaged."""


def user_id(name):
    """Of a user's name or number. ReadError: there is none."""
    if name.isdigit():
        return int(name)
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise ReadError(f"there is no user {name}") from None


def confine():
    """Runs in the child."""
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def cage(path):
    """The command that runs another with the file @path as its disk."""
    out = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
           "--clearenv", "--setenv", "PATH", "/usr/bin:/bin:/usr/sbin", "--ro-bind", "/usr", "/usr"]
    for top in ("/bin", "/lib", "/lib64", "/sbin"):
        if os.path.islink(top):
            out += ["--symlink", os.readlink(top), top]
        elif os.path.isdir(top):
            out += ["--ro-bind", top, top]
    # A bind of a file that is no device is read only; a device must stay one.
    bind = "--dev-bind" if stat.S_ISBLK(os.stat(path).st_mode) else "--ro-bind"
    return out + [bind, path, DISK, "--remount-ro", "/"]


class Image:
    def __init__(self, path, runas=None):
        """ReadError: there is no such file, or what it takes to read it is not installed."""
        try:
            with open(path, "rb") as f:
                self.parts = partitions.read(f)
                owner = os.fstat(f.fileno())
        except OSError as e:
            raise ReadError(f"cannot read {path}: {e.strerror}") from None
        for program in ("bwrap", TOOL):
            if not shutil.which(program):
                raise ReadError(f"{program} is not installed")
        self.command = cage(os.path.realpath(path)) + [TOOL, DISK]
        self.ids = {}
        if os.geteuid() == 0:
            # Without capabilities root, too, reads what is its own only.
            uid = owner.st_uid if runas is None else user_id(runas)
            if uid:
                self.ids = {"user": uid, "group": owner.st_gid, "extra_groups": []}
        elif runas is not None and user_id(runas) != os.geteuid():
            raise ReadError("only root can run as another user")

    def devices(self, offset=None):
        """Names of devices that may have a filesystem: the disk as a whole, its partitions.

        @offset: bytes; of the one that begins there. ReadError: none does.
        """
        found = [partitions.Partition("", 0)] + self.parts
        if offset is not None:
            found = [p for p in found if p.offset == offset]
            if not found:
                raise ReadError(f"no partition begins at byte {offset}")
        return ["loop0" + ("," + p.name if p.name else "") for p in found]

    def copy(self, args, take, limit, seconds):
        """Runs the tool; take(bytes) gets what it prints. ReadError, also if that is too long."""
        try:
            child = subprocess.Popen(self.command + args, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                     cwd="/", preexec_fn=confine, **self.ids)
        except (OSError, subprocess.SubprocessError) as e:
            raise ReadError(f"cannot run bwrap: {e}") from None
        try:
            said = pump(child, take, limit, time.monotonic() + seconds)
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
            child.stderr.close()
        if said:
            text = said.decode("ascii", "replace").strip()
            text = "".join(c if c.isprintable() else "?" for c in text)
            # That of the cage is no fault of the disk's.
            raise ReadError(text) if text.startswith("bwrap:") else Refused(text)

    def send(self, device, path, take, limit):
        """take(bytes) gets the file, @limit bytes of it at most. ReadError."""
        self.copy(["cat", name_of(device, path)], take, limit, MAX_READ_S)

    def has(self, device, path):
        """Whether there is such a file."""
        try:
            self.copy(["-n", "1", "cat", name_of(device, path)], lambda data: None, 1, MAX_READ_S)
        except Refused:
            return False
        return True

    def read(self, device, path, limit=MAX_CONFIG, seconds=MAX_READ_S):
        out = []
        self.copy(["cat", name_of(device, path)], out.append, limit, seconds)
        return b"".join(out)

    def names(self, device, path, seconds=MAX_READ_S):
        """What is in a folder; none if it is not there, or there is no filesystem."""
        out = []
        try:
            self.copy(["ls", name_of(device, path)], out.append, MAX_CONFIG, seconds)
        except Refused:
            return []
        return b"".join(out).split()


def name_of(device, path):
    """GRUB's name of a file; a path that is not absolute begins at the top, too."""
    return f"({device})/" + path.lstrip("/")


def pump(child, take, limit, deadline):
    """Both outputs of the @child until they end. Returns what it said on the second."""
    said, total = b"", 0
    with selectors.DefaultSelector() as sel:
        for f in (child.stdout, child.stderr):
            sel.register(f, selectors.EVENT_READ)
        while sel.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise ReadError("reading the disk takes too long")
            for key, _ in sel.select(left):
                data = os.read(key.fd, MiB)
                if not data:
                    sel.unregister(key.fileobj)
                elif key.fileobj is child.stderr:
                    said = (said + data)[:4096]
                else:
                    total += len(data)
                    if total > limit:
                        raise ReadError(f"a file has more than {limit} bytes")
                    take(data)
    return said or status_text(child, deadline)


def status_text(child, deadline):
    """Why it ended in silence, if that was no success."""
    try:
        status = child.wait(max(deadline - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        raise ReadError("reading the disk takes too long") from None
    if status < 0:
        return f"the reader ended by {signal.Signals(-status).name}".encode()
    return f"the reader ended with status {status}".encode() if status else b""
