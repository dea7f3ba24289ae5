# SPDX-License-Identifier: MIT
# Initramfs images for dom0 and for guests, made from this machine's Debian packages; after
# use_arm64 (arm64.sh) from arm64's, unpacked.
image_from= image_triplet=x86_64-linux-gnu image_loader=/lib64/ld-linux-x86-64.so.2
image_kernel=$cache/kernel image_out=$build/image image_stock=$cache/stock/root

# The stock kernel's package, unpacked (not installed) in $cache/kernel.
fetch_kernel() {
    [ -e "$cache/kernel/.done" ] && return
    step "downloading Debian's kernel"
    mkdir -p "$cache/kernel/deb"
    [ -n "$(apt-cache madison linux-image-amd64 2>/dev/null)" ] || apt-get update -qq
    local name
    name=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' |
        head -n 1)
    [ -n "$name" ] || die "no kernel package found"
    (cd "$cache/kernel/deb" && apt-get download -q -o APT::Sandbox::User=root "$name" >/dev/null)
    dpkg -x "$cache"/kernel/deb/*.deb "$cache/kernel/root"
    echo "${name#linux-image-}" >"$cache/kernel/version"
    cp "$cache/kernel/root/boot/vmlinuz-${name#linux-image-}" "$cache/kernel/vmlinuz"
    depmod -b "$cache/kernel/root" "${name#linux-image-}"
    touch "$cache/kernel/.done"
}

# An empty root with merged /usr.
skeleton() {
    rm -rf "$1"
    mkdir -p "$1"/usr/{bin,sbin,lib,lib64} "$1"/{proc,sys,dev,run,tmp,root,etc,var}
    local d
    for d in bin sbin lib lib64; do ln -s "usr/$d" "$1/$d"; done
    ln -s ../run "$1/var/run"
}

pack() { (cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >"$2.tmp" && mv "$2.tmp" "$2"; }

put_busybox() {
    local a
    cp "$image_from/bin/busybox" "$1/bin/busybox"
    for a in $(/bin/busybox --list); do [ -e "$1/bin/$a" ] || ln -s busybox "$1/bin/$a"; done
}

put_lib() {
    local f
    for f in "$image_from"/{,usr/}lib/"$image_triplet/$2"; do
        [ ! -e "$f" ] || { cp -L "$f" "$1/usr/lib/$image_triplet/"; return; }
    done
    return 1
}

# put_libs DIR: the libraries which the programs in DIR need and do not bring along.
put_libs() {
    local dir=$1 lib
    mkdir -p "$dir/usr/lib/$image_triplet"
    cp -L "$image_from$image_loader" "$dir$image_loader"
    find "$dir" -type f \( -perm /111 -o -name '*.so*' \) -exec readelf -d {} + 2>/dev/null |
        sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u >"$dir.need"
    # Twice: what the libraries need in their turn.
    for _ in 1 2 3; do
        while read -r lib; do
            [ -n "$(find "$dir/usr/lib" -name "$lib" -print -quit)" ] && continue
            put_lib "$dir" "$lib" || die "no $lib for $dir"
        done <"$dir.need"
        find "$dir/usr/lib" -type f -name '*.so*' -exec readelf -d {} + 2>/dev/null |
            sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u >"$dir.need"
    done
    rm -f "$dir.need"
    put_lib "$dir" libgcc_s.so.1
}

# put_modules DIR NAME...: modules with what they depend on, and /modules/load in load order.
put_modules() {
    local to=$1 m mod deps d
    shift
    local md=$image_kernel/root/lib/modules/$(cat "$image_kernel/version")
    mkdir -p "$to/modules"
    for m; do
        grep -E "/$m\.ko(\.xz)?:" "$md/modules.dep" || die "no module $m"
    done | while IFS=': ' read -r mod deps; do
        for d in $deps; do echo "$d"; done | tac
        echo "$mod"
    done | awk '!seen[$0]++' | while read -r m; do
        cp "$md/$m" "$to/modules/"
        basename "$m"
    done >"$to/modules/load"
}

put_program() {
    local d
    for d in usr/bin usr/sbin bin sbin; do
        [ ! -e "$image_from/$d/$2" ] || { cp -L "$image_from/$d/$2" "$1/$d/$2"; return; }
    done
    die "no $2"
}

# guest_image OUT: what PV guests boot.
guest_image() {
    local s=$image_out/guest.root
    skeleton "$s"
    put_busybox "$s"
    put_modules "$s" xen-blkfront xen-netfront
    install -m 755 "$top/tools/tests/system/guest-init" "$s/init"
    pack "$s" "$1"
}

# dom0_image TOOLS OUT: dom0 with the toolstack in TOOLS and the guest's files in /guest.
dom0_image() {
    local s=$image_out/dom0.root
    skeleton "$s"
    mkdir -p "$s/test" "$s/guest"
    put_busybox "$s"
    rm -f "$s"/bin/{bash,ip,losetup,flock} # busybox's, links to itself
    cp "$image_from/bin/bash" "$s/bin/bash"
    put_program "$s" ip
    put_program "$s" losetup
    put_program "$s" flock
    tar -C "$1" -cf - . | tar -C "$s" --keep-directory-symlink -xf -
    find "$s/usr/lib" "$s/usr/include" \( -name '*.a' -o -name '*.h' -o -name '*.pc' \) -delete 2>/dev/null || :
    put_libs "$s"
    put_modules "$s" xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs xen-blkback xen-netback \
        loop bridge
    echo 'root:x:0:0:root:/root:/bin/sh' >"$s/etc/passwd"
    echo 'root:x:0:' >"$s/etc/group"
    install -m 755 "$top/tools/tests/system/dom0-init" "$s/init"
    cp "$top/tools/tests/system/lib.sh" "$s/test/lib.sh"
    cp "$image_kernel/vmlinuz" "$s/guest/vmlinuz"
    cp "$3" "$s/guest/initrd"
    pack "$s" "$2"
}

# pci_modules NAME...: what a test of dom0's PCI devices loads, in $image_out/pci/modules.
pci_modules() {
    rm -rf "$image_out/pci"
    put_modules "$image_out/pci" "$@"
}

# The stock hypervisor and toolstack, unpacked (not installed) in $cache/stock.
stock_packages=(xen-hypervisor-4.17-amd64 xen-utils-4.17 xen-utils-common xenstore-utils libxencall1
    libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxenhypfs1 libxenmisc4.17
    libxenstore4 libxentoolcore1 libxentoollog1 libyajl2)
fetch_stock() {
    [ -e "$cache/stock/.done" ] && return
    step "downloading the stock hypervisor and toolstack"
    mkdir -p "$cache/stock/deb"
    [ -n "$(apt-cache madison xen-utils-4.17 2>/dev/null)" ] || apt-get update -qq
    (cd "$cache/stock/deb" &&
        apt-get download -q -o APT::Sandbox::User=root "${stock_packages[@]}" >/dev/null)
    local deb
    for deb in "$cache"/stock/deb/*.deb; do dpkg -x "$deb" "$cache/stock/root"; done
    zcat "$cache"/stock/root/boot/xen-4.17-amd64.gz >"$cache/stock/xen"
    touch "$cache/stock/.done"
}

# stock_tree OUT: the stock toolstack as dom0_image takes one.
stock_tree() {
    local from=$image_stock bin=usr/lib/xen-4.17/bin f
    rm -rf "$1"
    mkdir -p "$1/usr/sbin" "$1/usr/bin" "$1/$bin" "$1/etc"
    cp -a "$from/etc/xen" "$1/etc/"
    mkdir -p "$1/usr/lib/$image_triplet"
    cp -a "$from/usr/lib/$image_triplet"/*xen* "$from/usr/lib/$image_triplet"/*yajl* "$1/usr/lib/$image_triplet/"
    for f in "$from/$bin"/*; do
        # Not the scripts, which are Python's.
        [ "$(head -c 2 "$f")" != '#!' ] || continue
        cp "$f" "$1/$bin/"
        ln -s "/$bin/${f##*/}" "$1/usr/sbin/${f##*/}"
    done
    cp "$from/usr/bin/xenstore" "$1/usr/bin/"
    for f in chmod exists list ls read rm watch write; do ln -s xenstore "$1/usr/bin/xenstore-$f"; done
}
