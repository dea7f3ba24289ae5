# SPDX-License-Identifier: MIT
# Sourced by the scripts of this folder.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$top/build
PATH=$PATH:/usr/sbin:/sbin
cache=${XEN_TEST_CACHE:-$build/cache}

step() { printf '\n== %s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# need PACKAGE...: install the Debian packages that are missing.
need() {
    local p missing=()
    for p; do
        dpkg-query -W -f='${Status}\n' "$p" 2>/dev/null | grep -q '^install ok installed' ||
            missing+=("$p")
    done
    [ ${#missing[@]} = 0 ] && return
    step "installing ${missing[*]}"
    local sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    # An index that was never loaded, or is too old, knows none or the wrong version.
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "${missing[@]}" >/dev/null 2>&1 || {
        $sudo apt-get update -qq
        DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "${missing[@]}" >/dev/null
    }
}

# What building and running take.
build_packages=(gcc make binutils python3 python3-dev autoconf automake flex bison acpica-tools pkg-config
    libc6-dev uuid-dev libjson-c-dev zlib1g-dev liblzma-dev libzstd-dev liblz4-dev)
run_packages=(qemu-system-x86 cpio busybox-static iproute2 kmod util-linux xz-utils bridge-utils)
grub_packages=(grub-pc-bin grub-common xorriso mtools)
check_packages=(clang clang-14 libclang-rt-14-dev clang-format-14 libcmocka-dev libxen-dev dwarves xz-utils
    zstd lz4 gzip llvm-14 valgrind device-tree-compiler libfdt-dev groff-base bubblewrap e2fsprogs)
arm64_build_packages=(gcc-aarch64-linux-gnu qemu-system-arm)
