# SPDX-License-Identifier: MIT
# For run: two hosts, a guest, and what must be true of them. Sourced by bash.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
    echo "FAILED: $*" >&2
    for h in $hosts; do
        echo "--- host $h" >&2
        tail -n 30 "$work/$h"/*.log >&2
    done
    exit 1
}

# on HOST COMMAND..., with a time limit.
on() {
    local h=$1
    shift
    timeout 60 "$here/on" "$tree" "$work/$h" "$@"
}

# host_start NAME [MB]
host_start() {
    mkdir -p "$work/$1"
    "$here/host" "$tree" "$sim" "$work/$1" "${2:-256}" >"$work/$1/host.log" 2>&1 &
    hosts="$hosts $1"
    host_pids="$host_pids $!"
    for _ in $(seq 300); do
        [ -e "$work/$1/ready" ] && return
        sleep 0.05
    done
    fail "host $1 does not come up"
}

# All end, and say that all was given back: xen-sim looks at its memory.
hosts_stop() {
    local h
    for h in $hosts; do touch "$work/$h/stop"; done
    # shellcheck disable=SC2086
    wait $host_pids
    for h in $hosts; do
        printf 'xenconsoled: 0\nxenstored: 0\nxen-sim: 0\n' | cmp -s - "$work/$h/exit" ||
            fail "host $h: $(cat "$work/$h/exit")"
    done
}

cleanup() {
    local h
    for h in $hosts; do touch "$work/$h/stop"; done
    # shellcheck disable=SC2086
    [ -z "$host_pids" ] || wait $host_pids
    rm -rf "$work"
}

kernel_make() {
    gcc -nostdlib -static -no-pie -fno-pic -Wl,--build-id=none \
        -Wl,-Ttext-segment=0xffffffff80000000 -o "$work/kernel" "$here/kernel.S"
}

# config NAME MB CMDLINE
config() {
    printf 'name = "%s"\nkernel = "%s"\nmemory = %s\nvcpus = 1\ncmdline = "%s"\n' \
        "$1" "$work/kernel" "$2" "$3" >"$work/$1.cfg"
}

# What is on a host: domains, free memory, the store.
state_of() {
    on "$1" xl list | awk 'NR > 1 { print $1 }'
    on "$1" xl info | grep -E '^(free_memory|outstanding_claims)'
    # The roots of all guests' nodes come with the first guest, for good.
    on "$1" xenstore ls -f | grep -vE '^/(vm|libxl|local/domain/0/device-model) = '
}

# same HOST: nothing is there that was not at first. What is being taken down gets some time.
same() {
    for _ in $(seq 50); do
        state_of "$1" >"$work/now.$1" 2>&1
        cmp -s "$work/first.$1" "$work/now.$1" && return
        sleep 0.1
    done
    diff "$work/first.$1" "$work/now.$1" >&2
    fail "something is left behind on host $1"
}

domid_of() {
    on "$1" xl domid "$2" 2>/dev/null
}

# answers HOST DOMAIN: its counter, as the running guest tells it.
answers() {
    local id word=$RANDOM$RANDOM text
    id=$(domid_of "$1" "$2") || return 1
    on "$1" xenstore write "/local/domain/$id/data/ask" "$word" || return 1
    for _ in $(seq 50); do
        text=$(on "$1" xenstore read "/local/domain/$id/data/answer" 2>/dev/null)
        case $text in "$word "*) echo "${text#* }" && return ;; esac
        sleep 0.05
    done
    return 1
}

expect_goes_on() {
    local now
    now=$(answers "$1" "$2") || fail "$2 does not answer on host $1"
    [ "$now" -gt "$3" ] || fail "$2 counted to $3 and now has $now"
    echo "$now"
}
