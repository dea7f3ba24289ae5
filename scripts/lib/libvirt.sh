# SPDX-License-Identifier: MIT
# Debian's libvirt as a layer on dom0's image, and trees of tools mixed of ours and the stock ones.
libvirt_packages=(libvirt-daemon libvirt-daemon-driver-xen libvirt-clients)
# What libvirt's package asks for, but not this test.
libvirt_leave='^(libvirt-daemon-driver-qemu|libxen.*|libc6|libyajl2)$'

# libvirt and the libraries that it needs, unpacked (not installed) in $cache/libvirt.
fetch_libvirt() {
    [ -e "$cache/libvirt/.done" ] && return
    step "downloading Debian's libvirt"
    rm -rf "$cache/libvirt"
    mkdir -p "$cache/libvirt/deb"
    [ -n "$(apt-cache madison libvirt-daemon-driver-xen 2>/dev/null)" ] || apt-get update -qq
    local names
    names=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
        --no-replaces --no-enhances "${libvirt_packages[@]}" | grep -E '^lib' |
        grep -vE -e "$libvirt_leave" | grep -vE '^lib(elogind0|udev1)$' | sort -u)
    # shellcheck disable=SC2086
    (cd "$cache/libvirt/deb" &&
        apt-get download -q -o APT::Sandbox::User=root $names "${libvirt_packages[@]}" libudev1 >/dev/null)
    local deb
    for deb in "$cache"/libvirt/deb/*.deb; do dpkg -x "$deb" "$cache/libvirt/root"; done
    touch "$cache/libvirt/.done"
}

# Debian's device model for Xen, to look at.
fetch_device_model() {
    [ -e "$cache/device-model/.done" ] && return
    step "downloading Debian's device model"
    rm -rf "$cache/device-model"
    mkdir -p "$cache/device-model/deb"
    (cd "$cache/device-model/deb" &&
        apt-get download -q -o APT::Sandbox::User=root qemu-system-xen >/dev/null)
    dpkg -x "$cache"/device-model/deb/*.deb "$cache/device-model/root"
    touch "$cache/device-model/.done"
}

# libvirt_image DOM0 OUT: what libvirt needs beside the image made in DOM0, a folder.
libvirt_image() {
    local s=$image_out/libvirt.root from=$cache/libvirt/root lib=usr/lib/$image_triplet again=1 so f
    rm -rf "$s"
    mkdir -p "$s/usr/sbin" "$s/usr/bin" "$s/usr/lib/libvirt" "$s/$lib/libvirt/connection-driver" "$s/etc/libvirt"
    cp "$from"/usr/sbin/{libvirtd,virtlogd} "$s/usr/sbin/"
    cp "$from/usr/bin/virsh" "$s/usr/bin/"
    put_program "$s" script # a terminal for "virsh console"
    cp "$from/usr/lib/libvirt/libvirt_iohelper" "$s/usr/lib/libvirt/"
    cp "$from/$lib/libvirt/connection-driver/libvirt_driver_libxl.so" "$s/$lib/libvirt/connection-driver/"
    mkdir -p "$s/usr/share"
    cp -r "$from/usr/share/libvirt" "$s/usr/share/"
    while [ -n "$again" ]; do
        again=
        for so in $(find "$s" -type f \( -perm /111 -o -name '*.so*' \) -exec readelf -d {} + 2>/dev/null |
            sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u); do
            case $so in ld-linux*) continue ;; esac
            [ ! -e "$s/$lib/$so" ] && [ ! -e "$1/$lib/$so" ] || continue
            for f in "$from/$lib/$so" "$from/lib/$image_triplet/$so"; do
                [ ! -e "$f" ] || { cp -L "$f" "$s/$lib/"; break; }
            done
            # The C library is the image's.
            [ -e "$s/$lib/$so" ] || put_lib "$s" "$so" || die "no $so for libvirt"
            again=1
        done
    done
    pack "$s" "$2"
}

# tools_tree KIND OUT: a tree of tools as dom0_image takes one.
#   ours, stock     all of it
#   stock-xl        ours with the stock xl
#   our-xl          the stock one with our xl
tools_tree() {
    rm -rf "$2"
    case $1 in
    ours | stock-xl) cp -a "$build/dest" "$2" ;;
    stock | our-xl) stock_tree "$2" ;;
    *) die "no tools $1" ;;
    esac
    case $1 in
    stock-xl) cp "$cache/stock/root/usr/lib/xen-4.17/bin/xl" "$2/usr/sbin/xl" ;;
    our-xl) rm "$2/usr/sbin/xl" && cp "$build/dest/usr/sbin/xl" "$2/usr/sbin/xl" ;;
    esac
}
