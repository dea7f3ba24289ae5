# SPDX-License-Identifier: MIT
# What "xl create" costs with 1, 10, 100 and 1,000 domains present, in instructions of all that take
# part: xl, xenstored and the hypervisor, as valgrind counts them; for run.

count_of() {
    awk '/^(summary|totals):/ { sum = $2 } END { print sum + 0 }' "$@"
}

# control OPTION: of both daemons' counters.
control() {
    local p
    for p in $(cat "$work/a/xenstored.pid" "$work/a/xen-sim.pid"); do
        callgrind_control "$@" "$p" >"$work/control.log" 2>&1 || fail "$(cat "$work/control.log")"
    done
}

# A paused guest, created and destroyed. Prints the instructions of xl, xenstored, the hypervisor,
# and their sum, for the creation.
measure() {
    local xl store xen
    sleep 31 # xenconsoled goes through all domains half a minute after one has come
    rm -f "$work"/a/count.*
    control -i on
    control --zero
    on a valgrind --tool=callgrind --callgrind-out-file="$work/count.xl" \
        "$tree/bin/xl" create -p -e "$work/probe.cfg" >"$work/probe.log" 2>&1 ||
        fail "$(cat "$work/probe.log")"
    control --dump
    control -i off
    xl=$(count_of "$work/count.xl")
    store=$(count_of "$work"/a/count.xenstored.*)
    xen=$(count_of "$work"/a/count.xen-sim.*)
    on a xl destroy probe || fail "destroy"
    echo "$xl $store $xen $((xl + store + xen))"
}

# cost MOST: up to that many domains.
cost() {
    local nr=0 want first="" figures sum
    export SIM_COUNT=y
    host_start a 6000
    kernel_make
    config probe 4 idle
    measure >/dev/null # what only the first guest does
    printf '%8s %12s %12s %12s %12s\n' domains xl xenstored hypervisor sum
    for want in 1 10 100 1000; do
        [ $want -le "$1" ] || break
        for (( ; nr < want; nr++)); do
            config "g$nr" 4 idle
            on a xl create -e "$work/g$nr.cfg" >/dev/null 2>&1 || fail "xl create g$nr"
        done
        figures=$(measure) || exit 1
        # shellcheck disable=SC2086
        printf '%8s %12s %12s %12s %12s\n' $want $figures
        sum=${figures##* }
        first=${first:-$sum}
        [ "$sum" -le $((first + first / 10)) ] ||
            fail "with $want domains it costs more than 10 % over that with one"
    done
    for (( ; nr > 0; nr--)); do on a xl destroy "g$((nr - 1))"; done
    hosts_stop
}
