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
