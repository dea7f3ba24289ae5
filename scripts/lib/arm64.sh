# SPDX-License-Identifier: MIT
# Debian's packages for arm64, on a machine of whatever kind; sourced after common.sh.

# apt as an arm64 machine would run it, with lists of its own.
arm64_apt() {
    local tool=$1
    shift
    mkdir -p "$cache/arm64/lists/partial"
    "$tool" -qq -oAPT::Architecture=arm64 -oAPT::Architectures=arm64 -oAPT::Sandbox::User=root \
        -oDir::State::Lists="$cache/arm64/lists" -oDir::Cache::pkgcache= \
        -oDir::Cache::srcpkgcache= "$@"
}

# arm64_fetch DIR PACKAGE...: download into $cache/arm64/deb, unpack in DIR.
arm64_fetch() {
    local dir=$1 tmp deb
    shift
    [ -n "$(find "$cache/arm64/lists" -maxdepth 1 -name '*Packages*' -print -quit 2>/dev/null)" ] ||
        arm64_apt apt-get update
    tmp=$(mktemp -d "$cache/arm64/fetch.XXXXXX")
    # Lists that are too old name versions which are there no longer.
    (cd "$tmp" && { arm64_apt apt-get download "$@" 2>/dev/null ||
        { arm64_apt apt-get update && arm64_apt apt-get download "$@"; }; })
    mkdir -p "$dir"
    for deb in "$tmp"/*.deb; do dpkg -x "$deb" "$dir"; done
    rm -rf "$tmp"
}

# Kernel, stock toolstack and programs of arm64 in $cache/arm64/root; what image.sh makes is of
# these then.
arm64_packages=(xen-utils-4.17 xen-utils-common xenstore-utils libxencall1 libxendevicemodel1
    libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxenhypfs1 libxenmisc4.17 libxenstore4
    libxentoolcore1 libxentoollog1 libyajl2 busybox-static bash util-linux mount iproute2 libsmartcols1
    libtinfo6 libncurses6 libc6 libgcc-s1 zlib1g libfdt1 libuuid1 libmount1 libblkid1 libselinux1
    libpcre2-8-0 libbpf1 libelf1 libmnl0 libcap2 libdb5.3 libtirpc3 libgssapi-krb5-2 libkrb5-3
    libk5crypto3 libcom-err2 libkrb5support0 libkeyutils1 libssl3 libbsd0 libmd0 libxtables12 liblzma5
    libzstd1 liblzo2-2 libbz2-1.0 libnl-3-200 libnl-route-3-200 libgcrypt20 libgpg-error0 libaio1)
fetch_arm64_system() {
    local k=$cache/arm64/kernel name
    if [ ! -e "$k/.done" ]; then
        step "downloading Debian's kernel for arm64"
        mkdir -p "$k"
        arm64_apt apt-get update
        name=$(arm64_apt apt-cache depends linux-image-arm64 |
            sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
        [ -n "$name" ] || die "no kernel package found"
        arm64_fetch "$k/root" "$name"
        echo "${name#linux-image-}" >"$k/version"
        cp "$k/root/boot/vmlinuz-${name#linux-image-}" "$k/vmlinuz"
        depmod -b "$k/root" "${name#linux-image-}"
        touch "$k/.done"
    fi
    [ -e "$cache/arm64/root/.done" ] && return
    step "downloading the stock toolstack for arm64"
    arm64_fetch "$cache/arm64/root" "${arm64_packages[@]}"
    touch "$cache/arm64/root/.done"
}

use_arm64() {
    image_from=$cache/arm64/root image_triplet=aarch64-linux-gnu image_loader=/lib/ld-linux-aarch64.so.1
    image_kernel=$cache/arm64/kernel image_out=$build/image/arm64 image_stock=$cache/arm64/root
}

# For scripts/boot: what an option --arch arm64 changes, and the machine that it makes in args.
boot_options_arm64() {
    cpu=cortex-a57 xen=$build/arm64/xen kernel=$cache/arm64/kernel/vmlinuz
    initrd=$build/image/arm64/dom0.cpio gic=3
}
arm64_machine() {
    local at
    xcmd=${xcmd/console=com1 com1=115200,8n1/console=dtuart}
    args=(-machine "virt,virtualization=on,gic-version=$gic" -m "$mem" -smp "$smp" -cpu "$cpu"
        -display none -monitor none -net none -no-reboot)
    if [ -n "$grub" ]; then
        arm64_grub_disk "$tmp/disk"
        args+=(-machine acpi=off -bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd
            -drive "file=$tmp/disk,format=raw,if=virtio")
        return
    fi
    printf -v at '0x%x' $(((0x50000000 + $(stat -Lc %s "$kernel") + 0x3fffff) & ~0x1fffff))
    args+=(-kernel "$xen" -append "$xcmd"
        -device "guest-loader,addr=0x50000000,kernel=$kernel,bootargs=${dcmd//,/,,}"
        -device "guest-loader,addr=$at,initrd=$tmp/initrd")
}

# A disk that EFI starts: GRUB, and what it is to load.
arm64_grub_disk() {
    local root=$cache/arm64/grub
    need qemu-efi-aarch64 grub-common mtools
    [ -e "$root/usr/lib/grub/arm64-efi/xen_boot.mod" ] || arm64_fetch "$root" grub-efi-arm64-bin
    cat >"$tmp/grub.cfg" <<-E
	search --no-floppy --set=root --file /xen
	xen_hypervisor /xen $xcmd
	xen_module /vmlinuz $dcmd
	xen_module --nounzip /initrd
	boot
	E
    grub-mkimage -O arm64-efi -d "$root/usr/lib/grub/arm64-efi" -p /boot/grub -c "$tmp/grub.cfg" \
        -o "$tmp/grub.efi" fat search search_fs_file boot xen_boot fdt
    rm -f "$1"
    truncate -s $(($(cat "$xen" "$kernel" "$tmp/initrd" | wc -c) + (48 << 20))) "$1"
    mformat -F -i "$1" ::
    mmd -i "$1" ::/EFI ::/EFI/BOOT
    mcopy -i "$1" "$tmp/grub.efi" ::/EFI/BOOT/BOOTAA64.EFI
    mcopy -i "$1" "$xen" ::/xen
    mcopy -i "$1" "$kernel" ::/vmlinuz
    mcopy -i "$1" "$tmp/initrd" ::/initrd
}

# The stock hypervisor, $cache/arm64/stock-xen, to compare with.
fetch_arm64_hypervisor() {
    [ -e "$cache/arm64/stock-xen" ] && return
    step "downloading the stock hypervisor for arm64"
    arm64_fetch "$cache/arm64/hypervisor" xen-hypervisor-4.17-arm64
    ln -sf hypervisor/boot/xen-4.17-arm64 "$cache/arm64/stock-xen"
}

fetch_arm64_libfdt() {
    local to=$cache/arm64/libfdt
    [ -e "$to/lib/libfdt.a" ] && return
    step "downloading libfdt for arm64"
    arm64_fetch "$cache/arm64/libfdt.root" libfdt-dev
    mkdir -p "$to/include" "$to/lib"
    cp "$cache"/arm64/libfdt.root/usr/include/*fdt*.h "$to/include/"
    cp "$cache/arm64/libfdt.root/usr/lib/aarch64-linux-gnu/libfdt.a" "$to/lib/libfdt.a.new"
    mv "$to/lib/libfdt.a.new" "$to/lib/libfdt.a"
    rm -rf "$cache/arm64/libfdt.root"
}

# Beside the library of a link stands the library that the link names.
arm64_toolroot_packages=(libjson-c-dev libuuid1 uuid-dev zlib1g zlib1g-dev libfdt-dev)
fetch_arm64_toolroot() {
    local to=$cache/arm64/toolroot root=$cache/arm64/toolroot.root
    [ -e "$to/.done" ] && return
    step "downloading the toolstack's libraries for arm64"
    arm64_fetch "$root" "${arm64_toolroot_packages[@]}"
    mkdir -p "$to/lib"
    cp -a "$root/usr/include" "$to/"
    find "$root" -path '*/aarch64-linux-gnu/lib*' ! -type d -exec cp -a -t "$to/lib" {} +
    find "$to/lib" -type l -lname '/*' | while read -r l; do
        ln -sf "$(basename "$(readlink "$l")")" "$l"
    done
    rm -rf "$root"
    touch "$to/.done"
}
