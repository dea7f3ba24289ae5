#!/bin/sh
# SPDX-License-Identifier: MIT
# Make the seed corpora anew: seeds.sh DIR. Needs xz, gzip, lz4, zstd. The first byte is the size
# selector of fuzz_decompress.c.
set -eu
cd "$1"
mkdir -p xz lzma gzip lz4 zstd elf bzimage cmdline

plain() {
    i=0
    while [ $i -lt 12 ]; do
        printf 'call \350\001\002\000\000 jump \351\377\377\377\377 item %d of many; ' $i
        i=$((i + 1))
    done
}

seed() { # folder/name command...
    to=$1
    shift
    { printf '\100'; plain | "$@"; } > "$to" 2>/dev/null
}

seed xz/plain xz -6 --check=crc32
seed xz/x86 xz --check=crc64 --x86 --lzma2
seed xz/none xz --check=none --block-size=200
seed lzma/plain xz --format=lzma
seed gzip/fixed gzip -1n
seed gzip/best gzip -9n
seed lz4/legacy lz4 -l
seed lz4/frame lz4 -9 --no-frame-crc
seed lz4/blocks lz4 -1 -BX
seed zstd/fast zstd -1 --no-check
seed zstd/best zstd -19 --no-check
seed zstd/check zstd -3 --check

printf 'text=abc flag no-flag i16=-5 u8=0x10 size=4M list=a,b=c,no-d "q r"=x -- rest' > cmdline/all

{ # two program headers: a loadable one, and one with a note
    printf '\177ELF\002\001\001\000\000\000\000\000\000\000\000\000\002\000\076\000\001\000\000\000'
    printf '\000\000\000\001\000\000\000\000\100\000\000\000\000\000\000\000'
    printf '\000\000\000\000\000\000\000\000\000\000\000\000\100\000\070\000\002\000\100\000\000\000\000\000'
    printf '\001\000\000\000\005\000\000\000\000\000\000\000\000\000\000\000\000\020\000\000\000\000\000\000'
    printf '\000\020\000\000\000\000\000\000\100\000\000\000\000\000\000\000\200\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000'
    printf '\004\000\000\000\004\000\000\000\260\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000'
    printf '\000\000\000\000\000\000\000\000\034\000\000\000\000\000\000\000\034\000\000\000\000\000\000\000\004\000\000\000\000\000\000\000'
    printf '\004\000\000\000\014\000\000\000\012\000\000\000Xen\000!dom0|hvm_p\000'
} > elf/note

{ # 1 KiB: setup of one sector, payload behind it
    head -c 497 /dev/zero
    printf '\001'
    head -c 12 /dev/zero
    printf '\125\252\353\152HdrS\017\002'
    head -c 9 /dev/zero
    printf '\001'
    head -c 54 /dev/zero
    printf '\020\000\000\000\040\000\000\000'
    head -c 600 /dev/zero
} > bzimage/small
