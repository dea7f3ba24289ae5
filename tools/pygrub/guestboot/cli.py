# SPDX-License-Identifier: MIT
"""pygrub's options, and the order of things."""
import getopt
import logging
import os
import sys
import tempfile
import time

from guestboot import grub2, legacy, menu, output, syslinux
from guestboot.config import Entry, to_text
from guestboot.image import MAX_CONFIG, MAX_KERNEL, MAX_RAMDISK, MAX_SEARCH_S, Image, ReadError, \
    Refused

DEFAULT_DIRECTORY = "/var/run/xen/pygrub"

# Where the menu may be, in the order in which we look for it.
GRUB2 = ("/boot/grub/grub.cfg", "/grub/grub.cfg", "/boot/grub2/grub.cfg", "/grub2/grub.cfg")
LEGACY = ("/boot/grub/menu.lst", "/boot/grub/grub.conf", "/grub/menu.lst", "/grub/grub.conf")
SYSLINUX = ("/boot/isolinux/isolinux.cfg", "/boot/extlinux/extlinux.conf", "/boot/extlinux.conf",
            "/extlinux/extlinux.conf", "/extlinux.conf", "/boot/syslinux/syslinux.cfg",
            "/syslinux/syslinux.cfg", "/syslinux.cfg")
READERS = [(p, grub2) for p in GRUB2] + [(p, legacy) for p in LEGACY] + \
    [(p, syslinux) for p in SYSLINUX]

OPTIONS = ("quiet", "interactive", "list-entries", "not-really", "help", "output=",
           "output-format=", "output-directory=", "offset=", "runas=", "entry=", "kernel=",
           "ramdisk=", "args=", "isconfig", "debug")


class Failure(Exception):
    pass


class Options:
    def __init__(self):
        self.quiet = self.list = self.dry = self.isconfig = self.debug = False
        self.output = None
        self.format = "sxp"
        self.directory = DEFAULT_DIRECTORY
        self.offset = self.runas = self.entry = self.kernel = self.ramdisk = None
        self.args = ""
        self.image = None


def usage(program):
    print(f"Usage: {program} [-q|--quiet] [-i|--interactive] [-l|--list-entries] "
          "[-n|--not-really] [--output=] [--kernel=] [--ramdisk=] [--args=] [--entry=] "
          "[--output-directory=] [--output-format=sxp|simple|simple0] [--runas=] [--offset=] "
          "[--isconfig] [--debug] <image>", file=sys.stderr)
    return 1


def parse_options(argv):
    """None: they are wrong, or help is wanted."""
    try:
        given, rest = getopt.gnu_getopt(argv, "qilnh", OPTIONS)
    except getopt.GetoptError:
        return None
    o = Options()
    flags = {"-q": "quiet", "--quiet": "quiet", "-l": "list", "--list-entries": "list",
             "-n": "dry", "--not-really": "dry", "--isconfig": "isconfig", "--debug": "debug"}
    values = {"--output": "output", "--output-format": "format", "--output-directory": "directory",
              "--runas": "runas", "--entry": "entry", "--kernel": "kernel",
              "--ramdisk": "ramdisk", "--args": "args", "--offset": "offset"}
    for name, value in given:
        if name in ("-h", "--help"):
            return None
        if name in flags:
            setattr(o, flags[name], True)
        elif name in values:
            setattr(o, values[name], value)
        else:
            o.quiet = False  # -i
    if not rest or o.format not in output.FORMATS:
        return None
    if o.offset is not None:
        if not o.offset.isdigit():
            return None
        o.offset = int(o.offset)
    o.image = rest[0]
    return o


def reader_of(path):
    """By the name of a file outside of a disk; a name that says nothing is GRUB 2's."""
    name = os.path.basename(path)
    if name in ("menu.lst", "grub.conf"):
        return legacy
    return syslinux if "linux" in name and not name.endswith(".grub") else grub2


def find_config(image, offset):
    """Of the first filesystem with a menu: its device, the menu's path, the menu. Failure."""
    deadline = time.monotonic() + MAX_SEARCH_S
    for device in image.devices(offset):
        if not image.names(device, "/", time_left(deadline)):
            continue
        for path, reader in READERS:
            data = read_if(image, device, path, time_left(deadline))
            if data:
                logging.info("the menu is %s of %s", path, device)
                return device, path, reader.parse(to_text(data))
    raise Failure("Unable to find partition containing kernel")


def time_left(deadline):
    left = deadline - time.monotonic()
    if left <= 0:
        raise ReadError("looking for a menu takes too long")
    return left


def read_if(image, device, path, left):
    try:
        return image.read(device, path, MAX_CONFIG, left)
    except Refused as e:
        logging.debug("%s of %s: %s", path, device, e)
        return None


def select(config, o):
    """A copy of the entry to boot, with what the user has changed in it."""
    if not config.entries:
        raise Failure("the menu is empty")
    sel = config.chosen()
    entries = [e.copy() for e in config.entries]
    if o.entry is not None:
        to = config.named(o.entry)
        if to is None:
            logging.warning("there is no entry %s; the default is taken", o.entry)
        sel = sel if to is None else to
    for e in entries:
        e.args = " ".join(a for a in (e.args, o.args) if a) or None
    if not o.quiet:
        to = menu.run(entries, sel, config.timeout)
        sel = sel if to is None else to
    return entries[sel]


class Files:
    """What is written, and goes again if all does not succeed."""

    def __init__(self, image, directory):
        self.image = image
        self.directory = directory
        self.made = []

    def take(self, device, paths, kind, limit):
        """The files @paths of the guest, one after the other, as one of ours; its name."""
        fd, name = tempfile.mkstemp(prefix=f"boot_{kind}.", dir=self.directory)
        self.made.append(name)
        with open(fd, "wb") as f:
            for path in paths:
                # Each ramdisk begins at a multiple of four bytes, as loaders have it.
                f.write(bytes(-f.tell() % 4))
                try:
                    self.image.send(device, path, f.write, limit - f.tell())
                except (ReadError, OSError) as e:
                    raise Failure(f"{e}\nError opening {path} in guest") from None
        return name

    def remove(self):
        for name in self.made:
            os.unlink(name)


def near(image, device, path, config):
    """Where a file of the guest is that the menu @config names: from the top, or beside it."""
    if path.startswith("/") or config is None or "linux" not in config.rpartition("/")[2]:
        return path
    beside = os.path.normpath("/" + config.rpartition("/")[0] + "/" + path)
    return beside if image.has(device, beside) else path


def device_with(image, path, offset):
    for device in image.devices(offset):
        if image.has(device, path):
            return device
    raise Failure(f"Error opening {path} in guest")


def decide(image, o):
    """The device, the entry, and the path of the menu, or None where it was not asked."""
    if o.kernel:
        e = Entry("")
        e.kernel, e.args = o.kernel, o.args or None
        e.ramdisks = [o.ramdisk] if o.ramdisk else []
        return device_with(image, o.kernel, o.offset), e, None
    device, path, config = find_config(image, o.offset)
    e = select(config, o)
    if not e.kernel:
        raise Failure("the entry has no kernel")
    return device, e, path


def directory_of(o):
    if o.directory == DEFAULT_DIRECTORY:
        os.makedirs(o.directory, mode=0o700, exist_ok=True)
    elif not os.path.isdir(o.directory):
        raise Failure(f"{o.directory} is not an existing directory")
    return o.directory


def say(o, data):
    if o.output is None or o.output == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    with open(o.output, "wb") as f:
        f.write(data)


def check_files(image, device, paths):
    for path in paths:
        if not image.has(device, path):
            raise Failure(f"Error opening {path} in guest")


def boot(image, o):
    directory = None if o.dry else directory_of(o)
    device, e, config = decide(image, o)
    e.kernel = near(image, device, e.kernel, config)
    e.ramdisks = [near(image, device, p, config) for p in e.ramdisks]
    if o.dry:
        check_files(image, device, [e.kernel] + e.ramdisks)
        say(o, output.render(o.format, None, None, e.args))
        return
    files = Files(image, directory)
    try:
        kernel = files.take(device, [e.kernel], "kernel", MAX_KERNEL)
        ramdisk = files.take(device, e.ramdisks, "ramdisk", MAX_RAMDISK) if e.ramdisks else None
        say(o, output.render(o.format, kernel, ramdisk, e.args))
    except BaseException:
        files.remove()
        raise


def list_entries(image, o):
    try:
        say(o, output.listing(find_config(image, o.offset)[2].entries))
    except Failure:
        pass  # no menu, nothing to list


def show_config(o):
    with open(o.image, "rb") as f:
        data = f.read(MAX_CONFIG + 1)
    if len(data) > MAX_CONFIG:
        raise Failure("the file is too long")
    o.quiet = True
    say(o, output.summary(select(reader_of(o.image).parse(to_text(data)), o)))


def run(o):
    if o.isconfig:
        show_config(o)
        return
    image = Image(o.image, o.runas)
    if o.list:
        list_entries(image, o)
    else:
        boot(image, o)


def main(argv):
    o = parse_options(argv[1:])
    if not o:
        return usage(argv[0])
    logging.basicConfig(level=logging.DEBUG if o.debug else logging.WARNING,
                        format="%(levelname)s: %(message)s")
    try:
        run(o)
    except (Failure, ReadError) as e:
        print(f"pygrub: {e}", file=sys.stderr)
    except OSError as e:
        print(f"pygrub: {e.filename or ''}: {e.strerror}", file=sys.stderr)
    except (menu.Quit, KeyboardInterrupt):
        print("pygrub: left by the user", file=sys.stderr)
    else:
        return 0
    return 1
