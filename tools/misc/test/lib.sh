# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests share: they have $bin, a folder of programs, of which those in $tests, if it is set, are
# built for tests; and $fake, the library. They run in a folder of their own.
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
failures=0

# expect STATUS [SETTING...] PROGRAM ARG...; standard input is what it prints.
expect() {
    local status=$1 settings=() got dir=$bin
    shift
    while [[ $1 == *=* ]]; do
        settings+=("$1")
        shift
    done
    [ ! -e "${tests:-none}/$1" ] || dir=$tests
    env "${settings[@]}" LD_PRELOAD="$fake" "$dir/$1" "${@:2}" >out 2>err </dev/null
    got=$?
    if [ $got = "$status" ] && cmp -s out -; then
        echo "ok - ${settings[*]} $*"
    else
        echo "not ok - ${settings[*]} $*: status $got"
        cat out err
        failures=$((failures + 1))
    fi
}
nothing() { expect "$@" </dev/null; }
# What is said on standard error, at least.
says() { grep -q -- "$1" err || { echo "not ok - no \"$1\""; cat err; failures=$((failures + 1)); }; }

